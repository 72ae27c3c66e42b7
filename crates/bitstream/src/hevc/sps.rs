//! The sequence parameter set.

use super::{
    NalHeader, NalUnitType, ProfileTierLevel, ScalingListData, ShortTermRefPicSet,
    SpsRangeExtension, SpsSccExtension, Vui,
};
use crate::Error;
use crate::bits::BitReader;
use crate::codec_string::{self, HevcProfile};
use crate::colour::{ChromaFormat, Colour};

/// A sequence parameter set, H.265 7.3.2.2: values as coded, derived facts as methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sps {
    /// `sps_video_parameter_set_id`, 0 to 15.
    pub vps_id: u8,
    /// `sps_max_sub_layers_minus1`, 0 to 6.
    pub max_sub_layers_minus1: u8,
    /// `sps_temporal_id_nesting_flag`.
    pub temporal_id_nesting: bool,
    /// Profile, tier and level.
    pub profile_tier_level: ProfileTierLevel,
    /// `sps_seq_parameter_set_id`, 0 to 15.
    pub id: u8,
    /// `chroma_format_idc`, 0 to 3.
    pub chroma_format_idc: u8,
    /// `separate_colour_plane_flag`.
    pub separate_colour_plane: bool,
    /// `pic_width_in_luma_samples`.
    pub pic_width_in_luma_samples: u32,
    /// `pic_height_in_luma_samples`.
    pub pic_height_in_luma_samples: u32,
    /// `conformance_window`, where present.
    pub conformance_window: Option<ConformanceWindow>,
    /// `bit_depth_luma_minus8`, 0 to 8.
    pub bit_depth_luma_minus8: u8,
    /// `bit_depth_chroma_minus8`, 0 to 8.
    pub bit_depth_chroma_minus8: u8,
    /// `log2_max_pic_order_cnt_lsb_minus4`, 0 to 12.
    pub log2_max_pic_order_cnt_lsb_minus4: u8,
    /// Buffering and reordering by temporal sub-layer; one for all where coded once.
    pub sub_layer_ordering: Vec<SubLayerOrdering>,
    /// `log2_min_luma_coding_block_size_minus3`.
    pub log2_min_luma_coding_block_size_minus3: u8,
    /// `log2_diff_max_min_luma_coding_block_size`.
    pub log2_diff_max_min_luma_coding_block_size: u8,
    /// `log2_min_luma_transform_block_size_minus2`.
    pub log2_min_luma_transform_block_size_minus2: u8,
    /// `log2_diff_max_min_luma_transform_block_size`.
    pub log2_diff_max_min_luma_transform_block_size: u8,
    /// `max_transform_hierarchy_depth_inter`.
    pub max_transform_hierarchy_depth_inter: u8,
    /// `max_transform_hierarchy_depth_intra`.
    pub max_transform_hierarchy_depth_intra: u8,
    /// `scaling_list_enabled_flag`.
    pub scaling_list_enabled: bool,
    /// `scaling_list_data`, where transmitted.
    pub scaling_list_data: Option<ScalingListData>,
    /// `amp_enabled_flag`.
    pub amp_enabled: bool,
    /// `sample_adaptive_offset_enabled_flag`.
    pub sample_adaptive_offset_enabled: bool,
    /// `pcm`, where enabled.
    pub pcm: Option<Pcm>,
    /// `st_ref_pic_set`, up to 64.
    pub short_term_ref_pic_sets: Vec<ShortTermRefPicSet>,
    /// `lt_ref_pic_poc_lsb_sps` and its flag, up to 32, where long-term pictures are used.
    pub long_term_ref_pics: Option<Vec<LongTermRefPic>>,
    /// `sps_temporal_mvp_enabled_flag`.
    pub temporal_mvp_enabled: bool,
    /// `strong_intra_smoothing_enabled_flag`.
    pub strong_intra_smoothing_enabled: bool,
    /// `vui_parameters`, where present.
    pub vui: Option<Vui>,
    /// `sps_range_extension`, where present.
    pub range_extension: Option<SpsRangeExtension>,
    /// `sps_scc_extension`, where present.
    pub scc_extension: Option<SpsSccExtension>,
}

