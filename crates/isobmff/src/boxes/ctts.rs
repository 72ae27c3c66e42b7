//! `ctts`: from decoding to composition.

use crate::table::u32_at;
use crate::{BoxBody, Error, FourCc, Reader, Row, Table, Writer};

/// Composition time to sample, run-length coded. ISO/IEC 14496-12 8.6.1.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ctts<'a> {
    /// 0: offsets without sign, 1: with.
    pub version: u8,
    /// The runs in order.
    pub entries: Table<'a, CttsEntry>,
}

/// A run of samples of one composition offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CttsEntry {
    /// Samples in the run; not held against anything.
    pub sample_count: u32,
    /// Composition time minus decoding time, in ticks. Read with its sign in version 0 as well:
    /// QuickTime's writers mean it, and no real offset has the highest bit set.
    pub sample_offset: i32,
}

impl Row for CttsEntry {
    const SIZE: usize = 8;

    #[inline]
    fn decode(bytes: &[u8]) -> CttsEntry {
        CttsEntry {
            sample_count: u32_at(bytes, 0),
            sample_offset: u32_at(bytes, 4) as i32,
        }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u32(self.sample_count);
        writer.i32(self.sample_offset);
    }
}

impl<'a> BoxBody<'a> for Ctts<'a> {
    const KIND: FourCc = FourCc::new(b"ctts");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        Ok(Ctts {
            version,
            entries: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        self.entries.write_counted(writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn offsets_of_both_versions_are_read() {
        // Written by Lavf 59.
        let ctts: Ctts<'_> = whole(hex(
            "00000028 63747473 00000000 00000003 00000001 00000400 00000001 00000800
             00000002 00000200",
        ));
        let offsets: Vec<i32> = ctts
            .entries
            .iter()
            .map(|entry| entry.sample_offset)
            .collect();
        assert_eq!(offsets, [1024, 2048, 512]);
        let ctts: Ctts<'_> = whole(hex("00000018 63747473 01000000 00000001 00000001 fffffe00"));
        assert_eq!((ctts.version, ctts.entries.len()), (1, 1));
        let entry = CttsEntry {
            sample_count: 1,
            sample_offset: -512,
        };
        assert_eq!(ctts.entries.get(0), Some(entry));
        assert_eq!(Table::encode(&[entry]), ctts.entries.bytes());
    }

    #[test]
    fn a_negative_offset_in_version_0_keeps_the_sign_its_writer_meant() {
        let ctts: Ctts<'_> = whole(hex("00000018 63747473 00000000 00000001 00000001 ffffff9c"));
        assert_eq!(
            ctts.entries.get(0).map(|entry| entry.sample_offset),
            Some(-100)
        );
    }
}
