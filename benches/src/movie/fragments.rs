//! Movie fragments with a run per track.

use isobmff::boxes::{Co64, Mfhd, Stsc, Stsz, Stts, Tfdt, Tfhd, Trun};
use isobmff::{FourCc, Writer};
use media::{Sample, SampleFlags};

use super::{write_ftyp, write_mvex, write_mvhd, write_trak};
use crate::film::FilmTrack;
use crate::sparse::Sparse;

const FRAGMENT_MILLISECONDS: u32 = 2000;

/// The whole file.
pub(super) fn write(tracks: &[FilmTrack]) -> Sparse {
    let mut file = Sparse::default();
    file.append(head(tracks));
    let pieces = |track| FilmTrack::pieces(track, FRAGMENT_MILLISECONDS).collect();
    let pieces: Vec<Vec<&[Sample]>> = tracks.iter().map(pieces).collect();
    let longest = pieces.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..longest {
        let runs: Vec<(u32, &[Sample])> = (1..)
            .zip(&pieces)
            .filter_map(|(id, pieces)| Some((id, *pieces.get(at)?)))
            .collect();
        let number = at as u32 + 1;
        // Fields have one length whatever they say, so the first round has that of the second.
        let len = moof(number, &runs, 0).len() as u32;
        let payload: u64 = runs.iter().map(|(_, samples)| bytes(samples)).sum();
        let mut bytes = moof(number, &runs, len + 8);
        bytes.extend_from_slice(&(8 + payload as u32).to_be_bytes());
        bytes.extend_from_slice(b"mdat");
        file.append(bytes);
        file.skip(payload);
    }
    file
}

fn bytes(samples: &[Sample]) -> u64 {
    samples.iter().map(|sample| u64::from(sample.size)).sum()
}

fn head(tracks: &[FilmTrack]) -> Vec<u8> {
    let mut tables = Writer::new();
    tables.body(&Stts::default());
    tables.body(&Stsc::default());
    tables.body(&Stsz::default());
    tables.body(&Co64::default());
    let tables = tables.finish().expect("nothing fits");
    let mut writer = Writer::new();
    write_ftyp(&mut writer);
    writer.boxed(FourCc::new(b"moov"), |writer| {
        write_mvhd(writer, tracks);
        for (track, id) in tracks.iter().zip(1..) {
            write_trak(writer, track, id, &tables);
        }
        write_mvex(writer, tracks);
    });
    writer.finish().expect("a film of hours fits its fields")
}

/// The `moof` whose payload begins `data_offset` bytes behind its own start.
fn moof(sequence_number: u32, runs: &[(u32, &[Sample])], data_offset: u32) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.boxed(FourCc::new(b"moof"), |writer| {
        writer.body(&Mfhd { sequence_number });
        let mut data_offset = data_offset;
        for (track_id, samples) in runs {
            writer.boxed(FourCc::new(b"traf"), |writer| {
                write_traf(writer, *track_id, samples, data_offset);
            });
            data_offset += bytes(samples) as u32;
        }
    });
    writer.finish().expect("two seconds fit their fields")
}

fn write_traf(writer: &mut Writer, track_id: u32, samples: &[Sample], data_offset: u32) {
    let is_audio = samples.iter().all(Sample::is_sync);
    let flags = if is_audio {
        SampleFlags::SYNC
    } else {
        SampleFlags::DEPENDENT
    };
    writer.body(&Tfhd {
        track_id,
        default_sample_duration: Some(samples[0].duration),
        default_sample_flags: Some(flags.0),
        default_base_is_moof: true,
        ..Tfhd::default()
    });
    writer.body(&Tfdt {
        version: 1,
        base_media_decode_time: samples[0].dts as u64,
    });
    let mut rows = Writer::new();
    for sample in samples {
        rows.u32(sample.size);
        if !is_audio {
            rows.i32(sample.composition_offset);
        }
    }
    let of_video = Trun::FIRST_SAMPLE_FLAGS | Trun::SAMPLE_COMPOSITION_TIME_OFFSETS;
    writer.body(&Trun {
        version: 0,
        flags: Trun::DATA_OFFSET | Trun::SAMPLE_SIZE | if is_audio { 0 } else { of_video },
        sample_count: samples.len() as u32,
        data_offset: Some(data_offset as i32),
        first_sample_flags: Some(samples[0].flags.0),
        rows: &rows.finish().expect("rows have no counted field"),
    });
}
