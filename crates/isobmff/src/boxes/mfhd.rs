//! `mfhd`: number of a fragment.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Movie fragment header. ISO/IEC 14496-12 8.8.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mfhd {
    /// Ascending in a file.
    pub sequence_number: u32,
}

impl<'a> BoxBody<'a> for Mfhd {
    const KIND: FourCc = FourCc::new(b"mfhd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Mfhd {
            sequence_number: reader.u32("sequence_number")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.u32(self.sequence_number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn the_number_is_read() {
        // Written by Lavf 59.
        let mfhd: Mfhd = whole(hex("00000010 6d666864 00000000 00000001"));
        assert_eq!(mfhd.sequence_number, 1);
    }
}
