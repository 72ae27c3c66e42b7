//! The same arithmetic on all columns of a block at once.

use std::array::from_fn;
use std::ops::{Add, Shl, Shr, Sub};

/// A row of values; what is done to it is done to each, wrapping. The compiler makes vector
/// instructions of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes<const N: usize>(pub(super) [i32; N]);

impl<const N: usize> Add for Lanes<N> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Lanes(from_fn(|lane| self.0[lane].wrapping_add(other.0[lane])))
    }
}

impl<const N: usize> Sub for Lanes<N> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Lanes(from_fn(|lane| self.0[lane].wrapping_sub(other.0[lane])))
    }
}

impl<const N: usize> Shr<u32> for Lanes<N> {
    type Output = Self;

    #[inline(always)]
    fn shr(self, count: u32) -> Self {
        Lanes(from_fn(|lane| self.0[lane] >> count))
    }
}

impl<const N: usize> Shl<u32> for Lanes<N> {
    type Output = Self;

    #[inline(always)]
    fn shl(self, count: u32) -> Self {
        Lanes(from_fn(|lane| self.0[lane] << count))
    }
}

/// Columns as rows.
#[inline(always)]
pub(super) fn transposed<const N: usize>(block: &[[i32; N]; N]) -> [[i32; N]; N] {
    from_fn(|row| from_fn(|column| block[column][row]))
}
