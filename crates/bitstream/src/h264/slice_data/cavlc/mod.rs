//! CAVLC: elements and blocks as variable-length codes, H.264 9.1 and 9.2.

mod code;
mod coeff_token;
mod residual;
mod zeros;

use super::bit_sink::BitSink;
use super::bit_source::BitSource;
use super::coder::{Around, Block, Coder};
use super::error::{Fault, check};
use super::{CodedMode, Macroblock, MbType};

/// `coded_block_pattern` of intra macroblocks by `codeNum`, with chroma (H.264 table 9-4).
#[rustfmt::skip]
const CBP: [u8; 48] = [
    47, 31, 15,  0, 23, 27, 29, 30,  7, 11, 13, 14, 39, 43, 45, 46,
    16,  3,  5, 10, 12, 19, 21, 26, 28, 35, 37, 42, 44,  1,  2,  4,
     8, 17, 18, 20, 24,  6,  9, 22, 25, 32, 33, 34, 36, 40, 38, 41,
];

/// The same without chroma.
const CBP_LUMA: [u8; 16] = [15, 0, 7, 11, 13, 14, 3, 5, 10, 12, 1, 2, 4, 8, 6, 9];

/// The codes CAVLC is made of, read or written; what goes in comes out as in [`Coder`].
pub(super) trait Codes {
    const WRITES: bool;
    fn place(&self) -> u64;
    fn u(&mut self, count: u32, value: u32) -> u32;
    fn ue(&mut self, element: &'static str, value: u32) -> Result<u32, Fault>;
    fn align_zero(&mut self);
    fn levels(
        &mut self,
        block: Block,
        around: (u8, u8),
        max_prefix: u32,
        levels: &mut [i32],
    ) -> Result<u8, Fault>;
    fn at_end(&self, last: bool) -> bool;
    fn is_overrun(&self) -> bool;
}

impl Codes for BitSource<'_> {
    const WRITES: bool = false;

    fn place(&self) -> u64 {
        self.position() as u64
    }

    #[inline(always)]
    fn u(&mut self, count: u32, _: u32) -> u32 {
        self.bits(count)
    }

    #[inline]
    fn ue(&mut self, element: &'static str, _: u32) -> Result<u32, Fault> {
        let word = self.peek();
        let zeros = word.leading_zeros();
        // Nothing in slice data is as large.
        if zeros > 24 {
            return Err(Fault::NoCode { element });
        }
        let length = 2 * zeros + 1;
        self.skip(length);
        Ok((word >> (64 - length)) as u32 - 1)
    }

    fn align_zero(&mut self) {
        self.align();
    }

    #[inline]
    fn levels(
        &mut self,
        block: Block,
        around: (u8, u8),
        max_prefix: u32,
        levels: &mut [i32],
    ) -> Result<u8, Fault> {
        residual::read(self, block, around, max_prefix, levels)
    }

    fn at_end(&self, _: bool) -> bool {
        !self.more_data()
    }

    fn is_overrun(&self) -> bool {
        self.overrun()
    }
}

impl Codes for BitSink {
    const WRITES: bool = true;

    fn place(&self) -> u64 {
        self.position()
    }

    #[inline(always)]
    fn u(&mut self, count: u32, value: u32) -> u32 {
        self.bits(count, value);
        value
    }

    fn ue(&mut self, element: &'static str, value: u32) -> Result<u32, Fault> {
        check(element, value.into(), 0, (1 << 15) - 1)?;
        let code = value + 1;
        self.bits(2 * code.ilog2() + 1, code);
        Ok(value)
    }

    fn align_zero(&mut self) {
        self.align(0);
    }

    fn levels(
        &mut self,
        block: Block,
        around: (u8, u8),
        max_prefix: u32,
        levels: &mut [i32],
    ) -> Result<u8, Fault> {
        residual::write(self, block, around, max_prefix, levels)
    }

    fn at_end(&self, last: bool) -> bool {
        last
    }

    fn is_overrun(&self) -> bool {
        false
    }
}

/// CAVLC in one direction.
pub(super) struct Cavlc<C> {
    pub(super) codes: C,
    max_prefix: u32,
}

impl<C: Codes> Cavlc<C> {
    pub(super) fn new(codes: C, long_levels: bool) -> Self {
        let max_prefix = residual::max_prefix(long_levels);
        Cavlc { codes, max_prefix }
    }
}

