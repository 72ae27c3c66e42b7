//! Cipher block chaining: `cbc1` and `cbcs`.
//!
//! A chain waits for each block before it starts the next, so one chain uses a fraction of what
//! the cipher can do. Chains of several ranges and samples are independent: encryption advances
//! many of them in lockstep, a block each. All of it is handed to the cipher, which has code for each
//! kind of processor and says how many blocks that takes at once.

use aes::cipher::consts::U16;
use aes::cipher::{
    BlockCipherDecrypt, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt,
    BlockSizeUser, ParBlocks,
};
use aes::{Aes128, Block};

use super::Pattern;
use super::protected::Protected;

/// From one third of a batch on, a whole one takes less time than its blocks one by one.
const WORTH_A_BATCH: usize = 3;

/// Blocks decrypted in one call.
const BLOCKS: usize = 64;

/// A chain: the blocks to encrypt of one range (`cbcs`) or of all ranges of a sample (`cbc1`).
pub(super) struct Chain<'a, 's> {
    range: &'a mut [u8],
    more: Option<Protected<'a, 's>>,
    pattern: Pattern,
    /// Blocks to encrypt before blocks are skipped.
    left: u8,
    previous: [u8; 16],
}

impl<'a, 's> Chain<'a, 's> {
    /// Over one range.
    pub(super) fn of_range(range: &'a mut [u8], iv: [u8; 16], pattern: Pattern) -> Self {
        Chain {
            range,
            more: None,
            pattern,
            left: pattern.crypt,
            previous: iv,
        }
    }

    /// Over all ranges of a sample, without a pattern.
    pub(super) fn of_sample(ranges: Protected<'a, 's>, iv: [u8; 16]) -> Self {
        let mut chain = Chain::of_range(&mut [], iv, Pattern::NONE);
        chain.more = Some(ranges);
        chain
    }

    /// The next block to encrypt.
    #[inline(always)]
    fn block(&mut self) -> Option<&'a mut [u8; 16]> {
        loop {
            if self.pattern.skips() && self.left == 0 {
                let skipped = (16 * usize::from(self.pattern.skip)).min(self.range.len());
                self.range = std::mem::take(&mut self.range).split_at_mut(skipped).1;
                self.left = self.pattern.crypt;
                if self.left == 0 {
                    return None;
                }
            }
            if let Some((block, rest)) = std::mem::take(&mut self.range).split_first_chunk_mut() {
                self.range = rest;
                self.left = self.left.saturating_sub(1);
                return Some(block);
            }
            self.range = self.more.as_mut()?.next()?;
        }
    }
}

/// Encrypts chains, many at once.
pub(super) fn encrypt<'a, 's>(aes: &Aes128, chains: impl Iterator<Item = Chain<'a, 's>>) {
    aes.encrypt_with_backend(Lockstep { chains });
}

struct Lockstep<I> {
    chains: I,
}

impl<I> BlockSizeUser for Lockstep<I> {
    type BlockSize = U16;
}

impl<'a, 's, I: Iterator<Item = Chain<'a, 's>>> BlockCipherEncClosure for Lockstep<I> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let mut chains = self.chains.fuse();
        let mut blocks = ParBlocks::<B>::default();
        // Chains that advance, each with its next block; none where a chain has ended.
        let mut lanes: Vec<(Chain<'a, 's>, Option<&'a mut [u8; 16]>)> =
            Vec::with_capacity(blocks.len());
        loop {
            while lanes.len() < blocks.len() {
                let Some(mut chain) = chains.next() else {
                    break;
                };
                let first = chain.block();
                if first.is_some() {
                    lanes.push((chain, first));
                }
            }
            if lanes.is_empty() {
                return;
            }
            for ((chain, clear), block) in lanes.iter().zip(&mut blocks) {
                if let Some(clear) = clear {
                    let previous = u128::from_ne_bytes(chain.previous);
                    let chained = u128::from_ne_bytes(**clear) ^ previous;
                    *block = Block::from(chained.to_ne_bytes());
                }
            }
            if lanes.len() >= blocks.len() / WORTH_A_BATCH {
                backend.encrypt_par_blocks_inplace(&mut blocks);
            } else {
                for block in blocks.iter_mut().take(lanes.len()) {
                    backend.encrypt_block_inplace(block);
                }
            }
            let mut ended = false;
            for ((chain, place), block) in lanes.iter_mut().zip(&blocks) {
                if let Some(place) = place {
                    place.copy_from_slice(block);
                }
                chain.previous.copy_from_slice(block);
                *place = chain.block();
                ended |= place.is_none();
            }
            if ended {
                lanes.retain(|(_, next)| next.is_some());
            }
        }
    }
}

/// Decrypts a chain: its blocks do not wait for each other.
pub(super) fn decrypt(aes: &Aes128, mut chain: Chain<'_, '_>) {
    let mut places: Vec<&mut [u8; 16]> = Vec::with_capacity(BLOCKS);
    let mut blocks = [Block::default(); BLOCKS];
    loop {
        places.extend(std::iter::from_fn(|| chain.block()).take(BLOCKS));
        if places.is_empty() {
            return;
        }
        for (place, block) in places.iter().zip(&mut blocks) {
            *block = Block::from(**place);
        }
        aes.decrypt_blocks(blocks.split_at_mut(places.len()).0);
        for (place, block) in places.drain(..).zip(&blocks) {
            let previous = std::mem::replace(&mut chain.previous, *place);
            for ((clear, byte), previous) in place.iter_mut().zip(block).zip(previous) {
                *clear = byte ^ previous;
            }
        }
    }
}
