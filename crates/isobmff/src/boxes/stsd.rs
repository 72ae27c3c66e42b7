//! `stsd`: how the samples are coded.

use super::sample_entry::SampleEntry;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Sample descriptions. ISO/IEC 14496-12 8.5.2.
#[derive(Clone, Debug, PartialEq)]
pub struct Stsd {
    /// 0; 1 where audio entries are ISO's own version 1.
    pub version: u8,
    /// The entries in order; `sample_description_index` counts them from 1.
    pub entries: Vec<SampleEntry>,
}

/// No file has more sample entries in a track.
const MOST_ENTRIES: u32 = 4096;

impl<'a> BoxBody<'a> for Stsd {
    const KIND: FourCc = FourCc::new(b"stsd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        let before = reader.clone();
        let count = reader.u32("entry_count")?;
        if count > MOST_ENTRIES {
            return Err(before.too_many("entries", u64::from(count), u64::from(MOST_ENTRIES)));
        }
        let place = *reader.place();
        let mut entries = Vec::new();
        for _ in 0..count {
            let raw = crate::RawBox::parse(reader.remaining(), reader.offset(), &place)?;
            reader.bytes(raw.bytes.len(), "entries")?;
            entries.push(SampleEntry::read(&raw, version, &place)?);
        }
        Ok(Stsd { version, entries })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.count_u32("entry_count", self.entries.len());
        self.entries.iter().for_each(|entry| entry.write(writer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, same};
    use crate::{Place, RawBox};

    #[test]
    fn entries_are_kept_to_the_byte() {
        // Written by Lavf 59 for QuickTime.
        let stsd: Stsd = same(hex(
            "000000bf 73747364 00000000 00000001 000000af 61766331 000000000000 0001
             0000 0000 46464d50 00000200 00000200 0040 0030 00480000 00480000 00000000 0001
             154c61766335392e33372e313030206c69627832363400000000000000000000 0018 ffff
             00000037 61766343 0164000affe1001a6764000aacd9447b016a0202028000000300800000190789
             12cb01000668ebe3cb22c0fdf8f800
             00000012 636f6c72 6e636c63 0001 0001 0001
             00000010 70617370 00000001 00000001",
        ));
        assert_eq!(stsd.entries.len(), 1);
        let entry = &stsd.entries[0];
        assert_eq!(
            (entry.kind, entry.data_reference_index),
            (FourCc::new(b"avc1"), 1)
        );
        let visual = entry.visual().unwrap();
        assert_eq!((visual.width, visual.height, visual.depth), (64, 48, 24));
        assert_eq!(visual.compressorname[..5], *b"\x15Lavc");
        let kinds: Vec<String> = entry
            .children(Place::FILE)
            .map(|child| child.unwrap().kind.to_string())
            .collect();
        assert_eq!(kinds, ["avcC", "colr", "pasp"]);
    }

    #[test]
    fn a_count_that_does_not_match_is_an_error() {
        let more = hex("00000018 73747364 00000000 00000002 00000008 61766331");
        let raw = RawBox::parse(more, 0, &Place::FILE).unwrap();
        let message = Stsd::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(
            message,
            "stsd/avc1 at byte 24: reserved: needs 6 bytes, 0 left"
        );
        let many = hex("00000010 73747364 00000000 ffffffff");
        let raw = RawBox::parse(many, 0, &Place::FILE).unwrap();
        let message = Stsd::parse(&raw, &Place::FILE).unwrap_err().to_string();
        let expected = "stsd at byte 12: entries: 4294967295 of them, expected at most 4096";
        assert_eq!(message, expected);
    }
}
