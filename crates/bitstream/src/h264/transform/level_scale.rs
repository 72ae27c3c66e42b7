//! What one level is worth, by coefficient and quantiser.

use super::{Block4x4, Block8x8, Quantiser, ScalingLists, Scan};
use crate::h264::{Pps, Sps};

/// `LevelScale4x4` and `LevelScale8x8` of luma in intra macroblocks, H.264 8.5.9, by QP'Y modulo 6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelScale {
    of_4x4: [Block4x4; 6],
    of_8x8: [Block8x8; 6],
}

impl LevelScale {
    /// Of the pictures that use these parameter sets.
    pub fn intra_luma(sps: &Sps, pps: &Pps) -> LevelScale {
        let lists = ScalingLists::of(sps, pps);
        LevelScale::new(&lists.of_4x4[0], &lists.of_8x8[0])
    }

    /// From the scaling lists of 4x4 and 8x8 blocks, in zig-zag order.
    pub fn new(list_4x4: &[u8; 16], list_8x8: &[u8; 64]) -> LevelScale {
        let mut scale = LevelScale {
            of_4x4: [[[0; 4]; 4]; 6],
            of_8x8: [[[0; 8]; 8]; 6],
        };
        // Scaling lists are in zig-zag order in fields as well.
        let (places_4x4, places_8x8) = (Scan::Frame.places_4x4(), Scan::Frame.places_8x8());
        for (block, norm) in scale.of_4x4.iter_mut().zip(&NORM_4X4) {
            for (weight, place) in list_4x4.iter().zip(places_4x4) {
                let (row, column) = (usize::from(place / 4), usize::from(place % 4));
                let kind = match (row % 2, column % 2) {
                    (0, 0) => 0,
                    (1, 1) => 1,
                    _ => 2,
                };
                block[row][column] = i32::from(*weight) * norm[kind];
            }
        }
        for (block, norm) in scale.of_8x8.iter_mut().zip(&NORM_8X8) {
            for (weight, place) in list_8x8.iter().zip(places_8x8) {
                let (row, column) = (usize::from(place / 8), usize::from(place % 8));
                let kind = match (row % 4, column % 4) {
                    (0, 0) => 0,
                    (1 | 3, 1 | 3) => 1,
                    (2, 2) => 2,
                    (0, 1 | 3) | (1 | 3, 0) => 3,
                    (0, 2) | (2, 0) => 4,
                    _ => 5,
                };
                block[row][column] = i32::from(*weight) * norm[kind];
            }
        }
        scale
    }

    /// The quantiser of a macroblock with QP'Y (0 to 87; a greater one counts as 87): QPY plus
    /// 6 for each bit of depth above 8.
    pub fn quantiser(&self, qp: u8) -> Quantiser<'_> {
        let qp = qp.min(87);
        let phase = usize::from(qp % 6);
        Quantiser {
            scale_4x4: &self.of_4x4[phase],
            scale_8x8: &self.of_8x8[phase],
            octave: u32::from(qp / 6),
        }
    }
}

/// normAdjust4x4: both indices even, both odd, others.
const NORM_4X4: [[i32; 3]; 6] = [
    [10, 16, 13],
    [11, 18, 14],
    [13, 20, 16],
    [14, 23, 18],
    [16, 25, 20],
    [18, 29, 23],
];

/// normAdjust8x8, in the order of the conditions of 8.5.9.
const NORM_8X8: [[i32; 6]; 6] = [
    [20, 18, 32, 19, 25, 24],
    [22, 19, 35, 21, 28, 26],
    [26, 23, 42, 24, 33, 31],
    [28, 25, 45, 26, 35, 33],
    [32, 28, 51, 30, 40, 38],
    [36, 32, 58, 34, 46, 43],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_lists_scale_by_16() {
        let scale = LevelScale::new(&[16; 16], &[16; 64]);
        assert_eq!(scale.of_4x4[0][0], [160, 208, 160, 208]);
        assert_eq!(scale.of_4x4[5][1], [368, 464, 368, 464]);
        let row = [320, 304, 400, 304, 320, 304, 400, 304];
        assert_eq!(scale.of_8x8[0][0], row);
        let row = [400, 384, 512, 384, 400, 384, 512, 384];
        assert_eq!(scale.of_8x8[0][2], row);
    }

    #[test]
    fn lists_are_spread_in_zig_zag_order() {
        let mut list = [16; 16];
        // The third value of a zig-zag is in the second row.
        list[2] = 17;
        let scale = LevelScale::new(&list, &[16; 64]);
        assert_eq!(scale.of_4x4[0][1][0], 17 * 13);
        assert_eq!(scale.of_4x4[0][0][1], 16 * 13);
    }
}
