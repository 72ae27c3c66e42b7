//! What becomes of reference pictures.

use super::NalUnitType;
use crate::Error;
use crate::bits::BitReader;

/// Marking operations of one picture: every one of 32 reference fields unmarked and marked anew,
/// and the three that occur once.
const MAX_OPERATIONS: usize = 67;

/// dec_ref_pic_marking(), H.264 7.3.3.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecRefPicMarking {
    /// Of an IDR picture.
    Idr {
        /// `no_output_of_prior_pics_flag`.
        no_output_of_prior_pics: bool,
        /// `long_term_reference_flag`.
        long_term_reference: bool,
    },
    /// By age.
    SlidingWindow,
    /// By the operations listed, without the one that ends them.
    Adaptive(Vec<MemoryManagement>),
}

/// `memory_management_control_operation`, H.264 table 7-9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryManagement {
    /// 1, with `difference_of_pic_nums_minus1`.
    UnmarkShortTerm(u32),
    /// 2, with `long_term_pic_num`.
    UnmarkLongTerm(u32),
    /// 3, with `difference_of_pic_nums_minus1` and `long_term_frame_idx`.
    MakeLongTerm(u32, u32),
    /// 4, with `max_long_term_frame_idx_plus1`.
    MaxLongTermIdx(u32),
    /// 5.
    UnmarkAll,
    /// 6, with `long_term_frame_idx`.
    CurrentLongTerm(u32),
}

impl DecRefPicMarking {
    pub(super) fn read(
        r: &mut BitReader,
        nal_unit_type: NalUnitType,
    ) -> Result<DecRefPicMarking, Error> {
        if nal_unit_type == NalUnitType::IDR {
            return Ok(DecRefPicMarking::Idr {
                no_output_of_prior_pics: r.flag("no_output_of_prior_pics_flag")?,
                long_term_reference: r.flag("long_term_reference_flag")?,
            });
        }
        if !r.flag("adaptive_ref_pic_marking_mode_flag")? {
            return Ok(DecRefPicMarking::SlidingWindow);
        }
        let mut operations = Vec::new();
        loop {
            let bit = r.position();
            let operation = r.ue_small(6, "memory_management_control_operation")?;
            if operations.len() >= MAX_OPERATIONS {
                r.check(
                    bit,
                    "memory_management_control_operation",
                    operation.into(),
                    0,
                    0,
                )?;
            }
            operations.push(match operation {
                0 => return Ok(DecRefPicMarking::Adaptive(operations)),
                1 => MemoryManagement::UnmarkShortTerm(r.ue("difference_of_pic_nums_minus1")?),
                2 => MemoryManagement::UnmarkLongTerm(r.ue("long_term_pic_num")?),
                3 => {
                    let difference = r.ue("difference_of_pic_nums_minus1")?;
                    MemoryManagement::MakeLongTerm(difference, r.ue("long_term_frame_idx")?)
                }
                4 => MemoryManagement::MaxLongTermIdx(r.ue("max_long_term_frame_idx_plus1")?),
                5 => MemoryManagement::UnmarkAll,
                _ => MemoryManagement::CurrentLongTerm(r.ue("long_term_frame_idx")?),
            });
        }
    }
}