impl<C: Codes> Coder for Cavlc<C> {
    const WRITES: bool = C::WRITES;
    const CABAC: bool = false;

    fn position(&self) -> u64 {
        self.codes.place()
    }

    fn mb_field(&mut self, _: usize, field: bool) -> bool {
        self.codes.u(1, field.into()) != 0
    }

    fn mb_type(&mut self, _: &Around, mb: &mut Macroblock) -> Result<(), Fault> {
        let value = match mb.mb_type {
            MbType::INxN => 0,
            MbType::I16x16 { pred_mode } => {
                let with_luma = if mb.cbp_luma == 0 { 0 } else { 12 };
                1 + u32::from(pred_mode) + 4 * u32::from(mb.cbp_chroma) + with_luma
            }
            MbType::IPcm => 25,
        };
        let value = self.codes.ue("mb_type", value)?;
        check("mb_type", value.into(), 0, 25)?;
        mb.mb_type = match value.checked_sub(1) {
            None => MbType::INxN,
            Some(24..) => MbType::IPcm,
            Some(value) => {
                mb.cbp_luma = if value < 12 { 0 } else { 15 };
                mb.cbp_chroma = (value / 4 % 3) as u8;
                let pred_mode = (value % 4) as u8;
                MbType::I16x16 { pred_mode }
            }
        };
        Ok(())
    }

    fn transform_8x8(&mut self, _: &Around, flag: bool) -> bool {
        self.codes.u(1, flag.into()) != 0
    }

    #[inline]
    fn mode(&mut self, mode: CodedMode) -> CodedMode {
        let predicted = u32::from(mode == CodedMode::Predicted);
        if self.codes.u(1, predicted) != 0 {
            return CodedMode::Predicted;
        }
        let remaining = match mode {
            CodedMode::Predicted => 0,
            CodedMode::Remaining(mode) => mode.into(),
        };
        CodedMode::Remaining(self.codes.u(3, remaining) as u8)
    }

    fn chroma_mode(&mut self, _: &Around, mode: u8) -> Result<u8, Fault> {
        let element = "intra_chroma_pred_mode";
        let mode = self.codes.ue(element, mode.into())?;
        check(element, mode.into(), 0, 3)?;
        Ok(mode as u8)
    }

    fn cbp(&mut self, _: &Around, chroma: bool, mb: &mut Macroblock) -> Result<(), Fault> {
        let table: &[u8] = if chroma { &CBP } else { &CBP_LUMA };
        let element = "coded_block_pattern";
        let mut number = 0;
        if C::WRITES {
            let cbp = mb.cbp_luma | if chroma { mb.cbp_chroma << 4 } else { 0 };
            let found = table.iter().position(|entry| *entry == cbp);
            number = found.ok_or(Fault::NoCode { element })? as u32;
        }
        let number = self.codes.ue(element, number)?;
        let cbp = table.get(number as usize);
        let cbp = cbp.ok_or(Fault::NoCode { element })?;
        mb.cbp_luma = cbp & 15;
        mb.cbp_chroma = cbp >> 4;
        Ok(())
    }

    fn qp_delta(&mut self, _: bool, delta: i32) -> Result<i32, Fault> {
        let number = 2 * delta.unsigned_abs() - u32::from(delta > 0);
        let number = self.codes.ue("mb_qp_delta", number)?;
        let magnitude = number.div_ceil(2) as i32;
        Ok(if number % 2 == 1 {
            magnitude
        } else {
            -magnitude
        })
    }

    fn pcm_start(&mut self) {
        self.codes.align_zero();
    }

    fn pcm_sample(&mut self, bits: u32, sample: i32) -> i32 {
        self.codes.u(bits, sample as u32) as i32
    }

    fn pcm_end(&mut self) {}

    #[inline]
    fn block(
        &mut self,
        block: Block,
        left: u8,
        above: u8,
        levels: &mut [i32],
    ) -> Result<u8, Fault> {
        self.codes
            .levels(block, (left, above), self.max_prefix, levels)
    }

    fn end(&mut self, _: bool, last: bool) -> bool {
        self.codes.at_end(last)
    }

    fn overrun(&self) -> bool {
        self.codes.is_overrun()
    }
}
