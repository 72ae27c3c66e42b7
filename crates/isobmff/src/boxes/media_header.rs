//! `vmhd`, `smhd`, `sthd` and `nmhd`: headers per kind of media, which say next to nothing.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Video media header. ISO/IEC 14496-12 12.1.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vmhd {
    /// 0: copy.
    pub graphicsmode: u16,
    /// Red, green and blue for graphics modes.
    pub opcolor: [u16; 3],
}

impl<'a> BoxBody<'a> for Vmhd {
    const KIND: FourCc = FourCc::new(b"vmhd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        let graphicsmode = reader.u16("graphicsmode")?;
        let opcolor = [
            reader.u16("opcolor")?,
            reader.u16("opcolor")?,
            reader.u16("opcolor")?,
        ];
        Ok(Vmhd {
            graphicsmode,
            opcolor,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 1);
        writer.u16(self.graphicsmode);
        self.opcolor.iter().for_each(|color| writer.u16(*color));
    }
}

/// Sound media header. ISO/IEC 14496-12 12.2.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Smhd {
    /// Left to right, 8.8; 0 is the centre.
    pub balance: i16,
}

impl<'a> BoxBody<'a> for Smhd {
    const KIND: FourCc = FourCc::new(b"smhd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        let balance = reader.i16("balance")?;
        reader.u16("reserved")?;
        Ok(Smhd { balance })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.i16(self.balance);
        writer.u16(0);
    }
}

/// Subtitle media header, `sthd`, or null media header, `nmhd`: nothing but version and flags.
/// ISO/IEC 14496-12 12.6.2 and 8.4.5.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nmhd {
    /// `nmhd` or `sthd`.
    pub kind: FourCc,
    /// None is defined.
    pub flags: u32,
}

impl<'a> BoxBody<'a> for Nmhd {
    const KIND: FourCc = FourCc::new(b"nmhd");
    const KINDS: &'static [FourCc] = &[FourCc::new(b"nmhd"), FourCc::new(b"sthd")];

    fn kind(&self) -> FourCc {
        self.kind
    }

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let kind = reader.kind();
        let (_, flags) = reader.full_box_up_to(0)?;
        Ok(Nmhd { kind, flags })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, self.flags);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn headers_of_all_kinds_of_media_are_read() {
        // Written by Lavf 59.
        let vmhd: Vmhd = whole(hex("00000014 766d6864 00000001 0000 0000 0000 0000"));
        assert_eq!(vmhd, Vmhd::default());
        let vmhd = Vmhd {
            graphicsmode: 0x40,
            opcolor: [1, 2, 3],
        };
        assert_eq!(whole::<Vmhd>(vmhd.to_bytes().unwrap().leak()), vmhd);
        let smhd: Smhd = whole(hex("00000010 736d6864 00000000 0000 0000"));
        assert_eq!(smhd.balance, 0);
        let smhd = Smhd { balance: -256 };
        assert_eq!(whole::<Smhd>(smhd.to_bytes().unwrap().leak()), smhd);
        let nmhd: Nmhd = whole(hex("0000000c 6e6d6864 00000000"));
        assert_eq!(nmhd.kind, FourCc::new(b"nmhd"));
        let sthd: Nmhd = whole(hex("0000000c 73746864 00000000"));
        assert_eq!(sthd.kind, FourCc::new(b"sthd"));
    }
}
