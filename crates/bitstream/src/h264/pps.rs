//! The picture parameter set.

use super::{NalHeader, NalUnitType, ParameterSets, ScalingMatrix, Trailing};
use crate::Error;
use crate::bits::{BitReader, BitWriter};
use crate::nal;

const STRUCTURE: &str = "pic_parameter_set";

/// A picture parameter set, H.264 7.3.2.2: values as coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pps {
    /// `nal_ref_idc` of its unit.
    pub nal_ref_idc: u8,
    /// `pic_parameter_set_id`, 0 to 255.
    pub id: u8,
    /// `seq_parameter_set_id`, 0 to 31.
    pub sps_id: u8,
    /// `entropy_coding_mode_flag`: CABAC, not CAVLC.
    pub entropy_coding_mode: bool,
    /// `bottom_field_pic_order_in_frame_present_flag`.
    pub bottom_field_pic_order_in_frame_present: bool,
    /// Flexible macroblock ordering, where there is more than one slice group.
    pub slice_groups: Option<SliceGroups>,
    /// `num_ref_idx_l0_default_active_minus1`, 0 to 31.
    pub num_ref_idx_l0_default_active_minus1: u8,
    /// `num_ref_idx_l1_default_active_minus1`, 0 to 31.
    pub num_ref_idx_l1_default_active_minus1: u8,
    /// `weighted_pred_flag`.
    pub weighted_pred: bool,
    /// `weighted_bipred_idc`, 0 to 2.
    pub weighted_bipred_idc: u8,
    /// `pic_init_qp_minus26`.
    pub pic_init_qp_minus26: i8,
    /// `pic_init_qs_minus26`.
    pub pic_init_qs_minus26: i8,
    /// `chroma_qp_index_offset`, -12 to 12.
    pub chroma_qp_index_offset: i8,
    /// `deblocking_filter_control_present_flag`.
    pub deblocking_filter_control_present: bool,
    /// `constrained_intra_pred_flag`.
    pub constrained_intra_pred: bool,
    /// `redundant_pic_cnt_present_flag`.
    pub redundant_pic_cnt_present: bool,
    /// What the High profiles add, where present.
    pub transform_8x8: Option<Transform8x8>,
    /// What follows.
    pub trailing: Trailing,
}

/// The end of a picture parameter set that only the High profiles have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transform8x8 {
    /// `transform_8x8_mode_flag`.
    pub transform_8x8_mode: bool,
    /// `pic_scaling_matrix`, where present.
    pub scaling_matrix: Option<ScalingMatrix>,
    /// `second_chroma_qp_index_offset`, -12 to 12.
    pub second_chroma_qp_index_offset: i8,
}

/// `slice_group_map_type` and what belongs to it; macroblocks are counted in map units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SliceGroups {
    /// Type 0.
    Interleaved {
        /// `run_length_minus1`, of 2 to 8 groups.
        run_length_minus1: Vec<u32>,
    },
    /// Type 1.
    Dispersed {
        /// `num_slice_groups_minus1`, 1 to 7.
        num_slice_groups_minus1: u8,
    },
    /// Type 2.
    Foreground {
        /// `top_left` and `bottom_right` of all groups but the last.
        rectangles: Vec<(u32, u32)>,
    },
    /// Types 3 to 5.
    Changing {
        /// `num_slice_groups_minus1`, 1 to 7.
        num_slice_groups_minus1: u8,
        /// `slice_group_map_type`, 3 to 5.
        map_type: u8,
        /// `slice_group_change_direction_flag`.
        change_direction: bool,
        /// `slice_group_change_rate_minus1`.
        change_rate_minus1: u32,
    },
    /// Type 6.
    Explicit {
        /// `num_slice_groups_minus1`, 1 to 7.
        num_slice_groups_minus1: u8,
        /// `slice_group_id` of every map unit.
        slice_group_id: Vec<u8>,
    },
}

