//! The header of a NAL unit.

use crate::Error;
use crate::bits::BitReader;

/// The one-byte header of a NAL unit, H.264 7.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NalHeader {
    /// `nal_ref_idc`: 0 where no other picture refers to this one.
    pub nal_ref_idc: u8,
    /// `nal_unit_type`.
    pub nal_unit_type: NalUnitType,
}

impl NalHeader {
    /// Reads the first byte of a unit.
    pub fn parse(nal: &[u8]) -> Result<NalHeader, Error> {
        NalHeader::read(&mut BitReader::new("nal_unit", nal))
    }

    pub(crate) fn read(r: &mut BitReader) -> Result<NalHeader, Error> {
        r.bits_range(1, (0, 0), "forbidden_zero_bit")?;
        Ok(NalHeader {
            nal_ref_idc: r.small(2, "nal_ref_idc")?,
            nal_unit_type: NalUnitType(r.small(5, "nal_unit_type")?),
        })
    }

    /// The byte it was read from.
    pub fn byte(self) -> u8 {
        (self.nal_ref_idc & 3) << 5 | self.nal_unit_type.0 & 31
    }

    /// An error unless the unit is of type `expected`.
    pub(crate) fn expect(self, r: &BitReader, expected: NalUnitType) -> Result<(), Error> {
        let (value, only) = (self.nal_unit_type.0.into(), expected.0.into());
        r.check(3, "nal_unit_type", value, only, only)
    }
}

/// `nal_unit_type`, H.264 table 7-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NalUnitType(pub u8);

impl NalUnitType {
    /// Coded slice of a picture that is not an IDR picture.
    pub const SLICE: NalUnitType = NalUnitType(1);
    /// Coded slice data partition A.
    pub const PARTITION_A: NalUnitType = NalUnitType(2);
    /// Coded slice of an IDR picture.
    pub const IDR: NalUnitType = NalUnitType(5);
    /// Supplemental enhancement information.
    pub const SEI: NalUnitType = NalUnitType(6);
    /// Sequence parameter set.
    pub const SPS: NalUnitType = NalUnitType(7);
    /// Picture parameter set.
    pub const PPS: NalUnitType = NalUnitType(8);
    /// Access unit delimiter.
    pub const ACCESS_UNIT_DELIMITER: NalUnitType = NalUnitType(9);
    /// End of sequence.
    pub const END_OF_SEQUENCE: NalUnitType = NalUnitType(10);
    /// End of stream.
    pub const END_OF_STREAM: NalUnitType = NalUnitType(11);
    /// Filler data.
    pub const FILLER: NalUnitType = NalUnitType(12);
    /// Sequence parameter set extension.
    pub const SPS_EXTENSION: NalUnitType = NalUnitType(13);
    /// Prefix unit of scalable and multiview coding.
    pub const PREFIX: NalUnitType = NalUnitType(14);
    /// Subset sequence parameter set of scalable and multiview coding.
    pub const SUBSET_SPS: NalUnitType = NalUnitType(15);
    /// Coded slice of an auxiliary picture.
    pub const AUXILIARY_SLICE: NalUnitType = NalUnitType(19);
    /// Coded slice extension of scalable and multiview coding.
    pub const SLICE_EXTENSION: NalUnitType = NalUnitType(20);

    /// Video coding layer: coded slice data of the base view (types 1 to 5).
    pub fn is_vcl(self) -> bool {
        (1..=5).contains(&self.0)
    }

    /// A unit that starts with a whole slice header this crate reads: types 1, 2, 5 and 19.
    pub fn has_slice_header(self) -> bool {
        matches!(self.0, 1 | 2 | 5 | 19)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_byte_is_read_and_given_back() {
        for byte in 0..=127 {
            assert_eq!(NalHeader::parse(&[byte]).unwrap().byte(), byte);
        }
        let header = NalHeader::parse(&[0x65]).unwrap();
        assert_eq!(
            (header.nal_ref_idc, header.nal_unit_type),
            (3, NalUnitType::IDR)
        );
        assert!(header.nal_unit_type.is_vcl() && !NalUnitType::SEI.is_vcl());
    }

    #[test]
    fn the_forbidden_bit_and_an_empty_unit_are_errors() {
        let error = NalHeader::parse(&[0x80]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "nal_unit at bit 0: forbidden_zero_bit: is 1, expected 0"
        );
        let error = NalHeader::parse(&[]).unwrap_err();
        let text = "nal_unit at bit 0: forbidden_zero_bit: needs 1 bits, 0 left";
        assert_eq!(error.to_string(), text);
    }
}
