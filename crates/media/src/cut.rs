//! Where segments begin.
//!
//! Video decides: segments begin at sync times that all video renditions share, because a player
//! that switches between renditions at a boundary needs a sync sample at the same time in both.
//! Audio follows to the nearest frame.

use std::cmp::Ordering;

use crate::{Sample, Segment, Time, Timescale};

/// How long segments are where nobody says and there is no video to follow.
pub const DEFAULT_DURATION: Time = Time { ticks: 2_000, timescale: Timescale::MILLISECONDS };

/// A track as cutting sees it.
#[derive(Clone, Copy, Debug)]
pub struct CutTrack<'a> {
    /// Samples in decoding order; at least one.
    pub samples: &'a [Sample],
    /// Presentation time = pts + `offset`, in ticks of `timescale`.
    pub offset: i64,
    /// Where the presentation ends although the last sample lasts longer, in ticks.
    pub end: Option<i64>,
    /// Ticks per second.
    pub timescale: Timescale,
}

impl CutTrack<'_> {
    /// Presentation time of a sample, in ticks.
    pub fn presentation(&self, sample: &Sample) -> i64 {
        sample.pts().saturating_add(self.offset)
    }

    /// Where the presentation of the track ends, in ticks.
    pub fn end(&self) -> i64 {
        let end = |sample: &Sample| self.presentation(sample) + i64::from(sample.duration);
        // Composition order differs from decoding order by at most a picture buffer, but nothing
        // says where in the track the latest sample is, so all are asked.
        let natural = self.samples.iter().map(end).max().unwrap_or(0);
        self.end.map_or(natural, |end| natural.min(end))
    }

    fn sync_times(&self) -> Vec<Time> {
        let sync = self.samples.iter().filter(|sample| sample.is_sync());
        let mut times: Vec<Time> = sync
            .map(|sample| self.timescale.time(self.presentation(sample)))
            .collect();
        times.sort();
        times
    }
}

/// A rendition that lacks a sync sample where others have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misaligned {
    /// Where the sync sample is missing.
    pub time: Time,
    /// The renditions without one, as positions in the list of tracks.
    pub without: Vec<usize>,
    /// The renditions with one.
    pub with: Vec<usize>,
}

/// Boundaries between segments.
#[derive(Clone, Debug, Default)]
pub struct Boundaries {
    /// Start times of all segments but the first, ascending.
    pub times: Vec<Time>,
    /// The longest distance between two boundaries where it is over twice the segment duration
    /// because no rendition has a sync sample in between.
    pub longest_group: Option<Time>,
}

