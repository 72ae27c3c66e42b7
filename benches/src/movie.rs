//! A film as an MP4: the boxes of a progressive or fragmented file, as common writers make them.

mod fragments;
mod tables;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use isobmff::boxes::{
    Dref, Elst, ElstEntry, Ftyp, Hdlr, Matrix, Mdhd, Mvhd, Smhd, Stsd, Tkhd, Trex, Vmhd,
};
use isobmff::{FourCc, Table, Writer};
use media::TrackKind;

use crate::film::FilmTrack;
use crate::random::Random;
use crate::sparse::Sparse;

pub use tables::sample_tables;

/// Ticks per second of movie time.
const MOVIE_RATE: u32 = 1000;

/// How much of each track lies together in a progressive file.
const CHUNK_MILLISECONDS: u32 = 500;

/// `tracks` as a progressive file with `moov` in front: chunks of half a second, one track after
/// the other.
pub fn progressive(tracks: &[FilmTrack]) -> Sparse {
    let (head, media, _) = laid_out(tracks);
    let mut file = Sparse::default();
    file.append(head);
    file.skip(media);
    file
}

/// The same file with all its media, which is noise, at `path`; returns its length.
///
/// # Errors
/// What the file system says.
pub fn write_progressive(tracks: &[FilmTrack], path: &Path) -> io::Result<u64> {
    let (head, media, _) = laid_out(tracks);
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&head)?;
    let mut random = Random::new(media);
    let mut noise = vec![0; 1 << 16];
    let mut left = media;
    while left > 0 {
        random.fill(&mut noise);
        let count = left.min(noise.len() as u64);
        file.write_all(&noise[..count as usize])?;
        left -= count;
    }
    file.flush()?;
    Ok(head.len() as u64 + media)
}

/// `tracks` as a fragmented file: fragments of two seconds, each one `moof` with a run per track
/// and one `mdat`, and no index.
pub fn fragmented(tracks: &[FilmTrack]) -> Sparse {
    fragments::write(tracks)
}

/// `tracks` with the offsets their samples have in [`progressive`].
pub fn placed(tracks: &[FilmTrack]) -> Vec<FilmTrack> {
    laid_out(tracks).2
}

/// Everything up to the media, the bytes of the media, and the tracks with their offsets.
fn laid_out(tracks: &[FilmTrack]) -> (Vec<u8>, u64, Vec<FilmTrack>) {
    let mut tracks = tracks.to_vec();
    // Chunk offsets have 64 bits, so the first round has the length of the second.
    let start = head(&tracks, 0).len() as u64;
    let end = interleave(&mut tracks, start);
    (head(&tracks, end - start), end - start, tracks)
}

/// Places the chunks of all tracks by time; returns where the media ends.
fn interleave(tracks: &mut [FilmTrack], start: u64) -> u64 {
    let lengths = |track: &FilmTrack| -> Vec<usize> {
        let pieces = track.pieces(CHUNK_MILLISECONDS);
        pieces.map(<[_]>::len).collect()
    };
    let lengths: Vec<Vec<usize>> = tracks.iter().map(lengths).collect();
    let longest = lengths.iter().map(Vec::len).max().unwrap_or(0);
    let mut next = vec![0; tracks.len()];
    let mut offset = start;
    for chunk in 0..longest {
        for (at, track) in tracks.iter_mut().enumerate() {
            let count = lengths[at].get(chunk).copied().unwrap_or(0);
            for sample in &mut track.samples[next[at]..next[at] + count] {
                sample.offset = offset;
                offset = sample.end();
            }
            next[at] += count;
        }
    }
    offset
}

fn head(tracks: &[FilmTrack], media: u64) -> Vec<u8> {
    let mut writer = Writer::new();
    write_ftyp(&mut writer);
    writer.boxed(FourCc::new(b"moov"), |writer| {
        write_mvhd(writer, tracks);
        for (at, track) in tracks.iter().enumerate() {
            write_trak(writer, track, at as u32 + 1, &sample_tables(track));
        }
    });
    writer.u32(1);
    writer.fourcc(FourCc::new(b"mdat"));
    writer.u64(16 + media);
    writer.finish().expect("a film of hours fits its fields")
}

fn write_ftyp(writer: &mut Writer) {
    writer.body(&Ftyp {
        kind: FourCc::new(b"ftyp"),
        major_brand: FourCc::new(b"isom"),
        minor_version: 512,
        compatible_brands: Table::new(b"isomiso2avc1mp41"),
    });
}

/// How long the track is presented, in ticks of the movie: of sound all but its priming.
fn duration(track: &FilmTrack) -> u64 {
    let priming = match track.kind {
        TrackKind::Audio => track.media_time,
        TrackKind::Video | TrackKind::Text => 0,
    };
    let ticks = track.duration() - u64::from(priming);
    (ticks * u64::from(MOVIE_RATE)).div_ceil(u64::from(track.timescale.rate()))
}

