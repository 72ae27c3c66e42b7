//! `vpcC`: configuration of VP8 and VP9.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// VP codec configuration. VP Codec ISO Media File Format Binding, version 1.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpcc<'a> {
    /// Version of the full box; 1.
    pub version: u8,
    /// 0 to 3.
    pub profile: u8,
    /// Ten times the level, as in 31.
    pub level: u8,
    /// 8, 10 or 12.
    pub bit_depth: u8,
    /// 0: 4:2:0 vertical, 1: 4:2:0 colocated, 2: 4:2:2, 3: 4:4:4.
    pub chroma_subsampling: u8,
    /// Full instead of limited range.
    pub video_full_range_flag: bool,
    /// ISO/IEC 23091-2.
    pub colour_primaries: u8,
    /// ISO/IEC 23091-2.
    pub transfer_characteristics: u8,
    /// ISO/IEC 23091-2.
    pub matrix_coefficients: u8,
    /// Empty for VP8 and VP9.
    pub codec_initialization_data: &'a [u8],
}

impl<'a> BoxBody<'a> for Vpcc<'a> {
    const KIND: FourCc = FourCc::new(b"vpcC");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let before = reader.clone();
        let (version, _) = reader.full_box()?;
        // Version 0 was an early draft with other fields.
        if version != 1 {
            return Err(before.value("version", version, "1"));
        }
        let profile = reader.u8("profile")?;
        let level = reader.u8("level")?;
        let bits = reader.u8("bitDepth")?;
        Ok(Vpcc {
            version,
            profile,
            level,
            bit_depth: bits >> 4,
            chroma_subsampling: bits >> 1 & 7,
            video_full_range_flag: bits & 1 != 0,
            colour_primaries: reader.u8("colourPrimaries")?,
            transfer_characteristics: reader.u8("transferCharacteristics")?,
            matrix_coefficients: reader.u8("matrixCoefficients")?,
            codec_initialization_data: {
                let size = reader.u16("codecInitializationDataSize")?;
                reader.bytes(usize::from(size), "codecInitializationData")?
            },
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.u8(self.profile);
        writer.u8(self.level);
        let range = u8::from(self.video_full_range_flag);
        writer.u8(self.bit_depth << 4 | (self.chroma_subsampling & 7) << 1 | range);
        writer.u8(self.colour_primaries);
        writer.u8(self.transfer_characteristics);
        writer.u8(self.matrix_coefficients);
        let size = self.codec_initialization_data.len();
        writer.count_u16("codecInitializationDataSize", size);
        writer.bytes(self.codec_initialization_data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, whole};
    use crate::{Place, RawBox};

    #[test]
    fn profile_level_and_colours_are_read() {
        // Written by Lavf 59 around libvpx: 4:4:4.
        let vpcc: Vpcc<'_> = whole(hex("00000014 76706343 01000000 01 0a 87 02 02 02 0000"));
        assert_eq!((vpcc.profile, vpcc.level, vpcc.bit_depth), (1, 10, 8));
        assert_eq!(
            (vpcc.chroma_subsampling, vpcc.video_full_range_flag),
            (3, true)
        );
        assert_eq!(
            [
                vpcc.colour_primaries,
                vpcc.transfer_characteristics,
                vpcc.matrix_coefficients
            ],
            [2, 2, 2]
        );
    }

    #[test]
    fn every_value_of_the_packed_byte_survives() {
        for value in 0..=255u8 {
            let body = [1, 0, 0, 0, 2, 31, value, 9, 16, 9, 0, 1, 0xaa];
            let vpcc: Vpcc<'_> = whole(around(Vpcc::KIND, &body));
            assert_eq!(vpcc.bit_depth, value >> 4);
            assert_eq!(vpcc.codec_initialization_data, [0xaa]);
        }
    }

    #[test]
    fn the_draft_version_is_refused() {
        let raw = RawBox::parse(around(Vpcc::KIND, &[0; 12]), 0, &Place::FILE).unwrap();
        let message = Vpcc::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(message, "vpcC at byte 8: version: is 0, expected 1");
    }
}
