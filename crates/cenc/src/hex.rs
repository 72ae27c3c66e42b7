//! Hexadecimal digits of keys and ids.

/// `N` bytes from twice as many digits of either case.
pub(crate) fn decode<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let pairs = digits.as_chunks::<2>();
    if pairs.0.len() != N || !pairs.1.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs.0) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_either_case_are_read_and_nothing_else() {
        assert_eq!(decode(b"00fFA7"), Some([0, 0xff, 0xa7]));
        for text in ["00ff", "00fff", "00ffa7a7", "00ffag", "+0ffa7", "00 fa7"] {
            assert_eq!(decode::<3>(text.as_bytes()), None, "{text}");
        }
    }
}
