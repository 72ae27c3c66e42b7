//! Reconstruction of slices.

use super::{
    Intra16x16PredMode, IntraNxNPredMode, Modes, NotAvailable, Picture, Site, Structure, at_4x4,
};
use crate::h264::slice_data::{CodedMode, Macroblock, MbType, SliceData};
use crate::h264::transform::{LevelScale, Quantiser, Scan, inverse_4x4, inverse_8x8};
use crate::h264::{Pps, SliceHeader, Sps};

/// A slice cannot be reconstructed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReconstructError {
    /// The frame is larger than any level allows.
    #[error("seq_parameter_set: PicSizeInMbs: is {mbs}, expected at most {MAX_FRAME_MBS}")]
    FrameSize {
        /// Macroblocks in a frame.
        mbs: u64,
    },
    /// The slice belongs to a sequence of other frames than the [`Picture`] was made for.
    #[error("slice_data: the picture was made for another frame size or bit depth")]
    OtherSequence,
    /// A feature that is not reconstructed.
    #[error("slice_data: {0} is not supported")]
    Unsupported(&'static str),
    /// A macroblock beyond the end of the picture.
    #[error("macroblock {address}: the picture has no such macroblock")]
    OutsidePicture {
        /// Its address.
        address: usize,
    },
    /// A prediction mode needs neighbours that are not available.
    #[error("macroblock {address}: {element}: is {value}, its neighbours are not available")]
    NotAvailable {
        /// Its address.
        address: usize,
        /// The mode.
        element: &'static str,
        /// Its number.
        value: u8,
    },
}

/// MaxFS of the highest levels, 6 to 6.2 (H.264 table A-1).
const MAX_FRAME_MBS: u64 = 139_264;

impl Picture {
    /// For the frames of a sequence.
    ///
    /// # Errors
    ///
    /// Frames larger than any level allows, which nothing but damage asks for.
    pub fn of(sps: &Sps) -> Result<Picture, ReconstructError> {
        let (width, height) = (sps.pic_width_in_mbs(), sps.frame_height_in_mbs());
        let mbs = u64::from(width) * u64::from(height);
        if mbs > MAX_FRAME_MBS {
            return Err(ReconstructError::FrameSize { mbs });
        }
        let depth = sps.bit_depth_luma_minus8;
        Ok(Picture::new(width as usize, height as usize, depth))
    }

    /// Reconstructs the luma samples of an I slice before deblocking. Slices of a picture may
    /// come in any order; what they do not cover keeps the samples it had.
    ///
    /// # Errors
    ///
    /// Slices of another sequence, lossless macroblocks, separate colour planes, and modes whose
    /// neighbours are not there; samples before the error are then already changed.
    pub fn reconstruct(
        &mut self,
        sps: &Sps,
        pps: &Pps,
        header: &SliceHeader,
        slice: &SliceData,
    ) -> Result<(), ReconstructError> {
        let (width, height) = (sps.pic_width_in_mbs(), sps.frame_height_in_mbs());
        let depth = sps.bit_depth_luma_minus8;
        if !self.fits(width as usize, height as usize, depth) {
            return Err(ReconstructError::OtherSequence);
        }
        if sps.separate_colour_plane {
            return Err(ReconstructError::Unsupported("separate_colour_plane_flag"));
        }
        let scale = LevelScale::intra_luma(sps, pps);
        let structure = Structure::of(sps, header);
        self.start_slice();
        for (index, macroblock) in slice.macroblocks.iter().enumerate() {
            let address = slice.address(index);
            let outside = ReconstructError::OutsidePicture { address };
            let site = self.site(structure, address, macroblock.field);
            let site = site.ok_or(outside)?;
            let qp = i32::from(macroblock.qp) + 6 * i32::from(depth);
            let qp = u8::try_from(qp).unwrap_or(0);
            if qp == 0 && sps.qpprime_y_zero_transform_bypass && !macroblock.is_pcm() {
                let what = "qpprime_y_zero_transform_bypass_flag";
                return Err(ReconstructError::Unsupported(what));
            }
            let coded = Coded {
                macroblock,
                quantiser: scale.quantiser(qp),
                scan: Scan::of_field(macroblock.field),
                dc: slice.dc(index).unwrap_or_default(),
                luma: slice.luma(index).unwrap_or_default(),
            };
            let result = match macroblock.mb_type {
                MbType::INxN if macroblock.transform_8x8 => self.intra_8x8(&site, &coded),
                MbType::INxN => self.intra_4x4(&site, &coded),
                MbType::I16x16 { pred_mode } => self.intra_16x16(&site, &coded, pred_mode),
                MbType::IPcm => {
                    self.pcm(&site, coded.luma, depth);
                    Ok(())
                }
            };
            result.map_err(|(element, value)| ReconstructError::NotAvailable {
                address,
                element,
                value,
            })?;
        }
        Ok(())
    }

