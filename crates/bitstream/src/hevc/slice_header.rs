//! The slice segment header.

use super::{NalHeader, ParameterSets, Pps, PredWeightTable, ShortTermRefPicSet, Sps};
use crate::Error;
use crate::bits::BitReader;

const STRUCTURE: &str = "slice_segment_header";

/// A slice segment header, H.265 7.3.6.1: values as coded, or as inferred where the standard
/// infers them. Of a dependent segment only the part that is its own is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceHeader {
    /// The unit's header.
    pub nal: NalHeader,
    /// `first_slice_segment_in_pic_flag`.
    pub first_slice_segment_in_pic: bool,
    /// `no_output_of_prior_pics_flag`, of random access pictures.
    pub no_output_of_prior_pics: bool,
    /// `slice_pic_parameter_set_id`.
    pub pps_id: u8,
    /// `dependent_slice_segment_flag`.
    pub dependent: bool,
    /// `slice_segment_address`, in coding tree blocks.
    pub slice_segment_address: u32,
    /// `slice_type`; of a dependent segment, that of the slice it belongs to: `None`.
    pub slice_type: Option<SliceType>,
    /// `pic_output_flag`; true where not coded.
    pub pic_output: bool,
    /// `colour_plane_id`, where planes are coded separately.
    pub colour_plane_id: Option<u8>,
    /// `slice_pic_order_cnt_lsb`; 0 of IDR pictures.
    pub pic_order_cnt_lsb: u32,
    /// The short-term reference picture set, from the slice or its sequence parameter set.
    pub short_term_ref_pic_set: Option<ShortTermRefPicSet>,
    /// `short_term_ref_pic_set_idx`, where the set is one of the sequence parameter set's.
    pub short_term_ref_pic_set_idx: Option<u8>,
    /// Long-term reference pictures.
    pub long_term_refs: Vec<LongTermRef>,
    /// `slice_temporal_mvp_enabled_flag`.
    pub temporal_mvp_enabled: bool,
    /// `slice_sao_luma_flag`.
    pub sao_luma: bool,
    /// `slice_sao_chroma_flag`.
    pub sao_chroma: bool,
    /// `num_ref_idx_l0_active_minus1` and `num_ref_idx_l1_active_minus1`, where the slice uses
    /// the list, from the slice or its picture parameter set.
    pub num_ref_idx_active_minus1: [Option<u8>; 2],
    /// `list_entry_l0` and `list_entry_l1`; `None` where the list is not modified.
    pub list_entries: [Option<Vec<u8>>; 2],
    /// `mvd_l1_zero_flag`.
    pub mvd_l1_zero: bool,
    /// `cabac_init_flag`.
    pub cabac_init: bool,
    /// `collocated_from_l0_flag`; true where not coded.
    pub collocated_from_l0: bool,
    /// `collocated_ref_idx`; 0 where not coded.
    pub collocated_ref_idx: u8,
    /// `pred_weight_table`, where coded.
    pub pred_weight_table: Option<PredWeightTable>,
    /// `five_minus_max_num_merge_cand`, of P and B slices.
    pub five_minus_max_num_merge_cand: Option<u8>,
    /// `slice_qp_delta`.
    pub slice_qp_delta: i32,
    /// `slice_cb_qp_offset` and `slice_cr_qp_offset`; 0 where not coded.
    pub chroma_qp_offsets: (i8, i8),
    /// `cu_chroma_qp_offset_enabled_flag`.
    pub cu_chroma_qp_offset_enabled: bool,
    /// `slice_deblocking_filter_disabled_flag`, from the slice or its picture parameter set.
    pub deblocking_filter_disabled: bool,
    /// `slice_beta_offset_div2` and `slice_tc_offset_div2`, where the slice overrides them.
    pub deblocking_offsets_div2: Option<(i8, i8)>,
    /// `slice_loop_filter_across_slices_enabled_flag`, from the slice or its picture parameter
    /// set.
    pub loop_filter_across_slices_enabled: bool,
    /// `entry_point_offset_minus1`: sizes of the substreams but the last, in bytes of the coded
    /// unit.
    pub entry_point_offset_minus1: Vec<u32>,
    /// Bits of the NAL unit up to the end of the header with its alignment, where slice segment
    /// data starts: the unit's header counted, emulation prevention bytes not.
    pub slice_data_bit: u64,
    /// The same, emulation prevention bytes before that point counted.
    pub coded_slice_data_bit: u64,
}

