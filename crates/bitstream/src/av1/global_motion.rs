//! Global motion.

use super::descriptor::ns;
use super::frame_refs::REFS_PER_FRAME;
use crate::Error;
use crate::bits::BitReader;

/// `global_motion_params()`, AV1 5.9.24, of a frame that is not intra.
///
/// How long a parameter is does not depend on the one it is predicted from, so none is kept.
pub(super) fn skip(r: &mut BitReader, allow_high_precision_mv: bool) -> Result<(), Error> {
    const GM_ABS_ALPHA_BITS: u32 = 12;
    const GM_ABS_TRANS_BITS: u32 = 12;
    const GM_ABS_TRANS_ONLY_BITS: u32 = 9;
    for _ in 0..REFS_PER_FRAME {
        if !r.flag("is_global")? {
            continue;
        }
        let (alphas, translation_bits) = if r.flag("is_rot_zoom")? {
            (2, GM_ABS_TRANS_BITS)
        } else if r.flag("is_translation")? {
            (
                0,
                GM_ABS_TRANS_ONLY_BITS - u32::from(!allow_high_precision_mv),
            )
        } else {
            (4, GM_ABS_TRANS_BITS)
        };
        for _ in 0..alphas {
            skip_subexp(r, GM_ABS_ALPHA_BITS)?;
        }
        for _ in 0..2 {
            skip_subexp(r, translation_bits)?;
        }
    }
    Ok(())
}

/// `decode_subexp()`, AV1 5.9.28, of a value from -2^`bits` to 2^`bits`.
fn skip_subexp(r: &mut BitReader, bits: u32) -> Result<(), Error> {
    const K: u32 = 3;
    let symbols = (2 << bits) + 1;
    let mut passed = 0;
    // Doubles with each turn, so there are at most `bits` turns.
    for turn in 0u32.. {
        let width = K + turn.saturating_sub(1);
        let step = 1 << width;
        if symbols <= passed + 3 * step {
            ns(r, symbols - passed, "subexp_final_bits")?;
            break;
        }
        if !r.flag("subexp_more_bits")? {
            r.bits(width, "subexp_bits")?;
            break;
        }
        passed += step;
    }
    Ok(())
}
