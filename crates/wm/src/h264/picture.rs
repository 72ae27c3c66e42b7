//! Both variants of the intra slices of one access unit.

use std::ops::Range;

use bitstream::h264::intra::{Picture, Structure};
use bitstream::h264::slice_data::{Ending, SliceData};
use bitstream::h264::transform::LevelScale;
use bitstream::h264::{Pps, SliceHeader, Sps};
use media::Mark;

use super::budget::{Budget, Step};
use super::choose::Terms;
use super::error::MarkError;
use super::rewrite::Rewriter;
use super::target::{Sums, Target};
use crate::{Layers, PictureRecord};

/// An intra slice of a sample.
pub(super) struct Slice {
    /// Its NAL unit in the sample.
    pub(super) range: Range<usize>,
    pub(super) header: SliceHeader,
    pub(super) sps: Sps,
    pub(super) pps: Pps,
    pub(super) data: SliceData,
}

impl Slice {
    fn bytes(&self) -> u64 {
        self.range.len() as u64
    }
}

/// The NAL unit of a slice, at `byte` of a sample, written again.
pub(super) fn write(sample: usize, byte: usize, data: &SliceData) -> Result<Vec<u8>, MarkError> {
    data.write(Ending::Original)
        .map_err(|source| MarkError::Slice {
            sample,
            byte,
            source,
        })
}

/// How far a coefficient may move, as a multiple of the amplitude of the mark: further makes
/// single blocks stand out, less lets errors that prediction passes on grow.
const REACH: f32 = 2.5;

/// Up to this mean QP the amplitude is the profile's; coarser quantisers leave so little of a small
/// change that from [`COARSE_QP`] on it is half as much again, where the coding noise hides it.
const FINE_QP: f32 = 26.0;
const COARSE_QP: f32 = 32.0;

/// The pictures reconstructed so far, of one size: the original and both variants.
pub(super) struct Pictures {
    original: Picture,
    marked: [Picture; 2],
}

/// What became of an access unit.
pub(super) struct Marked {
    /// The NAL units of its slices in each variant.
    pub(super) units: [Vec<Vec<u8>>; 2],
    pub(super) record: PictureRecord,
    /// Levels changed.
    pub(super) levels: u64,
}

impl Pictures {
    pub(super) fn of(sps: &Sps) -> Result<Pictures, String> {
        let original = Picture::of(sps).map_err(|error| error.to_string())?;
        Ok(Pictures {
            marked: [original.clone(), original.clone()],
            original,
        })
    }

    /// Whether they were made for the frames of such a sequence.
    pub(super) fn are_of(&self, sps: &Sps) -> bool {
        self.original.is_of(sps)
    }

    /// Marks the slices of sample `place`, all of sequences of this size.
    pub(super) fn mark(
        &mut self,
        place: usize,
        slices: Vec<Slice>,
        layers: &Layers,
        amplitude: f32,
        multiplier: Multiplier<'_>,
    ) -> Result<Marked, MarkError> {
        for slice in &slices {
            let result =
                self.original
                    .reconstruct(&slice.sps, &slice.pps, &slice.header, &slice.data);
            result.map_err(|error| unusable(place, slice.range.start, &error))?;
        }
        let scales: Vec<LevelScale> = slices
            .iter()
            .map(|slice| LevelScale::intra_luma(&slice.sps, &slice.pps))
            .collect();
        let qp = mean_qp(&slices);
        let coarse = ((qp - FINE_QP) / (COARSE_QP - FINE_QP)).clamp(0.0, 1.0);
        let mut job = Access {
            place,
            original: &self.original,
            slices,
            scales,
            layers,
            amplitude: amplitude * (1.0 + 0.5 * coarse),
        };
        let [zero, one] = &mut self.marked;
        let bytes = job.slices.iter().map(Slice::bytes).sum();
        let (first, lambda) = match multiplier {
            Multiplier::Fixed(lambda) => (job.variant(zero, Mark::Zero, lambda)?, lambda),
            Multiplier::Within(budget) => {
                let mut trials: Vec<(Step, i64)> = Vec::new();
                let mut step = budget.first(bytes, qp);
                loop {
                    let lambda = Budget::multiplier(step);
                    let variant = job.variant(zero, Mark::Zero, lambda)?;
                    trials.push((step, variant.growth(bytes)));
                    match budget.next(bytes, &trials) {
                        Some(next) => step = next,
                        None => {
                            budget.spend(bytes, variant.growth(bytes), step);
                            break (variant, lambda);
                        }
                    }
                }
            }
        };
        let second = job.variant(one, Mark::One, lambda)?;
        let levels = first.changed + second.changed;
        let both = [first, second];
        Ok(Marked {
            record: PictureRecord {
                sample: place as u32,
                qp,
                gain: both.each_ref().map(|variant| variant.gain),
                rms: both.each_ref().map(|variant| variant.rms),
                bytes,
                growth: both.each_ref().map(|variant| variant.growth(bytes)),
            },
            units: both.map(|variant| variant.units),
            levels,
        })
    }
}