/// `slice_type`, H.265 table 7-7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SliceType {
    /// Predicted from two lists.
    B,
    /// Predicted from one list.
    P,
    /// Intra.
    I,
}

/// A long-term reference picture of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongTermRef {
    /// `PocLsbLt`.
    pub poc_lsb: u32,
    /// `UsedByCurrPicLt`.
    pub used_by_curr_pic: bool,
    /// `delta_poc_msb_cycle_lt`, where present.
    pub delta_poc_msb_cycle: Option<u32>,
}

/// Long-term references of a slice: no decoder holds more pictures.
const MAX_LONG_TERM: u32 = 33;

impl SliceHeader {
    /// Reads the header of a NAL unit of types 0 to 9 and 16 to 21; the unit may be cut anywhere
    /// after its header.
    pub fn parse(nal: &[u8], sets: &ParameterSets) -> Result<SliceHeader, Error> {
        let r = &mut BitReader::nal_prefix(STRUCTURE, nal);
        let nal = NalHeader::read(r)?;
        let kind = nal.nal_unit_type;
        if !kind.is_slice_segment() {
            let (element, value) = ("nal_unit_type", kind.0.into());
            let (structure, what) = (STRUCTURE, "NAL unit without a slice segment");
            return Err(Error::Unsupported {
                structure,
                bit: 1,
                element,
                value,
                what,
            });
        }
        nal.expect_base_layer(r)?;
        let first_slice_segment_in_pic = r.flag("first_slice_segment_in_pic_flag")?;
        let no_output_of_prior_pics = kind.is_irap() && r.flag("no_output_of_prior_pics_flag")?;
        let bit = r.position();
        let pps_id = r.ue_small(63, "slice_pic_parameter_set_id")?;
        let missing = |element, value: u8| Error::MissingParameterSet {
            structure: STRUCTURE,
            bit,
            element,
            value: value.into(),
        };
        let pps = sets
            .pps(pps_id)
            .ok_or_else(|| missing("slice_pic_parameter_set_id", pps_id))?;
        let sps = sets
            .sps(pps.sps_id)
            .ok_or_else(|| missing("pps_seq_parameter_set_id", pps.sps_id))?;
        let mut header = SliceHeader {
            nal,
            first_slice_segment_in_pic,
            no_output_of_prior_pics,
            pps_id,
            dependent: false,
            slice_segment_address: 0,
            slice_type: None,
            pic_output: true,
            colour_plane_id: None,
            pic_order_cnt_lsb: 0,
            short_term_ref_pic_set: None,
            short_term_ref_pic_set_idx: None,
            long_term_refs: Vec::new(),
            temporal_mvp_enabled: false,
            sao_luma: false,
            sao_chroma: false,
            num_ref_idx_active_minus1: [None; 2],
            list_entries: [None, None],
            mvd_l1_zero: false,
            cabac_init: false,
            collocated_from_l0: true,
            collocated_ref_idx: 0,
            pred_weight_table: None,
            five_minus_max_num_merge_cand: None,
            slice_qp_delta: 0,
            chroma_qp_offsets: (0, 0),
            cu_chroma_qp_offset_enabled: false,
            deblocking_filter_disabled: pps.deblocking_filter_disabled,
            deblocking_offsets_div2: None,
            loop_filter_across_slices_enabled: pps.loop_filter_across_slices_enabled,
            entry_point_offset_minus1: Vec::new(),
            slice_data_bit: 0,
            coded_slice_data_bit: 0,
        };
        if !first_slice_segment_in_pic {
            header.dependent =
                pps.dependent_slice_segments_enabled && r.flag("dependent_slice_segment_flag")?;
            let (width, height) = sps.size_in_ctbs();
            let blocks = width.saturating_mul(height);
            let bit = r.position();
            let address = r.bits(index_bits(blocks), "slice_segment_address")?;
            let most = i64::from(blocks) - 1;
            r.check(bit, "slice_segment_address", address.into(), 0, most)?;
            header.slice_segment_address = address;
        }
        if !header.dependent {
            header.read_independent(r, sps, pps)?;
        }
        header.read_end(r, sps, pps)?;
        Ok(header)
    }