impl Pps {
    /// Reads a NAL unit of type 8, with its header and emulation prevention bytes.
    ///
    /// Its sequence parameter set must be in `sets`: the range of `pic_init_qp_minus26` and the
    /// number of scaling lists depend on it.
    pub fn parse(nal: &[u8], sets: &ParameterSets) -> Result<Pps, Error> {
        let r = &mut BitReader::nal(STRUCTURE, nal);
        let header = NalHeader::read(r)?;
        header.expect(r, NalUnitType::PPS)?;
        let id = r.ue_small(255, "pic_parameter_set_id")?;
        let bit = r.position();
        let sps_id = r.ue_small(31, "seq_parameter_set_id")?;
        let Some(sps) = sets.sps(sps_id) else {
            let (structure, element, value) = (STRUCTURE, "seq_parameter_set_id", sps_id.into());
            return Err(Error::MissingParameterSet {
                structure,
                bit,
                element,
                value,
            });
        };
        let min_qp = -26 - 6 * i32::from(sps.bit_depth_luma_minus8);
        let mut pps = Pps {
            nal_ref_idc: header.nal_ref_idc,
            id,
            sps_id,
            entropy_coding_mode: r.flag("entropy_coding_mode_flag")?,
            bottom_field_pic_order_in_frame_present: r
                .flag("bottom_field_pic_order_in_frame_present_flag")?,
            slice_groups: SliceGroups::read(r)?,
            num_ref_idx_l0_default_active_minus1: r
                .ue_small(31, "num_ref_idx_l0_default_active_minus1")?,
            num_ref_idx_l1_default_active_minus1: r
                .ue_small(31, "num_ref_idx_l1_default_active_minus1")?,
            weighted_pred: r.flag("weighted_pred_flag")?,
            weighted_bipred_idc: r.bits_range(2, (0, 2), "weighted_bipred_idc")? as u8,
            pic_init_qp_minus26: r.se_range(min_qp, 25, "pic_init_qp_minus26")? as i8,
            pic_init_qs_minus26: r.se_range(-26, 25, "pic_init_qs_minus26")? as i8,
            chroma_qp_index_offset: r.se_range(-12, 12, "chroma_qp_index_offset")? as i8,
            deblocking_filter_control_present: r.flag("deblocking_filter_control_present_flag")?,
            constrained_intra_pred: r.flag("constrained_intra_pred_flag")?,
            redundant_pic_cnt_present: r.flag("redundant_pic_cnt_present_flag")?,
            transform_8x8: None,
            trailing: Trailing::Standard,
        };
        if r.more_rbsp_data() {
            let transform_8x8_mode = r.flag("transform_8x8_mode_flag")?;
            let mut scaling_matrix = None;
            if r.flag("pic_scaling_matrix_present_flag")? {
                let of_8x8 = if sps.chroma_format_idc == 3 { 6 } else { 2 };
                let lists = if transform_8x8_mode { 6 + of_8x8 } else { 6 };
                let matrix = ScalingMatrix::read(r, lists, "pic_scaling_list_present_flag")?;
                scaling_matrix = Some(matrix);
            }
            let offset = r.se_range(-12, 12, "second_chroma_qp_index_offset")? as i8;
            pps.transform_8x8 = Some(Transform8x8 {
                transform_8x8_mode,
                scaling_matrix,
                second_chroma_qp_index_offset: offset,
            });
        }
        pps.trailing = Trailing::read(r);
        Ok(pps)
    }

    /// The NAL unit this set was read from, with header and emulation prevention bytes (zero
    /// bytes after the unit, where there were any, are not part of it).
    pub fn write(&self) -> Vec<u8> {
        let w = &mut BitWriter::new();
        let nal_unit_type = NalUnitType::PPS;
        w.bits(
            8,
            NalHeader {
                nal_ref_idc: self.nal_ref_idc,
                nal_unit_type,
            }
            .byte()
            .into(),
        );
        w.ue(self.id.into());
        w.ue(self.sps_id.into());
        w.flag(self.entropy_coding_mode);
        w.flag(self.bottom_field_pic_order_in_frame_present);
        match &self.slice_groups {
            None => w.ue(0),
            Some(groups) => groups.write(w),
        }
        w.ue(self.num_ref_idx_l0_default_active_minus1.into());
        w.ue(self.num_ref_idx_l1_default_active_minus1.into());
        w.flag(self.weighted_pred);
        w.bits(2, self.weighted_bipred_idc.into());
        w.se(self.pic_init_qp_minus26.into());
        w.se(self.pic_init_qs_minus26.into());
        w.se(self.chroma_qp_index_offset.into());
        w.flag(self.deblocking_filter_control_present);
        w.flag(self.constrained_intra_pred);
        w.flag(self.redundant_pic_cnt_present);
        if let Some(high) = &self.transform_8x8 {
            w.flag(high.transform_8x8_mode);
            w.flag(high.scaling_matrix.is_some());
            if let Some(matrix) = &high.scaling_matrix {
                matrix.write(w);
            }
            w.se(high.second_chroma_qp_index_offset.into());
        }
        self.trailing.write(w);
        nal::escape(&std::mem::take(w).into_bytes()).into_owned()
    }

