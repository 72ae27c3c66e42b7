//! `cslg`: bounds of composition times.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Composition to decode timeline mapping, in ticks of the media. ISO/IEC 14496-12 8.6.1.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cslg {
    /// 0: fields of 32 bits, 1: of 64.
    pub version: u8,
    /// Added to composition times, makes none earlier than its decoding time.
    pub composition_to_dts_shift: i64,
    /// Smallest composition offset.
    pub least_decode_to_display_delta: i64,
    /// Largest composition offset.
    pub greatest_decode_to_display_delta: i64,
    /// Smallest composition time.
    pub composition_start_time: i64,
    /// End of the sample composed last; 0 where unknown.
    pub composition_end_time: i64,
}

impl<'a> BoxBody<'a> for Cslg {
    const KIND: FourCc = FourCc::new(b"cslg");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        let mut field = |name| match version {
            0 => reader.i32(name).map(i64::from),
            _ => reader.i64(name),
        };
        Ok(Cslg {
            version,
            composition_to_dts_shift: field("compositionToDTSShift")?,
            least_decode_to_display_delta: field("leastDecodeToDisplayDelta")?,
            greatest_decode_to_display_delta: field("greatestDecodeToDisplayDelta")?,
            composition_start_time: field("compositionStartTime")?,
            composition_end_time: field("compositionEndTime")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        for (name, value) in [
            ("compositionToDTSShift", self.composition_to_dts_shift),
            (
                "leastDecodeToDisplayDelta",
                self.least_decode_to_display_delta,
            ),
            (
                "greatestDecodeToDisplayDelta",
                self.greatest_decode_to_display_delta,
            ),
            ("compositionStartTime", self.composition_start_time),
            ("compositionEndTime", self.composition_end_time),
        ] {
            match (self.version, i32::try_from(value)) {
                (0, Ok(value)) => writer.i32(value),
                (0, Err(_)) => {
                    writer.fit(name, value.unsigned_abs(), i32::MAX as u64);
                }
                _ => writer.i64(value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn bounds_keep_their_signs() {
        // Written by QuickTime: "faces.mov" of web-platform-tests (BSD-3-Clause).
        let cslg: Cslg = whole(hex(
            "00000020 63736c67 00000000 000007d0 fffff830 00000bb8 00000000 000493e0",
        ));
        assert_eq!(cslg.composition_to_dts_shift, 2000);
        assert_eq!(cslg.least_decode_to_display_delta, -2000);
        assert_eq!(cslg.greatest_decode_to_display_delta, 3000);
        assert_eq!(cslg.composition_end_time, 300_000);
        let long = Cslg {
            version: 1,
            composition_end_time: -(1 << 40),
            ..cslg
        };
        assert_eq!(whole::<Cslg>(long.to_bytes().unwrap().leak()), long);
        assert!(Cslg { version: 0, ..long }.to_bytes().is_err());
    }
}
