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
    high: u64,
    low: u64,
}

impl Base {
    /// From 16 random bytes: new ones for each key and each run.
    pub fn from_random(size: IvSize, random: [u8; 16]) -> Base {
        let (high, low) = Iv::Sixteen(random).counter();
        // The upper bit is left to counting: decryptors that carry from the lower half into the
        // upper and those that do not, as the standard has it, then agree.
        let low = match size {
            IvSize::Eight => 0,
            IvSize::Sixteen => low & (u64::MAX >> 1),
        };
        Base { size, high, low }
    }

    /// The same for the same seed, key and content. `digest`: of everything that will be
    /// encrypted under the key, so that a seed used again for other samples gives other counters.
    pub fn from_seed(size: IvSize, seed: &[u8], key: Fingerprint, kid: Kid, digest: &[u8]) -> Base {
        Base::from_random(
            size,
            derived(b"cenc counter base 1", seed, key, kid, digest),
        )
    }

    /// The room of unit `index`. Rooms are `capacity` blocks wide with IVs of 16 bytes, and as
    /// many samples with IVs of 8.
    ///
    /// # Errors
    ///
    /// [`RoomError::Beyond`] where counters end before that room does.
    pub fn room(&self, index: u64, capacity: u64) -> Result<Room, RoomError> {
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

/// A constant IV of 16 bytes for `cbcs`, from a seed; random bytes do as well.
pub fn constant(seed: &[u8], key: Fingerprint, kid: Kid, digest: &[u8]) -> Iv {
    Iv::Sixteen(derived(b"cenc constant iv 1", seed, key, kid, digest))
}

/// The IV of sample `index` of unit `unit` for `cbc1`, whose IVs must not be guessed before the
/// sample is known; `seed`: random, or the user's.
pub fn chained(seed: &[u8], key: Fingerprint, kid: Kid, unit: u64, index: u64) -> Iv {
    let place = u128::from(unit) << 64 | u128::from(index);
    let place = place.to_be_bytes();
    Iv::Sixteen(derived(b"cenc cbc1 iv 1", seed, key, kid, &place))
}

fn derived(what: &[u8], seed: &[u8], key: Fingerprint, kid: Kid, digest: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    // Each with its length: no two lists of parts are the same bytes.
    for part in [what, seed, key.bytes(), &kid.0, digest] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let [iv @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]: [u8; 32] =
        hash.finalize().into();
    iv
}

#[cfg(test)]
mod tests;
