//! `stz2`: sizes of samples in 4, 8 or 16 bits.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Compact sample sizes. ISO/IEC 14496-12 8.7.3.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stz2<'a> {
    /// Bits of a size: 4, 8 or 16.
    pub field_size: u8,
    /// Samples in the track; the bytes for them were seen to be there.
    pub sample_count: u32,
    /// The sizes as they lie in the file; with 4 bits the first is in the high half of a byte.
    pub sizes: &'a [u8],
}

impl<'a> Stz2<'a> {
    /// Bytes of sample `index`, from 0.
    #[inline]
    pub fn size(&self, index: u32) -> Option<u32> {
        if index >= self.sample_count {
            return None;
        }
        let index = index as usize;
        match self.field_size {
            4 => {
                let pair = u32::from(*self.sizes.get(index / 2)?);
                Some(if index.is_multiple_of(2) {
                    pair >> 4
                } else {
                    pair & 15
                })
            }
            8 => self.sizes.get(index).copied().map(u32::from),
            _ => {
                let bytes = self.sizes.get(index.checked_mul(2)?..)?.first_chunk()?;
                Some(u32::from(u16::from_be_bytes(*bytes)))
            }
        }
    }

    /// All sizes in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<'a> {
        let table = self.clone();
        (0..self.sample_count).map_while(move |index| table.size(index))
    }
}

impl<'a> BoxBody<'a> for Stz2<'a> {
    const KIND: FourCc = FourCc::new(b"stz2");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        reader.u24("reserved")?;
        let before = reader.clone();
        let field_size = reader.u8("field_size")?;
        let sample_count = reader.u32("sample_count")?;
        let needed = match field_size {
            4 => u64::from(sample_count).div_ceil(2),
            8 => u64::from(sample_count),
            16 => u64::from(sample_count) * 2,
            _ => return Err(before.value("field_size", field_size, "4, 8 or 16")),
        };
        let needed = usize::try_from(needed).unwrap_or(usize::MAX);
        Ok(Stz2 {
            field_size,
            sample_count,
            sizes: reader.bytes(needed, "entry_size")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.u24(0);
        writer.u8(self.field_size);
        writer.u32(self.sample_count);
        writer.bytes(self.sizes);
    }
}
