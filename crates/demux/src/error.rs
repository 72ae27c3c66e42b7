//! What can be wrong with a movie.

use std::io;

use media::{Time, Timescale};

use crate::edits::EditError;

/// Why a movie cannot be read. Says where in the file, not which file: that is the caller's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source could not be read.
    #[error("reading {len} bytes at byte {offset}: {source}")]
    Read {
        /// First byte wanted.
        offset: u64,
        /// Bytes wanted.
        len: u64,
        /// What the source said.
        source: io::Error,
    },
    /// A box is malformed.
    #[error(transparent)]
    Box(#[from] isobmff::Error),
    /// Boxes that are well formed contradict each other.
    #[error("{place}: {text}")]
    Table {
        /// Path of the box.
        place: String,
        /// Field, value and expectation.
        text: String,
    },
    /// A decoder configuration or parameter set is malformed.
    #[error("{place}: {source}")]
    Codec {
        /// Path of the sample entry.
        place: String,
        /// What is wrong.
        source: bitstream::Error,
    },
    /// An edit list that cannot be honoured.
    #[error("{place}/edts/elst: {source}")]
    Edits {
        /// Path of the track.
        place: String,
        /// What it asks for.
        source: EditError,
    },
    /// The file ends before the media it announces.
    #[error("truncated: {what}; {}", what_is_whole(*whole))]
    Truncated {
        /// Which sample or box lies beyond the end.
        what: String,
        /// The presentation time up to which every track is whole.
        whole: Time,
    },
    /// There is no `moov` box.
    #[error("no moov box: {why}")]
    NoMovie {
        /// What the file looks like instead.
        why: String,
    },
    /// More of something than is believed.
    #[error("{place}: {count} {what}, expected at most {limit}")]
    TooMany {
        /// Path of the box, or `file`.
        place: String,
        /// What there is too much of.
        what: &'static str,
        /// How much of it the file announces.
        count: u64,
        /// The bound.
        limit: u64,
    },
}

/// What can still be done with a truncated file.
fn what_is_whole(whole: Time) -> String {
    if whole.rescale(Timescale::MILLISECONDS) > 0 {
        format!("{whole} are whole (--allow-truncated packages those)")
    } else {
        "nothing of it is whole".into()
    }
}

impl Error {
    /// Boxes at `place` contradict each other.
    pub(crate) fn table(place: impl ToString, text: impl Into<String>) -> Error {
        Error::Table {
            place: place.to_string(),
            text: text.into(),
        }
    }
}
