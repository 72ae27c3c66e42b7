//! `avcC`: parameter sets of H.264.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// AVC decoder configuration. ISO/IEC 14496-15 5.3.3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avcc<'a> {
    /// `profile_idc` of the sequence parameter sets.
    pub profile_indication: u8,
    /// The constraint flags between profile and level.
    pub profile_compatibility: u8,
    /// `level_idc` of the sequence parameter sets.
    pub level_indication: u8,
    /// Bytes of a NAL unit's length in the samples, minus 1: 0, 1 or 3.
    pub length_size_minus_one: u8,
    /// The NAL units of sequence parameter sets.
    pub sequence_parameter_sets: Vec<&'a [u8]>,
    /// The NAL units of picture parameter sets.
    pub picture_parameter_sets: Vec<&'a [u8]>,
    /// What profiles 100, 110, 122 and 144 and later add; some writers leave it out.
    pub extension: Option<AvccExtension<'a>>,
}

/// The part of [`Avcc`] for High profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvccExtension<'a> {
    /// 0 to 3: monochrome, 4:2:0, 4:2:2, 4:4:4.
    pub chroma_format: u8,
    /// 0 to 7.
    pub bit_depth_luma_minus8: u8,
    /// 0 to 7.
    pub bit_depth_chroma_minus8: u8,
    /// The NAL units of sequence parameter set extensions.
    pub sequence_parameter_set_ext: Vec<&'a [u8]>,
}

fn sets<'a>(
    reader: &mut Reader<'a, '_>,
    count: u8,
    field: &'static str,
) -> Result<Vec<&'a [u8]>, Error> {
    let mut sets = Vec::new();
    for _ in 0..count {
        let length = reader.u16(field)?;
        sets.push(reader.bytes(usize::from(length), field)?);
    }
    Ok(sets)
}

impl<'a> AvccExtension<'a> {
    /// The four bytes are of the extension only if their reserved bits are ones; other bytes
    /// after the parameter sets are padding.
    fn read(reader: &mut Reader<'a, '_>) -> Option<AvccExtension<'a>> {
        let mut ahead = reader.clone();
        let [chroma, luma, depth, count] = ahead.array("extension").ok()?;
        if chroma & 0xfc != 0xfc || luma & 0xf8 != 0xf8 || depth & 0xf8 != 0xf8 {
            return None;
        }
        let sets = sets(&mut ahead, count, "sequenceParameterSetExtNALUnit").ok()?;
        *reader = ahead;
        Some(AvccExtension {
            chroma_format: chroma & 3,
            bit_depth_luma_minus8: luma & 7,
            bit_depth_chroma_minus8: depth & 7,
            sequence_parameter_set_ext: sets,
        })
    }
}

impl<'a> BoxBody<'a> for Avcc<'a> {
    const KIND: FourCc = FourCc::new(b"avcC");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let before = reader.clone();
        let version = reader.u8("configurationVersion")?;
        if version != 1 {
            return Err(before.value("configurationVersion", version, "1"));
        }
        let profile_indication = reader.u8("AVCProfileIndication")?;
        let profile_compatibility = reader.u8("profile_compatibility")?;
        let level_indication = reader.u8("AVCLevelIndication")?;
        let length_size_minus_one = reader.u8("lengthSizeMinusOne")? & 3;
        let count = reader.u8("numOfSequenceParameterSets")? & 0x1f;
        let sequence_parameter_sets = sets(reader, count, "sequenceParameterSetNALUnit")?;
        let count = reader.u8("numOfPictureParameterSets")?;
        let picture_parameter_sets = sets(reader, count, "pictureParameterSetNALUnit")?;
        let extension = match profile_indication {
            66 | 77 | 88 => None,
            _ => AvccExtension::read(reader),
        };
        Ok(Avcc {
            profile_indication,
            profile_compatibility,
            level_indication,
            length_size_minus_one,
            sequence_parameter_sets,
            picture_parameter_sets,
            extension,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(1);
        writer.u8(self.profile_indication);
        writer.u8(self.profile_compatibility);
        writer.u8(self.level_indication);
        writer.u8(0xfc | self.length_size_minus_one & 3);
        let count = self.sequence_parameter_sets.len() as u64;
        let count = writer.fit("numOfSequenceParameterSets", count, 0x1f) as u8;
        writer.u8(0xe0 | count);
        write_sets(writer, &self.sequence_parameter_sets);
        writer.count_u8(
            "numOfPictureParameterSets",
            self.picture_parameter_sets.len(),
        );
        write_sets(writer, &self.picture_parameter_sets);
        if let Some(extension) = &self.extension {
            writer.u8(0xfc | extension.chroma_format & 3);
            writer.u8(0xf8 | extension.bit_depth_luma_minus8 & 7);
            writer.u8(0xf8 | extension.bit_depth_chroma_minus8 & 7);
            let sets = &extension.sequence_parameter_set_ext;
            writer.count_u8("numOfSequenceParameterSetExt", sets.len());
            write_sets(writer, sets);
        }
    }
}

