//! `tfdt`: where a track fragment starts.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Where this track fragment starts on the media timeline.
///
/// Track fragment media decode time, ISO/IEC 14496-12 8.8.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tfdt {
    /// 0: 32 bits, 1: 64.
    pub version: u8,
    /// Decoding time of the fragment's first sample, in ticks of the media.
    pub base_media_decode_time: u64,
}

impl<'a> BoxBody<'a> for Tfdt {
    const KIND: FourCc = FourCc::new(b"tfdt");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        let base_media_decode_time = reader.versioned(version, "baseMediaDecodeTime")?;
        Ok(Tfdt {
            version,
            base_media_decode_time,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.versioned(
            self.version,
            "baseMediaDecodeTime",
            self.base_media_decode_time,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn times_of_both_widths_are_read() {
        // Written by GPAC and Lavf 59.
        let tfdt: Tfdt = whole(hex("00000010 74666474 00000000 00000c00"));
        assert_eq!(
            tfdt,
            Tfdt {
                version: 0,
                base_media_decode_time: 3072
            }
        );
        let tfdt: Tfdt = whole(hex("00000014 74666474 01000000 0000000100000000"));
        assert_eq!(
            tfdt,
            Tfdt {
                version: 1,
                base_media_decode_time: 1 << 32
            }
        );
    }
}
