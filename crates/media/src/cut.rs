//! Where segments begin.
//!
//! Video decides: segments begin at sync times that all video renditions share, because a player
//! that switches between renditions at a boundary needs a sync sample at the same time in both.
//! Audio follows to the nearest frame.

mod common;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use crate::{Sample, Segment, Time, Timescale};
pub use common::common_boundaries;
use common::same_tick;

/// How long segments are where nobody says and there is no video to follow.
pub const DEFAULT_DURATION: Time = Time {
    ticks: 2_000,
    timescale: Timescale::MILLISECONDS,
};

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
    /// Where the first segment begins; `None` without tracks.
    pub start: Option<Time>,
    /// Where the last segment ends; `None` without tracks.
    pub end: Option<Time>,
    /// The longest distance between two boundaries where it is over twice the segment duration
    /// because no rendition has a sync sample in between.
    pub longest_group: Option<Time>,
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
    after_quarters(time, duration, count.saturating_mul(4))
}

/// `time + count * duration / 4`.
fn after_quarters(time: Time, duration: Time, count: i64) -> Time {
    let nanoseconds = Timescale::NANOSECONDS;
    let distance = duration.rescale(nanoseconds).saturating_mul(count) / 4;
    nanoseconds.time(time.rescale(nanoseconds).saturating_add(distance))
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

impl Boundaries {
    /// Where tracks are cut that follow these boundaries and last until `end`: at the boundaries,
    /// and every `duration` before the first segment begins and behind the end of the last. No
    /// piece is shorter than a quarter of `duration` for that.
    pub fn followed(&self, duration: Time, end: Time) -> Vec<Time> {
        let mut out = Vec::with_capacity(self.times.len() + 2);
        let zero = duration.timescale.time(0);
        let mut steps = |from: Time, to: Time| {
            let mut next = next_target(from, duration);
            while duration.ticks > 0 && after_quarters(next, duration, 1) < to {
                if after_quarters(from, duration, 1) < next {
                    out.push(next);
                }
                next = next_target(next, duration);
            }
        };
        match (self.start, self.end) {
            (Some(first), Some(last)) => {
                steps(zero, first);
                let late = after_quarters(zero, duration, 1) < first;
                out.extend(Some(first).filter(|_| late));
                out.extend(&self.times);
                if after_quarters(last, duration, 1) < end {
                    out.push(last);
                    let mut tail = Boundaries::default().followed(duration, end);
                    tail.retain(|time| *time > after_quarters(last, duration, 1));
                    out.extend(tail);
                }
            }
            (_, _) => steps(zero, end),
        }
        out
    }
}

/// Cuts a track whose every sample can begin a segment (audio): each segment begins at the sync
/// sample nearest to its boundary, see [`Boundaries::followed`].
pub fn cut_at_nearest(
    track: &CutTrack<'_>,
    boundaries: &Boundaries,
    duration: Time,
) -> Vec<Segment> {
    let mut starts = vec![0];
    let end = track.timescale.time(track.end());
    let begin = track
        .samples
        .first()
        .map_or(0, |first| track.presentation(first));
    let begin = after_quarters(track.timescale.time(begin), duration, 1);
    let mut from = 1;
    for boundary in boundaries.followed(duration, end) {
        // A track that begins late begins with a whole segment.
        if boundary < begin {
            continue;
        }
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
