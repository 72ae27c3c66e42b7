//! Film grain.

use super::{FrameType, SequenceHeader};
use crate::Error;
use crate::bits::BitReader;

/// `film_grain_params()`, AV1 5.9.30, of a frame that is or can be shown.
///
/// Nothing in a header depends on grain loaded from another frame, so none is kept.
pub(super) fn skip(
    r: &mut BitReader,
    sequence: &SequenceHeader,
    frame_type: FrameType,
) -> Result<(), Error> {
    if !r.flag("apply_grain")? {
        return Ok(());
    }
    r.bits(16, "grain_seed")?;
    if frame_type == FrameType::Inter && !r.flag("update_grain")? {
        r.bits(3, "film_grain_params_ref_idx")?;
        return Ok(());
    }
    let luma = skip_points(r, 14, "num_y_points")?;
    let from_luma = !sequence.mono_chrome && r.flag("chroma_scaling_from_luma")?;
    let without_points = sequence.mono_chrome
        || from_luma
        || (sequence.subsampling_x && sequence.subsampling_y && !luma);
    let (mut cb, mut cr) = (false, false);
    if !without_points {
        cb = skip_points(r, 10, "num_cb_points")?;
        cr = skip_points(r, 10, "num_cr_points")?;
    }
    r.bits(2, "grain_scaling_minus_8")?;
    let lag = r.bits(2, "ar_coeff_lag")?;
    let luma_coefficients = 2 * lag * (lag + 1);
    let chroma_coefficients = luma_coefficients + u32::from(luma);
    for (count, is_there, element) in [
        (luma_coefficients, luma, "ar_coeffs_y_plus_128"),
        (
            chroma_coefficients,
            from_luma || cb,
            "ar_coeffs_cb_plus_128",
        ),
        (
            chroma_coefficients,
            from_luma || cr,
            "ar_coeffs_cr_plus_128",
        ),
    ] {
        for _ in 0..if is_there { count } else { 0 } {
            r.byte(element)?;
        }
    }
    r.bits(2, "ar_coeff_shift_minus_6")?;
    r.bits(2, "grain_scale_shift")?;
    for is_there in [cb, cr] {
        if is_there {
            r.bits(8, "cb_mult or cr_mult")?;
            r.bits(8, "cb_luma_mult or cr_luma_mult")?;
            r.bits(9, "cb_offset or cr_offset")?;
        }
    }
    r.flag("overlap_flag")?;
    r.flag("clip_to_restricted_range")?;
    Ok(())
}

/// Points of a scaling function, at most `most` of them; whether there are any.
fn skip_points(r: &mut BitReader, most: u32, element: &'static str) -> Result<bool, Error> {
    let count = r.bits_range(4, (0, most), element)?;
    for _ in 0..count {
        r.byte("point_value")?;
        r.byte("point_scaling")?;
    }
    Ok(count > 0)
}
