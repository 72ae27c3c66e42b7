//! Boundaries that several renditions share.

use super::{Boundaries, CutTrack, Misaligned, after, next_target};
use crate::{Time, Timescale};

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
    (boundaries.start, boundaries.end) = (Some(start), Some(end));
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

/// Whether two times fall on the same tick of the coarser of their timescales.
pub(super) fn same_tick(a: Time, b: Time) -> bool {
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
