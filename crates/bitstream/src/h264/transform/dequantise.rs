//! From levels to coefficients.

use super::{Block4x4, Block8x8, Scan, inverse_dc};

/// How the levels of a macroblock are scaled: its QP'Y with the scaling lists in force.
#[derive(Clone, Copy, Debug)]
pub struct Quantiser<'a> {
    pub(super) scale_4x4: &'a Block4x4,
    pub(super) scale_8x8: &'a Block8x8,
    /// QP'Y / 6.
    pub(super) octave: u32,
}

impl Quantiser<'_> {
    /// Coefficients of a 4x4 block from its levels in coding order (H.264 8.5.12.1): the whole
    /// block, or, of Intra_16x16, the 15 AC levels with the coefficient `dc` of
    /// [`dequantise_dc`](Self::dequantise_dc).
    #[inline]
    pub fn dequantise_4x4(&self, levels: &[i32], scan: Scan, dc: Option<i32>) -> Block4x4 {
        let places = scan.places_4x4();
        let mut block = [[0; 4]; 4];
        match (dc, levels.first_chunk(), levels.first_chunk()) {
            (None, Some(levels), _) => placed::<4, 16, 0>(&mut block, levels, places),
            (Some(_), _, Some(levels)) => placed::<4, 15, 1>(&mut block, levels, places),
            _ => {
                let places = places.iter().skip(usize::from(dc.is_some()));
                for (level, place) in levels.iter().zip(places) {
                    block.as_flattened_mut()[usize::from(*place) % 16] = *level;
                }
            }
        }
        scale(&mut block, self.scale_4x4, self.octave, 4);
        if let Some(dc) = dc {
            block[0][0] = dc;
        }
        block
    }

    /// Coefficients of an 8x8 block from its 64 levels in coding order (8.5.13.1).
    #[inline]
    pub fn dequantise_8x8(&self, levels: &[i32], scan: Scan) -> Block8x8 {
        let places = scan.places_8x8();
        let mut block = [[0; 8]; 8];
        match levels.first_chunk() {
            Some(levels) => placed::<8, 64, 0>(&mut block, levels, places),
            None => {
                for (level, place) in levels.iter().zip(places) {
                    block.as_flattened_mut()[usize::from(*place) % 64] = *level;
                }
            }
        }
        scale(&mut block, self.scale_8x8, self.octave, 6);
        block
    }

    /// The coefficient of a 4x4 block at this row and column that one level gives.
    #[inline]
    pub fn coefficient_4x4(&self, level: i32, (row, column): (usize, usize)) -> i32 {
        let scale = self.scale_4x4[row % 4][column % 4];
        scaled(level.wrapping_mul(scale), self.octave, 4)
    }

    /// As [`coefficient_4x4`](Self::coefficient_4x4), of an 8x8 block.
    #[inline]
    pub fn coefficient_8x8(&self, level: i32, (row, column): (usize, usize)) -> i32 {
        let scale = self.scale_8x8[row % 8][column % 8];
        scaled(level.wrapping_mul(scale), self.octave, 6)
    }

    /// The DC coefficients of the 16 blocks of an Intra_16x16 macroblock, where they lie in it,
    /// from the DC levels in coding order (8.5.10).
    pub fn dequantise_dc(&self, levels: &[i32], scan: Scan) -> Block4x4 {
        let mut block = [[0; 4]; 4];
        let coefficients = block.as_flattened_mut();
        for (level, place) in levels.iter().zip(scan.places_4x4()) {
            coefficients[usize::from(*place)] = *level;
        }
        let mut block = inverse_dc(&block);
        for value in block.as_flattened_mut() {
            *value = scaled(value.wrapping_mul(self.scale_4x4[0][0]), self.octave, 6);
        }
        block
    }

    /// For each coefficient of a 4x4 block, in rows: how many levels one unit of
    /// [`forward_4x4`](super::forward_4x4) of a residual is worth.
    pub fn levels_4x4(&self) -> [[f32; 4]; 4] {
        // A level adds scale * 2^(octave - 4) / 64 times the basis picture of its coefficient;
        // the forward transform answers a basis picture with 16, 10 or 20 by 1, 1/2 of it.
        const NORMS: [f32; 4] = [4.0, 5.0, 4.0, 5.0];
        let unit = 1024.0 / (1u32 << self.octave) as f32;
        std::array::from_fn(|row| {
            std::array::from_fn(|column| {
                unit / (NORMS[row] * NORMS[column] * self.scale_4x4[row][column].max(1) as f32)
            })
        })
    }

    /// As [`levels_4x4`](Self::levels_4x4), of an 8x8 block and
    /// [`forward_8x8`](super::forward_8x8).
    pub fn levels_8x8(&self) -> [[f32; 8]; 8] {
        // Squared length of a basis vector, times the 8 by which the forward transform is larger.
        const NORMS: [f32; 8] = [64.0, 72.25, 40.0, 72.25, 64.0, 72.25, 40.0, 72.25];
        let unit = 4096.0 / (1u32 << self.octave) as f32;
        std::array::from_fn(|row| {
            std::array::from_fn(|column| {
                unit / (NORMS[row] * NORMS[column] * self.scale_8x8[row][column].max(1) as f32)
            })
        })
    }

    /// How many Intra_16x16 DC levels one unit is worth of
    /// [`hadamard_4x4`](super::hadamard_4x4) over the sums of the 16 blocks of a residual.
    pub fn levels_dc(&self) -> f32 {
        // A sum is 16 samples, a sample 64 units of a coefficient; the transform taken twice is
        // 16 times what it was given.
        let unit = 4096.0 / (256.0 * (1u32 << self.octave) as f32);
        unit / self.scale_4x4[0][0].max(1) as f32
    }
}

