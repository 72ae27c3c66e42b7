//! From a residual to coefficients, for choosing levels.
//!
//! Not part of decoding: these are the integer forms of the transposed bases of the inverse
//! transforms, each basis vector scaled to whole numbers. [`Quantiser`](super::Quantiser) says
//! how many levels a unit of each is worth.

use super::lanes::{Lanes, transposed};
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
        let (sum, difference) = (
            [even[0] + even[3], even[1] + even[2]],
            [even[0] - even[3], even[1] - even[2]],
        );
        // Vectors 1, 3, 5 and 7 are 12, 10, 6 and 3 in four orders.
        let three = odd.map(|v| v + v + v);
        let six = three.map(|v| v + v);
        let twelve = six.map(|v| v + v);
        let ten = [0, 1, 2, 3].map(|k: usize| twelve[k] - odd[k] - odd[k]);
        [
            (sum[0] + sum[1]) << 3,
            twelve[0] + ten[1] + six[2] + three[3],
            (difference[0] << 3) + (difference[1] << 2),
            ten[0] - three[1] - twelve[2] - six[3],
            (sum[0] - sum[1]) << 3,
            six[0] - twelve[1] + three[2] + ten[3],
            (difference[0] << 2) - (difference[1] << 3),
            three[0] - six[1] + ten[2] - twelve[3],
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
#[inline(always)]
fn forward<const N: usize>(
    block: &[[i32; N]; N],
    one: impl Fn([Lanes<N>; N]) -> [Lanes<N>; N],
) -> [[i32; N]; N] {
    let columns = one(transposed(block).map(Lanes)).map(|lanes| lanes.0);
    one(transposed(&columns).map(Lanes)).map(|lanes| lanes.0)
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
