//! Whether a frame can have skip mode.

use super::frame_refs::RefFrameIdx;
use super::{FrameError, References, SequenceHeader};
use crate::bits::BitReader;

/// `skip_mode_params()`, AV1 5.9.22, of a frame with `reference_select`.
pub(super) fn skip_params(
    r: &mut BitReader,
    sequence: &SequenceHeader,
    references: &References,
    ref_frame_idx: &RefFrameIdx,
    order_hint: u8,
) -> Result<(), FrameError> {
    if sequence.tools.order_hint_bits == 0 {
        return Ok(());
    }
    let mut hints = [0; 7];
    for (hint, place) in hints.iter_mut().zip(ref_frame_idx) {
        *hint = references.at(*place, r, "ref_frame_idx")?.order_hint;
    }
    if is_allowed(sequence, &hints, order_hint) {
        r.flag("skip_mode_present")?;
    }
    Ok(())
}

/// `skipModeAllowed`: there is a frame on either side, or there are two before.
fn is_allowed(sequence: &SequenceHeader, hints: &[u8], order_hint: u8) -> bool {
    let distance = |a: u8, b: u8| sequence.tools.relative_dist(a, b);
    let mut forward: Option<u8> = None;
    let mut backward = false;
    for &hint in hints {
        match distance(hint, order_hint).signum() {
            -1 if forward.is_none_or(|found| distance(hint, found) > 0) => forward = Some(hint),
            1 => backward = true,
            _ => {}
        }
    }
    let Some(forward) = forward else {
        return false;
    };
    backward || hints.iter().any(|hint| distance(*hint, forward) < 0)
}
