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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn sizes_are_read_from_the_table() {
        // Written by Lavf 59, shortened.
        let stsz: Stsz<'_> = whole(hex(
            "00000020 7374737a 00000000 00000000 00000003 000004fe 0000004b 0000000c",
        ));
        assert_eq!(stsz.sizes.iter().collect::<Vec<_>>(), [0x4fe, 0x4b, 0xc]);
        assert_eq!(stsz.size(2), Some(12));
        assert_eq!(stsz.size(3), None);
    }

    #[test]
    fn a_constant_size_needs_no_table_whatever_the_count() {
        let stsz: Stsz<'_> = whole(hex("00000014 7374737a 00000000 00000180 ffffffff"));
        assert!(stsz.sizes.is_empty());
        assert_eq!(stsz.size(0), Some(384));
        assert_eq!(stsz.size(u32::MAX - 1), Some(384));
        assert_eq!(stsz.size(u32::MAX), None);
    }
}
