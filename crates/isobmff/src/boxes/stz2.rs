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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, whole};
    use crate::{Place, RawBox};

    #[test]
    fn sizes_of_eight_bits_are_read() {
        // "stz2.mp4" of fq (MIT).
        let stz2: Stz2<'_> = whole(hex("00000017 73747a32 00000000 00000008 00000003 d0d1d1"));
        assert_eq!(stz2.iter().collect::<Vec<_>>(), [0xd0, 0xd1, 0xd1]);
        assert_eq!(stz2.size(3), None);
    }

    #[test]
    fn sizes_of_four_bits_start_in_the_high_half() {
        let stz2: Stz2<'_> = whole(hex("00000016 73747a32 00000000 00000004 00000003 1230"));
        assert_eq!(stz2.iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn sizes_of_sixteen_bits_are_read() {
        let stz2: Stz2<'_> = whole(hex(
            "00000018 73747a32 00000000 00000010 00000002 0102 fffe",
        ));
        assert_eq!(stz2.iter().collect::<Vec<_>>(), [0x102, 0xfffe]);
    }

    #[test]
    fn other_widths_are_refused() {
        for width in (0..=255).filter(|width| ![4, 8, 16].contains(width)) {
            let body = [0, 0, 0, 0, 0, 0, 0, width, 0, 0, 0, 0];
            let raw = RawBox::parse(around(Stz2::KIND, &body), 0, &Place::FILE).unwrap();
            let message = Stz2::parse(&raw, &Place::FILE).unwrap_err().to_string();
            let expected = format!("stz2 at byte 15: field_size: is {width}, expected 4, 8 or 16");
            assert_eq!(message, expected);
        }
    }
}
