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
