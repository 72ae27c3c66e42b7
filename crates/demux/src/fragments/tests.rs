use super::*;
use crate::testing::{boxed, words};

/// Flags of a `tfhd`.
const BASE: u32 = 0x1;
const ENTRY: u32 = 0x2;
const DURATION: u32 = 0x8;
const SIZE: u32 = 0x10;
const FLAGS: u32 = 0x20;
const FROM_MOOF: u32 = 0x2_0000;

const SYNC: u32 = 0x0200_0000;
const DEPENDENT: u32 = 0x0101_0000;

/// Where the tests' `moof` boxes lie.
const MOOF: u64 = 1_000;

fn track(id: u32) -> FragmentedTrack {
    FragmentedTrack {
        id,
        is_kept: true,
        trex: Trex {
            track_id: id,
            default_sample_description_index: 1,
            default_sample_duration: 7,
            default_sample_size: 70,
            default_sample_flags: DEPENDENT,
        },
        samples: Vec::new(),
        entry_runs: Vec::new(),
    }
}

fn tfhd(flags: u32, fields: &[u32]) -> Vec<u8> {
    words(b"tfhd", 0, flags, fields)
}

fn tfdt(time: u64) -> Vec<u8> {
    words(b"tfdt", 1, 0, &[(time >> 32) as u32, time as u32])
}

fn trun(flags: u32, fields: &[u32]) -> Vec<u8> {
    words(b"trun", 1, flags, fields)
}

fn traf(parts: &[Vec<u8>]) -> Vec<u8> {
    boxed(b"traf", &[&parts.concat()])
}

/// Appends a `moof` of these `traf` boxes, in a file of 100,000 bytes.
fn append_to(tracks: &mut [FragmentedTrack], trafs: &[Vec<u8>]) -> Result<FragmentStarts, String> {
    let moof = boxed(b"moof", &[&words(b"mfhd", 0, 0, &[1]), &trafs.concat()]);
    let raw = RawBox::parse(&moof, MOOF, &Place::FILE).unwrap();
    let starts = append(&raw, &Place::FILE, tracks, 100_000, &Limits::default());
    starts.map_err(|error| error.to_string())
}

/// The samples of track 1 from one `traf`.
fn samples_of(parts: &[Vec<u8>]) -> Vec<Sample> {
    let tracks = &mut [track(1)];
    append_to(tracks, &[traf(parts)]).unwrap();
    std::mem::take(&mut tracks[0].samples)
}

fn fields(sample: &Sample) -> (u32, u32, u32) {
    (sample.duration, sample.size, sample.flags.0)
}

fn offsets(samples: &[Sample]) -> Vec<u64> {
    samples.iter().map(|sample| sample.offset).collect()
}

#[test]
fn fields_come_from_the_row_then_the_tfhd_then_the_trex() {
    let from_trex = samples_of(&[tfhd(0, &[1]), trun(0, &[1])]);
    assert_eq!(fields(&from_trex[0]), (7, 70, DEPENDENT));
    let header = tfhd(DURATION | SIZE | FLAGS, &[1, 8, 80, SYNC]);
    let from_tfhd = samples_of(&[header.clone(), trun(0, &[1])]);
    assert_eq!(fields(&from_tfhd[0]), (8, 80, SYNC));
    let from_row = samples_of(&[header, trun(0xf00, &[1, 9, 90, DEPENDENT, -5_i32 as u32])]);
    assert_eq!(fields(&from_row[0]), (9, 90, DEPENDENT));
    assert_eq!(from_row[0].composition_offset, -5);
}

#[test]
fn the_first_sample_of_each_run_may_have_its_own_flags() {
    let run = trun(0x004, &[2, SYNC]);
    let samples = samples_of(&[tfhd(0, &[1]), run.clone(), run]);
    let flags: Vec<u32> = samples.iter().map(|sample| sample.flags.0).collect();
    assert_eq!(flags, [SYNC, DEPENDENT, SYNC, DEPENDENT]);
}

