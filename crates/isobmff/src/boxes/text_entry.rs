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
