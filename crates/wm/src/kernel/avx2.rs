//! The loops of [`scalar`](super::scalar), compiled for AVX2.

#![allow(unsafe_code, reason = "instructions that not every processor has")]

use super::{Depth, Rows, Spread, scalar};
use crate::plane::Sample;

/// Exists only where the processor has AVX2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Avx2(());

impl Avx2 {
    pub(super) fn detected() -> Option<Avx2> {
        is_x86_feature_detected!("avx2").then_some(Avx2(()))
    }

    pub(super) fn widen(self, cells: [i16; 3], spreads: &[Spread], out: &mut [i16]) {
        // SAFETY: AVX2 is there, or `self` would not be.
        unsafe { widen(cells, spreads, out) }
    }

    pub(super) fn blend(self, rows: Rows, out: &mut [i16]) {
        // SAFETY: AVX2 is there, or `self` would not be.
        unsafe { blend(rows, out) }
    }

    pub(super) fn mark<S: Sample>(self, rows: Rows, depth: Depth, samples: &mut [S]) {
        // SAFETY: AVX2 is there, or `self` would not be.
        unsafe { mark(rows, depth, samples) }
    }

    pub(super) fn mark_both<S: Sample>(
        self,
        rows: [Rows; 2],
        depth: Depth,
        source: &[S],
        marked: [&mut [S]; 2],
    ) {
        // SAFETY: AVX2 is there, or `self` would not be.
        unsafe { mark_both(rows, depth, source, marked) }
    }

    pub(super) fn measure<S: Sample>(
        self,
        row: &[S],
        below: &[S],
        sums: &mut [u32],
        steps: &mut [u32],
    ) {
        // SAFETY: AVX2 is there, or `self` would not be.
        unsafe { measure(row, below, sums, steps) }
    }
}

#[target_feature(enable = "avx2")]
fn widen(cells: [i16; 3], spreads: &[Spread], out: &mut [i16]) {
    scalar::widen(cells, spreads, out);
}

#[target_feature(enable = "avx2")]
fn blend(rows: Rows, out: &mut [i16]) {
    scalar::blend(rows, out);
}

#[target_feature(enable = "avx2")]
fn mark<S: Sample>(rows: Rows, depth: Depth, samples: &mut [S]) {
    scalar::mark(rows, depth, samples);
}

#[target_feature(enable = "avx2")]
fn mark_both<S: Sample>(rows: [Rows; 2], depth: Depth, source: &[S], marked: [&mut [S]; 2]) {
    scalar::mark_both(rows, depth, source, marked);
}

#[target_feature(enable = "avx2")]
fn measure<S: Sample>(row: &[S], below: &[S], sums: &mut [u32], steps: &mut [u32]) {
    scalar::measure(row, below, sums, steps);
}
