//! `av1C`: configuration of AV1.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// AV1 codec configuration. AV1 Codec ISO Media File Format Binding 2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Av1c<'a> {
    /// 0 to 2 so far: Main, High, Professional.
    pub seq_profile: u8,
    /// 0 to 31.
    pub seq_level_idx_0: u8,
    /// 1: High tier.
    pub seq_tier_0: u8,
    /// More than 8 bits.
    pub high_bitdepth: bool,
    /// 12 bits.
    pub twelve_bit: bool,
    /// No chroma.
    pub monochrome: bool,
    /// Chroma at half the width.
    pub chroma_subsampling_x: bool,
    /// Chroma at half the height.
    pub chroma_subsampling_y: bool,
    /// 0 to 3.
    pub chroma_sample_position: u8,
    /// `initial_presentation_delay_minus_one`, where present; 0 to 15.
    pub initial_presentation_delay_minus_one: Option<u8>,
    /// Open bitstream units, a sequence header first if any.
    pub config_obus: &'a [u8],
}

impl Av1c<'_> {
    /// Bits of a sample: 8, 10 or 12.
    pub fn bit_depth(&self) -> u8 {
        match (self.high_bitdepth, self.twelve_bit) {
            (false, _) => 8,
            (true, false) => 10,
            (true, true) => 12,
        }
    }
}

impl<'a> BoxBody<'a> for Av1c<'a> {
    const KIND: FourCc = FourCc::new(b"av1C");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let before = reader.clone();
        let version = reader.u8("version")?;
        if version != 0x81 {
            return Err(before.value("version", version, "129 (marker and version 1)"));
        }
        let profile = reader.u8("seq_profile")?;
        let bits = reader.u8("seq_tier_0")?;
        let delay = reader.u8("initial_presentation_delay_present")?;
        Ok(Av1c {
            seq_profile: profile >> 5,
            seq_level_idx_0: profile & 0x1f,
            seq_tier_0: bits >> 7,
            high_bitdepth: bits & 0x40 != 0,
            twelve_bit: bits & 0x20 != 0,
            monochrome: bits & 0x10 != 0,
            chroma_subsampling_x: bits & 0x08 != 0,
            chroma_subsampling_y: bits & 0x04 != 0,
            chroma_sample_position: bits & 3,
            initial_presentation_delay_minus_one: (delay & 0x10 != 0).then_some(delay & 0x0f),
            config_obus: reader.rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        let bit = |set: bool, shift: u8| u8::from(set) << shift;
        writer.u8(0x81);
        writer.u8(self.seq_profile << 5 | self.seq_level_idx_0 & 0x1f);
        writer.u8(self.seq_tier_0 << 7
            | bit(self.high_bitdepth, 6)
            | bit(self.twelve_bit, 5)
            | bit(self.monochrome, 4)
            | bit(self.chroma_subsampling_x, 3)
            | bit(self.chroma_subsampling_y, 2)
            | self.chroma_sample_position & 3);
        writer.u8(self
            .initial_presentation_delay_minus_one
            .map_or(0, |delay| 0x10 | delay & 0x0f));
        writer.bytes(self.config_obus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, checked, hex, whole};
    use crate::{Place, RawBox};

    #[test]
    fn main_profile_is_read() {
        // Written by Lavf 59 around libaom.
        let av1c: Av1c<'_> = checked(
            hex("0000001b 61763143 81 20 00 00 0a0d20000002aff79b5f2404340080"),
            4,
        );
        assert_eq!(
            (av1c.seq_profile, av1c.seq_level_idx_0, av1c.seq_tier_0),
            (1, 0, 0)
        );
        assert_eq!(av1c.bit_depth(), 8);
        assert!(!av1c.chroma_subsampling_x && !av1c.chroma_subsampling_y);
        assert_eq!(av1c.initial_presentation_delay_minus_one, None);
        assert_eq!(av1c.config_obus[..2], [0x0a, 0x0d]);
    }

    #[test]
    fn every_value_of_every_byte_survives() {
        for value in 0..=255u8 {
            let delay = if value & 0x10 != 0 { value & 0x1f } else { 0 };
            let body = [0x81, value, value, delay];
            let av1c: Av1c<'_> = whole(around(Av1c::KIND, &body));
            let depth = match (value & 0x40, value & 0x20) {
                (0, _) => 8,
                (_, 0) => 10,
                _ => 12,
            };
            assert_eq!(av1c.bit_depth(), depth);
        }
    }

    #[test]
    fn another_version_is_refused() {
        let raw = RawBox::parse(around(Av1c::KIND, &[1, 0, 0, 0]), 0, &Place::FILE).unwrap();
        let message = Av1c::parse(&raw, &Place::FILE).unwrap_err().to_string();
        let expected = "av1C at byte 8: version: is 1, expected 129 (marker and version 1)";
        assert_eq!(message, expected);
    }
}