#[test]
fn offsets_count_from_the_moof_in_the_first_track_fragment() {
    for flags in [0, FROM_MOOF] {
        let samples = samples_of(&[tfhd(flags, &[1]), trun(0x1, &[2, 300])]);
        assert_eq!(offsets(&samples), [MOOF + 300, MOOF + 370]);
    }
}

#[test]
fn offsets_count_from_the_base_where_there_is_one() {
    for flags in [BASE, BASE | FROM_MOOF] {
        let header = tfhd(flags, &[1, 0, 5_000]);
        let samples = samples_of(&[header.clone(), trun(0x1, &[1, -100_i32 as u32])]);
        assert_eq!(offsets(&samples), [4_900]);
        assert_eq!(offsets(&samples_of(&[header, trun(0, &[1])])), [5_000]);
    }
}

#[test]
fn a_run_without_an_offset_follows_the_run_before() {
    let runs = [
        trun(0x1, &[2, 300]),
        trun(0, &[1]),
        trun(0x1, &[1, 510]),
        trun(0, &[1]),
    ];
    let samples = samples_of(&[&[tfhd(FROM_MOOF, &[1])], &runs[..]].concat());
    assert_eq!(offsets(&samples), [1_300, 1_370, 1_440, 1_510, 1_580]);
}

#[test]
fn a_later_track_fragment_follows_the_one_before_unless_it_says_otherwise() {
    let first = traf(&[tfhd(0, &[1]), trun(0x1, &[2, 300])]);
    let placed = |header: Vec<u8>, run: Vec<u8>| {
        let tracks = &mut [track(1), track(2)];
        append_to(tracks, &[first.clone(), traf(&[header, run])]).unwrap();
        tracks[1].samples[0].offset
    };
    assert_eq!(placed(tfhd(0, &[2]), trun(0, &[1])), 1_440);
    assert_eq!(placed(tfhd(0, &[2]), trun(0x1, &[1, 10])), 1_450);
    assert_eq!(placed(tfhd(FROM_MOOF, &[2]), trun(0x1, &[1, 510])), 1_510);
    assert_eq!(placed(tfhd(BASE, &[2, 0, 50]), trun(0, &[1])), 50);
}

#[test]
fn runs_of_tracks_that_are_not_kept_are_followed() {
    let behind = traf(&[tfhd(0, &[1]), trun(0, &[1])]);
    let placed = |header: Vec<u8>, run: Vec<u8>| {
        let dropped = FragmentedTrack {
            is_kept: false,
            ..track(2)
        };
        let tracks = &mut [track(1), dropped];
        let starts = append_to(tracks, &[traf(&[header, run]), behind.clone()]).unwrap();
        assert_eq!(starts, [(1, 0)]);
        assert!(tracks[1].samples.is_empty());
        tracks[0].samples[0].offset
    };
    // The size of the row, of the tfhd, of the trex.
    assert_eq!(placed(tfhd(0, &[2]), trun(0x201, &[2, 300, 1, 2])), 1_303);
    assert_eq!(placed(tfhd(SIZE, &[2, 10]), trun(0x1, &[3, 300])), 1_330);
    assert_eq!(placed(tfhd(0, &[2]), trun(0x1, &[3, 300])), 1_510);
    // Of a track nobody knows, only what the fragment says.
    assert_eq!(placed(tfhd(SIZE, &[9, 10]), trun(0x1, &[3, 300])), 1_330);
    assert_eq!(placed(tfhd(0, &[9]), trun(0x1, &[3, 300])), 1_300);
    // Four billion of them are no loop.
    let placed_far = placed(tfhd(SIZE, &[2, u32::MAX]), trun(0x1, &[u32::MAX, 300]));
    assert_eq!(
        placed_far,
        MOOF + 300 + u64::from(u32::MAX) * u64::from(u32::MAX)
    );
}

#[test]
fn decoding_times_come_from_tfdt_or_go_on() {
    let times = |parts: &[Vec<u8>]| -> Vec<i64> {
        samples_of(parts).iter().map(|sample| sample.dts).collect()
    };
    let run = trun(0, &[2]);
    assert_eq!(times(&[tfhd(0, &[1]), run.clone()]), [0, 7]);
    assert_eq!(
        times(&[tfhd(0, &[1]), tfdt(1 << 40), run]),
        [1 << 40, (1 << 40) + 7]
    );
}

