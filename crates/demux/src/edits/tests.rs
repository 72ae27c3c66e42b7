use media::SampleFlags;

use super::*;

const NORMAL: i32 = 0x1_0000;

fn edit(segment_duration: u64, media_time: i64) -> Edit {
    Edit {
        segment_duration,
        media_time,
        media_rate: NORMAL,
    }
}

fn scale(rate: u32) -> Timescale {
    Timescale::new(rate).unwrap()
}

/// Pictures of 100 ticks each, decoded in the order given, shown at these times; `true` for sync.
fn pictures(shown: &[(i64, bool)]) -> Vec<Sample> {
    (0..)
        .zip(shown)
        .map(|(at, &(pts, is_sync))| Sample {
            offset: at as u64 * 10,
            dts: at * 100,
            size: 10,
            duration: 100,
            composition_offset: (pts - at * 100) as i32,
            flags: match is_sync {
                true => SampleFlags::SYNC,
                false => SampleFlags::DEPENDENT,
            },
        })
        .collect()
}

/// I P P P P I P P P P from 0 to 1000.
fn two_groups() -> Vec<Sample> {
    let shown: Vec<(i64, bool)> = (0..10).map(|at| (at * 100, at % 5 == 0)).collect();
    pictures(&shown)
}

/// Frames of 1024 ticks.
fn frames(count: i64) -> Vec<Sample> {
    let mut frames = pictures(&vec![(0, true); count as usize]);
    for (at, frame) in (0..).zip(&mut frames) {
        (frame.dts, frame.duration, frame.composition_offset) = (at * 1_024, 1_024, 0);
    }
    frames
}

/// Applies edits to video whose movie and media count milliseconds.
fn video(edits: &[Edit], samples: &mut Vec<Sample>) -> Result<Timeline, EditError> {
    apply(edits, scale(1_000), scale(1_000), TrackKind::Video, samples)
}

fn message(edits: &[Edit], mut samples: Vec<Sample>) -> String {
    video(edits, &mut samples).unwrap_err().to_string()
}

fn shown(samples: &[Sample], timeline: Timeline) -> Vec<i64> {
    samples
        .iter()
        .map(|sample| sample.pts() + timeline.offset)
        .collect()
}

#[test]
fn without_an_edit_list_everything_is_shown_where_it_is() {
    let samples = &mut two_groups();
    assert_eq!(video(&[], samples), Ok(Timeline::WHOLE));
    assert_eq!(*samples, two_groups());
}

#[test]
fn an_empty_edit_delays_the_track() {
    let samples = &mut two_groups();
    let timeline = video(&[edit(250, -1), edit(250, -1), edit(1_000, 0)], samples).unwrap();
    assert_eq!(
        timeline,
        Timeline {
            offset: 500,
            ..Timeline::WHOLE
        }
    );
    assert_eq!(*samples, two_groups());
}

#[test]
fn several_empty_edits_are_rounded_once() {
    // Three times a third of a tick.
    let edits = [edit(1, -1), edit(1, -1), edit(1, -1), edit(0, 0)];
    let timeline = apply(
        &edits,
        scale(3),
        scale(1),
        TrackKind::Video,
        &mut two_groups(),
    )
    .unwrap();
    assert_eq!(timeline.offset, 1);
}

#[test]
fn an_edit_that_begins_with_the_first_picture_moves_it_to_the_start() {
    let samples = &mut pictures(&[(200, true), (400, false), (300, false)]);
    let timeline = video(&[edit(300, 200)], samples).unwrap();
    assert_eq!(
        timeline,
        Timeline {
            offset: -200,
            ..Timeline::WHOLE
        }
    );
    assert_eq!(shown(samples, timeline), [0, 200, 100]);
}

#[test]
fn an_edit_that_begins_before_the_first_picture_leaves_a_gap() {
    let samples = &mut pictures(&[(200, true), (300, false)]);
    let timeline = video(&[edit(0, 50)], samples).unwrap();
    assert_eq!(shown(samples, timeline), [150, 250]);
}

#[test]
fn priming_of_aac_is_kept_before_the_start() {
    let samples = &mut frames(10);
    let (movie, track) = (scale(1_000), scale(44_100));
    let timeline = apply(&[edit(0, 1_024)], movie, track, TrackKind::Audio, samples).unwrap();
    assert_eq!(
        timeline,
        Timeline {
            offset: -1_024,
            ..Timeline::WHOLE
        }
    );
    assert_eq!(samples.len(), 10);
}

