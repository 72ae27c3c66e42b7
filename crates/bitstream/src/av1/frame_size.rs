//! Sizes of frames.

use super::{FrameError, References, SequenceHeader};
use crate::Error;
use crate::bits::BitReader;

/// How large a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSize {
    /// `FrameWidth`: luma samples in a coded row.
    pub frame_width: u32,
    /// `FrameHeight`: luma rows.
    pub frame_height: u32,
    /// `UpscaledWidth`: luma samples in a row after super-resolution.
    pub upscaled_width: u32,
}

impl FrameSize {
    /// `frame_size()` and `render_size()`, AV1 5.9.5 and 5.9.6.
    pub(super) fn read(
        r: &mut BitReader,
        sequence: &SequenceHeader,
        frame_size_override_flag: bool,
    ) -> Result<FrameSize, Error> {
        let (width, height) = match frame_size_override_flag {
            true => (
                1 + r.bits(sequence.frame_width_bits.into(), "frame_width_minus_1")?,
                1 + r.bits(sequence.frame_height_bits.into(), "frame_height_minus_1")?,
            ),
            false => (sequence.max_frame_width, sequence.max_frame_height),
        };
        let size = FrameSize::read_superres(r, sequence, width, height)?;
        if r.flag("render_and_frame_size_different")? {
            r.bits(16, "render_width_minus_1")?;
            r.bits(16, "render_height_minus_1")?;
        }
        Ok(size)
    }

    /// `frame_size_with_refs()`, AV1 5.9.7.
    pub(super) fn read_with_refs(
        r: &mut BitReader,
        sequence: &SequenceHeader,
        references: &References,
        ref_frame_idx: &[u8],
    ) -> Result<FrameSize, FrameError> {
        for place in ref_frame_idx {
            if r.flag("found_ref")? {
                let found = references.at(*place, r, "ref_frame_idx")?.size;
                let (width, height) = (found.upscaled_width, found.frame_height);
                return Ok(FrameSize::read_superres(r, sequence, width, height)?);
            }
        }
        Ok(FrameSize::read(r, sequence, true)?)
    }

    /// `superres_params()`, AV1 5.9.8.
    fn read_superres(
        r: &mut BitReader,
        sequence: &SequenceHeader,
        upscaled_width: u32,
        frame_height: u32,
    ) -> Result<FrameSize, Error> {
        const SUPERRES_NUM: u32 = 8;
        const SUPERRES_DENOM_MIN: u32 = 9;
        let denominator = match sequence.tools.enable_superres && r.flag("use_superres")? {
            true => SUPERRES_DENOM_MIN + r.bits(3, "coded_denom")?,
            false => SUPERRES_NUM,
        };
        Ok(FrameSize {
            // At most 65536, times 8.
            frame_width: (upscaled_width * SUPERRES_NUM + denominator / 2) / denominator,
            frame_height,
            upscaled_width,
        })
    }

    /// `MiCols` and `MiRows`: blocks of 4x4 in a row and in a column. AV1 5.9.9.
    pub(super) fn in_blocks(&self) -> (u32, u32) {
        let blocks = |samples: u32| 2 * ((samples + 7) >> 3);
        (blocks(self.frame_width), blocks(self.frame_height))
    }
}
