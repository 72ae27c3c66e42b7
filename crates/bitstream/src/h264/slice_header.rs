//! The slice header.

use super::{
    DecRefPicMarking, NalHeader, NalUnitType, ParameterSets, PicOrderCnt, Pps, PredWeightTable,
    SliceGroups, Sps,
};
use crate::Error;
use crate::bits::BitReader;

const STRUCTURE: &str = "slice_header";

/// A slice header, H.264 7.3.3: values as coded, or as inferred where the standard infers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceHeader {
    /// The unit's header.
    pub nal: NalHeader,
    /// `first_mb_in_slice`.
    pub first_mb_in_slice: u32,
    /// `slice_type` modulo 5.
    pub slice_type: SliceType,
    /// `slice_type` was 5 to 9: all slices of the picture are of this type.
    pub all_slices_alike: bool,
    /// `pic_parameter_set_id`.
    pub pps_id: u8,
    /// `colour_plane_id`, where planes are coded separately.
    pub colour_plane_id: Option<u8>,
    /// `frame_num`.
    pub frame_num: u32,
    /// `field_pic_flag`.
    pub field_pic: bool,
    /// `bottom_field_flag`.
    pub bottom_field: bool,
    /// `idr_pic_id`, of IDR pictures.
    pub idr_pic_id: Option<u16>,
    /// `pic_order_cnt_lsb`, with picture order count type 0.
    pub pic_order_cnt_lsb: Option<u32>,
    /// `delta_pic_order_cnt_bottom`; 0 where not coded.
    pub delta_pic_order_cnt_bottom: i32,
    /// `delta_pic_order_cnt`; 0 where not coded.
    pub delta_pic_order_cnt: [i32; 2],
    /// `redundant_pic_cnt`; 0 where not coded.
    pub redundant_pic_cnt: u8,
    /// `direct_spatial_mv_pred_flag`, of B slices.
    pub direct_spatial_mv_pred: bool,
    /// `num_ref_idx_l0_active_minus1` and `num_ref_idx_l1_active_minus1`, where the slice uses
    /// the list, from the slice or its picture parameter set.
    pub num_ref_idx_active_minus1: [Option<u8>; 2],
    /// `ref_pic_list_modification` of lists 0 and 1; `None` where the flag is 0.
    pub ref_list_modification: [Option<Vec<RefListModification>>; 2],
    /// `pred_weight_table`, where coded.
    pub pred_weight_table: Option<PredWeightTable>,
    /// `dec_ref_pic_marking`, of reference pictures.
    pub dec_ref_pic_marking: Option<DecRefPicMarking>,
    /// `cabac_init_idc`, with CABAC, of slices that are not intra.
    pub cabac_init_idc: Option<u8>,
    /// `slice_qp_delta`.
    pub slice_qp_delta: i32,
    /// `sp_for_switch_flag`, of SP slices.
    pub sp_for_switch: bool,
    /// `slice_qs_delta`, of SP and SI slices.
    pub slice_qs_delta: Option<i32>,
    /// `disable_deblocking_filter_idc`; 0 where not coded.
    pub disable_deblocking_filter_idc: u8,
    /// `slice_alpha_c0_offset_div2`, -6 to 6; 0 where not coded.
    pub slice_alpha_c0_offset_div2: i8,
    /// `slice_beta_offset_div2`, -6 to 6; 0 where not coded.
    pub slice_beta_offset_div2: i8,
    /// `slice_group_change_cycle`, with slice group map types 3 to 5.
    pub slice_group_change_cycle: Option<u32>,
    /// Bits of the NAL unit up to the end of the slice header (where `slice_data()` starts, with
    /// its alignment if CABAC), the unit's header counted, emulation prevention bytes not.
    pub slice_data_bit: u64,
    /// The same, emulation prevention bytes before that point counted.
    pub coded_slice_data_bit: u64,
}

/// `slice_type` modulo 5, H.264 table 7-6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SliceType {
    /// Predicted from one list.
    P,
    /// Predicted from two lists.
    B,
    /// Intra.
    I,
    /// Switching P.
    Sp,
    /// Switching I.
    Si,
}

impl SliceType {
    /// Intra prediction alone: I and SI.
    pub fn is_intra(self) -> bool {
        matches!(self, SliceType::I | SliceType::Si)
    }

