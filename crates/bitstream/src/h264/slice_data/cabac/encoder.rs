//! The arithmetic encoder, H.264 9.3.4.2.

use std::hint::select_unpredictable;

use super::Bins;
use super::contexts::start;
use super::ranges::{IDLE, State, step};
use super::residual::write;
use crate::h264::slice_data::bit_sink::BitSink;
use crate::h264::slice_data::coder::Block;
use crate::h264::slice_data::error::Fault;

/// Encodes bins after the bits of a sink, which must be aligned.
///
/// Bins wait until many can be encoded in one loop: there the state of the code stays in registers,
/// and what decides which bins there are does not get between them.
#[derive(Clone, Debug)]
pub(in super::super) struct Encoder {
    sink: BitSink,
    code: Code,
    /// The last half is for bins without a context: it is [`IDLE`] and stays so.
    contexts: [State; 2 * CONTEXTS],
    bins: Box<[Bin; CAPACITY]>,
    /// Bins that wait.
    count: usize,
}

/// Places in [`Contexts`](super::contexts::Contexts).
const CONTEXTS: usize = 512;

/// Bins that wait at most.
const CAPACITY: usize = 4096;

/// A bin that waits to be encoded: its context, its value, whether a bin of even chances follows,
/// and that.
///
/// Signs come as part of the bin before them: a quarter of all bins needs no turn of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bin(u16);

impl Bin {
    /// A bin with a context.
    #[inline(always)]
    pub(super) fn new(context: u16, value: bool) -> Bin {
        Bin(context | u16::from(value) << 10)
    }

    /// A bin of even chances.
    pub(super) fn bypass(value: bool) -> Bin {
        Bin(CONTEXTS as u16).and_sign(value)
    }

    /// The same with a bin of even chances after it, such as the sign of a level.
    #[inline(always)]
    pub(super) fn and_sign(self, negative: bool) -> Bin {
        Bin(self.0 | 1 << 11 | u16::from(negative) << 12)
    }

    #[inline(always)]
    fn context(self) -> usize {
        usize::from(self.0) % (2 * CONTEXTS)
    }

    #[inline(always)]
    fn value(self) -> u8 {
        (self.0 >> 10) as u8 & 1
    }

    /// How many bins of even chances follow.
    #[inline(always)]
    fn signs(self) -> u32 {
        u32::from(self.0 >> 11) & 1
    }

    /// All ones where one follows that is 1.
    #[inline(always)]
    fn sign(self) -> u64 {
        (u64::from(self.0) >> 12).wrapping_neg()
    }
}

/// The arithmetic code without its contexts.
#[derive(Clone, Copy, Debug)]
struct Code {
    /// codIRange, 256 to 510.
    range: u64,
    /// codILow, and above its lowest 9 bits `held` more that are not yet written; one bit more
    /// is a carry into what is.
    low: u64,
    held: u32,
}

impl Encoder {
    pub(in super::super) fn new(sink: BitSink, slice_qp: i8) -> Self {
        let mut contexts = [IDLE; 2 * CONTEXTS];
        contexts[..CONTEXTS].copy_from_slice(&start(slice_qp));
        Encoder {
            sink,
            code: Code {
                range: 510,
                low: 0,
                held: 0,
            },
            contexts,
            bins: Box::new([Bin(0); CAPACITY]),
            count: 0,
        }
    }

    /// The sink again, after [`terminate`](Bins::terminate) with 1. The code ends with a bit
    /// that is 1, which in a slice is the stop bit.
    pub(in super::super) fn finish(mut self) -> BitSink {
        self.flush();
        self.sink
    }

    /// Encodes the bins that wait.
    #[inline(never)]
    fn encode(&mut self) {
        let mut code = self.code;
        let bytes = self.sink.bytes_mut();
        for bin in self.bins.get(..self.count).unwrap_or_default() {
            let state = &mut self.contexts[bin.context()];
            let (lps, step) = step(*state, code.range);
            let less = bin.value() != *state & 1;
            *state = step.next(less);
            let mps_range = code.range - lps;
            // No branches here: half of them would be mispredicted.
            code.low += select_unpredictable(less, mps_range, 0);
            // The range of the more probable symbol is doubled once at most.
            let renormalised = select_unpredictable(less, step.lps_renormalised(), 2 * mps_range);
            let shift = select_unpredictable(less, step.lps_shift(), 1);
            let is_whole = mps_range >= select_unpredictable(less, 512, 256);
            code.range = select_unpredictable(is_whole, mps_range, renormalised);
            let shift = select_unpredictable(is_whole, 0, shift);
            let shift = shift + bin.signs();
            code.low = (code.low << shift) + (code.range & bin.sign());
            code.held += shift;
            if code.held >= 40 {
                code.write_held(bytes);
            }
        }
        self.count = 0;
        self.code = code;
    }

    /// EncodeFlush: everything but 7 bits, the last one set.
    fn flush(&mut self) {
        self.encode();
        let code = &mut self.code;
        code.low += code.range;
        code.low <<= 7;
        code.held += 7;
        code.low |= 1 << 7;
        code.carry(self.sink.bytes_mut());
        let count = code.held + 2;
        let bits = code.low >> 7;
        if count > 32 {
            self.sink.bits(count - 32, (bits >> 32) as u32);
        }
        self.sink.bits(count.min(32), bits as u32);
        code.low = 0;
        code.held = 0;
        code.range = 510;
    }

    /// Room for `N` bins more, of which [`took`](Self::took) says how many came.
    #[inline(always)]
    pub(super) fn room<const N: usize>(&mut self) -> &mut [Bin; N] {
        if self.count + N > CAPACITY {
            self.encode();
        }
        let room = self.bins.get_mut(self.count..);
        let room = room.and_then(|room| room.first_chunk_mut());
        room.expect("N is less than CAPACITY")
    }

    /// `count` bins were put into the room.
    #[inline(always)]
    pub(super) fn took(&mut self, count: usize) {
        self.count += count;
    }

    /// One bin.
    #[inline(always)]
    pub(super) fn push(&mut self, bin: Bin) {
        *self.room() = [bin];
        self.took(1);
    }
}

impl Code {
    /// Writes 32 bits of those held.
    #[inline]
    fn write_held(&mut self, bytes: &mut Vec<u8>) {
        self.carry(bytes);
        let rest = self.held + 9 - 32;
        let word = (self.low >> rest) as u32;
        bytes.extend_from_slice(&word.to_be_bytes());
        self.low &= (1 << rest) - 1;
        self.held -= 32;
    }

    #[inline]
    fn carry(&mut self, bytes: &mut [u8]) {
        let top = self.held + 9;
        if self.low >> top != 0 {
            self.low &= (1 << top) - 1;
            for byte in bytes.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
    }
}

impl Bins for Encoder {
    const WRITES: bool = true;

    #[inline(always)]
    fn bin(&mut self, context: usize, bin: bool) -> bool {
        self.push(Bin::new(context as u16, bin));
        bin
    }

    fn terminate(&mut self, bin: bool) -> bool {
        self.encode();
        self.code.range -= 2;
        if !bin {
            let shift = (self.code.range >> 8) as u32 ^ 1;
            self.code.range <<= shift;
            self.code.low <<= shift;
            self.code.held += shift;
        }
        bin
    }

    #[inline]
    fn block(
        &mut self,
        block: Block,
        field: bool,
        increment: usize,
        levels: &mut [i32],
    ) -> Result<u8, Fault> {
        write(self, block, field, increment, levels)
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
        self.sink.position() + u64::from(self.code.held)
    }

    fn is_overrun(&self) -> bool {
        false
    }
}
