//! Where a rendition's bytes lie.

use super::ByteRange;

/// Where a rendition's initialization and media segments lie, relative to its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// A file for each segment.
    Segments {
        /// The initialization segment: a file name, or a relative path such as
        /// `../../0/video_init.mp4`.
        init: String,
        /// The names of the media segments.
        media: SegmentName,
    },
    /// One file for all of them.
    SingleFile {
        /// The file name.
        name: String,
        /// The initialization segment: `ftyp` and `moov`.
        init: ByteRange,
        /// The `sidx` box.
        index: ByteRange,
    },
}

/// The name of numbered files: `seg_7.m4s` is prefix `seg_`, 7, suffix `.m4s`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentName {
    /// Before the number.
    pub prefix: String,
    /// After the number.
    pub suffix: String,
}

impl SegmentName {
    /// `prefix`, a number, `suffix`.
    pub fn new(prefix: impl Into<String>, suffix: impl Into<String>) -> SegmentName {
        SegmentName {
            prefix: prefix.into(),
            suffix: suffix.into(),
        }
    }

    /// The name of the file with this number or time.
    pub fn with(&self, number: u64) -> String {
        format!("{}{number}{}", self.prefix, self.suffix)
    }
}
