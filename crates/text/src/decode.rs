//! Bytes into text: UTF-8, or UTF-16 where a byte order mark says so.

use crate::error::Error;
use crate::format::MAX_BYTES;
use std::borrow::Cow;

/// The text in `bytes`, without its byte order mark.
///
/// # Errors
///
/// [`Error::TooLarge`], and [`Error::Encoding`] at the first byte that is no text.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLarge {
            bytes: bytes.len() as u64,
            limit: MAX_BYTES as u64,
        });
    }
    match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => utf8(text, 3).map(Cow::Borrowed),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(encoding(1, 0, "UTF-32".into())),
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes).map(Cow::Owned),
        [0, _, ..] | [_, 0, ..] => Err(encoding(1, 0, "UTF-16 without a byte order mark".into())),
        _ => utf8(bytes, 0).map(Cow::Borrowed),
    }
}

fn encoding(line: u64, byte: u64, found: String) -> Error {
    Error::Encoding { line, byte, found }
}

fn utf8(text: &[u8], before: u64) -> Result<&str, Error> {
    std::str::from_utf8(text).map_err(|error| {
        let (good, bad) = text.split_at(error.valid_up_to().min(text.len()));
        let found = match (error.error_len(), bad.first()) {
            (None, _) => "cut inside a character".into(),
            (Some(_), Some(byte)) => format!("byte 0x{byte:02x}"),
            (Some(_), None) => "not UTF-8".into(),
        };
        encoding(line_after(good), before + good.len() as u64, found)
    })
}

/// The line on which the byte after `good` lies.
fn line_after(good: &[u8]) -> u64 {
    let mut line = 1;
    let mut previous = 0;
    for &byte in good {
        if byte == b'\r' || (byte == b'\n' && previous != b'\r') {
            line += 1;
        }
        previous = byte;
    }
    line
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Error> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut byte = 2_u64;
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => {
                byte += 2 * character.len_utf16() as u64;
                text.push(character);
            }
            Err(error) => {
                let found = format!("unpaired surrogate 0x{:04x}", error.unpaired_surrogate());
                return Err(encoding(line_after(text.as_bytes()), byte, found));
            }
        }
    }
    if !rest.is_empty() {
        return Err(encoding(
            line_after(text.as_bytes()),
            byte,
            "half a character".into(),
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_taken_off() {
        assert_eq!(decode(b"\xef\xbb\xbfab\xc3\xa9").unwrap(), "ab\u{e9}");
        assert_eq!(
            decode(b"\xff\xfea\0\xe9\0\x3d\xd8\x00\xde").unwrap(),
            "a\u{e9}\u{1f600}"
        );
        assert_eq!(
            decode(b"\xfe\xff\0a\0\xe9\xd8\x3d\xde\x00").unwrap(),
            "a\u{e9}\u{1f600}"
        );
        assert_eq!(decode(b"").unwrap(), "");
    }

    #[test]
    fn latin_1_is_refused_by_line_byte_and_advice() {
        let error = decode(b"WEBVTT\r\n\r\ncaf\xe9 x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3 at byte 13: text: is byte 0xe9, expected UTF-8 or UTF-16 with a byte order \
             mark; convert it, for example with iconv -f WINDOWS-1252 -t UTF-8"
        );
    }

    #[test]
    fn other_wrong_encodings_are_refused_by_name() {
        let found = |bytes: &[u8]| match decode(bytes) {
            Err(Error::Encoding { line, byte, found }) => (line, byte, found),
            other => panic!("{other:?}"),
        };
        assert_eq!(found(b"a\n\xc3"), (2, 2, "cut inside a character".into()));
        assert_eq!(
            found(b"W\0E\0"),
            (1, 0, "UTF-16 without a byte order mark".into())
        );
        assert_eq!(found(b"\xff\xfe\0\0W\0\0\0"), (1, 0, "UTF-32".into()));
        assert_eq!(
            found(b"\xff\xfea\0\n\0\x3d\xd8b\0"),
            (2, 6, "unpaired surrogate 0xd83d".into())
        );
        assert_eq!(found(b"\xff\xfea\0b"), (1, 4, "half a character".into()));
    }

    #[test]
    fn more_than_64_mib_is_refused() {
        let bytes = vec![b'a'; MAX_BYTES + 1];
        assert!(matches!(
            decode(&bytes),
            Err(Error::TooLarge {
                bytes: 67_108_865,
                ..
            })
        ));
    }
}
