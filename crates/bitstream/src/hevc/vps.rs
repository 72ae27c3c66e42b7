//! The video parameter set.

use super::{NalHeader, NalUnitType, ProfileTierLevel, SubLayerOrdering, Timing};
use crate::Error;
use crate::bits::BitReader;

/// A video parameter set, H.265 7.3.2.1, up to its timing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vps {
    /// `vps_video_parameter_set_id`, 0 to 15.
    pub id: u8,
    /// `vps_max_layers_minus1`.
    pub max_layers_minus1: u8,
    /// `vps_max_sub_layers_minus1`, 0 to 6.
    pub max_sub_layers_minus1: u8,
    /// `vps_temporal_id_nesting_flag`.
    pub temporal_id_nesting: bool,
    /// Profile, tier and level.
    pub profile_tier_level: ProfileTierLevel,
    /// Buffering and reordering by temporal sub-layer; one for all where coded once.
    pub sub_layer_ordering: Vec<SubLayerOrdering>,
    /// `vps_timing_info`, where told.
    pub timing: Option<Timing>,
}

impl Vps {
    /// Reads a NAL unit of type 32, with its header and emulation prevention bytes.
    pub fn parse(nal: &[u8]) -> Result<Vps, Error> {
        let r = &mut BitReader::nal("video_parameter_set", nal);
        NalHeader::read(r)?.expect(r, NalUnitType::VPS)?;
        let id = r.small(4, "vps_video_parameter_set_id")?;
        r.small(2, "vps_base_layer_flags")?;
        let max_layers_minus1 = r.small(6, "vps_max_layers_minus1")?;
        let max_sub_layers_minus1 = r.bits_range(3, (0, 6), "vps_max_sub_layers_minus1")? as u8;
        let temporal_id_nesting = r.flag("vps_temporal_id_nesting_flag")?;
        r.bits(16, "vps_reserved_0xffff_16bits")?;
        let profile_tier_level = ProfileTierLevel::read(r, max_sub_layers_minus1)?;
        let sub_layer_ordering = SubLayerOrdering::read(r, max_sub_layers_minus1)?;
        let max_layer_id = r.small(6, "vps_max_layer_id")?;
        let layer_sets = r.ue_max(1023, "vps_num_layer_sets_minus1")?;
        let flags = u64::from(layer_sets) * (u64::from(max_layer_id) + 1);
        r.skip(flags, "layer_id_included_flag")?;
        let timing = if r.flag("vps_timing_info_present_flag")? {
            Some(Timing::read(r)?)
        } else {
            None
        };
        Ok(Vps {
            id,
            max_layers_minus1,
            max_sub_layers_minus1,
            temporal_id_nesting,
            profile_tier_level,
            sub_layer_ordering,
            timing,
        })
    }
}
