//! Both variants of the intra slices of one access unit.

use std::ops::Range;

use bitstream::h264::intra::{Picture, Structure};
use bitstream::h264::slice_data::{Ending, SliceData};
use bitstream::h264::transform::LevelScale;
use bitstream::h264::{Pps, SliceHeader, Sps};
use media::Mark;

use super::budget::{Budget, Step};
use super::changes::Changes;
use super::choose::Terms;
use super::error::MarkError;
use super::lockstep::{Lockstep, Variant};
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
    /// Zero bytes after it that its length counts in: no NAL unit ends with one, containers add
    /// them all the same.
    pub(super) zeros: usize,
}

impl Slice {
    fn bytes(&self) -> u64 {
        self.range.len() as u64
    }
}

/// The NAL unit of a slice as `changes` make it.
pub(super) fn write(
    sample: usize,
    slice: &mut Slice,
    changes: &mut Changes,
) -> Result<Vec<u8>, MarkError> {
    let unit = changes.with(&mut slice.data, |data| data.write(Ending::Original));
    let mut unit = unit.map_err(|source| MarkError::Slice {
        sample,
        byte: slice.range.start,
        source,
    })?;
    unit.resize(unit.len() + slice.zeros, 0);
    Ok(unit)
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
    /// The stream has promised a decoder's buffer how large its pictures are.
    pub(super) has_hrd: bool,
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

    /// Both variants so far.
    #[cfg(test)]
    pub(super) fn marked(&self) -> &[Picture; 2] {
        &self.marked
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
        if let Some(other) = slices.iter().find(|slice| !self.are_of(&slice.sps)) {
            return Err(MarkError::Reconstruction {
                sample: place,
                byte: other.range.start,
                what: "its frames are not of the size of those before it".to_owned(),
            });
        }
        let has_hrd = slices.iter().any(|slice| {
            let vui = slice.sps.vui.as_ref();
            vui.is_some_and(|vui| vui.nal_hrd.is_some() || vui.vcl_hrd.is_some())
        });
        let qp = mean_qp(&slices);
        let coarse = ((qp - FINE_QP) / (COARSE_QP - FINE_QP)).clamp(0.0, 1.0);
        let bytes = slices.iter().map(Slice::bytes).sum();
        let mut access = Access {
            place,
            slices,
            layers,
            amplitude: amplitude * (1.0 + 0.5 * coarse),
        };
        let mut spent = None;
        let mut rewritten = match multiplier {
            Multiplier::Fixed(lambda) => access.rewrite(self, lambda)?,
            Multiplier::Within(budget) => {
                budget.hold(has_hrd);
                let (mut rewritten, mut step) = self.within(&mut access, budget, bytes, qp)?;
                if has_hrd && growth(&rewritten.zero, bytes) > -FILLER {
                    // There is too little to save at this QP: a mark is worth some bytes.
                    budget.hold(false);
                    (rewritten, step) = self.within(&mut access, budget, bytes, qp)?;
                }
                spent = Some((budget, step));
                rewritten
            }
        };
        let one = access.write(&mut rewritten.changes_of_one)?;
        let grown = [growth(&rewritten.zero, bytes), growth(&one, bytes)];
        if let Some((budget, step)) = spent {
            let [zero, one] = grown;
            let filler = if zero == one { 0 } else { FILLER };
            budget.spend(bytes, zero.max(one) + filler, step);
        }
        let [zero_result, one_result] = rewritten.results;
        Ok(Marked {
            record: PictureRecord {
                sample: place as u32,
                qp,
                amplitude: access.amplitude,
                gain: [zero_result.0, one_result.0],
                rms: [zero_result.1, one_result.1],
                bytes,
                growth: grown,
            },
            units: [rewritten.zero, one],
            levels: rewritten.levels,
            has_hrd,
        })
    }
}

