//! From coefficients to residual samples.

use super::lanes::{Lanes, transposed};
use super::{Block4x4, Block8x8, hadamard_4x4};

/// The residual of a 4x4 block of scaled coefficients, H.264 8.5.12.2.
#[inline]
pub fn inverse_4x4(coefficients: &Block4x4) -> Block4x4 {
    inverse(coefficients, |d| {
        let (e, f) = (d[0] + d[2], d[0] - d[2]);
        let (g, h) = ((d[1] >> 1) - d[3], d[1] + (d[3] >> 1));
        [e + h, f + g, f - g, e - h]
    })
}

/// The residual of an 8x8 block of scaled coefficients, H.264 8.5.13.2.
#[inline]
pub fn inverse_8x8(coefficients: &Block8x8) -> Block8x8 {
    inverse(coefficients, |d| {
        let a = [
            d[0] + d[4],
            d[5] - d[3] - d[7] - (d[7] >> 1),
            d[0] - d[4],
            d[1] + d[7] - d[3] - (d[3] >> 1),
            (d[2] >> 1) - d[6],
            d[7] - d[1] + d[5] + (d[5] >> 1),
            d[2] + (d[6] >> 1),
            d[3] + d[5] + d[1] + (d[1] >> 1),
        ];
        let b = [
            a[0] + a[6],
            a[1] + (a[7] >> 2),
            a[2] + a[4],
            a[3] + (a[5] >> 2),
            a[2] - a[4],
            (a[3] >> 2) - a[5],
            a[0] - a[6],
            a[7] - (a[1] >> 2),
        ];
        [
            b[0] + b[7],
            b[2] + b[5],
            b[4] + b[3],
            b[6] + b[1],
            b[6] - b[1],
            b[4] - b[3],
            b[2] - b[5],
            b[0] - b[7],
        ]
    })
}

/// The transform of Intra_16x16 DC levels, before scaling, H.264 8.5.10.
#[inline]
pub fn inverse_dc(levels: &Block4x4) -> Block4x4 {
    hadamard_4x4(levels)
}

