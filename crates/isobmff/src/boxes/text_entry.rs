//! The fields of a text sample entry.

use crate::{Error, FourCc, Reader, Writer};

/// Fields of a text sample entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextFields {
    /// WebVTT, `wvtt`: no field; `vttC` follows. ISO/IEC 14496-30.
    WebVtt,
    /// TTML, `stpp`. ISO/IEC 14496-12 12.6.3. None of the strings has a terminator here.
    Ttml {
        /// XML namespaces of the documents, separated by spaces.
        namespace: Vec<u8>,
        /// Where their schemas are, separated by spaces; often empty.
        schema_location: Vec<u8>,
        /// Media types of images and fonts, separated by spaces; often empty.
        auxiliary_mime_types: Vec<u8>,
    },
    /// 3GPP timed text, `tx3g`. 3GPP TS 26.245 5.16; `ftab` follows.
    TimedText {
        /// Scrolling, karaoke and the like.
        display_flags: u32,
        /// Justification, horizontal and vertical.
        justification: [i8; 2],
        /// Red, green, blue and alpha.
        background_color: [u8; 4],
        /// Top, left, bottom, right.
        default_text_box: [i16; 4],
        /// The default style record.
        default_style: [u8; 12],
    },
}

impl TextFields {
    /// The TTML namespace.
    pub const TTML_NAMESPACE: &'static [u8] = b"http://www.w3.org/ns/ttml";

    /// `None` where `kind` is none of those known here, or QuickTime's form of one.
    pub(crate) fn read(
        kind: FourCc,
        reader: &mut Reader<'_, '_>,
    ) -> Result<Option<TextFields>, Error> {
        match &kind.0 {
            b"wvtt" => Ok(Some(TextFields::WebVtt)),
            b"stpp" => Ok(Some(TextFields::Ttml {
                namespace: reader.cstr("namespace")?.to_vec(),
                schema_location: reader.cstr("schema_location")?.to_vec(),
                auxiliary_mime_types: reader.cstr("auxiliary_mime_types")?.to_vec(),
            })),
            b"tx3g" => Ok(Some(TextFields::TimedText {
                display_flags: reader.u32("displayFlags")?,
                justification: [
                    reader.i8("horizontal-justification")?,
                    reader.i8("vertical-justification")?,
                ],
                background_color: reader.array("background-color-rgba")?,
                default_text_box: [
                    reader.i16("top")?,
                    reader.i16("left")?,
                    reader.i16("bottom")?,
                    reader.i16("right")?,
                ],
                default_style: reader.array("default-style")?,
            })),
            _ => Ok(None),
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        match self {
            TextFields::WebVtt => {}
            TextFields::Ttml {
                namespace,
                schema_location,
                auxiliary_mime_types,
            } => {
                writer.cstr(namespace);
                writer.cstr(schema_location);
                writer.cstr(auxiliary_mime_types);
            }
            TextFields::TimedText {
                display_flags,
                justification,
                background_color,
                default_text_box,
                default_style,
            } => {
                writer.u32(*display_flags);
                justification.iter().for_each(|field| writer.i8(*field));
                writer.bytes(background_color);
                default_text_box.iter().for_each(|field| writer.i16(*field));
                writer.bytes(default_style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::hex;
    use crate::boxes::{Btrt, EntryFields, SampleEntry, VttConfiguration};
    use crate::{BoxBody, Place};

    fn entry(text: &str) -> SampleEntry {
        let entry = SampleEntry::from_bytes(hex(text)).unwrap();
        assert_eq!(
            entry.to_bytes().unwrap(),
            hex(text),
            "is not written back to its bytes"
        );
        entry
    }

    #[test]
    fn timed_text_is_read_with_its_fonts() {
        // Written by Lavf 59.
        let entry = entry(
            "00000054 74783367 000000000000 0001 00000000 01 ff 000000ff 0000 0000 0000 0000
             00000000 0001 00 10 ffffffff 00000012 66746162 0001 0001 05 417269616c
             00000014 62747274 00000000 000000a0 000000a0",
        );
        let Some(TextFields::TimedText {
            justification,
            background_color,
            ..
        }) = entry.text()
        else {
            panic!("is no timed text");
        };
        assert_eq!(
            (justification, background_color),
            (&[1, -1], &[0, 0, 0, 255])
        );
        assert!(
            entry
                .child(FourCc::new(b"ftab"), Place::FILE)
                .unwrap()
                .is_some()
        );
    }

    #[test]
    fn ttml_is_read_with_its_namespace() {
        // Written by Lavf 59.
        let entry = entry(
            "00000040 73747070 000000000000 0001
             687474703a2f2f7777772e77332e6f72672f6e732f74746d6c00 00 00
             00000014 62747274 00000000 000049da 000049da",
        );
        let Some(TextFields::Ttml {
            namespace,
            schema_location,
            ..
        }) = entry.text()
        else {
            panic!("is no TTML");
        };
        assert_eq!(namespace, TextFields::TTML_NAMESPACE);
        assert!(schema_location.is_empty());
        assert!(entry.read_child::<Btrt>(Place::FILE).unwrap().is_some());
    }

    #[test]
    fn a_webvtt_entry_is_made_from_nothing() {
        let mut made =
            SampleEntry::new(FourCc::new(b"wvtt"), EntryFields::Text(TextFields::WebVtt));
        made.push_child(&VttConfiguration { text: b"WEBVTT" }.to_bytes().unwrap());
        let expected = "0000001e 77767474 000000000000 0001 0000000e 76747443 574542565454";
        assert_eq!(made.to_bytes().unwrap(), hex(expected));
        let read = entry(expected);
        let config: VttConfiguration<'_> = read.read_child(Place::FILE).unwrap().unwrap();
        assert_eq!(config.text, b"WEBVTT");
    }

    #[test]
    fn an_unterminated_string_is_an_error() {
        let bytes = hex("00000012 73747070 000000000000 0001 6162");
        let message = SampleEntry::from_bytes(bytes).unwrap_err().to_string();
        assert_eq!(message, "stpp at byte 16: namespace: needs 3 bytes, 2 left");
    }
}