/// Track 1 after a fragment of two samples at 0, and one of a sample at `second`.
fn two_fragments(second: Option<u64>) -> Result<Vec<(i64, u32)>, String> {
    let tracks = &mut [track(1)];
    append_to(tracks, &[traf(&[tfhd(0, &[1]), tfdt(0), trun(0, &[2])])])?;
    let time = second.map(tfdt).unwrap_or_default();
    let starts = append_to(tracks, &[traf(&[tfhd(0, &[1]), time, trun(0, &[1])])])?;
    assert_eq!(starts, [(1, 2)]);
    Ok(tracks[0]
        .samples
        .iter()
        .map(|sample| (sample.dts, sample.duration))
        .collect())
}

#[test]
fn a_gap_between_fragments_lengthens_the_last_sample() {
    assert_eq!(two_fragments(None).unwrap(), [(0, 7), (7, 7), (14, 7)]);
    assert_eq!(two_fragments(Some(14)).unwrap(), [(0, 7), (7, 7), (14, 7)]);
    assert_eq!(
        two_fragments(Some(100)).unwrap(),
        [(0, 7), (7, 93), (100, 7)]
    );
    assert_eq!(two_fragments(Some(12)).unwrap(), [(0, 7), (7, 5), (12, 7)]);
}

#[test]
fn time_that_goes_backwards_is_refused() {
    for time in [0, 7] {
        assert_eq!(
            two_fragments(Some(time)).unwrap_err(),
            format!(
                "moof/traf[0]/tfdt: baseMediaDecodeTime: is {time}, expected about 14, where the \
                 fragment before ends"
            )
        );
    }
    let far = two_fragments(Some(1 << 61)).unwrap_err();
    assert_eq!(
        far,
        "moof/traf[0]/tfdt: baseMediaDecodeTime: is 2305843009213693952, expected at most \
         1152921504606846976"
    );
    assert!(
        two_fragments(Some(u64::MAX))
            .unwrap_err()
            .contains("is 18446744073709551615")
    );
    assert!(
        two_fragments(Some(1 << 40))
            .unwrap_err()
            .contains("expected about 14")
    );
}

#[test]
fn fragments_go_on_where_the_samples_of_moov_end() {
    let tracks = &mut [track(1)];
    let first = Sample {
        offset: 10,
        dts: 0,
        size: 1,
        duration: 20,
        composition_offset: 0,
        flags: SampleFlags::SYNC,
    };
    tracks[0].samples.push(first);
    tracks[0].entry_runs.push(EntryRun {
        first_sample: 0,
        entry: 0,
    });
    let starts = append_to(tracks, &[traf(&[tfhd(0, &[1]), trun(0, &[1])])]).unwrap();
    assert_eq!(starts, [(1, 1)]);
    assert_eq!(tracks[0].samples[1].dts, 20);
    assert_eq!(tracks[0].entry_runs.len(), 1);
}

#[test]
fn a_sample_entry_may_change_with_each_fragment() {
    let tracks = &mut [track(1)];
    for entry in [1, 2, 2, 1] {
        append_to(tracks, &[traf(&[tfhd(ENTRY, &[1, entry]), trun(0, &[2])])]).unwrap();
    }
    let runs: Vec<(usize, u32)> = tracks[0]
        .entry_runs
        .iter()
        .map(|run| (run.first_sample, run.entry))
        .collect();
    assert_eq!(runs, [(0, 0), (2, 1), (6, 0)]);
    let zero = append_to(tracks, &[traf(&[tfhd(ENTRY, &[1, 0]), trun(0, &[2])])]).unwrap_err();
    assert_eq!(
        zero,
        "moof/traf[0]/tfhd: sample_description_index: is 0, expected at least 1"
    );
}

