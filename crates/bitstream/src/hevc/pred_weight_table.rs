//! Weights of prediction.

use super::Sps;
use crate::Error;
use crate::bits::BitReader;

/// pred_weight_table(), H.265 7.3.6.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredWeightTable {
    /// `luma_log2_weight_denom`, 0 to 7.
    pub luma_log2_weight_denom: u8,
    /// `delta_chroma_log2_weight_denom`; `None` without chroma.
    pub delta_chroma_log2_weight_denom: Option<i8>,
    /// The entries of lists 0 and 1.
    pub weights: [Vec<PredWeight>; 2],
}

/// Weight and offset of one reference, as coded; `None` where its flag is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PredWeight {
    /// `delta_luma_weight` and `luma_offset`.
    pub luma: Option<(i16, i32)>,
    /// `delta_chroma_weight` and `delta_chroma_offset`, of Cb and Cr.
    pub chroma: Option<[(i16, i32); 2]>,
}

impl PredWeightTable {
    pub(crate) fn read(
        r: &mut BitReader,
        active_minus1: [Option<u8>; 2],
        sps: &Sps,
    ) -> Result<PredWeightTable, Error> {
        let chroma = sps.chroma_array_type() != 0;
        let luma_log2_weight_denom = r.ue_small(7, "luma_log2_weight_denom")?;
        let delta_chroma_log2_weight_denom = match chroma {
            true => Some(r.se_range(-7, 7, "delta_chroma_log2_weight_denom")? as i8),
            false => None,
        };
        let precise = sps
            .range_extension
            .is_some_and(|range| range.high_precision_offsets_enabled);
        let half = |depth: u8| 1i32 << (if precise { depth.clamp(8, 16) - 1 } else { 7 });
        let halves = (half(sps.bit_depth_luma()), half(sps.bit_depth_chroma()));
        let mut weights = [Vec::new(), Vec::new()];
        for (list, count) in weights.iter_mut().zip(active_minus1) {
            let Some(minus1) = count else { continue };
            let count = usize::from(minus1) + 1;
            let mut luma = Vec::with_capacity(count);
            for _ in 0..count {
                luma.push(r.flag("luma_weight_flag")?);
            }
            let mut with_chroma = vec![false; count];
            for flag in with_chroma.iter_mut().filter(|_| chroma) {
                *flag = r.flag("chroma_weight_flag")?;
            }
            for (luma, chroma) in luma.into_iter().zip(with_chroma) {
                list.push(PredWeight::read(r, luma, chroma, halves)?);
            }
        }
        Ok(PredWeightTable {
            luma_log2_weight_denom,
            delta_chroma_log2_weight_denom,
            weights,
        })
    }
}

impl PredWeight {
    /// `halves`: half the range of offsets, of luma and chroma.
    fn read(
        r: &mut BitReader,
        luma: bool,
        chroma: bool,
        halves: (i32, i32),
    ) -> Result<PredWeight, Error> {
        let mut entry = PredWeight::default();
        if luma {
            let weight = r.se_range(-128, 127, "delta_luma_weight")? as i16;
            let offset = r.se_range(-halves.0, halves.0 - 1, "luma_offset")?;
            entry.luma = Some((weight, offset));
        }
        if chroma {
            let mut pairs = [(0, 0); 2];
            for pair in &mut pairs {
                pair.0 = r.se_range(-128, 127, "delta_chroma_weight")? as i16;
                let (min, max) = (-4 * halves.1, 4 * halves.1 - 1);
                pair.1 = r.se_range(min, max, "delta_chroma_offset")?;
            }
            entry.chroma = Some(pairs);
        }
        Ok(entry)
    }
}
