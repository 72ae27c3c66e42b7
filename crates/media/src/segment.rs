//! A segment of a track.

use std::ops::Range;

use crate::Timescale;

/// One segment of one track: a run of samples between two boundaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Position in the presentation, counted from 0; the same for all renditions cut together.
    pub index: u32,
    /// The samples, as indices into the track's samples in decoding order.
    pub samples: Range<usize>,
    /// Earliest presentation time, in ticks, after the edit list; never negative.
    pub start: i64,
    /// Presentation duration up to the next segment's start (or the track's end), in ticks.
    pub duration: u64,
}

impl Segment {
    /// Duration in seconds.
    pub fn seconds(&self, timescale: Timescale) -> f64 {
        self.duration as f64 / f64::from(timescale.rate())
    }
}
