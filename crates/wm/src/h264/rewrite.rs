//! The closed loop: the levels of a slice, changed macroblock by macroblock so that what a decoder
//! reconstructs becomes the target.

use bitstream::h264::intra::{
    Intra16x16PredMode, NotAvailable, Picture, Site, Structure, at_4x4, at_8x8,
};
use bitstream::h264::slice_data::{MbType, SliceData};
use bitstream::h264::transform::{
    LevelScale, Quantiser, Scan, forward_4x4, forward_8x8, hadamard_4x4, inverse_4x4, inverse_8x8,
};

use super::choose::Coefficient;
use super::meter::Meter;
use super::missed::Missed;
use super::rate::{FIRST_OF_BLOCK, FIRST_OF_PATTERN, bits};
use super::rule::{CodedBits, Rule};
use super::steps::{Step, Steps};
use super::target::Target;

/// Levels beyond which none are changed to, for profiles that cannot code larger ones.
const LARGEST_LEVEL: i32 = 2000;

/// A macroblock that cannot be reconstructed: nothing else of the slice can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("macroblock {address}: its prediction uses samples that are not there")]
pub(super) struct Unpredictable {
    pub(super) address: usize,
}

/// What rewriting a slice did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rewritten {
    /// Levels that changed.
    pub(super) levels: usize,
    /// Bits this may have cost, by estimate.
    pub(super) bits: f32,
}

/// Rewrites slices of one picture in one variant.
pub(super) struct Rewriter<'a> {
    pub(super) rule: &'a Rule,
    pub(super) target: Target<'a>,
    pub(super) scale: &'a LevelScale,
    pub(super) structure: Structure,
    pub(super) bit_depth_minus8: u8,
    /// By QP'Y and scan, made when first needed.
    steps: Vec<Option<Box<Steps>>>,
    missed: Missed,
    done: Rewritten,
}

impl<'a> Rewriter<'a> {
    pub(super) fn new(
        rule: &'a Rule,
        target: Target<'a>,
        scale: &'a LevelScale,
        structure: Structure,
        bit_depth_minus8: u8,
    ) -> Self {
        Rewriter {
            rule,
            target,
            scale,
            structure,
            bit_depth_minus8,
            steps: vec![None; 2 * 88],
            missed: Missed::new(target.original, rule.diffusion),
            done: Rewritten::default(),
        }
    }

    /// Changes the levels of a slice; `picture` becomes what a decoder makes of it.
    pub(super) fn slice(
        &mut self,
        picture: &mut Picture,
        data: &mut SliceData,
        meter: &mut Meter,
    ) -> Result<Rewritten, Unpredictable> {
        self.done = Rewritten::default();
        picture.start_slice();
        let mut qp = data.layout().slice_qp;
        for index in 0..data.macroblocks.len() {
            let address = data.address(index);
            let unpredictable = Unpredictable { address };
            let Some(mb) = data.macroblocks.get_mut(index) else {
                break;
            };
            // Those before may have stopped coding their QP.
            if !mb.codes_qp() {
                mb.qp = qp;
            }
            let site = picture.site(self.structure, address, mb.field);
            let site = site.ok_or(unpredictable)?;
            let result = match mb.mb_type {
                MbType::INxN if mb.transform_8x8 => self.nxn_8x8(picture, &site, data, index),
                MbType::INxN => self.nxn_4x4(picture, &site, data, index),
                MbType::I16x16 { pred_mode } => self.whole(picture, &site, data, index, pred_mode),
                MbType::IPcm => {
                    self.samples(picture, &site, data, index);
                    Ok(())
                }
            };
            result.map_err(|_| unpredictable)?;
            meter.add(&self.target, picture.luma(), &site);
            if let Some(mb) = data.macroblocks.get_mut(index) {
                if mb.codes_qp() {
                    qp = mb.qp;
                } else {
                    mb.qp = qp;
                }
            }
        }
        Ok(self.done)
    }