/// Offsets of a window, in chroma samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConformanceWindow {
    /// From the left.
    pub left: u32,
    /// From the right.
    pub right: u32,
    /// From the top.
    pub top: u32,
    /// From the bottom.
    pub bottom: u32,
}

/// What a temporal sub-layer needs of the decoded picture buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubLayerOrdering {
    /// `max_dec_pic_buffering_minus1`, 0 to 15.
    pub max_dec_pic_buffering_minus1: u8,
    /// `max_num_reorder_pics`.
    pub max_num_reorder_pics: u8,
    /// `max_latency_increase_plus1`.
    pub max_latency_increase_plus1: u32,
}

/// Blocks coded as plain samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pcm {
    /// `pcm_sample_bit_depth_luma_minus1`.
    pub bit_depth_luma_minus1: u8,
    /// `pcm_sample_bit_depth_chroma_minus1`.
    pub bit_depth_chroma_minus1: u8,
    /// `log2_min_pcm_luma_coding_block_size_minus3`.
    pub log2_min_luma_coding_block_size_minus3: u8,
    /// `log2_diff_max_min_pcm_luma_coding_block_size`.
    pub log2_diff_max_min_luma_coding_block_size: u8,
    /// `pcm_loop_filter_disabled_flag`.
    pub loop_filter_disabled: bool,
}

/// A long-term reference picture a slice can name by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongTermRefPic {
    /// `lt_ref_pic_poc_lsb_sps`.
    pub poc_lsb: u32,
    /// `used_by_curr_pic_lt_sps_flag`.
    pub used_by_curr_pic: bool,
}

/// Samples in a row or column, at most; twice what the highest level allows.
const MAX_SIZE: u32 = 65_535;

