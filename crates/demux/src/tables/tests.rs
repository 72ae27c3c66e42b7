use super::*;
use crate::testing::{boxed, stsz, table, words};

/// Resolves an `stbl` of these boxes, in a file of a million bytes.
fn resolve(boxes: &[Vec<u8>]) -> Result<Resolved, String> {
    resolve_in(1_000_000, boxes)
}

fn resolve_in(file_len: u64, boxes: &[Vec<u8>]) -> Result<Resolved, String> {
    let stbl = boxed(b"stbl", &[&boxes.concat()]);
    let raw = RawBox::parse(&stbl, 0, &Place::FILE.child(FourCc(*b"minf"))).unwrap();
    let tables = SampleTables::parse(&raw, &Place::FILE).map_err(|error| error.to_string())?;
    let resolved = tables.resolve(file_len, &Limits::default());
    resolved.map_err(|error| error.to_string())
}

/// Three samples of 5, 6 and 7 bytes, 10 ticks each, in one chunk at byte 100.
fn three() -> [Vec<u8>; 4] {
    [
        table(b"stts", 0, 2, &[3, 10]),
        stsz(&[5, 6, 7]),
        table(b"stsc", 0, 3, &[1, 3, 1]),
        table(b"stco", 0, 1, &[100]),
    ]
}

fn with(changed: Vec<u8>) -> Vec<Vec<u8>> {
    let mut boxes = three().to_vec();
    let kind = changed[4..8].to_vec();
    boxes.retain(|other| other[4..8] != kind);
    boxes.push(changed);
    boxes
}

fn without(kind: &[u8; 4]) -> Vec<Vec<u8>> {
    let mut boxes = three().to_vec();
    boxes.retain(|other| &other[4..8] != kind);
    boxes
}

fn offsets(resolved: &Resolved) -> Vec<u64> {
    resolved
        .samples
        .iter()
        .map(|sample| sample.offset)
        .collect()
}

fn sizes(resolved: &Resolved) -> Vec<u32> {
    resolved.samples.iter().map(|sample| sample.size).collect()
}

fn sync(resolved: &Resolved) -> Vec<bool> {
    resolved.samples.iter().map(Sample::is_sync).collect()
}

#[test]
fn samples_follow_each_other_in_a_chunk() {
    let resolved = resolve(&three()).unwrap();
    assert_eq!(offsets(&resolved), [100, 105, 111]);
    assert_eq!(sizes(&resolved), [5, 6, 7]);
    let times: Vec<(i64, u32)> = resolved
        .samples
        .iter()
        .map(|s| (s.dts, s.duration))
        .collect();
    assert_eq!(times, [(0, 10), (10, 10), (20, 10)]);
    assert_eq!(sync(&resolved), [true; 3]);
    let run = EntryRun {
        first_sample: 0,
        entry: 0,
    };
    assert_eq!(resolved.entry_runs, [run]);
}

#[test]
fn chunk_offsets_of_64_bits_are_read() {
    let mut boxes = without(b"stco");
    boxes.push(words(b"co64", 0, 0, &[1, 1, 7]));
    let resolved = resolve_in(1 << 40, &boxes).unwrap();
    assert_eq!(
        offsets(&resolved),
        [0x1_0000_0007, 0x1_0000_000c, 0x1_0000_0012]
    );
}

#[test]
fn compact_sizes_of_every_width_are_read() {
    for (width, bytes) in [
        (4, &[0x56, 0x70][..]),
        (8, &[5, 6, 7]),
        (16, &[0, 5, 0, 6, 0, 7]),
    ] {
        let mut boxes = without(b"stsz");
        let head = [0, 0, 0, 0, 0, 0, 0, width, 0, 0, 0, 3];
        boxes.push(boxed(b"stz2", &[&head, bytes]));
        assert_eq!(sizes(&resolve(&boxes).unwrap()), [5, 6, 7], "{width} bits");
    }
}

#[test]
fn a_constant_size_needs_no_rows() {
    let resolved = resolve(&with(words(b"stsz", 0, 0, &[9, 3]))).unwrap();
    assert_eq!(sizes(&resolved), [9; 3]);
    assert_eq!(offsets(&resolved), [100, 109, 118]);
}

#[test]
fn composition_offsets_keep_their_sign_in_both_versions() {
    for version in [0, 1] {
        let ctts = table(b"ctts", version, 2, &[1, 20, 2, (-10_i32) as u32]);
        let resolved = resolve(&with(ctts)).unwrap();
        let pts: Vec<i64> = resolved.samples.iter().map(Sample::pts).collect();
        assert_eq!(pts, [20, 0, 10]);
    }
}

#[test]
fn runs_of_chunks_change_counts_and_entries() {
    let mut boxes = with(table(b"stsc", 0, 3, &[1, 1, 1, 2, 2, 2]));
    boxes.retain(|other| &other[4..8] != b"stco");
    boxes.push(table(b"stco", 0, 1, &[100, 50]));
    let resolved = resolve(&boxes).unwrap();
    assert_eq!(offsets(&resolved), [100, 50, 56]);
    let runs = [
        EntryRun {
            first_sample: 0,
            entry: 0,
        },
        EntryRun {
            first_sample: 1,
            entry: 1,
        },
    ];
    assert_eq!(resolved.entry_runs, runs);
}

#[test]
fn chunks_without_samples_change_no_entry() {
    let mut boxes = with(table(b"stsc", 0, 3, &[1, 0, 2, 2, 3, 1, 3, 0, 5]));
    boxes.retain(|other| &other[4..8] != b"stco");
    boxes.push(table(b"stco", 0, 1, &[0, 100, 0]));
    let resolved = resolve(&boxes).unwrap();
    assert_eq!(offsets(&resolved), [100, 105, 111]);
    assert_eq!(
        resolved.entry_runs,
        [EntryRun {
            first_sample: 0,
            entry: 0
        }]
    );
}