    /// How many reference lists it uses.
    fn lists(self) -> usize {
        match self {
            SliceType::I | SliceType::Si => 0,
            SliceType::P | SliceType::Sp => 1,
            SliceType::B => 2,
        }
    }
}

/// One step of `ref_pic_list_modification()`, H.264 7.3.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefListModification {
    /// `abs_diff_pic_num_minus1`, to be subtracted.
    Subtract(u32),
    /// `abs_diff_pic_num_minus1`, to be added.
    Add(u32),
    /// `long_term_pic_num`.
    LongTerm(u32),
}

impl SliceHeader {
    /// Reads the header of a NAL unit of type 1, 2, 5 or 19; the unit may be cut anywhere after
    /// its slice header.
    pub fn parse(nal: &[u8], sets: &ParameterSets) -> Result<SliceHeader, Error> {
        let r = &mut BitReader::nal_prefix(STRUCTURE, nal);
        let nal = NalHeader::read(r)?;
        check_type(r, nal.nal_unit_type)?;
        let first_mb_in_slice = r.ue("first_mb_in_slice")?;
        let (slice_type, all_slices_alike) = match r.ue_small(9, "slice_type")? {
            value @ 0..=4 => (slice_type(value), false),
            value => (slice_type(value - 5), true),
        };
        let bit = r.position();
        let pps_id = r.ue_small(255, "pic_parameter_set_id")?;
        let missing = |element, value: u8| Error::MissingParameterSet {
            structure: STRUCTURE,
            bit,
            element,
            value: value.into(),
        };
        let pps = sets
            .pps(pps_id)
            .ok_or_else(|| missing("pic_parameter_set_id", pps_id))?;
        let sps = sets
            .sps(pps.sps_id)
            .ok_or_else(|| missing("seq_parameter_set_id", pps.sps_id))?;
        let mut header = SliceHeader {
            nal,
            first_mb_in_slice,
            slice_type,
            all_slices_alike,
            pps_id,
            colour_plane_id: None,
            frame_num: 0,
            field_pic: false,
            bottom_field: false,
            idr_pic_id: None,
            pic_order_cnt_lsb: None,
            delta_pic_order_cnt_bottom: 0,
            delta_pic_order_cnt: [0; 2],
            redundant_pic_cnt: 0,
            direct_spatial_mv_pred: false,
            num_ref_idx_active_minus1: [None; 2],
            ref_list_modification: [None, None],
            pred_weight_table: None,
            dec_ref_pic_marking: None,
            cabac_init_idc: None,
            slice_qp_delta: 0,
            sp_for_switch: false,
            slice_qs_delta: None,
            disable_deblocking_filter_idc: 0,
            slice_alpha_c0_offset_div2: 0,
            slice_beta_offset_div2: 0,
            slice_group_change_cycle: None,
            slice_data_bit: 0,
            coded_slice_data_bit: 0,
        };
        header.read_picture(r, sps, pps)?;
        header.read_references(r, sps, pps)?;
        header.read_coding(r, sps, pps)?;
        header.slice_data_bit = r.position();
        header.coded_slice_data_bit = r.coded_position();
        Ok(header)
    }

    /// Which picture: up to `redundant_pic_cnt`.
    fn read_picture(&mut self, r: &mut BitReader, sps: &Sps, pps: &Pps) -> Result<(), Error> {
        if sps.separate_colour_plane {
            self.colour_plane_id = Some(r.bits_range(2, (0, 2), "colour_plane_id")? as u8);
        }
        self.frame_num = r.bits(sps.log2_max_frame_num(), "frame_num")?;
        if !sps.frame_mbs_only {
            self.field_pic = r.flag("field_pic_flag")?;
            self.bottom_field = self.field_pic && r.flag("bottom_field_flag")?;
        }
        // In a field, or where macroblocks come in pairs, half as many places can start a slice.
        let halved = u32::from(self.field_pic || sps.mb_adaptive_frame_field);
        let places = sps
            .pic_width_in_mbs()
            .saturating_mul(sps.frame_height_in_mbs())
            >> halved;
        let (first, most) = (self.first_mb_in_slice.into(), i64::from(places) - 1);
        r.check(8, "first_mb_in_slice", first, 0, most)?;
        if self.nal.nal_unit_type == NalUnitType::IDR {
            self.idr_pic_id = Some(r.ue_max(65_535, "idr_pic_id")? as u16);
        }
        let both_fields = pps.bottom_field_pic_order_in_frame_present && !self.field_pic;
        match &sps.pic_order_cnt {
            PicOrderCnt::Lsb {
                log2_max_lsb_minus4,
            } => {
                let bits = 4 + u32::from(*log2_max_lsb_minus4).min(12);
                self.pic_order_cnt_lsb = Some(r.bits(bits, "pic_order_cnt_lsb")?);
                if both_fields {
                    self.delta_pic_order_cnt_bottom = r.se("delta_pic_order_cnt_bottom")?;
                }
            }
            PicOrderCnt::Cycle {
                delta_always_zero: false,
                ..
            } => {
                self.delta_pic_order_cnt[0] = r.se("delta_pic_order_cnt[0]")?;
                if both_fields {
                    self.delta_pic_order_cnt[1] = r.se("delta_pic_order_cnt[1]")?;
                }
            }
            PicOrderCnt::Cycle {
                delta_always_zero: true,
                ..
            }
            | PicOrderCnt::Decoding => {}
        }
        if pps.redundant_pic_cnt_present {
            self.redundant_pic_cnt = r.ue_small(127, "redundant_pic_cnt")?;
        }
        Ok(())
    }

