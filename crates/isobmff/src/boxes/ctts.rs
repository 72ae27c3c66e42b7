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