impl Sps {
    /// Reads a NAL unit of type 33, with its header and emulation prevention bytes.
    ///
    /// The multilayer and 3D extensions are not supported where they are used; what follows the
    /// extensions known is not looked at.
    pub fn parse(nal: &[u8]) -> Result<Sps, Error> {
        let r = &mut BitReader::nal("seq_parameter_set", nal);
        NalHeader::read(r)?.expect(r, NalUnitType::SPS)?;
        let vps_id = r.small(4, "sps_video_parameter_set_id")?;
        let max_sub_layers_minus1 = r.bits_range(3, (0, 6), "sps_max_sub_layers_minus1")? as u8;
        let temporal_id_nesting = r.flag("sps_temporal_id_nesting_flag")?;
        let profile_tier_level = ProfileTierLevel::read(r, max_sub_layers_minus1)?;
        let id = r.ue_small(15, "sps_seq_parameter_set_id")?;
        let chroma_format_idc = r.ue_small(3, "chroma_format_idc")?;
        let separate_colour_plane =
            chroma_format_idc == 3 && r.flag("separate_colour_plane_flag")?;
        let size = |r: &mut BitReader, element| -> Result<u32, Error> {
            let bit = r.position();
            let value = r.ue(element)?;
            r.check(bit, element, value.into(), 1, MAX_SIZE.into())?;
            Ok(value)
        };
        let width = size(r, "pic_width_in_luma_samples")?;
        let height = size(r, "pic_height_in_luma_samples")?;
        let format = ChromaFormat::from_idc(chroma_format_idc).unwrap_or(ChromaFormat::Yuv420);
        let conformance_window = match r.flag("conformance_window_flag")? {
            true => Some(ConformanceWindow::read(r, (width, height), format)?),
            false => None,
        };
        let bit_depth_luma_minus8 = r.ue_small(8, "bit_depth_luma_minus8")?;
        let bit_depth_chroma_minus8 = r.ue_small(8, "bit_depth_chroma_minus8")?;
        let lsb_minus4 = r.ue_small(12, "log2_max_pic_order_cnt_lsb_minus4")?;
        let sub_layer_ordering = SubLayerOrdering::read(r, max_sub_layers_minus1)?;
        let min_cb_minus3 = r.ue_small(3, "log2_min_luma_coding_block_size_minus3")?;
        // A coding tree block has at most 64 samples a side.
        let most = 3 - min_cb_minus3;
        let mut sps = Sps {
            vps_id,
            max_sub_layers_minus1,
            temporal_id_nesting,
            profile_tier_level,
            id,
            chroma_format_idc,
            separate_colour_plane,
            pic_width_in_luma_samples: width,
            pic_height_in_luma_samples: height,
            conformance_window,
            bit_depth_luma_minus8,
            bit_depth_chroma_minus8,
            log2_max_pic_order_cnt_lsb_minus4: lsb_minus4,
            sub_layer_ordering,
            log2_min_luma_coding_block_size_minus3: min_cb_minus3,
            log2_diff_max_min_luma_coding_block_size: r
                .ue_small(most, "log2_diff_max_min_luma_coding_block_size")?,
            log2_min_luma_transform_block_size_minus2: r
                .ue_small(3, "log2_min_luma_transform_block_size_minus2")?,
            log2_diff_max_min_luma_transform_block_size: r
                .ue_small(3, "log2_diff_max_min_luma_transform_block_size")?,
            max_transform_hierarchy_depth_inter: r
                .ue_small(4, "max_transform_hierarchy_depth_inter")?,
            max_transform_hierarchy_depth_intra: r
                .ue_small(4, "max_transform_hierarchy_depth_intra")?,
            scaling_list_enabled: r.flag("scaling_list_enabled_flag")?,
            scaling_list_data: None,
            amp_enabled: false,
            sample_adaptive_offset_enabled: false,
            pcm: None,
            short_term_ref_pic_sets: Vec::new(),
            long_term_ref_pics: None,
            temporal_mvp_enabled: false,
            strong_intra_smoothing_enabled: false,
            vui: None,
            range_extension: None,
            scc_extension: None,
        };
        if sps.scaling_list_enabled && r.flag("sps_scaling_list_data_present_flag")? {
            sps.scaling_list_data = Some(ScalingListData::read(r)?);
        }
        sps.amp_enabled = r.flag("amp_enabled_flag")?;
        sps.sample_adaptive_offset_enabled = r.flag("sample_adaptive_offset_enabled_flag")?;
        if r.flag("pcm_enabled_flag")? {
            sps.pcm = Some(Pcm::read(r)?);
        }
        sps.read_references(r)?;
        sps.temporal_mvp_enabled = r.flag("sps_temporal_mvp_enabled_flag")?;
        sps.strong_intra_smoothing_enabled = r.flag("strong_intra_smoothing_enabled_flag")?;
        if r.flag("vui_parameters_present_flag")? {
            sps.vui = Some(Vui::read(r, max_sub_layers_minus1)?);
        }
        if r.flag("sps_extension_present_flag")? {
            sps.read_extensions(r)?;
        }
        Ok(sps)
    }

    fn read_references(&mut self, r: &mut BitReader) -> Result<(), Error> {
        let count = usize::from(r.ue_small(64, "num_short_term_ref_pic_sets")?);
        for _ in 0..count {
            let set = ShortTermRefPicSet::read(r, &self.short_term_ref_pic_sets, count)?;
            self.short_term_ref_pic_sets.push(set);
        }
        if r.flag("long_term_ref_pics_present_flag")? {
            let count = r.ue_small(32, "num_long_term_ref_pics_sps")?;
            let mut pictures = Vec::with_capacity(count.into());
            for _ in 0..count {
                pictures.push(LongTermRefPic {
                    poc_lsb: r.bits(self.log2_max_pic_order_cnt_lsb(), "lt_ref_pic_poc_lsb_sps")?,
                    used_by_curr_pic: r.flag("used_by_curr_pic_lt_sps_flag")?,
                });
            }
            self.long_term_ref_pics = Some(pictures);
        }
        Ok(())
    }

