//! `prft`: wall-clock time of a fragment.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Producer reference time. ISO/IEC 14496-12 8.16.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prft {
    /// 0: `media_time` of 32 bits, 1: of 64.
    pub version: u8,
    /// What the time was taken at: 0 encoder input, 1 encoder output, 2 finalisation, ...
    pub flags: u32,
    /// The track.
    pub reference_track_id: u32,
    /// NTP time, 32.32 seconds since 1900.
    pub ntp_timestamp: u64,
    /// The same moment in ticks of the media.
    pub media_time: u64,
}

impl<'a> BoxBody<'a> for Prft {
    const KIND: FourCc = FourCc::new(b"prft");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, flags) = reader.full_box_up_to(1)?;
        Ok(Prft {
            version,
            flags,
            reference_track_id: reader.u32("reference_track_ID")?,
            ntp_timestamp: reader.u64("ntp_timestamp")?,
            media_time: reader.versioned(version, "media_time")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, self.flags);
        writer.u32(self.reference_track_id);
        writer.u64(self.ntp_timestamp);
        writer.versioned(self.version, "media_time", self.media_time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn both_versions_are_read() {
        // Written by Lavf 59.
        let prft: Prft = whole(hex(
            "00000020 70726674 01000018 00000001 eeada7c5e24dd2f0 0000000000000400",
        ));
        assert_eq!((prft.flags, prft.reference_track_id), (24, 1));
        assert_eq!(prft.ntp_timestamp, 0xeead_a7c5_e24d_d2f0);
        assert_eq!(prft.media_time, 1024);
        let short = Prft { version: 0, ..prft };
        assert_eq!(whole::<Prft>(short.to_bytes().unwrap().leak()), short);
    }
}