    fn intra_4x4(&mut self, site: &Site, coded: &Coded) -> Result<(), (&'static str, u8)> {
        let modes = site.modes_4x4(&coded.macroblock.modes);
        for block in 0..16 {
            let (x, y) = at_4x4(block);
            let mode = modes[y / 4][x / 4];
            let unavailable = |_: NotAvailable| ("Intra4x4PredMode", mode as u8);
            let prediction = self.predict_4x4(site, block, mode).map_err(unavailable)?;
            let residual = coded.levels(16 * block, 16).map(|levels| {
                let quantiser = &coded.quantiser;
                inverse_4x4(&quantiser.dequantise_4x4(levels, coded.scan, None))
            });
            self.set_4x4(site, block, &prediction, residual.as_ref());
        }
        self.finish(site, Some(&modes));
        Ok(())
    }

    fn intra_8x8(&mut self, site: &Site, coded: &Coded) -> Result<(), (&'static str, u8)> {
        let modes = site.modes_8x8(&coded.macroblock.modes);
        for block in 0..4 {
            let mode = modes[2 * (block / 2)][2 * (block % 2)];
            let unavailable = |_: NotAvailable| ("Intra8x8PredMode", mode as u8);
            let prediction = self.predict_8x8(site, block, mode).map_err(unavailable)?;
            let residual = coded
                .levels(64 * block, 64)
                .map(|levels| inverse_8x8(&coded.quantiser.dequantise_8x8(levels, coded.scan)));
            self.set_8x8(site, block, &prediction, residual.as_ref());
        }
        self.finish(site, Some(&modes));
        Ok(())
    }

    fn intra_16x16(
        &mut self,
        site: &Site,
        coded: &Coded,
        pred_mode: u8,
    ) -> Result<(), (&'static str, u8)> {
        let name = ("Intra16x16PredMode", pred_mode);
        let mode = Intra16x16PredMode::new(pred_mode).ok_or(name)?;
        let prediction = self.predict_16x16(site, mode).map_err(|_| name)?;
        self.set_16x16(site, &prediction);
        if coded.dc.iter().chain(coded.luma).any(|level| *level != 0) {
            let dc = coded.quantiser.dequantise_dc(coded.dc, coded.scan);
            for block in 0..16 {
                let (x, y) = at_4x4(block);
                let dc = dc[y / 4][x / 4];
                let levels = coded.levels(16 * block, 15);
                if dc == 0 && levels.is_none() {
                    continue;
                }
                let levels = levels.unwrap_or_default();
                let quantiser = &coded.quantiser;
                let coefficients = quantiser.dequantise_4x4(levels, coded.scan, Some(dc));
                let residual = inverse_4x4(&coefficients);
                let prediction = std::array::from_fn(|row| {
                    std::array::from_fn(|column| prediction[y + row][x + column])
                });
                self.set_4x4(site, block, &prediction, Some(&residual));
            }
        }
        self.finish(site, None);
        Ok(())
    }

    fn pcm(&mut self, site: &Site, samples: &[i32], bit_depth_minus8: u8) {
        let max = (256 << bit_depth_minus8.min(8)) - 1;
        let mut block = [[0; 16]; 16];
        for (to, from) in block.as_flattened_mut().iter_mut().zip(samples) {
            *to = (*from).clamp(0, max) as u16;
        }
        self.set_16x16(site, &block);
        self.finish(site, None);
    }
}

/// A macroblock with what decodes it.
struct Coded<'a> {
    macroblock: &'a Macroblock,
    quantiser: Quantiser<'a>,
    scan: Scan,
    dc: &'a [i32],
    luma: &'a [i32],
}

impl Coded<'_> {
    /// The levels of a block, unless all are 0.
    fn levels(&self, start: usize, count: usize) -> Option<&[i32]> {
        let levels = self.luma.get(start..start + count)?;
        levels.iter().any(|level| *level != 0).then_some(levels)
    }
}

impl Site {
    /// The modes of the 4x4 blocks from those coded, in coding order.
    pub fn modes_4x4(&self, coded: &[CodedMode; 16]) -> Modes {
        let mut modes = [[IntraNxNPredMode::Dc; 4]; 4];
        for (block, coded) in coded.iter().enumerate() {
            let (x, y) = at_4x4(block);
            let (column, row) = (x / 4, y / 4);
            modes[row][column] = self.mode(&modes, column, row, *coded);
        }
        modes
    }

    /// The modes of the 8x8 blocks from the first four coded, in coding order.
    pub fn modes_8x8(&self, coded: &[CodedMode; 16]) -> Modes {
        let mut modes = [[IntraNxNPredMode::Dc; 4]; 4];
        for (block, coded) in coded.iter().take(4).enumerate() {
            let (column, row) = (2 * (block % 2), 2 * (block / 2));
            let mode = self.mode(&modes, column, row, *coded);
            for line in modes.iter_mut().skip(row).take(2) {
                line[column..column + 2].fill(mode);
            }
        }
        modes
    }

    fn mode(&self, modes: &Modes, column: usize, row: usize, coded: CodedMode) -> IntraNxNPredMode {
        let left = match column.checked_sub(1) {
            Some(column) => Some(modes[row][column]),
            None => self.left_modes().map(|modes| modes[row]),
        };
        let above = match row.checked_sub(1) {
            Some(row) => Some(modes[row][column]),
            None => self.above_modes().map(|modes| modes[column]),
        };
        let rem = match coded {
            CodedMode::Predicted => None,
            CodedMode::Remaining(rem) => Some(rem),
        };
        IntraNxNPredMode::derive(left, above, rem)
    }
}
