//! Files that are cut, twisted or made to hurt.

use libtest_mimic::Trial;
use tests::boxes::{find, make, patch, rename};
use tests::harness::test;
use tests::package::Package;

use crate::run::{Work, sample_bytes, text};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test(
            "truncated_file_says_how_many_seconds_are_whole",
            &[],
            truncated,
        ),
        test(
            "allow_truncated_packages_the_whole_seconds",
            &[],
            allow_truncated,
        ),
        test(
            "truncated_moov_is_refused_at_every_place",
            &[],
            truncated_moov,
        ),
        test(
            "truncated_fragmented_file_is_refused",
            &[],
            truncated_fragments,
        ),
        test("box_of_size_zero_in_a_box_is_refused", &[], zero_length),
        test(
            "box_that_ends_behind_its_parent_is_refused",
            &[],
            absurd_length,
        ),
        test("twenty_thousand_nested_boxes_are_refused", &[], nested),
        test(
            "counts_of_four_billion_are_refused_without_the_memory",
            &[],
            counts,
        ),
        test("video_without_sync_samples_is_refused", &[], no_sync),
        test("encrypted_track_is_refused_by_name", &[], encrypted),
        test("unknown_codec_is_refused_by_name", &[], unknown_codec),
        test("movie_without_samples_is_refused", &[], no_samples),
        test("empty_file_and_noise_are_refused", &[], noise),
        test("changed_bytes_of_moov_never_crash", &[], changed_bytes),
    ]
}

/// The number of seconds in "...; 8.480 s are whole (--allow-truncated packages those)".
fn whole_seconds(error: &str) -> f64 {
    let (before, _) = error.split_once(" s are whole").expect(error);
    let number = before.rsplit(' ').next().expect("a number");
    number.parse().expect("a number")
}

/// `240p.mp4` has `moov` first, 20 s.
fn truncated() {
    let whole = sample_bytes("240p.mp4");
    let (mdat, _) = find(&whole, "mdat").expect("mdat");
    let mut last = -1.0;
    for tenths in 1..10 {
        let end = mdat + (whole.len() - mdat) * tenths / 10;
        let error = Work::new().refused(&whole[..end], &[]);
        assert!(error.starts_with("{file}: truncated: "), "{error}");
        assert!(error.contains("--allow-truncated"), "{error}");
        let seconds = whole_seconds(&error);
        assert!(
            seconds > last && seconds < 20.0,
            "{seconds} after {last}: {error}"
        );
        last = seconds;
    }
    let error = Work::new().refused(&whole[..whole.len() - 1], &[]);
    assert!(whole_seconds(&error) > 19.0, "{error}");
}

fn allow_truncated() {
    let whole = sample_bytes("240p.mp4");
    for tenths in [3, 6, 9] {
        let cut = &whole[..whole.len() * tenths / 10];
        let seconds = whole_seconds(&Work::new().refused(cut, &[]));
        let work = Work::new();
        let input = text(&work.write("cut.mp4", cut));
        let said = work.pack(&[&input, "--allow-truncated"]);
        said.assert_done();
        assert!(
            said.stderr.contains("truncated"),
            "no warning: {}",
            said.stderr
        );
        let package = Package::read(&work.out());
        let duration = package.report()["duration"].as_f64().expect("a duration");
        assert!(
            (duration - seconds).abs() < 0.001,
            "{duration} s packaged, {seconds} s announced"
        );
    }
}

fn truncated_moov() {
    let whole = sample_bytes("240p.mp4");
    let (_, end) = find(&whole, "moov").expect("moov");
    for step in 0..24 {
        Work::new().refused(&whole[..end * step / 24], &[]);
    }
    // With `moov` behind `mdat`, the file that ends early has none.
    let whole = sample_bytes("360p.mp4");
    for step in [1, 2, 3] {
        let error = Work::new().refused(&whole[..whole.len() * step / 4], &[]);
        assert!(
            error.contains("truncated") || error.contains("moov"),
            "{error}"
        );
    }
}

/// A fragmented file made by the packager itself, cut within its last fragment and within `mdat`.
fn truncated_fragments() {
    let work = Work::new();
    work.pack(&[&crate::run::sample("240p.mp4")]).assert_done();
    let track = Package::read(&work.out()).of_kind("video").remove(0);
    let whole = track.bytes();
    let mut last = -1.0;
    for tenths in [2, 5, 9] {
        let error = Work::new().refused(&whole[..whole.len() * tenths / 10], &[]);
        let seconds = whole_seconds(&error);
        assert!(seconds > last, "{seconds} after {last}");
        last = seconds;
    }
}

fn zero_length() {
    for path in [
        "moov/trak",
        "moov/trak/mdia",
        "moov/trak/mdia/minf/stbl/stts",
        "moov/mvhd",
    ] {
        for size in [0, 1, 7] {
            let mut bytes = sample_bytes("240p.mp4");
            patch(&mut bytes, path, 0, size).expect(path);
            Work::new().refused(&bytes, &[]);
        }
    }
}

fn absurd_length() {
    for path in [
        "moov",
        "moov/trak",
        "moov/trak/mdia/minf/stbl/stsd",
        "moov/trak/mdia/minf/stbl/stsz",
    ] {
        for size in [0x7fff_ffff, 0xffff_ffff, 9] {
            let mut bytes = sample_bytes("240p.mp4");
            patch(&mut bytes, path, 0, size).expect(path);
            Work::new().refused(&bytes, &[]);
        }
    }
}

