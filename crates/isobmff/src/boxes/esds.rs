//! `esds`: an MPEG-4 elementary stream.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Elementary stream descriptor. ISO/IEC 14496-14 5.6, ISO/IEC 14496-1 7.2.6.
///
/// Descriptors have lengths of one to four bytes and may hold others that are unknown here, so
/// the box is written back from [`descriptors`](Self::descriptors); the fields are what is read
/// out of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Esds<'a> {
    /// The descriptors as they lie in the file.
    pub descriptors: &'a [u8],
    /// Number of the elementary stream; 0 in files.
    pub es_id: u16,
    /// 0x40: MPEG-4 audio, 0x66 to 0x68: MPEG-2 AAC, 0x69 and 0x6b: MPEG audio (MP3), ...
    pub object_type_indication: u8,
    /// 4: visual, 5: audio.
    pub stream_type: u8,
    /// In bytes; 24 bits.
    pub buffer_size_db: u32,
    /// Over any second, in bits per second.
    pub max_bitrate: u32,
    /// In bits per second; 0: variable.
    pub avg_bitrate: u32,
    /// `DecoderSpecificInfo`: for MPEG-4 audio an `AudioSpecificConfig`. Empty where absent, cut
    /// where the box is.
    pub decoder_specific_info: &'a [u8],
}

const ES_DESCRIPTOR: u8 = 3;
const DECODER_CONFIG_DESCRIPTOR: u8 = 4;
const DECODER_SPECIFIC_INFO: u8 = 5;

impl<'a> Esds<'a> {
    /// The descriptors of an MPEG-4 audio stream with `decoder_specific_info`, which must be
    /// shorter than 96 bytes, for a box made from nothing.
    pub fn audio_descriptors(
        decoder_specific_info: &[u8],
        max_bitrate: u32,
        avg_bitrate: u32,
    ) -> Result<Vec<u8>, Error> {
        let mut writer = Writer::new();
        let length = decoder_specific_info.len() as u64;
        let info = writer.fit("DecoderSpecificInfo", length, 95) as u8;
        writer.bytes(&[ES_DESCRIPTOR, info + 23, 0, 0, 0]);
        writer.bytes(&[DECODER_CONFIG_DESCRIPTOR, info + 15, 0x40, 5 << 2 | 1]);
        writer.u24(0);
        writer.u32(max_bitrate);
        writer.u32(avg_bitrate);
        writer.bytes(&[DECODER_SPECIFIC_INFO, info]);
        writer.bytes(decoder_specific_info);
        writer.bytes(&[6, 1, 2]);
        writer.finish()
    }
}

