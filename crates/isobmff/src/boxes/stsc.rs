//! `stsc`: which samples are in which chunk.

use crate::table::u32_at;
use crate::{BoxBody, Error, FourCc, Reader, Row, Table, Writer};

/// Sample to chunk, run-length coded. ISO/IEC 14496-12 8.7.4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stsc<'a> {
    /// The runs in order.
    pub entries: Table<'a, StscEntry>,
}

/// A run of chunks alike, up to the next run's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StscEntry {
    /// Number of the run's first chunk, counted from 1.
    pub first_chunk: u32,
    /// Samples in each chunk.
    pub samples_per_chunk: u32,
    /// Sample entry of the samples, counted from 1.
    pub sample_description_index: u32,
}

impl Row for StscEntry {
    const SIZE: usize = 12;

    #[inline]
    fn decode(bytes: &[u8]) -> StscEntry {
        StscEntry {
            first_chunk: u32_at(bytes, 0),
            samples_per_chunk: u32_at(bytes, 4),
            sample_description_index: u32_at(bytes, 8),
        }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u32(self.first_chunk);
        writer.u32(self.samples_per_chunk);
        writer.u32(self.sample_description_index);
    }
}

impl<'a> BoxBody<'a> for Stsc<'a> {
    const KIND: FourCc = FourCc::new(b"stsc");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Stsc {
            entries: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        self.entries.write_counted(writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn runs_of_chunks_are_read() {
        // Written by Lavf 59.
        let stsc: Stsc<'_> = whole(hex(
            "00000028 73747363 00000000 00000002 00000001 00000002 00000001 00000002 00000001
             00000001",
        ));
        let first = StscEntry {
            first_chunk: 1,
            samples_per_chunk: 2,
            sample_description_index: 1,
        };
        let second = StscEntry {
            first_chunk: 2,
            samples_per_chunk: 1,
            ..first
        };
        assert_eq!(stsc.entries.iter().collect::<Vec<_>>(), [first, second]);
        assert_eq!(Table::encode(&[first, second]), stsc.entries.bytes());
    }
}
