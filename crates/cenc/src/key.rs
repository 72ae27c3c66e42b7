//! Content keys and their ids.

use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::hex;

/// A content key: 128 bits, overwritten when dropped, shown nowhere.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Key([u8; 16]);

/// The id of a content key, `KID`. Public: it stands in every init segment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kid(pub [u8; 16]);

/// Tells keys apart without telling them: counters must not repeat under one key, whatever ids
/// it goes by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

/// Why a text is no key or key id. It does not repeat the text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseKeyError {
    /// Not 32 digits.
    #[error("{what}: has {digits} characters, expected 32 hexadecimal digits")]
    Length {
        /// `key` or `KID`.
        what: &'static str,
        /// Characters found.
        digits: usize,
    },
    /// Something else than hexadecimal digits.
    #[error("{what}: has a character that is no hexadecimal digit")]
    Digit {
        /// `key` or `KID`.
        what: &'static str,
    },
}

impl Key {
    /// The key of these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Key {
        Key(bytes)
    }

    /// Reads 32 hexadecimal digits of either case.
    ///
    /// # Errors
    ///
    /// [`ParseKeyError`] for anything else.
    pub fn parse(text: &str) -> Result<Key, ParseKeyError> {
        parse(text.as_bytes(), "key").map(Key)
    }

    /// The bytes, for a cipher or a check sum.
    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// See [`Fingerprint`].
    pub fn fingerprint(&self) -> Fingerprint {
        let digest = Sha256::new()
            .chain_update(b"cenc key fingerprint 1")
            .chain_update(self.0)
            .finalize();
        Fingerprint(digest.into())
    }
}

impl Fingerprint {
    /// The digest, to make other digests of.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(..)")
    }
}

impl Kid {
    /// Reads 32 hexadecimal digits of either case, or the same as a UUID with its hyphens.
    ///
    /// # Errors
    ///
    /// [`ParseKeyError`] for anything else.
    pub fn parse(text: &str) -> Result<Kid, ParseKeyError> {
        let mut digits = text.as_bytes().to_vec();
        let is_uuid = digits.len() == 36
            && [8, 13, 18, 23]
                .iter()
                .all(|at| digits.get(*at) == Some(&b'-'));
        if is_uuid {
            digits.retain(|byte| *byte != b'-');
        }
        let kid = parse(&digits, "KID").map(Kid);
        // A key given in the place of its id is still a key.
        digits.zeroize();
        kid
    }

    /// 32 lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The bytes of a Microsoft GUID: the first three groups are little-endian. PlayReady's order.
    pub fn guid(&self) -> [u8; 16] {
        let [a, b, c, d, e, f, g, h, rest @ ..] = self.0;
        let [i, j, k, l, m, n, o, p] = rest;
        [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
    }
}

impl fmt::Display for Kid {
    /// As a UUID: lower case, with hyphens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if let 4 | 6 | 8 | 10 = index {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({self})")
    }
}

fn parse(digits: &[u8], what: &'static str) -> Result<[u8; 16], ParseKeyError> {
    match digits.len() {
        32 => hex::decode(digits).ok_or(ParseKeyError::Digit { what }),
        digits => Err(ParseKeyError::Length { what, digits }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn a_key_shows_nothing_of_itself() {
        let key = Key::parse(DIGITS).unwrap();
        assert_eq!(
            format!("{key:?} {:?}", key.fingerprint()),
            "Key(..) Fingerprint(..)"
        );
    }

    #[test]
    fn errors_do_not_repeat_the_key() {
        let errors = [&DIGITS[1..], "0011223344556677g899aabbccddeeff"]
            .map(|text| Key::parse(text).unwrap_err().to_string());
        assert_eq!(
            errors[0],
            "key: has 31 characters, expected 32 hexadecimal digits"
        );
        assert_eq!(
            errors[1],
            "key: has a character that is no hexadecimal digit"
        );
    }

    #[test]
    fn a_kid_is_read_with_and_without_hyphens_and_printed_with() {
        let kid = Kid::parse(DIGITS).unwrap();
        let uuid = "00112233-4455-6677-8899-aabbccddeeff";
        assert_eq!(kid.to_string(), uuid);
        assert_eq!(Kid::parse(uuid), Ok(kid));
        assert_eq!(kid.hex(), DIGITS);
        assert!(Kid::parse("0011-2233-4455-6677-8899-aabbccddeeff").is_err());
    }

    #[test]
    fn a_guid_has_its_first_three_groups_reversed() {
        let guid = Kid::parse(DIGITS).unwrap().guid();
        assert_eq!(guid[..8], [0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66]);
        assert_eq!(guid[8..], [0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff]);
    }

    #[test]
    fn fingerprints_tell_keys_apart() {
        let (a, b) = (Key::from_bytes([1; 16]), Key::from_bytes([2; 16]));
        assert_eq!(a.fingerprint(), Key::from_bytes([1; 16]).fingerprint());
        assert_ne!(a.fingerprint(), b.fingerprint());
    }
}