/// The next descriptor: its tag and a reader over its content, cut where the box is.
fn descriptor<'a, 'p>(reader: &mut Reader<'a, 'p>) -> Result<(u8, Reader<'a, 'p>), Error> {
    let tag = reader.u8("descriptor tag")?;
    let mut length = 0usize;
    for _ in 0..4 {
        let byte = reader.u8("descriptor length")?;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let content = reader.part(length.min(reader.left()), "descriptor")?;
    Ok((tag, content))
}

/// The next descriptor with `tag`, passing over others; at the end, `None`.
fn find<'a, 'p>(reader: &mut Reader<'a, 'p>, tag: u8) -> Result<Option<Reader<'a, 'p>>, Error> {
    while !reader.is_empty() {
        let (found, content) = descriptor(reader)?;
        if found == tag {
            return Ok(Some(content));
        }
    }
    Ok(None)
}

impl<'a> BoxBody<'a> for Esds<'a> {
    const KIND: FourCc = FourCc::new(b"esds");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        let whole = reader.clone();
        let descriptors = reader.rest();
        let mut reader = whole.clone();
        let Some(mut es) = find(&mut reader, ES_DESCRIPTOR)? else {
            return Err(whole.truncated("ES_Descriptor", 3));
        };
        let es_id = es.u16("ES_ID")?;
        let flags = es.u8("streamDependenceFlag")?;
        if flags & 0x80 != 0 {
            es.u16("dependsOn_ES_ID")?;
        }
        if flags & 0x40 != 0 {
            let length = es.u8("URLlength")?;
            es.bytes(usize::from(length), "URLstring")?;
        }
        if flags & 0x20 != 0 {
            es.u16("OCR_ES_Id")?;
        }
        let Some(mut config) = find(&mut es, DECODER_CONFIG_DESCRIPTOR)? else {
            return Err(es.truncated("DecoderConfigDescriptor", 13));
        };
        let object_type_indication = config.u8("objectTypeIndication")?;
        let stream_type = config.u8("streamType")? >> 2;
        let buffer_size_db = config.u24("bufferSizeDB")?;
        let max_bitrate = config.u32("maxBitrate")?;
        let avg_bitrate = config.u32("avgBitrate")?;
        let info = find(&mut config, DECODER_SPECIFIC_INFO)?;
        Ok(Esds {
            descriptors,
            es_id,
            object_type_indication,
            stream_type,
            buffer_size_db,
            max_bitrate,
            avg_bitrate,
            decoder_specific_info: info.map_or(&[], |mut info| info.rest()),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.bytes(self.descriptors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, same};
    use crate::{Place, RawBox};

    #[test]
    fn lengths_of_four_bytes_are_read() {
        // Written by Lavf 59.
        let esds: Esds<'_> = same(hex("00000036 65736473 00000000
             0380808025 0002 00
             0480808017 40 15 000000 0001151d 0001151d
             0580808005 120856e500
             0680808001 02"));
        assert_eq!(
            (esds.es_id, esds.object_type_indication, esds.stream_type),
            (2, 0x40, 5)
        );
        assert_eq!((esds.max_bitrate, esds.avg_bitrate), (70_941, 70_941));
        assert_eq!(esds.decoder_specific_info, [0x12, 8, 0x56, 0xe5, 0]);
    }

    #[test]
    fn lengths_of_one_byte_are_read() {
        // Written by GPAC, in the layout of ISO/IEC 14496-14.
        let esds: Esds<'_> = same(hex(
            "00000027 65736473 00000000 0319 0001 00 0411 40 14 015000 00011510 00011510
             0502 1390 060102",
        ));
        assert_eq!(esds.buffer_size_db, 0x1_5000);
        assert_eq!(esds.decoder_specific_info, [0x13, 0x90]);
    }

    #[test]
    fn optional_fields_before_the_configuration_are_passed_over() {
        let esds: Esds<'_> = same(hex(
            "0000002b 65736473 00000000 031d 0001 e0 0007 02 6162 0008
             0411 6b 15 000000 00000001 00000002 0502 aabb",
        ));
        assert_eq!((esds.object_type_indication, esds.avg_bitrate), (0x6b, 2));
        assert_eq!(esds.decoder_specific_info, [0xaa, 0xbb]);
    }

    #[test]
    fn a_cut_configuration_is_an_error_and_cut_specific_info_is_kept() {
        let bytes = hex("00000036 65736473 00000000
             0380808025 0002 00
             0480808017 40 15 000000 0001151d 0001151d
             0580808005 120856e500
             0680808001 02");
        for cut in 0..bytes.len() - 8 {
            let raw = RawBox::parse(around(Esds::KIND, &bytes[8..8 + cut]), 0, &Place::FILE);
            let read = Esds::parse(&raw.unwrap(), &Place::FILE);
            // Without a byte of the info's header there is no info; then its bytes come.
            match cut {
                0..30 => {
                    let message = read.unwrap_err().to_string();
                    assert!(message.starts_with("esds at byte "), "{message}");
                    assert!(message.contains(": needs "), "{message}");
                }
                30 | 35.. => {
                    let info = cut.saturating_sub(35).min(5);
                    assert_eq!(read.unwrap().decoder_specific_info.len(), info, "cut {cut}");
                }
                _ => assert!(read.is_err(), "cut after {cut}"),
            }
        }
    }

    #[test]
    fn descriptors_made_from_nothing_are_read_back() {
        let descriptors = Esds::audio_descriptors(&[0x11, 0x90], 128_000, 96_000).unwrap();
        let body = [&[0; 4][..], &descriptors].concat();
        let esds: Esds<'_> = same(around(Esds::KIND, &body));
        assert_eq!((esds.object_type_indication, esds.stream_type), (0x40, 5));
        assert_eq!((esds.max_bitrate, esds.avg_bitrate), (128_000, 96_000));
        assert_eq!(esds.decoder_specific_info, [0x11, 0x90]);
        assert!(Esds::audio_descriptors(&[0; 96], 0, 0).is_err());
    }
}
