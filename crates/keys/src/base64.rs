//! Base64, in times that do not tell what it holds.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

/// The bytes of a text, which may be broken into lines; overwritten when dropped.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(vec![0; digits.len() / 4 * 3]);
    let length = Base64::decode(&*digits, &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_are_read_and_nothing_else() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm9v\r\n Ym E=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).unwrap().as_slice(), bytes.as_bytes());
        }
        for text in [
            "Z", "Zg", "Zg=", "Zh==", "Zg===", "Zm9-", "é", "=", "Zg==Zg==",
        ] {
            assert!(decode(text).is_none(), "{text}");
        }
    }
}