/// The boundaries that all `tracks` share: for k = 1, 2, ... the first common sync time at or
/// after `k * duration`. A duration of zero takes every common sync time. Tracks that have ended
/// no longer take part.
///
/// # Errors
/// [`Misaligned`] where the next common sync time is over two durations away although some
/// rendition has a sync sample in reach.
pub fn common_boundaries(
    tracks: &[CutTrack<'_>],
    duration: Time,
) -> Result<Boundaries, Misaligned> {
    let lanes: Vec<Lane> = tracks.iter().map(Lane::new).collect();
    let mut cutter = Cutter {
        lanes,
        position: vec![0; tracks.len()],
    };
    let mut boundaries = Boundaries::default();
    let end = cutter.lanes.iter().map(|lane| lane.end).max();
    let start = cutter
        .lanes
        .iter()
        .filter_map(|lane| lane.times.first())
        .max();
    let (Some(end), Some(&start)) = (end, start) else {
        return Ok(boundaries);
    };
    if let Some(missing) = cutter.first_mismatch(start) {
        return Err(missing);
    }
    let mut previous = start;
    let mut target = next_target(previous, duration);
    loop {
        let next = cutter.common_from(target, previous);
        let stop = next.unwrap_or(end);
        let reach = after(previous, duration, 2);
        if stop > reach && duration.ticks > 0 {
            // Far away: an error if some rendition could have been cut in between.
            if let Some(missing) = cutter.mismatch_between(target, reach) {
                return Err(missing);
            }
            let group = Time {
                ticks: stop.rescale(Timescale::MILLISECONDS)
                    - previous.rescale(Timescale::MILLISECONDS),
                timescale: Timescale::MILLISECONDS,
            };
            boundaries.longest_group = boundaries.longest_group.max(Some(group));
        }
        let Some(next) = next else {
            return Ok(boundaries);
        };
        boundaries.times.push(next);
        previous = next;
        target = next_target(previous, duration);
    }
}

/// The first multiple of `duration` after `previous`; `previous` itself where `duration` is zero.
fn next_target(previous: Time, duration: Time) -> Time {
    if duration.ticks <= 0 {
        return previous;
    }
    let (rate, step) = (
        i128::from(previous.timescale.rate()),
        i128::from(duration.ticks),
    );
    let elapsed = i128::from(previous.ticks) * i128::from(duration.timescale.rate());
    let k = elapsed.div_euclid(step * rate) + 1;
    let ticks = i64::try_from(k * step).unwrap_or(i64::MAX);
    Time {
        ticks,
        timescale: duration.timescale,
    }
}

/// `time + count * duration`, exact enough to decide on "too far".
fn after(time: Time, duration: Time, count: i64) -> Time {
    let nanoseconds = Timescale::NANOSECONDS;
    let distance = duration.rescale(nanoseconds).saturating_mul(count);
    nanoseconds.time(time.rescale(nanoseconds).saturating_add(distance))
}

/// Whether two times fall on the same tick of the coarser of their timescales.
fn same_tick(a: Time, b: Time) -> bool {
    let (rate_a, rate_b) = (
        i128::from(a.timescale.rate()),
        i128::from(b.timescale.rate()),
    );
    let distance = (i128::from(a.ticks) * rate_b - i128::from(b.ticks) * rate_a).abs();
    // |a/ra - b/rb| <= 1 / (2 min(ra, rb)), multiplied out.
    if rate_a == rate_b {
        distance == 0
    } else {
        distance * 2 <= rate_a.max(rate_b)
    }
}

/// The sync times of one rendition and where it ends.
struct Lane {
    times: Vec<Time>,
    end: Time,
}

impl Lane {
    fn new(track: &CutTrack<'_>) -> Lane {
        Lane {
            times: track.sync_times(),
            end: track.timescale.time(track.end()),
        }
    }

    fn has(&self, time: Time) -> bool {
        self.nearest(time)
            .is_some_and(|found| same_tick(found, time))
    }

    /// The sync time nearest to `time`.
    fn nearest(&self, time: Time) -> Option<Time> {
        let at = self.times.partition_point(|sync| *sync < time);
        let below = at.checked_sub(1).and_then(|at| self.times.get(at)).copied();
        let above = self.times.get(at).copied();
        match (below, above) {
            (Some(below), _) if same_tick(below, time) => Some(below),
            (below, above) => above.or(below),
        }
    }
}

struct Cutter {
    lanes: Vec<Lane>,
    /// Per lane, a sync time that no later question needs.
    position: Vec<usize>,
}

impl Cutter {
    /// The first common sync time at or after `target` and after `previous`.
    fn common_from(&mut self, target: Time, previous: Time) -> Option<Time> {
        // The lane that lasts longest has a sync sample at every common time.
        let (longest, _) = self
            .lanes
            .iter()
            .enumerate()
            .max_by_key(|(_, lane)| lane.end)?;
        let mut at = self.position.get(longest).copied()?;
        loop {
            let time = *self.lanes.get(longest)?.times.get(at)?;
            let late_enough = (time >= target || same_tick(time, target)) && time > previous;
            if late_enough && self.lacking(time).is_empty() {
                *self.position.get_mut(longest)? = at;
                return Some(time);
            }
            at += 1;
        }
    }

    /// The lanes that last beyond `time` and have no sync sample there.
    fn lacking(&self, time: Time) -> Vec<usize> {
        let lacks = |lane: &Lane| lane.end > time && !lane.has(time);
        self.positions(lacks)
    }

    fn positions(&self, holds: impl Fn(&Lane) -> bool) -> Vec<usize> {
        let lanes = self.lanes.iter().enumerate();
        lanes
            .filter(|(_, lane)| holds(lane))
            .map(|(at, _)| at)
            .collect()
    }

    fn mismatch_at(&self, time: Time) -> Option<Misaligned> {
        let without = self.lacking(time);
        let with = self.positions(|lane| lane.has(time));
        (!without.is_empty()).then_some(Misaligned {
            time,
            without,
            with,
        })
    }

    /// Renditions whose first sync sample is not at the common start.
    fn first_mismatch(&self, start: Time) -> Option<Misaligned> {
        let firsts = self
            .lanes
            .iter()
            .filter_map(|lane| lane.times.first().copied());
        let earliest = firsts.min_by(Time::cmp)?;
        if same_tick(earliest, start) {
            None
        } else {
            self.mismatch_at(earliest)
        }
    }

    /// The first sync time in `[from, to]` that is not common.
    fn mismatch_between(&self, from: Time, to: Time) -> Option<Misaligned> {
        let first = |lane: &Lane| {
            let at = lane.times.partition_point(|sync| *sync < from);
            lane.times.get(at).copied().filter(|time| *time <= to)
        };
        let time = self.lanes.iter().filter_map(first).min_by(Time::cmp)?;
        self.mismatch_at(time)
    }
}

/// Cuts a video track at `boundaries`, each of which is a sync time of the track or lies behind
/// its end.
pub fn cut_at_sync(track: &CutTrack<'_>, boundaries: &[Time]) -> Vec<Segment> {
    let mut starts = vec![0];
    let sync = track
        .samples
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, sample)| sample.is_sync());
    let mut sync = sync.map(|(at, sample)| (at, track.timescale.time(track.presentation(sample))));
    for boundary in boundaries {
        let found = sync.find(|(_, time)| *time >= *boundary || same_tick(*time, *boundary));
        match found {
            Some((at, time)) if same_tick(time, *boundary) => starts.push(at),
            Some(_) | None => break,
        }
    }
    segments(track, &starts)
}

