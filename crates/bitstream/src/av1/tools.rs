//! What the sequence header says of coding tools.

use crate::Error;
use crate::bits::BitReader;

/// Coding tools of a sequence, as far as frame headers depend on them. AV1 5.5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tools {
    /// `use_128x128_superblock`.
    pub use_128x128_superblock: bool,
    /// `enable_warped_motion`.
    pub enable_warped_motion: bool,
    /// `OrderHintBits`: 0 without `enable_order_hint`, otherwise 1 to 8.
    pub order_hint_bits: u8,
    /// `enable_ref_frame_mvs`.
    pub enable_ref_frame_mvs: bool,
    /// `seq_force_screen_content_tools`.
    pub screen_content_tools: Choice,
    /// `seq_force_integer_mv`.
    pub integer_mv: Choice,
    /// `enable_superres`.
    pub enable_superres: bool,
    /// `enable_cdef`.
    pub enable_cdef: bool,
    /// `enable_restoration`.
    pub enable_restoration: bool,
}

/// Whether something is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// In no frame.
    Never,
    /// In every frame.
    Always,
    /// Each frame says so: `SELECT_SCREEN_CONTENT_TOOLS`, `SELECT_INTEGER_MV`.
    Frame,
}

/// How long the identifiers of frames are, where frames have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameIds {
    /// Bits of `delta_frame_id_minus_1`: 2 to 17.
    pub delta_bits: u8,
    /// `idLen`, bits of an identifier: 3 to 25.
    pub bits: u8,
}

impl Tools {
    /// From `use_128x128_superblock` to `enable_restoration`.
    pub(super) fn read(r: &mut BitReader, reduced: bool) -> Result<Tools, Error> {
        let use_128x128_superblock = r.flag("use_128x128_superblock")?;
        r.flag("enable_filter_intra")?;
        r.flag("enable_intra_edge_filter")?;
        let mut tools = Tools {
            use_128x128_superblock,
            enable_warped_motion: false,
            order_hint_bits: 0,
            enable_ref_frame_mvs: false,
            screen_content_tools: Choice::Frame,
            integer_mv: Choice::Frame,
            enable_superres: false,
            enable_cdef: false,
            enable_restoration: false,
        };
        if !reduced {
            tools.read_inter(r)?;
        }
        tools.enable_superres = r.flag("enable_superres")?;
        tools.enable_cdef = r.flag("enable_cdef")?;
        tools.enable_restoration = r.flag("enable_restoration")?;
        Ok(tools)
    }

    fn read_inter(&mut self, r: &mut BitReader) -> Result<(), Error> {
        r.flag("enable_interintra_compound")?;
        r.flag("enable_masked_compound")?;
        self.enable_warped_motion = r.flag("enable_warped_motion")?;
        r.flag("enable_dual_filter")?;
        let order_hint = r.flag("enable_order_hint")?;
        if order_hint {
            r.flag("enable_jnt_comp")?;
            self.enable_ref_frame_mvs = r.flag("enable_ref_frame_mvs")?;
        }
        self.screen_content_tools = Choice::read(
            r,
            "seq_choose_screen_content_tools",
            "seq_force_screen_content_tools",
        )?;
        if self.screen_content_tools != Choice::Never {
            self.integer_mv = Choice::read(r, "seq_choose_integer_mv", "seq_force_integer_mv")?;
        }
        if order_hint {
            self.order_hint_bits = 1 + r.small(3, "order_hint_bits_minus_1")?;
        }
        Ok(())
    }

    /// `get_relative_dist()`, 5.9.3; 0 without order hints.
    pub(super) fn relative_dist(&self, a: u8, b: u8) -> i32 {
        let Some(shift) = self.order_hint_bits.checked_sub(1) else {
            return 0;
        };
        let difference = i32::from(a) - i32::from(b);
        let sign = 1 << shift;
        (difference & (sign - 1)) - (difference & sign)
    }
}

impl Choice {
    fn read(r: &mut BitReader, choose: &'static str, force: &'static str) -> Result<Choice, Error> {
        Ok(if r.flag(choose)? {
            Choice::Frame
        } else if r.flag(force)? {
            Choice::Always
        } else {
            Choice::Never
        })
    }

    /// Reads the frame's own choice where it has one.
    pub(super) fn of_frame(self, r: &mut BitReader, element: &'static str) -> Result<bool, Error> {
        match self {
            Choice::Never => Ok(false),
            Choice::Always => Ok(true),
            Choice::Frame => r.flag(element),
        }
    }
}

impl FrameIds {
    /// Where the header says that frames have identifiers.
    pub(super) fn read(r: &mut BitReader) -> Result<Option<FrameIds>, Error> {
        if !r.flag("frame_id_numbers_present_flag")? {
            return Ok(None);
        }
        let delta_bits = 2 + r.small(4, "delta_frame_id_length_minus_2")?;
        let bits = delta_bits + 1 + r.small(3, "additional_frame_id_length_minus_1")?;
        Ok(Some(FrameIds { delta_bits, bits }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_of_order_hints_wraps() {
        let mut tools = Tools::read(&mut BitReader::new("test", &[0, 0]), true).unwrap();
        assert_eq!(tools.relative_dist(9, 3), 0);
        tools.order_hint_bits = 4;
        assert_eq!(tools.relative_dist(9, 3), 6);
        assert_eq!(tools.relative_dist(1, 15), 2);
        assert_eq!(tools.relative_dist(15, 1), -2);
        tools.order_hint_bits = 8;
        assert_eq!(tools.relative_dist(0, 255), 1);
    }
}
