//! Four-character codes.

use std::fmt;

/// A four-character code: the type of a box, a brand, a handler, a grouping type.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FourCc(pub [u8; 4]);

impl FourCc {
    /// `uuid`: the type is the 16 bytes after the header.
    pub const UUID: FourCc = FourCc(*b"uuid");

    /// From a byte string literal, as in `FourCc::new(b"moov")`.
    pub const fn new(code: &[u8; 4]) -> FourCc {
        FourCc(*code)
    }
}

impl From<[u8; 4]> for FourCc {
    fn from(code: [u8; 4]) -> FourCc {
        FourCc(code)
    }
}

impl fmt::Display for FourCc {
    /// The four characters where all are printable ASCII (QuickTime's `©` included), `0x` and
    /// eight hexadecimal digits otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ' || *byte == 0xa9;
        if self.0.iter().all(printable) {
            return self
                .0
                .iter()
                .try_for_each(|byte| write!(f, "{}", char::from(*byte)));
        }
        write!(f, "{:#010x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{self}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_codes_are_text_and_others_hexadecimal() {
        assert_eq!(FourCc::new(b"moov").to_string(), "moov");
        assert_eq!(FourCc::new(b"rap ").to_string(), "rap ");
        assert_eq!(FourCc::new(b"\xa9nam").to_string(), "\u{a9}nam");
        assert_eq!(FourCc::new(b"\0\0\0\x02").to_string(), "0x00000002");
        assert_eq!(FourCc::new(b"a\nbc").to_string(), "0x610a6263");
    }
}
