//! The closed loop: both variants of a slice, macroblock by macroblock, beside the original.
//!
//! In each variant levels change so that what a decoder reconstructs becomes the target. An error
//! that a block inherits from its neighbours through prediction is part of what it corrects.
//! Types, modes, transform sizes and QPs stay; levels and, of I_NxN macroblocks, coded block
//! patterns change. What the original and both variants have in common, modes and coefficients
//! above all, is looked at once.

use bitstream::h264::intra::{
    Intra16x16PredMode, Modes, NotAvailable, Picture, Site, Structure, at_4x4, at_8x8,
};
use bitstream::h264::slice_data::{Macroblock, MbType, SliceData};
use bitstream::h264::transform::{
    Block4x4, Block8x8, LevelScale, Scan, hadamard_4x4, inverse_4x4, inverse_8x8,
};

use super::changes::Changes;
use super::choose::{Terms, choose};
use super::rate::{FIRST_OF_BLOCK, FIRST_OF_PATTERN};
use super::steps::{CANDIDATES_8X8, Steps};
use super::target::{Sums, Target};

/// A macroblock that cannot be reconstructed: nothing after it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("macroblock {address}: its prediction uses samples that are not there")]
pub(super) struct Unpredictable {
    address: usize,
}

/// One variant of the slices of a picture.
pub(super) struct Variant<'a> {
    pub(super) target: Target<'a>,
    /// What a decoder makes of it. Only its samples count: availability is the original's.
    pub(super) picture: &'a mut Picture,
    /// Of the last slice.
    pub(super) changes: Changes,
    /// Of all slices.
    pub(super) sums: Sums,
}

impl<'a> Variant<'a> {
    pub(super) fn new(target: Target<'a>, picture: &'a mut Picture) -> Self {
        Variant {
            target,
            picture,
            changes: Changes::default(),
            sums: Sums::default(),
        }
    }
}

/// Both variants of the slices of a picture, in step with the original.
pub(super) struct Lockstep<'a> {
    pub(super) structure: Structure,
    pub(super) terms: Terms,
    pub(super) variants: [Variant<'a>; 2],
}

/// What a slice is reconstructed with.
struct Scales<'s> {
    scale: &'s LevelScale,
    /// By QP'Y, made when first needed.
    steps: Vec<Option<Steps<'s>>>,
    bit_depth_minus8: u8,
    fraction_bits: u32,
}

impl<'s> Scales<'s> {
    fn at(&mut self, qp: i8) -> Steps<'s> {
        let qp = i32::from(qp) + 6 * i32::from(self.bit_depth_minus8);
        let qp = u8::try_from(qp).unwrap_or(0).min(87);
        let fresh = || Steps::new(self.scale, qp, (1u32 << self.fraction_bits) as f32);
        match self.steps.get_mut(usize::from(qp)) {
            Some(steps) => *steps.get_or_insert_with(fresh),
            None => fresh(),
        }
    }
}

impl Lockstep<'_> {
    /// Reconstructs the original of a slice and finds the changes of both variants.
    pub(super) fn slice(
        &mut self,
        original: &mut Picture,
        scale: &LevelScale,
        data: &SliceData,
    ) -> Result<(), Unpredictable> {
        original.start_slice();
        let target = &self.variants[0].target;
        let mut scales = Scales {
            scale,
            steps: vec![None; 88],
            bit_depth_minus8: target.bit_depth_minus8,
            fraction_bits: target.fraction_bits(),
        };
        for variant in &mut self.variants {
            variant.changes.clear();
        }
        let mut room = Room::default();
        for (index, mb) in data.macroblocks.iter().enumerate() {
            let address = data.address(index);
            let unpredictable = Unpredictable { address };
            let site = original.site(self.structure, address, mb.field);
            let site = site.ok_or(unpredictable)?;
            let mut step = Step {
                data,
                index,
                mb,
                site: &site,
                scan: Scan::of_field(mb.field),
                scales: &mut scales,
                terms: self.terms,
                room: &mut room,
            };
            let done = match mb.mb_type {
                MbType::INxN if mb.transform_8x8 => step.nxn_8x8(original, &mut self.variants),
                MbType::INxN => step.nxn_4x4(original, &mut self.variants),
                MbType::I16x16 { pred_mode } => step.whole(original, &mut self.variants, pred_mode),
                MbType::IPcm => {
                    step.samples(original, &mut self.variants);
                    Ok(())
                }
            };
            done.map_err(|_| unpredictable)?;
            for variant in &mut self.variants {
                variant.meter(original, &site);
            }
        }
        Ok(())
    }
}

