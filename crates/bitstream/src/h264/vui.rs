//! Video usability information: how pictures are shown and timed.

use super::HrdParameters;
use crate::Error;
use crate::bits::{BitReader, BitWriter};
use crate::colour::Colour;

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

/// `aspect_ratio_idc` and what may follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleAspectRatio {
    /// A code point of H.264 table E-1.
    Idc(u8),
    /// `sar_width` and `sar_height`.
    Extended(u16, u16),
}

impl SampleAspectRatio {
    /// Width to height of a sample; `None` where unspecified or reserved.
    pub fn ratio(self) -> Option<(u16, u16)> {
        const TABLE: [(u16, u16); 16] = [
            (1, 1),
            (12, 11),
            (10, 11),
            (16, 11),
            (40, 33),
            (24, 11),
            (20, 11),
            (32, 11),
            (80, 33),
            (18, 11),
            (15, 11),
            (64, 33),
            (160, 99),
            (4, 3),
            (3, 2),
            (2, 1),
        ];
        match self {
            SampleAspectRatio::Idc(idc) => usize::from(idc)
                .checked_sub(1)
                .and_then(|place| TABLE.get(place))
                .copied(),
            SampleAspectRatio::Extended(0, _) | SampleAspectRatio::Extended(_, 0) => None,
            SampleAspectRatio::Extended(width, height) => Some((width, height)),
        }
    }

    pub(crate) fn read(r: &mut BitReader) -> Result<SampleAspectRatio, Error> {
        Ok(match r.byte("aspect_ratio_idc")? {
            255 => {
                let width = r.bits(16, "sar_width")? as u16;
                SampleAspectRatio::Extended(width, r.bits(16, "sar_height")? as u16)
            }
            idc => SampleAspectRatio::Idc(idc),
        })
    }

    fn write(self, w: &mut BitWriter) {
        match self {
            SampleAspectRatio::Idc(idc) => w.bits(8, idc.into()),
            SampleAspectRatio::Extended(width, height) => {
                w.bits(8, 255);
                w.bits(16, width.into());
                w.bits(16, height.into());
            }
        }
    }
}

/// `video_signal_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoSignal {
    /// `video_format`.
    pub video_format: u8,
    /// `video_full_range_flag`.
    pub full_range: bool,
    /// `colour_primaries`, `transfer_characteristics` and `matrix_coefficients`, where told.
    pub description: Option<(u8, u8, u8)>,
}

impl VideoSignal {
    /// As a colour description; unspecified where there is none.
    pub fn colour(&self) -> Colour {
        let (primaries, transfer, matrix) = self.description.unwrap_or((2, 2, 2));
        Colour {
            primaries,
            transfer,
            matrix,
            full_range: self.full_range,
        }
    }

    pub(crate) fn read(r: &mut BitReader) -> Result<VideoSignal, Error> {
        let video_format = r.small(3, "video_format")?;
        let full_range = r.flag("video_full_range_flag")?;
        let description = if r.flag("colour_description_present_flag")? {
            let primaries = r.byte("colour_primaries")?;
            let transfer = r.byte("transfer_characteristics")?;
            Some((primaries, transfer, r.byte("matrix_coefficients")?))
        } else {
            None
        };
        Ok(VideoSignal {
            video_format,
            full_range,
            description,
        })
    }

    fn write(&self, w: &mut BitWriter) {
        w.bits(3, self.video_format.into());
        w.flag(self.full_range);
        w.flag(self.description.is_some());
        if let Some((primaries, transfer, matrix)) = self.description {
            w.bits(8, primaries.into());
            w.bits(8, transfer.into());
            w.bits(8, matrix.into());
        }
    }
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
