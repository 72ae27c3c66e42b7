//! `stco` and `co64`: where the chunks are.

use crate::{BoxBody, Error, FourCc, Reader, Table, Writer};

/// Chunk offsets of 32 bits. ISO/IEC 14496-12 8.7.5.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stco<'a> {
    /// Byte offset of each chunk in its file.
    pub chunk_offsets: Table<'a, u32>,
}

impl<'a> BoxBody<'a> for Stco<'a> {
    const KIND: FourCc = FourCc::new(b"stco");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Stco {
            chunk_offsets: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        self.chunk_offsets.write_counted(writer);
    }
}

/// Chunk offsets of 64 bits. ISO/IEC 14496-12 8.7.5.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Co64<'a> {
    /// Byte offset of each chunk in its file.
    pub chunk_offsets: Table<'a, u64>,
}

impl<'a> BoxBody<'a> for Co64<'a> {
    const KIND: FourCc = FourCc::new(b"co64");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Co64 {
            chunk_offsets: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        self.chunk_offsets.write_counted(writer);
    }
}
