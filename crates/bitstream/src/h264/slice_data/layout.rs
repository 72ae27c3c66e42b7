//! What parameter sets and slice header say about the coding of a slice.

use super::Macroblock;
use super::error::{Error, Feature};
use crate::h264::{NalUnitType, Pps, SliceHeader, SliceType, Sps};

/// Macroblocks of a frame at level 6.2, H.264 table A-1.
const MAX_MACROBLOCKS: u32 = 139_264;

/// The facts on which the syntax of macroblocks depends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// `entropy_coding_mode_flag`.
    pub cabac: bool,
    /// `MbaffFrameFlag`: macroblocks come in pairs, one above the other.
    pub mbaff: bool,
    /// `field_pic_flag`.
    pub field_pic: bool,
    /// `PicWidthInMbs`.
    pub width_in_mbs: usize,
    /// `PicHeightInMbs`.
    pub height_in_mbs: usize,
    /// Address of the slice's first macroblock.
    pub first_address: usize,
    /// `ChromaArrayType`, 0 to 2.
    pub chroma_array_type: u8,
    /// `BitDepthY`, 8 to 14.
    pub bit_depth_luma: u8,
    /// `BitDepthC`, 8 to 14.
    pub bit_depth_chroma: u8,
    /// `transform_8x8_mode_flag`.
    pub transform_8x8_mode: bool,
    /// `SliceQPY`.
    pub slice_qp: i8,
    /// Levels of CAVLC may need a `level_prefix` above 15: the High profiles.
    pub long_levels: bool,
    /// `qpprime_y_zero_transform_bypass_flag`: no macroblock has QP'Y 0.
    pub transform_bypass: bool,
}

impl Layout {
    /// Refuses what is not supported.
    pub(super) fn new(header: &SliceHeader, sps: &Sps, pps: &Pps) -> Result<Layout, Error> {
        let refused = match header.slice_type {
            SliceType::I => None,
            SliceType::Sp | SliceType::Si => Some(Feature::SwitchingSlices),
            SliceType::P | SliceType::B => Some(Feature::InterSlices),
        };
        let refused = refused.or(match header.nal.nal_unit_type {
            NalUnitType::SLICE | NalUnitType::IDR => None,
            NalUnitType::AUXILIARY_SLICE => Some(Feature::AuxiliaryPictures),
            _ => Some(Feature::DataPartitioning),
        });
        let frame_size = sps
            .pic_width_in_mbs()
            .saturating_mul(sps.frame_height_in_mbs());
        let others = [
            (pps.slice_groups.is_some(), Feature::SliceGroups),
            (sps.separate_colour_plane, Feature::SeparateColourPlanes),
            (sps.chroma_format_idc == 3, Feature::Chroma444),
            (frame_size > MAX_MACROBLOCKS, Feature::PictureSize),
        ];
        let other = others.into_iter().find(|(has, _)| *has);
        if let Some(feature) = refused.or(other.map(|(_, feature)| feature)) {
            return Err(Error::Unsupported(feature));
        }
        let mbaff = sps.mb_adaptive_frame_field && !header.field_pic;
        let fields = if header.field_pic { 2 } else { 1 };
        let slice_qp = 26 + i32::from(pps.pic_init_qp_minus26) + header.slice_qp_delta;
        let transform_8x8 = pps.transform_8x8.as_ref();
        Ok(Layout {
            cabac: pps.entropy_coding_mode,
            mbaff,
            field_pic: header.field_pic,
            width_in_mbs: sps.pic_width_in_mbs() as usize,
            height_in_mbs: (sps.frame_height_in_mbs() / fields) as usize,
            first_address: header.first_mb_in_slice as usize * (1 + usize::from(mbaff)),
            chroma_array_type: sps.chroma_array_type(),
            bit_depth_luma: sps.bit_depth_luma(),
            bit_depth_chroma: sps.bit_depth_chroma(),
            transform_8x8_mode: transform_8x8.is_some_and(|high| high.transform_8x8_mode),
            slice_qp: slice_qp.clamp(-36, 51) as i8,
            long_levels: !matches!(sps.profile_idc, 66 | 77 | 88),
            transform_bypass: sps.qpprime_y_zero_transform_bypass,
        })
    }

    /// Macroblocks from the first of the slice to the end of the picture.
    pub(super) fn most_macroblocks(&self) -> usize {
        let all = self.width_in_mbs.saturating_mul(self.height_in_mbs);
        all.saturating_sub(self.first_address)
    }

    /// 4x4 blocks of one chroma component: 0, 4 or 8.
    pub fn chroma_blocks(&self) -> usize {
        match self.chroma_array_type {
            1 => 4,
            2 => 8,
            _ => 0,
        }
    }

    /// Samples of both chroma components of a macroblock.
    pub(super) fn chroma_samples(&self) -> usize {
        2 * 16 * self.chroma_blocks()
    }

    /// Column and row of the macroblock at `address`, in macroblocks; of a field macroblock pair
    /// the row where its pair starts, plus 1 for the bottom field.
    pub fn place(&self, address: usize) -> (usize, usize) {
        let width = self.width_in_mbs.max(1);
        if self.mbaff {
            let pair = address / 2;
            (pair % width, 2 * (pair / width) + address % 2)
        } else {
            (address % width, address / width)
        }
    }

    /// ctxIdxInc of `mb_field_decoding_flag` in the pair after the macroblocks `done`, H.264
    /// 9.3.3.1.1.5: how many of the pairs to the left and above are field pairs.
    pub(super) fn field_pairs_around(&self, done: &[Macroblock]) -> usize {
        let pair = done.len() / 2;
        let width = self.width_in_mbs.max(1);
        let at_left = (self.first_address / 2 + pair).is_multiple_of(width);
        let left = if at_left { None } else { pair.checked_sub(1) };
        let above = pair.checked_sub(width);
        let is_field = |pair: usize| done.get(2 * pair).is_some_and(|mb| mb.field);
        [left, above]
            .into_iter()
            .flatten()
            .filter(|pair| is_field(*pair))
            .count()
    }
}
