use super::*;
use crate::SampleFlags;

/// Samples of `step` ticks, a sync sample wherever `sync` says so.
fn track(count: usize, step: u32, sync: impl Fn(usize) -> bool) -> Vec<Sample> {
    let flags = |at| {
        if sync(at) {
            SampleFlags::SYNC
        } else {
            SampleFlags::DEPENDENT
        }
    };
    (0..count)
        .map(|at| Sample {
            offset: 0,
            dts: at as i64 * i64::from(step),
            size: 1,
            duration: step,
            composition_offset: 0,
            flags: flags(at),
        })
        .collect()
}

fn cut(samples: &[Sample], rate: u32) -> CutTrack<'_> {
    CutTrack {
        samples,
        offset: 0,
        end: None,
        timescale: Timescale::new(rate).unwrap(),
    }
}

fn two_seconds() -> Time {
    Timescale::MILLISECONDS.time(2_000)
}

fn seconds(boundaries: &Boundaries) -> Vec<f64> {
    boundaries.times.iter().map(|time| time.seconds()).collect()
}

#[test]
fn late_key_frame_starts_the_next_segment() {
    // Sync at 0, 5 and 6 s: 5 serves both 2 and 4, and 6 is the next multiple.
    let samples = track(80, 1, |at| [0, 50, 60].contains(&at));
    let found = common_boundaries(&[cut(&samples, 10)], two_seconds()).unwrap();
    assert_eq!(seconds(&found), [5.0, 6.0]);
    assert_eq!(
        found.longest_group,
        Some(Timescale::MILLISECONDS.time(5_000))
    );
}

#[test]
fn renditions_of_different_timescales_share_their_sync_times() {
    let a = track(250, 3_600, |at| at % 50 == 0);
    let b = track(250, 512, |at| at % 25 == 0);
    let found = common_boundaries(&[cut(&a, 90_000), cut(&b, 12_800)], two_seconds()).unwrap();
    assert_eq!(seconds(&found), [2.0, 4.0, 6.0, 8.0]);
    assert!(found.longest_group.is_none());
}

#[test]
fn times_that_one_coarse_timescale_rounds_are_equal_to_the_tick() {
    // 29.97 fps: 60 frames are 2.002 s, which 600 ticks per second can only round.
    let exact = track(180, 1_001, |at| at % 60 == 0);
    let mut rounded = track(180, 20, |at| at % 60 == 0);
    for (at, sample) in rounded.iter_mut().enumerate() {
        sample.dts = (at as i64 * 1_001 * 600 + 15_000) / 30_000;
    }
    let found = common_boundaries(&[cut(&exact, 30_000), cut(&rounded, 600)], two_seconds());
    assert_eq!(found.unwrap().times.len(), 2);
}

#[test]
fn a_missing_sync_sample_names_the_rendition_and_the_time() {
    let whole = track(250, 1, |at| at % 50 == 0);
    let holey = track(250, 1, |at| at % 50 == 0 && at != 100 && at != 150);
    let tracks = [cut(&whole, 25), cut(&holey, 25), cut(&whole, 25)];
    let found = common_boundaries(&tracks, two_seconds()).unwrap_err();
    assert_eq!(found.time.seconds(), 4.0);
    assert_eq!((found.without, found.with), (vec![1], vec![0, 2]));
}

#[test]
fn extra_sync_samples_in_one_rendition_are_no_error() {
    let plain = track(250, 1, |at| at % 50 == 0);
    let extra = track(250, 1, |at| at % 50 == 0 || at % 37 == 0);
    let found = common_boundaries(&[cut(&plain, 25), cut(&extra, 25)], two_seconds()).unwrap();
    assert_eq!(seconds(&found), [2.0, 4.0, 6.0, 8.0]);
}

#[test]
fn a_rendition_that_ended_no_longer_decides() {
    let short = track(120, 1, |at| at % 50 == 0);
    let long = track(250, 1, |at| at % 50 == 0);
    let tracks = [cut(&short, 25), cut(&long, 25)];
    let found = common_boundaries(&tracks, two_seconds()).unwrap();
    assert_eq!(seconds(&found), [2.0, 4.0, 6.0, 8.0]);
    assert_eq!(cut_at_sync(&tracks[0], &found.times).len(), 3);
    assert_eq!(cut_at_sync(&tracks[1], &found.times).len(), 5);
}

