//! Counter mode: `cenc` and `cens`.

use aes::cipher::{Array, BlockCipherEncrypt};
use aes::{Aes128, Block};

use super::{Iv, Pattern};

/// Counter blocks encrypted in one call: what the widest code of the cipher takes, several times.
const BLOCKS: usize = 64;

/// The key stream of one sample. It runs on from one range to the next.
pub(super) struct KeyStream<'k> {
    aes: &'k Aes128,
    high: [u8; 8],
    /// Of the next block that is not in `blocks` yet.
    low: u64,
    blocks: [Block; BLOCKS],
    /// Bytes of `blocks` that are used, and that there are.
    used: usize,
    filled: usize,
}

impl<'k> KeyStream<'k> {
    pub(super) fn new(aes: &'k Aes128, iv: &Iv) -> Self {
        let (high, low) = iv.counter();
        KeyStream {
            aes,
            high: high.to_be_bytes(),
            low,
            blocks: [Block::default(); BLOCKS],
            used: 0,
            filled: 0,
        }
    }

    /// Encrypts or decrypts all of `range`.
    pub(super) fn apply(&mut self, range: &mut [u8]) {
        let blocks = range.len().div_ceil(16);
        self.add(range, blocks);
    }

    /// Encrypts or decrypts the whole blocks of `range`; what is over stays as it is.
    pub(super) fn apply_whole_blocks(&mut self, range: &mut [u8]) {
        let whole = range.len() - range.len() % 16;
        self.apply(range.split_at_mut(whole).0);
    }

    /// Encrypts or decrypts the whole blocks of `range` that the pattern names.
    pub(super) fn apply_pattern(&mut self, range: &mut [u8], pattern: Pattern) {
        let mut wanted = pattern.encrypted_blocks(range.len() as u64) as usize;
        let whole = range.len() - range.len() % 16;
        let period = 16 * (usize::from(pattern.crypt) + usize::from(pattern.skip));
        if period == 0 {
            return;
        }
        let crypt = 16 * usize::from(pattern.crypt);
        for part in range.split_at_mut(whole).0.chunks_mut(period) {
            let length = part.len().min(crypt);
            self.add(part.split_at_mut(length).0, wanted);
            wanted = wanted.saturating_sub(length / 16);
        }
    }

    /// Adds key bytes to `data`; `wanted`: blocks it is worth to make.
    fn add(&mut self, mut data: &mut [u8], mut wanted: usize) {
        while !data.is_empty() {
            if self.used >= self.filled {
                self.fill(wanted);
                wanted = wanted.saturating_sub(BLOCKS);
            }
            let bytes = Array::slice_as_flattened(&self.blocks);
            let key = bytes.get(self.used..self.filled).unwrap_or_default();
            let length = key.len().min(data.len());
            let (now, later) = data.split_at_mut(length);
            for (byte, key) in now.iter_mut().zip(key) {
                *byte ^= key;
            }
            self.used += length;
            data = later;
        }
    }

    fn fill(&mut self, wanted: usize) {
        let count = wanted.clamp(1, BLOCKS);
        let blocks = self.blocks.split_at_mut(count).0;
        for block in blocks.iter_mut() {
            let mut bytes = [0; 16];
            let (high, low) = bytes.split_at_mut(8);
            high.copy_from_slice(&self.high);
            low.copy_from_slice(&self.low.to_be_bytes());
            *block = Block::from(bytes);
            self.low = self.low.wrapping_add(1);
        }
        self.aes.encrypt_blocks(blocks);
        self.used = 0;
        self.filled = 16 * count;
    }
}