    fn nxn_4x4(
        &mut self,
        picture: &mut Picture,
        site: &Site,
        data: &mut SliceData,
        index: usize,
    ) -> Result<(), NotAvailable> {
        let mb = data.macroblocks[index];
        let modes = site.modes_4x4(&mb.modes);
        let (quantiser, steps, scan) = self.quantiser(mb.qp, mb.field);
        let mut pattern = mb.cbp_luma;
        for block in 0..16 {
            let (x, y) = at_4x4(block);
            let prediction = picture.predict_4x4(site, block, modes[y / 4][x / 4])?;
            let place = site.place().block(x, y);
            let mut samples = self.target.error(place, &prediction);
            self.missed.add::<4>(place, &mut samples);
            let error = forward_4x4(&samples);
            let bit = 1 << (block / 4);
            let mut levels = [0; 16];
            if pattern & bit != 0
                && let Some(luma) = data.luma(index)
            {
                levels.copy_from_slice(&luma[16 * block..16 * block + 16]);
            }
            let count = self.rule.candidates_4x4.min(6);
            let wanted = |step: &Step| error[step.at.0][step.at.1] as f32 * step.levels;
            let open = pattern & bit != 0;
            if self.choose(&steps.of_4x4[..count], &mut levels, open, wanted) {
                data.luma_mut(index)[16 * block..16 * block + 16].copy_from_slice(&levels);
                pattern |= bit;
            }
            let coded = levels.iter().any(|level| *level != 0);
            let residual =
                coded.then(|| inverse_4x4(&quantiser.dequantise_4x4(&levels, scan, None)));
            picture.set_4x4(site, block, &prediction, residual.as_ref());
            self.missed.keep(place, &samples, residual.as_ref());
        }
        self.settle(data, index, pattern);
        picture.finish(site, Some(&modes));
        Ok(())
    }

    fn nxn_8x8(
        &mut self,
        picture: &mut Picture,
        site: &Site,
        data: &mut SliceData,
        index: usize,
    ) -> Result<(), NotAvailable> {
        let mb = data.macroblocks[index];
        let modes = site.modes_8x8(&mb.modes);
        let (quantiser, steps, scan) = self.quantiser(mb.qp, mb.field);
        let mut pattern = mb.cbp_luma;
        for block in 0..4 {
            let (x, y) = at_8x8(block);
            let prediction = picture.predict_8x8(site, block, modes[y / 4][x / 4])?;
            let place = site.place().block(x, y);
            let mut samples = self.target.error(place, &prediction);
            self.missed.add::<8>(place, &mut samples);
            let error = forward_8x8(&samples);
            let bit = 1 << block;
            let mut levels = [0; 64];
            if pattern & bit != 0
                && let Some(luma) = data.luma(index)
            {
                levels.copy_from_slice(&luma[64 * block..64 * block + 64]);
            }
            let count = self.rule.candidates_8x8.min(steps.of_8x8.len());
            let wanted = |step: &Step| error[step.at.0][step.at.1] as f32 * step.levels;
            let open = pattern & bit != 0;
            if self.choose(&steps.of_8x8[..count], &mut levels, open, wanted) {
                data.luma_mut(index)[64 * block..64 * block + 64].copy_from_slice(&levels);
                pattern |= bit;
            }
            let coded = levels.iter().any(|level| *level != 0);
            let residual = coded.then(|| inverse_8x8(&quantiser.dequantise_8x8(&levels, scan)));
            picture.set_8x8(site, block, &prediction, residual.as_ref());
            self.missed.keep(place, &samples, residual.as_ref());
        }
        self.settle(data, index, pattern);
        picture.finish(site, Some(&modes));
        Ok(())
    }

    fn whole(
        &mut self,
        picture: &mut Picture,
        site: &Site,
        data: &mut SliceData,
        index: usize,
        pred_mode: u8,
    ) -> Result<(), NotAvailable> {
        let mb = data.macroblocks[index];
        let mode = Intra16x16PredMode::new(pred_mode).ok_or(NotAvailable)?;
        let prediction = picture.predict_16x16(site, mode)?;
        let (quantiser, steps, scan) = self.quantiser(mb.qp, mb.field);
        let error = self.target.error(site.place(), &prediction);
        let mut sums = [[0; 4]; 4];
        for (y, row) in error.iter().enumerate() {
            for (x, error) in row.iter().enumerate() {
                sums[y / 4][x / 4] += error;
            }
        }
        let sums = hadamard_4x4(&sums);
        let mut dc = [0; 16];
        if let Some(levels) = data.dc(index) {
            dc.copy_from_slice(levels);
        }
        let mut all = [steps.of_dc; 16];
        for (step, place) in all.iter_mut().zip(scan.places_4x4()) {
            step.at = (usize::from(place / 4), usize::from(place % 4));
        }
        let wanted = |step: &Step| sums[step.at.0][step.at.1] as f32 * step.levels;
        if self.choose(&all, &mut dc, true, wanted) {
            data.dc_mut(index).copy_from_slice(&dc);
        }
        picture.set_16x16(site, &prediction);
        let luma = data.luma(index).filter(|_| mb.cbp_luma != 0);
        if luma.is_some() || dc.iter().any(|level| *level != 0) {
            let dc = quantiser.dequantise_dc(&dc, scan);
            for block in 0..16 {
                let (x, y) = at_4x4(block);
                let dc = dc[y / 4][x / 4];
                let levels = luma.map_or([0; 15].as_slice(), |luma| {
                    &luma[16 * block..16 * block + 15]
                });
                let residual = inverse_4x4(&quantiser.dequantise_4x4(levels, scan, Some(dc)));
                let prediction = std::array::from_fn(|row| {
                    std::array::from_fn(|column| prediction[y + row][x + column])
                });
                picture.set_4x4(site, block, &prediction, Some(&residual));
            }
        }
        picture.finish(site, None);
        Ok(())
    }

