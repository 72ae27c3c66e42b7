//! What the loops do, on any processor.
//!
//! Slices that differ in length are used as far as the shortest goes.

use super::{CHUNK, Depth, Rows, Spread};
use crate::plane::Sample;

/// The upper half of a product, as vector instructions give it.
#[inline(always)]
fn high(value: i16, weight: i16) -> i16 {
    ((i32::from(value) * i32::from(weight)) >> 16) as i16
}

/// [`Rows`] that are known to have the same length.
#[derive(Clone, Copy)]
struct Aligned<'a> {
    rows: [&'a [i16]; 3],
    weights: [i16; 3],
}

impl Aligned<'_> {
    /// At one place, in a quarter of the unit of the rows. Three halves are rounded down, on
    /// average 1.5 in all; 1 is put back here.
    #[inline(always)]
    fn at(&self, x: usize) -> i16 {
        let [above, at, below] = self.rows;
        let [first, second, third] = self.weights;
        high(above[x], first)
            .wrapping_add(high(at[x], second))
            .wrapping_add(high(below[x], third))
            .wrapping_add(1)
    }
}

impl<'a> Rows<'a> {
    #[inline(always)]
    fn shortest(&self, length: usize) -> usize {
        let lengths = self.rows.map(<[i16]>::len);
        lengths.into_iter().fold(length, usize::min)
    }

    /// `length` must not be more than [`Rows::shortest`].
    #[inline(always)]
    fn aligned(&self, length: usize) -> Aligned<'a> {
        Aligned {
            rows: self.rows.map(|row| &row[..length]),
            weights: self.weights,
        }
    }
}

/// `sum / 2^shift`, rounded to the nearest.
#[inline(always)]
fn scaled(sum: i16, shift: u32) -> i16 {
    sum.wrapping_add(1 << (shift - 1)) >> shift
}

#[inline(always)]
pub(super) fn widen(cells: [i16; 3], spreads: &[Spread], out: &mut [i16]) {
    let (chunks, _) = out.as_chunks_mut::<CHUNK>();
    for (out, spread) in chunks.iter_mut().zip(spreads) {
        let mut sums = [1 << 13; CHUNK];
        for (cell, weights) in cells.iter().zip(&spread.weights) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += i32::from(*cell) * i32::from(*weight);
            }
        }
        *out = sums.map(|sum| (sum >> 14) as i16);
    }
}

#[inline(always)]
pub(super) fn blend(rows: Rows, out: &mut [i16]) {
    let length = rows.shortest(out.len());
    let (rows, out) = (rows.aligned(length), &mut out[..length]);
    for (x, out) in out.iter_mut().enumerate() {
        *out = scaled(rows.at(x), 2);
    }
}

#[inline(always)]
pub(super) fn mark<S: Sample>(rows: Rows, depth: Depth, samples: &mut [S]) {
    let length = rows.shortest(samples.len());
    let (rows, samples) = (rows.aligned(length), &mut samples[..length]);
    for (x, sample) in samples.iter_mut().enumerate() {
        *sample = sample.changed(scaled(rows.at(x), depth.shift), depth.max);
    }
}

#[inline(always)]
pub(super) fn mark_both<S: Sample>(
    rows: [Rows; 2],
    depth: Depth,
    source: &[S],
    marked: [&mut [S]; 2],
) {
    let [zero, one] = marked;
    let length = source.len().min(zero.len()).min(one.len());
    let length = rows
        .iter()
        .fold(length, |length, rows| rows.shortest(length));
    let [zero_rows, one_rows] = rows.map(|rows| rows.aligned(length));
    let (source, zero, one) = (&source[..length], &mut zero[..length], &mut one[..length]);
    for x in 0..length {
        zero[x] = source[x].changed(scaled(zero_rows.at(x), depth.shift), depth.max);
        one[x] = source[x].changed(scaled(one_rows.at(x), depth.shift), depth.max);
    }
}

#[inline(always)]
pub(super) fn measure<S: Sample>(row: &[S], below: &[S], sums: &mut [u32], steps: &mut [u32]) {
    // The last sample has none at its right.
    let length = (row.len().saturating_sub(1))
        .min(below.len())
        .min(sums.len())
        .min(steps.len());
    let Some(right) = row.get(1..=length) else {
        return;
    };
    let (row, below) = (&row[..length], &below[..length]);
    let (sums, steps) = (&mut sums[..length], &mut steps[..length]);
    for x in 0..length {
        let [sample, right, below] = [row[x], right[x], below[x]].map(Sample::value);
        sums[x] = sums[x].wrapping_add(sample);
        let difference = sample.abs_diff(right) + sample.abs_diff(below);
        steps[x] = steps[x].wrapping_add(difference);
    }
}
