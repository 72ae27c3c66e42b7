//! The arithmetic decoder, H.264 9.3.3.2.

use std::hint::select_unpredictable;

use super::Bins;
use super::contexts::{Contexts, start};
use super::ranges::{State, step};
use super::residual::read;
use crate::h264::slice_data::coder::Block;
use crate::h264::slice_data::error::Fault;

/// Decodes bins from an RBSP; beyond its end all bits are 0.
#[derive(Clone, Debug)]
pub(in super::super) struct Decoder<'a> {
    code: Code<'a>,
    contexts: Contexts,
}

/// The arithmetic code without its contexts: few words, so that loops over bins can keep a copy in
/// registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code<'a> {
    data: &'a [u8],
    /// Bytes taken into `value`.
    next: usize,
    /// codIRange, 256 to 510.
    range: u64,
    /// codIOffset in the first 9 bits, and after it `ahead` bits more.
    value: u64,
    ahead: u32,
}

/// Where codIOffset starts in `value`.
const OFFSET: u32 = 64 - 9;

impl<'a> Decoder<'a> {
    /// Starts at byte `at`.
    pub(in super::super) fn new(data: &'a [u8], at: usize, slice_qp: i8) -> Self {
        let mut code = Code {
            data,
            next: at,
            range: 0,
            value: 0,
            ahead: 0,
        };
        code.initialise();
        Decoder {
            code,
            contexts: start(slice_qp),
        }
    }
}

impl Code<'_> {
    fn initialise(&mut self) {
        self.range = 510;
        self.value = self.word() << 32;
        // 9 of 32 bits are codIOffset.
        self.ahead = 23;
    }

    /// The next four bytes.
    #[inline(always)]
    fn word(&mut self) -> u64 {
        let rest = self.data.get(self.next..).unwrap_or_default();
        self.next += 4;
        let chunk = match rest.first_chunk() {
            Some(chunk) => *chunk,
            None => std::array::from_fn(|at| rest.get(at).copied().unwrap_or(0)),
        };
        u32::from_be_bytes(chunk).into()
    }

    /// Makes sure that `ahead` is 8 at least: no bin takes more bits.
    #[inline(always)]
    fn refill(&mut self) {
        if self.ahead < 8 {
            self.value |= self.word() << (OFFSET - 32 - self.ahead);
            self.ahead += 32;
        }
    }

    /// Passes over bits of `value`.
    #[inline(always)]
    fn shift(&mut self, count: u32) {
        self.value <<= count;
        self.ahead -= count;
    }

    /// A bin with a context.
    #[inline(always)]
    pub(super) fn bin(&mut self, state: &mut State) -> bool {
        let (bin, next) = self.step(*state);
        *state = next;
        bin != 0
    }

    /// A bin with a context in this state, and its next state.
    #[inline(always)]
    pub(super) fn step(&mut self, state: State) -> (u64, State) {
        self.refill();
        let (lps, step) = step(state, self.range);
        let mps_range = self.range - lps;
        let split = mps_range << OFFSET;
        // No branches here: they would be mispredicted where the caller's own branch on the bin is.
        let less = self.value >= split;
        let rest = self.value - select_unpredictable(less, split, 0);
        let doubled = mps_range < 256;
        let mps_next = select_unpredictable(doubled, 2 * mps_range, mps_range);
        self.range = select_unpredictable(less, step.lps_renormalised(), mps_next);
        let shift = select_unpredictable(less, step.lps_shift(), u32::from(doubled));
        self.value = rest << shift;
        self.ahead -= shift;
        ((u64::from(state) & 1) ^ u64::from(less), step.next(less))
    }

    /// A bin of even chances.
    #[inline(always)]
    pub(super) fn bypass(&mut self) -> bool {
        self.refill();
        // Twice codIOffset would not fit in its 9 bits, so that half of the range is taken off
        // before it is doubled.
        let split = self.range << (OFFSET - 1);
        let one = u64::from(self.value < split).wrapping_sub(1);
        self.value -= split & one;
        self.shift(1);
        one != 0
    }

    fn terminate(&mut self) -> bool {
        self.refill();
        self.range -= 2;
        if self.value >= self.range << OFFSET {
            return true;
        }
        let shift = (self.range >> 8) as u32 ^ 1;
        self.range <<= shift;
        self.shift(shift);
        false
    }

    /// Bits of the RBSP read, as the standard's decoder would.
    fn position(&self) -> u64 {
        self.next as u64 * 8 - u64::from(self.ahead)
    }
}

impl Bins for Decoder<'_> {
    const WRITES: bool = false;

    #[inline(always)]
    fn bin(&mut self, context: usize, _: bool) -> bool {
        self.code.bin(&mut self.contexts[context % 512])
    }

    #[inline]
    fn terminate(&mut self, _: bool) -> bool {
        self.code.terminate()
    }

    #[inline]
    fn block(
        &mut self,
        block: Block,
        field: bool,
        increment: usize,
        levels: &mut [i32],
    ) -> Result<u8, Fault> {
        read(
            &mut self.code,
            &mut self.contexts,
            block,
            field,
            increment,
            levels,
        )
    }

    fn pcm_start(&mut self) {
        // After the terminating bin the decoder has read up to the last bit of the code.
        self.code.next = self.code.position().div_ceil(8) as usize;
        self.code.value = 0;
        self.code.ahead = 0;
    }

    fn pcm_bits(&mut self, count: u32, _: u32) -> u32 {
        // Samples are read from the lowest `ahead` bits of `value`.
        let code = &mut self.code;
        while code.ahead < count {
            let byte = code.data.get(code.next).copied().unwrap_or(0);
            code.next += 1;
            code.value = code.value << 8 | u64::from(byte);
            code.ahead += 8;
        }
        code.ahead -= count;
        let sample = code.value >> code.ahead;
        code.value &= (1 << code.ahead) - 1;
        sample as u32
    }

    fn pcm_end(&mut self) {
        self.code.initialise();
    }

    fn place(&self) -> u64 {
        self.code.position()
    }

    fn is_overrun(&self) -> bool {
        self.code.position() > self.code.data.len() as u64 * 8
    }
}
