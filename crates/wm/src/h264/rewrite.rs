//! The closed loop: the levels of a slice, changed macroblock by macroblock so that what a decoder
//! reconstructs becomes the target.
//!
//! An error that a block inherits from its neighbours through prediction is part of what it
//! corrects. Types, modes, transform sizes and QPs stay; levels and, of I_NxN macroblocks, coded
//! block patterns change.

use bitstream::h264::intra::{
    Intra16x16PredMode, NotAvailable, Picture, Site, Structure, at_4x4, at_8x8,
};
use bitstream::h264::slice_data::{Macroblock, MbType, SliceData};
use bitstream::h264::transform::{LevelScale, Scan, hadamard_4x4, inverse_4x4, inverse_8x8};

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

/// Rewrites slices of one picture in one variant.
pub(super) struct Rewriter<'a> {
    pub(super) target: Target<'a>,
    pub(super) structure: Structure,
    terms: Terms,
    /// By QP'Y, made when first needed.
    steps: Vec<Option<Steps<'a>>>,
    scale: &'a LevelScale,
    /// What became of the picture.
    pub(super) sums: Sums,
    /// Levels that changed.
    pub(super) changed: u64,
    undo: Undo,
}

/// What to do to have the levels of a slice back.
#[derive(Default)]
pub(super) struct Undo {
    macroblocks: Vec<Macroblock>,
    /// Macroblock, place among its DC or luma levels, and level.
    dc: Vec<(u32, u8, i32)>,
    luma: Vec<(u32, u8, i32)>,
}

impl Undo {
    /// Makes a slice what it was before [`Rewriter::slice`].
    pub(super) fn restore(self, data: &mut SliceData) {
        data.macroblocks = self.macroblocks;
        for (index, place, level) in self.dc {
            if let Some(to) = data.dc_mut(index as usize).get_mut(usize::from(place)) {
                *to = level;
            }
        }
        for (index, place, level) in self.luma {
            if let Some(to) = data.luma_mut(index as usize).get_mut(usize::from(place)) {
                *to = level;
            }
        }
    }
}

impl<'a> Rewriter<'a> {
    pub(super) fn new(
        target: Target<'a>,
        structure: Structure,
        scale: &'a LevelScale,
        terms: Terms,
    ) -> Self {
        Rewriter {
            target,
            structure,
            terms,
            steps: vec![None; 88],
            scale,
            sums: Sums::default(),
            changed: 0,
            undo: Undo::default(),
        }
    }

    /// How to take the changes of the last slice back.
    pub(super) fn undo(&mut self) -> Undo {
        std::mem::take(&mut self.undo)
    }

    /// Changes the levels of a slice; `picture` becomes what a decoder makes of it.
    pub(super) fn slice(
        &mut self,
        picture: &mut Picture,
        data: &mut SliceData,
    ) -> Result<(), Unpredictable> {
        picture.start_slice();
        self.undo = Undo {
            macroblocks: data.macroblocks.clone(),
            ..Undo::default()
        };
        let mut qp = data.layout().slice_qp;
        for index in 0..data.macroblocks.len() {
            let address = data.address(index);
            let unpredictable = Unpredictable { address };
            let Some(mb) = data.macroblocks.get_mut(index) else {
                break;
            };
            // Macroblocks before it may have begun or ceased to code their QP.
            if !mb.codes_qp() {
                mb.qp = qp;
            }
            let mb = *mb;
            let site = picture.site(self.structure, address, mb.field);
            let site = site.ok_or(unpredictable)?;
            let mut block = Block {
                rewriter: self,
                picture: &mut *picture,
                site: &site,
                data: &mut *data,
                index,
                mb,
                changed: false,
            };
            let result = match mb.mb_type {
                MbType::INxN if mb.transform_8x8 => block.nxn_8x8(),
                MbType::INxN => block.nxn_4x4(),
                MbType::I16x16 { pred_mode } => block.whole(pred_mode),
                MbType::IPcm => {
                    block.samples();
                    Ok(())
                }
            };
            result.map_err(|_| unpredictable)?;
            self.target
                .meter(picture.luma(), site.place(), &mut self.sums);
            if let Some(mb) = data.macroblocks.get_mut(index) {
                if !mb.codes_qp() {
                    mb.qp = qp;
                }
                qp = mb.qp;
            }
        }
        Ok(())
    }

