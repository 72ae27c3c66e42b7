//! Profile, tier and level.

use crate::Error;
use crate::bits::BitReader;
use crate::codec_string::HevcProfile;

/// profile_tier_level(), H.265 7.3.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileTierLevel {
    /// The general part: what the whole stream needs.
    pub general: HevcProfile,
    /// What the stream needs up to each temporal sub-layer but the highest.
    pub sub_layers: Vec<SubLayerLevel>,
}

/// Profile and level of a temporal sub-layer, where told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubLayerLevel {
    /// `sub_layer_profile_space` to the constraint flags, as 88 bits in the low end.
    pub profile: Option<u128>,
    /// `sub_layer_level_idc`.
    pub level_idc: Option<u8>,
}

impl ProfileTierLevel {
    pub(crate) fn read(r: &mut BitReader, max_sub_layers_minus1: u8) -> Result<Self, Error> {
        let profile_space = r.small(2, "general_profile_space")?;
        let high_tier = r.flag("general_tier_flag")?;
        let profile_idc = r.small(5, "general_profile_idc")?;
        let compatibility_flags = r.bits(32, "general_profile_compatibility_flag")?;
        let constraints = r.bits64(48, "general_constraint_indicator_flags")?;
        let [_, _, constraint_flags @ ..] = constraints.to_be_bytes();
        let level_idc = r.byte("general_level_idc")?;
        let general = HevcProfile {
            profile_space,
            high_tier,
            profile_idc,
            compatibility_flags,
            constraint_flags,
            level_idc,
        };
        let mut present = Vec::with_capacity(8);
        for _ in 0..max_sub_layers_minus1 {
            let profile = r.flag("sub_layer_profile_present_flag")?;
            present.push((profile, r.flag("sub_layer_level_present_flag")?));
        }
        if max_sub_layers_minus1 > 0 {
            let unused = 8u64.saturating_sub(max_sub_layers_minus1.into());
            r.skip(2 * unused, "reserved_zero_2bits")?;
        }
        let mut sub_layers = Vec::with_capacity(present.len());
        for (profile, level) in present {
            let profile = match profile {
                true => {
                    let high = r.bits64(40, "sub_layer_profile")?;
                    let low = r.bits64(48, "sub_layer_constraint_indicator_flags")?;
                    Some(u128::from(high) << 48 | u128::from(low))
                }
                false => None,
            };
            let level_idc = if level {
                Some(r.byte("sub_layer_level_idc")?)
            } else {
                None
            };
            sub_layers.push(SubLayerLevel { profile, level_idc });
        }
        Ok(ProfileTierLevel {
            general,
            sub_layers,
        })
    }
}
