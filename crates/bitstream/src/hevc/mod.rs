//! HEVC (ITU-T H.265, ISO/IEC 23008-2): NAL units, parameter sets, slice segment headers.

mod hrd;
mod nal_unit;
mod parameter_sets;
mod pps;
mod pred_weight_table;
mod profile_tier_level;
mod ref_pic_set;
mod scaling;
mod slice_header;
mod sps;
mod sps_extensions;
mod vps;
mod vui;

pub use hrd::{CpbEntry, HrdParameters, SubLayerHrd};
pub use nal_unit::{NalHeader, NalUnitType};
pub use parameter_sets::{ParameterSet, ParameterSets};
pub use pps::{Pps, PpsRangeExtension, PpsSccExtension, TileSpacing, Tiles};
pub use pred_weight_table::{PredWeight, PredWeightTable};
pub use profile_tier_level::{ProfileTierLevel, SubLayerLevel};
pub use ref_pic_set::ShortTermRefPicSet;
pub use scaling::{ScalingList, ScalingListData};
pub use slice_header::{LongTermRef, SliceHeader, SliceType};
pub use sps::{ConformanceWindow, LongTermRefPic, Pcm, Sps, SubLayerOrdering};
pub use sps_extensions::{SpsRangeExtension, SpsSccExtension};
pub use vps::Vps;
pub use vui::{BitstreamRestriction, Timing, Vui};
