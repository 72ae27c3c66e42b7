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
