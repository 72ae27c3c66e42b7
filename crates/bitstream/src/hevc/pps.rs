//! The picture parameter set.

use super::{NalHeader, NalUnitType, ScalingListData};
use crate::Error;
use crate::bits::BitReader;

/// A picture parameter set, H.265 7.3.2.3: values as coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pps {
    /// `pps_pic_parameter_set_id`, 0 to 63.
    pub id: u8,
    /// `pps_seq_parameter_set_id`, 0 to 15.
    pub sps_id: u8,
    /// `dependent_slice_segments_enabled_flag`.
    pub dependent_slice_segments_enabled: bool,
    /// `output_flag_present_flag`.
    pub output_flag_present: bool,
    /// `num_extra_slice_header_bits`.
    pub num_extra_slice_header_bits: u8,
    /// `sign_data_hiding_enabled_flag`.
    pub sign_data_hiding_enabled: bool,
    /// `cabac_init_present_flag`.
    pub cabac_init_present: bool,
    /// `num_ref_idx_l0_default_active_minus1`, 0 to 14.
    pub num_ref_idx_l0_default_active_minus1: u8,
    /// `num_ref_idx_l1_default_active_minus1`, 0 to 14.
    pub num_ref_idx_l1_default_active_minus1: u8,
    /// `init_qp_minus26`.
    pub init_qp_minus26: i8,
    /// `constrained_intra_pred_flag`.
    pub constrained_intra_pred: bool,
    /// `transform_skip_enabled_flag`.
    pub transform_skip_enabled: bool,
    /// `diff_cu_qp_delta_depth`, where quantisers change within a slice.
    pub diff_cu_qp_delta_depth: Option<u8>,
    /// `pps_cb_qp_offset`, -12 to 12.
    pub cb_qp_offset: i8,
    /// `pps_cr_qp_offset`, -12 to 12.
    pub cr_qp_offset: i8,
    /// `pps_slice_chroma_qp_offsets_present_flag`.
    pub slice_chroma_qp_offsets_present: bool,
    /// `weighted_pred_flag`.
    pub weighted_pred: bool,
    /// `weighted_bipred_flag`.
    pub weighted_bipred: bool,
    /// `transquant_bypass_enabled_flag`.
    pub transquant_bypass_enabled: bool,
    /// Tiles, where enabled.
    pub tiles: Option<Tiles>,
    /// `entropy_coding_sync_enabled_flag`: wavefronts.
    pub entropy_coding_sync_enabled: bool,
    /// `pps_loop_filter_across_slices_enabled_flag`.
    pub loop_filter_across_slices_enabled: bool,
    /// `deblocking_filter_override_enabled_flag`.
    pub deblocking_filter_override_enabled: bool,
    /// `pps_deblocking_filter_disabled_flag`.
    pub deblocking_filter_disabled: bool,
    /// `pps_beta_offset_div2`, -6 to 6; 0 where not coded.
    pub beta_offset_div2: i8,
    /// `pps_tc_offset_div2`, -6 to 6; 0 where not coded.
    pub tc_offset_div2: i8,
    /// `pps_scaling_list_data`, where present.
    pub scaling_list_data: Option<ScalingListData>,
    /// `lists_modification_present_flag`.
    pub lists_modification_present: bool,
    /// `log2_parallel_merge_level_minus2`.
    pub log2_parallel_merge_level_minus2: u8,
    /// `slice_segment_header_extension_present_flag`.
    pub slice_segment_header_extension_present: bool,
    /// `pps_range_extension`, where present.
    pub range_extension: Option<PpsRangeExtension>,
    /// `pps_scc_extension`, where present.
    pub scc_extension: Option<PpsSccExtension>,
}

/// How a picture is divided into tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// Columns, 1 to 20.
    pub columns: u8,
    /// Rows, 1 to 22.
    pub rows: u8,
    /// How wide and high they are.
    pub spacing: TileSpacing,
    /// `loop_filter_across_tiles_enabled_flag`.
    pub loop_filter_across_tiles_enabled: bool,
}

/// The sizes of tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TileSpacing {
    /// As equal as they can be.
    Uniform,
    /// In coding tree blocks, of all but the last.
    Explicit {
        /// `column_width_minus1`.
        column_width_minus1: Vec<u32>,
        /// `row_height_minus1`.
        row_height_minus1: Vec<u32>,
    },
}

/// pps_range_extension(), H.265 7.3.2.3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PpsRangeExtension {
    /// `log2_max_transform_skip_block_size_minus2`; 0 where not coded.
    pub log2_max_transform_skip_block_size_minus2: u8,
    /// `cross_component_prediction_enabled_flag`.
    pub cross_component_prediction_enabled: bool,
    /// `diff_cu_chroma_qp_offset_depth`, where offset lists are enabled.
    pub diff_cu_chroma_qp_offset_depth: Option<u8>,
    /// `cb_qp_offset_list` and `cr_qp_offset_list`, up to six pairs.
    pub chroma_qp_offset_list: Vec<(i8, i8)>,
    /// `log2_sao_offset_scale_luma`.
    pub log2_sao_offset_scale_luma: u8,
    /// `log2_sao_offset_scale_chroma`.
    pub log2_sao_offset_scale_chroma: u8,
}