#[test]
fn runs_behind_the_last_chunk_are_passed_over() {
    let stsc = table(b"stsc", 0, 3, &[1, 3, 1, 7, 1, 1, 9, 1, 1]);
    assert_eq!(resolve(&with(stsc)).unwrap().samples.len(), 3);
}

#[test]
fn tables_that_contradict_each_other_are_refused() {
    let refused = |boxes: &[Vec<u8>], expected: &str| {
        assert_eq!(resolve(boxes).unwrap_err(), expected);
    };
    let stsc = |cells: &[u32]| with(table(b"stsc", 0, 3, cells));
    refused(
        &stsc(&[2, 3, 1]),
        "stbl/stsc: first_chunk: is 2, expected 1",
    );
    refused(
        &stsc(&[1, 3, 0]),
        "stbl/stsc: sample_description_index: is 0, expected at least 1",
    );
    refused(
        &stsc(&[1, 2, 1]),
        "stbl/stsc: the chunks hold 2 samples, expected 3 as in stsz",
    );
    refused(
        &with(table(b"stts", 0, 2, &[2, 10])),
        "stbl/stts: times 2 samples, expected 3",
    );
    refused(
        &with(table(b"stts", 0, 2, &[3, 0x8000_0000])),
        "stbl/stts: sample_delta: is 2147483648, expected at most 2147483647",
    );
    refused(
        &with(table(b"ctts", 0, 2, &[2, 10])),
        "stbl/ctts: offsets 2 samples, expected 3",
    );
    refused(
        &with(table(b"stss", 0, 1, &[4])),
        "stbl/stss: sample_number: is 4, expected 1 to 3",
    );
    refused(
        &with(table(b"stss", 0, 1, &[0])),
        "stbl/stss: sample_number: is 0, expected 1 to 3",
    );
    for kind in [b"stts", b"stsc", b"stco"] {
        let expected = format!("stbl: has samples but no {} box", FourCc(*kind));
        refused(&without(kind), &expected);
    }
}

#[test]
fn no_sizes_are_no_samples() {
    assert_eq!(resolve(&without(b"stsz")).unwrap(), Resolved::default());
}

#[test]
fn sync_samples_are_those_listed() {
    let listed = |numbers: &[u32]| sync(&resolve(&with(table(b"stss", 0, 1, numbers))).unwrap());
    assert_eq!(listed(&[1, 3]), [true, false, true]);
    assert_eq!(listed(&[3, 3, 2]), [false, true, true]);
    assert_eq!(listed(&[]), [false; 3]);
}

#[test]
fn dependencies_are_added_to_sync_flags() {
    let mut boxes = with(table(b"stss", 0, 1, &[1]));
    // Depends on none; is a disposable B picture; nothing is known.
    boxes.push(boxed(b"sdtp", &[&[0; 4], &[0x20, 0x18, 0x00]]));
    let resolved = resolve(&boxes).unwrap();
    let flags: Vec<u32> = resolved
        .samples
        .iter()
        .map(|sample| sample.flags.0)
        .collect();
    assert_eq!(flags, [0x0200_0000, 0x0181_0000, SampleFlags::DEPENDENT.0]);
}

#[test]
fn counts_of_four_billion_are_refused_without_memory() {
    for (kind, columns) in [
        (b"stts", 2),
        (b"ctts", 2),
        (b"stsc", 3),
        (b"stco", 1),
        (b"co64", 2),
        (b"stss", 1),
    ] {
        let mut cells = vec![u32::MAX];
        cells.resize(1 + columns, 1);
        let message = resolve(&with(words(kind, 0, 0, &cells))).unwrap_err();
        assert!(message.contains("entries: needs"), "{message}");
    }
    let message = resolve(&with(words(b"stsz", 0, 0, &[0, u32::MAX, 1]))).unwrap_err();
    assert_eq!(
        message,
        "stbl/stsz at byte 100: entry_size: needs 17179869180 bytes, 4 left"
    );
    let message = resolve(&with(words(b"stsz", 0, 0, &[1, u32::MAX]))).unwrap_err();
    assert_eq!(
        message,
        "stbl/stsz: 4294967295 samples, expected at most 16000000"
    );
}

#[test]
fn a_constant_size_is_believed_as_far_as_the_file_has_bytes() {
    // 16 million samples of a byte, every chunk of which starts at the same byte.
    let boxes = [
        table(b"stts", 0, 2, &[16_000_000, 1]),
        words(b"stsz", 0, 0, &[1, 16_000_000]),
        table(b"stsc", 0, 3, &[1, 100, 1]),
        table(b"stco", 0, 1, &[0; 400]),
    ];
    let message = resolve_in(2_000, &boxes).unwrap_err();
    assert_eq!(
        message,
        "stbl: 16000000 samples in what is left of the file's bytes, expected at most 1016"
    );
    // In one chunk they reach the end of the file, and are followed a little further.
    let boxes = [
        table(b"stts", 0, 2, &[16_000_000, 1]),
        words(b"stsz", 0, 0, &[100, 16_000_000]),
        table(b"stsc", 0, 3, &[1, 16_000_000, 1]),
        table(b"stco", 0, 1, &[0]),
    ];
    let resolved = resolve_in(2_000, &boxes).unwrap();
    assert_eq!(resolved.samples.len(), 20 + 1 + LISTED_BEYOND);
    assert!(resolved.samples.capacity() <= 64);
}
