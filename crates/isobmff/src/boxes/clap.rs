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