fn nested() {
    for kind in [b"moov", b"trak", b"udta", b"meta"] {
        let mut inner = Vec::new();
        let mut head = Vec::new();
        for depth in 0..20_000u32 {
            let size = (20_000 - depth) * 8;
            head.extend(size.to_be_bytes());
            head.extend(if depth == 0 { b"moov" } else { kind });
        }
        inner.extend(make(b"ftyp", b"isom\0\0\0\0isom"));
        inner.extend(head);
        Work::new().refused(&inner, &[]);
    }
}

fn counts() {
    let tables = [
        ("stts", 12),
        ("ctts", 12),
        ("stsc", 12),
        ("stco", 12),
        ("stss", 12),
        ("stsz", 16),
    ];
    for (table, offset) in tables {
        for count in [u32::MAX, 0x8000_0000, 0x1000_0000] {
            let mut bytes = sample_bytes("240p.mp4");
            let path = format!("moov/trak/mdia/minf/stbl/{table}");
            patch(&mut bytes, &path, offset, count).expect(table);
            let error = Work::new().refused(&bytes, &[]);
            assert!(error.contains(table), "does not name {table}: {error}");
        }
    }
    // All samples of one size need no table: only the file's length bounds their number.
    let mut bytes = sample_bytes("240p.mp4");
    patch(&mut bytes, "moov/trak/mdia/minf/stbl/stsz", 12, 1).expect("stsz");
    patch(&mut bytes, "moov/trak/mdia/minf/stbl/stsz", 16, u32::MAX).expect("stsz");
    patch(&mut bytes, "moov/trak/mdia/minf/stbl/stts", 12, 1).expect("stts");
    patch(&mut bytes, "moov/trak/mdia/minf/stbl/stts", 16, u32::MAX).expect("stts");
    Work::new().refused(&bytes, &[]);
    // The same with samples of no bytes, which no length bounds.
    let mut bytes = sample_bytes("240p.mp4");
    let run = [&[0, 0, 0, 0], &[0; 4], &u32::MAX.to_be_bytes()[..]].concat();
    let (at, end) = find(&bytes, "moov/trak/mdia/minf/stbl/stsz").expect("stsz");
    let rest = end - at - 20;
    let stsz = make(b"stsz", &run);
    bytes[at..at + 20].copy_from_slice(&stsz);
    bytes[at + 20..at + 24].copy_from_slice(&u32::try_from(rest).expect("fits").to_be_bytes());
    bytes[at + 24..at + 28].copy_from_slice(b"free");
    Work::new().refused(&bytes, &[]);
}

fn no_sync() {
    let mut bytes = sample_bytes("240p.mp4");
    // An empty table of sync samples: no sample is one.
    let (at, end) = find(&bytes, "moov/trak/mdia/minf/stbl/stss").expect("stss");
    bytes[at..at + 4].copy_from_slice(&16u32.to_be_bytes());
    bytes[at + 12..at + 16].copy_from_slice(&0u32.to_be_bytes());
    let rest = u32::try_from(end - at - 16).expect("fits");
    bytes[at + 16..at + 20].copy_from_slice(&rest.to_be_bytes());
    bytes[at + 20..at + 24].copy_from_slice(b"free");
    let error = Work::new().refused(&bytes, &[]);
    assert!(error.contains("sync sample"), "{error}");
}

/// `stsd` has 16 bytes before its first entry.
fn rename_entry(bytes: &mut [u8], kind: &[u8; 4]) {
    let (at, _) = find(bytes, "moov/trak/mdia/minf/stbl/stsd").expect("stsd");
    bytes[at + 20..at + 24].copy_from_slice(kind);
}

fn encrypted() {
    let mut bytes = sample_bytes("240p.mp4");
    rename_entry(&mut bytes, b"encv");
    let error = Work::new().refused(&bytes, &[]);
    assert!(error.contains("encrypted"), "{error}");
    assert!(error.contains("video track 1"), "{error}");
}

fn unknown_codec() {
    let mut bytes = sample_bytes("240p.mp4");
    rename_entry(&mut bytes, b"zzzz");
    let error = Work::new().refused(&bytes, &[]);
    assert!(error.contains("zzzz"), "{error}");
}

fn no_samples() {
    let work = Work::new();
    work.pack(&[&crate::run::sample("240p.mp4")]).assert_done();
    let mut track = Package::read(&work.out()).of_kind("video").remove(0);
    track.segments.clear();
    let error = Work::new().refused(&track.bytes(), &[]);
    assert!(error.contains("no track with samples"), "{error}");
}

fn noise() {
    let work = Work::new();
    work.refused(&[], &[]);
    work.refused(b"#EXTM3U\nnot a movie\n", &[]);
    work.refused(&vec![0; 100_000], &[]);
    work.refused(&vec![0xff; 100_000], &[]);
    work.refused(&make(b"ftyp", b"isom\0\0\0\0isom"), &[]);
    let mut bytes = sample_bytes("240p.mp4");
    rename(&mut bytes, "moov", b"free").expect("moov");
    let error = work.refused(&bytes, &[]);
    assert!(error.contains("no moov box"), "{error}");
}

/// Every result is good but a crash, a hang or an unfinished package.
fn changed_bytes() {
    let whole = sample_bytes("240p.mp4");
    let (_, end) = find(&whole, "moov").expect("moov");
    for round in 0..60u64 {
        let mut bytes = whole.clone();
        // Places spread over moov by a multiplicative generator; the values are the hurtful ones.
        let place = (round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16) as usize % end;
        bytes[place] = [0x00, 0xff, 0x80, 0x7f][round as usize % 4];
        let work = Work::new();
        let input = text(&work.write("bad.mp4", &bytes));
        let said = work.pack(&[&input]);
        match said.code {
            Some(0) => {}
            Some(1) => {
                said.error(1);
                work.assert_unfinished();
            }
            _ => panic!("byte {place} changed: {:?}: {}", said.code, said.stderr),
        }
    }
}
