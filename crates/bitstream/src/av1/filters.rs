//! Filters and the transform mode.

use super::SequenceHeader;
use crate::Error;
use crate::bits::BitReader;

/// What filters a frame cannot have.
#[derive(Clone, Copy)]
pub(super) struct Without {
    /// `CodedLossless`.
    pub(super) coded_lossless: bool,
    /// `AllLossless`.
    pub(super) all_lossless: bool,
    /// `allow_intrabc`.
    pub(super) allow_intrabc: bool,
}

/// From `loop_filter_params()` to `read_tx_mode()`.
pub(super) fn skip(
    r: &mut BitReader,
    sequence: &SequenceHeader,
    without: Without,
) -> Result<(), Error> {
    if !without.coded_lossless && !without.allow_intrabc {
        skip_loop_filter(r, sequence)?;
        if sequence.tools.enable_cdef {
            skip_cdef(r, sequence)?;
        }
    }
    if !without.all_lossless && !without.allow_intrabc && sequence.tools.enable_restoration {
        skip_loop_restoration(r, sequence)?;
    }
    if !without.coded_lossless {
        r.flag("tx_mode_select")?;
    }
    Ok(())
}

/// `loop_filter_params()`, AV1 5.9.11.
fn skip_loop_filter(r: &mut BitReader, sequence: &SequenceHeader) -> Result<(), Error> {
    let vertical = r.bits(6, "loop_filter_level")?;
    let horizontal = r.bits(6, "loop_filter_level")?;
    if !sequence.mono_chrome && (vertical > 0 || horizontal > 0) {
        r.bits(6, "loop_filter_level")?;
        r.bits(6, "loop_filter_level")?;
    }
    r.bits(3, "loop_filter_sharpness")?;
    if r.flag("loop_filter_delta_enabled")? && r.flag("loop_filter_delta_update")? {
        for _ in 0..8 {
            if r.flag("update_ref_delta")? {
                r.bits(7, "loop_filter_ref_deltas")?;
            }
        }
        for _ in 0..2 {
            if r.flag("update_mode_delta")? {
                r.bits(7, "loop_filter_mode_deltas")?;
            }
        }
    }
    Ok(())
}

/// `cdef_params()`, AV1 5.9.19.
fn skip_cdef(r: &mut BitReader, sequence: &SequenceHeader) -> Result<(), Error> {
    r.bits(2, "cdef_damping_minus_3")?;
    for _ in 0..1 << r.bits(2, "cdef_bits")? {
        r.bits(4, "cdef_y_pri_strength")?;
        r.bits(2, "cdef_y_sec_strength")?;
        if !sequence.mono_chrome {
            r.bits(4, "cdef_uv_pri_strength")?;
            r.bits(2, "cdef_uv_sec_strength")?;
        }
    }
    Ok(())
}

/// `lr_params()`, AV1 5.9.20.
fn skip_loop_restoration(r: &mut BitReader, sequence: &SequenceHeader) -> Result<(), Error> {
    let luma = r.bits(2, "lr_type")? > 0;
    let mut chroma = false;
    if !sequence.mono_chrome {
        for _ in 0..2 {
            chroma |= r.bits(2, "lr_type")? > 0;
        }
    }
    if !luma && !chroma {
        return Ok(());
    }
    let shift = r.flag("lr_unit_shift")?;
    if shift && !sequence.tools.use_128x128_superblock {
        r.flag("lr_unit_extra_shift")?;
    }
    if chroma && sequence.subsampling_x && sequence.subsampling_y {
        r.flag("lr_uv_shift")?;
    }
    Ok(())
}
