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