impl Pictures {
    /// Rewrites with the multiplier that a budget allows; the step it took.
    fn within(
        &mut self,
        access: &mut Access<'_>,
        budget: &Budget,
        bytes: u64,
        qp: f32,
    ) -> Result<(Rewritten, Step), MarkError> {
        let mut trials: Vec<(Step, i64)> = Vec::new();
        let mut step = budget.first(bytes, qp);
        loop {
            let rewritten = access.rewrite(self, Budget::multiplier(step))?;
            trials.push((step, growth(&rewritten.zero, bytes)));
            match budget.next(bytes, &trials) {
                Some(next) => step = next,
                None => return Ok((rewritten, step)),
            }
        }
    }
}

/// Bytes of the smallest filler data unit with its length.
const FILLER: i64 = 6;

/// Bytes by which units are longer than `bytes`.
fn growth(units: &[Vec<u8>], bytes: u64) -> i64 {
    units.iter().map(Vec::len).sum::<usize>() as i64 - bytes as i64
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
    slices: Vec<Slice>,
    layers: &'a Layers,
    amplitude: f32,
}

/// Variant 0 of an access unit, and what is needed for variant 1.
struct Rewritten {
    zero: Vec<Vec<u8>>,
    changes_of_one: Vec<Changes>,
    /// Gain and root mean square of the change, of each variant.
    results: [(f32, f32); 2],
    levels: u64,
}

impl Access<'_> {
    /// Finds the changes of both variants and writes variant 0.
    fn rewrite(&mut self, pictures: &mut Pictures, lambda: f32) -> Result<Rewritten, MarkError> {
        let mut rewritten = Rewritten {
            zero: Vec::with_capacity(self.slices.len()),
            changes_of_one: Vec::with_capacity(self.slices.len()),
            results: [(0.0, 0.0); 2],
            levels: 0,
        };
        let mut sums = [Sums::default(); 2];
        for slice in &mut self.slices {
            let (left, top) = slice.sps.display_offset();
            let bit_depth_minus8 = slice.sps.bit_depth_luma_minus8.min(6);
            let amplitude = self.amplitude * (1u32 << bit_depth_minus8) as f32;
            let target = |mark| Target {
                layers: self.layers,
                mark,
                offset: (left as usize, top as usize),
                amplitude,
                bit_depth_minus8,
            };
            let [zero, one] = &mut pictures.marked;
            let mut lockstep = Lockstep {
                structure: Structure::of(&slice.sps, &slice.header),
                terms: Terms {
                    // Squares of grey levels grow with the bit depth.
                    lambda: lambda * (1u32 << (2 * bit_depth_minus8)) as f32,
                    reach: REACH * amplitude,
                },
                variants: [
                    Variant::new(target(Mark::Zero), zero),
                    Variant::new(target(Mark::One), one),
                ],
            };
            let scale = LevelScale::intra_luma(&slice.sps, &slice.pps);
            let byte = slice.range.start;
            lockstep
                .slice(&mut pictures.original, &scale, &slice.data)
                .map_err(|error| MarkError::Reconstruction {
                    sample: self.place,
                    byte,
                    what: error.to_string(),
                })?;
            let variants = lockstep.variants.iter().zip(&mut sums);
            for ((variant, sums), result) in variants.zip(&mut rewritten.results) {
                sums.add(&variant.sums);
                *result = variant.target.summary(sums);
                rewritten.levels += variant.changes.len() as u64;
            }
            let [zero, one] = lockstep.variants.map(|variant| variant.changes);
            let mut changes = zero;
            rewritten.zero.push(write(self.place, slice, &mut changes)?);
            rewritten.changes_of_one.push(one);
        }
        Ok(rewritten)
    }

    /// Writes the slices with these changes.
    fn write(&mut self, changes: &mut [Changes]) -> Result<Vec<Vec<u8>>, MarkError> {
        let slices = self.slices.iter_mut().zip(changes);
        slices
            .map(|(slice, changes)| write(self.place, slice, changes))
            .collect()
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