#[test]
fn what_is_malformed_is_refused_with_its_place() {
    let refused = |trafs: &[Vec<u8>]| append_to(&mut [track(1)], trafs).unwrap_err();
    assert_eq!(
        refused(&[traf(&[trun(0, &[1])])]),
        "moof/traf[0]: has no tfhd box"
    );
    let before_the_file = traf(&[tfhd(0, &[1]), trun(0x1, &[1, -1_001_i32 as u32])]);
    assert_eq!(
        refused(&[traf(&[tfhd(0, &[1])]), before_the_file]),
        "moof/traf[1]/trun: data_offset: is -1001 from byte 1000, expected a place in the file"
    );
    let rows = traf(&[tfhd(0, &[1]), trun(0x200, &[u32::MAX, 1])]);
    assert!(refused(&[rows]).ends_with("samples: needs 17179869180 bytes, 4 left"));
}

#[test]
fn a_run_without_rows_is_believed_as_far_as_the_file_has_bytes() {
    let tracks = &mut [track(1), track(2)];
    let run = |id, count| traf(&[tfhd(0, &[id]), trun(0, &[count])]);
    assert_eq!(
        append_to(tracks, &[run(1, u32::MAX)]).unwrap_err(),
        "moof/traf[0]/trun: 4294967295 samples in the track, expected at most 16000000"
    );
    assert_eq!(
        append_to(tracks, &[run(1, 60_000)]).unwrap_err(),
        "moof/traf[0]/trun: 60000 samples in what is left of the file's bytes, expected at most \
         50016"
    );
    // All tracks together, and over all fragments.
    append_to(tracks, &[run(1, 30_000)]).unwrap();
    append_to(tracks, &[run(2, 20_000)]).unwrap();
    assert!(
        append_to(tracks, &[run(2, 17)])
            .unwrap_err()
            .contains("expected at most 16")
    );
    assert_eq!(tracks[0].samples.len(), 30_000);
    assert!(tracks[1].samples.capacity() < 40_000);
}

#[test]
fn boxes_that_mean_nothing_here_are_passed_over() {
    let junk = boxed(b"uuid", &[&[0; 16]]);
    let samples = samples_of(&[
        junk.clone(),
        tfhd(0, &[1]),
        junk.clone(),
        trun(0, &[1]),
        junk,
    ]);
    assert_eq!(samples.len(), 1);
}

#[test]
fn fragments_with_encryption_boxes_are_refused_unless_their_track_is_dropped() {
    let senc = words(b"senc", 0, 0, &[0]);
    let seig = words(b"sbgp", 0, 0, &[u32::from_be_bytes(*b"seig"), 0]);
    let roll = words(b"sbgp", 0, 0, &[u32::from_be_bytes(*b"roll"), 0]);
    for (protection, kind) in [(&senc, "senc"), (&seig, "sbgp")] {
        let parts = [tfhd(0, &[1]), trun(0, &[1]), protection.clone()];
        let error = append_to(&mut [track(1)], &[traf(&parts)]).unwrap_err();
        let expected =
            "the samples are encrypted, though no sample entry says so; decrypt them first";
        assert_eq!(error, format!("moof/traf[0]/{kind}: {expected}"));
        let mut dropped = FragmentedTrack {
            is_kept: false,
            ..track(1)
        };
        append_to(std::slice::from_mut(&mut dropped), &[traf(&parts)]).unwrap();
    }
    assert_eq!(samples_of(&[tfhd(0, &[1]), trun(0, &[1]), roll]).len(), 1);
}

#[test]
fn samples_inside_their_own_moof_are_refused() {
    let error = append_to(
        &mut [track(1)],
        &[traf(&[tfhd(0, &[1]), trun(0x1, &[1, 20])])],
    );
    let expected = "moof/traf[0]/trun: data_offset: is 20 from byte 1000, which lies inside the moof \
                    at bytes 1000 to 1068";
    assert_eq!(error.unwrap_err(), expected);
    let parts = [tfhd(BASE, &[1, 0, 1_010]), trun(0, &[1])];
    let error = append_to(&mut [track(1)], &[traf(&parts)]).unwrap_err();
    assert!(
        error.starts_with("moof/traf[0]/tfhd: base_data_offset: is 1010, which lies"),
        "{error}"
    );
}
