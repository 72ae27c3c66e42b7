//! `pasp`: shape of pixels.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Pixel aspect ratio. ISO/IEC 14496-12 12.1.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pasp {
    /// Relative width of a pixel.
    pub h_spacing: u32,
    /// Relative height of a pixel.
    pub v_spacing: u32,
}

impl<'a> BoxBody<'a> for Pasp {
    const KIND: FourCc = FourCc::new(b"pasp");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(Pasp {
            h_spacing: reader.u32("hSpacing")?,
            v_spacing: reader.u32("vSpacing")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u32(self.h_spacing);
        writer.u32(self.v_spacing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn the_ratio_is_read() {
        // Written by Lavf 59, values filled in.
        let pasp: Pasp = whole(hex("00000010 70617370 00000010 0000000f"));
        assert_eq!(
            pasp,
            Pasp {
                h_spacing: 16,
                v_spacing: 15
            }
        );
    }
}
