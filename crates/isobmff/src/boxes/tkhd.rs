//! `tkhd`: one track as the movie presents it.

use super::matrix::Matrix;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Track header. ISO/IEC 14496-12 8.3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tkhd {
    /// 0: times of 32 bits, 1: of 64.
    pub version: u8,
    /// [`ENABLED`](Self::ENABLED), [`IN_MOVIE`](Self::IN_MOVIE) and others.
    pub flags: u32,
    /// Seconds since 1904.
    pub creation_time: u64,
    /// Seconds since 1904.
    pub modification_time: u64,
    /// Unique in the movie and not 0.
    pub track_id: u32,
    /// In the movie's timescale, edits included; all ones where unknown.
    pub duration: u64,
    /// Front to back order of video; smaller is nearer.
    pub layer: i16,
    /// Tracks of one group that is not 0 are alternatives of each other.
    pub alternate_group: i16,
    /// 8.8; 0x0100 for audio, 0 for others.
    pub volume: i16,
    /// Transformation of the presented video.
    pub matrix: Matrix,
    /// Width of presentation, 16.16.
    pub width: u32,
    /// Height of presentation, 16.16.
    pub height: u32,
}

impl Tkhd {
    /// The track is enabled.
    pub const ENABLED: u32 = 1;
    /// The track is used in the presentation.
    pub const IN_MOVIE: u32 = 2;
    /// The track is used when previewing.
    pub const IN_PREVIEW: u32 = 4;

    /// Whether the track is enabled.
    pub fn is_enabled(&self) -> bool {
        self.flags & Self::ENABLED != 0
    }

    /// The duration in ticks; `None` where all ones say it is unknown.
    pub fn known_duration(&self) -> Option<u64> {
        super::known(self.version, self.duration)
    }
}

impl<'a> BoxBody<'a> for Tkhd {
    const KIND: FourCc = FourCc::new(b"tkhd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, flags) = reader.full_box_up_to(1)?;
        let creation_time = reader.versioned(version, "creation_time")?;
        let modification_time = reader.versioned(version, "modification_time")?;
        let track_id = reader.u32("track_ID")?;
        reader.u32("reserved")?;
        let duration = reader.versioned(version, "duration")?;
        reader.u64("reserved")?;
        let layer = reader.i16("layer")?;
        let alternate_group = reader.i16("alternate_group")?;
        let volume = reader.i16("volume")?;
        reader.u16("reserved")?;
        let matrix = Matrix::read(reader)?;
        let width = reader.u32("width")?;
        let height = reader.u32("height")?;
        Ok(Tkhd {
            version,
            flags,
            creation_time,
            modification_time,
            track_id,
            duration,
            layer,
            alternate_group,
            volume,
            matrix,
            width,
            height,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, self.flags);
        writer.versioned(self.version, "creation_time", self.creation_time);
        writer.versioned(self.version, "modification_time", self.modification_time);
        writer.u32(self.track_id);
        writer.u32(0);
        writer.versioned(self.version, "duration", self.duration);
        writer.u64(0);
        writer.i16(self.layer);
        writer.i16(self.alternate_group);
        writer.i16(self.volume);
        writer.u16(0);
        self.matrix.write(writer);
        writer.u32(self.width);
        writer.u32(self.height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, whole};
    use crate::{Place, RawBox};

    /// Written by Lavf 59.
    const TKHD: &str = "0000005c 746b6864 00000003 00000000 00000000 00000001 00000000 00000190
        00000000 00000000 0000 0000 0000 0000 00010000 00000000 00000000 00000000 00010000
        00000000 00000000 00000000 40000000 00400000 00300000";

    #[test]
    fn track_header_is_read() {
        let tkhd: Tkhd = whole(hex(TKHD));
        assert_eq!(tkhd.flags, Tkhd::ENABLED | Tkhd::IN_MOVIE);
        assert!(tkhd.is_enabled());
        assert_eq!(tkhd.track_id, 1);
        assert_eq!(tkhd.known_duration(), Some(400));
        assert_eq!((tkhd.width, tkhd.height), (64 << 16, 48 << 16));
        assert_eq!(tkhd.matrix, Matrix::UNITY);
    }

    #[test]
    fn track_header_of_64_bits_is_read() {
        let mut tkhd: Tkhd = whole(hex(TKHD));
        (tkhd.version, tkhd.duration, tkhd.creation_time) = (1, 1 << 40, 7);
        (tkhd.layer, tkhd.alternate_group, tkhd.volume) = (-1, 2, 0x100);
        assert_eq!(whole::<Tkhd>(tkhd.to_bytes().unwrap().leak()), tkhd);
    }

    #[test]
    fn truncated_field_names_box_offset_and_field() {
        let place = Place::FILE.child(FourCc::new(b"moov"));
        let place = place.indexed(FourCc::new(b"trak"), 1);
        let cut = around(Tkhd::KIND, &hex(TKHD)[8..22]);
        let raw = RawBox::parse(cut, 112, &place).unwrap();
        let message = Tkhd::parse(&raw, &place).unwrap_err().to_string();
        assert_eq!(
            message,
            "moov/trak[1]/tkhd at byte 132: track_ID: needs 4 bytes, 2 left"
        );
    }

    #[test]
    fn an_unknown_version_is_refused() {
        let mut bytes = hex(TKHD).to_vec();
        bytes[8] = 2;
        let raw = RawBox::parse(&bytes, 0, &Place::FILE).unwrap();
        let message = Tkhd::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(message, "tkhd at byte 8: version: is 2, expected 0 or 1");
    }
}
