//! The loops that touch every sample.
//!
//! [`scalar`] is the definition: plain loops over slices, shaped so that a compiler can use
//! vectors. [`avx2`] is the same source compiled for processors that have AVX2; hand-written
//! instructions have to pay for themselves in a bench row first. Tests compare every level with
//! `scalar`.
//!
//! Everything is done in whole numbers, so that levels agree to the bit.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod scalar;

use crate::plane::Sample;

/// Which instructions are used. All give the same samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
}

impl Level {
    /// What every processor of the platform has.
    pub const SCALAR: Level = Level(Kind::Scalar);

    /// The fastest one that this processor has.
    pub fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = avx2::Avx2::detected() {
            return Level(Kind::Avx2(avx2));
        }
        Level::SCALAR
    }
}

/// As many samples as [`widen`] makes at once.
pub(crate) const CHUNK: usize = 16;

/// How three cells become [`CHUNK`] samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// Parts of 2^14, for each cell and sample.
    pub(crate) weights: [[i16; CHUNK]; 3],
}

/// Three rows of what is added, and how much of each: one row of samples lies between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    /// In 1/4096.
    pub(crate) rows: [&'a [i16]; 3],
    /// Not negative, 2^14 together.
    pub(crate) weights: [i16; 3],
}

/// How a sum of [`Rows`] becomes a change of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Depth {
    /// Binary digits that the sum has more than samples.
    shift: u32,
    /// The largest sample.
    pub(crate) max: i32,
}

impl Depth {
    /// Of samples of so many bits: the sum is in 1/1024 of a grey level of 8 bits.
    ///
    /// Fewer than 8 bits are taken for 8, more than 16 for 16.
    pub(crate) fn new(bits: u8) -> Depth {
        let bits = u32::from(bits.clamp(8, 16));
        Depth {
            shift: 18 - bits,
            max: (1 << bits) - 1,
        }
    }
}

/// Sets chunks of `out` to what `spreads` make of three cells.
pub(crate) fn widen(level: Level, cells: [i16; 3], spreads: &[Spread], out: &mut [i16]) {
    match level.0 {
        Kind::Scalar => scalar::widen(cells, spreads, out),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2(avx2) => avx2.widen(cells, spreads, out),
    }
}

/// Sets `out` to the sum of `rows`, in 1/256.
pub(crate) fn blend(level: Level, rows: Rows, out: &mut [i16]) {
    match level.0 {
        Kind::Scalar => scalar::blend(rows, out),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2(avx2) => avx2.blend(rows, out),
    }
}

/// Adds `rows` to `samples`.
pub(crate) fn mark<S: Sample>(level: Level, rows: Rows, depth: Depth, samples: &mut [S]) {
    match level.0 {
        Kind::Scalar => scalar::mark(rows, depth, samples),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2(avx2) => avx2.mark(rows, depth, samples),
    }
}

/// Sets `marked` to `source` and what either of `rows` adds to it.
pub(crate) fn mark_both<S: Sample>(
    level: Level,
    rows: [Rows; 2],
    depth: Depth,
    source: &[S],
    marked: [&mut [S]; 2],
) {
    match level.0 {
        Kind::Scalar => scalar::mark_both(rows, depth, source, marked),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2(avx2) => avx2.mark_both(rows, depth, source, marked),
    }
}

/// Adds the samples of `row` to `sums`, and their differences to the samples at the right and
/// below to `steps`.
pub(crate) fn measure<S: Sample>(
    level: Level,
    row: &[S],
    below: &[S],
    sums: &mut [u32],
    steps: &mut [u32],
) {
    match level.0 {
        Kind::Scalar => scalar::measure(row, below, sums, steps),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2(avx2) => avx2.measure(row, below, sums, steps),
    }
}

#[cfg(test)]
mod tests;
