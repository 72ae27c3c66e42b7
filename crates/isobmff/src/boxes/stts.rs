//! `stts`: decoding times.

use crate::table::u32_at;
use crate::{BoxBody, Error, FourCc, Reader, Row, Table, Writer};

/// Decoding time to sample, run-length coded. ISO/IEC 14496-12 8.6.1.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stts<'a> {
    /// The runs in order.
    pub entries: Table<'a, SttsEntry>,
}

/// A run of samples of one duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SttsEntry {
    /// Samples in the run; not held against anything.
    pub sample_count: u32,
    /// Duration of each, in ticks.
    pub sample_delta: u32,
}

impl Row for SttsEntry {
    const SIZE: usize = 8;

    #[inline]
    fn decode(bytes: &[u8]) -> SttsEntry {
        SttsEntry {
            sample_count: u32_at(bytes, 0),
            sample_delta: u32_at(bytes, 4),
        }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u32(self.sample_count);
        writer.u32(self.sample_delta);
    }
}

impl<'a> BoxBody<'a> for Stts<'a> {
    const KIND: FourCc = FourCc::new(b"stts");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Stts {
            entries: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        self.entries.write_counted(writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};
    use crate::{Place, RawBox};

    #[test]
    fn runs_are_read_from_either_end() {
        // Written by Lavf 59.
        let stts: Stts<'_> = whole(hex(
            "00000020 73747473 00000000 00000002 00000012 00000400 00000001 000000e8",
        ));
        let (long, short) = (
            SttsEntry {
                sample_count: 18,
                sample_delta: 1024,
            },
            SttsEntry {
                sample_count: 1,
                sample_delta: 232,
            },
        );
        assert_eq!(stts.entries.iter().collect::<Vec<_>>(), [long, short]);
        assert_eq!(stts.entries.last(), Some(short));
        assert_eq!(stts.entries.get(0), Some(long));
        assert_eq!(stts.entries.get(2), None);
        assert_eq!(
            Table::<SttsEntry>::encode(&[long, short]),
            stts.entries.bytes()
        );
    }

    #[test]
    fn a_table_longer_than_its_box_is_refused() {
        let raw = hex("00000018 73747473 00000000 00000002 0000000a 00000200");
        let raw = RawBox::parse(raw, 0, &Place::FILE).unwrap();
        let message = Stts::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(message, "stts at byte 16: entries: needs 16 bytes, 8 left");
    }
}
