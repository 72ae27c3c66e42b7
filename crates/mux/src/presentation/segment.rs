//! One segment as it was written.

use crate::bandwidth::Piece;

/// A run of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// Of the first byte.
    pub offset: u64,
    /// Bytes in the run.
    pub length: u64,
}

impl ByteRange {
    /// Offset of the last byte; saturates, and an empty run has the offset itself.
    pub fn last(self) -> u64 {
        self.offset.saturating_add(self.length.saturating_sub(1))
    }
}

/// One media segment as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentFacts {
    /// The number in its name; one more than that of the segment before.
    pub number: u64,
    /// Presentation time of its first sample, in ticks of the rendition's timescale, 0 at the start
    /// of the presentation. That is the earliest in it unless pictures lead a sync sample.
    pub start: u64,
    /// Up to the start of the next segment, in ticks; at least 1.
    pub duration: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// Where the segment begins in its file; 0 where it has a file of its own.
    pub offset: u64,
    /// From the `moof` (or anything before it) to the end of the first sample, where that is a
    /// sync sample stored first in the `mdat`. `offset` counts from the segment's first byte.
    /// I-frame playlists are written for renditions that have it in every segment.
    pub iframe: Option<ByteRange>,
    /// How decoding can begin with it: the SAP type of ISO/IEC 14496-12 annex I, at most 6. 1:
    /// everything from its first sample on, in decoding order, can be decoded, and nothing is
    /// presented before that sample; 2: likewise, but some of it is presented earlier; 3: what is
    /// presented earlier can not be decoded without what comes before (open groups of pictures); 0:
    /// no type is known.
    pub sap: u8,
}

impl SegmentFacts {
    /// Where the segment ends, in ticks; saturates.
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.duration)
    }

    /// Its times with a size: its own, or that of a part of it.
    pub fn piece(&self, bytes: u64) -> Piece {
        Piece {
            start: self.start,
            duration: self.duration,
            bytes,
        }
    }
}