impl Variant<'_> {
    fn meter(&mut self, original: &Picture, site: &Site) {
        let (before, after) = (original.luma(), self.picture.luma());
        self.target
            .meter(before, after, site.place(), &mut self.sums);
    }
}

/// Coefficients and residuals of the original's macroblock.
#[derive(Default)]
struct Room {
    of_4x4: [Option<(Block4x4, Block4x4)>; 16],
    of_8x8: [Option<(Block8x8, Block8x8)>; 4],
}

/// One macroblock.
struct Step<'s, 'd, 'q> {
    data: &'d SliceData,
    index: usize,
    mb: &'d Macroblock,
    site: &'d Site,
    scan: Scan,
    scales: &'s mut Scales<'q>,
    terms: Terms,
    room: &'s mut Room,
}

impl Step<'_, '_, '_> {
    fn nxn_4x4(
        &mut self,
        original: &mut Picture,
        variants: &mut [Variant; 2],
    ) -> Result<(), NotAvailable> {
        let modes = self.site.modes_4x4(&self.mb.modes);
        let steps = self.scales.at(self.mb.qp);
        for block in 0..16 {
            let (x, y) = at_4x4(block);
            let prediction = original.predict_4x4(self.site, block, modes[y / 4][x / 4])?;
            let levels = self.levels::<16>(16 * block, self.mb.cbp_luma >> (block / 4) & 1 != 0);
            let coded = levels.filter(|levels| any(*levels)).map(|levels| {
                let coefficients = steps.quantiser.dequantise_4x4(levels, self.scan, None);
                (coefficients, inverse_4x4(&coefficients))
            });
            let residual = coded.as_ref().map(|(_, residual)| residual);
            original.set_4x4(self.site, block, &prediction, residual);
            self.room.of_4x4[block] = coded;
        }
        original.finish(self.site, Some(&modes));
        for variant in variants {
            self.variant_4x4(original, variant, &modes)?;
        }
        Ok(())
    }

    fn variant_4x4(
        &mut self,
        original: &Picture,
        variant: &mut Variant,
        modes: &Modes,
    ) -> Result<(), NotAvailable> {
        let steps = self.scales.at(self.mb.qp);
        let target = &variant.target;
        let sums = target
            .macroblock(original.luma(), self.site.place())
            .sums_4x4();
        let bits = target.fraction_bits();
        let mut pattern = self.mb.cbp_luma;
        for block in 0..16 {
            let (x, y) = at_4x4(block);
            let mode = modes[y / 4][x / 4];
            let prediction = variant.picture.predict_4x4(self.site, block, mode)?;
            let predicted = prediction.as_flattened().iter().map(|p| i32::from(*p));
            let error = sums[y / 4][x / 4] - (predicted.sum::<i32>() << bits);
            let bit = 1 << (block / 4);
            let levels = self.levels::<16>(16 * block, self.mb.cbp_luma & bit != 0);
            let (dc, first) = match levels {
                Some([dc, ac @ ..]) if any(ac) => (*dc, 0.0),
                Some([dc, ..]) => (*dc, FIRST_OF_BLOCK),
                None if pattern & bit != 0 => (0, FIRST_OF_BLOCK),
                None => (0, FIRST_OF_BLOCK + FIRST_OF_PATTERN),
            };
            let chosen = choose(self.terms, steps.of_4x4, dc, error, first);
            let coded = &self.room.of_4x4[block];
            if chosen == dc {
                let residual = coded.as_ref().map(|(_, residual)| residual);
                variant
                    .picture
                    .set_4x4(self.site, block, &prediction, residual);
                continue;
            }
            pattern |= bit;
            variant.changes.luma(self.index, 16 * block, chosen);
            let mut coefficients = coded.map_or([[0; 4]; 4], |(coefficients, _)| coefficients);
            coefficients[0][0] = steps.quantiser.coefficient_4x4(chosen, (0, 0));
            let residual = inverse_4x4(&coefficients);
            variant
                .picture
                .set_4x4(self.site, block, &prediction, Some(&residual));
        }
        Ok(())
    }

    fn nxn_8x8(
        &mut self,
        original: &mut Picture,
        variants: &mut [Variant; 2],
    ) -> Result<(), NotAvailable> {
        let modes = self.site.modes_8x8(&self.mb.modes);
        let steps = self.scales.at(self.mb.qp);
        for block in 0..4 {
            let (x, y) = at_8x8(block);
            let prediction = original.predict_8x8(self.site, block, modes[y / 4][x / 4])?;
            let levels = self.levels::<64>(64 * block, self.mb.cbp_luma >> block & 1 != 0);
            let coded = levels.filter(|levels| any(*levels)).map(|levels| {
                let coefficients = steps.quantiser.dequantise_8x8(levels, self.scan);
                (coefficients, inverse_8x8(&coefficients))
            });
            let residual = coded.as_ref().map(|(_, residual)| residual);
            original.set_8x8(self.site, block, &prediction, residual);
            self.room.of_8x8[block] = coded;
        }
        original.finish(self.site, Some(&modes));
        for variant in variants {
            self.variant_8x8(original, variant, &modes)?;
        }
        Ok(())
    }

    fn variant_8x8(
        &mut self,
        original: &Picture,
        variant: &mut Variant,
        modes: &Modes,
    ) -> Result<(), NotAvailable> {
        let steps = self.scales.at(self.mb.qp);
        let places = Steps::places_8x8(self.scan);
        let target = &variant.target;
        let wanted = target.macroblock(original.luma(), self.site.place());
        let bits = target.fraction_bits();
        for block in 0..4 {
            let (x, y) = at_8x8(block);
            let mode = modes[y / 4][x / 4];
            let prediction = variant.picture.predict_8x8(self.site, block, mode)?;
            let errors = wanted.lowest_8x8((x, y), &prediction, bits);
            let open = self.mb.cbp_luma >> block & 1 != 0;
            let mut levels = [0; CANDIDATES_8X8];
            let mut others = 0;
            if let Some(all) = self.levels::<64>(64 * block, open) {
                others = all.iter().filter(|level| **level != 0).count();
                levels = places.map(|place| all[place]);
            }
            let before = levels;
            for ((level, error), step) in levels.iter_mut().zip(errors).zip(steps.of_8x8) {
                others -= usize::from(*level != 0);
                let first = match (others, open) {
                    (0, true) => FIRST_OF_BLOCK,
                    (0, false) => FIRST_OF_BLOCK + FIRST_OF_PATTERN,
                    _ => 0.0,
                };
                *level = choose(self.terms, step, *level, error, first);
                others += usize::from(*level != 0);
            }
            let coded = &self.room.of_8x8[block];
            if levels == before {
                let residual = coded.as_ref().map(|(_, residual)| residual);
                variant
                    .picture
                    .set_8x8(self.site, block, &prediction, residual);
                continue;
            }
            let mut coefficients = coded.map_or([[0; 8]; 8], |(coefficients, _)| coefficients);
            let at = [(0, 0), (0, 1), (1, 0)];
            let changes = levels
                .into_iter()
                .zip(before)
                .zip(places.into_iter().zip(at));
            for ((level, before), (place, (row, column))) in changes {
                if level != before {
                    variant.changes.luma(self.index, 64 * block + place, level);
                    let quantiser = &steps.quantiser;
                    coefficients[row][column] = quantiser.coefficient_8x8(level, (row, column));
                }
            }
            let residual = (others != 0).then(|| inverse_8x8(&coefficients));
            let residual = residual.as_ref();
            variant
                .picture
                .set_8x8(self.site, block, &prediction, residual);
        }
        Ok(())
    }

    /// Intra_16x16: the DC levels of its blocks.
    fn whole(
        &mut self,
        original: &mut Picture,
        variants: &mut [Variant; 2],
        pred_mode: u8,
    ) -> Result<(), NotAvailable> {
        let mode = Intra16x16PredMode::new(pred_mode).ok_or(NotAvailable)?;
        let steps = self.scales.at(self.mb.qp);
        let dc: [i32; 16] = self
            .data
            .dc(self.index)
            .and_then(|levels| levels.try_into().ok())
            .unwrap_or([0; 16]);
        let prediction = original.predict_16x16(self.site, mode)?;
        self.set_16x16(original, &steps, &dc, &prediction);
        original.finish(self.site, None);
        for variant in variants {
            let prediction = variant.picture.predict_16x16(self.site, mode)?;
            let target = &variant.target;
            let wanted = target.macroblock(original.luma(), self.site.place());
            let mut sums = wanted.sums_4x4();
            for (y, row) in prediction.iter().enumerate() {
                for (x, predicted) in row.iter().enumerate() {
                    sums[y / 4][x / 4] -= i32::from(*predicted) << target.fraction_bits();
                }
            }
            let errors = hadamard_4x4(&sums);
            let mut levels = dc;
            let mut others = dc.iter().filter(|level| **level != 0).count();
            for (place, (level, at)) in levels.iter_mut().zip(self.scan.places_4x4()).enumerate() {
                let before = *level;
                let error = errors.as_flattened()[usize::from(*at)];
                others -= usize::from(before != 0);
                let first = if others == 0 { FIRST_OF_BLOCK } else { 0.0 };
                *level = choose(self.terms, steps.of_dc, before, error, first);
                if *level != before {
                    variant.changes.dc(self.index, place, *level);
                }
                others += usize::from(*level != 0);
            }
            self.set_16x16(variant.picture, &steps, &levels, &prediction);
        }
        Ok(())
    }

    fn set_16x16(
        &self,
        picture: &mut Picture,
        steps: &Steps,
        dc: &[i32; 16],
        prediction: &[[u16; 16]; 16],
    ) {
        picture.set_16x16(self.site, prediction);
        let ac = self.mb.cbp_luma != 0;
        if !ac && !any(dc) {
            return;
        }
        let dc = steps.quantiser.dequantise_dc(dc, self.scan);
        for block in 0..16 {
            let (x, y) = at_4x4(block);
            let levels = self.levels::<15>(16 * block, ac).unwrap_or(&[0; 15]);
            let dc = Some(dc[y / 4][x / 4]);
            let residual = inverse_4x4(&steps.quantiser.dequantise_4x4(levels, self.scan, dc));
            let prediction = std::array::from_fn(|row| {
                std::array::from_fn(|column| prediction[y + row][x + column])
            });
            picture.set_4x4(self.site, block, &prediction, Some(&residual));
        }
    }

    /// I_PCM: samples as they are wanted.
    fn samples(&mut self, original: &mut Picture, variants: &mut [Variant; 2]) {
        let max = (256i32 << self.scales.bit_depth_minus8.min(6)) - 1;
        let luma = self.data.luma(self.index).unwrap_or_default();
        let mut samples = [[0u16; 16]; 16];
        for (to, from) in samples.as_flattened_mut().iter_mut().zip(luma) {
            *to = (*from).clamp(0, max) as u16;
        }
        original.set_16x16(self.site, &samples);
        original.finish(self.site, None);
        for variant in variants {
            let target = &variant.target;
            let bits = target.fraction_bits();
            let wanted = target
                .macroblock(original.luma(), self.site.place())
                .samples;
            let places = samples.as_flattened_mut().iter_mut().enumerate();
            for ((place, to), wanted) in places.zip(wanted.as_flattened()) {
                let value = (((i32::from(*wanted) << 1) >> bits) + 1) >> 1;
                // Profiles below High know no sample of 0, H.264 7.4.5.
                let value = value.max(luma.get(place).map_or(1, |before| 1.min(*before)));
                *to = value as u16;
                if luma.get(place) != Some(&value) {
                    variant.changes.luma(self.index, place, value);
                }
            }
            variant.picture.set_16x16(self.site, &samples);
        }
    }

    /// Levels of a block; `None` where none are coded.
    #[inline]
    fn levels<const N: usize>(&self, start: usize, coded: bool) -> Option<&[i32; N]> {
        if !coded {
            return None;
        }
        let luma = self.data.luma(self.index)?;
        luma.get(start..start + N)?.try_into().ok()
    }
}

#[inline]
fn any(levels: &[i32]) -> bool {
    levels.iter().any(|level| *level != 0)
}
