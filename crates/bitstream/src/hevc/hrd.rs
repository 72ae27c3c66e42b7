//! The hypothetical reference decoder's parameters.

use crate::Error;
use crate::bits::BitReader;

/// hrd_parameters(), H.265 E.2.2, with the common information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HrdParameters {
    /// `bit_rate_scale`; 0 without buffers.
    pub bit_rate_scale: u8,
    /// `cpb_size_scale`; 0 without buffers.
    pub cpb_size_scale: u8,
    /// `sub_pic_hrd_params_present_flag`.
    pub sub_pic: bool,
    /// By temporal sub-layer.
    pub sub_layers: Vec<SubLayerHrd>,
}

/// What belongs to one temporal sub-layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubLayerHrd {
    /// `fixed_pic_rate_general_flag`.
    pub fixed_pic_rate_general: bool,
    /// `elemental_duration_in_tc_minus1`, where the rate is fixed within the sequence.
    pub elemental_duration_in_tc_minus1: Option<u32>,
    /// `low_delay_hrd_flag`.
    pub low_delay: bool,
    /// Buffers of the NAL conformance point.
    pub nal: Vec<CpbEntry>,
    /// Buffers of the VCL conformance point.
    pub vcl: Vec<CpbEntry>,
}

/// One coded picture buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpbEntry {
    /// `bit_rate_value_minus1`.
    pub bit_rate_value_minus1: u32,
    /// `cpb_size_value_minus1`.
    pub cpb_size_value_minus1: u32,
    /// `cbr_flag`.
    pub cbr_flag: bool,
}

impl HrdParameters {
    pub(crate) fn read(r: &mut BitReader, max_sub_layers_minus1: u8) -> Result<Self, Error> {
        let nal = r.flag("nal_hrd_parameters_present_flag")?;
        let vcl = r.flag("vcl_hrd_parameters_present_flag")?;
        let mut hrd = HrdParameters {
            bit_rate_scale: 0,
            cpb_size_scale: 0,
            sub_pic: false,
            sub_layers: Vec::with_capacity(8),
        };
        if nal || vcl {
            hrd.sub_pic = r.flag("sub_pic_hrd_params_present_flag")?;
            if hrd.sub_pic {
                r.byte("tick_divisor_minus2")?;
                r.small(5, "du_cpb_removal_delay_increment_length_minus1")?;
                r.flag("sub_pic_cpb_params_in_pic_timing_sei_flag")?;
                r.small(5, "dpb_output_delay_du_length_minus1")?;
            }
            hrd.bit_rate_scale = r.small(4, "bit_rate_scale")?;
            hrd.cpb_size_scale = r.small(4, "cpb_size_scale")?;
            if hrd.sub_pic {
                r.small(4, "cpb_size_du_scale")?;
            }
            r.small(5, "initial_cpb_removal_delay_length_minus1")?;
            r.small(5, "au_cpb_removal_delay_length_minus1")?;
            r.small(5, "dpb_output_delay_length_minus1")?;
        }
        for _ in 0..=max_sub_layers_minus1 {
            hrd.sub_layers
                .push(SubLayerHrd::read(r, (nal, vcl), hrd.sub_pic)?);
        }
        Ok(hrd)
    }
}

impl SubLayerHrd {
    fn read(r: &mut BitReader, (nal, vcl): (bool, bool), sub_pic: bool) -> Result<Self, Error> {
        let mut layer = SubLayerHrd {
            fixed_pic_rate_general: r.flag("fixed_pic_rate_general_flag")?,
            elemental_duration_in_tc_minus1: None,
            low_delay: false,
            nal: Vec::new(),
            vcl: Vec::new(),
        };
        let fixed = layer.fixed_pic_rate_general || r.flag("fixed_pic_rate_within_cvs_flag")?;
        if fixed {
            let duration = r.ue_max(2047, "elemental_duration_in_tc_minus1")?;
            layer.elemental_duration_in_tc_minus1 = Some(duration);
        } else {
            layer.low_delay = r.flag("low_delay_hrd_flag")?;
        }
        let count = if layer.low_delay {
            1
        } else {
            1 + r.ue_small(31, "cpb_cnt_minus1")?
        };
        for (present, entries) in [(nal, &mut layer.nal), (vcl, &mut layer.vcl)] {
            for _ in 0..if present { count } else { 0 } {
                let bit_rate_value_minus1 = r.ue("bit_rate_value_minus1")?;
                let cpb_size_value_minus1 = r.ue("cpb_size_value_minus1")?;
                if sub_pic {
                    r.ue("cpb_size_du_value_minus1")?;
                    r.ue("bit_rate_du_value_minus1")?;
                }
                let cbr_flag = r.flag("cbr_flag")?;
                entries.push(CpbEntry {
                    bit_rate_value_minus1,
                    cpb_size_value_minus1,
                    cbr_flag,
                });
            }
        }
        Ok(layer)
    }
}