    /// What dependent slice segments take over from the one before.
    fn read_independent(&mut self, r: &mut BitReader, sps: &Sps, pps: &Pps) -> Result<(), Error> {
        r.skip(
            pps.num_extra_slice_header_bits.into(),
            "slice_reserved_flag",
        )?;
        let slice_type = match r.ue_small(2, "slice_type")? {
            0 => SliceType::B,
            1 => SliceType::P,
            _ => SliceType::I,
        };
        self.slice_type = Some(slice_type);
        if pps.output_flag_present {
            self.pic_output = r.flag("pic_output_flag")?;
        }
        if sps.separate_colour_plane {
            self.colour_plane_id = Some(r.bits_range(2, (0, 2), "colour_plane_id")? as u8);
        }
        if !self.nal.nal_unit_type.is_idr() {
            self.read_reference_pictures(r, sps)?;
        }
        if sps.sample_adaptive_offset_enabled {
            self.sao_luma = r.flag("slice_sao_luma_flag")?;
            self.sao_chroma = sps.chroma_array_type() != 0 && r.flag("slice_sao_chroma_flag")?;
        }
        if slice_type != SliceType::I {
            self.read_prediction(r, sps, pps, slice_type)?;
        }
        self.read_quantisers(r, sps, pps)?;
        let overridden =
            pps.deblocking_filter_override_enabled && r.flag("deblocking_filter_override_flag")?;
        if overridden {
            self.deblocking_filter_disabled = r.flag("slice_deblocking_filter_disabled_flag")?;
            if !self.deblocking_filter_disabled {
                let beta = r.se_range(-6, 6, "slice_beta_offset_div2")? as i8;
                let tc = r.se_range(-6, 6, "slice_tc_offset_div2")? as i8;
                self.deblocking_offsets_div2 = Some((beta, tc));
            }
        }
        let filtered = self.sao_luma || self.sao_chroma || !self.deblocking_filter_disabled;
        if pps.loop_filter_across_slices_enabled && filtered {
            self.loop_filter_across_slices_enabled =
                r.flag("slice_loop_filter_across_slices_enabled_flag")?;
        }
        Ok(())
    }