fn write_mvhd(writer: &mut Writer, tracks: &[FilmTrack]) {
    writer.body(&Mvhd {
        version: 0,
        creation_time: 0,
        modification_time: 0,
        timescale: MOVIE_RATE,
        duration: tracks.iter().map(duration).max().unwrap_or(0),
        rate: 0x1_0000,
        volume: 0x100,
        matrix: Matrix::UNITY,
        pre_defined: [0; 6],
        next_track_id: tracks.len() as u32 + 1,
    });
}

/// `trex` of every track, without a default.
fn write_mvex(writer: &mut Writer, tracks: &[FilmTrack]) {
    writer.boxed(FourCc::new(b"mvex"), |writer| {
        for at in 0..tracks.len() {
            writer.body(&Trex {
                track_id: at as u32 + 1,
                default_sample_description_index: 1,
                default_sample_duration: 0,
                default_sample_size: 0,
                default_sample_flags: 0,
            });
        }
    });
}

/// `tables` is what `stbl` holds behind `stsd`.
fn write_trak(writer: &mut Writer, track: &FilmTrack, track_id: u32, tables: &[u8]) {
    let (width, height) = match track.entry.visual() {
        Some(visual) => (u32::from(visual.width), u32::from(visual.height)),
        None => (0, 0),
    };
    writer.boxed(FourCc::new(b"trak"), |writer| {
        writer.body(&Tkhd {
            version: 0,
            flags: Tkhd::ENABLED | Tkhd::IN_MOVIE,
            creation_time: 0,
            modification_time: 0,
            track_id,
            duration: duration(track),
            layer: 0,
            alternate_group: 0,
            volume: if track.kind == TrackKind::Audio {
                0x100
            } else {
                0
            },
            matrix: Matrix::UNITY,
            width: width << 16,
            height: height << 16,
        });
        writer.boxed(FourCc::new(b"edts"), |writer| {
            writer.body(&Elst {
                version: 0,
                flags: 0,
                entries: vec![ElstEntry {
                    segment_duration: duration(track),
                    media_time: i64::from(track.media_time),
                    media_rate: ElstEntry::NORMAL_RATE,
                }],
            });
        });
        writer.boxed(FourCc::new(b"mdia"), |writer| {
            write_mdia(writer, track, tables);
        });
    });
}

fn write_mdia(writer: &mut Writer, track: &FilmTrack, tables: &[u8]) {
    writer.body(&Mdhd {
        version: 0,
        creation_time: 0,
        modification_time: 0,
        timescale: track.timescale.rate(),
        duration: track.duration(),
        language: Mdhd::pack_language(*b"eng"),
        pre_defined: 0,
    });
    let is_audio = track.kind == TrackKind::Audio;
    writer.body(&Hdlr {
        component_type: FourCc([0; 4]),
        handler_type: if is_audio { Hdlr::SOUND } else { Hdlr::VIDEO },
        reserved: [0; 3],
        name_bytes: if is_audio {
            b"SoundHandler\0"
        } else {
            b"VideoHandler\0"
        },
    });
    writer.boxed(FourCc::new(b"minf"), |writer| {
        if is_audio {
            writer.body(&Smhd::default());
        } else {
            writer.body(&Vmhd::default());
        }
        writer.boxed(FourCc::new(b"dinf"), |writer| {
            writer.body(&Dref {
                entry_count: 1,
                entries: Dref::SELF_CONTAINED,
                entries_offset: 0,
            });
        });
        writer.boxed(FourCc::new(b"stbl"), |writer| {
            writer.body(&Stsd {
                version: 0,
                entries: vec![track.entry.clone()],
            });
            writer.bytes(tables);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use demux::{Limits, Movie, Source, WhenTruncated};

    fn film() -> Vec<FilmTrack> {
        vec![
            FilmTrack::video(10, 25, 500_000),
            FilmTrack::audio(10, 64_000),
        ]
    }

    fn read(source: &impl Source) -> Movie {
        let movie = Movie::read(source, &Limits::default(), WhenTruncated::Refuse).unwrap();
        assert_eq!((movie.tracks.len(), movie.warnings.len()), (2, 0));
        movie
    }

    #[test]
    fn a_progressive_file_reads_back_to_its_tracks() {
        let movie = read(&progressive(&film()));
        for (track, film) in movie.tracks.iter().zip(placed(&film())) {
            assert!(track.samples == film.samples);
            assert_eq!(track.timeline.offset, -i64::from(film.media_time));
        }
    }

    #[test]
    fn a_fragmented_file_reads_back_to_the_same_times_sizes_and_flags() {
        let movie = read(&fragmented(&film()));
        assert!(movie.is_fragmented);
        for (track, mut film) in movie.tracks.iter().zip(film()) {
            let places = track.samples.iter().map(|sample| sample.offset);
            assert!(places.clone().zip(places.skip(1)).all(|(a, b)| a < b));
            for (sample, read) in film.samples.iter_mut().zip(&track.samples) {
                sample.offset = read.offset;
            }
            assert!(track.samples == film.samples);
        }
    }

    #[test]
    fn a_written_file_is_as_long_as_its_boxes_say() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let len = write_progressive(&film(), &path).unwrap();
        let file = File::open(path).unwrap();
        assert_eq!(Source::len(&file).unwrap(), len);
        assert!(read(&file).tracks[0].samples == placed(&film())[0].samples);
    }
}
