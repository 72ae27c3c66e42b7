//! The arithmetic encoder, H.264 9.3.4.2.

use super::Bins;
use super::contexts::{Contexts, start};
use super::ranges::{NEXT, RANGE_LPS};
use crate::h264::slice_data::bit_sink::BitSink;

/// Encodes bins after the bits of a sink, which must be aligned.
#[derive(Clone, Debug)]
pub(in super::super) struct Encoder {
    sink: BitSink,
    /// codIRange, 256 to 510.
    range: u32,
    /// codILow, and above its lowest 9 bits `held` more that are not yet written; one bit more
    /// is a carry into what is.
    low: u64,
    held: u32,
    contexts: Contexts,
}

impl Encoder {
    pub(in super::super) fn new(sink: BitSink, slice_qp: i8) -> Self {
        Encoder {
            sink,
            range: 510,
            low: 0,
            held: 0,
            contexts: start(slice_qp),
        }
    }

    /// The sink again, after [`terminate`](Bins::terminate) with 1. The code ends with a bit
    /// that is 1, which in a slice is the stop bit.
    pub(in super::super) fn finish(mut self) -> BitSink {
        self.flush();
        self.sink
    }

    #[inline(always)]
    fn shift(&mut self, count: u32) {
        self.range <<= count;
        self.low <<= count;
        self.held += count;
        if self.held >= 40 {
            self.write_held();
        }
    }

    /// Writes 32 bits of those held.
    #[inline]
    fn write_held(&mut self) {
        self.carry();
        let rest = self.held + 9 - 32;
        let word = (self.low >> rest) as u32;
        self.sink.bytes_mut().extend_from_slice(&word.to_be_bytes());
        self.low &= (1 << rest) - 1;
        self.held -= 32;
    }

    #[inline]
    fn carry(&mut self) {
        let top = self.held + 9;
        if self.low >> top != 0 {
            self.low &= (1 << top) - 1;
            for byte in self.sink.bytes_mut().iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
    }

    /// EncodeFlush: everything but 7 bits, the last one set.
    fn flush(&mut self) {
        self.low += u64::from(self.range);
        self.low <<= 7;
        self.held += 7;
        self.low |= 1 << 7;
        self.carry();
        let count = self.held + 2;
        let code = self.low >> 7;
        if count > 32 {
            self.sink.bits(count - 32, (code >> 32) as u32);
        }
        self.sink.bits(count.min(32), code as u32);
        self.low = 0;
        self.held = 0;
        self.range = 510;
    }
}

impl Bins for Encoder {
    const WRITES: bool = true;

    #[inline(always)]
    fn bin(&mut self, context: usize, bin: bool) -> bool {
        let state = &mut self.contexts[context % 512];
        let row = &RANGE_LPS[usize::from(*state / 2) % 64];
        let lps_range = u32::from(row[(self.range >> 6) as usize % 4]);
        self.range -= lps_range;
        if bin != (*state & 1 != 0) {
            self.low += u64::from(self.range);
            self.range = lps_range;
        }
        *state = NEXT[usize::from(*state) % 128][usize::from(bin)];
        self.shift(self.range.leading_zeros() - 23);
        bin
    }

    #[inline(always)]
    fn bypass(&mut self, bin: bool) -> bool {
        self.low = 2 * self.low + if bin { u64::from(self.range) } else { 0 };
        self.held += 1;
        if self.held >= 40 {
            self.write_held();
        }
        bin
    }

    fn terminate(&mut self, bin: bool) -> bool {
        self.range -= 2;
        if !bin {
            self.shift(self.range.leading_zeros() - 23);
        }
        bin
    }

    fn pcm_start(&mut self) {
        self.flush();
        self.sink.align(0);
    }

    fn pcm_bits(&mut self, count: u32, bits: u32) -> u32 {
        self.sink.bits(count, bits);
        bits
    }

    fn pcm_end(&mut self) {
        // Samples of a macroblock fill whole bytes at every bit depth.
        self.sink.align(0);
    }

    fn place(&self) -> u64 {
        self.sink.position() + u64::from(self.held)
    }

    fn is_overrun(&self) -> bool {
        false
    }
}
