//! Movies of one chunk, a few bytes long.

use std::io::{Seek, SeekFrom, Write};

use media::{Mark, SampleFlags};

use super::*;
use crate::marking::Spill;

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = (body.len() as u32 + 8).to_be_bytes().to_vec();
    out.extend(kind);
    out.extend(body);
    out
}

fn words(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

/// A track with sample sizes and chunk offsets.
fn trak(id: u32, sizes: &[u32], offsets: &[u32], more: &[u8]) -> Vec<u8> {
    let mut tkhd = words(&[0, 0, 0, id]);
    tkhd.resize(84, 0);
    let count = sizes.len() as u32;
    let stsz = boxed(b"stsz", &[words(&[0, 0, count]), words(sizes)].concat());
    let count = offsets.len() as u32;
    let stco = boxed(b"stco", &[words(&[0, count]), words(offsets)].concat());
    let stbl = boxed(b"stbl", &[stsz, stco, more.to_vec()].concat());
    let minf = boxed(b"minf", &stbl);
    let mdia = boxed(b"mdia", &minf);
    boxed(b"trak", &[boxed(b"tkhd", &tkhd), mdia].concat())
}

fn open(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn sample(offset: u64, size: u32) -> Sample {
    Sample {
        offset,
        dts: 0,
        size,
        duration: 1,
        composition_offset: 0,
        flags: SampleFlags::SYNC,
    }
}

/// Twins of these many bytes.
fn spilled(spill: &Spill, size: usize) -> Spilled {
    let twins = wm::h264::Twins {
        zero: vec![b'0'; size],
        one: vec![b'1'; size],
    };
    spill.put(&[Some(twins)]).unwrap()[0].unwrap()
}

/// The file with one variant, as far as it is short.
fn spliced(splice: &Splice, file: &File, spill: &Spill, mark: Mark) -> Vec<u8> {
    use crate::pack::digest::Digest;
    use crate::pack::payload::{Drain, Output};
    use crate::sink::{MemorySink, Sink};
    let sink = MemorySink::default();
    let mut object = sink.create("a").unwrap();
    let mut output = Output::new();
    let mut drain = Drain {
        object: object.as_mut(),
        digest: &mut Digest::new(crate::job::Checksum::None),
        progress: &crate::progress::Silent,
    };
    output.begin();
    let len = Source::len(file).unwrap();
    splice
        .write((file, "a"), len, (spill, mark), &mut output, &mut drain)
        .unwrap();
    output.end(&mut drain).unwrap();
    object.commit().unwrap();
    sink.object("a").unwrap().to_vec()
}

/// A movie of two tracks: `vvvv` `VV` of video around `aaa` of sound, `moov` first.
fn movie(more: &[u8]) -> (Vec<u8>, u64) {
    let moov = |start: u32| {
        let video = trak(7, &[4, 2], &[start, start + 7], more);
        let sound = trak(8, &[3], &[start + 4], &[]);
        boxed(b"moov", &[video, sound, boxed(b"udta", b"keep")].concat())
    };
    let start = moov(0).len() as u32 + 8;
    let bytes = [
        moov(start),
        boxed(b"mdat", b"vvvvaaaVV"),
        boxed(b"free", b"x"),
    ]
    .concat();
    (bytes, start.into())
}

#[test]
fn samples_grow_and_everything_that_points_behind_them_moves() {
    let (bytes, start) = movie(&[]);
    let file = open(&bytes);
    let spill = Spill::new(tempfile::tempfile().unwrap());
    let movie = MovieFile::read(&file).unwrap();
    let samples = [sample(start, 4), sample(start + 7, 2)];
    let changed = [(start..start + 4, spilled(&spill, 6))];
    let resized = [Resized {
        track: 7,
        first: 0,
        samples: &samples,
        sizes: &[6, 2],
    }];
    let splice = movie.splice(&changed, &resized).unwrap();
    for (mark, digit) in [(Mark::Zero, "0"), (Mark::One, "1")] {
        let new = spliced(&splice, &file, &spill, mark);
        assert_eq!(new.len() as u64, splice.len(bytes.len() as u64));
        let start = start as u32;
        let expected = boxed(
            b"moov",
            &[
                trak(7, &[6, 2], &[start, start + 9], &[]),
                trak(8, &[3], &[start + 6], &[]),
                boxed(b"udta", b"keep"),
            ]
            .concat(),
        );
        let media = format!("{}aaaVV", digit.repeat(6));
        let expected = [
            expected,
            boxed(b"mdat", media.as_bytes()),
            boxed(b"free", b"x"),
        ];
        assert_eq!(new, expected.concat());
    }
}

#[test]
fn without_a_change_nothing_is_replaced() {
    let (bytes, _) = movie(&[]);
    let file = open(&bytes);
    let spill = Spill::new(tempfile::tempfile().unwrap());
    let splice = MovieFile::read(&file).unwrap().splice(&[], &[]).unwrap();
    assert_eq!(spliced(&splice, &file, &spill, Mark::One), bytes);
}

#[test]
fn offsets_and_boxes_beyond_4_gib_get_64_bits() {
    let moov = boxed(b"moov", &trak(1, &[4, 4], &[16, 0xffff_fff0], &[]));
    let mdat_size = 0xffff_fff4_u32;
    let mut file = open(&words(&[mdat_size]));
    file.write_all(b"mdat").unwrap();
    file.seek(SeekFrom::Start(mdat_size.into())).unwrap();
    file.write_all(&moov).unwrap();
    let spill = Spill::new(tempfile::tempfile().unwrap());
    let movie = MovieFile::read(&file).unwrap();
    let samples = [sample(16, 4), sample(0xffff_fff0, 4)];
    let changed = [(16..20, spilled(&spill, 104))];
    let resized = [Resized {
        track: 1,
        first: 0,
        samples: &samples,
        sizes: &[104, 4],
    }];
    let splice = movie.splice(&changed, &resized).unwrap();
    // 8 bytes for the header, 100 for the sample.
    assert_eq!(splice.offset(16), Some(24));
    assert_eq!(splice.offset(0xffff_fff0), Some(0xffff_fff0 + 108));
    let rebuilt = movie.rebuild(&splice, Offsets::Wide, &resized).unwrap();
    let rebuilt = rebuilt.unwrap();
    let at = rebuilt.windows(4).position(|kind| kind == b"co64").unwrap();
    let table = words(&[0, 2, 0, 24, 1, 0x5c]);
    assert_eq!(&rebuilt[at + 4..], table);
    assert!(
        movie
            .rebuild(&splice, Offsets::AsTheyAre, &resized)
            .unwrap()
            .is_none()
    );
    let headers = movie.mdat_headers(&changed).unwrap();
    let large = [words(&[1]), b"mdat".to_vec(), words(&[1, 0x60])].concat();
    assert_eq!(headers, [(0..8, large)]);
}

#[test]
fn a_track_s_other_samples_keep_their_sizes() {
    // Two of four samples are known: an edit list left the others out.
    let moov = boxed(b"moov", &trak(1, &[4, 4, 5, 6], &[8], &[]));
    let bytes = [boxed(b"mdat", &[b'x'; 19]), moov].concat();
    let file = open(&bytes);
    let spill = Spill::new(tempfile::tempfile().unwrap());
    let movie = MovieFile::read(&file).unwrap();
    let samples = [sample(12, 4), sample(16, 5)];
    let changed = [(12..16, spilled(&spill, 9))];
    let mut resized = Resized {
        track: 1,
        first: 1,
        samples: &samples,
        sizes: &[9, 5],
    };
    let splice = movie.splice(&changed, &[resized]).unwrap();
    let new = spliced(&splice, &file, &spill, Mark::Zero);
    let table = words(&[0, 0, 4, 4, 9, 5, 6]);
    assert!(new.windows(table.len()).any(|bytes| bytes == table));
    resized = Resized {
        track: 1,
        first: 0,
        samples: &samples,
        sizes: &[9, 5],
    };
    let error = movie.splice(&changed, &[resized]).unwrap_err();
    assert_eq!(error, "track 1: its samples changed");
}

#[test]
fn what_cannot_be_moved_is_refused_by_name() {
    let refused = |bytes: &[u8]| MovieFile::read(&open(bytes)).unwrap_err();
    let (whole, start) = movie(&[]);
    let fragmented = [whole.clone(), boxed(b"moof", b"")].concat();
    assert!(refused(&fragmented).starts_with("is fragmented"));
    let mvex = boxed(b"moov", &boxed(b"mvex", b""));
    assert!(refused(&mvex).starts_with("is fragmented"));
    assert!(refused(&boxed(b"mdat", b"")).starts_with("has no moov"));
    let items = [whole.clone(), boxed(b"meta", b"")].concat();
    assert!(refused(&items).starts_with("has a meta box at its top"));
    let iloc = [words(&[0]), boxed(b"iloc", b"")].concat();
    let items = boxed(b"moov", &boxed(b"meta", &iloc));
    assert!(refused(&items).contains("iloc"));
    let dref = boxed(
        b"dref",
        &[words(&[0, 1]), boxed(b"url ", &words(&[0]))].concat(),
    );
    let minf = boxed(b"minf", &boxed(b"dinf", &dref));
    let trak = boxed(b"trak", &boxed(b"mdia", &minf));
    assert!(refused(&boxed(b"moov", &trak)).contains("in another file"));
    for end in 1..whole.len() {
        // Cut anywhere, it is refused or read, and nothing worse.
        let _ = MovieFile::read(&open(&whole[..end]));
    }
    let spill = Spill::new(tempfile::tempfile().unwrap());
    let splice = |more: &[u8], old: Range<u64>| {
        let file = open(&movie(more).0);
        let changed = [(old, spilled(&spill, 6))];
        let movie = MovieFile::read(&file).unwrap();
        movie.splice(&changed, &[]).unwrap_err()
    };
    assert!(splice(&[], 8..12).ends_with("lies outside of mdat"));
    assert!(splice(&[], start..start + 5).contains("lies inside a sample"));
    let saio = boxed(b"saio", b"");
    let start = start + saio.len() as u64;
    assert!(splice(&saio, start..start + 4).contains("saio"));
}