#[test]
fn audio_keeps_a_few_frames_before_an_edit_and_no_more() {
    let samples = &mut frames(100);
    let (movie, track) = (scale(44_100), scale(44_100));
    let begin = 50 * 1_024 + 100;
    let timeline = apply(
        &[edit(10_240, begin)],
        movie,
        track,
        TrackKind::Audio,
        samples,
    )
    .unwrap();
    assert_eq!((timeline.dropped_before, timeline.dropped_after), (46, 39));
    assert_eq!(
        shown(samples, timeline)[..5],
        [-4_196, -3_172, -2_148, -1_124, -100]
    );
    assert_eq!(timeline.end, Some(10_240));
}

#[test]
fn audio_that_depends_on_earlier_frames_keeps_them_from_the_sync_sample_on() {
    let samples = &mut frames(20);
    for (at, sample) in samples.iter_mut().enumerate() {
        if at % 8 != 0 {
            sample.flags = SampleFlags::DEPENDENT;
        }
    }
    let (movie, track) = (scale(1_000), scale(44_100));
    let timeline = apply(
        &[edit(0, 15 * 1_024)],
        movie,
        track,
        TrackKind::Audio,
        samples,
    )
    .unwrap();
    assert_eq!(timeline.dropped_before, 8);
}

#[test]
fn text_before_an_edit_goes_at_once() {
    let samples = &mut frames(10);
    let scale = scale(1_000);
    let timeline = apply(&[edit(0, 5_500)], scale, scale, TrackKind::Text, samples).unwrap();
    assert_eq!(timeline.dropped_before, 5);
    assert_eq!(shown(samples, timeline)[0], 5 * 1_024 - 5_500);
}

#[test]
fn an_edit_that_begins_at_a_later_sync_sample_drops_what_is_before() {
    let samples = &mut two_groups();
    let timeline = video(&[edit(500, 500)], samples).unwrap();
    assert_eq!(
        timeline,
        Timeline {
            offset: -500,
            dropped_before: 5,
            ..Timeline::WHOLE
        }
    );
    assert_eq!(*samples, two_groups()[5..]);
}

#[test]
fn a_sync_sample_on_screen_at_the_start_is_shortened() {
    let samples = &mut two_groups();
    let timeline = video(&[edit(0, 530)], samples).unwrap();
    assert_eq!(shown(samples, timeline)[..3], [0, 70, 170]);
    assert_eq!((samples[0].dts, samples[0].duration), (530, 70));
    assert!(samples.windows(2).all(|pair| pair[0].dts < pair[1].dts));
}

#[test]
fn decoding_times_stay_in_order_however_late_a_picture_is_cut() {
    // On screen from 0 to 500, though the next sample is decoded at 100.
    let samples = &mut pictures(&[(0, true), (500, false), (600, false)]);
    let timeline = video(&[edit(0, 450)], samples).unwrap();
    assert_eq!(shown(samples, timeline), [0, 50, 150]);
    assert!(samples.windows(2).all(|pair| pair[0].dts < pair[1].dts));
    assert_eq!(
        samples[0].dts + i64::from(samples[0].duration),
        samples[1].dts
    );
}

#[test]
fn leading_pictures_of_an_open_group_go_with_the_group_before() {
    let order = [
        (200, true),
        (0, false),
        (100, false),
        (500, false),
        (300, false),
    ];
    let samples = &mut pictures(&order);
    let timeline = video(&[edit(0, 200)], samples).unwrap();
    assert_eq!(timeline.dropped_before, 2);
    assert_eq!(shown(samples, timeline), [0, 300, 100]);
    assert_eq!(
        samples[0].dts + i64::from(samples[0].duration),
        samples[1].dts
    );
}

#[test]
fn an_edit_inside_a_group_is_refused_with_the_places_to_cut() {
    assert_eq!(
        message(&[edit(0, 230)], two_groups()),
        "edit begins at 0.230 s inside a group of pictures (sync samples at 0.000 s and 0.500 s); \
         cut it at a sync sample or encode it again"
    );
    // In the last group there is no sync sample after.
    assert!(message(&[edit(0, 700)], two_groups()).contains("at 0.500 s and 1.000 s"));
}

#[test]
fn the_short_rest_of_a_picture_before_a_sync_sample_goes() {
    let samples = &mut two_groups();
    let timeline = video(&[edit(0, 470)], samples).unwrap();
    assert_eq!(timeline.dropped_before, 5);
    assert_eq!(shown(samples, timeline)[..2], [30, 130]);
    // A longer one, or the whole picture, would be missed.
    assert!(message(&[edit(0, 459)], two_groups()).contains("inside a group"));
    let mut fast = two_groups();
    for sample in &mut fast {
        (sample.dts, sample.duration) = (sample.dts / 10, 10);
    }
    assert!(message(&[edit(0, 40)], fast).contains("inside a group"));
}

