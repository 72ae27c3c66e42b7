//! Descriptors that other codecs do not have, AV1 4.10.

use crate::Error;
use crate::bits::BitReader;

/// `leb128()`, 4.10.5: at most eight bytes, and a value of at most 32 bits.
pub(super) fn leb128(r: &mut BitReader, element: &'static str) -> Result<u32, Error> {
    let bit = r.position();
    let mut value = 0u64;
    for place in 0..8 {
        let byte = u64::from(r.byte(element)?);
        value |= (byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
        if place == 7 {
            // The last byte must end the number.
            value = u64::MAX;
        }
    }
    let value = value.min(i64::MAX as u64) as i64;
    r.check(bit, element, value, 0, u32::MAX.into())?;
    Ok(value as u32)
}

/// `le(n)`, 4.10.4: up to four bytes, the least significant first.
pub(super) fn le(r: &mut BitReader, bytes: u8, element: &'static str) -> Result<u32, Error> {
    debug_assert!(bytes <= 4);
    let coded = r.bits(8 * u32::from(bytes), element)?;
    Ok(coded.swap_bytes() >> (32 - 8 * u32::from(bytes.clamp(1, 4))))
}

/// `su(n)`, 4.10.6, for up to 16 bits: two's complement.
pub(super) fn su(r: &mut BitReader, bits: u32, element: &'static str) -> Result<i16, Error> {
    debug_assert!((1..=16).contains(&bits));
    let value = r.bits(bits, element)? as i32;
    let sign = 1 << (bits - 1);
    Ok((if value & sign != 0 {
        value - 2 * sign
    } else {
        value
    }) as i16)
}

/// `ns(n)`, 4.10.7: one of `count` values, of which there is at least one.
pub(super) fn ns(r: &mut BitReader, count: u32, element: &'static str) -> Result<u32, Error> {
    let width = count.checked_ilog2().map_or(0, |log2| log2 + 1);
    let short = (1u64 << width) - u64::from(count);
    let value = r.bits(width.saturating_sub(1), element)?;
    if u64::from(value) < short {
        return Ok(value);
    }
    let extra = u64::from(r.flag(element)?);
    Ok(((u64::from(value) << 1) - short + extra) as u32)
}

/// `byte_alignment()`, 5.3.5.
pub(super) fn byte_alignment(r: &mut BitReader) -> Result<(), Error> {
    while !r.is_byte_aligned() {
        r.bits_range(1, (0, 0), "zero_bit")?;
    }
    Ok(())
}

/// `trailing_bits()`, 5.3.4, to the end of the data.
pub(super) fn trailing_bits(r: &mut BitReader) -> Result<(), Error> {
    r.bits_range(1, (1, 1), "trailing_one_bit")?;
    while !r.is_byte_aligned() {
        r.bits_range(1, (0, 0), "trailing_zero_bit")?;
    }
    while r.left() > 0 {
        r.bits_range(8, (0, 0), "trailing_zero_bit")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_ns_are_those_of_the_specification() {
        // 4.10.7 for n = 5: 00, 01, 10, 110, 111.
        let r = &mut BitReader::new("test", &[0b0001_1011, 0b0111_0000]);
        let values: Vec<_> = (0..5).map(|_| ns(r, 5, "value").unwrap()).collect();
        assert_eq!(values, [0, 1, 2, 3, 4]);
        // Of one value there is nothing to say.
        let at = r.position();
        assert_eq!((ns(r, 1, "value"), r.position()), (Ok(0), at));
    }

    #[test]
    fn signed_and_little_endian_values() {
        let r = &mut BitReader::new("test", &[0b1111_1110, 0b0111_1110, 0x34, 0x12]);
        assert_eq!(su(r, 7, "value"), Ok(-1));
        assert_eq!(su(r, 7, "value"), Ok(31));
        byte_alignment(&mut BitReader::new("test", &[])).unwrap();
        assert!(byte_alignment(r).is_err());
        let r = &mut BitReader::new("test", &[0x34, 0x12, 0x56]);
        assert_eq!(le(r, 2, "value"), Ok(0x1234));
        assert_eq!(le(r, 1, "value"), Ok(0x56));
        assert!(le(r, 1, "value").is_err());
    }

    #[test]
    fn trailing_bits_are_a_one_and_zeros() {
        let check = |bytes: &[u8]| trailing_bits(&mut BitReader::new("test", bytes)).is_ok();
        assert!(check(&[0x80]) && check(&[0x80, 0, 0]));
        assert!(!check(&[0x00]) && !check(&[0x81]) && !check(&[0x80, 1]) && !check(&[]));
    }
}
