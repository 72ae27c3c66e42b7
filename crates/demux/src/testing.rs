//! Small movies, built in memory.

use isobmff::boxes::{Dref, Elst, ElstEntry, Hdlr, Matrix, Mdhd, Mvhd, Tfdt, Tfhd, Tkhd, Trex};
use isobmff::{BoxBody, FourCc};

/// A box of type `kind` around `parts`.
pub(crate) fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = (body.len() as u32 + 8).to_be_bytes();
    [&size[..], kind, &body].concat()
}

/// A full box whose body is 32-bit words.
pub(crate) fn words(kind: &[u8; 4], version: u8, flags: u32, words: &[u32]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    let body: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    boxed(kind, &[&head, &body])
}

/// A counted table: `entry_count`, then rows of `columns` words.
pub(crate) fn table(kind: &[u8; 4], version: u8, columns: usize, cells: &[u32]) -> Vec<u8> {
    let count = (cells.len() / columns) as u32;
    words(kind, version, 0, &[&[count], cells].concat())
}

/// `stsz` with a size per sample.
pub(crate) fn stsz(sizes: &[u32]) -> Vec<u8> {
    words(b"stsz", 0, 0, &[&[0, sizes.len() as u32], sizes].concat())
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8)
        .collect()
}

/// `avc1` of 160 by 90 pixels, its `avcC` written by x264 and Lavf; `children` follow.
pub(crate) fn avc1(children: &[u8]) -> Vec<u8> {
    let fields = hex(
        "000000000000 0001 00000000 00000000 00000000 00000000 00a0 005a 00480000 00480000 00000000
         0001 00000000000000000000000000000000 00000000000000000000000000000000 0018 ffff",
    );
    let avcc = hex(
        "00000035 61766343 0164000a ffe10018 6764000a acd9447b 01100000 03001000 00030320 f1225960
         01000668 ebe3cb22 c0fdf8f8 00",
    );
    boxed(b"avc1", &[&fields, &avcc, children])
}

/// `mp4a`, AAC-LC of two channels at 44.1 kHz, its `esds` written by Lavf.
pub(crate) fn mp4a() -> Vec<u8> {
    let fields = hex("000000000000 0001 0000000000000000 0002 0010 0000 0000 ac440000");
    let esds = hex(
        "00000036 65736473 00000000 03808080 25000200 04808080 17401500 00000001 151d0001 151d0580
         80800512 0856e500 06808080 0102",
    );
    boxed(b"mp4a", &[&fields, &esds])
}

/// `wvtt` with a header.
pub(crate) fn wvtt() -> Vec<u8> {
    let config = boxed(b"vttC", &[b"WEBVTT"]);
    boxed(b"wvtt", &[&hex("000000000000 0001"), &config])
}

/// One sample of a [`TestTrack`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestSample {
    pub(crate) size: u32,
    pub(crate) duration: u32,
    pub(crate) offset: i32,
    pub(crate) is_sync: bool,
}

/// A track to build.
#[derive(Clone)]
pub(crate) struct TestTrack {
    pub(crate) id: u32,
    pub(crate) handler: FourCc,
    pub(crate) name: &'static str,
    pub(crate) timescale: u32,
    pub(crate) language: u16,
    pub(crate) matrix: Matrix,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) dref: Vec<u8>,
    pub(crate) samples: Vec<TestSample>,
    /// Duration in ticks of the movie (1000 a second), media time and rate of each edit.
    pub(crate) edits: Vec<(u64, i64, i32)>,
    pub(crate) elst_flags: u32,
    /// Boxes in `trak` and in `mdia`.
    pub(crate) in_trak: Vec<u8>,
    pub(crate) in_mdia: Vec<u8>,
}

/// Normal speed.
pub(crate) const RATE: i32 = 0x1_0000;

impl TestTrack {
    fn new(id: u32, handler: FourCc, timescale: u32, entry: Vec<u8>) -> TestTrack {
        TestTrack {
            id,
            handler,
            name: "",
            timescale,
            language: Mdhd::pack_language(*b"und"),
            matrix: Matrix::UNITY,
            entries: vec![entry],
            dref: Dref::SELF_CONTAINED.to_vec(),
            samples: Vec::new(),
            edits: Vec::new(),
            elst_flags: 0,
            in_trak: Vec::new(),
            in_mdia: Vec::new(),
        }
    }

    /// Ten pictures a second in groups of five (I P B P B by decoding, I B P B P by presentation
    /// would need offsets; these have none), `count` of them, of 10, 11, 12, ... bytes.
    pub(crate) fn video(id: u32, count: u32) -> TestTrack {
        let mut track = TestTrack::new(id, Hdlr::VIDEO, 1_000, avc1(&[]));
        track.samples = (0..count)
            .map(|at| TestSample {
                size: 10 + at,
                duration: 100,
                offset: 0,
                is_sync: at % 5 == 0,
            })
            .collect();
        track
    }