#[test]
fn zero_duration_takes_every_common_group() {
    let a = track(100, 1, |at| at % 10 == 0);
    let b = track(100, 1, |at| at % 20 == 0);
    let zero = Timescale::MILLISECONDS.time(0);
    let found = common_boundaries(&[cut(&a, 25), cut(&b, 25)], zero).unwrap();
    assert_eq!(seconds(&found), [0.8, 1.6, 2.4, 3.2]);
}

#[test]
fn audio_follows_to_the_nearest_frame() {
    // 1024 samples at 48 kHz: 2 s lie between frames 93 and 94 and nearer to the second; 4 s lie
    // halfway between 187 and 188, where the earlier one is taken.
    let audio = track(200, 1_024, |_| true);
    let at = |ms| Timescale::MILLISECONDS.time(ms);
    let video = Boundaries {
        times: vec![at(2_000), at(4_000)],
        start: Some(at(0)),
        end: Some(at(4_300)),
        longest_group: None,
    };
    let found = cut_at_nearest(&cut(&audio, 48_000), &video, at(2_000));
    let starts: Vec<usize> = found.iter().map(|segment| segment.samples.start).collect();
    assert_eq!(starts, [0, 94, 187]);
    assert_eq!(found.iter().map(|s| s.duration).sum::<u64>(), 200 * 1_024);
}

#[test]
fn audio_alone_is_cut_by_the_duration_and_priming_takes_no_time() {
    let audio = track(500, 1_024, |_| true);
    let mut cut = cut(&audio, 48_000);
    cut.offset = -1_024;
    let found = cut_at_nearest(&cut, &Boundaries::default(), two_seconds());
    assert_eq!(found[0].start, 0);
    assert_eq!(found.iter().map(|s| s.duration).sum::<u64>(), 499 * 1_024);
    assert!(
        found
            .windows(2)
            .all(|w| w[0].start + w[0].duration as i64 == w[1].start)
    );
    assert!(
        found
            .iter()
            .take(4)
            .all(|s| (s.duration as i64 - 96_000).abs() <= 1_024 + 512)
    );
}

#[test]
fn sound_before_and_behind_the_pictures_is_cut_by_the_duration() {
    let at = |ms| Timescale::MILLISECONDS.time(ms);
    let video = Boundaries {
        times: vec![at(5_500), at(7_500)],
        start: Some(at(3_500)),
        end: Some(at(9_000)),
        longest_group: None,
    };
    let followed = |end| -> Vec<i64> {
        video
            .followed(at(2_000), at(end))
            .iter()
            .map(|time| time.rescale(Timescale::MILLISECONDS))
            .collect()
    };
    assert_eq!(followed(9_300), [2_000, 3_500, 5_500, 7_500]);
    assert_eq!(
        followed(13_000),
        [2_000, 3_500, 5_500, 7_500, 9_000, 10_000, 12_000]
    );
    assert_eq!(
        followed(12_400),
        [2_000, 3_500, 5_500, 7_500, 9_000, 10_000]
    );
    let alone = Boundaries::default();
    assert_eq!(alone.followed(at(2_000), at(8_020)).len(), 3);
    assert_eq!(alone.followed(at(2_000), at(3_008)).len(), 1);
    assert_eq!(alone.followed(at(2_000), at(1_000)).len(), 0);
}

#[test]
fn sound_that_begins_late_begins_with_a_whole_segment() {
    let mut audio = track(200, 1_024, |_| true);
    audio.iter_mut().for_each(|sample| sample.dts += 3 * 48_000);
    let at = |ms| Timescale::MILLISECONDS.time(ms);
    let video = Boundaries {
        times: vec![at(2_000), at(4_000), at(6_000)],
        start: Some(at(0)),
        end: Some(at(8_000)),
        longest_group: None,
    };
    let found = cut_at_nearest(&cut(&audio, 48_000), &video, at(2_000));
    let starts: Vec<usize> = found.iter().map(|segment| segment.samples.start).collect();
    assert_eq!(starts, [0, 47, 141]);
    assert_eq!(found[0].start, 3 * 48_000);
}