    /// I_PCM: samples as they are wanted.
    fn samples(&mut self, picture: &mut Picture, site: &Site, data: &mut SliceData, index: usize) {
        let error = self.target.error(site.place(), &[[0; 16]; 16]);
        let mut block = [[0u16; 16]; 16];
        let rows = block.iter_mut().zip(&error);
        for ((row, error), samples) in rows.zip(data.luma_mut(index).chunks_exact_mut(16)) {
            for ((to, error), sample) in row.iter_mut().zip(error).zip(samples) {
                let value = (error + 8) >> 4;
                self.done.levels += usize::from(value != *sample);
                *sample = value;
                *to = value as u16;
            }
        }
        picture.set_16x16(site, &block);
        picture.finish(site, None);
    }

    /// Changes the first levels of a block, those of `steps`; `open`: the block is coded now.
    #[inline]
    fn choose(
        &mut self,
        steps: &[Step],
        levels: &mut [i32],
        open: bool,
        wanted: impl Fn(&Step) -> f32,
    ) -> bool {
        if !open && self.rule.coded_bits == CodedBits::Frozen {
            return false;
        }
        let rule = self.rule;
        let reach = rule.reach * self.target.amplitude as f32 / 256.0;
        let mut others = levels.iter().filter(|level| **level != 0).count();
        let frozen = open && rule.coded_bits == CodedBits::Frozen;
        let mut changed = false;
        for (place, (step, level)) in steps.iter().zip(levels.iter_mut()).enumerate() {
            let here = usize::from(*level != 0);
            others -= here;
            let first = match (others, open) {
                (0, true) => FIRST_OF_BLOCK,
                (0, false) => FIRST_OF_BLOCK + FIRST_OF_PATTERN,
                _ => 0.0,
            };
            let weight = if place == 0 { rule.dc_weight } else { 1.0 };
            let coefficient = Coefficient {
                level: *level,
                wanted: wanted(step),
                energy: step.energy * weight,
                reach: (reach / step.amplitude).max(1.0),
            };
            let mut chosen = coefficient.choose(rule, |level| {
                bits(level) + if level != 0 { first } else { 0.0 }
            });
            let keeps_last = frozen && chosen == 0 && others == 0 && here != 0;
            if keeps_last || chosen.abs() > LARGEST_LEVEL {
                chosen = *level;
            }
            if chosen != *level {
                self.done.levels += 1;
                self.done.bits += bits(chosen) - bits(*level);
                *level = chosen;
                changed = true;
            }
            others += usize::from(*level != 0);
        }
        changed
    }

    /// The coded block pattern follows the levels, where they may have changed it.
    fn settle(&self, data: &mut SliceData, index: usize, pattern: u8) {
        if self.rule.coded_bits == CodedBits::Free {
            data.macroblocks[index].cbp_luma = pattern;
            if data.luma(index).is_some() {
                data.update_cbp_luma(index);
            }
        }
    }

    fn quantiser(&mut self, qp: i8, field: bool) -> (Quantiser<'a>, Steps, Scan) {
        let scan = Scan::of_field(field);
        let qp = i32::from(qp) + 6 * i32::from(self.bit_depth_minus8);
        let qp = u8::try_from(qp).unwrap_or(0).min(87);
        let at = 2 * usize::from(qp) + usize::from(field);
        let (scale, mut fresh) = (self.scale, None);
        let steps = match self.steps.get_mut(at) {
            Some(slot) => slot,
            None => &mut fresh,
        };
        let steps = steps.get_or_insert_with(|| Box::new(Steps::new(scale, qp, scan)));
        (scale.quantiser(qp), (**steps).clone(), scan)
    }
}