    /// The picture's order and the pictures kept for reference.
    fn read_reference_pictures(&mut self, r: &mut BitReader, sps: &Sps) -> Result<(), Error> {
        let lsb_bits = sps.log2_max_pic_order_cnt_lsb();
        self.pic_order_cnt_lsb = r.bits(lsb_bits, "slice_pic_order_cnt_lsb")?;
        let sets = &sps.short_term_ref_pic_sets;
        let bit = r.position();
        if r.flag("short_term_ref_pic_set_sps_flag")? {
            // The flag needs a set to choose.
            let most = i64::from(!sets.is_empty());
            r.check(bit, "short_term_ref_pic_set_sps_flag", 1, 0, most)?;
            let bits = index_bits(u32::try_from(sets.len()).unwrap_or(0));
            let bit = r.position();
            let index = r.small(bits, "short_term_ref_pic_set_idx")?;
            let most = sets.len() as i64 - 1;
            r.check(bit, "short_term_ref_pic_set_idx", index.into(), 0, most)?;
            self.short_term_ref_pic_set_idx = Some(index);
            self.short_term_ref_pic_set = sets.get(usize::from(index)).cloned();
        } else {
            self.short_term_ref_pic_set = Some(ShortTermRefPicSet::read(r, sets, sets.len())?);
        }
        if let Some(known) = &sps.long_term_ref_pics {
            let count = u32::try_from(known.len()).unwrap_or(0);
            let by_index = if count > 0 {
                r.ue_max(count, "num_long_term_sps")?
            } else {
                0
            };
            let direct = r.ue_max(MAX_LONG_TERM, "num_long_term_pics")?;
            for place in 0..by_index + direct {
                let (poc_lsb, used_by_curr_pic) = if place < by_index {
                    let bit = r.position();
                    let index = r.small(index_bits(count), "lt_idx_sps")?;
                    let picture = known.get(usize::from(index));
                    r.check(bit, "lt_idx_sps", index.into(), 0, i64::from(count) - 1)?;
                    picture.map_or((0, false), |known| (known.poc_lsb, known.used_by_curr_pic))
                } else {
                    let poc_lsb = r.bits(lsb_bits, "poc_lsb_lt")?;
                    (poc_lsb, r.flag("used_by_curr_pic_lt_flag")?)
                };
                let delta_poc_msb_cycle = match r.flag("delta_poc_msb_present_flag")? {
                    true => Some(r.ue("delta_poc_msb_cycle_lt")?),
                    false => None,
                };
                let picture = LongTermRef {
                    poc_lsb,
                    used_by_curr_pic,
                    delta_poc_msb_cycle,
                };
                self.long_term_refs.push(picture);
            }
        }
        if sps.temporal_mvp_enabled {
            self.temporal_mvp_enabled = r.flag("slice_temporal_mvp_enabled_flag")?;
        }
        Ok(())
    }

    /// `NumPicTotalCurr`.
    fn pictures_in_use(&self, curr_pic_ref: bool) -> u32 {
        let short = self
            .short_term_ref_pic_set
            .as_ref()
            .map_or(0, |set| set.used());
        let long = self
            .long_term_refs
            .iter()
            .filter(|picture| picture.used_by_curr_pic)
            .count();
        // At most 16, 65 and 1.
        (short + long + usize::from(curr_pic_ref)) as u32
    }

    /// What P and B slices have.
    fn read_prediction(
        &mut self,
        r: &mut BitReader,
        sps: &Sps,
        pps: &Pps,
        slice_type: SliceType,
    ) -> Result<(), Error> {
        let is_b = slice_type == SliceType::B;
        let overridden = r.flag("num_ref_idx_active_override_flag")?;
        let mut active = [pps.num_ref_idx_l0_default_active_minus1, 0];
        if is_b {
            active[1] = pps.num_ref_idx_l1_default_active_minus1;
        }
        if overridden {
            active[0] = r.ue_small(14, "num_ref_idx_l0_active_minus1")?;
            if is_b {
                active[1] = r.ue_small(14, "num_ref_idx_l1_active_minus1")?;
            }
        }
        self.num_ref_idx_active_minus1 = [Some(active[0]), is_b.then_some(active[1])];
        let curr_pic_ref = pps
            .scc_extension
            .is_some_and(|scc| scc.curr_pic_ref_enabled);
        let in_use = self.pictures_in_use(curr_pic_ref);
        if pps.lists_modification_present && in_use > 1 {
            let counts = self.num_ref_idx_active_minus1;
            for (entries, count) in self.list_entries.iter_mut().zip(counts) {
                let Some(minus1) = count else { continue };
                if r.flag("ref_pic_list_modification_flag")? {
                    let mut list = Vec::with_capacity(15);
                    for _ in 0..=minus1 {
                        list.push(r.small(index_bits(in_use), "list_entry")?);
                    }
                    *entries = Some(list);
                }
            }
        }
        if is_b {
            self.mvd_l1_zero = r.flag("mvd_l1_zero_flag")?;
        }
        if pps.cabac_init_present {
            self.cabac_init = r.flag("cabac_init_flag")?;
        }
        if self.temporal_mvp_enabled {
            if is_b {
                self.collocated_from_l0 = r.flag("collocated_from_l0_flag")?;
            }
            let most = active[usize::from(!self.collocated_from_l0)];
            if most > 0 {
                self.collocated_ref_idx = r.ue_small(most, "collocated_ref_idx")?;
            }
        }
        if if is_b {
            pps.weighted_bipred
        } else {
            pps.weighted_pred
        } {
            if curr_pic_ref {
                // Which entries have weights then depends on the reference lists themselves.
                return Err(Error::Unsupported {
                    structure: STRUCTURE,
                    bit: r.position(),
                    element: "pps_curr_pic_ref_enabled_flag",
                    value: 1,
                    what: "weighted prediction beside current picture referencing",
                });
            }
            let table = PredWeightTable::read(r, self.num_ref_idx_active_minus1, sps)?;
            self.pred_weight_table = Some(table);
        }
        let candidates = r.ue_small(4, "five_minus_max_num_merge_cand")?;
        self.five_minus_max_num_merge_cand = Some(candidates);
        if sps
            .scc_extension
            .is_some_and(|scc| scc.motion_vector_resolution_control_idc == 2)
        {
            r.flag("use_integer_mv_flag")?;
        }
        Ok(())
    }