/// Puts levels where they belong, from the place of number `FIRST` on. Their count is known, so that
/// the loop is none.
#[inline(always)]
fn placed<const N: usize, const COUNT: usize, const FIRST: usize>(
    block: &mut [[i32; N]; N],
    levels: &[i32; COUNT],
    places: &[u8],
) {
    let block = block.as_flattened_mut();
    for (level, place) in levels.iter().zip(places.iter().skip(FIRST)) {
        if let Some(to) = block.get_mut(usize::from(*place)) {
            *to = *level;
        }
    }
}

/// All levels of a block as coefficients, zeros included: to ask for them costs more.
#[inline(always)]
fn scale<const N: usize>(
    block: &mut [[i32; N]; N],
    scales: &[[i32; N]; N],
    octave: u32,
    shift: u32,
) {
    let values = block.as_flattened_mut().iter_mut();
    let values = values.zip(scales.as_flattened());
    match octave.checked_sub(shift) {
        Some(left) => values.for_each(|(value, scale)| {
            *value = value.wrapping_mul(*scale).wrapping_shl(left);
        }),
        None => {
            let right = shift - octave;
            values.for_each(|(value, scale)| {
                let product = value.wrapping_mul(*scale);
                *value = product.wrapping_add(1 << (right - 1)) >> right;
            });
        }
    }
}

/// `product * 2^(octave - shift)`, rounded where that divides.
fn scaled(product: i32, octave: u32, shift: u32) -> i32 {
    match octave.checked_sub(shift) {
        Some(left) => product.wrapping_shl(left),
        None => {
            let right = shift - octave;
            product.wrapping_add(1 << (right - 1)) >> right
        }
    }
}

