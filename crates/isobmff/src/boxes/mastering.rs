//! `mdcv` and `clli`, and `SmDm` and `CoLL`: how bright an HDR picture is meant to be.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Mastering display colour volume. ISO/IEC 14496-12 12.1.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mdcv {
    /// x and y of green, blue and red, in units of 0.00002.
    pub display_primaries: [(u16, u16); 3],
    /// x and y, in units of 0.00002.
    pub white_point: (u16, u16),
    /// In units of 0.0001 cd/m2.
    pub max_display_mastering_luminance: u32,
    /// In units of 0.0001 cd/m2.
    pub min_display_mastering_luminance: u32,
}

/// Content light level. ISO/IEC 14496-12 12.1.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clli {
    /// MaxCLL in cd/m2.
    pub max_content_light_level: u16,
    /// MaxFALL in cd/m2.
    pub max_pic_average_light_level: u16,
}

/// `SmDm`: mastering display metadata of VP9. VP Codec ISO Media File Format Binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmDm {
    /// x and y of red, green and blue, 0.16.
    pub primaries: [(u16, u16); 3],
    /// x and y, 0.16.
    pub white_point: (u16, u16),
    /// In cd/m2, 24.8.
    pub luminance_max: u32,
    /// In cd/m2, 18.14.
    pub luminance_min: u32,
}

/// `CoLL`: content light level of VP9. VP Codec ISO Media File Format Binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoLl {
    /// MaxCLL in cd/m2.
    pub max_cll: u16,
    /// MaxFALL in cd/m2.
    pub max_fall: u16,
}

fn point(reader: &mut Reader<'_, '_>, field: &'static str) -> Result<(u16, u16), Error> {
    Ok((reader.u16(field)?, reader.u16(field)?))
}

fn write_point(writer: &mut Writer, (x, y): (u16, u16)) {
    writer.u16(x);
    writer.u16(y);
}

impl<'a> BoxBody<'a> for Mdcv {
    const KIND: FourCc = FourCc::new(b"mdcv");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(Mdcv {
            display_primaries: [
                point(reader, "display_primaries")?,
                point(reader, "display_primaries")?,
                point(reader, "display_primaries")?,
            ],
            white_point: point(reader, "white_point")?,
            max_display_mastering_luminance: reader.u32("max_display_mastering_luminance")?,
            min_display_mastering_luminance: reader.u32("min_display_mastering_luminance")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        self.display_primaries
            .iter()
            .for_each(|point| write_point(writer, *point));
        write_point(writer, self.white_point);
        writer.u32(self.max_display_mastering_luminance);
        writer.u32(self.min_display_mastering_luminance);
    }
}

impl<'a> BoxBody<'a> for Clli {
    const KIND: FourCc = FourCc::new(b"clli");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(Clli {
            max_content_light_level: reader.u16("max_content_light_level")?,
            max_pic_average_light_level: reader.u16("max_pic_average_light_level")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u16(self.max_content_light_level);
        writer.u16(self.max_pic_average_light_level);
    }
}

impl<'a> BoxBody<'a> for SmDm {
    const KIND: FourCc = FourCc::new(b"SmDm");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(SmDm {
            primaries: [
                point(reader, "primaryRChromaticity")?,
                point(reader, "primaryGChromaticity")?,
                point(reader, "primaryBChromaticity")?,
            ],
            white_point: point(reader, "whitePointChromaticity")?,
            luminance_max: reader.u32("luminanceMax")?,
            luminance_min: reader.u32("luminanceMin")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        self.primaries
            .iter()
            .for_each(|point| write_point(writer, *point));
        write_point(writer, self.white_point);
        writer.u32(self.luminance_max);
        writer.u32(self.luminance_min);
    }
}

impl<'a> BoxBody<'a> for CoLl {
    const KIND: FourCc = FourCc::new(b"CoLL");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(CoLl {
            max_cll: reader.u16("maxCLL")?,
            max_fall: reader.u16("maxFALL")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.u16(self.max_cll);
        writer.u16(self.max_fall);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn volume_and_light_levels_of_hdr10_are_read() {
        // "av1hdr2020.mp4" of Firefox's test files (public domain).
        let mdcv: Mdcv = whole(hex(
            "00000020 6d646376 2fda894e 1af30a28 846b3ee3 3d124041 00989680 00000000",
        ));
        assert_eq!(mdcv.display_primaries[0], (12_250, 35_150));
        assert_eq!(mdcv.white_point, (15_634, 16_449));
        assert_eq!(mdcv.max_display_mastering_luminance, 1000 * 10_000);
        assert_eq!(mdcv.min_display_mastering_luminance, 0);
        let clli: Clli = whole(hex("0000000c 636c6c69 044c 00b4"));
        assert_eq!(clli.max_content_light_level, 1100);
        assert_eq!(clli.max_pic_average_light_level, 180);
    }

    #[test]
    fn the_same_of_vp9_is_read() {
        let smdm: SmDm = whole(hex(
            "00000024 536d446d 00000000 ae141d71 2b859999 0ccc0ccc 50245447 0003e800 00000029",
        ));
        assert_eq!(smdm.primaries[0], (0xae14, 0x1d71));
        assert_eq!(smdm.white_point, (0x5024, 0x5447));
        assert_eq!((smdm.luminance_max, smdm.luminance_min), (1000 << 8, 41));
        let coll: CoLl = whole(hex("00000010 436f4c4c 00000000 03e8 0190"));
        assert_eq!(
            coll,
            CoLl {
                max_cll: 1000,
                max_fall: 400
            }
        );
    }
}
