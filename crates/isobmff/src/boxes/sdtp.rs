//! `sdtp`: which samples depend on which.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Independent and disposable samples. ISO/IEC 14496-12 8.6.4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sdtp<'a> {
    /// One byte per sample: `is_leading`, `sample_depends_on`, `sample_is_depended_on` and
    /// `sample_has_redundancy`, two bits each from the highest. There may be more or fewer bytes
    /// than samples.
    pub samples: &'a [u8],
}

impl Sdtp<'_> {
    /// The byte of sample `index`, from 0, as it stands in 32 bits of sample flags.
    pub fn sample_flags(&self, index: usize) -> Option<u32> {
        self.samples.get(index).map(|byte| u32::from(*byte) << 20)
    }
}

impl<'a> BoxBody<'a> for Sdtp<'a> {
    const KIND: FourCc = FourCc::new(b"sdtp");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Sdtp {
            samples: reader.rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.bytes(self.samples);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn dependencies_become_sample_flags() {
        // Written by QuickTime, shortened: "faces.mov" of web-platform-tests (BSD-3-Clause).
        let sdtp: Sdtp<'_> = checked(hex("00000010 73647470 00000000 20101818"), 4);
        // Depends on none: a sync sample, as far as this box goes.
        assert_eq!(sdtp.sample_flags(0), Some(media::SampleFlags::SYNC.0));
        // Depends on others, and nothing depends on it.
        assert_eq!(sdtp.sample_flags(2), Some(0x0180_0000));
        assert_eq!(sdtp.sample_flags(4), None);
    }
}