    fn read_extensions(&mut self, r: &mut BitReader) -> Result<(), Error> {
        let range = r.flag("sps_range_extension_flag")?;
        let multilayer = r.flag("sps_multilayer_extension_flag")?;
        let bit = r.position();
        let three_d = r.flag("sps_3d_extension_flag")?;
        let scc = r.flag("sps_scc_extension_flag")?;
        r.small(4, "sps_extension_4bits")?;
        if range {
            self.range_extension = Some(SpsRangeExtension::read(r)?);
        }
        if multilayer {
            r.flag("inter_view_mv_vert_constraint_flag")?;
        }
        if three_d {
            let (structure, element) = (r.structure(), "sps_3d_extension_flag");
            let what = "3D-HEVC";
            return Err(Error::Unsupported {
                structure,
                bit,
                element,
                value: 1,
                what,
            });
        }
        if scc {
            self.scc_extension = Some(SpsSccExtension::read(r, self)?);
        }
        Ok(())
    }

    /// `ChromaArrayType`: 0 where colour planes are coded separately.
    pub fn chroma_array_type(&self) -> u8 {
        if self.separate_colour_plane {
            0
        } else {
            self.chroma_format_idc
        }
    }

    /// How colour is sampled.
    pub fn chroma_format(&self) -> ChromaFormat {
        ChromaFormat::from_idc(self.chroma_format_idc).unwrap_or(ChromaFormat::Yuv420)
    }

    /// Bits of a luma sample, 8 to 16.
    pub fn bit_depth_luma(&self) -> u8 {
        8 + self.bit_depth_luma_minus8.min(8)
    }

    /// Bits of a chroma sample, 8 to 16.
    pub fn bit_depth_chroma(&self) -> u8 {
        8 + self.bit_depth_chroma_minus8.min(8)
    }

    /// Bits of `slice_pic_order_cnt_lsb`.
    pub fn log2_max_pic_order_cnt_lsb(&self) -> u32 {
        4 + u32::from(self.log2_max_pic_order_cnt_lsb_minus4.min(12))
    }

    /// Luma samples in a row, before cropping.
    pub fn coded_width(&self) -> u32 {
        self.pic_width_in_luma_samples
    }

    /// Luma rows, before cropping.
    pub fn coded_height(&self) -> u32 {
        self.pic_height_in_luma_samples
    }

    /// Luma samples in a row, after cropping.
    pub fn width(&self) -> u32 {
        let window = self.conformance_window;
        let cropped = window.map_or(0, |window| window.left.saturating_add(window.right));
        let unit = self.chroma_format().sub_width();
        self.coded_width()
            .saturating_sub(cropped.saturating_mul(unit))
    }

    /// Luma rows, after cropping.
    pub fn height(&self) -> u32 {
        let window = self.conformance_window;
        let cropped = window.map_or(0, |window| window.top.saturating_add(window.bottom));
        let unit = self.chroma_format().sub_height();
        self.coded_height()
            .saturating_sub(cropped.saturating_mul(unit))
    }

    /// `CtbSizeY`: side of a coding tree block, in luma samples.
    pub fn ctb_size(&self) -> u32 {
        let minus3 = self.log2_min_luma_coding_block_size_minus3;
        let log2 = 3 + minus3
            .saturating_add(self.log2_diff_max_min_luma_coding_block_size)
            .min(3);
        1 << log2
    }

    /// `PicWidthInCtbsY` and `PicHeightInCtbsY`.
    pub fn size_in_ctbs(&self) -> (u32, u32) {
        let side = self.ctb_size();
        (
            self.coded_width().div_ceil(side),
            self.coded_height().div_ceil(side),
        )
    }

