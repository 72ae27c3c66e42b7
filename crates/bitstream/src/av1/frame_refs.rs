//! References by short signalling.

use super::{FrameError, References, SequenceHeader};
use crate::bits::BitReader;

/// `REFS_PER_FRAME`.
pub(super) const REFS_PER_FRAME: usize = 7;

/// `ref_frame_idx`: the places of `LAST_FRAME` to `ALTREF_FRAME`.
pub(super) type RefFrameIdx = [u8; REFS_PER_FRAME];

/// From `frame_refs_short_signaling` to the last `delta_frame_id_minus_1`, AV1 5.9.2.
pub(super) fn read(
    r: &mut BitReader,
    sequence: &SequenceHeader,
    references: &References,
    order_hint: u8,
) -> Result<RefFrameIdx, FrameError> {
    let mut places = [0; REFS_PER_FRAME];
    let short = sequence.tools.order_hint_bits > 0 && r.flag("frame_refs_short_signaling")?;
    if short {
        let last = r.small(3, "last_frame_idx")?;
        let gold = r.small(3, "gold_frame_idx")?;
        places = set_frame_refs(r, sequence, references, order_hint, last, gold)?;
    }
    for place in &mut places {
        if !short {
            *place = r.small(3, "ref_frame_idx")?;
        }
        if let Some(ids) = sequence.frame_ids {
            r.bits(ids.delta_bits.into(), "delta_frame_id_minus_1")?;
        }
    }
    Ok(places)
}

/// Places not yet given away, by how far their frames are from the current one in output order.
struct Unused {
    distances: [Option<i32>; References::COUNT],
}

/// `set_frame_refs()`, AV1 7.8. All eight frames have to be known.
fn set_frame_refs(
    r: &BitReader,
    sequence: &SequenceHeader,
    references: &References,
    order_hint: u8,
    last: u8,
    gold: u8,
) -> Result<RefFrameIdx, FrameError> {
    let mut distances = [0; References::COUNT];
    for (place, distance) in (0..).zip(&mut distances) {
        let hint = references
            .at(place, r, "frame_refs_short_signaling")?
            .order_hint;
        *distance = sequence.tools.relative_dist(hint, order_hint);
    }
    for (element, place) in [("last_frame_idx", last), ("gold_frame_idx", gold)] {
        let distance = distances.get(usize::from(place)).copied().unwrap_or(0);
        // Both come before the current frame; what is checked is their distance to it.
        r.check(r.position(), element, distance.into(), i32::MIN.into(), -1)?;
    }
    let mut unused = Unused {
        distances: distances.map(Some),
    };
    unused.take(Some(last));
    unused.take(Some(gold));
    let [last2, last3, bwdref, altref2, altref] = remaining(&mut unused, &distances);
    Ok([last, last2, last3, gold, bwdref, altref2, altref])
}

/// `LAST2`, `LAST3`, `BWDREF`, `ALTREF2` and `ALTREF`.
fn remaining(unused: &mut Unused, distances: &[i32; References::COUNT]) -> [u8; 5] {
    let altref = unused.latest(|distance| distance >= 0);
    let bwdref = unused.earliest_backward();
    let altref2 = unused.earliest_backward();
    let found = [None, None, bwdref, altref2, altref]
        .map(|found| found.or_else(|| unused.latest(|distance| distance < 0)));
    // The first of those farthest before.
    let earliest = (0..).zip(distances).min_by_key(|(_, distance)| **distance);
    let earliest = earliest.map_or(0, |(place, _)| place);
    found.map(|found| found.unwrap_or(earliest))
}

impl Unused {
    /// `find_latest_backward()` or `find_latest_forward()`; of equals, the last.
    fn latest(&mut self, side: impl Fn(i32) -> bool) -> Option<u8> {
        let found = self.on_side(side).max_by_key(|(_, distance)| *distance);
        self.take(found.map(|(place, _)| place))
    }

    /// `find_earliest_backward()`; of equals, the first.
    fn earliest_backward(&mut self) -> Option<u8> {
        let found = self.on_side(|distance| distance >= 0);
        let found = found.min_by_key(|(_, distance)| *distance);
        self.take(found.map(|(place, _)| place))
    }

    fn on_side(&self, side: impl Fn(i32) -> bool) -> impl Iterator<Item = (u8, i32)> {
        let known = (0..).zip(&self.distances);
        known.filter_map(move |(place, distance)| distance.filter(|d| side(*d)).map(|d| (place, d)))
    }

    fn take(&mut self, place: Option<u8>) -> Option<u8> {
        let slot = self.distances.get_mut(usize::from(place?))?;
        *slot = None;
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places whose frames have these distances, given away as 7.8 does.
    fn given(distances: [i32; 8], last: u8, gold: u8) -> [u8; 5] {
        let mut unused = Unused {
            distances: distances.map(Some),
        };
        unused.take(Some(last));
        unused.take(Some(gold));
        remaining(&mut unused, &distances)
    }

    #[test]
    fn frames_behind_go_to_the_backward_references_and_the_others_by_age() {
        // Behind are places 2 (+8), 3 (+4) and 4 (+2); before 0, 1 and 5 to 7.
        let distances = [-1, -2, 8, 4, 2, -3, -4, -8];
        // LAST2 and LAST3 are the latest before; BWDREF the nearest behind, ALTREF2 the next,
        // ALTREF the farthest.
        assert_eq!(given(distances, 0, 7), [1, 5, 4, 3, 2]);
    }

    #[test]
    fn what_is_left_is_the_earliest_of_all() {
        // None behind: five references from the six not named, latest first.
        let distances = [-1, -2, -3, -4, -5, -6, -7, -8];
        assert_eq!(given(distances, 0, 1), [2, 3, 4, 5, 6]);
        // All behind but those named: three are given away, for the others the earliest, place 6.
        let distances = [1, 2, 3, 4, 5, 6, -9, -8];
        assert_eq!(given(distances, 6, 7), [6, 6, 0, 1, 5]);
    }

    #[test]
    fn of_frames_with_one_hint_the_last_is_latest_and_the_first_earliest() {
        let distances = [-1, 4, 4, 4, -1, -1, -2, -2];
        assert_eq!(given(distances, 0, 7), [5, 4, 1, 2, 3]);
    }
}
