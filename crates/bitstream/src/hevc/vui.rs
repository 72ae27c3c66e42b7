//! Video usability information: how pictures are shown and timed.

use super::{ConformanceWindow, HrdParameters};
use crate::Error;
use crate::bits::BitReader;
use crate::usability::{SampleAspectRatio, VideoSignal};

/// vui_parameters(), H.265 E.2.1.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Vui {
    /// The shape of a sample, where told.
    pub aspect_ratio: Option<SampleAspectRatio>,
    /// `overscan_appropriate_flag`, where told.
    pub overscan_appropriate: Option<bool>,
    /// Format and colour, where told.
    pub video_signal: Option<VideoSignal>,
    /// `chroma_sample_loc_type_top_field` and `_bottom_field`, where told.
    pub chroma_sample_loc_type: Option<(u8, u8)>,
    /// `neutral_chroma_indication_flag`.
    pub neutral_chroma_indication: bool,
    /// `field_seq_flag`: pictures are fields.
    pub field_seq: bool,
    /// `frame_field_info_present_flag`.
    pub frame_field_info_present: bool,
    /// `default_display_window`, where told; not part of cropping.
    pub default_display_window: Option<ConformanceWindow>,
    /// Timing, where told.
    pub timing: Option<Timing>,
    /// Limits, where told.
    pub bitstream_restriction: Option<BitstreamRestriction>,
}

/// `vui_timing_info` or `vps_timing_info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// `num_units_in_tick`.
    pub num_units_in_tick: u32,
    /// `time_scale`: units in a second.
    pub time_scale: u32,
    /// `num_ticks_poc_diff_one_minus1`, where picture order counts are proportional to time.
    pub num_ticks_poc_diff_one_minus1: Option<u32>,
    /// `hrd_parameters`, of sequence parameter sets.
    pub hrd: Option<HrdParameters>,
}

impl Timing {
    /// Up to `num_ticks_poc_diff_one_minus1`.
    pub(crate) fn read(r: &mut BitReader) -> Result<Timing, Error> {
        let num_units_in_tick = r.bits(32, "num_units_in_tick")?;
        let time_scale = r.bits(32, "time_scale")?;
        let proportional = r.flag("poc_proportional_to_timing_flag")?;
        let num_ticks_poc_diff_one_minus1 = if proportional {
            Some(r.ue("num_ticks_poc_diff_one_minus1")?)
        } else {
            None
        };
        Ok(Timing {
            num_units_in_tick,
            time_scale,
            num_ticks_poc_diff_one_minus1,
            hrd: None,
        })
    }

    /// Pictures per second as a fraction: one a tick.
    pub fn picture_rate(&self) -> Option<(u32, u32)> {
        let told = self.num_units_in_tick != 0 && self.time_scale != 0;
        told.then_some((self.time_scale, self.num_units_in_tick))
    }
}

/// `bitstream_restriction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitstreamRestriction {
    /// `tiles_fixed_structure_flag`.
    pub tiles_fixed_structure: bool,
    /// `motion_vectors_over_pic_boundaries_flag`.
    pub motion_vectors_over_pic_boundaries: bool,
    /// `restricted_ref_pic_lists_flag`.
    pub restricted_ref_pic_lists: bool,
    /// `min_spatial_segmentation_idc`, 0 to 4095.
    pub min_spatial_segmentation_idc: u16,
}

impl Vui {
    pub(crate) fn read(r: &mut BitReader, max_sub_layers_minus1: u8) -> Result<Vui, Error> {
        let mut vui = Vui::default();
        if r.flag("aspect_ratio_info_present_flag")? {
            vui.aspect_ratio = Some(SampleAspectRatio::read(r)?);
        }
        if r.flag("overscan_info_present_flag")? {
            vui.overscan_appropriate = Some(r.flag("overscan_appropriate_flag")?);
        }
        if r.flag("video_signal_type_present_flag")? {
            vui.video_signal = Some(VideoSignal::read(r)?);
        }
        if r.flag("chroma_loc_info_present_flag")? {
            let top = r.ue_small(5, "chroma_sample_loc_type_top_field")?;
            let bottom = r.ue_small(5, "chroma_sample_loc_type_bottom_field")?;
            vui.chroma_sample_loc_type = Some((top, bottom));
        }
        vui.neutral_chroma_indication = r.flag("neutral_chroma_indication_flag")?;
        vui.field_seq = r.flag("field_seq_flag")?;
        vui.frame_field_info_present = r.flag("frame_field_info_present_flag")?;
        if r.flag("default_display_window_flag")? {
            vui.default_display_window = Some(ConformanceWindow {
                left: r.ue("def_disp_win_left_offset")?,
                right: r.ue("def_disp_win_right_offset")?,
                top: r.ue("def_disp_win_top_offset")?,
                bottom: r.ue("def_disp_win_bottom_offset")?,
            });
        }
        if r.flag("vui_timing_info_present_flag")? {
            let mut timing = Timing::read(r)?;
            if r.flag("vui_hrd_parameters_present_flag")? {
                timing.hrd = Some(HrdParameters::read(r, max_sub_layers_minus1)?);
            }
            vui.timing = Some(timing);
        }
        if r.flag("bitstream_restriction_flag")? {
            vui.bitstream_restriction = Some(BitstreamRestriction {
                tiles_fixed_structure: r.flag("tiles_fixed_structure_flag")?,
                motion_vectors_over_pic_boundaries: r
                    .flag("motion_vectors_over_pic_boundaries_flag")?,
                restricted_ref_pic_lists: r.flag("restricted_ref_pic_lists_flag")?,
                min_spatial_segmentation_idc: r.ue_max(4095, "min_spatial_segmentation_idc")?
                    as u16,
            });
            r.ue("max_bytes_per_pic_denom")?;
            r.ue("max_bits_per_min_cu_denom")?;
            r.ue("log2_max_mv_length_horizontal")?;
            r.ue("log2_max_mv_length_vertical")?;
        }
        Ok(vui)
    }
}
