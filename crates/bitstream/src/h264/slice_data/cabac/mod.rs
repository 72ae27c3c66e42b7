//! CABAC: elements as bins with contexts, H.264 9.3.

mod contexts;
mod decoder;
mod encoder;
mod map_8x8;
mod ranges;
mod residual;
mod start;

use super::coder::{Around, Block, Coder};
use super::error::{Fault, check};
use super::{CodedMode, Macroblock, MbType};

pub(super) use decoder::Decoder;
pub(super) use encoder::Encoder;

/// The arithmetic coder, decoding or encoding: what goes in comes out as in [`Coder`].
pub(super) trait Bins {
    const WRITES: bool;

    /// A bin with a context.
    fn bin(&mut self, context: usize, bin: bool) -> bool;
    /// A bin that ends the code where it is 1.
    fn terminate(&mut self, bin: bool) -> bool;
    /// `residual_block_cabac()`, as [`Coder::block`]; `increment` is ctxIdxInc of
    /// `coded_block_flag`.
    fn block(
        &mut self,
        block: Block,
        field: bool,
        increment: usize,
        levels: &mut [i32],
    ) -> Result<u8, Fault>;
    /// From the code that has ended to plain bits.
    fn pcm_start(&mut self);
    fn pcm_bits(&mut self, count: u32, bits: u32) -> u32;
    /// From plain bits to a new code.
    fn pcm_end(&mut self);
    fn place(&self) -> u64;
    fn is_overrun(&self) -> bool;
}

// ctxIdxOffset of elements, H.264 table 9-34.
const MB_TYPE: usize = 3;
const MB_QP_DELTA: usize = 60;
const CHROMA_MODE: usize = 64;
const PREV_MODE: usize = 68;
const REM_MODE: usize = 69;
const MB_FIELD: usize = 70;
const CBP_LUMA: usize = 73;
const CBP_CHROMA: usize = 77;
const TRANSFORM_8X8: usize = 399;

/// CABAC in one direction.
pub(super) struct Cabac<B> {
    pub(super) bins: B,
    field: bool,
}

impl<B: Bins> Cabac<B> {
    pub(super) fn new(bins: B, field_pic: bool) -> Self {
        let field = field_pic;
        Cabac { bins, field }
    }

    /// The bins of I_16x16 after the one that tells it from I_PCM, 9.3.2.5.
    fn mb_type_16x16(&mut self, mb: &mut Macroblock) {
        let bins = &mut self.bins;
        let mut pred_mode = match mb.mb_type {
            MbType::I16x16 { pred_mode } => pred_mode,
            _ => 0,
        };
        let luma = bins.bin(MB_TYPE + 3, mb.cbp_luma != 0);
        mb.cbp_luma = if luma { 15 } else { 0 };
        mb.cbp_chroma = match bins.bin(MB_TYPE + 4, mb.cbp_chroma != 0) {
            true => 1 + u8::from(bins.bin(MB_TYPE + 5, mb.cbp_chroma == 2)),
            false => 0,
        };
        let high = bins.bin(MB_TYPE + 6, pred_mode & 2 != 0);
        let low = bins.bin(MB_TYPE + 7, pred_mode & 1 != 0);
        pred_mode = 2 * u8::from(high) + u8::from(low);
        mb.mb_type = MbType::I16x16 { pred_mode };
    }
}

impl<B: Bins> Coder for Cabac<B> {
    const WRITES: bool = B::WRITES;
    const CABAC: bool = true;

    fn position(&self) -> u64 {
        self.bins.place()
    }

    fn mb_field(&mut self, increment: usize, field: bool) -> bool {
        self.field = self.bins.bin(MB_FIELD + increment, field);
        self.field
    }

    fn mb_type(&mut self, around: &Around, mb: &mut Macroblock) -> Result<(), Fault> {
        let increment = around.count(1, |mb| mb.mb_type != MbType::INxN);
        if !self
            .bins
            .bin(MB_TYPE + increment, mb.mb_type != MbType::INxN)
        {
            mb.mb_type = MbType::INxN;
        } else if self.bins.terminate(mb.is_pcm()) {
            mb.mb_type = MbType::IPcm;
        } else {
            self.mb_type_16x16(mb);
        }
        Ok(())
    }

