//! `sbgp`: which samples belong to which group.

use crate::table::u32_at;
use crate::{BoxBody, Error, FourCc, Reader, Row, Table, Writer};

/// Sample to group, run-length coded. ISO/IEC 14496-12 8.9.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbgp<'a> {
    /// 0 or 1.
    pub version: u8,
    /// That of the `sgpd` it refers to.
    pub grouping_type: FourCc,
    /// A sub-type of the grouping; 0 in version 0.
    pub grouping_type_parameter: u32,
    /// The runs in order.
    pub entries: Table<'a, SbgpEntry>,
}

/// A run of samples of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SbgpEntry {
    /// Samples in the run; not held against anything.
    pub sample_count: u32,
    /// Entry of `sgpd`, counted from 1; 0: none; in a fragment, above 0x10000: an entry of the
    /// fragment's own `sgpd`.
    pub group_description_index: u32,
}

impl Row for SbgpEntry {
    const SIZE: usize = 8;

    #[inline]
    fn decode(bytes: &[u8]) -> SbgpEntry {
        SbgpEntry {
            sample_count: u32_at(bytes, 0),
            group_description_index: u32_at(bytes, 4),
        }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u32(self.sample_count);
        writer.u32(self.group_description_index);
    }
}

impl<'a> BoxBody<'a> for Sbgp<'a> {
    const KIND: FourCc = FourCc::new(b"sbgp");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        Ok(Sbgp {
            version,
            grouping_type: reader.fourcc("grouping_type")?,
            grouping_type_parameter: match version {
                0 => 0,
                _ => reader.u32("grouping_type_parameter")?,
            },
            entries: Table::read_counted(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.fourcc(self.grouping_type);
        if self.version >= 1 {
            writer.u32(self.grouping_type_parameter);
        }
        self.entries.write_counted(writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn runs_of_both_versions_are_read() {
        // Written by GPAC: "dash_audio_1.m4s" of fq (MIT).
        let sbgp: Sbgp<'_> = whole(hex(
            "0000001c 73626770 00000000 73656967 00000001 00000003 00010001",
        ));
        let run = SbgpEntry {
            sample_count: 3,
            group_description_index: 0x1_0001,
        };
        assert_eq!(sbgp.entries.iter().collect::<Vec<_>>(), [run]);
        assert_eq!(Table::encode(&[run]), sbgp.entries.bytes());
        let sbgp: Sbgp<'_> = whole(hex(
            "00000020 73626770 01000000 726f6c6c 00000007 00000001 00000013 00000001",
        ));
        assert_eq!(sbgp.grouping_type_parameter, 7);
    }
}