/// pps_scc_extension(), H.265 7.3.2.3.3, without palettes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PpsSccExtension {
    /// `pps_curr_pic_ref_enabled_flag`.
    pub curr_pic_ref_enabled: bool,
    /// `residual_adaptive_colour_transform_enabled_flag`.
    pub residual_adaptive_colour_transform_enabled: bool,
    /// `pps_slice_act_qp_offsets_present_flag`.
    pub slice_act_qp_offsets_present: bool,
}

impl Pps {
    /// Reads a NAL unit of type 34, with its header and emulation prevention bytes.
    pub fn parse(nal: &[u8]) -> Result<Pps, Error> {
        let r = &mut BitReader::nal("pic_parameter_set", nal);
        NalHeader::read(r)?.expect(r, NalUnitType::PPS)?;
        let mut pps = Pps {
            id: r.ue_small(63, "pps_pic_parameter_set_id")?,
            sps_id: r.ue_small(15, "pps_seq_parameter_set_id")?,
            dependent_slice_segments_enabled: r.flag("dependent_slice_segments_enabled_flag")?,
            output_flag_present: r.flag("output_flag_present_flag")?,
            num_extra_slice_header_bits: r.small(3, "num_extra_slice_header_bits")?,
            sign_data_hiding_enabled: r.flag("sign_data_hiding_enabled_flag")?,
            cabac_init_present: r.flag("cabac_init_present_flag")?,
            num_ref_idx_l0_default_active_minus1: r
                .ue_small(14, "num_ref_idx_l0_default_active_minus1")?,
            num_ref_idx_l1_default_active_minus1: r
                .ue_small(14, "num_ref_idx_l1_default_active_minus1")?,
            // The lower end is that of 16-bit samples: the set that knows the depth may follow.
            init_qp_minus26: r.se_range(-26 - 48, 25, "init_qp_minus26")? as i8,
            constrained_intra_pred: r.flag("constrained_intra_pred_flag")?,
            transform_skip_enabled: r.flag("transform_skip_enabled_flag")?,
            diff_cu_qp_delta_depth: match r.flag("cu_qp_delta_enabled_flag")? {
                true => Some(r.ue_small(3, "diff_cu_qp_delta_depth")?),
                false => None,
            },
            cb_qp_offset: r.se_range(-12, 12, "pps_cb_qp_offset")? as i8,
            cr_qp_offset: r.se_range(-12, 12, "pps_cr_qp_offset")? as i8,
            slice_chroma_qp_offsets_present: r.flag("pps_slice_chroma_qp_offsets_present_flag")?,
            weighted_pred: r.flag("weighted_pred_flag")?,
            weighted_bipred: r.flag("weighted_bipred_flag")?,
            transquant_bypass_enabled: r.flag("transquant_bypass_enabled_flag")?,
            tiles: None,
            entropy_coding_sync_enabled: false,
            loop_filter_across_slices_enabled: false,
            deblocking_filter_override_enabled: false,
            deblocking_filter_disabled: false,
            beta_offset_div2: 0,
            tc_offset_div2: 0,
            scaling_list_data: None,
            lists_modification_present: false,
            log2_parallel_merge_level_minus2: 0,
            slice_segment_header_extension_present: false,
            range_extension: None,
            scc_extension: None,
        };
        let tiles = r.flag("tiles_enabled_flag")?;
        pps.entropy_coding_sync_enabled = r.flag("entropy_coding_sync_enabled_flag")?;
        if tiles {
            pps.tiles = Some(Tiles::read(r)?);
        }
        pps.read_filters(r)?;
        if r.flag("pps_scaling_list_data_present_flag")? {
            pps.scaling_list_data = Some(ScalingListData::read(r)?);
        }
        pps.lists_modification_present = r.flag("lists_modification_present_flag")?;
        pps.log2_parallel_merge_level_minus2 = r.ue_small(4, "log2_parallel_merge_level_minus2")?;
        pps.slice_segment_header_extension_present =
            r.flag("slice_segment_header_extension_present_flag")?;
        if r.flag("pps_extension_present_flag")? {
            pps.read_extensions(r)?;
        }
        Ok(pps)
    }

    fn read_filters(&mut self, r: &mut BitReader) -> Result<(), Error> {
        self.loop_filter_across_slices_enabled =
            r.flag("pps_loop_filter_across_slices_enabled_flag")?;
        if r.flag("deblocking_filter_control_present_flag")? {
            self.deblocking_filter_override_enabled =
                r.flag("deblocking_filter_override_enabled_flag")?;
            self.deblocking_filter_disabled = r.flag("pps_deblocking_filter_disabled_flag")?;
            if !self.deblocking_filter_disabled {
                self.beta_offset_div2 = r.se_range(-6, 6, "pps_beta_offset_div2")? as i8;
                self.tc_offset_div2 = r.se_range(-6, 6, "pps_tc_offset_div2")? as i8;
            }
        }
        Ok(())
    }

