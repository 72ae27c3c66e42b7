//! The `sidx` of a single-file track.

use isobmff::boxes::{Sidx, SidxReference};
use isobmff::{BoxBody, Error, Table};
use media::Timescale;

/// One segment in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Bytes of the segment.
    pub bytes: u64,
    /// Presentation duration in ticks.
    pub duration: u64,
    /// Whether it begins with a sync sample that decodes alone (SAP type 1 or 2).
    pub starts_with_sap: bool,
}

/// The `sidx` box for segments that follow it directly, the first presented at `start` ticks.
///
/// # Errors
/// Segments of 2 GiB or more, or of 2^32 ticks or more.
pub fn segment_index(
    entries: &[IndexEntry],
    start: u64,
    timescale: Timescale,
) -> Result<Vec<u8>, Error> {
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let fit = |field: &'static str, value: u64, most: u64| {
            let error = Error::DoesNotFit {
                place: "sidx".into(),
                field,
                value,
                most,
            };
            u32::try_from(value)
                .ok()
                .filter(|_| value <= most)
                .ok_or(error)
        };
        rows.push(SidxReference {
            is_index: false,
            referenced_size: fit("referenced_size", entry.bytes, 0x7fff_ffff)?,
            subsegment_duration: fit("subsegment_duration", entry.duration, u32::MAX.into())?,
            starts_with_sap: entry.starts_with_sap,
            sap_type: u8::from(entry.starts_with_sap),
            sap_delta_time: 0,
        });
    }
    let references = Table::encode(&rows);
    let sidx = Sidx {
        version: 1,
        reference_id: 1,
        timescale: timescale.rate(),
        earliest_presentation_time: start,
        first_offset: 0,
        references: Table::new(&references),
    };
    let mut writer = isobmff::Writer::with_capacity(references.len() + 48);
    writer.body(&sidx);
    debug_assert_eq!(sidx.kind(), Sidx::KIND);
    writer.finish()
}
