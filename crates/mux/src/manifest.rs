//! Manifests: one [`Presentation`](crate::Presentation) as text.

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
    /// comes last, so that it never refers to what is not there.
    pub write: fn(&Presentation) -> Result<Vec<Document>, ManifestError>,
}

/// Every format, in the order in which they are written.
pub const FORMATS: &[Format] = &[];

/// The format called `name`.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
