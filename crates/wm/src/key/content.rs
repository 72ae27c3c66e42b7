//! The keys of one title.

use super::KEY_BYTES;
use crate::grid::Grid;
use crate::pattern::{Chips, Pattern};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// What marks one title: all its renditions, all its segments.
///
/// As secret as the [`MasterKey`](crate::MasterKey) it comes from, but for this title only.
#[derive(Clone, ZeroizeOnDrop)]
pub struct ContentKey {
    pattern: [u8; KEY_BYTES],
    sync: [u8; KEY_BYTES],
}

impl ContentKey {
    pub(super) fn new(
        pattern: Zeroizing<[u8; KEY_BYTES]>,
        sync: Zeroizing<[u8; KEY_BYTES]>,
    ) -> ContentKey {
        ContentKey {
            pattern: *pattern,
            sync: *sync,
        }
    }

    /// The pattern of the bit at `position`, which all renditions share.
    ///
    /// The layer of the bit is another one at every position, so that an average over segments
    /// estimates nothing. The sync layer changes every [`Pattern::POSITIONS_PER_SYNC`] positions.
    ///
    /// Takes time and memory for the cells of `grid`: check one that comes from outside first.
    pub fn pattern(&self, position: u32, grid: Grid) -> Pattern {
        let mut bit = Chips::new(&seed(&self.pattern, position));
        let mut sync = Chips::new(&seed(&self.sync, position / Pattern::POSITIONS_PER_SYNC));
        Pattern::new(grid, &mut bit, &mut sync)
    }
}

/// HMAC-SHA256 (RFC 2104) of the number as four bytes, most significant first.
fn seed(key: &[u8; KEY_BYTES], number: u32) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(&number.to_be_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values from Python's `hmac`.
    #[test]
    fn seeds_are_those_of_an_independent_hmac() {
        let key: [u8; 32] = std::array::from_fn(|at| at as u8);
        let hex = |number| {
            let seed = seed(&key, number);
            seed.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        assert_eq!(
            hex(0),
            "a86acbcbc29b8fa83c83582d56a892d0f06f0e487df5277680b0635c3927e3c5"
        );
        assert_eq!(
            hex(1),
            "99411f24bfa9ee8e144e132c46b3b7d1f6d6bfbe2b82ab47b4963e43bfe8bdb6"
        );
        assert_eq!(
            hex(0x0102_0304),
            "e3ba74ad607691672b924220aa54ba7cf6cfc86988549ce31c60f9607923253f"
        );
    }

    #[test]
    fn bit_layer_changes_at_every_position_and_sync_layer_at_every_eighth() {
        let key = crate::MasterKey::from_bytes([9; 32]).content("title");
        let grid = Grid::of_display(1920, 1080);
        let at = |position| key.pattern(position, grid);
        let first = at(0);
        for position in 1..8 {
            assert_ne!(at(position).bit(), first.bit());
            assert_eq!(at(position).sync(), first.sync());
        }
        assert_ne!(at(8).sync(), first.sync());
        assert_eq!(at(8).sync(), at(15).sync());
        assert_ne!(at(u32::MAX).bit(), first.bit());
    }
}
