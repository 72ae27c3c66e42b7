//! Reading bits.

use super::{BitString, BitWriter};
use crate::Error;

/// Reads bits, most significant first, from bytes or from a NAL unit.
///
/// Over a NAL unit, emulation prevention bytes are passed over as they are met, so nothing is
/// copied and both positions are known: in the payload ([`position`](Self::position)) and in
/// the bytes of the unit ([`coded_position`](Self::coded_position)).
#[derive(Clone, Debug)]
pub struct BitReader<'a> {
    structure: &'static str,
    data: &'a [u8],
    escaped: bool,
    byte: usize,
    bit: u32,
    prevention_bytes: usize,
    zeros: u32,
}

impl<'a> BitReader<'a> {
    /// Reads plain bytes; `structure` is the name errors start with.
    pub fn new(structure: &'static str, data: &'a [u8]) -> Self {
        BitReader {
            structure,
            data,
            escaped: false,
            byte: 0,
            bit: 0,
            prevention_bytes: 0,
            zeros: 0,
        }
    }

    /// Reads a NAL unit of H.264 or HEVC, its header included, without its emulation prevention
    /// bytes. Zero bytes and `cabac_zero_words` after the payload are not seen.
    pub fn nal(structure: &'static str, nal: &'a [u8]) -> Self {
        let mut data = nal;
        loop {
            while let [rest @ .., 0] = data {
                data = rest;
            }
            match data {
                [rest @ .., 0, 0, 3] => data = rest,
                _ => break,
            }
        }
        BitReader {
            escaped: true,
            ..BitReader::new(structure, data)
        }
    }

    /// Reads a NAL unit that may have been cut: as [`nal`](Self::nal), but zero bytes at the end
    /// are part of it.
    pub fn nal_prefix(structure: &'static str, nal: &'a [u8]) -> Self {
        BitReader {
            escaped: true,
            ..BitReader::new(structure, nal)
        }
    }

