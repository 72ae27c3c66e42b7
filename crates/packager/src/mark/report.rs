//! What marking wrote.

use serde::Serialize;

/// What a run of marking wrote.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MarkReport {
    /// What the content is called elsewhere.
    pub content_id: String,
    /// `none`, `light`, `normal` or `strong`.
    pub strength: &'static str,
    /// Bits of a code that fit.
    pub positions: usize,
    /// Every input in order.
    pub inputs: Vec<MarkedFile>,
    /// What was done with all of them.
    pub work: Work,
    /// What was tolerated or degraded.
    pub warnings: Vec<String>,
}

/// One input and what was made of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MarkedFile {
    /// The input's name without its folders.
    pub source: String,
    /// Bytes of the input.
    pub bytes: u64,
    /// Names of variants 0 and 1.
    pub outputs: [String; 2],
    /// Bytes of either.
    pub output_bytes: u64,
    /// What was done.
    pub work: Work,
}

/// What was done to intra slices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Work {
    /// Intra slices parsed to their levels and written again.
    pub slices: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of those slices, how many came back with other bytes though nothing was changed in them.
    pub differing: u64,
    /// Slices that carry the mark.
    pub marked: u64,
}

impl Work {
    pub(crate) fn of(tally: &wm::h264::Tally) -> Work {
        Work {
            slices: tally.slices,
            bytes: tally.bytes,
            differing: tally.differing,
            marked: tally.marked,
        }
    }

    pub(crate) fn add(&mut self, other: Work) {
        self.slices = self.slices.saturating_add(other.slices);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.differing = self.differing.saturating_add(other.differing);
        self.marked = self.marked.saturating_add(other.marked);
    }
}

/// `boundaries.json`: where the bit may change.
#[derive(Debug, Serialize)]
pub(crate) struct BoundariesFile<'r> {
    pub(crate) format: u32,
    pub(crate) packager: &'static str,
    pub(crate) content_id: &'r str,
    /// Bits of a code that fit: one more than there are boundaries.
    pub(crate) positions: usize,
    /// Start times of all segments but the first, in seconds.
    pub(crate) boundaries: Vec<f64>,
    pub(crate) tracks: Vec<TrackBoundaries<'r>>,
}

/// The boundaries as one track counts time.
#[derive(Debug, Serialize)]
pub(crate) struct TrackBoundaries<'r> {
    pub(crate) source: &'r str,
    pub(crate) outputs: &'r [String; 2],
    /// `track_ID`; absent for byte streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) track: Option<u32>,
    /// Ticks per second.
    pub(crate) timescale: u32,
    /// Presentation time of each segment's first sample, edit list applied, in ticks.
    pub(crate) starts: Vec<i64>,
    /// Number of each segment's first sample in the file, counted from 0.
    pub(crate) samples: Vec<usize>,
}