#[test]
fn an_edit_that_ends_early_drops_the_samples_behind() {
    let samples = &mut two_groups();
    let timeline = video(&[edit(650, 0)], samples).unwrap();
    assert_eq!((timeline.dropped_after, timeline.end), (3, Some(650)));
    assert_eq!(samples.len(), 7);
}

#[test]
fn a_picture_behind_the_end_stays_where_others_are_decoded_from_it() {
    // I P B B: the P is shown at 300, behind the end at 250.
    let samples = &mut pictures(&[
        (0, true),
        (300, false),
        (100, false),
        (200, false),
        (400, false),
    ]);
    let timeline = video(&[edit(250, 0)], samples).unwrap();
    assert_eq!((timeline.dropped_after, timeline.end), (1, Some(250)));
    assert_eq!(shown(samples, timeline), [0, 300, 100, 200]);
}

#[test]
fn an_end_less_than_a_movie_tick_away_is_rounding() {
    let samples = &mut frames(10);
    // 10240 ticks of 44100 are 232.2 ms.
    let (movie, track) = (scale(1_000), scale(44_100));
    let timeline = apply(&[edit(232, 0)], movie, track, TrackKind::Audio, samples).unwrap();
    assert_eq!(timeline, Timeline::WHOLE);
}

#[test]
fn edits_that_follow_each_other_are_one() {
    let samples = &mut two_groups();
    let edits = [edit(100, -1), edit(300, 0), edit(299, 300), edit(401, 600)];
    let timeline = video(&edits, samples).unwrap();
    assert_eq!(
        timeline,
        Timeline {
            offset: 100,
            ..Timeline::WHOLE
        }
    );
}

#[test]
fn silence_at_the_end_needs_nothing() {
    let edits = [edit(1_000, 0), edit(5_000, -1)];
    assert_eq!(video(&edits, &mut two_groups()), Ok(Timeline::WHOLE));
}

#[test]
fn what_cannot_be_honoured_is_refused() {
    let refused =
        |edits: &[Edit], expected: &str| assert_eq!(message(edits, two_groups()), expected);
    refused(
        &[edit(200, 0), edit(100, -1), edit(200, 200)],
        "edit 1: is empty after media was shown; only leading empty edits can be honoured",
    );
    for (media_time, rest) in [(0, "0, expected 500"), (700, "700, expected 500")] {
        refused(
            &[edit(500, 0), edit(300, media_time)],
            &format!(
                "edit 1: media_time is {rest} where the edit before it ended; repeated, skipped or \
                 reordered media needs a new encode"
            ),
        );
    }
    refused(
        &[Edit {
            media_rate: NORMAL / 2,
            ..edit(500, 0)
        }],
        "edit 0: media_rate is 0.500, expected 1: speed changes need a new encode",
    );
    refused(
        &[Edit {
            media_rate: 0,
            ..edit(500, 0)
        }],
        "edit 0: media_rate is 0.000, expected 1: speed changes need a new encode",
    );
    refused(
        &[edit(0, -2)],
        "edit 0: media_time is -2, expected -1 or not negative",
    );
    let nothing = "the edit list shows none of the track's samples";
    refused(&[edit(500, -1)], nothing);
    refused(&[edit(500, -1), edit(500, -1)], nothing);
    refused(&[edit(500, 1_000)], nothing);
    refused(&[edit(500, 1 << 40)], nothing);
}

#[test]
fn times_beyond_belief_are_refused_and_never_overflow() {
    let overflow = "edit list times are beyond 1152921504606846976 ticks";
    for edits in [
        &[edit(u64::MAX, -1), edit(0, 0)][..],
        &[edit(u64::MAX, -1), edit(u64::MAX, -1), edit(0, 0)],
        &[edit(i64::MAX as u64, -1), edit(0, 0)],
        &[edit(u64::MAX, 0)],
        &[edit(i64::MAX as u64, 0)],
        &[edit(0, i64::MAX)],
    ] {
        assert_eq!(message(edits, two_groups()), overflow, "{edits:?}");
    }
    assert_eq!(
        message(&[edit(0, i64::MIN)], two_groups())
            .split(',')
            .next(),
        Some("edit 0: media_time is -9223372036854775808")
    );
    // A tick of the movie is 2^32 of the track.
    let edits = [edit(1 << 31, -1), edit(0, 0)];
    let result = apply(
        &edits,
        scale(1),
        scale(u32::MAX),
        TrackKind::Video,
        &mut two_groups(),
    );
    assert_eq!(result, Err(EditError::Overflow));
}
