//! Scaling lists.

use crate::Error;
use crate::bits::BitReader;

/// scaling_list_data(), H.265 7.3.4: six lists for each of 4x4, 8x8 and 16x16, two for 32x32.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalingListData {
    /// By size, then by matrix (for 32x32, matrices 0 and 3).
    pub lists: Vec<ScalingList>,
}

/// One scaling list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScalingList {
    /// As an earlier list of its size, or as the default for 0.
    Predicted {
        /// `scaling_list_pred_matrix_id_delta`.
        matrix_id_delta: u8,
    },
    /// By its differences.
    Explicit {
        /// `scaling_list_dc_coef_minus8`, of 16x16 and 32x32.
        dc_coef_minus8: Option<i16>,
        /// `scaling_list_delta_coef`, 16 or 64.
        delta_coef: Vec<i8>,
    },
}

impl ScalingListData {
    pub(crate) fn read(r: &mut BitReader) -> Result<ScalingListData, Error> {
        let mut lists = Vec::with_capacity(20);
        for size_id in 0..4u8 {
            let step = if size_id == 3 { 3 } else { 1 };
            for matrix_id in (0..6u8).step_by(step) {
                lists.push(ScalingList::read(r, size_id, matrix_id)?);
            }
        }
        Ok(ScalingListData { lists })
    }
}

impl ScalingList {
    fn read(r: &mut BitReader, size_id: u8, matrix_id: u8) -> Result<ScalingList, Error> {
        if !r.flag("scaling_list_pred_mode_flag")? {
            let most = if size_id == 3 {
                matrix_id / 3
            } else {
                matrix_id
            };
            let matrix_id_delta = r.ue_small(most, "scaling_list_pred_matrix_id_delta")?;
            return Ok(ScalingList::Predicted { matrix_id_delta });
        }
        let dc_coef_minus8 = if size_id > 1 {
            Some(r.se_range(-7, 247, "scaling_list_dc_coef_minus8")? as i16)
        } else {
            None
        };
        let count = if size_id == 0 { 16 } else { 64 };
        let mut delta_coef = Vec::with_capacity(count);
        for _ in 0..count {
            delta_coef.push(r.se_range(-128, 127, "scaling_list_delta_coef")? as i8);
        }
        Ok(ScalingList::Explicit {
            dc_coef_minus8,
            delta_coef,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::BitWriter;

    #[test]
    fn there_are_six_lists_of_three_sizes_and_two_of_the_largest() {
        let mut w = BitWriter::new();
        for _ in 0..20 {
            w.flag(false);
            w.ue(0);
        }
        let bytes = w.into_bytes();
        let mut r = BitReader::new("test", &bytes);
        let data = ScalingListData::read(&mut r).unwrap();
        assert_eq!((data.lists.len(), r.left()), (20, 0));
    }

    #[test]
    fn lists_of_the_larger_sizes_have_a_dc_coefficient() {
        let mut w = BitWriter::new();
        for place in 0..20 {
            w.flag(true);
            if place >= 12 {
                w.se(8);
            }
            (0..if place < 6 { 16 } else { 64 }).for_each(|_| w.se(1));
        }
        let bits = w.position();
        let bytes = w.into_bytes();
        let mut r = BitReader::new("test", &bytes);
        let data = ScalingListData::read(&mut r).unwrap();
        assert_eq!(r.position(), bits);
        let small = ScalingList::Explicit {
            dc_coef_minus8: None,
            delta_coef: vec![1; 16],
        };
        let large = ScalingList::Explicit {
            dc_coef_minus8: Some(8),
            delta_coef: vec![1; 64],
        };
        assert_eq!((&data.lists[0], &data.lists[19]), (&small, &large));
    }

    #[test]
    fn a_list_is_not_predicted_from_a_later_one() {
        // The second list refers two back.
        let mut w = BitWriter::new();
        w.bits(2, 0b01);
        w.flag(false);
        w.ue(2);
        let bytes = w.into_bytes();
        let error = ScalingListData::read(&mut BitReader::new("test", &bytes)).unwrap_err();
        let text = "test at bit 3: scaling_list_pred_matrix_id_delta: is 2, expected 0 to 1";
        assert_eq!(error.to_string(), text);
    }
}
