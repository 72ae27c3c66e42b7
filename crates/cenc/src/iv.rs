//! IVs: counters that no two blocks under a key share.
//!
//! Under CTR a counter block used twice gives away the difference of what was encrypted with it;
//! of variants 0 and 1 of one picture that would be the mark itself. So counters are planned: a
//! [`Base`] for each key and run, cut into [`Room`]s for units of work that need not know of each
//! other (a segment of one variant of one track), from which each sample takes as many blocks as
//! it encrypts. What was taken is written into a [`Ledger`], which proves or refutes that no
//! block was taken twice.

mod ledger;
mod room;

pub use ledger::{CounterRange, Disjoint, Ledger, Overlap};
pub use room::{Room, RoomError};

use sha2::{Digest, Sha256};

use crate::scheme::{Iv, IvSize};
use crate::{Fingerprint, Kid};

/// Where the counters of one key start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    size: IvSize,
    capacity: u64,
    high: u64,
    low: u64,
}

impl Base {
    /// From 16 random bytes: new ones for each key and each run.
    ///
    /// `capacity`: of each room, in blocks with IVs of 16 bytes, in samples with IVs of 8.
    pub fn from_random(size: IvSize, capacity: u64, random: [u8; 16]) -> Base {
        let (high, low) = Iv::Sixteen(random).counter();
        // The upper bit is left to counting: decryptors that carry from the lower half into the
        // upper and those that do not, as the standard has it, then agree.
        let low = match size {
            IvSize::Eight => 0,
            IvSize::Sixteen => low & (u64::MAX >> 1),
        };
        Base {
            size,
            capacity,
            high,
            low,
        }
    }

    /// The same for the same seed, key and content.
    pub fn from_seed(size: IvSize, capacity: u64, seed: &Seed<'_>) -> Base {
        let random = seed.derive(b"cenc counter base 1", &[]);
        Base::from_random(size, capacity, random)
    }

    /// The room of unit `index`, whatever other rooms are used for.
    ///
    /// # Errors
    ///
    /// [`RoomError::Beyond`] where counters end before that room does.
    pub fn room(&self, index: u64) -> Result<Room, RoomError> {
        let capacity = self.capacity;
        let beyond = RoomError::Beyond { index, capacity };
        let offset = index.checked_mul(capacity).ok_or(beyond)?;
        let end = offset.checked_add(capacity).ok_or(beyond)?;
        match self.size {
            IvSize::Eight => {
                // Upper halves go round: there are as many as anything can be.
                let start = self.high.wrapping_add(offset);
                Ok(Room::of_samples(start, capacity))
            }
            IvSize::Sixteen => {
                self.low.checked_add(end).ok_or(beyond)?;
                Ok(Room::of_blocks(self.high, self.low + offset, capacity))
            }
        }
    }
}

/// What seeded IVs follow from.
#[derive(Clone, Copy, Debug)]
pub struct Seed<'a> {
    /// The user's, or random bytes.
    pub seed: &'a [u8],
    /// Of the key.
    pub key: Fingerprint,
    /// Its id.
    pub kid: Kid,
    /// Of everything that will be encrypted under the key, so that a seed used again for other
    /// samples gives other IVs.
    pub digest: &'a [u8],
}

impl Seed<'_> {
    /// A constant IV of 16 bytes for `cbcs`.
    pub fn constant(&self) -> Iv {
        Iv::Sixteen(self.derive(b"cenc constant iv 1", &[]))
    }

    /// The IV of sample `index` of unit `unit` for `cbc1`, whose IVs must not be guessed before
    /// the sample is known.
    pub fn chained(&self, unit: u64, index: u64) -> Iv {
        let place = u128::from(unit) << 64 | u128::from(index);
        Iv::Sixteen(self.derive(b"cenc cbc1 iv 1", &place.to_be_bytes()))
    }

    fn derive(&self, what: &[u8], place: &[u8]) -> [u8; 16] {
        let mut hash = Sha256::new();
        let key = self.key.as_bytes();
        // Each with its length: no two lists of parts are the same bytes.
        for part in [what, self.seed, key, &self.kid.0, self.digest, place] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut iv = [0; 16];
        iv.iter_mut()
            .zip(digest)
            .for_each(|(byte, from)| *byte = from);
        iv
    }
}

#[cfg(test)]
mod tests;