    /// Which references, and what becomes of them: up to `dec_ref_pic_marking()`.
    fn read_references(&mut self, r: &mut BitReader, sps: &Sps, pps: &Pps) -> Result<(), Error> {
        let lists = self.slice_type.lists();
        if self.slice_type == SliceType::B {
            self.direct_spatial_mv_pred = r.flag("direct_spatial_mv_pred_flag")?;
        }
        if lists > 0 {
            let defaults = [
                pps.num_ref_idx_l0_default_active_minus1,
                pps.num_ref_idx_l1_default_active_minus1,
            ];
            let overridden = r.flag("num_ref_idx_active_override_flag")?;
            // A frame has up to 16 references, a field 32.
            let max = if self.field_pic { 31 } else { 15 };
            let names = [
                "num_ref_idx_l0_active_minus1",
                "num_ref_idx_l1_active_minus1",
            ];
            for list in 0..lists {
                let bit = r.position();
                let count = if overridden {
                    r.ue_small(max, names[list])?
                } else {
                    defaults[list]
                };
                r.check(bit, names[list], count.into(), 0, max.into())?;
                self.num_ref_idx_active_minus1[list] = Some(count);
            }
        }
        let active = self.num_ref_idx_active_minus1;
        for (list, active) in self
            .ref_list_modification
            .iter_mut()
            .zip(active)
            .take(lists)
        {
            if r.flag("ref_pic_list_modification_flag")? {
                *list = Some(modifications(r, usize::from(active.unwrap_or(0)) + 1)?);
            }
        }
        let weighted = match self.slice_type {
            SliceType::P | SliceType::Sp => pps.weighted_pred,
            SliceType::B => pps.weighted_bipred_idc == 1,
            SliceType::I | SliceType::Si => false,
        };
        if weighted {
            let chroma = sps.chroma_array_type() != 0;
            let table = PredWeightTable::read(r, self.num_ref_idx_active_minus1, chroma)?;
            self.pred_weight_table = Some(table);
        }
        if self.nal.nal_ref_idc != 0 {
            self.dec_ref_pic_marking = Some(DecRefPicMarking::read(r, self.nal.nal_unit_type)?);
        }
        Ok(())
    }

    /// How it is coded: the rest.
    fn read_coding(&mut self, r: &mut BitReader, sps: &Sps, pps: &Pps) -> Result<(), Error> {
        if pps.entropy_coding_mode && !self.slice_type.is_intra() {
            self.cabac_init_idc = Some(r.ue_small(2, "cabac_init_idc")?);
        }
        let qp = 26 + i32::from(pps.pic_init_qp_minus26);
        let min_qp = -6 * i32::from(sps.bit_depth_luma_minus8);
        self.slice_qp_delta = r.se_range(min_qp - qp, 51 - qp, "slice_qp_delta")?;
        if let SliceType::Sp | SliceType::Si = self.slice_type {
            self.sp_for_switch =
                self.slice_type == SliceType::Sp && r.flag("sp_for_switch_flag")?;
            let qs = 26 + i32::from(pps.pic_init_qs_minus26);
            self.slice_qs_delta = Some(r.se_range(-qs, 51 - qs, "slice_qs_delta")?);
        }
        if pps.deblocking_filter_control_present {
            self.disable_deblocking_filter_idc = r.ue_small(2, "disable_deblocking_filter_idc")?;
            if self.disable_deblocking_filter_idc != 1 {
                self.slice_alpha_c0_offset_div2 =
                    r.se_range(-6, 6, "slice_alpha_c0_offset_div2")? as i8;
                self.slice_beta_offset_div2 = r.se_range(-6, 6, "slice_beta_offset_div2")? as i8;
            }
        }
        if let Some(SliceGroups::Changing {
            change_rate_minus1, ..
        }) = &pps.slice_groups
        {
            let bits = change_cycle_bits(sps.pic_size_in_map_units(), *change_rate_minus1);
            self.slice_group_change_cycle = Some(r.bits(bits, "slice_group_change_cycle")?);
        }
        Ok(())
    }

