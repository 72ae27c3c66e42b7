//! Manifests: one [`Presentation`] as the text that players read.
//!
//! A format is one file of this folder and one line of [`FORMATS`]. What holds for all of them is
//! tested over that list.

mod dash;
mod hls;
mod written;

use thiserror::Error;

use crate::presentation::{Inconsistent, Presentation};

/// A file to store beside the segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Path relative to the package's manifests: `stream.mpd`, `video/avc1/1080p/stream.m3u8`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Why a presentation cannot be announced.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The facts contradict each other.
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
    /// Only subtitles, which no HLS variant can consist of.
    #[error("master playlist: no video and no audio, expected at least one rendition of either")]
    NothingToPlay,
    /// XML that could not be written.
    #[error("MPD: {0}")]
    Xml(#[from] std::io::Error),
}

/// A way to announce a presentation.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The word of the command line: `dash` or `hls`.
    pub name: &'static str,
    /// Writes every document of this format, in the order to store them: the one a player opens
    /// comes last, so that it never refers to what is not there. Equal facts give equal bytes.
    ///
    /// # Errors
    ///
    /// Facts that contradict each other, or that this format cannot express.
    pub write: fn(&Presentation) -> Result<Vec<Document>, ManifestError>,
}

/// Every format, in the order in which they are written.
pub const FORMATS: &[Format] = &[
    Format {
        name: "dash",
        write: dash::write,
    },
    Format {
        name: "hls",
        write: hls::write,
    },
];

/// The format called `name`.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