/// Cuts a track whose every sample can begin a segment (audio): each segment begins at the sync
/// sample nearest to its boundary. Behind the last boundary, cuts go on every `duration` where
/// the track goes on for longer than two of them.
pub fn cut_at_nearest(track: &CutTrack<'_>, boundaries: &[Time], duration: Time) -> Vec<Segment> {
    let mut starts = vec![0];
    let end = track.timescale.time(track.end());
    let mut times = boundaries.to_vec();
    let mut last = times.last().copied().unwrap_or(track.timescale.time(0));
    while duration.ticks > 0 && end > after(last, duration, 2) {
        last = next_target(last, duration);
        times.push(last);
    }
    let mut from = 1;
    for boundary in times {
        let Some(at) = nearest_sync(track, from, boundary) else {
            break;
        };
        starts.push(at);
        from = at + 1;
    }
    segments(track, &starts)
}

/// The sync sample from index `from` on whose presentation begins nearest to `boundary`; `None`
/// where the track ends first.
fn nearest_sync(track: &CutTrack<'_>, from: usize, boundary: Time) -> Option<usize> {
    let target = boundary.rescale(track.timescale);
    let rest = track.samples.get(from..)?;
    // Audio and text are presented in decoding order, so the times ascend.
    let at = from + rest.partition_point(|sample| track.presentation(sample) < target);
    let behind = (at..track.samples.len()).find(|at| track.samples[*at].is_sync());
    let before = (from..at.min(track.samples.len()))
        .rev()
        .find(|at| track.samples[*at].is_sync());
    let distance = |at: usize| track.presentation(&track.samples[at]).abs_diff(target);
    match (before, behind) {
        (Some(before), Some(behind)) => match distance(before).cmp(&distance(behind)) {
            Ordering::Less | Ordering::Equal => Some(before),
            Ordering::Greater => Some(behind),
        },
        (None, Some(behind)) => Some(behind),
        // The track ends before the boundary, unless it ends within its own last sample.
        (Some(before), None) => (track.end() > target).then_some(before),
        (None, None) => None,
    }
}

/// Segments beginning at the samples `starts` (ascending, the first is 0).
fn segments(track: &CutTrack<'_>, starts: &[usize]) -> Vec<Segment> {
    // A player's timeline begins at 0: what is presented before is decoded only.
    let begin = |at: usize| track.presentation(&track.samples[at]).max(0);
    let end_of_track = track.end().max(0);
    let mut out: Vec<Segment> = Vec::with_capacity(starts.len());
    for (index, &start) in starts.iter().enumerate() {
        let (stop, end) = match starts.get(index + 1) {
            Some(&next) => (next, begin(next)),
            None => (track.samples.len(), end_of_track),
        };
        out.push(Segment {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            samples: start..stop,
            start: begin(start),
            duration: u64::try_from(end.saturating_sub(begin(start))).unwrap_or(0),
        });
    }
    out
}

#[cfg(test)]
mod tests {
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
        let found = cut_at_nearest(&cut(&audio, 48_000), &[at(2_000), at(4_000)], at(2_000));
        let starts: Vec<usize> = found.iter().map(|segment| segment.samples.start).collect();
        assert_eq!(starts, [0, 94, 187]);
        assert_eq!(found.iter().map(|s| s.duration).sum::<u64>(), 200 * 1_024);
    }

    #[test]
    fn audio_alone_is_cut_by_the_duration_and_priming_takes_no_time() {
        let audio = track(500, 1_024, |_| true);
        let mut cut = cut(&audio, 48_000);
        cut.offset = -1_024;
        let found = cut_at_nearest(&cut, &[], two_seconds());
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
}
