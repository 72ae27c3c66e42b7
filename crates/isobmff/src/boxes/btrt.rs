//! `btrt`: bit rates.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Bit rate of a track. ISO/IEC 14496-12 8.5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Btrt {
    /// In bytes.
    pub buffer_size_db: u32,
    /// Over any second, in bits per second.
    pub max_bitrate: u32,
    /// In bits per second.
    pub avg_bitrate: u32,
}

impl<'a> BoxBody<'a> for Btrt {
    const KIND: FourCc = FourCc::new(b"btrt");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(Btrt {
            buffer_size_db: reader.u32("bufferSizeDB")?,
            max_bitrate: reader.u32("maxBitrate")?,
            avg_bitrate: reader.u32("avgBitrate")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u32(self.buffer_size_db);
        writer.u32(self.max_bitrate);
        writer.u32(self.avg_bitrate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn rates_are_read() {
        // Written by L-SMASH: "h264.mp4" of mp4-atom (MIT or Apache-2.0).
        let btrt: Btrt = whole(hex("00000014 62747274 00000000 00256ffb 00256ffb"));
        assert_eq!((btrt.max_bitrate, btrt.avg_bitrate), (2_453_499, 2_453_499));
        assert_eq!(btrt.buffer_size_db, 0);
    }
}
