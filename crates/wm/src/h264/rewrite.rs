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
        }
    }

    /// Changes the levels of a slice; `picture` becomes what a decoder makes of it.
    pub(super) fn slice(
        &mut self,
        picture: &mut Picture,
        data: &mut SliceData,
    ) -> Result<(), Unpredictable> {
        picture.start_slice();
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
}

impl Block<'_, '_> {
    fn nxn_4x4(&mut self) -> Result<(), NotAvailable> {
        let modes = self.site.modes_4x4(&self.mb.modes);
        let steps = self.rewriter.steps(&self.mb);
        let scan = Scan::of_field(self.mb.field);
        let mut pattern = self.mb.cbp_luma;
        for block in 0..16 {
            let (x, y) = at_4x4(block);
            let mode = modes[y / 4][x / 4];
            let prediction = self.picture.predict_4x4(self.site, block, mode)?;
            let place = self.site.place().block(x, y);
            let error = self.rewriter.target.error(place, &prediction);
            let error: i32 = error.as_flattened().iter().map(|e| i32::from(*e)).sum();
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
                self.rewriter.changed += 1;
                pattern |= bit;
                if let Some(dc) = self.data.luma_mut(self.index).get_mut(16 * block) {
                    *dc = chosen;
                }
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
        let mut pattern = self.mb.cbp_luma;
        for block in 0..4 {
            let (x, y) = at_8x8(block);
            let mode = modes[y / 4][x / 4];
            let prediction = self.picture.predict_8x8(self.site, block, mode)?;
            let place = self.site.place().block(x, y);
            let errors = lowest_8x8(&self.rewriter.target.error(place, &prediction));
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
                if better != *level {
                    *level = better;
                    self.rewriter.changed += 1;
                    changed = true;
                }
                others += usize::from(*level != 0);
            }
            if changed {
                pattern |= 1 << block;
                let luma = self.data.luma_mut(self.index);
                for (place, level) in places.into_iter().zip(chosen) {
                    if let Some(to) = luma.get_mut(64 * block + place) {
                        *to = level;
                    }
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
        let place = self.site.place();
        let errors = hadamard_4x4(&sums_4x4(&self.rewriter.target.error(place, &prediction)));
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
                self.rewriter.changed += 1;
                changed = true;
            }
            others += usize::from(*level != 0);
        }
        if changed {
            let levels = self.data.dc_mut(self.index);
            levels.iter_mut().zip(dc).for_each(|(to, from)| *to = from);
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
        let error = target.error(self.site.place(), &[[0; 16]; 16]);
        let mut samples = [[0u16; 16]; 16];
        let luma = self.data.luma_mut(self.index);
        for ((to, error), level) in samples
            .as_flattened_mut()
            .iter_mut()
            .zip(error.as_flattened())
            .zip(luma)
        {
            // An error to nothing is the target itself; rounded.
            let value = ((i32::from(*error) << 1 >> bits) + 1) >> 1;
            self.rewriter.changed += u64::from(value != *level);
            *level = value;
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

    /// The coded block pattern after levels have come and gone: an 8x8 block that CABAC codes
    /// must have a level.
    fn settle(&mut self, pattern: u8) {
        if let Some(mb) = self.data.macroblocks.get_mut(self.index) {
            mb.cbp_luma = pattern;
        }
        if pattern != 0 {
            self.data.update_cbp_luma(self.index);
        }
    }
}

/// The forward transform of an 8x8 block, as far as it is used: DC, the first across and the first
/// down, of [`forward_8x8`](bitstream::h264::transform::forward_8x8).
#[inline]
fn lowest_8x8(error: &[[i16; 8]; 8]) -> [i32; CANDIDATES_8X8] {
    const FIRST: [i16; 8] = [12, 10, 6, 3, -3, -6, -10, -12];
    let (mut sum, mut across, mut down) = (0, 0, 0);
    for (row, weight) in error.iter().zip(FIRST) {
        let (mut of_row, mut of_row_across) = (0, 0);
        for (error, weight) in row.iter().zip(FIRST) {
            of_row += i32::from(*error);
            of_row_across += i32::from(*error) * i32::from(weight);
        }
        sum += of_row;
        across += of_row_across;
        down += of_row * i32::from(weight);
    }
    [64 * sum, 8 * across, 8 * down]
}

/// The sums of the 4x4 blocks of a macroblock.
#[inline]
fn sums_4x4(error: &[[i16; 16]; 16]) -> [[i32; 4]; 4] {
    let mut sums = [[0; 4]; 4];
    for (y, row) in error.iter().enumerate() {
        for (x, error) in row.iter().enumerate() {
            sums[y / 4][x / 4] += i32::from(*error);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use bitstream::h264::transform::forward_8x8;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_lowest_frequencies_are_those_of_the_whole_transform(
            values in proptest::collection::vec(-4200..4200i16, 64),
        ) {
            let mut error = [[0; 8]; 8];
            error.as_flattened_mut().copy_from_slice(&values);
            let whole = forward_8x8(&error.map(|row| row.map(i32::from)));
            prop_assert_eq!(lowest_8x8(&error), [whole[0][0], whole[0][1], whole[1][0]]);
        }
    }
}
