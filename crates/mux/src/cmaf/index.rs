//! The `sidx` of a single-file track, or of one segment.

use isobmff::boxes::{Sidx, SidxReference};
use isobmff::{BoxBody, Error, Table};
use media::Timescale;

use super::TRACK_ID;

/// One segment in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Bytes of the segment.
    pub bytes: u64,
    /// Presentation duration in ticks.
    pub duration: u64,
    /// The SAP type it begins with, at most 6; 0 where it begins with none.
    pub sap: u8,
}

/// The `sidx` box for segments that follow it directly, the first presented at `start` ticks.
///
/// # Errors
/// Segments of 2 GiB or more, or of 2^32 ticks or more; a SAP type over 6; more than 65,535 segments.
pub fn segment_index(
    entries: &[IndexEntry],
    start: u64,
    timescale: Timescale,
) -> Result<Vec<u8>, Error> {
    segment_index_at(entries, start, timescale, 0)
}

/// As [`segment_index`], for segments that follow `first_offset` bytes behind the box.
///
/// # Errors
/// As [`segment_index`].
pub fn segment_index_at(
    entries: &[IndexEntry],
    start: u64,
    timescale: Timescale,
    first_offset: u64,
) -> Result<Vec<u8>, Error> {
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        rows.push(SidxReference {
            is_index: false,
            // The highest bit of the field says what is referred to.
            referenced_size: fit("referenced_size", entry.bytes, 0x7fff_ffff)?,
            subsegment_duration: fit("subsegment_duration", entry.duration, u32::MAX)?,
            starts_with_sap: entry.sap > 0,
            sap_type: fit("SAP_type", entry.sap.into(), 6)? as u8,
            // Segments are timed by their first sample, leading pictures or not.
            sap_delta_time: 0,
        });
    }
    let references = Table::encode(&rows);
    let sidx = Sidx {
        version: 1,
        reference_id: TRACK_ID,
        timescale: timescale.rate(),
        earliest_presentation_time: start,
        first_offset,
        references: Table::new(&references),
    };
    sidx.to_bytes()
}

fn fit(field: &'static str, value: u64, most: u32) -> Result<u32, Error> {
    let most = u64::from(most);
    match u32::try_from(value) {
        Ok(fits) if value <= most => Ok(fits),
        _ => Err(Error::DoesNotFit {
            place: "sidx".into(),
            field,
            value,
            most,
        }),
    }
}