    fn steps(&mut self, mb: &Macroblock) -> Steps<'a> {
        let qp = i32::from(mb.qp) + 6 * i32::from(self.target.bit_depth_minus8);
        let qp = u8::try_from(qp).unwrap_or(0).min(87);
        let fraction = (1u32 << self.target.fraction_bits()) as f32;
        let fresh = || Steps::new(self.scale, qp, fraction);
        match self.steps.get_mut(usize::from(qp)) {
            Some(steps) => *steps.get_or_insert_with(fresh),
            None => fresh(),
        }
    }
}

/// One macroblock being rewritten.
struct Block<'b, 'a> {
    rewriter: &'b mut Rewriter<'a>,
    picture: &'b mut Picture,
    site: &'b Site,
    data: &'b mut SliceData,
    index: usize,
    mb: Macroblock,
    /// A luma level has changed.
    changed: bool,
}

impl Block<'_, '_> {
    fn nxn_4x4(&mut self) -> Result<(), NotAvailable> {
        let modes = self.site.modes_4x4(&self.mb.modes);
        let steps = self.rewriter.steps(&self.mb);
        let scan = Scan::of_field(self.mb.field);
        let target = &self.rewriter.target;
        let sums = target.macroblock(self.site.place()).sums_4x4();
        let bits = target.fraction_bits();
        let mut pattern = self.mb.cbp_luma;
        for block in 0..16 {
            let (x, y) = at_4x4(block);
            let mode = modes[y / 4][x / 4];
            let prediction = self.picture.predict_4x4(self.site, block, mode)?;
            let predicted = prediction.as_flattened().iter().map(|p| i32::from(*p));
            let error = sums[y / 4][x / 4] - (predicted.sum::<i32>() << bits);
            let bit = 1 << (block / 4);
            let levels = self.levels::<16>(16 * block, pattern & bit != 0);
            let (dc, coded, first) = match levels {
                Some([dc, ac @ ..]) => {
                    let alone = ac.iter().all(|level| *level == 0);
                    let first = if alone { FIRST_OF_BLOCK } else { 0.0 };
                    (*dc, *dc != 0 || !alone, first)
                }
                None if pattern & bit != 0 => (0, false, FIRST_OF_BLOCK),
                None => (0, false, FIRST_OF_BLOCK + FIRST_OF_PATTERN),
            };
            let chosen = choose(self.rewriter.terms, steps.of_4x4, dc, error, first);
            if chosen != dc {
                pattern |= bit;
                self.set(16 * block, chosen);
            }
            let residual = if coded || chosen != dc {
                self.levels::<16>(16 * block, true)
                    .map(|levels| inverse_4x4(&steps.quantiser.dequantise_4x4(levels, scan, None)))
            } else {
                None
            };
            let residual = residual.as_ref();
            self.picture
                .set_4x4(self.site, block, &prediction, residual);
        }
        self.settle(pattern);
        self.picture.finish(self.site, Some(&modes));
        Ok(())
    }

    fn nxn_8x8(&mut self) -> Result<(), NotAvailable> {
        let modes = self.site.modes_8x8(&self.mb.modes);
        let steps = self.rewriter.steps(&self.mb);
        let scan = Scan::of_field(self.mb.field);
        let places = Steps::places_8x8(scan);
        let target = &self.rewriter.target;
        let wanted = target.macroblock(self.site.place());
        let bits = target.fraction_bits();
        let mut pattern = self.mb.cbp_luma;
        for block in 0..4 {
            let (x, y) = at_8x8(block);
            let mode = modes[y / 4][x / 4];
            let prediction = self.picture.predict_8x8(self.site, block, mode)?;
            let errors = wanted.lowest_8x8((x, y), &prediction, bits);
            let open = pattern >> block & 1 != 0;
            let levels = self.levels::<64>(64 * block, open);
            let mut chosen = [0; CANDIDATES_8X8];
            let mut others = 0;
            if let Some(levels) = levels {
                others = levels.iter().filter(|level| **level != 0).count();
                chosen = places.map(|place| levels[place]);
            }
            let coded = others != 0;
            let mut changed = false;
            for ((level, error), step) in chosen.iter_mut().zip(errors).zip(steps.of_8x8) {
                others -= usize::from(*level != 0);
                let first = match (others, open) {
                    (0, true) => FIRST_OF_BLOCK,
                    (0, false) => FIRST_OF_BLOCK + FIRST_OF_PATTERN,
                    _ => 0.0,
                };
                let better = choose(self.rewriter.terms, step, *level, error, first);
                changed |= better != *level;
                *level = better;
                others += usize::from(*level != 0);
            }
            if changed {
                pattern |= 1 << block;
                for (place, level) in places.into_iter().zip(chosen) {
                    self.set(64 * block + place, level);
                }
            }
            let residual = if coded || changed {
                self.levels::<64>(64 * block, true)
                    .map(|levels| inverse_8x8(&steps.quantiser.dequantise_8x8(levels, scan)))
            } else {
                None
            };
            let residual = residual.as_ref();
            self.picture
                .set_8x8(self.site, block, &prediction, residual);
        }
        self.settle(pattern);
        self.picture.finish(self.site, Some(&modes));
        Ok(())
    }

