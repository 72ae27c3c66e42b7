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

/// Appends a filler unit of `bytes` in all, H.264 7.3.2.7; of several units if one cannot be as
/// long as its length field can say.
///
/// Nothing smaller than [`smallest`] can be appended.
pub(super) fn append(framing: Framing, mut bytes: usize, out: &mut Vec<u8>) {
    let smallest = smallest(framing);
    let most = match framing {
        Framing::LengthPrefixed(size) if size.bytes() < 4 => {
            (1 << (8 * size.bytes())) - 1 + size.bytes()
        }
        _ => usize::MAX,
    };
    while bytes >= smallest {
        // What is left must be enough for another unit.
        let now = match bytes > most {
            true => most.min(bytes - smallest),
            false => bytes,
        };
        let unit = now - prefix(framing);
        match framing {
            Framing::LengthPrefixed(size) => {
                let length = (unit as u32).to_be_bytes();
                out.extend_from_slice(length.get(4 - size.bytes()..).unwrap_or_default());
            }
            Framing::AnnexB => out.extend_from_slice(&[0, 0, 1]),
        }
        out.push(HEADER);
        out.resize(out.len() + unit - 2, 0xFF);
        out.push(STOP);
        bytes -= now;
    }
}

#[cfg(test)]
mod tests {
    use bitstream::nal::LengthSize;

    use super::*;

    fn unit(framing: Framing, bytes: usize) -> Vec<u8> {
        let mut out = Vec::new();
        append(framing, bytes, &mut out);
        out
    }

    #[test]
    fn filler_is_ff_bytes_and_a_stop_bit() {
        let four = Framing::LengthPrefixed(LengthSize::Four);
        assert_eq!(unit(four, 8), [0, 0, 0, 4, 12, 0xFF, 0xFF, 0x80]);
        assert_eq!(unit(four, 6), [0, 0, 0, 2, 12, 0x80]);
        assert_eq!(unit(four, 5), []);
        assert_eq!(unit(Framing::AnnexB, 6), [0, 0, 1, 12, 0xFF, 0x80]);
        assert_eq!(smallest(four), 6);
    }

    #[test]
    fn filler_beyond_a_length_field_is_two_units() {
        let one = Framing::LengthPrefixed(LengthSize::One);
        assert_eq!(smallest(one), 3);
        for bytes in 3..2000 {
            let filler = unit(one, bytes);
            assert_eq!(filler.len(), bytes);
            let units: Result<Vec<_>, _> =
                bitstream::nal::LengthPrefixed::new(&filler, LengthSize::One).collect();
            assert!(units.unwrap().iter().all(|unit| unit.bytes[0] == 12));
        }
    }
}
