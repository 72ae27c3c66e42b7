//! Video usability information: how pictures are shown and timed.

use super::HrdParameters;
use crate::Error;
use crate::bits::{BitReader, BitWriter};
use crate::usability::{SampleAspectRatio, VideoSignal};

/// vui_parameters(), H.264 E.1.1.
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
    /// Frame timing, where told.
    pub timing: Option<Timing>,
    /// `nal_hrd_parameters`.
    pub nal_hrd: Option<HrdParameters>,
    /// `vcl_hrd_parameters`.
    pub vcl_hrd: Option<HrdParameters>,
    /// `low_delay_hrd_flag`; coded only with one of the HRD parameters.
    pub low_delay_hrd: bool,
    /// `pic_struct_present_flag`.
    pub pic_struct_present: bool,
    /// Limits of reordering and buffering, where told.
    pub bitstream_restriction: Option<BitstreamRestriction>,
}

/// `timing_info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// `num_units_in_tick`.
    pub num_units_in_tick: u32,
    /// `time_scale`: units in a second.
    pub time_scale: u32,
    /// `fixed_frame_rate_flag`.
    pub fixed_frame_rate: bool,
}

/// `bitstream_restriction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitstreamRestriction {
    /// `motion_vectors_over_pic_boundaries_flag`.
    pub motion_vectors_over_pic_boundaries: bool,
    /// `max_bytes_per_pic_denom`.
    pub max_bytes_per_pic_denom: u32,
    /// `max_bits_per_mb_denom`.
    pub max_bits_per_mb_denom: u32,
    /// `log2_max_mv_length_horizontal`.
    pub log2_max_mv_length_horizontal: u32,
    /// `log2_max_mv_length_vertical`.
    pub log2_max_mv_length_vertical: u32,
    /// `max_num_reorder_frames`.
    pub max_num_reorder_frames: u32,
    /// `max_dec_frame_buffering`.
    pub max_dec_frame_buffering: u32,
}

impl BitstreamRestriction {
    fn read(r: &mut BitReader) -> Result<BitstreamRestriction, Error> {
        // Encoders in the wild leave the ranges of these (16, 32); nothing depends on them.
        Ok(BitstreamRestriction {
            motion_vectors_over_pic_boundaries: r
                .flag("motion_vectors_over_pic_boundaries_flag")?,
            max_bytes_per_pic_denom: r.ue("max_bytes_per_pic_denom")?,
            max_bits_per_mb_denom: r.ue("max_bits_per_mb_denom")?,
            log2_max_mv_length_horizontal: r.ue("log2_max_mv_length_horizontal")?,
            log2_max_mv_length_vertical: r.ue("log2_max_mv_length_vertical")?,
            max_num_reorder_frames: r.ue("max_num_reorder_frames")?,
            max_dec_frame_buffering: r.ue("max_dec_frame_buffering")?,
        })
    }

    fn write(&self, w: &mut BitWriter) {
        w.flag(self.motion_vectors_over_pic_boundaries);
        w.ue(self.max_bytes_per_pic_denom);
        w.ue(self.max_bits_per_mb_denom);
        w.ue(self.log2_max_mv_length_horizontal);
        w.ue(self.log2_max_mv_length_vertical);
        w.ue(self.max_num_reorder_frames);
        w.ue(self.max_dec_frame_buffering);
    }
}

impl Vui {
    pub(crate) fn read(r: &mut BitReader) -> Result<Vui, Error> {
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
        if r.flag("timing_info_present_flag")? {
            vui.timing = Some(Timing {
                num_units_in_tick: r.bits(32, "num_units_in_tick")?,
                time_scale: r.bits(32, "time_scale")?,
                fixed_frame_rate: r.flag("fixed_frame_rate_flag")?,
            });
        }
        if r.flag("nal_hrd_parameters_present_flag")? {
            vui.nal_hrd = Some(HrdParameters::read(r)?);
        }
        if r.flag("vcl_hrd_parameters_present_flag")? {
            vui.vcl_hrd = Some(HrdParameters::read(r)?);
        }
        if vui.has_hrd() {
            vui.low_delay_hrd = r.flag("low_delay_hrd_flag")?;
        }
        vui.pic_struct_present = r.flag("pic_struct_present_flag")?;
        if r.flag("bitstream_restriction_flag")? {
            vui.bitstream_restriction = Some(BitstreamRestriction::read(r)?);
        }
        Ok(vui)
    }

    pub(crate) fn write(&self, w: &mut BitWriter) {
        w.flag(self.aspect_ratio.is_some());
        if let Some(ratio) = self.aspect_ratio {
            ratio.write(w);
        }
        w.flag(self.overscan_appropriate.is_some());
        if let Some(appropriate) = self.overscan_appropriate {
            w.flag(appropriate);
        }
        w.flag(self.video_signal.is_some());
        if let Some(signal) = &self.video_signal {
            signal.write(w);
        }
        w.flag(self.chroma_sample_loc_type.is_some());
        if let Some((top, bottom)) = self.chroma_sample_loc_type {
            w.ue(top.into());
            w.ue(bottom.into());
        }
        w.flag(self.timing.is_some());
        if let Some(timing) = &self.timing {
            w.bits(32, timing.num_units_in_tick);
            w.bits(32, timing.time_scale);
            w.flag(timing.fixed_frame_rate);
        }
        for hrd in [&self.nal_hrd, &self.vcl_hrd] {
            w.flag(hrd.is_some());
            if let Some(hrd) = hrd {
                hrd.write(w);
            }
        }
        if self.has_hrd() {
            w.flag(self.low_delay_hrd);
        }
        w.flag(self.pic_struct_present);
        w.flag(self.bitstream_restriction.is_some());
        if let Some(restriction) = &self.bitstream_restriction {
            restriction.write(w);
        }
    }

    fn has_hrd(&self) -> bool {
        self.nal_hrd.is_some() || self.vcl_hrd.is_some()
    }
}
