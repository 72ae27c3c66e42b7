//! Segments by their first pictures.

use demux::edits::Timeline;
use demux::{EntryRun, Facts, VideoFacts};
use media::{Codec, Language, SampleFlags, Time, Timescale};

use super::*;

/// Bytes of every sample below, length and unit.
const SIZE: u32 = 7;

/// first_mb_in_slice 0 and slice_type 7 in an IDR picture, in another picture, and slice_type 5.
const IDR: [u8; 3] = [0x65, 0x88, 0x84];
const I: [u8; 3] = [0x41, 0x88, 0x84];
const P: [u8; 3] = [0x41, 0b1001_1000, 0x84];

/// A track of these pictures, presented at these times (a tick is a tenth of a second).
fn track(pictures: &[([u8; 3], i64)]) -> (Track, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut samples = Vec::new();
    for (dts, (unit, pts)) in (0..).zip(pictures) {
        samples.push(Sample {
            offset: bytes.len() as u64,
            dts,
            size: SIZE,
            duration: 1,
            composition_offset: (pts - dts) as i32,
            flags: SampleFlags::SYNC,
        });
        bytes.extend(3u32.to_be_bytes());
        bytes.extend(unit);
    }
    let facts = VideoFacts {
        width: 16,
        height: 16,
        sample_aspect_ratio: (1, 1),
        colour: None,
        bit_depth: None,
        coded_frame_rate: None,
        interlaced: false,
        nal_length_size: 4,
        dolby_vision: None,
        rotation: 0,
    };
    let track = Track {
        id: 1,
        codec: Codec::Avc,
        codec_string: "avc1.64001F".into(),
        facts: Facts::Video(facts),
        entries: Vec::new(),
        entry_runs: vec![EntryRun {
            first_sample: 0,
            entry: 0,
        }],
        timescale: Timescale::new(10).unwrap(),
        language: Language::undetermined(),
        name: String::new(),
        enabled: true,
        matrix: [0; 9],
        display_size: [0; 2],
        roles: Vec::new(),
        samples,
        timeline: Timeline::WHOLE,
    };
    (track, bytes)
}

/// Segments of the track that begin at these samples.
fn cut(track: &Track, starts: &[usize]) -> Vec<Segment> {
    let times: Vec<Time> = starts
        .iter()
        .skip(1)
        .map(|at| {
            track
                .timescale
                .time(track.presentation(&track.samples[*at]))
        })
        .collect();
    let segments = media::cut::cut_at_sync(&track.to_cut(), &times);
    let found: Vec<usize> = segments
        .iter()
        .map(|segment| segment.samples.start)
        .collect();
    assert_eq!(found, starts);
    segments
}

fn saps(track: &Track, bytes: &Vec<u8>, starts: &[usize]) -> Result<Vec<u8>, String> {
    let segments = cut(track, starts);
    of_video("movie.mp4", track, bytes, &segments).map_err(|error| error.to_string())
}

#[test]
fn sap_types_follow_from_the_picture_and_what_leads_it() {
    let (track, bytes) = track(&[
        (IDR, 0),
        (P, 1),
        // Two pictures coded after it lead the next one.
        (IDR, 4),
        (P, 2),
        (P, 3),
        (I, 5),
        (P, 6),
        (I, 9),
        (P, 7),
        (P, 8),
    ]);
    assert_eq!(saps(&track, &bytes, &[0, 2, 5, 7]), Ok(vec![1, 2, 1, 3]));
}

#[test]
fn a_segment_cannot_begin_with_a_picture_that_depends_on_others() {
    let (track, bytes) = track(&[(IDR, 0), (P, 1), (P, 2)]);
    assert_eq!(saps(&track, &bytes, &[0]), Ok(vec![1]));
    let error = "movie.mp4: video track 1: the sample at 0.200 s is marked as sync sample but is a \
                 P picture";
    assert_eq!(saps(&track, &bytes, &[0, 2]), Err(error.into()));
}

#[test]
fn what_is_presented_before_the_start_leads_nothing() {
    let (mut track, bytes) = track(&[(I, 2), (P, 0), (P, 1), (P, 3)]);
    assert_eq!(saps(&track, &bytes, &[0]), Ok(vec![3]));
    track.timeline.offset = -2;
    assert_eq!(saps(&track, &bytes, &[0]), Ok(vec![1]));
}

#[test]
fn where_nothing_is_readable_the_table_is_believed() {
    let (track, bytes) = track(&[([9, 9, 9], 0), ([9, 9, 9], 1)]);
    assert_eq!(saps(&track, &bytes, &[0, 1]), Ok(vec![1, 1]));
    let cut = cut(&track, &[0, 1]);
    let short = bytes[..10].to_vec();
    assert!(of_video("movie.mp4", &track, &short, &cut).is_err());
}

#[test]
fn a_segment_with_leading_pictures_starts_at_its_sync_sample() {
    let (track, _) = track(&[(IDR, 0), (P, 1), (I, 4), (P, 2), (P, 3), (I, 5), (P, 6)]);
    let times: Vec<_> = cut(&track, &[0, 2, 5])
        .iter()
        .map(|segment| (segment.start, segment.duration))
        .collect();
    assert_eq!(times, [(0, 4), (4, 1), (5, 2)]);
}
