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
    /// Whether each sample differs between the variants, as their places in the segment.
    pub(crate) marked: Vec<usize>,
    /// What the carrier says, once for each sample entry.
    pub(crate) carrier: &'a [Record],
}

impl SegmentRecord<'_> {
    /// One line without a line feed.
    pub(crate) fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// The sizes in a line that was kept, if it is one and has `count` of them.
pub(crate) fn sizes_of(line: &str, count: usize) -> Option<Vec<u32>> {
    #[derive(Deserialize)]
    struct Kept {
        sizes: Vec<u32>,
    }
    let kept: Kept = serde_json::from_str(line).ok()?;
    (kept.sizes.len() == count).then_some(kept.sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_its_sizes_back() {
        let record = SegmentRecord {
            position: 3,
            start: 6,
            duration: 2,
            timescale: 1,
            sizes: &[5, 7],
            marked: vec![0],
            carrier: &[],
        };
        let line = record.to_line().unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(sizes_of(&line, 2), Some(vec![5, 7]));
        assert_eq!(sizes_of(&line, 3), None);
        assert_eq!(sizes_of(&line[..line.len() - 1], 2), None);
    }
}