    fn read_extensions(&mut self, r: &mut BitReader) -> Result<(), Error> {
        let range = r.flag("pps_range_extension_flag")?;
        let bit = r.position();
        let layers = r.small(2, "pps_multilayer_extension_flag")?;
        let scc = r.flag("pps_scc_extension_flag")?;
        r.small(4, "pps_extension_4bits")?;
        if range {
            self.range_extension = Some(PpsRangeExtension::read(r, self.transform_skip_enabled)?);
        }
        if layers != 0 {
            let (structure, element) = (r.structure(), "pps_multilayer_extension_flag");
            let (value, what) = (layers.into(), "SHVC, MV-HEVC or 3D-HEVC");
            return Err(Error::Unsupported {
                structure,
                bit,
                element,
                value,
                what,
            });
        }
        if scc {
            self.scc_extension = Some(PpsSccExtension::read(r)?);
        }
        Ok(())
    }
}

impl Tiles {
    fn read(r: &mut BitReader) -> Result<Tiles, Error> {
        let columns = 1 + r.ue_small(19, "num_tile_columns_minus1")?;
        let rows = 1 + r.ue_small(21, "num_tile_rows_minus1")?;
        let spacing = match r.flag("uniform_spacing_flag")? {
            true => TileSpacing::Uniform,
            false => {
                let mut column_width_minus1 = Vec::with_capacity(20);
                for _ in 1..columns {
                    column_width_minus1.push(r.ue("column_width_minus1")?);
                }
                let mut row_height_minus1 = Vec::with_capacity(22);
                for _ in 1..rows {
                    row_height_minus1.push(r.ue("row_height_minus1")?);
                }
                TileSpacing::Explicit {
                    column_width_minus1,
                    row_height_minus1,
                }
            }
        };
        let loop_filter_across_tiles_enabled = r.flag("loop_filter_across_tiles_enabled_flag")?;
        Ok(Tiles {
            columns,
            rows,
            spacing,
            loop_filter_across_tiles_enabled,
        })
    }
}

impl PpsRangeExtension {
    fn read(r: &mut BitReader, transform_skip: bool) -> Result<PpsRangeExtension, Error> {
        let element = "log2_max_transform_skip_block_size_minus2";
        let mut extension = PpsRangeExtension {
            log2_max_transform_skip_block_size_minus2: match transform_skip {
                true => r.ue_small(3, element)?,
                false => 0,
            },
            cross_component_prediction_enabled: r
                .flag("cross_component_prediction_enabled_flag")?,
            diff_cu_chroma_qp_offset_depth: None,
            chroma_qp_offset_list: Vec::new(),
            log2_sao_offset_scale_luma: 0,
            log2_sao_offset_scale_chroma: 0,
        };
        if r.flag("chroma_qp_offset_list_enabled_flag")? {
            let depth = r.ue_small(3, "diff_cu_chroma_qp_offset_depth")?;
            extension.diff_cu_chroma_qp_offset_depth = Some(depth);
            for _ in 0..=r.ue_small(5, "chroma_qp_offset_list_len_minus1")? {
                let cb = r.se_range(-12, 12, "cb_qp_offset_list")? as i8;
                let cr = r.se_range(-12, 12, "cr_qp_offset_list")? as i8;
                extension.chroma_qp_offset_list.push((cb, cr));
            }
        }
        extension.log2_sao_offset_scale_luma = r.ue_small(6, "log2_sao_offset_scale_luma")?;
        extension.log2_sao_offset_scale_chroma = r.ue_small(6, "log2_sao_offset_scale_chroma")?;
        Ok(extension)
    }
}

impl PpsSccExtension {
    fn read(r: &mut BitReader) -> Result<PpsSccExtension, Error> {
        let curr_pic_ref_enabled = r.flag("pps_curr_pic_ref_enabled_flag")?;
        let adaptive = r.flag("residual_adaptive_colour_transform_enabled_flag")?;
        let mut slice_act_qp_offsets_present = false;
        if adaptive {
            slice_act_qp_offsets_present = r.flag("pps_slice_act_qp_offsets_present_flag")?;
            r.se_range(-7, 17, "pps_act_y_qp_offset_plus5")?;
            r.se_range(-7, 17, "pps_act_cb_qp_offset_plus5")?;
            r.se_range(-9, 15, "pps_act_cr_qp_offset_plus3")?;
        }
        // Palette initialisers may follow; no other header depends on them.
        Ok(PpsSccExtension {
            curr_pic_ref_enabled,
            residual_adaptive_colour_transform_enabled: adaptive,
            slice_act_qp_offsets_present,
        })
    }
}
