//! `hdlr`: what kind of media a track is.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Handler reference, in its ISO form (ISO/IEC 14496-12 8.4.3) and in QuickTime's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hdlr<'a> {
    /// Zero in ISO files; `mhlr` or `dhlr` in QuickTime.
    pub component_type: FourCc,
    /// `vide`, `soun`, `text`, `subt`, ...
    pub handler_type: FourCc,
    /// Zero in ISO files; manufacturer, flags and mask in QuickTime.
    pub reserved: [u32; 3],
    /// The name as it lies in the box: a null-terminated string in ISO files, a string with its
    /// length in front in QuickTime. See [`name`](Self::name).
    pub name_bytes: &'a [u8],
}

impl<'a> Hdlr<'a> {
    /// Video.
    pub const VIDEO: FourCc = FourCc::new(b"vide");
    /// Audio.
    pub const SOUND: FourCc = FourCc::new(b"soun");
    /// Timed text.
    pub const TEXT: FourCc = FourCc::new(b"text");
    /// Subtitles.
    pub const SUBTITLE: FourCc = FourCc::new(b"subt");
    /// Subtitles, in files for Apple's players.
    pub const APPLE_SUBTITLE: FourCc = FourCc::new(b"sbtl");
    /// Closed captions of QuickTime.
    pub const CLOSED_CAPTION: FourCc = FourCc::new(b"clcp");

    /// Whether the box has the form of QuickTime.
    pub fn is_quicktime(&self) -> bool {
        self.component_type != FourCc([0; 4])
    }

    /// The name without its length or terminator, in either form. Some ISO files have the
    /// QuickTime form of the name.
    pub fn name(&self) -> &'a [u8] {
        let c_string = self
            .name_bytes
            .split(|byte| *byte == 0)
            .next()
            .unwrap_or_default();
        match self.name_bytes.split_first() {
            Some((length, text)) if c_string.len() == usize::from(*length) + 1 => {
                text.get(..usize::from(*length)).unwrap_or(c_string)
            }
            Some((length, text)) if self.is_quicktime() => {
                text.get(..usize::from(*length)).unwrap_or(c_string)
            }
            _ => c_string,
        }
    }
}

impl<'a> BoxBody<'a> for Hdlr<'a> {
    const KIND: FourCc = FourCc::new(b"hdlr");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Hdlr {
            component_type: reader.fourcc("pre_defined")?,
            handler_type: reader.fourcc("handler_type")?,
            reserved: [
                reader.u32("reserved")?,
                reader.u32("reserved")?,
                reader.u32("reserved")?,
            ],
            name_bytes: reader.rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.fourcc(self.component_type);
        writer.fourcc(self.handler_type);
        self.reserved.iter().for_each(|field| writer.u32(*field));
        writer.bytes(self.name_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn handler_of_an_iso_file_has_a_c_string() {
        // Written by Lavf 59.
        let hdlr: Hdlr<'_> = checked(
            hex(
                "0000002d 68646c72 00000000 00000000 76696465 00000000 00000000 00000000
                 566964656f48616e646c657200",
            ),
            24,
        );
        assert_eq!(hdlr.handler_type, Hdlr::VIDEO);
        assert!(!hdlr.is_quicktime());
        assert_eq!(hdlr.name(), b"VideoHandler");
    }

    #[test]
    fn handler_of_quicktime_has_a_counted_string() {
        // Written by QuickTime: "faces.mov" of web-platform-tests (BSD-3-Clause).
        let hdlr: Hdlr<'_> = checked(
            hex(
                "00000031 68646c72 00000000 6d686c72 76696465 6170706c 00000000 00000000
                 10436f7265204d6564696120566964656f",
            ),
            24,
        );
        assert!(hdlr.is_quicktime());
        assert_eq!(hdlr.handler_type, Hdlr::VIDEO);
        assert_eq!(hdlr.name(), b"Core Media Video");
    }

    #[test]
    fn names_without_terminator_or_with_a_wrong_length_do_no_harm() {
        let name = |component_type, name_bytes| {
            let reserved = [0; 3];
            let hdlr = Hdlr {
                component_type,
                handler_type: Hdlr::SOUND,
                reserved,
                name_bytes,
            };
            hdlr.name().to_vec()
        };
        let iso = FourCc([0; 4]);
        assert_eq!(name(iso, b""), b"");
        assert_eq!(name(iso, b"Sound"), b"Sound");
        assert_eq!(name(iso, b"\x05Sound\0"), b"Sound");
        assert_eq!(name(FourCc::new(b"mhlr"), b"\xffSound"), b"\xffSound");
        assert_eq!(name(FourCc::new(b"mhlr"), b"\x02Sound"), b"So");
    }
}
