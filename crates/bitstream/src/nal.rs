//! NAL units of H.264 and HEVC: how they lie in a sample or a byte stream, and their emulation
//! prevention bytes.

use std::borrow::Cow;

use crate::Error;

/// A NAL unit where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit<'a> {
    /// Byte offset of the unit's first byte (its header) in the sample or stream.
    pub offset: usize,
    /// The unit with its header and its emulation prevention bytes; may be empty.
    pub bytes: &'a [u8],
}

/// Bytes of the length field before each NAL unit of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthSize {
    /// One byte.
    One,
    /// Two bytes.
    Two,
    /// Four bytes.
    Four,
}

impl LengthSize {
    /// From `lengthSizeMinusOne` of a decoder configuration record; 2 is reserved.
    pub fn from_minus_one(value: u8) -> Option<LengthSize> {
        match value {
            0 => Some(LengthSize::One),
            1 => Some(LengthSize::Two),
            3 => Some(LengthSize::Four),
            _ => None,
        }
    }

    /// In bytes.
    pub fn bytes(self) -> usize {
        match self {
            LengthSize::One => 1,
            LengthSize::Two => 2,
            LengthSize::Four => 4,
        }
    }
}

/// The NAL units of a sample, each after its length.
///
/// Yields an error once and ends, where a length does not fit its sample.
#[derive(Clone, Debug)]
pub struct LengthPrefixed<'a> {
    sample: &'a [u8],
    position: usize,
    size: LengthSize,
}

impl<'a> LengthPrefixed<'a> {
    /// Over the bytes of one sample.
    pub fn new(sample: &'a [u8], size: LengthSize) -> Self {
        LengthPrefixed {
            sample,
            position: 0,
            size,
        }
    }

    fn read(&mut self) -> Result<Unit<'a>, Error> {
        let byte = self.position;
        let rest = self.sample.get(byte..).unwrap_or_default();
        let needs = self.size.bytes();
        let Some((field, data)) = rest.split_at_checked(needs) else {
            return Err(Error::UnitLengthTruncated {
                byte,
                needs,
                left: rest.len(),
            });
        };
        let length = field
            .iter()
            .fold(0, |value, byte| (value << 8) | u32::from(*byte));
        let left = data.len();
        let bytes = usize::try_from(length)
            .ok()
            .and_then(|length| data.get(..length));
        let bytes = bytes.ok_or(Error::UnitLength { byte, length, left })?;
        let offset = byte + needs;
        self.position = offset + bytes.len();
        Ok(Unit { offset, bytes })
    }
}

impl<'a> Iterator for LengthPrefixed<'a> {
    type Item = Result<Unit<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.position >= self.sample.len() {
            return None;
        }
        let unit = self.read();
        if unit.is_err() {
            self.position = self.sample.len();
        }
        Some(unit)
    }
}

/// The NAL units of a byte stream, each after a start code (H.264 and HEVC annex B).
///
/// Bytes before the first start code and zero bytes after a unit belong to no unit.
#[derive(Clone, Debug)]
pub struct AnnexB<'a> {
    stream: &'a [u8],
    /// First byte of the next unit.
    position: Option<usize>,
}

impl<'a> AnnexB<'a> {
    /// Over the bytes of a stream.
    pub fn new(stream: &'a [u8]) -> Self {
        AnnexB {
            stream,
            position: start_code(stream, 0).map(|at| at + 3),
        }
    }
}

impl<'a> Iterator for AnnexB<'a> {
    type Item = Unit<'a>;

    fn next(&mut self) -> Option<Unit<'a>> {
        let offset = self.position?;
        let next = start_code(self.stream, offset);
        self.position = next.map(|at| at + 3);
        let end = next.unwrap_or(self.stream.len());
        let mut bytes = self.stream.get(offset..end).unwrap_or_default();
        while let [rest @ .., 0] = bytes {
            bytes = rest;
        }
        Some(Unit { offset, bytes })
    }
}

/// The index of the first `00 00 01` from `from` on.
fn start_code(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        // A third byte that is not 0 is neither the first nor the second zero of a start code.
        match data.get(at..)? {
            [0, 0, 1, ..] => return Some(at),
            [_, _, 1..=255, ..] => at += 3,
            [_, _, _, ..] => at += 1,
            _ => return None,
        }
    }
}

