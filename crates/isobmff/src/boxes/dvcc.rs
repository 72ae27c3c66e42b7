//! `dvcC` and `dvvC`: configuration of Dolby Vision.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Dolby Vision configuration: `dvcC` up to profile 7, `dvvC` for 8 to 10, `dvwC` above. Dolby
/// Vision Streams Within the ISO Base Media File Format 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dvcc {
    /// `dvcC`, `dvvC` or `dvwC`.
    pub kind: FourCc,
    /// 1 or 2.
    pub dv_version_major: u8,
    /// 0.
    pub dv_version_minor: u8,
    /// 5, 8, 9, 10, ...; 7 bits.
    pub dv_profile: u8,
    /// 1 to 13; 6 bits.
    pub dv_level: u8,
    /// Metadata is in the stream.
    pub rpu_present_flag: bool,
    /// There is an enhancement layer.
    pub el_present_flag: bool,
    /// There is a base layer.
    pub bl_present_flag: bool,
    /// What the base layer is to others: 0: nothing, 1: HDR10, 2: SDR, 4: HLG; 4 bits.
    pub dv_bl_signal_compatibility_id: u8,
    /// The low four bits of the byte that has the id in its high four, and 19 more bytes: zero.
    pub reserved: (u8, [u8; 19]),
}

impl<'a> BoxBody<'a> for Dvcc {
    const KIND: FourCc = FourCc::new(b"dvcC");
    const KINDS: &'static [FourCc] = &[
        FourCc::new(b"dvcC"),
        FourCc::new(b"dvvC"),
        FourCc::new(b"dvwC"),
    ];

    fn kind(&self) -> FourCc {
        self.kind
    }

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let kind = reader.kind();
        let dv_version_major = reader.u8("dv_version_major")?;
        let dv_version_minor = reader.u8("dv_version_minor")?;
        let bits = reader.u16("dv_profile")?;
        let compatibility = reader.u8("dv_bl_signal_compatibility_id")?;
        Ok(Dvcc {
            kind,
            dv_version_major,
            dv_version_minor,
            dv_profile: (bits >> 9) as u8,
            dv_level: (bits >> 3 & 0x3f) as u8,
            rpu_present_flag: bits & 4 != 0,
            el_present_flag: bits & 2 != 0,
            bl_present_flag: bits & 1 != 0,
            dv_bl_signal_compatibility_id: compatibility >> 4,
            reserved: (compatibility & 15, reader.array("reserved")?),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(self.dv_version_major);
        writer.u8(self.dv_version_minor);
        let present = u16::from(self.rpu_present_flag) << 2
            | u16::from(self.el_present_flag) << 1
            | u16::from(self.bl_present_flag);
        writer.u16(u16::from(self.dv_profile) << 9 | u16::from(self.dv_level & 63) << 3 | present);
        writer.u8(self.dv_bl_signal_compatibility_id << 4 | self.reserved.0 & 15);
        writer.bytes(&self.reserved.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, whole};

    #[test]
    fn profile_8_over_hdr10_is_read() {
        // The layout of the binding's 3.2: profile 8.1, level 6.
        let bytes =
            hex("00000020 64767643 01 00 1035 10 00000000 00000000 00000000 00000000 000000");
        let dvvc: Dvcc = whole(bytes);
        assert_eq!(dvvc.kind, FourCc::new(b"dvvC"));
        assert_eq!((dvvc.dv_profile, dvvc.dv_level), (8, 6));
        assert!(dvvc.rpu_present_flag && !dvvc.el_present_flag && dvvc.bl_present_flag);
        assert_eq!(dvvc.dv_bl_signal_compatibility_id, 1);
    }

    #[test]
    fn every_bit_survives() {
        for kind in Dvcc::KINDS {
            for bit in 0..40 {
                let mut body = [0; 24];
                body[bit / 8] = 0x80 >> (bit % 8);
                assert_eq!(whole::<Dvcc>(around(*kind, &body)).kind, *kind);
            }
        }
    }
}
