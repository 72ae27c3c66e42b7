//! Base64 of manifests, which is no secret.

/// The bytes of a text, without line breaks.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().as_bytes();
    let digits = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"="));
    let digits = digits.unwrap_or(text);
    if !text.len().is_multiple_of(4) || digits.len() % 4 == 1 {
        return None;
    }
    let (mut bits, mut held, mut bytes) = (0u32, 0, Vec::with_capacity(text.len() / 4 * 3));
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_are_read_and_nothing_else() {
        for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar"] {
            let coded = cenc::base64(text.as_bytes());
            assert_eq!(decode(&coded).unwrap(), text.as_bytes(), "{coded}");
        }
        assert_eq!(decode("Zm9vYg==").unwrap(), b"foob");
        for text in ["Z", "Zg", "Zg=", "Z===", "Zm9-", "é", "=", "Zg==Zg=="] {
            assert!(decode(text).is_none(), "{text}");
        }
    }
}
