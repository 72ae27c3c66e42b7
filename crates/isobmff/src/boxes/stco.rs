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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn offsets_of_both_widths_are_read() {
        // Written by Lavf 59, shortened.
        let stco: Stco<'_> = whole(hex("00000018 7374636f 00000000 00000002 00000030 0000067b"));
        assert_eq!(stco.chunk_offsets.iter().collect::<Vec<_>>(), [0x30, 0x67b]);
        let co64: Co64<'_> = whole(hex(
            "00000020 636f3634 00000000 00000002 0000000000000030 0000000100000000",
        ));
        assert_eq!(
            co64.chunk_offsets.iter().collect::<Vec<_>>(),
            [0x30, 1 << 32]
        );
        assert_eq!(
            Table::encode(&[0x30, 1u64 << 32]),
            co64.chunk_offsets.bytes()
        );
        assert_eq!(Table::encode(&[0x30u32, 0x67b]), stco.chunk_offsets.bytes());
    }
}
