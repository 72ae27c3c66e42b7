//! `elst`: how the media timeline maps to the presentation.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Edit list. ISO/IEC 14496-12 8.6.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elst {
    /// 0: times of 32 bits, 1: of 64.
    pub version: u8,
    /// 1: repeat the edits.
    pub flags: u32,
    /// The edits in the order of presentation.
    pub entries: Vec<ElstEntry>,
}

/// One edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElstEntry {
    /// In the movie's timescale; 0 in a fragmented movie: all of the media.
    pub segment_duration: u64,
    /// Composition time the edit starts at, in the media's timescale; -1: an empty edit.
    pub media_time: i64,
    /// Relative rate, 16.16; 0: a dwell.
    pub media_rate: i32,
}

impl ElstEntry {
    /// Normal speed.
    pub const NORMAL_RATE: i32 = 0x1_0000;

    /// Whether nothing is presented.
    pub fn is_empty_edit(&self) -> bool {
        self.media_time == -1
    }
}

impl<'a> BoxBody<'a> for Elst {
    const KIND: FourCc = FourCc::new(b"elst");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, flags) = reader.full_box_up_to(1)?;
        let count = reader.u32("entry_count")?;
        let row = if version == 0 { 12 } else { 20 };
        if (reader.left() as u64) < u64::from(count) * row {
            return Err(reader.truncated("entries", u64::from(count) * row));
        }
        // The bytes for all of them were seen to be there.
        let mut entries = Vec::with_capacity(count as usize);
        for _ in 0..count {
            entries.push(ElstEntry {
                segment_duration: reader.versioned(version, "segment_duration")?,
                media_time: match version {
                    0 => i64::from(reader.i32("media_time")?),
                    _ => reader.i64("media_time")?,
                },
                media_rate: reader.i32("media_rate")?,
            });
        }
        Ok(Elst {
            version,
            flags,
            entries,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, self.flags);
        writer.count_u32("entry_count", self.entries.len());
        for entry in &self.entries {
            writer.versioned(self.version, "segment_duration", entry.segment_duration);
            match (self.version, i32::try_from(entry.media_time)) {
                (0, Ok(time)) => writer.i32(time),
                (0, Err(_)) => {
                    writer.fit(
                        "media_time",
                        entry.media_time.unsigned_abs(),
                        i32::MAX as u64,
                    );
                    writer.i32(0);
                }
                _ => writer.i64(entry.media_time),
            }
            writer.i32(entry.media_rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn edits_of_both_versions_are_read() {
        // Written by Lavf 59.
        let elst: Elst = whole(hex(
            "0000001c 656c7374 00000000 00000001 00000190 00000400 00010000",
        ));
        let edit = ElstEntry {
            segment_duration: 400,
            media_time: 1024,
            media_rate: ElstEntry::NORMAL_RATE,
        };
        assert_eq!(elst.entries, [edit]);
        let elst: Elst = whole(hex("00000038 656c7374 01000000 00000002
             0000000100000000 ffffffffffffffff 00010000
             0000000000000000 0000000200000000 00000000"));
        assert!(elst.entries[0].is_empty_edit());
        assert_eq!(elst.entries[0].segment_duration, 1 << 32);
        assert_eq!(elst.entries[1].media_time, 2 << 32);
        assert_eq!(elst.entries[1].media_rate, 0);
    }

    #[test]
    fn an_empty_edit_of_32_bits_keeps_its_sign() {
        let elst: Elst = whole(hex(
            "0000001c 656c7374 00000000 00000001 00000190 ffffffff 00010000",
        ));
        assert_eq!(elst.entries[0].media_time, -1);
        assert!(elst.entries[0].is_empty_edit());
    }

    #[test]
    fn a_media_time_that_does_not_fit_its_version_is_refused() {
        let edit = ElstEntry {
            segment_duration: 0,
            media_time: 1 << 31,
            media_rate: 0,
        };
        let elst = Elst {
            version: 0,
            flags: 0,
            entries: vec![edit],
        };
        let message = elst.to_bytes().unwrap_err().to_string();
        assert_eq!(
            message,
            "elst: media_time: is 2147483648, expected at most 2147483647"
        );
    }
}
