//! Random numbers from a key.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};

/// The key stream of ChaCha20 (RFC 8439, nonce and first block counter 0), taken in order.
///
/// Every key is used for one pattern, so that the nonce may be constant.
pub(crate) struct Chips(ChaCha20);

impl Chips {
    pub(crate) fn new(key: &[u8; 32]) -> Chips {
        Chips(ChaCha20::new(key.into(), &[0; 12].into()))
    }

    /// The next whole bytes as signs, the least significant bit first: 0 is 1, 1 is -1.
    pub(super) fn signs(&mut self, count: usize) -> Vec<i8> {
        let mut stream = vec![0; count.div_ceil(8)];
        self.0.apply_keystream(&mut stream);
        let bits = stream
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
        bits.take(count).map(|bit| 1 - 2 * bit as i8).collect()
    }

    /// A number below `limit`, from the next four bytes, least significant first. Numbers are
    /// equally likely to within `limit` in 2^32.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        let mut bytes = [0; 4];
        self.0.apply_keystream(&mut bytes);
        let scaled = u64::from(u32::from_le_bytes(bytes)) * u64::from(limit);
        (scaled >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8439, appendix A.1, test vector 1: 76 b8 e0 ad a0 f1 3d 90.
    #[test]
    fn chips_are_the_bits_of_the_key_stream() {
        let signs = Chips::new(&[0; 32]).signs(27);
        let expected = "011011100001110100000111101";
        let bits: String = signs
            .iter()
            .map(|sign| if *sign < 0 { '1' } else { '0' })
            .collect();
        assert_eq!(bits, expected);
        // What follows begins with the next byte, a0 f1 3d 90.
        let mut chips = Chips::new(&[0; 32]);
        chips.signs(27);
        assert_eq!(chips.below(0x100), 0x90);
        // 40 5d 6a e5.
        assert_eq!(chips.below(1_000), 896);
    }
}
