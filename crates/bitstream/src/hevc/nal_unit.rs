//! The header of a NAL unit.

use crate::Error;
use crate::bits::BitReader;

/// The two-byte header of a NAL unit, H.265 7.3.1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NalHeader {
    /// `nal_unit_type`.
    pub nal_unit_type: NalUnitType,
    /// `nuh_layer_id`; 0 but for extensions.
    pub nuh_layer_id: u8,
    /// `nuh_temporal_id_plus1`, 1 to 7.
    pub nuh_temporal_id_plus1: u8,
}

impl NalHeader {
    /// Reads the first two bytes of a unit.
    pub fn parse(nal: &[u8]) -> Result<NalHeader, Error> {
        NalHeader::read(&mut BitReader::new("nal_unit", nal))
    }

    pub(crate) fn read(r: &mut BitReader) -> Result<NalHeader, Error> {
        r.bits_range(1, (0, 0), "forbidden_zero_bit")?;
        Ok(NalHeader {
            nal_unit_type: NalUnitType(r.small(6, "nal_unit_type")?),
            nuh_layer_id: r.small(6, "nuh_layer_id")?,
            nuh_temporal_id_plus1: r.bits_range(3, (1, 7), "nuh_temporal_id_plus1")? as u8,
        })
    }

    /// An error unless the unit is of type `expected`, in the base layer.
    pub(crate) fn expect(self, r: &BitReader, expected: NalUnitType) -> Result<(), Error> {
        let (value, only) = (self.nal_unit_type.0.into(), expected.0.into());
        r.check(1, "nal_unit_type", value, only, only)?;
        self.expect_base_layer(r)
    }

    /// An error where the unit belongs to a scalable or multiview layer.
    pub(crate) fn expect_base_layer(self, r: &BitReader) -> Result<(), Error> {
        if self.nuh_layer_id == 0 {
            return Ok(());
        }
        let (structure, element, value) = (r.structure(), "nuh_layer_id", self.nuh_layer_id.into());
        let what = "a layer of SHVC, MV-HEVC or 3D-HEVC";
        Err(Error::Unsupported {
            structure,
            bit: 7,
            element,
            value,
            what,
        })
    }
}

/// `nal_unit_type`, H.265 table 7-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NalUnitType(pub u8);

impl NalUnitType {
    /// Random access decodable leading picture, not referred to.
    pub const RADL_N: NalUnitType = NalUnitType(6);
    /// Random access decodable leading picture.
    pub const RADL_R: NalUnitType = NalUnitType(7);
    /// Random access skipped leading picture, not referred to.
    pub const RASL_N: NalUnitType = NalUnitType(8);
    /// Random access skipped leading picture.
    pub const RASL_R: NalUnitType = NalUnitType(9);
    /// Broken link access, with leading pictures.
    pub const BLA_W_LP: NalUnitType = NalUnitType(16);
    /// Broken link access, without leading pictures.
    pub const BLA_N_LP: NalUnitType = NalUnitType(18);
    /// Instantaneous decoding refresh, with decodable leading pictures.
    pub const IDR_W_RADL: NalUnitType = NalUnitType(19);
    /// Instantaneous decoding refresh, without leading pictures.
    pub const IDR_N_LP: NalUnitType = NalUnitType(20);
    /// Clean random access.
    pub const CRA: NalUnitType = NalUnitType(21);
    /// Video parameter set.
    pub const VPS: NalUnitType = NalUnitType(32);
    /// Sequence parameter set.
    pub const SPS: NalUnitType = NalUnitType(33);
    /// Picture parameter set.
    pub const PPS: NalUnitType = NalUnitType(34);
    /// Access unit delimiter.
    pub const ACCESS_UNIT_DELIMITER: NalUnitType = NalUnitType(35);
    /// End of sequence.
    pub const END_OF_SEQUENCE: NalUnitType = NalUnitType(36);
    /// End of bitstream.
    pub const END_OF_BITSTREAM: NalUnitType = NalUnitType(37);
    /// Filler data.
    pub const FILLER: NalUnitType = NalUnitType(38);
    /// Supplemental enhancement information before the picture.
    pub const PREFIX_SEI: NalUnitType = NalUnitType(39);
    /// Supplemental enhancement information after the picture.
    pub const SUFFIX_SEI: NalUnitType = NalUnitType(40);
    /// Unspecified; Dolby Vision's metadata.
    pub const DOLBY_VISION_RPU: NalUnitType = NalUnitType(62);
    /// Unspecified; Dolby Vision's enhancement layer.
    pub const DOLBY_VISION_EL: NalUnitType = NalUnitType(63);

    /// Video coding layer: a coded slice segment, or a reserved type for one.
    pub fn is_vcl(self) -> bool {
        self.0 < 32
    }

    /// A coded slice segment of a type that is not reserved.
    pub fn is_slice_segment(self) -> bool {
        matches!(self.0, 0..=9 | 16..=21)
    }

    /// Intra random access point (the two reserved types included).
    pub fn is_irap(self) -> bool {
        (16..=23).contains(&self.0)
    }

    /// Instantaneous decoding refresh.
    pub fn is_idr(self) -> bool {
        matches!(self, NalUnitType::IDR_W_RADL | NalUnitType::IDR_N_LP)
    }

    /// Broken link access.
    pub fn is_bla(self) -> bool {
        (16..=18).contains(&self.0)
    }

    /// Clean random access.
    pub fn is_cra(self) -> bool {
        self == NalUnitType::CRA
    }

    /// A leading picture that decodes after random access.
    pub fn is_radl(self) -> bool {
        matches!(self, NalUnitType::RADL_N | NalUnitType::RADL_R)
    }

    /// A leading picture that cannot be decoded after random access.
    pub fn is_rasl(self) -> bool {
        matches!(self, NalUnitType::RASL_N | NalUnitType::RASL_R)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_of_a_parameter_set_and_of_a_picture() {
        let header = NalHeader::parse(&[0x42, 0x01]).unwrap();
        assert_eq!(
            (header.nal_unit_type, header.nuh_temporal_id_plus1),
            (NalUnitType::SPS, 1)
        );
        let header = NalHeader::parse(&[0x2a, 0x01]).unwrap();
        assert!(header.nal_unit_type.is_cra() && header.nal_unit_type.is_irap());
        assert!(!header.nal_unit_type.is_idr());
        assert!(NalHeader::parse(&[0x42]).is_err());
        let error = NalHeader::parse(&[0x42, 0x00]).unwrap_err();
        let text = "nal_unit at bit 13: nuh_temporal_id_plus1: is 0, expected 1 to 7";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn leading_pictures_are_told_apart() {
        let all = (0..64).map(NalUnitType);
        assert_eq!(all.clone().filter(|kind| kind.is_rasl()).count(), 2);
        assert_eq!(all.clone().filter(|kind| kind.is_radl()).count(), 2);
        assert_eq!(all.clone().filter(|kind| kind.is_irap()).count(), 8);
        assert_eq!(all.filter(|kind| kind.is_slice_segment()).count(), 16);
    }
}
