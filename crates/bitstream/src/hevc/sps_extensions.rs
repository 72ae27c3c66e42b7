//! Extensions of the sequence parameter set.

use super::Sps;
use crate::Error;
use crate::bits::BitReader;

/// sps_range_extension(), H.265 7.3.2.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpsRangeExtension {
    /// `transform_skip_rotation_enabled_flag`.
    pub transform_skip_rotation_enabled: bool,
    /// `transform_skip_context_enabled_flag`.
    pub transform_skip_context_enabled: bool,
    /// `implicit_rdpcm_enabled_flag`.
    pub implicit_rdpcm_enabled: bool,
    /// `explicit_rdpcm_enabled_flag`.
    pub explicit_rdpcm_enabled: bool,
    /// `extended_precision_processing_flag`.
    pub extended_precision_processing: bool,
    /// `intra_smoothing_disabled_flag`.
    pub intra_smoothing_disabled: bool,
    /// `high_precision_offsets_enabled_flag`.
    pub high_precision_offsets_enabled: bool,
    /// `persistent_rice_adaptation_enabled_flag`.
    pub persistent_rice_adaptation_enabled: bool,
    /// `cabac_bypass_alignment_enabled_flag`.
    pub cabac_bypass_alignment_enabled: bool,
}

/// sps_scc_extension(), H.265 7.3.2.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpsSccExtension {
    /// `sps_curr_pic_ref_enabled_flag`.
    pub curr_pic_ref_enabled: bool,
    /// `palette_mode_enabled_flag`.
    pub palette_mode_enabled: bool,
    /// `motion_vector_resolution_control_idc`, 0 to 2.
    pub motion_vector_resolution_control_idc: u8,
    /// `intra_boundary_filtering_disabled_flag`.
    pub intra_boundary_filtering_disabled: bool,
}

impl SpsRangeExtension {
    pub(super) fn read(r: &mut BitReader) -> Result<SpsRangeExtension, Error> {
        Ok(SpsRangeExtension {
            transform_skip_rotation_enabled: r.flag("transform_skip_rotation_enabled_flag")?,
            transform_skip_context_enabled: r.flag("transform_skip_context_enabled_flag")?,
            implicit_rdpcm_enabled: r.flag("implicit_rdpcm_enabled_flag")?,
            explicit_rdpcm_enabled: r.flag("explicit_rdpcm_enabled_flag")?,
            extended_precision_processing: r.flag("extended_precision_processing_flag")?,
            intra_smoothing_disabled: r.flag("intra_smoothing_disabled_flag")?,
            high_precision_offsets_enabled: r.flag("high_precision_offsets_enabled_flag")?,
            persistent_rice_adaptation_enabled: r
                .flag("persistent_rice_adaptation_enabled_flag")?,
            cabac_bypass_alignment_enabled: r.flag("cabac_bypass_alignment_enabled_flag")?,
        })
    }
}

impl SpsSccExtension {
    pub(super) fn read(r: &mut BitReader, sps: &Sps) -> Result<SpsSccExtension, Error> {
        let curr_pic_ref_enabled = r.flag("sps_curr_pic_ref_enabled_flag")?;
        let palette_mode_enabled = r.flag("palette_mode_enabled_flag")?;
        if palette_mode_enabled {
            r.ue_max(64, "palette_max_size")?;
            r.ue_max(128, "delta_palette_max_predictor_size")?;
            if r.flag("sps_palette_predictor_initializers_present_flag")? {
                let minus1 = r.ue_max(127, "sps_num_palette_predictor_initializers_minus1")?;
                let chroma = if sps.chroma_format_idc == 0 { 0 } else { 2 };
                let bits = sps.bit_depth_luma() + chroma * sps.bit_depth_chroma();
                let all = (u64::from(minus1) + 1) * u64::from(bits);
                r.skip(all, "sps_palette_predictor_initializer")?;
            }
        }
        Ok(SpsSccExtension {
            curr_pic_ref_enabled,
            palette_mode_enabled,
            motion_vector_resolution_control_idc: r.bits_range(
                2,
                (0, 2),
                "motion_vector_resolution_control_idc",
            )? as u8,
            intra_boundary_filtering_disabled: r.flag("intra_boundary_filtering_disabled_flag")?,
        })
    }
}
