//! The key that everything secret of the mark is derived from.

mod content;

pub use content::ContentKey;

use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use thiserror::Error;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Of every key of the mark.
const KEY_BYTES: usize = 32;

/// Sets these keys apart from those that others may derive from the same secret, and later
/// definitions of the pattern from this one.
const SALT: &[u8] = b"watermark 1";

/// What a derived key is for. Keys of different uses tell nothing about each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// The layer that carries the bit.
    Pattern,
    /// The layer that says where the picture is.
    Sync,
}

impl Use {
    fn label(self) -> &'static [u8] {
        match self {
            Use::Pattern => b"pattern",
            Use::Sync => b"sync",
        }
    }
}

/// The secret of whoever marks: 256 random bits.
///
/// Who has it can find every mark made with it, and wash it out. It is overwritten when dropped.
#[derive(ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_BYTES]);

impl MasterKey {
    /// Length of the key.
    pub const BYTES: usize = KEY_BYTES;

    /// The key of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> MasterKey {
        MasterKey(bytes)
    }

    /// Reads 64 hexadecimal digits of either case; white space may stand around them.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for anything else. It does not repeat the text.
    pub fn parse(text: &str) -> Result<MasterKey, KeyError> {
        let digits = text.trim_ascii().as_bytes();
        if digits.len() != 2 * KEY_BYTES {
            return Err(KeyError::Length {
                bytes: digits.len(),
            });
        }
        let mut key = MasterKey([0; KEY_BYTES]);
        for (at, &digit) in digits.iter().enumerate() {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                b'A'..=b'F' => digit - b'A' + 10,
                _ => return Err(KeyError::Digit { number: at + 1 }),
            };
            if let Some(byte) = key.0.get_mut(at / 2) {
                *byte = *byte << 4 | value;
            }
        }
        Ok(key)
    }

    /// 64 lower-case hexadecimal digits and a line feed: what [`MasterKey::parse`] reads.
    pub fn to_text(&self) -> Zeroizing<String> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
        for &byte in &self.0 {
            text.push(DIGITS[usize::from(byte >> 4)].into());
            text.push(DIGITS[usize::from(byte & 15)].into());
        }
        text.push('\n');
        text
    }

    /// The keys of one title. Other identifiers give keys that have nothing in common with these.
    pub fn content(&self, content_id: &str) -> ContentKey {
        ContentKey::new(
            self.derive(Use::Pattern, content_id),
            self.derive(Use::Sync, content_id),
        )
    }

    /// HKDF-SHA256 (RFC 5869) with `info` = label, a zero byte, content identifier. No label holds
    /// a zero byte, so that no two pairs give the same `info`.
    fn derive(&self, usage: Use, content_id: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(Some(SALT), &self.0)
            .expand_multi_info(&[usage.label(), b"\0", content_id.as_bytes()], &mut *key)
            .expect("HKDF-SHA256 gives up to 8160 bytes");
        key
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// Why a text is no key. Says nothing about the text but where it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Something is missing, or too much.
    #[error("key: has {bytes} bytes, expected 64 hexadecimal digits")]
    Length {
        /// Without the white space around it.
        bytes: usize,
    },
    /// A character that is no digit.
    #[error("key: character {number} is no hexadecimal digit")]
    Digit {
        /// From 1, without the white space before.
        number: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

    fn key() -> MasterKey {
        MasterKey::from_bytes(std::array::from_fn(|at| at as u8))
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn text_is_read_back_in_either_case_and_with_white_space() {
        assert_eq!(*key().to_text(), TEXT);
        let upper = TEXT.to_uppercase();
        for text in [TEXT, TEXT.trim(), &upper, &format!("\r\n\t {TEXT} \n")] {
            assert_eq!(*MasterKey::parse(text).unwrap().to_text(), TEXT);
        }
    }

    #[test]
    fn wrong_text_is_refused_and_not_repeated() {
        let short = &TEXT[..63];
        let error = MasterKey::parse(short).unwrap_err();
        assert_eq!(error, KeyError::Length { bytes: 63 });
        assert_eq!(
            error.to_string(),
            "key: has 63 bytes, expected 64 hexadecimal digits"
        );
        let odd = TEXT.replace("1f", "1g");
        let error = MasterKey::parse(&odd).unwrap_err();
        assert_eq!(error, KeyError::Digit { number: 64 });
        let spaced = TEXT.replacen("01", " 1", 1);
        let error = MasterKey::parse(&spaced).unwrap_err();
        assert_eq!(
            error.to_string(),
            "key: character 3 is no hexadecimal digit"
        );
        for (text, bytes) in [("", 0), (" \n", 0), ("é", 2), (&TEXT.repeat(2)[..], 129)] {
            assert_eq!(
                MasterKey::parse(text).unwrap_err(),
                KeyError::Length { bytes }
            );
        }
        let wide = "é".repeat(32);
        assert_eq!(
            MasterKey::parse(&wide).unwrap_err(),
            KeyError::Digit { number: 1 }
        );
    }

    /// Expected values from Python's `hmac` and `hashlib`: extract with the salt, expand once.
    #[test]
    fn derived_keys_are_those_of_an_independent_hkdf() {
        assert_eq!(
            hex(&*key().derive(Use::Pattern, "title-42")),
            "e645ddbd786530ec7fc63619c1b4525d14ef0839f717bc49cddd91d2b5f2368f"
        );
        assert_eq!(
            hex(&*key().derive(Use::Sync, "title-42")),
            "9af408b0daecca14c806df335acedd0d39dd6fa18e564c69ae33925390481216"
        );
        assert_eq!(
            hex(&*key().derive(Use::Pattern, "")),
            "6cda21054999621e0eecb262e0159b446fa30d6287e5ef3ae0bc2f6f30382570"
        );
    }

    #[test]
    fn uses_and_contents_get_keys_of_their_own() {
        let key = key();
        let all = [
            key.derive(Use::Pattern, "a"),
            key.derive(Use::Sync, "a"),
            key.derive(Use::Pattern, "b"),
            key.derive(Use::Sync, "b"),
            MasterKey::from_bytes([0; 32]).derive(Use::Pattern, "a"),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|other| other != one));
        }
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", key()), "MasterKey(..)");
        assert_eq!(format!("{:?}", key().content("title-42")), "ContentKey(..)");
    }
}