    /// The name errors start with.
    pub fn structure(&self) -> &'static str {
        self.structure
    }

    /// Changes the name errors start with, where one structure continues as another.
    pub fn set_structure(&mut self, structure: &'static str) {
        self.structure = structure;
    }

    /// Bits read so far, emulation prevention bytes not counted.
    pub fn position(&self) -> u64 {
        (self.byte - self.prevention_bytes) as u64 * 8 + u64::from(self.bit)
    }

    /// Bits passed so far in the bytes given, emulation prevention bytes counted.
    pub fn coded_position(&self) -> u64 {
        self.byte as u64 * 8 + u64::from(self.bit)
    }

    /// Upper bound of the bits left (exact where no emulation prevention bytes follow).
    pub fn left(&self) -> u64 {
        self.data.len() as u64 * 8 - self.coded_position()
    }

    fn settle(&mut self) {
        let here = self.escaped && self.bit == 0 && self.zeros >= 2;
        if here && self.data.get(self.byte) == Some(&3) {
            self.byte += 1;
            self.prevention_bytes += 1;
            self.zeros = 0;
        }
    }

    /// Up to 8 bits from the current byte; `None` at the end.
    pub(super) fn take(&mut self, at_most: u32) -> Option<(u32, u32)> {
        self.settle();
        let byte = u32::from(*self.data.get(self.byte)?);
        let count = at_most.min(8 - self.bit);
        let value = (byte >> (8 - self.bit - count)) & ((1 << count) - 1);
        self.bit += count;
        if self.bit == 8 {
            self.zeros = if byte == 0 { self.zeros + 1 } else { 0 };
            self.byte += 1;
            self.bit = 0;
        }
        Some((value, count))
    }

    /// `u(n)` for up to 64 bits.
    pub fn bits64(&mut self, count: u32, element: &'static str) -> Result<u64, Error> {
        debug_assert!(count <= 64);
        let start = self.clone();
        let mut value = 0;
        let mut wanted = count;
        while wanted > 0 {
            let Some((part, got)) = self.take(wanted) else {
                let left = u64::from(count - wanted);
                *self = start;
                return Err(self.truncated(element, u64::from(count), left));
            };
            value = (value << got) | u64::from(part);
            wanted -= got;
        }
        Ok(value)
    }

    /// `u(n)` for up to 32 bits.
    pub fn bits(&mut self, count: u32, element: &'static str) -> Result<u32, Error> {
        debug_assert!(count <= 32);
        Ok(self.bits64(count, element)? as u32)
    }

    /// `u(8)`.
    pub fn byte(&mut self, element: &'static str) -> Result<u8, Error> {
        Ok(self.bits64(8, element)? as u8)
    }

    /// `u(n)` for up to 8 bits.
    pub fn small(&mut self, count: u32, element: &'static str) -> Result<u8, Error> {
        debug_assert!(count <= 8);
        Ok(self.bits64(count, element)? as u8)
    }

    /// `u(1)`.
    pub fn flag(&mut self, element: &'static str) -> Result<bool, Error> {
        Ok(self.bits64(1, element)? != 0)
    }

    /// `ue(v)`: 0 to 2^32 - 2.
    pub fn ue(&mut self, element: &'static str) -> Result<u32, Error> {
        let start = self.clone();
        let mut zeros = 0;
        loop {
            match self.take(1) {
                Some((0, _)) if zeros == 31 => {
                    *self = start;
                    let (structure, bit) = (self.structure, self.position());
                    return Err(Error::ExpGolomb {
                        structure,
                        bit,
                        element,
                    });
                }
                Some((0, _)) => zeros += 1,
                Some(_) => break,
                None => {
                    *self = start;
                    return Err(self.truncated(element, 2 * u64::from(zeros) + 1, zeros.into()));
                }
            }
        }
        let rest = self.bits64(zeros, element).map_err(|_| {
            let left = self.position() - start.position();
            start.truncated(element, 2 * u64::from(zeros) + 1, left)
        });
        match rest {
            Ok(rest) => Ok(((1u64 << zeros) - 1 + rest) as u32),
            Err(error) => {
                *self = start;
                Err(error)
            }
        }
    }

    /// `se(v)`: -(2^31 - 1) to 2^31 - 1.
    pub fn se(&mut self, element: &'static str) -> Result<i32, Error> {
        let code = i64::from(self.ue(element)?);
        let magnitude = (code + 1) / 2;
        Ok((if code % 2 == 1 { magnitude } else { -magnitude }) as i32)
    }

    /// `ue(v)` that must not exceed `max`.
    pub fn ue_max(&mut self, max: u32, element: &'static str) -> Result<u32, Error> {
        let bit = self.position();
        let value = self.ue(element)?;
        self.check(bit, element, value.into(), 0, max.into())?;
        Ok(value)
    }

    /// `ue(v)` that must not exceed `max`, which fits a byte.
    pub fn ue_small(&mut self, max: u8, element: &'static str) -> Result<u8, Error> {
        Ok(self.ue_max(max.into(), element)? as u8)
    }

    /// `se(v)` that must lie from `min` to `max`.
    pub fn se_range(&mut self, min: i32, max: i32, element: &'static str) -> Result<i32, Error> {
        let bit = self.position();
        let value = self.se(element)?;
        self.check(bit, element, value.into(), min.into(), max.into())?;
        Ok(value)
    }

    /// `u(n)` that must lie from `min` to `max`.
    pub fn bits_range(
        &mut self,
        count: u32,
        (min, max): (u32, u32),
        element: &'static str,
    ) -> Result<u32, Error> {
        let bit = self.position();
        let value = self.bits(count, element)?;
        self.check(bit, element, value.into(), min.into(), max.into())?;
        Ok(value)
    }

    /// An error unless `value`, read at `bit`, lies from `min` to `max`.
    pub fn check(
        &self,
        bit: u64,
        element: &'static str,
        value: i64,
        min: i64,
        max: i64,
    ) -> Result<(), Error> {
        if (min..=max).contains(&value) {
            return Ok(());
        }
        let structure = self.structure;
        Err(Error::OutOfRange {
            structure,
            bit,
            element,
            value,
            min,
            max,
        })
    }

    /// Passes over `count` bits.
    pub fn skip(&mut self, count: u64, element: &'static str) -> Result<(), Error> {
        let start = self.clone();
        if !self.escaped {
            if count > self.left() {
                return Err(self.truncated(element, count, self.left()));
            }
            let to = self.coded_position() + count;
            // The bound above makes `to / 8` at most the length of the data.
            self.byte = (to / 8) as usize;
            self.bit = (to % 8) as u32;
            return Ok(());
        }
        let mut wanted = count;
        while wanted > 0 {
            let Some((_, got)) = self.take(wanted.min(8) as u32) else {
                *self = start;
                return Err(self.truncated(element, count, count - wanted));
            };
            wanted -= u64::from(got);
        }
        Ok(())
    }

    /// Whether anything but the stop bit and its padding follows (`more_rbsp_data()`).
    pub fn more_rbsp_data(&mut self) -> bool {
        self.settle();
        let Some(last) = self.data.iter().rposition(|byte| *byte != 0) else {
            return false;
        };
        let low = self.data.get(last).map_or(0, |byte| byte.trailing_zeros());
        self.coded_position() < last as u64 * 8 + u64::from(7 - low.min(7))
    }

    /// Whether the next bit is the first of a byte.
    pub fn is_byte_aligned(&self) -> bool {
        self.bit == 0
    }

    /// Everything from here to the end, without emulation prevention bytes.
    pub fn rest(&mut self) -> BitString {
        let mut writer = BitWriter::new();
        let mut length = 0;
        while let Some((value, count)) = self.take(8) {
            writer.bits(count, value);
            length += u64::from(count);
        }
        BitString {
            bytes: writer.into_bytes(),
            length,
        }
    }

    fn truncated(&self, element: &'static str, needs: u64, left: u64) -> Error {
        let (structure, bit) = (self.structure, self.position());
        Error::Truncated {
            structure,
            bit,
            element,
            needs,
            left,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_codes_are_those_of_the_table() {
        // 1, 010, 011, 00100, 00101 (H.264 table 9-2), then padding.
        let bytes = [0b1010_0110, 0b0100_0010, 0b1000_0000];
        let mut reader = BitReader::new("test", &bytes);
        let values: Vec<u32> = (0..5).map(|_| reader.ue("v").unwrap()).collect();
        assert_eq!(values, [0, 1, 2, 3, 4]);
        let mut reader = BitReader::new("test", &bytes);
        let values: Vec<i32> = (0..5).map(|_| reader.se("v").unwrap()).collect();
        assert_eq!(values, [0, 1, -1, 2, -2]);
    }

    #[test]
    fn the_longest_code_is_read_and_a_longer_one_refused() {
        let longest = [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe];
        assert_eq!(BitReader::new("test", &longest).ue("v"), Ok(u32::MAX - 1));
        let mut reader = BitReader::new("test", &[0, 0, 0, 0, 0x80, 0, 0, 0, 0]);
        let error = reader.ue("v").unwrap_err();
        assert_eq!(
            error.to_string(),
            "test at bit 0: v: Exp-Golomb code longer than 63 bits"
        );
    }

    #[test]
    fn truncated_element_is_named_with_what_is_left() {
        let mut reader = BitReader::new("seq_parameter_set", &[0xff, 0x0f]);
        reader.bits(5, "first").unwrap();
        let error = reader.bits(16, "level_idc").unwrap_err();
        let text = "seq_parameter_set at bit 5: level_idc: needs 16 bits, 11 left";
        assert_eq!(error.to_string(), text);
        assert_eq!(reader.position(), 5);
        reader.bits(3, "second").unwrap();
        let error = reader.clone().skip(9, "rest").unwrap_err();
        assert_eq!(
            error.to_string(),
            "seq_parameter_set at bit 8: rest: needs 9 bits, 8 left"
        );
        reader.skip(4, "zeros").unwrap();
        assert_eq!(reader.bits(4, "ones"), Ok(15));
    }

    #[test]
    fn emulation_prevention_bytes_count_only_in_the_coded_position() {
        let mut reader = BitReader::nal("test", &[0x67, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 0x80]);
        assert_eq!(reader.bits64(32, "first"), Ok(0x6700_0001));
        assert_eq!((reader.position(), reader.coded_position()), (32, 40));
        assert_eq!(reader.bits64(32, "second"), Ok(0));
        assert_eq!((reader.position(), reader.coded_position()), (64, 80));
        assert!(!reader.more_rbsp_data());
        assert_eq!(reader.bits(8, "third"), Ok(0x80));
    }

    #[test]
    fn what_follows_the_payload_is_not_seen() {
        let mut reader = BitReader::nal("test", &[0x68, 0xc0, 0, 0, 3, 0, 0, 3, 0, 0]);
        reader.byte("header").unwrap();
        assert!(reader.more_rbsp_data());
        reader.flag("first").unwrap();
        assert!(!reader.more_rbsp_data());
        assert_eq!(reader.left(), 7);
    }
}
