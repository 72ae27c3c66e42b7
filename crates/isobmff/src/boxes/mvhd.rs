//! `mvhd`: the movie as a whole.

use super::matrix::Matrix;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Movie header. ISO/IEC 14496-12 8.2.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mvhd {
    /// 0: times of 32 bits, 1: of 64.
    pub version: u8,
    /// Seconds since 1904.
    pub creation_time: u64,
    /// Seconds since 1904.
    pub modification_time: u64,
    /// Ticks per second of movie time, in which edit lists count.
    pub timescale: u32,
    /// Of the longest track, in `timescale`; all ones where unknown.
    pub duration: u64,
    /// Preferred rate, 16.16; 0x00010000 is normal.
    pub rate: i32,
    /// Preferred volume, 8.8; 0x0100 is full.
    pub volume: i16,
    /// Transformation of the presented video.
    pub matrix: Matrix,
    /// Zero in ISO files; QuickTime keeps preview and selection times here.
    pub pre_defined: [u32; 6],
    /// Above every track_ID in use, or all ones.
    pub next_track_id: u32,
}

impl Mvhd {
    /// The duration in ticks; `None` where all ones say it is unknown.
    pub fn known_duration(&self) -> Option<u64> {
        super::known(self.version, self.duration)
    }
}

impl<'a> BoxBody<'a> for Mvhd {
    const KIND: FourCc = FourCc::new(b"mvhd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        let creation_time = reader.versioned(version, "creation_time")?;
        let modification_time = reader.versioned(version, "modification_time")?;
        let timescale = reader.u32("timescale")?;
        let duration = reader.versioned(version, "duration")?;
        let rate = reader.i32("rate")?;
        let volume = reader.i16("volume")?;
        reader.bytes(10, "reserved")?;
        let matrix = Matrix::read(reader)?;
        let mut pre_defined = [0; 6];
        for field in &mut pre_defined {
            *field = reader.u32("pre_defined")?;
        }
        let next_track_id = reader.u32("next_track_ID")?;
        Ok(Mvhd {
            version,
            creation_time,
            modification_time,
            timescale,
            duration,
            rate,
            volume,
            matrix,
            pre_defined,
            next_track_id,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.versioned(self.version, "creation_time", self.creation_time);
        writer.versioned(self.version, "modification_time", self.modification_time);
        writer.u32(self.timescale);
        writer.versioned(self.version, "duration", self.duration);
        writer.i32(self.rate);
        writer.i16(self.volume);
        writer.zeros(10);
        self.matrix.write(writer);
        self.pre_defined.iter().for_each(|field| writer.u32(*field));
        writer.u32(self.next_track_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn movie_header_of_32_bits_is_read() {
        // Written by Lavf 59.
        let mvhd: Mvhd = whole(hex(
            "0000006c 6d766864 00000000 00000000 00000000 000003e8 00000190 00010000 0100 0000
             00000000 00000000 00010000 00000000 00000000 00000000 00010000 00000000 00000000
             00000000 40000000 00000000 00000000 00000000 00000000 00000000 00000000 00000003",
        ));
        assert_eq!(mvhd.timescale, 1000);
        assert_eq!(mvhd.known_duration(), Some(400));
        assert_eq!(mvhd.rate, 0x1_0000);
        assert_eq!(mvhd.volume, 0x100);
        assert_eq!(mvhd.matrix, Matrix::UNITY);
        assert_eq!(mvhd.next_track_id, 3);
    }

    #[test]
    fn movie_header_of_64_bits_is_read_and_unknown_durations_are_none() {
        let mut mvhd = Mvhd {
            version: 1,
            creation_time: 1 << 33,
            modification_time: (1 << 33) + 1,
            timescale: 90_000,
            duration: 1 << 40,
            rate: 0x1_0000,
            volume: 0x100,
            matrix: Matrix::UNITY,
            pre_defined: [1, 2, 3, 4, 5, 6],
            next_track_id: u32::MAX,
        };
        let read: Mvhd = whole(mvhd.to_bytes().unwrap().leak());
        assert_eq!(read, mvhd);
        assert_eq!(read.known_duration(), Some(1 << 40));
        mvhd.duration = u64::MAX;
        assert_eq!(mvhd.known_duration(), None);
        (mvhd.version, mvhd.duration) = (0, u64::from(u32::MAX));
        assert_eq!(mvhd.known_duration(), None);
    }

    #[test]
    fn a_time_that_does_not_fit_its_version_is_refused() {
        let bytes = hex(
            "0000006c 6d766864 00000000 00000000 00000000 000003e8 00000190 00010000 0100 0000
             00000000 00000000 00010000 00000000 00000000 00000000 00010000 00000000 00000000
             00000000 40000000 00000000 00000000 00000000 00000000 00000000 00000000 00000003",
        );
        let mut mvhd: Mvhd = whole(bytes);
        mvhd.duration = 1 << 32;
        let message = mvhd.to_bytes().unwrap_err().to_string();
        assert_eq!(
            message,
            "mvhd: duration: is 4294967296, expected at most 4294967295"
        );
    }
}
