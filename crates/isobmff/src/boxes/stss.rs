//! `stss`: samples at which decoding can start.

use crate::{BoxBody, Error, FourCc, Reader, Table, Writer};

/// Sync samples. A track without this box has only sync samples. ISO/IEC 14496-12 8.6.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stss<'a> {
    /// Numbers of the sync samples, counted from 1, ascending.
    pub sample_numbers: Table<'a, u32>,
}

impl<'a> BoxBody<'a> for Stss<'a> {
    const KIND: FourCc = FourCc::new(b"stss");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Stss {
            sample_numbers: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        self.sample_numbers.write_counted(writer);
    }
}