    /// Pictures per second as a fraction, from the timing information of this set; where
    /// pictures are fields, half of them make a second's frames.
    pub fn frame_rate(&self) -> Option<(u32, u32)> {
        let vui = self.vui.as_ref()?;
        let (pictures, seconds) = vui.timing.as_ref()?.picture_rate()?;
        Some(match (vui.field_seq, seconds.checked_mul(2)) {
            (false, _) => (pictures, seconds),
            (true, Some(twice)) => (pictures, twice),
            (true, None) => (pictures / 2, seconds),
        })
    }

    /// Colour description; unspecified where the set has none.
    pub fn colour(&self) -> Colour {
        let signal = self.vui.as_ref().and_then(|vui| vui.video_signal);
        signal.map_or(Colour::UNSPECIFIED, |signal| signal.colour())
    }

    /// Width to height of a sample, where told.
    pub fn sample_aspect_ratio(&self) -> Option<(u16, u16)> {
        self.vui.as_ref()?.aspect_ratio?.ratio()
    }

    /// `sps_max_num_reorder_pics` of the highest temporal sub-layer.
    pub fn max_num_reorder_pics(&self) -> u8 {
        self.sub_layer_ordering
            .last()
            .map_or(0, |ordering| ordering.max_num_reorder_pics)
    }

    /// What a codec string tells.
    pub fn profile(&self) -> HevcProfile {
        self.profile_tier_level.general
    }

    /// `hvc1.2.4.L153.B0`.
    pub fn codec_string(&self, sample_entry: &str) -> String {
        codec_string::hevc(sample_entry, &self.profile())
    }
}

impl ConformanceWindow {
    /// The window must leave a sample.
    fn read(r: &mut BitReader, size: (u32, u32), format: ChromaFormat) -> Result<Self, Error> {
        let width = (size.0 / format.sub_width()).saturating_sub(1);
        let height = (size.1 / format.sub_height()).saturating_sub(1);
        let left = r.ue_max(width, "conf_win_left_offset")?;
        let right = r.ue_max(width - left, "conf_win_right_offset")?;
        let top = r.ue_max(height, "conf_win_top_offset")?;
        let bottom = r.ue_max(height - top, "conf_win_bottom_offset")?;
        Ok(ConformanceWindow {
            left,
            right,
            top,
            bottom,
        })
    }
}

impl SubLayerOrdering {
    /// The flag, and one entry or one for each sub-layer.
    pub(crate) fn read(r: &mut BitReader, max_sub_layers_minus1: u8) -> Result<Vec<Self>, Error> {
        let every = r.flag("sub_layer_ordering_info_present_flag")?;
        let count = if every { 1 + max_sub_layers_minus1 } else { 1 };
        let mut entries = Vec::with_capacity(count.into());
        for _ in 0..count {
            let max_dec_pic_buffering_minus1 = r.ue_small(15, "max_dec_pic_buffering_minus1")?;
            entries.push(SubLayerOrdering {
                max_dec_pic_buffering_minus1,
                max_num_reorder_pics: r
                    .ue_small(max_dec_pic_buffering_minus1, "max_num_reorder_pics")?,
                max_latency_increase_plus1: r.ue("max_latency_increase_plus1")?,
            });
        }
        Ok(entries)
    }
}

impl Pcm {
    fn read(r: &mut BitReader) -> Result<Pcm, Error> {
        Ok(Pcm {
            bit_depth_luma_minus1: r.small(4, "pcm_sample_bit_depth_luma_minus1")?,
            bit_depth_chroma_minus1: r.small(4, "pcm_sample_bit_depth_chroma_minus1")?,
            log2_min_luma_coding_block_size_minus3: r
                .ue_small(2, "log2_min_pcm_luma_coding_block_size_minus3")?,
            log2_diff_max_min_luma_coding_block_size: r
                .ue_small(2, "log2_diff_max_min_pcm_luma_coding_block_size")?,
            loop_filter_disabled: r.flag("pcm_loop_filter_disabled_flag")?,
        })
    }
}
