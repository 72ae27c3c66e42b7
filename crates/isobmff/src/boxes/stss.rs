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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn sync_samples_are_read() {
        // Written by Lavf 59.
        let stss: Stss<'_> = whole(hex("00000014 73747373 00000000 00000001 00000001"));
        assert_eq!(stss.sample_numbers.iter().collect::<Vec<_>>(), [1]);
    }
}
