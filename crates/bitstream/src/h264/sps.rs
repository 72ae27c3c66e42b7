//! The sequence parameter set.

use super::{NalHeader, NalUnitType, ScalingMatrix, Trailing, Vui};
use crate::Error;
use crate::bits::{BitReader, BitWriter};
use crate::codec_string;
use crate::colour::{ChromaFormat, Colour};
use crate::nal;

const STRUCTURE: &str = "seq_parameter_set";

/// A sequence parameter set, H.264 7.3.2.1.1: values as coded, derived facts as methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sps {
    /// `nal_ref_idc` of its unit.
    pub nal_ref_idc: u8,
    /// `profile_idc`.
    pub profile_idc: u8,
    /// `constraint_set0_flag` (most significant) to `reserved_zero_2bits`, as one byte.
    pub constraint_flags: u8,
    /// `level_idc`: 10 times the level.
    pub level_idc: u8,
    /// `seq_parameter_set_id`, 0 to 31.
    pub id: u8,
    /// `chroma_format_idc`, 0 to 3; 1 where the profile does not code it.
    pub chroma_format_idc: u8,
    /// `separate_colour_plane_flag`.
    pub separate_colour_plane: bool,
    /// `bit_depth_luma_minus8`, 0 to 6.
    pub bit_depth_luma_minus8: u8,
    /// `bit_depth_chroma_minus8`, 0 to 6.
    pub bit_depth_chroma_minus8: u8,
    /// `qpprime_y_zero_transform_bypass_flag`.
    pub qpprime_y_zero_transform_bypass: bool,
    /// `seq_scaling_matrix`, where present.
    pub scaling_matrix: Option<ScalingMatrix>,
    /// `log2_max_frame_num_minus4`, 0 to 12.
    pub log2_max_frame_num_minus4: u8,
    /// `pic_order_cnt_type` and what belongs to it.
    pub pic_order_cnt: PicOrderCnt,
    /// `max_num_ref_frames`.
    pub max_num_ref_frames: u32,
    /// `gaps_in_frame_num_value_allowed_flag`.
    pub gaps_in_frame_num_allowed: bool,
    /// `pic_width_in_mbs_minus1`.
    pub pic_width_in_mbs_minus1: u32,
    /// `pic_height_in_map_units_minus1`.
    pub pic_height_in_map_units_minus1: u32,
    /// `frame_mbs_only_flag`: no field coding.
    pub frame_mbs_only: bool,
    /// `mb_adaptive_frame_field_flag`; coded unless `frame_mbs_only`.
    pub mb_adaptive_frame_field: bool,
    /// `direct_8x8_inference_flag`.
    pub direct_8x8_inference: bool,
    /// `frame_cropping`, where present.
    pub frame_cropping: Option<FrameCropping>,
    /// `vui_parameters`, where present.
    pub vui: Option<Vui>,
    /// What follows.
    pub trailing: Trailing,
}

/// How the order of output is coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PicOrderCnt {
    /// Type 0: by its low bits in each slice.
    Lsb {
        /// `log2_max_pic_order_cnt_lsb_minus4`, 0 to 12.
        log2_max_lsb_minus4: u8,
    },
    /// Type 1: by a cycle of expected differences.
    Cycle {
        /// `delta_pic_order_always_zero_flag`.
        delta_always_zero: bool,
        /// `offset_for_non_ref_pic`.
        offset_for_non_ref_pic: i32,
        /// `offset_for_top_to_bottom_field`.
        offset_for_top_to_bottom_field: i32,
        /// `offset_for_ref_frame`, up to 255.
        offset_for_ref_frame: Vec<i32>,
    },
    /// Type 2: the order of decoding.
    Decoding,
}

/// Offsets of the cropping rectangle, in the units of H.264 7-19 to 7-22.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameCropping {
    /// `frame_crop_left_offset`.
    pub left: u32,
    /// `frame_crop_right_offset`.
    pub right: u32,
    /// `frame_crop_top_offset`.
    pub top: u32,
    /// `frame_crop_bottom_offset`.
    pub bottom: u32,
}

/// Macroblocks in a row or column, at most: about four times what level 6.2 allows.
const MAX_MBS: u32 = 4096;