/// How the multiplier of rate is found.
pub(super) enum Multiplier<'a> {
    /// As it is.
    Fixed(f32),
    /// What a budget allows.
    Within(&'a mut Budget),
}

/// The slices of an access unit, about to be marked.
struct Access<'a> {
    place: usize,
    original: &'a Picture,
    slices: Vec<Slice>,
    scales: Vec<LevelScale>,
    layers: &'a Layers,
    amplitude: f32,
}

/// One variant of an access unit.
struct Variant {
    units: Vec<Vec<u8>>,
    gain: f32,
    rms: f32,
    changed: u64,
}

impl Variant {
    /// Bytes by which its slices are longer than `bytes`.
    fn growth(&self, bytes: u64) -> i64 {
        let size = self.units.iter().map(Vec::len).sum::<usize>();
        size as i64 - bytes as i64
    }
}

impl Access<'_> {
    /// Marks every slice. Levels change in place, which is cheaper than a copy, and back.
    fn variant(
        &mut self,
        picture: &mut Picture,
        mark: Mark,
        lambda: f32,
    ) -> Result<Variant, MarkError> {
        let mut variant = Variant {
            units: Vec::with_capacity(self.slices.len()),
            gain: 0.0,
            rms: 0.0,
            changed: 0,
        };
        let mut sums = Sums::default();
        for (slice, scale) in self.slices.iter_mut().zip(&self.scales) {
            let (left, top) = slice.sps.display_offset();
            let bit_depth_minus8 = slice.sps.bit_depth_luma_minus8.min(6);
            let target = Target {
                original: self.original.luma(),
                layers: self.layers,
                mark,
                offset: (left as usize, top as usize),
                amplitude: self.amplitude * (1u32 << bit_depth_minus8) as f32,
                bit_depth_minus8,
            };
            let terms = Terms {
                // Squares of grey levels grow with the bit depth.
                lambda: lambda * (1u32 << (2 * bit_depth_minus8)) as f32,
                reach: REACH * target.amplitude,
            };
            let structure = Structure::of(&slice.sps, &slice.header);
            let mut rewriter = Rewriter::new(target, structure, scale, terms);
            rewriter.sums = sums;
            let result = rewriter.slice(picture, &mut slice.data);
            sums = rewriter.sums;
            variant.changed += rewriter.changed;
            (variant.gain, variant.rms) = target.summary(&sums);
            let byte = slice.range.start;
            result.map_err(|error| unusable(self.place, byte, &error))?;
            variant.units.push(write(self.place, byte, &slice.data)?);
            rewriter.undo().restore(&mut slice.data);
        }
        Ok(variant)
    }
}

fn unusable(sample: usize, byte: usize, what: &dyn std::fmt::Display) -> MarkError {
    MarkError::Reconstruction {
        sample,
        byte,
        what: what.to_string(),
    }
}

fn mean_qp(slices: &[Slice]) -> f32 {
    let (mut sum, mut count) = (0i64, 0i64);
    for slice in slices {
        for mb in &slice.data.macroblocks {
            sum += i64::from(mb.qp);
            count += 1;
        }
    }
    sum as f32 / count.max(1) as f32
}
