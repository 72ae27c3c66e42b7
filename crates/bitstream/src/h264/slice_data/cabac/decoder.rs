//! The arithmetic decoder, H.264 9.3.3.2.

use super::Bins;
use super::contexts::{Contexts, start};
use super::ranges::{NEXT, RANGE_LPS};

/// Decodes bins from an RBSP; beyond its end all bits are 0.
#[derive(Clone, Debug)]
pub(in super::super) struct Decoder<'a> {
    data: &'a [u8],
    /// Bytes taken into `value`.
    next: usize,
    /// codIRange, 256 to 510.
    range: u32,
    /// codIOffset, with `ahead` bits more than codIRange has.
    value: u64,
    ahead: u32,
    contexts: Contexts,
}

impl<'a> Decoder<'a> {
    /// Starts at byte `at`.
    pub(in super::super) fn new(data: &'a [u8], at: usize, slice_qp: i8) -> Self {
        let mut decoder = Decoder {
            data,
            next: at,
            range: 0,
            value: 0,
            ahead: 0,
            contexts: start(slice_qp),
        };
        decoder.initialise();
        decoder
    }

    fn initialise(&mut self) {
        self.range = 510;
        self.value = self.word();
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
            self.value = self.value << 32 | self.word();
            self.ahead += 32;
        }
    }

    /// Bits of the RBSP read, as the standard's decoder would.
    pub(in super::super) fn position(&self) -> u64 {
        self.next as u64 * 8 - u64::from(self.ahead)
    }
}

impl Bins for Decoder<'_> {
    const WRITES: bool = false;

    #[inline(always)]
    fn bin(&mut self, context: usize, _: bool) -> bool {
        self.refill();
        let state = &mut self.contexts[context % 512];
        let mps = *state & 1;
        let row = &RANGE_LPS[usize::from(*state / 2) % 64];
        let lps_range = u32::from(row[(self.range >> 6) as usize % 4]);
        let range = self.range - lps_range;
        let split = u64::from(range) << self.ahead;
        // All ones where the less probable symbol was coded. A branch here would be mispredicted
        // where the caller's own branch on the bin is.
        let less = u64::from(self.value < split).wrapping_sub(1);
        self.value -= split & less;
        let range = range ^ ((range ^ lps_range) & less as u32);
        let bin = mps ^ (less as u8 & 1);
        *state = NEXT[usize::from(*state) % 128][usize::from(bin)];
        // codIRange has 9 bits.
        let shift = range.leading_zeros() - 23;
        self.range = range << shift;
        self.ahead -= shift;
        bin != 0
    }

    #[inline(always)]
    fn bypass(&mut self, _: bool) -> bool {
        self.refill();
        self.ahead -= 1;
        let split = u64::from(self.range) << self.ahead;
        let bin = self.value >= split;
        if bin {
            self.value -= split;
        }
        bin
    }

    #[inline]
    fn terminate(&mut self, _: bool) -> bool {
        self.refill();
        self.range -= 2;
        if self.value >= u64::from(self.range) << self.ahead {
            return true;
        }
        let shift = self.range.leading_zeros() - 23;
        self.range <<= shift;
        self.ahead -= shift;
        false
    }

    fn pcm_start(&mut self) {
        // After the terminating bin the decoder has read up to the last bit of the code.
        self.next = self.position().div_ceil(8) as usize;
        self.value = 0;
        self.ahead = 0;
    }

    fn pcm_bits(&mut self, count: u32, _: u32) -> u32 {
        // Samples are read from `value`, whose lowest `ahead` bits are not yet used.
        while self.ahead < count {
            let byte = self.data.get(self.next).copied().unwrap_or(0);
            self.next += 1;
            self.value = self.value << 8 | u64::from(byte);
            self.ahead += 8;
        }
        self.ahead -= count;
        let sample = self.value >> self.ahead;
        self.value &= (1 << self.ahead) - 1;
        sample as u32
    }

    fn pcm_end(&mut self) {
        self.initialise();
    }

    fn place(&self) -> u64 {
        self.position()
    }

    fn is_overrun(&self) -> bool {
        self.position() > self.data.len() as u64 * 8
    }
}