    /// Intra_16x16: the DC levels of its blocks.
    fn whole(&mut self, pred_mode: u8) -> Result<(), NotAvailable> {
        let mode = Intra16x16PredMode::new(pred_mode).ok_or(NotAvailable)?;
        let prediction = self.picture.predict_16x16(self.site, mode)?;
        let steps = self.rewriter.steps(&self.mb);
        let scan = Scan::of_field(self.mb.field);
        let target = &self.rewriter.target;
        let mut sums = target.macroblock(self.site.place()).sums_4x4();
        for (y, row) in prediction.iter().enumerate() {
            for (x, predicted) in row.iter().enumerate() {
                sums[y / 4][x / 4] -= i32::from(*predicted) << target.fraction_bits();
            }
        }
        let errors = hadamard_4x4(&sums);
        let mut dc = [0; 16];
        if let Some(levels) = self.data.dc(self.index) {
            dc.iter_mut().zip(levels).for_each(|(to, from)| *to = *from);
        }
        let mut others = dc.iter().filter(|level| **level != 0).count();
        let mut changed = false;
        for (level, place) in dc.iter_mut().zip(scan.places_4x4()) {
            let error = errors.as_flattened()[usize::from(*place)];
            others -= usize::from(*level != 0);
            let first = if others == 0 { FIRST_OF_BLOCK } else { 0.0 };
            let better = choose(self.rewriter.terms, steps.of_dc, *level, error, first);
            if better != *level {
                *level = better;
                changed = true;
            }
            others += usize::from(*level != 0);
        }
        if changed {
            let levels = self.data.dc_mut(self.index);
            for (place, (to, level)) in levels.iter_mut().zip(dc).enumerate() {
                if *to != level {
                    self.rewriter.changed += 1;
                    let undo = &mut self.rewriter.undo.dc;
                    undo.push((self.index as u32, place as u8, *to));
                    *to = level;
                }
            }
        }
        self.picture.set_16x16(self.site, &prediction);
        let ac = self.mb.cbp_luma != 0;
        if ac || others != 0 {
            let dc = steps.quantiser.dequantise_dc(&dc, scan);
            for block in 0..16 {
                let (x, y) = at_4x4(block);
                let dc = dc[y / 4][x / 4];
                let levels = self.levels::<15>(16 * block, ac).unwrap_or(&[0; 15]);
                let coefficients = steps.quantiser.dequantise_4x4(levels, scan, Some(dc));
                let residual = inverse_4x4(&coefficients);
                let prediction = std::array::from_fn(|row| {
                    std::array::from_fn(|column| prediction[y + row][x + column])
                });
                self.picture
                    .set_4x4(self.site, block, &prediction, Some(&residual));
            }
        }
        self.picture.finish(self.site, None);
        Ok(())
    }

    /// I_PCM: samples as they are wanted.
    fn samples(&mut self) {
        let target = &self.rewriter.target;
        let bits = target.fraction_bits();
        let wanted = target.macroblock(self.site.place()).samples;
        let mut samples = [[0u16; 16]; 16];
        let places = samples.as_flattened_mut().iter_mut().enumerate();
        for ((place, to), wanted) in places.zip(wanted.as_flattened()) {
            let value = (((i32::from(*wanted) << 1) >> bits) + 1) >> 1;
            self.set(place, value);
            *to = value as u16;
        }
        self.picture.set_16x16(self.site, &samples);
        self.picture.finish(self.site, None);
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

    /// Sets a luma level.
    #[inline]
    fn set(&mut self, place: usize, level: i32) {
        if let Some(to) = self.data.luma_mut(self.index).get_mut(place)
            && *to != level
        {
            let undo = &mut self.rewriter.undo.luma;
            undo.push((self.index as u32, place as u8, *to));
            *to = level;
            self.rewriter.changed += 1;
            self.changed = true;
        }
    }

    /// The coded block pattern after levels have come and gone: an 8x8 block that CABAC codes
    /// must have a level.
    fn settle(&mut self, pattern: u8) {
        if self.changed {
            if let Some(mb) = self.data.macroblocks.get_mut(self.index) {
                mb.cbp_luma = pattern;
            }
            self.data.update_cbp_luma(self.index);
        }
    }
}
