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

    /// Whether this was made for the frames of such a sequence.
    pub fn is_of(&self, sps: &Sps) -> bool {
        let (width, height) = (sps.pic_width_in_mbs(), sps.frame_height_in_mbs());
        self.fits(width as usize, height as usize, sps.bit_depth_luma_minus8)
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
        let depth = sps.bit_depth_luma_minus8;
        if !self.is_of(sps) {
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
        if coded.macroblock.cbp_luma != 0 || coded.dc.iter().any(|level| *level != 0) {
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
    /// The levels of a block, unless all are 0 or the coded block pattern leaves it out.
    fn levels(&self, start: usize, count: usize) -> Option<&[i32]> {
        if self.macroblock.cbp_luma >> (start / 64) & 1 == 0 {
            return None;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::h264::{NalHeader, NalUnitType, ParameterSets};
    use crate::nal::AnnexB;

    /// x264 of 48 by 32 samples: High, CABAC, 4x4 and 8x8 transforms.
    const HIGH: &[u8] =
        b"\x00\x00\x00\x01\x67\x64\x10\x0a\xac\xb9\xad\x80\x88\x00\x00\x03\x00\x08\x00\x00\x03\
          \x01\x90\x20\x00\x00\x00\x01\x68\xee\x14\xb2\x2c\x00\x00\x01\x65\x88\x84\x09\xff\xfe\
          \xa4\x17\x2a\xa9\x86\x35\xba\xa5\xb6\x39\x1d\x79\xa6\x3f\x51\x28\x5a\xe8\x9f\x29\xd9\
          \x5d\xde\x8e\x4b\x67\x05\x6d\xe9\xee\x9c\x70\x27\x7c\x39\xf9\x95\x0b\xcf\xdd\x1b\x59\
          \xb9\x25\xb9\xad\xbd\x56\x50\xba\x3a\x5c\x5a\xb1\x49\x95\x33\x4a\x3f\x72\xc5\xa5\x53\
          \x6c\xca\x35\x21\x1b\xce\x19\xc0\xcc\x2d\x2f\x53\xde\xb3\x53\x59\xbc\x24\xb8\xea\x71";

    /// 32 by 32, CAVLC.
    const BASELINE: &[u8] =
        b"\x00\x00\x00\x01\x67\x42\xc0\x0a\xdc\x96\xc0\x44\x00\x00\x03\x00\x04\x00\x00\x03\x00\
          \xc8\x3c\x48\x9e\x00\x00\x00\x01\x68\xce\x14\xb2\x00\x00\x01\x65\x88\x84\x09\xf1\x18\
          \x17\x58\x00\x08\x46\x56\x02\xc0\x00\x40\xfe\x0b\x00\x01\x04\x7f\xf8\xff\xc1\x61\x81\
          \xa4\x4c\xa7\x8a\x90\x4a\x31\x45\x5f\x00\xf4\x85\x6c\x3c\xb9\x7f\xf8\x64\x4d\x57\xd4\
          \x69\x40\xac\xd8\x9c\x06\x94\x0d\x78";

    /// 32 by 64, an MBAFF frame.
    const MBAFF: &[u8] =
        b"\x00\x00\x00\x01\x67\x64\x10\x15\xac\xf2\x4d\x80\x88\x00\x00\x03\x00\x08\x00\x00\x03\
          \x01\x90\xa0\x00\x00\x00\x01\x68\xfe\x0d\x2c\x8b\x00\x00\x01\x65\x88\x82\x2c\x09\xff\
          \xf6\x80\x16\x46\x00\x51\xb6\xe2\xc0\xb4\x15\xf6\xf3\xc5\x08\xa7\xdc\x08\xf3\xed\xdf\
          \xcb\x4b\xc3\x1d\x16\x6a\xe3\x06\x9c\xf2\x2a\x72\x1b\xb2\x71\x99\x63\x0b\x4e\xd3\x4f\
          \x9b\x5f\xab\x4f\x5c\xcc\x4c\xe9\x08\xa8\xe4\x14\x62\x8d\xc8\x55\x81\xcd\x56\x51\xd3\
          \xe0\x89\x7a\xa8\xbd\x5c\xa7\x84\xbd\xaf\x0e\x41";

    /// 32 by 32, High 10, scaling lists of the JVT, two slices.
    const HIGH_10: &[u8] =
        b"\x00\x00\x00\x01\x67\x6e\x10\x0a\xa6\xcb\x92\xd8\x08\x80\x00\x00\x03\x00\x80\x00\x00\
          \x19\x02\x00\x00\x00\x01\x68\xee\x07\x4b\x30\x02\xc0\x00\x00\x01\x65\x88\x84\x09\xff\
          \xfe\x02\x29\x63\xa4\xc2\x56\x05\x2c\x78\x62\xca\xb6\xcf\x54\xeb\x42\x93\xed\xc0\xc7\
          \x8b\x01\x99\x02\xbc\x2d\x00\x00\x01\x65\x62\x21\x02\xbf\xfe\x1f\xe3\xc4\x98\xb4\xe6\
          \x42\x90\xd6\x45\xdd\xdf\x47\xe2\xf9\xf9";

    /// 32 by 64, both fields of a frame: two pictures of x264 with the slice headers of fields.
    const FIELDS: &[u8] =
        b"\x00\x00\x01\x67\x4d\x00\x1e\xdc\x91\x20\x00\x00\x01\x68\xce\x04\x4b\x20\x00\x00\x01\
          \x65\x88\x85\x02\xfc\x46\x17\x00\x01\x03\x15\x1c\x00\x04\x03\x63\x80\x00\x86\x77\xfc\
          \x7f\xe0\xb0\x28\x07\x41\x19\x91\x60\x07\xc2\xb5\x85\x69\xc1\x32\x75\x8f\x04\xc8\xe5\
          \x8e\x22\x15\x3e\xda\x72\x4d\xd1\xbc\x00\x00\x01\x67\x4d\x00\x1e\xdc\x91\x20\x00\x00\
          \x01\x68\xce\x04\x4b\x20\x00\x00\x01\x61\x88\x86\x1d\xfc\x75\x1f\xf8\x2b\x8b\x42\x9a\
          \xc0\xcc\x0c\x0c\x30\x00\x08\x01\x36\x5d\xc5\x58\x87\x7e\x1f\x01\xc7\x08\x42\xbe\x26\
          \x47\x19\xcf\xe3\x18\x28\x4f\x15\x7c\x37\x19\x6b\x34\x2a\x28\x1d\xe7\x55\xb6";

    /// Reconstructs all slices; what cannot be parsed is left out.
    fn reconstruct(stream: &[u8]) -> Result<Option<Picture>, ReconstructError> {
        let mut sets = ParameterSets::new();
        let mut picture = None;
        for unit in AnnexB::new(stream) {
            let kind = NalHeader::parse(unit.bytes).map(|header| header.nal_unit_type);
            if matches!(kind, Ok(NalUnitType::SPS | NalUnitType::PPS)) {
                let _ = sets.insert(unit.bytes);
                continue;
            }
            let Ok(header) = SliceHeader::parse(unit.bytes, &sets) else {
                continue;
            };
            let pps = sets.pps(header.pps_id).unwrap();
            let sps = sets.sps(pps.sps_id).unwrap();
            let Ok(slice) = SliceData::parse(unit.bytes, &header, sps, pps) else {
                continue;
            };
            if picture.is_none() {
                picture = Some(Picture::of(sps)?);
            }
            if let Some(picture) = &mut picture {
                picture.reconstruct(sps, pps, &header, &slice)?;
            }
        }
        Ok(picture)
    }

    /// FNV-1a over samples.
    fn hash(picture: &Picture) -> u64 {
        let samples = picture.luma().samples().iter();
        samples.fold(0xcbf2_9ce4_8422_2325, |hash, sample| {
            (hash ^ u64::from(*sample)).wrapping_mul(0x100_0000_01b3)
        })
    }

    #[test]
    fn pictures_are_those_of_another_decoder_without_its_deblocking() {
        // Hashes of what ffmpeg 5.1 decodes with -skip_loop_filter all.
        let streams = [
            (HIGH, 0x6a0f_7665_a533_1749, 48),
            (BASELINE, 0x4d1f_48b6_9fa6_caf1, 32),
            (MBAFF, 0xcaa6_9c65_f1af_f720, 32),
            (FIELDS, 0xa49b_1b31_8864_8116, 32),
            (HIGH_10, 0x39c2_a0bf_1c0e_bd6c, 32),
        ];
        for (place, (stream, expected, width)) in streams.into_iter().enumerate() {
            let picture = reconstruct(stream).unwrap().unwrap();
            assert_eq!(picture.luma().width(), width);
            assert_eq!(hash(&picture), expected, "stream {place}");
        }
        let high = reconstruct(HIGH).unwrap().unwrap();
        assert_eq!(high.luma().line(0)[..5], [153, 153, 153, 153, 154]);
        assert_eq!(high.luma().line(31)[43..], [156, 187, 187, 187, 187]);
    }

    #[test]
    fn damaged_slices_give_a_picture_or_an_error() {
        let mut refused = 0;
        for stream in [HIGH, BASELINE, MBAFF, FIELDS, HIGH_10] {
            for place in 0..stream.len() {
                for bit in 0..8 {
                    let mut stream = stream.to_vec();
                    stream[place] ^= 1 << bit;
                    refused += usize::from(reconstruct(&stream).is_err());
                }
            }
        }
        assert!(refused > 0);
    }

    #[test]
    fn slices_of_another_sequence_are_refused() {
        let mut picture = reconstruct(HIGH).unwrap().unwrap();
        let mut sets = ParameterSets::new();
        let mut results = Vec::new();
        for unit in AnnexB::new(BASELINE) {
            if sets.insert(unit.bytes).is_ok() {
                continue;
            }
            let header = SliceHeader::parse(unit.bytes, &sets).unwrap();
            let (sps, pps) = (sets.sps(0).unwrap(), sets.pps(0).unwrap());
            let slice = SliceData::parse(unit.bytes, &header, sps, pps).unwrap();
            results.push(picture.reconstruct(sps, pps, &header, &slice));
        }
        assert_eq!(results, [Err(ReconstructError::OtherSequence)]);
    }

    #[test]
    fn errors_name_macroblock_element_and_value() {
        let error = ReconstructError::NotAvailable {
            address: 17,
            element: "Intra4x4PredMode",
            value: 5,
        };
        let text = "macroblock 17: Intra4x4PredMode: is 5, its neighbours are not available";
        assert_eq!(error.to_string(), text);
    }
}
