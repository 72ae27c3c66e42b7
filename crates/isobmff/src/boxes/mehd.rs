//! `mehd`: how long a fragmented movie is.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Movie extends header. ISO/IEC 14496-12 8.8.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mehd {
    /// 0: 32 bits, 1: 64.
    pub version: u8,
    /// Of the longest track with its fragments, in the movie's timescale.
    pub fragment_duration: u64,
}

impl<'a> BoxBody<'a> for Mehd {
    const KIND: FourCc = FourCc::new(b"mehd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        Ok(Mehd {
            version,
            fragment_duration: reader.versioned(version, "fragment_duration")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.versioned(self.version, "fragment_duration", self.fragment_duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn durations_of_both_widths_are_read() {
        let mehd: Mehd = whole(hex("00000010 6d656864 00000000 00000190"));
        assert_eq!(mehd.fragment_duration, 400);
        let mehd: Mehd = whole(hex("00000014 6d656864 01000000 0000000100000000"));
        assert_eq!(mehd.fragment_duration, 1 << 32);
    }
}
