//! From a residual to coefficients, for choosing levels.
//!
//! Not part of decoding: these are the integer forms of the transposed bases of the inverse
//! transforms, each basis vector scaled to whole numbers. [`Quantiser`](super::Quantiser) says
//! how many levels a unit of each is worth.

use std::num::Wrapping;

use super::{Block4x4, Block8x8};

/// The products of a 4x4 residual with its basis pictures, vectors 1 and 3 doubled.
pub fn forward_4x4(residual: &Block4x4) -> Block4x4 {
    forward(residual, |p| {
        let (a, b) = (p[0] + p[3], p[1] + p[2]);
        let (c, d) = (p[1] - p[2], p[0] - p[3]);
        [a + b, d + d + c, a - b, d - c - c]
    })
}

/// The products of an 8x8 residual with its basis pictures, vectors taken 8 times.
pub fn forward_8x8(residual: &Block8x8) -> Block8x8 {
    forward(residual, |p| {
        let even = [p[0] + p[7], p[1] + p[6], p[2] + p[5], p[3] + p[4]];
        let odd = [p[0] - p[7], p[1] - p[6], p[2] - p[5], p[3] - p[4]];
        let times = |values: [Wrapping<i32>; 4], factors: [i32; 4]| {
            let products = values.iter().zip(factors).map(|(a, b)| a * Wrapping(b));
            products.fold(Wrapping(0), |sum, product| sum + product)
        };
        [
            times(even, [8, 8, 8, 8]),
            times(odd, [12, 10, 6, 3]),
            times(even, [8, 4, -4, -8]),
            times(odd, [10, -3, -12, -6]),
            times(even, [8, -8, -8, 8]),
            times(odd, [6, -12, 3, 10]),
            times(even, [4, -8, 8, -4]),
            times(odd, [3, -6, 10, -12]),
        ]
    })
}

/// The 4x4 Hadamard transform; taken twice, 16 times what it was given.
pub fn hadamard_4x4(block: &Block4x4) -> Block4x4 {
    forward(block, |p| {
        let (a, b) = (p[0] + p[1], p[0] - p[1]);
        let (c, d) = (p[2] + p[3], p[2] - p[3]);
        [a + c, a - c, b - d, b + d]
    })
}

/// Rows, then columns.
#[inline]
fn forward<const N: usize>(
    block: &[[i32; N]; N],
    one: impl Fn([Wrapping<i32>; N]) -> [Wrapping<i32>; N],
) -> [[i32; N]; N] {
    let mut columns = [[Wrapping(0); N]; N];
    for (place, row) in block.iter().enumerate() {
        for (column, value) in columns.iter_mut().zip(one(row.map(Wrapping))) {
            column[place] = value;
        }
    }
    let mut out = [[0; N]; N];
    for (place, column) in columns.into_iter().enumerate() {
        for (row, value) in out.iter_mut().zip(one(column)) {
            row[place] = value.0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sample_answers_with_its_row_and_column_of_the_basis() {
        let mut block = [[0; 4]; 4];
        block[0][0] = 1;
        let first = [1, 2, 1, 1];
        assert_eq!(forward_4x4(&block), first.map(|v| first.map(|u| v * u)));
        assert_eq!(hadamard_4x4(&block), [[1; 4]; 4]);
        let mut block = [[0; 4]; 4];
        block[1][2] = 1;
        let (second, third) = ([1, 1, -1, -2], [1, -1, -1, 2]);
        assert_eq!(forward_4x4(&block), second.map(|v| third.map(|u| v * u)));
        // Rows of the matrix of 8.5.10: ++++, ++--, +--+, +-+-.
        let (second, third) = ([1, 1, -1, -1], [1, -1, -1, 1]);
        assert_eq!(hadamard_4x4(&block), second.map(|v| third.map(|u| v * u)));
        let mut block = [[0; 8]; 8];
        block[0][7] = 1;
        let first = [8, 12, 8, 10, 8, 6, 4, 3];
        let last = [8, -12, 8, -10, 8, -6, 4, -3];
        assert_eq!(forward_8x8(&block), first.map(|v| last.map(|u| v * u)));
    }

    #[test]
    fn a_flat_residual_has_nothing_but_dc() {
        let mut expected = [[0; 8]; 8];
        expected[0][0] = 3 * 64 * 64;
        assert_eq!(forward_8x8(&[[3; 8]; 8]), expected);
        let mut expected = [[0; 4]; 4];
        expected[0][0] = 3 * 16;
        assert_eq!(forward_4x4(&[[3; 4]; 4]), expected);
        assert_eq!(hadamard_4x4(&[[3; 4]; 4]), expected);
        forward_8x8(&[[i32::MAX; 8]; 8]);
    }
}