    fn transform_8x8(&mut self, around: &Around, flag: bool) -> bool {
        let increment = around.count(1, |mb| mb.transform_8x8);
        self.bins.bin(TRANSFORM_8X8 + increment, flag)
    }

    #[inline]
    fn mode(&mut self, mode: CodedMode) -> CodedMode {
        if self.bins.bin(PREV_MODE, mode == CodedMode::Predicted) {
            return CodedMode::Predicted;
        }
        let wanted = match mode {
            CodedMode::Predicted => 0,
            CodedMode::Remaining(mode) => mode,
        };
        let mut bit = |at: u8| u8::from(self.bins.bin(REM_MODE, wanted >> at & 1 != 0)) << at;
        CodedMode::Remaining(bit(0) | bit(1) | bit(2))
    }

    fn chroma_mode(&mut self, around: &Around, mode: u8) -> Result<u8, Fault> {
        let increment = around.count(1, |mb| mb.intra_chroma_pred_mode != 0);
        if !self.bins.bin(CHROMA_MODE + increment, mode > 0) {
            return Ok(0);
        }
        let mut value = 1;
        while value < 3 && self.bins.bin(CHROMA_MODE + 3, mode > value) {
            value += 1;
        }
        Ok(value)
    }

    fn cbp(&mut self, around: &Around, chroma: bool, mb: &mut Macroblock) -> Result<(), Fault> {
        let wanted = mb.cbp_luma;
        let mut luma = 0;
        for k in 0..4 {
            let (row, column) = (k / 2, k % 2);
            let left_empty = match column {
                0 => around.left_empty[row],
                _ => luma >> (k - 1) & 1 == 0,
            };
            let above_empty = match row {
                0 => around.above_empty[column],
                _ => luma >> (k - 2) & 1 == 0,
            };
            let increment = usize::from(left_empty) + 2 * usize::from(above_empty);
            luma |= u8::from(self.bins.bin(CBP_LUMA + increment, wanted >> k & 1 != 0)) << k;
        }
        mb.cbp_luma = luma;
        let wanted = mb.cbp_chroma;
        mb.cbp_chroma = 0;
        if chroma {
            let increment = around.count(2, |mb| mb.cbp_chroma != 0);
            if self.bins.bin(CBP_CHROMA + increment, wanted != 0) {
                let increment = 4 + around.count(2, |mb| mb.cbp_chroma == 2);
                mb.cbp_chroma = 1 + u8::from(self.bins.bin(CBP_CHROMA + increment, wanted == 2));
            }
        }
        Ok(())
    }

    fn qp_delta(&mut self, follows: bool, delta: i32) -> Result<i32, Fault> {
        // 0, 1, -1, 2, -2 ... in unary.
        let wanted = 2 * delta.unsigned_abs() - u32::from(delta > 0);
        let mut number = 0;
        let mut context = MB_QP_DELTA + usize::from(follows);
        while self.bins.bin(context, number < wanted) {
            context = MB_QP_DELTA + if number == 0 { 2 } else { 3 };
            number += 1;
            check("mb_qp_delta (bins)", number.into(), 0, 2 * 52)?;
        }
        let magnitude = number.div_ceil(2) as i32;
        Ok(if number % 2 == 1 {
            magnitude
        } else {
            -magnitude
        })
    }

    fn pcm_start(&mut self) {
        self.bins.pcm_start();
    }

    fn pcm_sample(&mut self, bits: u32, sample: i32) -> i32 {
        self.bins.pcm_bits(bits, sample as u32) as i32
    }

    fn pcm_end(&mut self) {
        self.bins.pcm_end();
    }

    #[inline]
    fn block(
        &mut self,
        block: Block,
        left: u8,
        above: u8,
        levels: &mut [i32],
    ) -> Result<u8, Fault> {
        let increment = usize::from(left != 0) + 2 * usize::from(above != 0);
        self.bins.block(block, self.field, increment, levels)
    }

    fn end(&mut self, first_of_pair: bool, last: bool) -> bool {
        !first_of_pair && self.bins.terminate(last)
    }

    fn overrun(&self) -> bool {
        self.bins.is_overrun()
    }
}
