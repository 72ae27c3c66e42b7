//! WebVTT in samples: `vttC` and `vlab` in the sample entry, cues in the samples.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

macro_rules! text_boxes {
    ($($(#[$doc:meta])* $name:ident: $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<'a> {
            /// The text, to the end of the box; may be no UTF-8.
            pub text: &'a [u8],
        }

        impl<'a> BoxBody<'a> for $name<'a> {
            const KIND: FourCc = FourCc::new($kind);

            fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
                Ok($name { text: reader.rest() })
            }

            fn write(&self, writer: &mut Writer) {
                writer.bytes(self.text);
            }
        }
    )*};
}

text_boxes! {
    /// `vttC`: the WebVTT file up to its first cue. ISO/IEC 14496-30 7.5.
    VttConfiguration: b"vttC",
    /// `vlab`: names the source of the cues. ISO/IEC 14496-30 7.5.
    VttSourceLabel: b"vlab",
    /// `vtta`: text between cues, a comment. ISO/IEC 14496-30 7.4.
    VttAdditionalText: b"vtta",
    /// `iden`: the cue's identifier.
    CueId: b"iden",
    /// `ctim`: start of the cue as text, where its timestamps count from it.
    CueTime: b"ctim",
    /// `sttg`: the cue's settings.
    CueSettings: b"sttg",
    /// `payl`: the cue's text.
    CuePayload: b"payl",
}

/// `vsid`: equal in parts of one cue split over samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueSourceId {
    /// Never -1.
    pub source_id: i32,
}

impl<'a> BoxBody<'a> for CueSourceId {
    const KIND: FourCc = FourCc::new(b"vsid");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(CueSourceId {
            source_id: reader.i32("source_ID")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.i32(self.source_id);
    }
}

/// `vtte`: a sample without a cue. ISO/IEC 14496-30 7.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VttEmptyCue;

impl<'a> BoxBody<'a> for VttEmptyCue {
    const KIND: FourCc = FourCc::new(b"vtte");

    fn read(_: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(VttEmptyCue)
    }

    fn write(&self, _: &mut Writer) {}
}

/// `vttc`: a cue. ISO/IEC 14496-30 7.4.
///
/// Its times are those of the sample. Written in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VttCue<'a> {
    /// `vsid`.
    pub source_id: Option<i32>,
    /// `iden`.
    pub id: Option<&'a [u8]>,
    /// `ctim`.
    pub current_time: Option<&'a [u8]>,
    /// `sttg`.
    pub settings: Option<&'a [u8]>,
    /// `payl`; empty where absent.
    pub payload: &'a [u8],
}

impl<'a> BoxBody<'a> for VttCue<'a> {
    const KIND: FourCc = FourCc::new(b"vttc");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let place = *reader.place();
        let mut cue = VttCue::default();
        for child in reader.boxes() {
            let child = child?;
            if child.kind == CueSourceId::KIND {
                cue.source_id = Some(CueSourceId::parse(&child, &place)?.source_id);
            } else if child.kind == CueId::KIND {
                cue.id = Some(child.body());
            } else if child.kind == CueTime::KIND {
                cue.current_time = Some(child.body());
            } else if child.kind == CueSettings::KIND {
                cue.settings = Some(child.body());
            } else if child.kind == CuePayload::KIND {
                cue.payload = child.body();
            }
        }
        Ok(cue)
    }

    fn write(&self, writer: &mut Writer) {
        if let Some(source_id) = self.source_id {
            writer.body(&CueSourceId { source_id });
        }
        if let Some(text) = self.id {
            writer.body(&CueId { text });
        }
        if let Some(text) = self.current_time {
            writer.body(&CueTime { text });
        }
        if let Some(text) = self.settings {
            writer.body(&CueSettings { text });
        }
        writer.body(&CuePayload { text: self.payload });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, same, whole};
    use crate::{Place, RawBox};

    #[test]
    fn a_cue_is_read_with_all_its_boxes() {
        // The layout of ISO/IEC 14496-30 7.4.
        let cue: VttCue<'_> = same(hex(
            "00000046 76747463 0000000c 76736964 00000007 00000009 6964656e 61
             0000000a 6374696d 3031 0000000f 73747467 6c696e653a2d31
             00000010 7061796c 48693c2f623e203c",
        ));
        assert_eq!(cue.source_id, Some(7));
        assert_eq!(
            (cue.id, cue.current_time),
            (Some(&b"a"[..]), Some(&b"01"[..]))
        );
        assert_eq!(cue.settings, Some(&b"line:-1"[..]));
        assert_eq!(cue.payload, b"Hi</b> <");
    }

    #[test]
    fn a_cue_with_text_alone_is_read() {
        let cue: VttCue<'_> = same(hex("00000012 76747463 0000000a 7061796c 4869"));
        assert_eq!(
            cue,
            VttCue {
                payload: b"Hi",
                ..VttCue::default()
            }
        );
    }

    #[test]
    fn the_empty_cue_has_no_body() {
        let _: VttEmptyCue = whole(hex("00000008 76747465"));
    }

    #[test]
    fn texts_are_the_whole_body() {
        let config: VttConfiguration<'_> = same(hex("0000000e 76747443 574542565454"));
        assert_eq!(config.text, b"WEBVTT");
        let label: VttSourceLabel<'_> = same(hex("0000000b 766c6162 613a62"));
        assert_eq!(label.text, b"a:b");
        let note: VttAdditionalText<'_> = same(hex("0000000c 76747461 4e4f5445"));
        assert_eq!(note.text, b"NOTE");
        let id: CueSourceId = whole(hex("0000000c 76736964 80000000"));
        assert_eq!(id.source_id, i32::MIN);
    }

    #[test]
    fn a_box_cut_within_a_cue_is_an_error_with_its_path() {
        let bytes = hex("00000012 76747463 0000000b 7061796c 4869");
        let raw = RawBox::parse(bytes, 0, &Place::FILE).unwrap();
        let message = VttCue::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(
            message,
            "vttc/payl at byte 8: size: is 11, expected 8 to 10"
        );
    }
}
