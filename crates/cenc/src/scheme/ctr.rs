//! Counter mode: `cenc` and `cens`.
//!
//! Work is handed to the cipher as a whole, for it to be compiled along with the cipher's code for
//! each kind of processor: counters are made and key bytes added with the same wide registers.

use aes::cipher::consts::U16;
use aes::cipher::typenum::Unsigned;
use aes::cipher::{
    Array, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser,
    ParBlocks,
};
use aes::{Aes128, Block};

use super::{Iv, Pattern};

/// From one half of a batch on, a whole one takes less time than its blocks one by one.
const WORTH_A_BATCH: usize = 2;

/// The key stream of one sample. It runs on from one range to the next.
pub(super) struct KeyStream<'k> {
    aes: &'k Aes128,
    counter: Counter,
    /// The key block made last, and how many of its bytes are used.
    last: Block,
    used: usize,
}

/// Of the next key block.
struct Counter {
    high: [u8; 8],
    low: u64,
}

impl<'k> KeyStream<'k> {
    pub(super) fn new(aes: &'k Aes128, iv: &Iv) -> Self {
        let (high, low) = iv.counter();
        let high = high.to_be_bytes();
        KeyStream {
            aes,
            counter: Counter { high, low },
            last: Block::default(),
            used: 16,
        }
    }

    /// Encrypts or decrypts all of `range`.
    pub(super) fn apply(&mut self, range: &mut [u8]) {
        let left = self.last.get(self.used..).unwrap_or_default();
        let (begun, range) = range.split_at_mut(left.len().min(range.len()));
        xor(begun, left);
        self.used += begun.len();
        if !range.is_empty() {
            self.aes.encrypt_with_backend(All {
                stream: self,
                range,
            });
        }
    }

    /// Encrypts or decrypts the whole blocks of `range`; what is over stays as it is.
    pub(super) fn apply_whole_blocks(&mut self, range: &mut [u8]) {
        let whole = range.len() - range.len() % 16;
        self.apply(range.split_at_mut(whole).0);
    }

    /// Encrypts or decrypts the whole blocks of `range` that the pattern names. It begins with a
    /// key block of its own.
    pub(super) fn apply_pattern(&mut self, range: &mut [u8], pattern: Pattern) {
        let left = pattern.encrypted_blocks(range.len() as u64) as usize;
        if left > 0 {
            self.aes.encrypt_with_backend(Named {
                counter: &mut self.counter,
                range,
                pattern,
                left,
            });
        }
    }
}

impl Counter {
    /// Fills the first `count` of a batch with the next key blocks; there may be others behind.
    #[inline(always)]
    fn keys<B>(&mut self, backend: &B, batch: &mut ParBlocks<B>, count: usize)
    where
        B: BlockCipherEncBackend<BlockSize = U16>,
    {
        if count >= batch.len() / WORTH_A_BATCH {
            self.fill(batch);
            backend.encrypt_par_blocks_inplace(batch);
        } else {
            let (blocks, _) = batch.split_at_mut(count);
            self.fill(blocks);
            for block in blocks {
                backend.encrypt_block_inplace(block);
            }
        }
        self.low = self.low.wrapping_add(count as u64);
    }

    /// Writes counter blocks. The counter is 64 bits wide: it wraps and carries nothing.
    #[inline(always)]
    fn fill(&self, blocks: &mut [Block]) {
        for (block, number) in blocks.iter_mut().zip(0..) {
            let low = self.low.wrapping_add(number);
            let (first, last) = block.split_at_mut(8);
            first.copy_from_slice(&self.high);
            last.copy_from_slice(&low.to_be_bytes());
        }
    }
}

/// Every byte of a range.
struct All<'s, 'k, 'a> {
    stream: &'s mut KeyStream<'k>,
    range: &'a mut [u8],
}

impl BlockSizeUser for All<'_, '_, '_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for All<'_, '_, '_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let All { stream, range } = self;
        let mut keys = ParBlocks::<B>::default();
        for part in range.chunks_mut(16 * B::ParBlocksSize::USIZE) {
            let count = part.len().div_ceil(16);
            stream.counter.keys(backend, &mut keys, count);
            xor(part, Array::slice_as_flattened(&keys));
            if let (Some(last), over @ 1..) = (keys.get(count - 1), part.len() % 16) {
                (stream.last, stream.used) = (*last, over);
            }
        }
    }
}

/// The blocks of a range that a pattern names.
struct Named<'s, 'a> {
    counter: &'s mut Counter,
    range: &'a mut [u8],
    pattern: Pattern,
    /// How many they are, at least one.
    left: usize,
}

impl BlockSizeUser for Named<'_, '_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Named<'_, '_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(mut self, backend: &B) {
        let crypt = usize::from(self.pattern.crypt);
        let period = 16 * (crypt + usize::from(self.pattern.skip));
        let mut keys = ParBlocks::<B>::default();
        // Of `keys`: used, and there.
        let (mut used, mut count) = (0, 0);
        for part in self.range.chunks_mut(period.max(1)) {
            for place in part.as_chunks_mut().0.iter_mut().take(crypt) {
                if used == count {
                    (used, count) = (0, self.left.min(B::ParBlocksSize::USIZE));
                    self.counter.keys(backend, &mut keys, count);
                    self.left -= count;
                }
                if let Some(key) = keys.get(used) {
                    let sum = u128::from_ne_bytes(*place) ^ u128::from_ne_bytes((*key).into());
                    *place = sum.to_ne_bytes();
                }
                used += 1;
            }
        }
    }
}

#[inline(always)]
fn xor(bytes: &mut [u8], keys: &[u8]) {
    for (byte, key) in bytes.iter_mut().zip(keys) {
        *byte ^= key;
    }
}
