//! `stts`: decoding times.

use crate::table::u32_at;
use crate::{BoxBody, Error, FourCc, Reader, Row, Table, Writer};

/// Decoding time to sample, run-length coded. ISO/IEC 14496-12 8.6.1.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stts<'a> {
    /// The runs in order.
    pub entries: Table<'a, SttsEntry>,
}

/// A run of samples of one duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SttsEntry {
    /// Samples in the run; not held against anything.
    pub sample_count: u32,
    /// Duration of each, in ticks.
    pub sample_delta: u32,
}

impl Row for SttsEntry {
    const SIZE: usize = 8;

    #[inline]
    fn decode(bytes: &[u8]) -> SttsEntry {
        SttsEntry {
            sample_count: u32_at(bytes, 0),
            sample_delta: u32_at(bytes, 4),
        }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u32(self.sample_count);
        writer.u32(self.sample_delta);
    }
}

impl<'a> BoxBody<'a> for Stts<'a> {
    const KIND: FourCc = FourCc::new(b"stts");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Stts {
            entries: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        self.entries.write_counted(writer);
    }
}
