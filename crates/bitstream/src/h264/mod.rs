//! H.264 (ITU-T H.264, ISO/IEC 14496-10): NAL units, parameter sets, slice headers; intra slices
//! whole, down to levels and up to luma samples.

mod dec_ref_pic_marking;
mod hrd;
pub mod intra;
mod nal_unit;
mod parameter_sets;
mod pps;
mod pred_weight_table;
mod scaling;
pub mod slice_data;
mod slice_header;
mod sps;
mod trailing;
pub mod transform;
mod vui;

pub use dec_ref_pic_marking::{DecRefPicMarking, MemoryManagement};
pub use hrd::{CpbEntry, HrdParameters};
pub use nal_unit::{NalHeader, NalUnitType};
pub use parameter_sets::{ParameterSet, ParameterSets};
pub use pps::{Pps, SliceGroups, Transform8x8};
pub use pred_weight_table::{PredWeight, PredWeightTable};
pub use scaling::{ScalingList, ScalingMatrix};
pub use slice_header::{RefListModification, SliceHeader, SliceType};
pub use sps::{FrameCropping, PicOrderCnt, Sps};
pub use trailing::Trailing;
pub use vui::{BitstreamRestriction, Timing, Vui};