impl Sps {
    /// Reads a NAL unit of type 7, with its header and emulation prevention bytes.
    pub fn parse(nal: &[u8]) -> Result<Sps, Error> {
        let r = &mut BitReader::nal(STRUCTURE, nal);
        let header = NalHeader::read(r)?;
        header.expect(r, NalUnitType::SPS)?;
        let profile_idc = r.byte("profile_idc")?;
        let constraint_flags = r.byte("constraint_set_flags")?;
        let level_idc = r.byte("level_idc")?;
        let id = r.ue_small(31, "seq_parameter_set_id")?;
        let mut chroma_format_idc = 1;
        let mut separate_colour_plane = false;
        let mut depths = (0, 0);
        let mut qpprime_y_zero_transform_bypass = false;
        let mut scaling_matrix = None;
        if has_chroma_format(profile_idc) {
            chroma_format_idc = r.ue_small(3, "chroma_format_idc")?;
            if chroma_format_idc == 3 {
                separate_colour_plane = r.flag("separate_colour_plane_flag")?;
            }
            depths.0 = r.ue_small(6, "bit_depth_luma_minus8")?;
            depths.1 = r.ue_small(6, "bit_depth_chroma_minus8")?;
            qpprime_y_zero_transform_bypass = r.flag("qpprime_y_zero_transform_bypass_flag")?;
            if r.flag("seq_scaling_matrix_present_flag")? {
                let lists = if chroma_format_idc == 3 { 12 } else { 8 };
                let matrix = ScalingMatrix::read(r, lists, "seq_scaling_list_present_flag")?;
                scaling_matrix = Some(matrix);
            }
        }
        let log2_max_frame_num_minus4 = r.ue_small(12, "log2_max_frame_num_minus4")?;
        let pic_order_cnt = PicOrderCnt::read(r)?;
        let max_num_ref_frames = r.ue("max_num_ref_frames")?;
        let gaps_in_frame_num_allowed = r.flag("gaps_in_frame_num_value_allowed_flag")?;
        let pic_width_in_mbs_minus1 = r.ue_max(MAX_MBS - 1, "pic_width_in_mbs_minus1")?;
        let pic_height_in_map_units_minus1 =
            r.ue_max(MAX_MBS - 1, "pic_height_in_map_units_minus1")?;
        let frame_mbs_only = r.flag("frame_mbs_only_flag")?;
        let mut sps = Sps {
            nal_ref_idc: header.nal_ref_idc,
            profile_idc,
            constraint_flags,
            level_idc,
            id,
            chroma_format_idc,
            separate_colour_plane,
            bit_depth_luma_minus8: depths.0,
            bit_depth_chroma_minus8: depths.1,
            qpprime_y_zero_transform_bypass,
            scaling_matrix,
            log2_max_frame_num_minus4,
            pic_order_cnt,
            max_num_ref_frames,
            gaps_in_frame_num_allowed,
            pic_width_in_mbs_minus1,
            pic_height_in_map_units_minus1,
            frame_mbs_only,
            mb_adaptive_frame_field: !frame_mbs_only && r.flag("mb_adaptive_frame_field_flag")?,
            direct_8x8_inference: r.flag("direct_8x8_inference_flag")?,
            frame_cropping: None,
            vui: None,
            trailing: Trailing::Standard,
        };
        if r.flag("frame_cropping_flag")? {
            sps.frame_cropping = Some(sps.read_cropping(r)?);
        }
        if r.flag("vui_parameters_present_flag")? {
            sps.vui = Some(Vui::read(r)?);
        }
        sps.trailing = Trailing::read(r);
        Ok(sps)
    }

    /// The cropping rectangle; it must leave a sample.
    fn read_cropping(&self, r: &mut BitReader) -> Result<FrameCropping, Error> {
        let (unit_x, unit_y) = self.crop_units();
        let max = |size: u32, unit: u32| (size / unit).saturating_sub(1);
        let width = max(self.coded_width(), unit_x);
        let height = max(self.coded_height(), unit_y);
        let left = r.ue_max(width, "frame_crop_left_offset")?;
        let right = r.ue_max(width - left, "frame_crop_right_offset")?;
        let top = r.ue_max(height, "frame_crop_top_offset")?;
        let bottom = r.ue_max(height - top, "frame_crop_bottom_offset")?;
        Ok(FrameCropping {
            left,
            right,
            top,
            bottom,
        })
    }

