//! Whether bytes look like noise, as encrypted ones do.
//!
//! Two tests, neither of which noise fails once in 10^12 segments. One counts bytes: compressed
//! sound is not quite even, video almost is. The other looks at what samples begin with: sound
//! begins with the same few bits frame after frame.

use std::collections::HashSet;

/// Bytes of a block of the cipher.
pub(super) const BLOCK: usize = 16;

/// Most blocks of a segment that are looked at.
const MAX_BLOCKS: usize = 1 << 16;

/// Fewest bytes whose count says anything: 16 of each value.
const LEAST_BYTES: u64 = 4096;

/// Greatest chi-square of 256 values that noise has; it passes 450 less than once in 10^12 times.
const MOST_CHI_SQUARE: f64 = 450.0;

/// Bits of improbability at which chance is out of question: 2^-40 is 10^-12.
const IMPROBABLE: f64 = 40.0;

/// Fewest beginnings that would tell sound from noise.
const LEAST_BEGINNINGS: usize = 12;

/// What is seen of the blocks of a segment.
///
/// With a constant IV the same bytes are encrypted to the same bytes; blocks seen before tell
/// nothing then, and are not counted again.
#[derive(Default)]
pub(super) struct Noise {
    seen: HashSet<[u8; BLOCK]>,
    bytes: Bytes,
    /// How often each value stands at each place of a first block.
    beginnings: Vec<[u8; BLOCK]>,
}

/// How often each value is seen.
struct Bytes([u64; 256]);

impl Default for Bytes {
    fn default() -> Bytes {
        Bytes([0; 256])
    }
}

impl Noise {
    /// Takes a block, and whether a sample or slice begins with it.
    pub(super) fn take(&mut self, block: &[u8; BLOCK], is_beginning: bool) {
        if self.seen.len() >= MAX_BLOCKS || !self.seen.insert(*block) {
            return;
        }
        for byte in block {
            self.bytes.0[usize::from(*byte)] += 1;
        }
        if is_beginning {
            self.beginnings.push(*block);
        }
    }

    /// What shows that this is no noise.
    pub(super) fn is_none(&self) -> Option<String> {
        let total: u64 = self.bytes.0.iter().sum();
        let mean = total as f64 / 256.0;
        if total >= LEAST_BYTES {
            let square = |count: &u64| (*count as f64 - mean).powi(2) / mean;
            let chi_square: f64 = self.bytes.0.iter().map(square).sum();
            if chi_square > MOST_CHI_SQUARE {
                return Some(format!("uneven (chi-square {chi_square:.0} of 255)"));
            }
        }
        let count = self.beginnings.len();
        (0..BLOCK).find_map(|place| {
            let mut values = [0usize; 256];
            for block in &self.beginnings {
                values[usize::from(block[place])] += 1;
            }
            let most = values.iter().copied().max().unwrap_or(0);
            // Some value of 256 at some place of 16, by the union bound.
            let chance = 12.0 + choices(count, most) - 8.0 * most as f64;
            (chance < -IMPROBABLE)
                .then(|| format!("the same byte at place {place} of {most} of {count} beginnings"))
        })
    }

    /// Whether sound would have been told from noise.
    pub(super) fn tells_sound(&self) -> bool {
        self.beginnings.len() >= LEAST_BEGINNINGS
    }
}

/// The logarithm to base 2 of the ways to choose `k` of `n`.
pub(super) fn choices(n: usize, k: usize) -> f64 {
    (0..k)
        .map(|at| ((n - at) as f64 / (k - at) as f64).log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cenc::Key;
    use cenc::scheme::{Iv, Pattern, SampleCipher, Scheme};

    /// Key stream: zeros encrypted under CTR.
    fn noise(bytes: usize) -> Vec<u8> {
        let key = Key::from_bytes([3; 16]);
        let mut sample = vec![0; bytes];
        let cipher = SampleCipher::new(Scheme::Cenc, &key, Pattern::NONE);
        cipher
            .encrypt(&mut sample, &[], &Iv::Sixteen([1; 16]))
            .unwrap();
        sample
    }

    fn of(bytes: &[u8], per_sample: usize) -> Noise {
        let mut noise = Noise::default();
        for (at, block) in bytes.chunks_exact(BLOCK).enumerate() {
            noise.take(block.try_into().unwrap(), at % per_sample == 0);
        }
        noise
    }

    #[test]
    fn key_streams_are_noise_whatever_their_length() {
        let bytes = noise(1 << 20);
        for length in (BLOCK..1 << 20).step_by(7919) {
            for per_sample in [1, 2, 10] {
                assert_eq!(of(&bytes[..length], per_sample).is_none(), None, "{length}");
            }
        }
    }

    #[test]
    fn repeated_blocks_tell_nothing() {
        let bytes = noise(64).repeat(1000);
        assert_eq!(of(&bytes, 4).is_none(), None);
        assert!(!of(&bytes, 4).tells_sound());
    }

    #[test]
    fn the_same_beginning_again_and_again_is_no_noise() {
        let mut bytes = noise(BLOCK * 100);
        for sample in bytes.chunks_exact_mut(BLOCK * 10) {
            sample[0] = 0x21;
        }
        let found = of(&bytes, 10).is_none();
        assert_eq!(
            found.unwrap(),
            "the same byte at place 0 of 10 of 10 beginnings"
        );
    }

    #[test]
    fn uneven_bytes_are_no_noise() {
        let mut bytes = noise(1 << 14);
        bytes.iter_mut().step_by(16).for_each(|byte| *byte &= 15);
        assert!(of(&bytes, 100_000).is_none().unwrap().starts_with("uneven"));
        // Too few to tell.
        assert_eq!(of(&bytes[..2048], 100_000).is_none(), None);
    }

    #[test]
    fn choices_are_counted() {
        assert!((choices(5, 2) - 10f64.log2()).abs() < 1e-9);
        assert_eq!((choices(5, 0), choices(0, 0)), (0.0, 0.0));
    }
}