fn write_sets(writer: &mut Writer, sets: &[&[u8]]) {
    for set in sets {
        writer.count_u16("parameter set length", set.len());
        writer.bytes(set);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, checked, hex, whole};
    use crate::{Place, RawBox};

    #[test]
    fn high_profile_has_parameter_sets_and_the_extension() {
        // Written by Lavf 59 around x264.
        let avcc: Avcc<'_> = checked(
            hex("00000035 61766343 01 64 00 0a ff e1
                 0018 6764000aacd9447b011000000300100000030320f1225960
                 01 0006 68ebe3cb22c0 fd f8 f8 00"),
            41,
        );
        assert_eq!(
            [
                avcc.profile_indication,
                avcc.profile_compatibility,
                avcc.level_indication
            ],
            [100, 0, 10]
        );
        assert_eq!(avcc.length_size_minus_one, 3);
        assert_eq!(avcc.sequence_parameter_sets.len(), 1);
        assert_eq!(avcc.sequence_parameter_sets[0][..4], [0x67, 100, 0, 10]);
        assert_eq!(
            avcc.picture_parameter_sets,
            [[0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0]]
        );
        let extension = AvccExtension {
            chroma_format: 1,
            bit_depth_luma_minus8: 0,
            bit_depth_chroma_minus8: 0,
            sequence_parameter_set_ext: vec![],
        };
        assert_eq!(avcc.extension, Some(extension));
    }

    #[test]
    fn chroma_without_subsampling_is_read() {
        // "h264_avcc_ext_2.mp4" of mp4-atom (MIT or Apache-2.0).
        let avcc: Avcc<'_> = checked(
            hex("00000037 61766343 01f40028 ff e1
                 001a 67f40028919b280f0044fc4c20000003002000000781e30632c0
                 01 0006 68ef8f192190 ff f8 f8 00"),
            43,
        );
        assert_eq!(avcc.profile_indication, 244);
        assert_eq!(
            avcc.extension.map(|extension| extension.chroma_format),
            Some(3)
        );
    }

    #[test]
    fn a_high_profile_without_extension_is_read() {
        // Written by QuickTime: "faces.mov" of web-platform-tests (BSD-3-Clause), extension cut.
        let avcc: Avcc<'_> = whole(hex(
            "00000027 61766343 01640020 ff e1 0010 27640020ac562c0c8137e59a80808081
             01 0004 28ee3cb0",
        ));
        assert_eq!(avcc.extension, None);
    }

    #[test]
    fn padding_is_not_taken_for_the_extension() {
        let padded = hex(
            "0000002b 61766343 01640020 ff e1 0010 27640020ac562c0c8137e59a80808081
             01 0004 28ee3cb0 00000000",
        );
        let raw = RawBox::parse(padded, 0, &Place::FILE).unwrap();
        let (avcc, rest) = Avcc::parse_with_rest(&raw, &Place::FILE).unwrap();
        assert_eq!((avcc.extension, rest), (None, &[0; 4][..]));
    }

    #[test]
    fn another_version_and_too_many_sets_are_refused() {
        let raw = RawBox::parse(around(Avcc::KIND, &[2; 20]), 0, &Place::FILE).unwrap();
        let message = Avcc::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(
            message,
            "avcC at byte 8: configurationVersion: is 2, expected 1"
        );
        let avcc = Avcc {
            profile_indication: 66,
            profile_compatibility: 0,
            level_indication: 30,
            length_size_minus_one: 3,
            sequence_parameter_sets: vec![&[]; 32],
            picture_parameter_sets: vec![],
            extension: None,
        };
        let message = avcc.to_bytes().unwrap_err().to_string();
        assert_eq!(
            message,
            "avcC: numOfSequenceParameterSets: is 32, expected at most 31"
        );
    }
}