    /// The NAL unit this set was read from, with header and emulation prevention bytes (zero
    /// bytes after the unit, where there were any, are not part of it).
    pub fn write(&self) -> Vec<u8> {
        let w = &mut BitWriter::new();
        let nal_unit_type = NalUnitType::SPS;
        w.bits(
            8,
            NalHeader {
                nal_ref_idc: self.nal_ref_idc,
                nal_unit_type,
            }
            .byte()
            .into(),
        );
        w.bits(8, self.profile_idc.into());
        w.bits(8, self.constraint_flags.into());
        w.bits(8, self.level_idc.into());
        w.ue(self.id.into());
        if has_chroma_format(self.profile_idc) {
            w.ue(self.chroma_format_idc.into());
            if self.chroma_format_idc == 3 {
                w.flag(self.separate_colour_plane);
            }
            w.ue(self.bit_depth_luma_minus8.into());
            w.ue(self.bit_depth_chroma_minus8.into());
            w.flag(self.qpprime_y_zero_transform_bypass);
            w.flag(self.scaling_matrix.is_some());
            if let Some(matrix) = &self.scaling_matrix {
                matrix.write(w);
            }
        }
        w.ue(self.log2_max_frame_num_minus4.into());
        self.pic_order_cnt.write(w);
        w.ue(self.max_num_ref_frames);
        w.flag(self.gaps_in_frame_num_allowed);
        w.ue(self.pic_width_in_mbs_minus1);
        w.ue(self.pic_height_in_map_units_minus1);
        w.flag(self.frame_mbs_only);
        if !self.frame_mbs_only {
            w.flag(self.mb_adaptive_frame_field);
        }
        w.flag(self.direct_8x8_inference);
        w.flag(self.frame_cropping.is_some());
        if let Some(crop) = &self.frame_cropping {
            for offset in [crop.left, crop.right, crop.top, crop.bottom] {
                w.ue(offset);
            }
        }
        w.flag(self.vui.is_some());
        if let Some(vui) = &self.vui {
            vui.write(w);
        }
        self.trailing.write(w);
        nal::escape(&std::mem::take(w).into_bytes()).into_owned()
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

    /// Bits of a luma sample, 8 to 14.
    pub fn bit_depth_luma(&self) -> u8 {
        8 + self.bit_depth_luma_minus8.min(6)
    }

    /// Bits of a chroma sample, 8 to 14.
    pub fn bit_depth_chroma(&self) -> u8 {
        8 + self.bit_depth_chroma_minus8.min(6)
    }

    /// `MaxFrameNum`'s logarithm: bits of `frame_num`.
    pub fn log2_max_frame_num(&self) -> u32 {
        4 + u32::from(self.log2_max_frame_num_minus4)
    }

    /// `PicWidthInMbs`.
    pub fn pic_width_in_mbs(&self) -> u32 {
        self.pic_width_in_mbs_minus1.saturating_add(1)
    }

    /// `FrameHeightInMbs`.
    pub fn frame_height_in_mbs(&self) -> u32 {
        let units = self.pic_height_in_map_units_minus1.saturating_add(1);
        if self.frame_mbs_only {
            units
        } else {
            units.saturating_mul(2)
        }
    }

    /// `PicSizeInMapUnits`.
    pub fn pic_size_in_map_units(&self) -> u32 {
        self.pic_height_in_map_units_minus1
            .saturating_add(1)
            .saturating_mul(self.pic_width_in_mbs())
    }

    /// Luma samples in a row, before cropping.
    pub fn coded_width(&self) -> u32 {
        self.pic_width_in_mbs().saturating_mul(16)
    }

    /// Luma rows of a frame, before cropping.
    pub fn coded_height(&self) -> u32 {
        self.frame_height_in_mbs().saturating_mul(16)
    }

    /// Luma samples in a row, after cropping.
    pub fn width(&self) -> u32 {
        let cropped = self
            .frame_cropping
            .map_or(0, |crop| crop.left.saturating_add(crop.right));
        self.coded_width()
            .saturating_sub(cropped.saturating_mul(self.crop_units().0))
    }

    /// Luma rows of a frame, after cropping.
    pub fn height(&self) -> u32 {
        let cropped = self
            .frame_cropping
            .map_or(0, |crop| crop.top.saturating_add(crop.bottom));
        self.coded_height()
            .saturating_sub(cropped.saturating_mul(self.crop_units().1))
    }

    /// Columns left of and lines above what is displayed, in luma samples of the coded frame.
    pub fn display_offset(&self) -> (u32, u32) {
        let (x, y) = self.crop_units();
        let crop = self.frame_cropping.as_ref();
        crop.map_or((0, 0), |crop| {
            (crop.left.saturating_mul(x), crop.top.saturating_mul(y))
        })
    }

    /// `CropUnitX` and `CropUnitY`, in luma samples.
    fn crop_units(&self) -> (u32, u32) {
        let fields = if self.frame_mbs_only { 1 } else { 2 };
        match self.chroma_array_type() {
            0 => (1, fields),
            _ => (
                self.chroma_format().sub_width(),
                self.chroma_format().sub_height() * fields,
            ),
        }
    }

    /// Frames per second as a fraction, from the timing information: a frame is two ticks.
    pub fn frame_rate(&self) -> Option<(u32, u32)> {
        let timing = self.vui.as_ref()?.timing?;
        if timing.num_units_in_tick == 0 || timing.time_scale == 0 {
            return None;
        }
        Some(match timing.num_units_in_tick.checked_mul(2) {
            Some(units) => (timing.time_scale, units),
            None => (timing.time_scale / 2, timing.num_units_in_tick),
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

    /// `max_num_reorder_frames`, where told or implied (0 for intra profiles and for output in
    /// decoding order).
    pub fn max_num_reorder_frames(&self) -> Option<u32> {
        let told = self.vui.as_ref().and_then(|vui| vui.bitstream_restriction);
        if let Some(restriction) = told {
            return Some(restriction.max_num_reorder_frames);
        }
        let constraint_set3 = self.constraint_flags & 0x10 != 0;
        let intra = constraint_set3 && matches!(self.profile_idc, 44 | 86 | 100 | 110 | 122 | 244);
        (intra || self.pic_order_cnt == PicOrderCnt::Decoding).then_some(0)
    }

    /// `avc1.64001F`.
    pub fn codec_string(&self, sample_entry: &str) -> String {
        codec_string::avc(
            sample_entry,
            self.profile_idc,
            self.constraint_flags,
            self.level_idc,
        )
    }
}

impl PicOrderCnt {
    fn read(r: &mut BitReader) -> Result<PicOrderCnt, Error> {
        Ok(match r.ue_small(2, "pic_order_cnt_type")? {
            0 => PicOrderCnt::Lsb {
                log2_max_lsb_minus4: r.ue_small(12, "log2_max_pic_order_cnt_lsb_minus4")?,
            },
            1 => {
                let delta_always_zero = r.flag("delta_pic_order_always_zero_flag")?;
                let offset_for_non_ref_pic = r.se("offset_for_non_ref_pic")?;
                let offset_for_top_to_bottom_field = r.se("offset_for_top_to_bottom_field")?;
                let count = r.ue_small(255, "num_ref_frames_in_pic_order_cnt_cycle")?;
                let mut offset_for_ref_frame = Vec::with_capacity(count.into());
                for _ in 0..count {
                    offset_for_ref_frame.push(r.se("offset_for_ref_frame")?);
                }
                PicOrderCnt::Cycle {
                    delta_always_zero,
                    offset_for_non_ref_pic,
                    offset_for_top_to_bottom_field,
                    offset_for_ref_frame,
                }
            }
            _ => PicOrderCnt::Decoding,
        })
    }

    fn write(&self, w: &mut BitWriter) {
        match self {
            PicOrderCnt::Lsb {
                log2_max_lsb_minus4,
            } => {
                w.ue(0);
                w.ue((*log2_max_lsb_minus4).into());
            }
            PicOrderCnt::Cycle {
                delta_always_zero,
                offset_for_non_ref_pic,
                offset_for_top_to_bottom_field,
                offset_for_ref_frame,
            } => {
                w.ue(1);
                w.flag(*delta_always_zero);
                w.se(*offset_for_non_ref_pic);
                w.se(*offset_for_top_to_bottom_field);
                w.ue(u32::try_from(offset_for_ref_frame.len()).unwrap_or(0));
                offset_for_ref_frame.iter().for_each(|offset| w.se(*offset));
            }
            PicOrderCnt::Decoding => w.ue(2),
        }
    }
}

/// The profiles whose parameter sets code the chroma format and what follows it.
fn has_chroma_format(profile_idc: u8) -> bool {
    matches!(
        profile_idc,
        44 | 83 | 86 | 100 | 110 | 118 | 122 | 128 | 134 | 135 | 138 | 139 | 244
    )
}
