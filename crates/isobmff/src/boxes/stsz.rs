//! `stsz`: sizes of samples.

use crate::{BoxBody, Error, FourCc, Reader, Table, Writer};

/// Sample sizes. ISO/IEC 14496-12 8.7.3.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stsz<'a> {
    /// Bytes of every sample; 0 where they differ and `sizes` has them.
    pub sample_size: u32,
    /// Samples in the track.
    ///
    /// **Not to be trusted where `sample_size` is not 0**: no table stands behind it then, and
    /// 20 bytes can claim four billion samples. Hold it against the other tables and the file's
    /// length before anything is allocated or looped over for it.
    pub sample_count: u32,
    /// Bytes of each sample; no rows where `sample_size` is not 0.
    pub sizes: Table<'a, u32>,
}

impl Stsz<'_> {
    /// Bytes of sample `index`, from 0.
    pub fn size(&self, index: u32) -> Option<u32> {
        match self.sample_size {
            0 => self.sizes.get(index as usize),
            size => (index < self.sample_count).then_some(size),
        }
    }
}

impl<'a> BoxBody<'a> for Stsz<'a> {
    const KIND: FourCc = FourCc::new(b"stsz");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        let sample_size = reader.u32("sample_size")?;
        let sample_count = reader.u32("sample_count")?;
        let rows = if sample_size == 0 { sample_count } else { 0 };
        Ok(Stsz {
            sample_size,
            sample_count,
            sizes: Table::read(reader, rows, "entry_size")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.u32(self.sample_size);
        writer.u32(self.sample_count);
        writer.bytes(self.sizes.bytes());
    }
}
