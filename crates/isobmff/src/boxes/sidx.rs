//! `sidx`: an index of segments.

use crate::table::u32_at;
use crate::{BoxBody, Error, FourCc, Reader, Row, Table, Writer};

/// Segment index. ISO/IEC 14496-12 8.16.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sidx<'a> {
    /// 0: times of 32 bits, 1: of 64.
    pub version: u8,
    /// The track.
    pub reference_id: u32,
    /// Ticks per second of the times here.
    pub timescale: u32,
    /// Of the first segment, in `timescale`.
    pub earliest_presentation_time: u64,
    /// From the end of this box to the first segment, in bytes.
    pub first_offset: u64,
    /// The segments in order.
    pub references: Table<'a, SidxReference>,
}

/// One segment, or one further index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SidxReference {
    /// Whether this refers to another `sidx`.
    pub is_index: bool,
    /// In bytes; 31 bits.
    pub referenced_size: u32,
    /// In the index's timescale.
    pub subsegment_duration: u32,
    /// Whether the segment starts with a stream access point.
    pub starts_with_sap: bool,
    /// Of the first one, 0 to 6; 0: unknown.
    pub sap_type: u8,
    /// From the segment's start to the first access point, in the index's timescale; 28 bits.
    pub sap_delta_time: u32,
}

impl Row for SidxReference {
    const SIZE: usize = 12;

    fn decode(bytes: &[u8]) -> SidxReference {
        let (first, last) = (u32_at(bytes, 0), u32_at(bytes, 8));
        SidxReference {
            is_index: first >> 31 != 0,
            referenced_size: first & 0x7fff_ffff,
            subsegment_duration: u32_at(bytes, 4),
            starts_with_sap: last >> 31 != 0,
            sap_type: (last >> 28 & 7) as u8,
            sap_delta_time: last & 0x0fff_ffff,
        }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u32(u32::from(self.is_index) << 31 | self.referenced_size & 0x7fff_ffff);
        writer.u32(self.subsegment_duration);
        let sap = u32::from(self.starts_with_sap) << 31 | u32::from(self.sap_type & 7) << 28;
        writer.u32(sap | self.sap_delta_time & 0x0fff_ffff);
    }
}

impl<'a> BoxBody<'a> for Sidx<'a> {
    const KIND: FourCc = FourCc::new(b"sidx");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        Ok(Sidx {
            version,
            reference_id: reader.u32("reference_ID")?,
            timescale: reader.u32("timescale")?,
            earliest_presentation_time: reader.versioned(version, "earliest_presentation_time")?,
            first_offset: reader.versioned(version, "first_offset")?,
            references: {
                reader.u16("reserved")?;
                let count = reader.u16("reference_count")?;
                Table::read(reader, u32::from(count), "references")?
            },
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.u32(self.reference_id);
        writer.u32(self.timescale);
        let time = self.earliest_presentation_time;
        writer.versioned(self.version, "earliest_presentation_time", time);
        writer.versioned(self.version, "first_offset", self.first_offset);
        writer.u16(0);
        writer.count_u16("reference_count", self.references.len());
        writer.bytes(self.references.bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn references_are_read() {
        // Written by GPAC: "dash_audio_1.m4s" of fq (MIT).
        let sidx: Sidx<'_> = whole(hex(
            "00000044 73696478 00000000 00000001 0000ac44 00000000 00000000 0000 0003
             00000408 00000800 90000000 0000035a 00000800 90000000 0000014e 0000013a 90000000",
        ));
        assert_eq!((sidx.reference_id, sidx.timescale), (1, 44_100));
        let references: Vec<SidxReference> = sidx.references.iter().collect();
        let expected = SidxReference {
            is_index: false,
            referenced_size: 0x408,
            subsegment_duration: 2048,
            starts_with_sap: true,
            sap_type: 1,
            sap_delta_time: 0,
        };
        assert_eq!(references[0], expected);
        assert_eq!(references.len(), 3);
        assert_eq!(Table::encode(&references), sidx.references.bytes());
    }

    #[test]
    fn times_of_64_bits_are_read() {
        // Written by Lavf 59, values filled in.
        let sidx: Sidx<'_> = whole(hex(
            "00000034 73696478 01000000 00000001 00003200 0000000100000000 0000000000000034
             0000 0001 80001663 00001400 80000000",
        ));
        assert_eq!(
            (sidx.earliest_presentation_time, sidx.first_offset),
            (1 << 32, 0x34)
        );
        let reference = sidx.references.get(0).unwrap();
        assert!(reference.is_index && reference.starts_with_sap);
        assert_eq!((reference.referenced_size, reference.sap_type), (0x1663, 0));
    }

    #[test]
    fn every_bit_of_a_reference_survives() {
        for bit in 0..96 {
            let mut row = [0; 12];
            row[bit / 8] = 0x80 >> (bit % 8);
            assert_eq!(
                Table::encode(&[SidxReference::decode(&row)]),
                row,
                "bit {bit}"
            );
        }
    }

    #[test]
    fn more_references_than_the_count_holds_are_refused() {
        let rows = vec![0; 12 * 0x1_0000];
        let sidx = Sidx {
            version: 1,
            reference_id: 1,
            timescale: 1,
            earliest_presentation_time: 0,
            first_offset: 0,
            references: Table::new(&rows),
        };
        let message = sidx.to_bytes().unwrap_err().to_string();
        assert_eq!(
            message,
            "sidx: reference_count: is 65536, expected at most 65535"
        );
    }
}
