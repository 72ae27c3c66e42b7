//! Weights of prediction.

use crate::Error;
use crate::bits::BitReader;

/// pred_weight_table(), H.264 7.3.3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredWeightTable {
    /// `luma_log2_weight_denom`, 0 to 7.
    pub luma_log2_weight_denom: u8,
    /// `chroma_log2_weight_denom`, 0 to 7; `None` without chroma.
    pub chroma_log2_weight_denom: Option<u8>,
    /// The entries of lists 0 and 1.
    pub weights: [Vec<PredWeight>; 2],
}

/// Weight and offset of one reference; `None` where its flag is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PredWeight {
    /// Luma: weight, offset.
    pub luma: Option<(i16, i16)>,
    /// Cb and Cr: weight, offset.
    pub chroma: Option<[(i16, i16); 2]>,
}

impl PredWeightTable {
    pub(super) fn read(
        r: &mut BitReader,
        active_minus1: [Option<u8>; 2],
        chroma: bool,
    ) -> Result<PredWeightTable, Error> {
        let luma_log2_weight_denom = r.ue_small(7, "luma_log2_weight_denom")?;
        let chroma_log2_weight_denom = if chroma {
            Some(r.ue_small(7, "chroma_log2_weight_denom")?)
        } else {
            None
        };
        let mut weights = [Vec::new(), Vec::new()];
        for (list, count) in weights.iter_mut().zip(active_minus1) {
            for _ in 0..count.map_or(0, |minus1| u32::from(minus1) + 1) {
                list.push(PredWeight::read(r, chroma)?);
            }
        }
        Ok(PredWeightTable {
            luma_log2_weight_denom,
            chroma_log2_weight_denom,
            weights,
        })
    }
}

impl PredWeight {
    fn read(r: &mut BitReader, with_chroma: bool) -> Result<PredWeight, Error> {
        let mut entry = PredWeight::default();
        if r.flag("luma_weight_flag")? {
            let weight = r.se_range(-128, 127, "luma_weight")? as i16;
            entry.luma = Some((weight, r.se_range(-128, 127, "luma_offset")? as i16));
        }
        if with_chroma && r.flag("chroma_weight_flag")? {
            let mut pairs = [(0, 0); 2];
            for pair in &mut pairs {
                pair.0 = r.se_range(-128, 127, "chroma_weight")? as i16;
                pair.1 = r.se_range(-128, 127, "chroma_offset")? as i16;
            }
            entry.chroma = Some(pairs);
        }
        Ok(entry)
    }
}
