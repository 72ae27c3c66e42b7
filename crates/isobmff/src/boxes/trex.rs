//! `trex`: defaults of the fragments of a track.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Track extends. ISO/IEC 14496-12 8.8.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trex {
    /// The track.
    pub track_id: u32,
    /// Sample entry, counted from 1.
    pub default_sample_description_index: u32,
    /// In ticks of the media.
    pub default_sample_duration: u32,
    /// In bytes.
    pub default_sample_size: u32,
    /// As [`media::SampleFlags`].
    pub default_sample_flags: u32,
}

impl<'a> BoxBody<'a> for Trex {
    const KIND: FourCc = FourCc::new(b"trex");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Trex {
            track_id: reader.u32("track_ID")?,
            default_sample_description_index: reader.u32("default_sample_description_index")?,
            default_sample_duration: reader.u32("default_sample_duration")?,
            default_sample_size: reader.u32("default_sample_size")?,
            default_sample_flags: reader.u32("default_sample_flags")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.u32(self.track_id);
        writer.u32(self.default_sample_description_index);
        writer.u32(self.default_sample_duration);
        writer.u32(self.default_sample_size);
        writer.u32(self.default_sample_flags);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn defaults_are_read() {
        // Written by Lavf 59, values filled in.
        let trex: Trex = whole(hex(
            "00000020 74726578 00000000 00000002 00000001 00000400 00000180 02000000",
        ));
        assert_eq!(
            (trex.track_id, trex.default_sample_description_index),
            (2, 1)
        );
        assert_eq!(
            (trex.default_sample_duration, trex.default_sample_size),
            (1024, 384)
        );
        assert_eq!(trex.default_sample_flags, media::SampleFlags::SYNC.0);
    }
}
