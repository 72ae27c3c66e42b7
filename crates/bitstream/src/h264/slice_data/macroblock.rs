//! One macroblock as its syntax has it.

/// A macroblock of an intra slice, H.264 7.3.5: values as coded.
///
/// Its levels lie in the [`SliceData`](super::SliceData) it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Macroblock {
    /// `mb_type` without the parts that are fields of their own.
    pub mb_type: MbType,
    /// A macroblock of a field picture, or a field macroblock of an MBAFF frame: the field scan
    /// applies.
    pub field: bool,
    /// `transform_size_8x8_flag`: I_NxN predicts and transforms 8x8 blocks.
    pub transform_8x8: bool,
    /// How each 4x4 block (16 entries) or 8x8 block (the first 4) of I_NxN is predicted, in
    /// coding order; what is beyond is [`CodedMode::Predicted`].
    pub modes: [CodedMode; 16],
    /// `intra_chroma_pred_mode`, 0 to 3; 0 where there is no chroma.
    pub intra_chroma_pred_mode: u8,
    /// `CodedBlockPatternLuma`, one bit per 8x8 block from bit 0; of I_16x16 0 or 15.
    pub cbp_luma: u8,
    /// `CodedBlockPatternChroma`: 0 none, 1 DC, 2 DC and AC.
    pub cbp_chroma: u8,
    /// QPY after `mb_qp_delta`, from -6 times the luma bits above 8 to 51.
    ///
    /// `mb_qp_delta` is not kept: it is the difference to the QP before, and it is coded only
    /// where [`codes_qp`](Self::codes_qp). Macroblocks that do not code it have the QP before;
    /// so has I_PCM, whose samples need none (the deblocking filter takes its QP to be 0).
    pub qp: i8,
}

/// `mb_type` of I slices, H.264 table 7-11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MbType {
    /// I_NxN: every 4x4 or 8x8 block has a mode of its own.
    INxN,
    /// I_16x16 with `Intra16x16PredMode`: 0 vertical, 1 horizontal, 2 DC, 3 plane.
    I16x16 {
        /// `Intra16x16PredMode`, 0 to 3.
        pred_mode: u8,
    },
    /// I_PCM: the samples themselves.
    IPcm,
}

/// The prediction mode of a block as coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CodedMode {
    /// `prev_intra4x4_pred_mode_flag` (or `8x8`) is 1: the predicted mode.
    #[default]
    Predicted,
    /// `rem_intra4x4_pred_mode` (or `8x8`), 0 to 7.
    Remaining(u8),
}

impl Macroblock {
    /// Nothing coded, nothing predicted.
    pub(super) fn empty() -> Macroblock {
        Macroblock {
            mb_type: MbType::INxN,
            field: false,
            transform_8x8: false,
            modes: [CodedMode::Predicted; 16],
            intra_chroma_pred_mode: 0,
            cbp_luma: 0,
            cbp_chroma: 0,
            qp: 0,
        }
    }

    /// Intra_16x16 prediction.
    pub fn is_16x16(&self) -> bool {
        matches!(self.mb_type, MbType::I16x16 { .. })
    }

    /// Samples without prediction.
    pub fn is_pcm(&self) -> bool {
        self.mb_type == MbType::IPcm
    }

    /// Whether `mb_qp_delta` is coded: in I_16x16, and where the coded block pattern is not 0.
    pub fn codes_qp(&self) -> bool {
        match self.mb_type {
            MbType::I16x16 { .. } => true,
            MbType::INxN => self.cbp_luma != 0 || self.cbp_chroma != 0,
            MbType::IPcm => false,
        }
    }
}