    /// `transform_8x8_mode_flag`; false where not coded.
    pub fn transform_8x8_mode(&self) -> bool {
        self.transform_8x8
            .as_ref()
            .is_some_and(|high| high.transform_8x8_mode)
    }

    /// `second_chroma_qp_index_offset`, or the first where it is not coded.
    pub fn second_chroma_qp_index_offset(&self) -> i8 {
        let high = self.transform_8x8.as_ref();
        high.map_or(self.chroma_qp_index_offset, |high| {
            high.second_chroma_qp_index_offset
        })
    }
}

impl SliceGroups {
    fn read(r: &mut BitReader) -> Result<Option<SliceGroups>, Error> {
        let groups_minus1 = r.ue_small(7, "num_slice_groups_minus1")?;
        if groups_minus1 == 0 {
            return Ok(None);
        }
        let num_slice_groups_minus1 = groups_minus1;
        Ok(Some(match r.ue_small(6, "slice_group_map_type")? {
            0 => {
                let mut run_length_minus1 = Vec::with_capacity(8);
                for _ in 0..=groups_minus1 {
                    run_length_minus1.push(r.ue("run_length_minus1")?);
                }
                SliceGroups::Interleaved { run_length_minus1 }
            }
            1 => SliceGroups::Dispersed {
                num_slice_groups_minus1,
            },
            2 => {
                let mut rectangles = Vec::with_capacity(8);
                for _ in 0..groups_minus1 {
                    rectangles.push((r.ue("top_left")?, r.ue("bottom_right")?));
                }
                SliceGroups::Foreground { rectangles }
            }
            map_type @ 3..=5 => SliceGroups::Changing {
                num_slice_groups_minus1,
                map_type,
                change_direction: r.flag("slice_group_change_direction_flag")?,
                change_rate_minus1: r.ue("slice_group_change_rate_minus1")?,
            },
            _ => {
                let bit = r.position();
                let units = 1 + u64::from(r.ue("pic_size_in_map_units_minus1")?);
                let width = id_bits(groups_minus1);
                // The count must not ask for more than there is.
                let most = r.left() / u64::from(width);
                let (value, most) = (units as i64 - 1, most as i64 - 1);
                r.check(bit, "pic_size_in_map_units_minus1", value, 0, most)?;
                let mut slice_group_id = Vec::new();
                for _ in 0..units {
                    slice_group_id.push(r.small(width, "slice_group_id")?);
                }
                SliceGroups::Explicit {
                    num_slice_groups_minus1,
                    slice_group_id,
                }
            }
        }))
    }

    fn write(&self, w: &mut BitWriter) {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        match self {
            SliceGroups::Interleaved { run_length_minus1 } => {
                w.ue(count(run_length_minus1.len()).saturating_sub(1));
                w.ue(0);
                run_length_minus1.iter().for_each(|length| w.ue(*length));
            }
            SliceGroups::Dispersed {
                num_slice_groups_minus1,
            } => {
                w.ue((*num_slice_groups_minus1).into());
                w.ue(1);
            }
            SliceGroups::Foreground { rectangles } => {
                w.ue(count(rectangles.len()));
                w.ue(2);
                for (top_left, bottom_right) in rectangles {
                    w.ue(*top_left);
                    w.ue(*bottom_right);
                }
            }
            SliceGroups::Changing {
                num_slice_groups_minus1,
                map_type,
                change_direction,
                change_rate_minus1,
            } => {
                w.ue((*num_slice_groups_minus1).into());
                w.ue((*map_type).into());
                w.flag(*change_direction);
                w.ue(*change_rate_minus1);
            }
            SliceGroups::Explicit {
                num_slice_groups_minus1,
                slice_group_id,
            } => {
                w.ue((*num_slice_groups_minus1).into());
                w.ue(6);
                w.ue(count(slice_group_id.len()).saturating_sub(1));
                let width = id_bits(*num_slice_groups_minus1);
                slice_group_id
                    .iter()
                    .for_each(|id| w.bits(width, (*id).into()));
            }
        }
    }
}

/// Bits of `slice_group_id`: Ceil(Log2(num_slice_groups_minus1 + 1)).
fn id_bits(num_slice_groups_minus1: u8) -> u32 {
    8 - num_slice_groups_minus1.leading_zeros()
}
