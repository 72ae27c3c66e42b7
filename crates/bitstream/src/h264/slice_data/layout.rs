//! What parameter sets and slice header say about the coding of a slice.

/// The facts on which the syntax of macroblocks depends.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl Layout {
    /// 4x4 blocks of one chroma component: 0, 4 or 8.
    pub fn chroma_blocks(&self) -> usize {
        match self.chroma_array_type {
            1 => 4,
            2 => 8,
            _ => 0,
        }
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
}
