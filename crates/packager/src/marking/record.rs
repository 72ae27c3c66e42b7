//! What is kept of a marked segment for the detector, and for a run that goes on.

use serde::{Deserialize, Serialize};

use wm::Record;

/// A marked segment, one line of JSON. As secret as the key: it says which samples carry the mark
/// and how well.
#[derive(Serialize)]
pub(crate) struct SegmentRecord<'a> {
    /// Which bit of the code the segment carries.
    pub(crate) position: u32,
    /// Presentation time in ticks.
    pub(crate) start: i64,
    /// Presentation duration in ticks.
    pub(crate) duration: u64,
    /// Ticks per second.
    pub(crate) timescale: u32,
    /// Bytes of every sample, marked or not, the same in both variants.
    pub(crate) sizes: &'a [u32],
    /// The samples that differ between the variants, as their places in the segment.
    pub(crate) marked: &'a [usize],
    /// What the carrier says, once for each sample entry.
    pub(crate) carrier: &'a [Record],
}

impl SegmentRecord<'_> {
    /// One line without a line feed.
    pub(crate) fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// What a run that goes on takes from a line.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct KeptRecord {
    pub(crate) sizes: Vec<u32>,
    pub(crate) marked: Vec<usize>,
}

impl KeptRecord {
    /// Reads a line of a segment of `count` samples; `None` where it is not one.
    pub(crate) fn parse(line: &str, count: usize) -> Option<KeptRecord> {
        let kept: KeptRecord = serde_json::from_str(line).ok()?;
        (kept.sizes.len() == count).then_some(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_back_what_a_run_goes_on_with() {
        let record = SegmentRecord {
            position: 3,
            start: 6,
            duration: 2,
            timescale: 1,
            sizes: &[5, 7],
            marked: &[0],
            carrier: &[],
        };
        let line = record.to_line().unwrap();
        assert!(!line.contains('\n'));
        let kept = KeptRecord {
            sizes: vec![5, 7],
            marked: vec![0],
        };
        assert_eq!(KeptRecord::parse(&line, 2), Some(kept));
        assert_eq!(KeptRecord::parse(&line, 3), None);
        assert_eq!(KeptRecord::parse(&line[..line.len() - 1], 2), None);
    }
}
