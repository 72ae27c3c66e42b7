//! `clap`: the part of the picture to show.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Clean aperture: each a fraction of a numerator and a denominator, in pixels.
/// ISO/IEC 14496-12 12.1.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clap {
    /// `cleanApertureWidth`.
    pub width: (u32, u32),
    /// `cleanApertureHeight`.
    pub height: (u32, u32),
    /// `horizOff`, from the picture's centre.
    pub horizontal_offset: (i32, u32),
    /// `vertOff`, from the picture's centre.
    pub vertical_offset: (i32, u32),
}

impl<'a> BoxBody<'a> for Clap {
    const KIND: FourCc = FourCc::new(b"clap");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(Clap {
            width: (
                reader.u32("cleanApertureWidthN")?,
                reader.u32("cleanApertureWidthD")?,
            ),
            height: (
                reader.u32("cleanApertureHeightN")?,
                reader.u32("cleanApertureHeightD")?,
            ),
            horizontal_offset: (reader.i32("horizOffN")?, reader.u32("horizOffD")?),
            vertical_offset: (reader.i32("vertOffN")?, reader.u32("vertOffD")?),
        })
    }

    fn write(&self, writer: &mut Writer) {
        for (numerator, denominator) in [self.width, self.height] {
            writer.u32(numerator);
            writer.u32(denominator);
        }
        for (numerator, denominator) in [self.horizontal_offset, self.vertical_offset] {
            writer.i32(numerator);
            writer.u32(denominator);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn fractions_are_read_with_their_signs() {
        let clap: Clap = whole(hex(
            "00000028 636c6170 000002c0 00000001 000001e0 00000001 fffffff0 00000002
             00000000 00000001",
        ));
        assert_eq!((clap.width, clap.height), ((704, 1), (480, 1)));
        assert_eq!(
            (clap.horizontal_offset, clap.vertical_offset),
            ((-16, 2), (0, 1))
        );
    }
}