/// A NAL unit without its emulation prevention bytes; borrowed where it has none.
pub fn unescape(nal: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = prevention_byte(nal, 0) else {
        return Cow::Borrowed(nal);
    };
    let mut out = Vec::with_capacity(nal.len());
    let mut from = 0;
    let mut next = Some(first);
    while let Some(at) = next {
        out.extend_from_slice(nal.get(from..at).unwrap_or_default());
        from = at + 1;
        next = prevention_byte(nal, from);
    }
    out.extend_from_slice(nal.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The index of the next `03` after two zeros, both at `from` or later.
fn prevention_byte(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match data.get(at..)? {
            // First, because it is what coded video nearly always has.
            [_, _, 4..=255, ..] => at += 3,
            [0, 0, 3, ..] => return Some(at + 2),
            [_, _, 1..=3, ..] => at += 3,
            [_, _, _, ..] => at += 1,
            _ => return None,
        }
    }
}

/// A NAL unit with the emulation prevention bytes it needs; borrowed where it needs none.
pub fn escape(unit: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = needs_prevention(unit, 0) else {
        return Cow::Borrowed(unit);
    };
    let mut out = Vec::with_capacity(unit.len() + unit.len() / 64 + 1);
    let mut from = 0;
    let mut next = Some(first);
    while let Some(at) = next {
        out.extend_from_slice(unit.get(from..at).unwrap_or_default());
        out.push(3);
        from = at;
        next = needs_prevention(unit, from);
    }
    out.extend_from_slice(unit.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The index before which a `03` belongs: after two zeros at `from` or later, where a byte up to
/// 3 or the end follows.
fn needs_prevention(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match data.get(at..)? {
            [0, 0] | [0, 0, 0..=3, ..] => return Some(at + 2),
            [_, _, 1..=255, ..] => at += 3,
            [_, _, ..] => at += 1,
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(sample: &[u8], size: LengthSize) -> Vec<Result<Unit<'_>, Error>> {
        LengthPrefixed::new(sample, size).collect()
    }

    #[test]
    fn units_are_framed_by_lengths_of_one_two_and_four_bytes() {
        for (size, sample) in [
            (LengthSize::One, &[2, 9, 8, 0, 1, 7][..]),
            (LengthSize::Two, &[0, 2, 9, 8, 0, 0, 0, 1, 7]),
            (
                LengthSize::Four,
                &[0, 0, 0, 2, 9, 8, 0, 0, 0, 0, 0, 0, 0, 1, 7],
            ),
        ] {
            let found: Vec<_> = units(sample, size)
                .into_iter()
                .map(Result::unwrap)
                .collect();
            let bytes: Vec<_> = found.iter().map(|unit| unit.bytes).collect();
            assert_eq!(bytes, [&[9, 8][..], &[], &[7]]);
            assert_eq!(found[0].offset, size.bytes());
            assert_eq!(found[2].offset, sample.len() - 1);
        }
        assert_eq!(LengthSize::from_minus_one(2), None);
    }

    #[test]
    fn a_length_beyond_the_sample_is_reported_once_with_its_place() {
        let found = units(&[0, 1, 5, 0, 9, 1, 2], LengthSize::Two);
        assert_eq!(found.len(), 2);
        let error = found[1].as_ref().unwrap_err();
        assert_eq!(
            error.to_string(),
            "sample at byte 3: NALUnitLength: is 9, 2 bytes left"
        );
        let found = units(&[0, 0, 0], LengthSize::Four);
        let error = found[0].as_ref().unwrap_err();
        assert_eq!(
            error.to_string(),
            "sample at byte 0: NALUnitLength: needs 4 bytes, 3 left"
        );
        assert!(units(&[0xff; 4], LengthSize::Four)[0].is_err());
    }

    #[test]
    fn start_codes_of_three_and_four_bytes_frame_units_and_padding_is_dropped() {
        let stream = [
            9, 0, 0, 0, 1, 0x67, 1, 0, 0, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65, 0, 3, 0, 0,
        ];
        let found: Vec<_> = AnnexB::new(&stream).collect();
        assert_eq!(
            found[0],
            Unit {
                offset: 5,
                bytes: &[0x67, 1]
            }
        );
        assert_eq!(
            found[1],
            Unit {
                offset: 12,
                bytes: &[0x68, 2]
            }
        );
        assert_eq!(
            found[2],
            Unit {
                offset: 17,
                bytes: &[0x65, 0, 3]
            }
        );
        assert_eq!(found.len(), 3);
        assert_eq!(AnnexB::new(&[0, 0, 2, 0, 0]).count(), 0);
        assert_eq!(AnnexB::new(&[0, 0, 1]).count(), 1);
    }

    #[test]
    fn prevention_bytes_are_removed_and_what_has_none_is_borrowed() {
        assert!(matches!(unescape(&[0, 0, 2, 3, 0, 3, 0]), Cow::Borrowed(_)));
        assert_eq!(
            *unescape(&[0, 0, 3, 0, 0, 3, 1, 0, 0, 3]),
            [0, 0, 0, 0, 1, 0, 0]
        );
        assert_eq!(
            *unescape(&[0, 0, 0, 3, 1, 3, 0, 0, 3, 3]),
            [0, 0, 0, 1, 3, 0, 0, 3]
        );
    }

    #[test]
    fn prevention_bytes_are_inserted_where_a_start_code_could_be_seen() {
        assert!(matches!(escape(&[1, 0, 0, 4, 0]), Cow::Borrowed(_)));
        assert_eq!(*escape(&[0, 0, 0, 0, 1]), [0, 0, 3, 0, 0, 3, 1]);
        assert_eq!(*escape(&[0, 0, 0]), [0, 0, 3, 0]);
        assert_eq!(*escape(&[7, 0, 0, 3]), [7, 0, 0, 3, 3]);
        assert_eq!(*escape(&[7, 0, 0]), [7, 0, 0, 3]);
    }

    #[test]
    fn every_short_unit_survives_escaping_and_holds_no_start_code() {
        for length in 0..=6u32 {
            for number in 0..5u32.pow(length) {
                let unit: Vec<u8> = (0..length)
                    .map(|place| (number / 5u32.pow(place) % 5) as u8)
                    .collect();
                let escaped = escape(&unit);
                assert_eq!(*unescape(&escaped), unit);
                let forbidden = |three: &[u8]| matches!(three, [0, 0, 0..=2]);
                assert!(!escaped.windows(3).any(forbidden), "{unit:?}: {escaped:?}");
            }
        }
    }
}
