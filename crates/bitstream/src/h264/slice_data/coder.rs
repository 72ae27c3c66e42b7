//! What the two entropy coders have in common, in both directions.

use super::error::Fault;
use super::{CodedMode, Macroblock, Neighbours};

/// An entropy coder at work: it reads elements, or writes those it is given.
///
/// Every element goes in with the value it is to be written with and comes out with the value it
/// has: a reader does not look at what goes in, a writer gives it back. So the syntax is described
/// once.
pub(super) trait Coder {
    /// It writes.
    const WRITES: bool;
    /// CABAC, not CAVLC.
    const CABAC: bool;

    /// Bits of the RBSP read or written.
    fn position(&self) -> u64;

    /// `mb_field_decoding_flag`, with its ctxIdxInc.
    fn mb_field(&mut self, increment: usize, field: bool) -> bool;

    /// `mb_type`, for I_16x16 with the coded block pattern.
    fn mb_type(&mut self, around: &Around, mb: &mut Macroblock) -> Result<(), Fault>;

    /// `transform_size_8x8_flag`.
    fn transform_8x8(&mut self, around: &Around, flag: bool) -> bool;

    /// `prev_intra4x4_pred_mode_flag` and `rem_intra4x4_pred_mode`, or those of 8x8 blocks.
    fn mode(&mut self, mode: CodedMode) -> CodedMode;

    /// `intra_chroma_pred_mode`.
    fn chroma_mode(&mut self, around: &Around, mode: u8) -> Result<u8, Fault>;

    /// `coded_block_pattern`.
    fn cbp(&mut self, around: &Around, chroma: bool, mb: &mut Macroblock) -> Result<(), Fault>;

    /// `mb_qp_delta`; `follows` tells that the macroblock before has one that is not 0.
    fn qp_delta(&mut self, follows: bool, delta: i32) -> Result<i32, Fault>;

    /// Samples of I_PCM, `bits` each: `start` before the first, `end` after the last.
    fn pcm_start(&mut self);
    /// One sample.
    fn pcm_sample(&mut self, bits: u32, sample: i32) -> i32;
    /// After the last sample.
    fn pcm_end(&mut self);

    /// `residual_block()`: the levels of one block, all 0 before they are read. `left` and `above`
    /// are what this gave for the neighbours, and what it gives is for the neighbours to come.
    fn block(&mut self, block: Block, left: u8, above: u8, levels: &mut [i32])
    -> Result<u8, Fault>;

    /// Whether the slice ends after a macroblock; in the first of an MBAFF pair CABAC has no flag
    /// that would tell.
    fn end(&mut self, first_of_pair: bool, last: bool) -> bool;

    /// Whether more was read than there is.
    fn overrun(&self) -> bool;
}

/// What kind of block its levels belong to, in the order of `ctxBlockCat` (H.264 table 9-42).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Intra16x16DCLevel.
    LumaDc,
    /// Intra16x16ACLevel.
    LumaAc,
    /// LumaLevel4x4.
    Luma4x4,
    /// ChromaDCLevel.
    ChromaDc,
    /// ChromaACLevel.
    ChromaAc,
    /// LumaLevel8x8, of CABAC alone: CAVLC has four blocks instead.
    Luma8x8,
}

/// The macroblocks beside one, as far as the choice of contexts depends on them.
pub(super) struct Around<'a> {
    /// mbAddrA.
    pub(super) left: Option<&'a Macroblock>,
    /// mbAddrB.
    pub(super) above: Option<&'a Macroblock>,
    /// Whether the upper and the lower 8x8 block to the left is not coded; false where there is
    /// none.
    pub(super) left_empty: [bool; 2],
    /// The same above, from the left.
    pub(super) above_empty: [bool; 2],
}

impl<'a> Around<'a> {
    pub(super) fn new(done: &'a [Macroblock], neighbours: &Neighbours) -> Self {
        let above = neighbours.above.and_then(|index| done.get(index));
        let left_empty = |row: usize| {
            let beside = neighbours.left.map(|left| left[2 * row]);
            beside.is_some_and(|beside| {
                let block = beside.row / 2 * 2 + 1;
                let mb = done.get(beside.macroblock);
                mb.is_some_and(|mb| mb.cbp_luma >> block & 1 == 0)
            })
        };
        let above_empty =
            |column: usize| above.is_some_and(|mb| mb.cbp_luma >> (2 + column) & 1 == 0);
        Around {
            left: neighbours.a().and_then(|index| done.get(index)),
            above,
            left_empty: [left_empty(0), left_empty(1)],
            above_empty: [above_empty(0), above_empty(1)],
        }
    }

    /// One for each macroblock beside that `is`, the upper one times `weight`.
    pub(super) fn count(&self, weight: usize, is: impl Fn(&Macroblock) -> bool) -> usize {
        usize::from(self.left.is_some_and(&is)) + weight * usize::from(self.above.is_some_and(&is))
    }
}