/// Rows, then columns, then rounded from 1/64.
#[inline(always)]
fn inverse<const N: usize>(
    block: &[[i32; N]; N],
    one: impl Fn([Lanes<N>; N]) -> [Lanes<N>; N],
) -> [[i32; N]; N] {
    // Many blocks have DC alone, and of that every basis value is 1.
    if let [dc, ac @ ..] = block.as_flattened()
        && ac.iter().fold(0, |all, coefficient| all | coefficient) == 0
    {
        return [[dc.wrapping_add(32) >> 6; N]; N];
    }
    let columns = one(transposed(block).map(Lanes)).map(|lanes| lanes.0);
    one(transposed(&columns).map(Lanes))
        .map(|lanes| lanes.0.map(|value| value.wrapping_add(32) >> 6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The basis of 8.5.12.2 as a matrix, one vector for each coefficient, in halves.
    const BASIS_4: [[i32; 4]; 4] = [[2, 2, 2, 2], [2, 1, -1, -2], [2, -2, -2, 2], [1, -2, 2, -1]];

    /// The basis of 8.5.13.2 in eighths.
    const BASIS_8: [[i32; 8]; 8] = [
        [8, 8, 8, 8, 8, 8, 8, 8],
        [12, 10, 6, 3, -3, -6, -10, -12],
        [8, 4, -4, -8, -8, -4, 4, 8],
        [10, -3, -12, -6, 6, 12, 3, -10],
        [8, -8, -8, 8, 8, -8, -8, 8],
        [6, -12, 3, 10, -10, -3, 12, -6],
        [4, -8, 8, -4, -4, 8, -8, 4],
        [3, -6, 10, -12, 12, -10, 6, -3],
    ];

    /// The sum over the basis, exact in multiples of 1/unit^2.
    fn by_matrix<const N: usize>(block: &[[i32; N]; N], basis: &[[i32; N]; N]) -> [[i64; N]; N] {
        let mut out = [[0; N]; N];
        for (y, row) in out.iter_mut().enumerate() {
            for (x, value) in row.iter_mut().enumerate() {
                for v in 0..N {
                    for u in 0..N {
                        let product = i64::from(basis[v][y]) * i64::from(basis[u][x]);
                        *value += i64::from(block[v][u]) * product;
                    }
                }
            }
        }
        out
    }

    #[test]
    fn a_dc_coefficient_makes_a_flat_block() {
        for (dc, sample) in [(64, 1), (31, 0), (32, 1), (-32, 0), (-33, -1), (6400, 100)] {
            let mut block = [[0; 4]; 4];
            block[0][0] = dc;
            assert_eq!(inverse_4x4(&block), [[sample; 4]; 4]);
            let mut block = [[0; 8]; 8];
            block[0][0] = dc;
            assert_eq!(inverse_8x8(&block), [[sample; 8]; 8]);
        }
    }

    #[test]
    fn halves_are_cut_before_they_are_added() {
        // Row: d1 = 3 gives 3, 1, -1, -3 (3 >> 1 is 1); all columns equal but for that.
        let mut block = [[0; 4]; 4];
        block[0] = [0, 3 * 64, 0, 0];
        assert_eq!(inverse_4x4(&block), [[3, 2, -1, -3]; 4]);
        // 33 >> 1 = 16 of 64: without cutting 16.5 + 16 = 32.5, with it 32 + ...
        block[0] = [16, 33, 0, 0];
        // 49, 32, 0, -17 and 32 more, by 64.
        assert_eq!(inverse_4x4(&block), [[1, 1, 0, 0]; 4]);
        block[0] = [15, 33, 0, 0];
        // 48, 31, -1, -18.
        assert_eq!(inverse_4x4(&block), [[1, 0, 0, 0]; 4]);
    }

    proptest! {
        #[test]
        fn inverse_is_the_sum_over_the_basis_within_the_cut_bits(
            values in proptest::collection::vec(-20_000..20_000i32, 64),
        ) {
            let mut block = [[0; 4]; 4];
            block.as_flattened_mut().copy_from_slice(&values[..16]);
            for (found, exact) in inverse_4x4(&block).as_flattened().iter()
                .zip(by_matrix(&block, &BASIS_4).as_flattened())
            {
                let exact = *exact as f64 / (4.0 * 64.0);
                // Cutting loses less than 4 of 64 in each direction.
                prop_assert!((f64::from(*found) - exact).abs() <= 0.5 + 8.0 / 64.0);
            }
            let mut block = [[0; 8]; 8];
            block.as_flattened_mut().copy_from_slice(&values);
            for (found, exact) in inverse_8x8(&block).as_flattened().iter()
                .zip(by_matrix(&block, &BASIS_8).as_flattened())
            {
                let exact = *exact as f64 / (64.0 * 64.0);
                prop_assert!((f64::from(*found) - exact).abs() <= 0.5 + 40.0 / 64.0);
            }
        }

        #[test]
        fn inverse_of_multiples_is_exact(
            values in proptest::collection::vec(-300..300i32, 64),
        ) {
            // Multiples of 64 lose nothing to the halves and quarters.
            let mut block = [[0; 4]; 4];
            block.as_flattened_mut().copy_from_slice(&values[..16]);
            let scaled = block.map(|row| row.map(|value| value * 64));
            let exact = by_matrix(&block, &BASIS_4);
            let exact = exact.map(|row| row.map(|value| (value + 2).div_euclid(4) as i32));
            prop_assert_eq!(inverse_4x4(&scaled), exact);
            let mut block = [[0; 8]; 8];
            block.as_flattened_mut().copy_from_slice(&values);
            let scaled = block.map(|row| row.map(|value| value * 64));
            let exact = by_matrix(&block, &BASIS_8);
            let exact = exact.map(|row| row.map(|value| (value + 32).div_euclid(64) as i32));
            prop_assert_eq!(inverse_8x8(&scaled), exact);
        }

        #[test]
        fn any_coefficients_give_a_block(values in any::<[i32; 32]>()) {
            let mut block = [[0; 8]; 8];
            block.as_flattened_mut()[..32].copy_from_slice(&values);
            inverse_8x8(&block);
            let mut block = [[0; 4]; 4];
            block.as_flattened_mut().copy_from_slice(&values[..16]);
            inverse_dc(&inverse_4x4(&block));
        }
    }
}
