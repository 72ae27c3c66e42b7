//! Filler data, which makes both variants of a sample equally large.

use super::stream::Framing;

/// Header of a filler data NAL unit: type 12, H.264 7.3.1 and table 7-1.
const HEADER: u8 = 12;
/// `rbsp_trailing_bits` alone in a byte.
const STOP: u8 = 0x80;

/// Bytes of the smallest filler unit with its length or start code.
pub(super) fn smallest(framing: Framing) -> usize {
    prefix(framing) + 2
}

fn prefix(framing: Framing) -> usize {
    match framing {
        Framing::LengthPrefixed(size) => size.bytes(),
        // Of four bytes would be as legal.
        Framing::AnnexB => 3,
    }
}

/// A filler unit of `bytes` in all, H.264 7.3.2.7; none if there is no room for the smallest.
pub(super) fn unit(framing: Framing, bytes: usize) -> Option<Vec<u8>> {
    let prefix = prefix(framing);
    let unit = bytes.checked_sub(prefix).filter(|unit| *unit >= 2)?;
    let mut out = Vec::with_capacity(bytes);
    match framing {
        Framing::LengthPrefixed(size) => {
            let size = size.bytes();
            if size < 4 && unit >> (8 * size) != 0 {
                return None;
            }
            out.extend_from_slice(&(unit as u32).to_be_bytes()[4 - size..]);
        }
        Framing::AnnexB => out.extend_from_slice(&[0, 0, 1]),
    }
    out.push(HEADER);
    out.resize(bytes - 1, 0xFF);
    out.push(STOP);
    Some(out)
}

#[cfg(test)]
mod tests {
    use bitstream::nal::LengthSize;

    use super::*;

    #[test]
    fn filler_is_ff_bytes_and_a_stop_bit() {
        let four = Framing::LengthPrefixed(LengthSize::Four);
        assert_eq!(unit(four, 8).unwrap(), [0, 0, 0, 4, 12, 0xFF, 0xFF, 0x80]);
        assert_eq!(unit(four, 6).unwrap(), [0, 0, 0, 2, 12, 0x80]);
        assert_eq!(unit(four, 5), None);
        assert_eq!(unit(Framing::AnnexB, 6).unwrap(), [0, 0, 1, 12, 0xFF, 0x80]);
        let one = Framing::LengthPrefixed(LengthSize::One);
        assert_eq!(unit(one, 256).unwrap().len(), 256);
        assert_eq!(unit(one, 257), None);
        assert_eq!((smallest(four), smallest(one)), (6, 3));
    }
}