    /// `count` frames of AAC of 7 bytes.
    pub(crate) fn audio(id: u32, count: u32) -> TestTrack {
        let mut track = TestTrack::new(id, Hdlr::SOUND, 44_100, mp4a());
        let frame = TestSample {
            size: 7,
            duration: 1_024,
            offset: 0,
            is_sync: true,
        };
        track.samples = vec![frame; count as usize];
        track
    }

    /// One WebVTT sample a second.
    pub(crate) fn text(id: u32, count: u32) -> TestTrack {
        let mut track = TestTrack::new(id, Hdlr::TEXT, 1_000, wvtt());
        let cue = TestSample {
            size: 8,
            duration: 1_000,
            offset: 0,
            is_sync: true,
        };
        track.samples = vec![cue; count as usize];
        track
    }

    pub(crate) fn bytes(&self) -> u32 {
        self.samples.iter().map(|sample| sample.size).sum()
    }

    /// The `trak` box; its media is one chunk at `offset`, or none for an init segment.
    pub(crate) fn trak(&self, offset: Option<u32>) -> Vec<u8> {
        let stsd = [
            &(self.entries.len() as u32).to_be_bytes()[..],
            &self.entries.concat(),
        ]
        .concat();
        let stsd = boxed(b"stsd", &[&[0; 4], &stsd]);
        let samples = match offset {
            Some(_) => self.samples.as_slice(),
            None => &[],
        };
        let column = |of: fn(&TestSample) -> u32| -> Vec<u32> {
            samples.iter().flat_map(|sample| [1, of(sample)]).collect()
        };
        let sizes: Vec<u32> = samples.iter().map(|sample| sample.size).collect();
        let mut tables = vec![
            stsd,
            table(b"stts", 0, 2, &column(|sample| sample.duration)),
            stsz(&sizes),
        ];
        if samples.iter().any(|sample| sample.offset != 0) {
            tables.push(table(b"ctts", 1, 2, &column(|sample| sample.offset as u32)));
        }
        if samples.iter().any(|sample| !sample.is_sync) {
            let sync = (1..).zip(samples).filter(|(_, sample)| sample.is_sync);
            let numbers: Vec<u32> = sync.map(|(number, _)| number).collect();
            tables.push(table(b"stss", 0, 1, &numbers));
        }
        match offset {
            Some(offset) => {
                tables.push(table(b"stsc", 0, 3, &[1, samples.len() as u32, 1]));
                tables.push(table(b"stco", 0, 1, &[offset]));
            }
            None => {
                tables.push(table(b"stsc", 0, 3, &[]));
                tables.push(table(b"stco", 0, 1, &[]));
            }
        }
        self.trak_with(&boxed(b"stbl", &[&tables.concat()]))
    }

    /// The `trak` box around an `stbl`.
    pub(crate) fn trak_with(&self, stbl: &[u8]) -> Vec<u8> {
        let tkhd = Tkhd {
            version: 0,
            flags: Tkhd::ENABLED | Tkhd::IN_MOVIE,
            creation_time: 0,
            modification_time: 0,
            track_id: self.id,
            duration: 0,
            layer: 0,
            alternate_group: 0,
            volume: 0,
            matrix: self.matrix,
            width: 160 << 16,
            height: 90 << 16,
        };
        let mdhd = Mdhd {
            version: 0,
            creation_time: 0,
            modification_time: 0,
            timescale: self.timescale,
            duration: 0,
            language: self.language,
            pre_defined: 0,
        };
        let name = [self.name.as_bytes(), b"\0"].concat();
        let hdlr = Hdlr {
            component_type: FourCc([0; 4]),
            handler_type: self.handler,
            reserved: [0; 3],
            name_bytes: &name,
        };
        let dref = Dref {
            entry_count: 1,
            entries: &self.dref,
            entries_offset: 0,
        };
        let dinf = boxed(b"dinf", &[&dref.to_bytes().unwrap()]);
        let minf = boxed(b"minf", &[&dinf, stbl]);
        let mdia = [mdhd.to_bytes().unwrap(), hdlr.to_bytes().unwrap(), minf].concat();
        let mdia = boxed(b"mdia", &[&mdia, &self.in_mdia]);
        let edts = if self.edits.is_empty() && self.elst_flags == 0 {
            Vec::new()
        } else {
            boxed(b"edts", &[&self.elst()])
        };
        boxed(
            b"trak",
            &[&tkhd.to_bytes().unwrap(), &edts, &mdia, &self.in_trak],
        )
    }

