//! The hypothetical reference decoder's parameters.

use crate::Error;
use crate::bits::{BitReader, BitWriter};

/// hrd_parameters(), H.264 E.1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HrdParameters {
    /// `bit_rate_scale`.
    pub bit_rate_scale: u8,
    /// `cpb_size_scale`.
    pub cpb_size_scale: u8,
    /// One to 32 coded picture buffers.
    pub cpb: Vec<CpbEntry>,
    /// `initial_cpb_removal_delay_length_minus1`.
    pub initial_cpb_removal_delay_length_minus1: u8,
    /// `cpb_removal_delay_length_minus1`.
    pub cpb_removal_delay_length_minus1: u8,
    /// `dpb_output_delay_length_minus1`.
    pub dpb_output_delay_length_minus1: u8,
    /// `time_offset_length`.
    pub time_offset_length: u8,
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
    pub(crate) fn read(r: &mut BitReader) -> Result<HrdParameters, Error> {
        let count = 1 + r.ue_small(31, "cpb_cnt_minus1")?;
        let bit_rate_scale = r.small(4, "bit_rate_scale")?;
        let cpb_size_scale = r.small(4, "cpb_size_scale")?;
        let mut cpb = Vec::with_capacity(count.into());
        for _ in 0..count {
            cpb.push(CpbEntry {
                bit_rate_value_minus1: r.ue("bit_rate_value_minus1")?,
                cpb_size_value_minus1: r.ue("cpb_size_value_minus1")?,
                cbr_flag: r.flag("cbr_flag")?,
            });
        }
        Ok(HrdParameters {
            bit_rate_scale,
            cpb_size_scale,
            cpb,
            initial_cpb_removal_delay_length_minus1: r
                .small(5, "initial_cpb_removal_delay_length_minus1")?,
            cpb_removal_delay_length_minus1: r.small(5, "cpb_removal_delay_length_minus1")?,
            dpb_output_delay_length_minus1: r.small(5, "dpb_output_delay_length_minus1")?,
            time_offset_length: r.small(5, "time_offset_length")?,
        })
    }

    pub(crate) fn write(&self, w: &mut BitWriter) {
        w.ue(u32::try_from(self.cpb.len()).unwrap_or(1).saturating_sub(1));
        w.bits(4, self.bit_rate_scale.into());
        w.bits(4, self.cpb_size_scale.into());
        for entry in &self.cpb {
            w.ue(entry.bit_rate_value_minus1);
            w.ue(entry.cpb_size_value_minus1);
            w.flag(entry.cbr_flag);
        }
        w.bits(5, self.initial_cpb_removal_delay_length_minus1.into());
        w.bits(5, self.cpb_removal_delay_length_minus1.into());
        w.bits(5, self.dpb_output_delay_length_minus1.into());
        w.bits(5, self.time_offset_length.into());
    }
}