    /// Bytes of the unit that hold its headers, the last of them perhaps not to the end: what
    /// must stay clear where slice data is encrypted.
    pub fn coded_header_bytes(&self) -> u64 {
        self.coded_slice_data_bit.div_ceil(8)
    }

    /// `SliceQPY`, the quantiser the slice starts with.
    pub fn slice_qp(&self, pps: &Pps) -> i32 {
        26 + i32::from(pps.pic_init_qp_minus26) + self.slice_qp_delta
    }
}

fn check_type(r: &BitReader, nal_unit_type: NalUnitType) -> Result<(), Error> {
    let what = match nal_unit_type {
        NalUnitType(1 | 2 | 5 | 19) => return Ok(()),
        NalUnitType(3 | 4) => "slice data partition without a slice header",
        NalUnitType(20) => "slice of scalable or multiview coding (SVC, MVC)",
        NalUnitType(21) => "slice of depth coding (3D-AVC, MVC+D)",
        NalUnitType(_) => "NAL unit without a slice",
    };
    let (structure, element) = (r.structure(), "nal_unit_type");
    Err(Error::Unsupported {
        structure,
        bit: 3,
        element,
        value: nal_unit_type.0.into(),
        what,
    })
}

fn slice_type(modulo_5: u8) -> SliceType {
    match modulo_5 {
        0 => SliceType::P,
        1 => SliceType::B,
        2 => SliceType::I,
        3 => SliceType::Sp,
        _ => SliceType::Si,
    }
}

/// At most as many steps as the list has entries (H.264 7.4.3.1).
fn modifications(r: &mut BitReader, most: usize) -> Result<Vec<RefListModification>, Error> {
    let mut steps = Vec::new();
    loop {
        let bit = r.position();
        let idc = r.ue_small(3, "modification_of_pic_nums_idc")?;
        if steps.len() >= most {
            r.check(bit, "modification_of_pic_nums_idc", idc.into(), 3, 3)?;
        }
        steps.push(match idc {
            0 => RefListModification::Subtract(r.ue("abs_diff_pic_num_minus1")?),
            1 => RefListModification::Add(r.ue("abs_diff_pic_num_minus1")?),
            2 => RefListModification::LongTerm(r.ue("long_term_pic_num")?),
            _ => return Ok(steps),
        });
    }
}

/// Bits of `slice_group_change_cycle`: Ceil(Log2(PicSizeInMapUnits / SliceGroupChangeRate + 1)),
/// where nothing is rounded but the logarithm.
fn change_cycle_bits(map_units: u32, change_rate_minus1: u32) -> u32 {
    // Rounding the quotient up does not reach past a power of two, and it has at most 32 bits.
    let cycles = u64::from(map_units).div_ceil(u64::from(change_rate_minus1) + 1);
    (cycles + 1).next_power_of_two().ilog2().min(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_the_change_cycle_hold_every_cycle() {
        // 99 map units: 7 bits hold 0 to 99, 6 hold 0 to 50, 2 hold 0 to 3, 1 holds 0 and 1.
        let bits = |rate: u32| change_cycle_bits(99, rate - 1);
        assert_eq!(
            [bits(1), bits(2), bits(33), bits(34), bits(99)],
            [7, 6, 2, 2, 1]
        );
        assert_eq!((bits(49), bits(50)), (2, 2));
        assert_eq!(
            (change_cycle_bits(96, 31), change_cycle_bits(128, 31)),
            (2, 3)
        );
        assert_eq!(change_cycle_bits(u32::MAX, 0), 32);
    }
}