    fn elst(&self) -> Vec<u8> {
        let entries = self.edits.iter();
        let entry = |&(segment_duration, media_time, media_rate): &(u64, i64, i32)| ElstEntry {
            segment_duration,
            media_time,
            media_rate,
        };
        let elst = Elst {
            version: 1,
            flags: self.elst_flags,
            entries: entries.map(entry).collect(),
        };
        elst.to_bytes().unwrap()
    }
}

pub(crate) fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", &[b"isom", &[0; 4]])
}

pub(crate) fn mvhd(timescale: u32) -> Vec<u8> {
    let mvhd = Mvhd {
        version: 0,
        creation_time: 0,
        modification_time: 0,
        timescale,
        duration: 0,
        rate: RATE,
        volume: 0x100,
        matrix: Matrix::UNITY,
        pre_defined: [0; 6],
        next_track_id: 9,
    };
    mvhd.to_bytes().unwrap()
}

/// `moov` with `traks` and whatever else, 1000 ticks a second.
pub(crate) fn moov(parts: &[Vec<u8>]) -> Vec<u8> {
    boxed(b"moov", &[&mvhd(1_000), &parts.concat()])
}

/// A progressive movie, `moov` first; the media of each track is one chunk.
pub(crate) fn progressive(tracks: &[TestTrack]) -> Vec<u8> {
    let build = |start: u32| {
        let mut offset = start;
        let traks: Vec<Vec<u8>> = tracks
            .iter()
            .map(|track| {
                let trak = track.trak(Some(offset));
                offset += track.bytes();
                trak
            })
            .collect();
        [ftyp(), moov(&traks)].concat()
    };
    let start = build(0).len() as u32 + 8;
    let media: Vec<u8> = tracks
        .iter()
        .flat_map(|track| vec![0xaa; track.bytes() as usize])
        .collect();
    [build(start), boxed(b"mdat", &[&media])].concat()
}

/// A progressive movie with `mdat` before `moov`: media starts at byte 24.
pub(crate) fn media_first(tracks: &[TestTrack]) -> Vec<u8> {
    let mut offset = 24;
    let traks: Vec<Vec<u8>> = tracks
        .iter()
        .map(|track| {
            let trak = track.trak(Some(offset));
            offset += track.bytes();
            trak
        })
        .collect();
    let media = vec![0xaa; offset as usize - 24];
    [ftyp(), boxed(b"mdat", &[&media]), moov(&traks)].concat()
}

pub(crate) fn trex(track_id: u32) -> Vec<u8> {
    let trex = Trex {
        track_id,
        default_sample_description_index: 1,
        default_sample_duration: 0,
        default_sample_size: 0,
        default_sample_flags: 0,
    };
    trex.to_bytes().unwrap()
}

/// `ftyp` and `moov` of a fragmented movie.
pub(crate) fn init(tracks: &[TestTrack]) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = tracks.iter().map(|track| track.trak(None)).collect();
    let trexes: Vec<u8> = tracks.iter().flat_map(|track| trex(track.id)).collect();
    parts.push(boxed(b"mvex", &[&trexes]));
    [ftyp(), moov(&parts)].concat()
}

/// `moof` and `mdat` with all samples of each track, which start at the decoding times given.
pub(crate) fn fragment(tracks: &[(&TestTrack, u64)]) -> Vec<u8> {
    let build = |start: u32| {
        let mut offset = start;
        let trafs = tracks.iter().map(|(track, time)| {
            let tfhd = Tfhd {
                track_id: track.id,
                default_base_is_moof: true,
                ..Tfhd::default()
            };
            let tfdt = Tfdt {
                version: 1,
                base_media_decode_time: *time,
            };
            let rows = track.samples.iter().flat_map(|sample| {
                let flags = if sample.is_sync {
                    0x0200_0000
                } else {
                    0x0101_0000
                };
                [sample.duration, sample.size, flags, sample.offset as u32]
            });
            let head = [track.samples.len() as u32, offset];
            let trun: Vec<u32> = head.into_iter().chain(rows).collect();
            offset += track.bytes();
            let trun = words(b"trun", 1, 0xf01, &trun);
            boxed(
                b"traf",
                &[&tfhd.to_bytes().unwrap(), &tfdt.to_bytes().unwrap(), &trun],
            )
        });
        let trafs: Vec<u8> = trafs.flatten().collect();
        boxed(b"moof", &[&words(b"mfhd", 0, 0, &[1]), &trafs])
    };
    let moof = build(build(0).len() as u32 + 8);
    let media: Vec<u8> = tracks
        .iter()
        .flat_map(|(track, _)| vec![0xaa; track.bytes() as usize])
        .collect();
    [moof, boxed(b"mdat", &[&media])].concat()
}