    fn read_quantisers(&mut self, r: &mut BitReader, sps: &Sps, pps: &Pps) -> Result<(), Error> {
        let qp = 26 + i32::from(pps.init_qp_minus26);
        let min_qp = -6 * i32::from(sps.bit_depth_luma_minus8);
        self.slice_qp_delta = r.se_range(min_qp - qp, 51 - qp, "slice_qp_delta")?;
        if pps.slice_chroma_qp_offsets_present {
            let cb = r.se_range(-12, 12, "slice_cb_qp_offset")? as i8;
            self.chroma_qp_offsets = (cb, r.se_range(-12, 12, "slice_cr_qp_offset")? as i8);
        }
        if pps
            .scc_extension
            .is_some_and(|scc| scc.slice_act_qp_offsets_present)
        {
            for element in [
                "slice_act_y_qp_offset",
                "slice_act_cb_qp_offset",
                "slice_act_cr_qp_offset",
            ] {
                r.se_range(-12, 12, element)?;
            }
        }
        let range = pps.range_extension.as_ref();
        if range.is_some_and(|range| range.diff_cu_chroma_qp_offset_depth.is_some()) {
            self.cu_chroma_qp_offset_enabled = r.flag("cu_chroma_qp_offset_enabled_flag")?;
        }
        Ok(())
    }

    /// Entry points, extension and alignment.
    fn read_end(&mut self, r: &mut BitReader, sps: &Sps, pps: &Pps) -> Result<(), Error> {
        if pps.tiles.is_some() || pps.entropy_coding_sync_enabled {
            let (width, height) = sps.size_in_ctbs();
            let most = width.saturating_mul(height).saturating_sub(1);
            let count = r.ue_max(most, "num_entry_point_offsets")?;
            if count > 0 {
                let bits = 1 + r.ue_max(31, "offset_len_minus1")?;
                for _ in 0..count {
                    let offset = r.bits(bits, "entry_point_offset_minus1")?;
                    self.entry_point_offset_minus1.push(offset);
                }
            }
        }
        if pps.slice_segment_header_extension_present {
            let length = r.ue_max(256, "slice_segment_header_extension_length")?;
            r.skip(
                8 * u64::from(length),
                "slice_segment_header_extension_data_byte",
            )?;
        }
        r.bits_range(1, (1, 1), "alignment_bit_equal_to_one")?;
        while !r.is_byte_aligned() {
            r.bits_range(1, (0, 0), "alignment_bit_equal_to_zero")?;
        }
        self.slice_data_bit = r.position();
        self.coded_slice_data_bit = r.coded_position();
        Ok(())
    }

    /// Bytes of the unit that hold its headers: what must stay clear where slice data is
    /// encrypted.
    pub fn coded_header_bytes(&self) -> u64 {
        self.coded_slice_data_bit.div_ceil(8)
    }
}

/// Bits of an index into `count` things: Ceil(Log2(count)).
fn index_bits(count: u32) -> u32 {
    32 - count.saturating_sub(1).leading_zeros()
}