/// QPY of a macroblock from that of the macroblock before it in its slice and `mb_qp_delta`
/// (H.264 7-37); `bit_depth_luma_minus8` widens the range downwards.
pub fn next_luma_qp(qp: i32, mb_qp_delta: i32, bit_depth_luma_minus8: u8) -> i32 {
    let offset = 6 * i32::from(bit_depth_luma_minus8);
    let sum = qp.wrapping_add(mb_qp_delta).wrapping_add(offset);
    sum.rem_euclid(52 + offset) - offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::h264::transform::{
        LevelScale, forward_4x4, forward_8x8, hadamard_4x4, inverse_4x4, inverse_8x8,
    };

    fn flat() -> LevelScale {
        LevelScale::new(&[16; 16], &[16; 64])
    }

    #[test]
    fn coarse_quantisers_shift_left_and_fine_ones_round() {
        let scale = flat();
        // QP 28: octave 4, phase 4, 16 * 16 by one, not shifted.
        assert_eq!(
            scale.quantiser(28).dequantise_4x4(&[1], Scan::Frame, None)[0][0],
            256
        );
        assert_eq!(
            scale.quantiser(34).dequantise_4x4(&[-1], Scan::Frame, None)[0][0],
            -512
        );
        // QP 0: (160 * 1 + 8) >> 4 = 10 and (208 * -1 + 8) >> 4 = -12.5 = -13.
        let block = scale
            .quantiser(0)
            .dequantise_4x4(&[1, -1], Scan::Frame, None);
        assert_eq!(block[0][..2], [10, -13]);
        // 8x8 at QP 0: (320 + 32) >> 6 = 5; at QP 36: 320.
        assert_eq!(
            scale.quantiser(0).dequantise_8x8(&[1], Scan::Frame)[0][0],
            5
        );
        assert_eq!(
            scale.quantiser(36).dequantise_8x8(&[1], Scan::Frame)[0][0],
            320
        );
    }

    #[test]
    fn ac_levels_start_at_the_second_place_of_their_scan() {
        let scale = flat();
        let quantiser = scale.quantiser(28);
        let block = quantiser.dequantise_4x4(&[1, 0, 2], Scan::Field, Some(77));
        assert_eq!((block[0][0], block[1][0], block[2][0]), (77, 320, 512));
        // More levels than places are not looked at.
        quantiser.dequantise_4x4(&[1; 99], Scan::Frame, Some(0));
    }

    #[test]
    fn one_level_of_dc_reaches_every_block() {
        // QP 28: (1 * 256 + 2) >> 2 = 64: one grey level in every sample.
        let scale = flat();
        let quantiser = scale.quantiser(28);
        assert_eq!(quantiser.dequantise_dc(&[1], Scan::Frame), [[64; 4]; 4]);
        let block = quantiser.dequantise_dc(&[0, 1], Scan::Frame);
        assert_eq!(block, [[64, 64, -64, -64]; 4]);
        let block = quantiser.dequantise_dc(&[0, 1], Scan::Field);
        assert_eq!(block, [[64; 4], [64; 4], [-64; 4], [-64; 4]]);
    }

    #[test]
    fn qp_wraps_within_its_range() {
        assert_eq!(next_luma_qp(26, 3, 0), 29);
        assert_eq!(next_luma_qp(50, 3, 0), 1);
        assert_eq!(next_luma_qp(1, -3, 0), 50);
        assert_eq!(next_luma_qp(1, -3, 2), -2);
        assert_eq!(next_luma_qp(-12, -1, 2), 51);
        assert_eq!(next_luma_qp(51, 1, 2), -12);
    }

    #[test]
    fn the_forward_transform_counts_the_levels_of_a_residual() {
        // At a quantiser whose steps are whole and large the rounding of samples does not count.
        let list = std::array::from_fn(|k| 10 + 2 * k as u8);
        let list_8x8 = std::array::from_fn(|k| 10 + k as u8);
        let scale = LevelScale::new(&list, &list_8x8);
        let quantiser = scale.quantiser(46);
        for place in 0..64 {
            for level in [-2, 1, 3] {
                let mut levels = [0; 64];
                levels[place] = level;
                let (row, column) = {
                    let at = usize::from(Scan::Frame.places_8x8()[place]);
                    (at / 8, at % 8)
                };
                let residual = inverse_8x8(&quantiser.dequantise_8x8(&levels, Scan::Frame));
                let found = forward_8x8(&residual)[row][column] as f32
                    * quantiser.levels_8x8()[row][column];
                assert!(
                    (found - level as f32).abs() < 0.05,
                    "{place}: {found} {level}"
                );
                if place >= 16 {
                    continue;
                }
                let at = usize::from(Scan::Frame.places_4x4()[place]);
                let (row, column) = (at / 4, at % 4);
                let block = quantiser.dequantise_4x4(&levels, Scan::Frame, None);
                let residual = inverse_4x4(&block);
                let found = forward_4x4(&residual)[row][column] as f32
                    * quantiser.levels_4x4()[row][column];
                assert!(
                    (found - level as f32).abs() < 0.05,
                    "{place}: {found} {level}"
                );
                // The same of the DC levels: residuals are flat in each block.
                let dc = quantiser.dequantise_dc(&levels[..16], Scan::Frame);
                let sums = dc.map(|row| row.map(|dc| 16 * ((dc + 32) >> 6)));
                let found = hadamard_4x4(&sums)[row][column] as f32 * quantiser.levels_dc();
                assert!(
                    (found - level as f32).abs() < 0.05,
                    "{place}: {found} {level}"
                );
            }
        }
    }
}
