//! `package.json` read back.

use serde::Deserialize;

use super::location::Location;
use crate::report::FORMAT;

/// The report in a package's folder.
pub(super) const PATH: &str = "package.json";

/// What verification needs of a report. Fields that later versions add are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    format: u32,
    pub(super) checksum: String,
    pub(super) tracks: Vec<Track>,
    pub(super) manifests: Vec<Object>,
    pub(super) objects: u64,
    pub(super) bytes: u64,
    is_aligned: bool,
}

/// One track.
#[derive(Debug, Deserialize)]
pub(super) struct Track {
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) codec: String,
    pub(super) language: Option<String>,
    /// Of pictures, in pixels.
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) timescale: u32,
    pub(super) samples: u64,
    /// The whole object, where one holds everything below.
    file: Option<Object>,
    pub(super) init: Object,
    pub(super) segments: Vec<Segment>,
    #[serde(default)]
    pub(super) webvtt: Vec<Object>,
}

/// One object, or a part of one.
#[derive(Debug, Deserialize)]
pub(super) struct Object {
    pub(super) path: String,
    #[serde(default)]
    pub(super) offset: u64,
    pub(super) bytes: u64,
    pub(super) checksum: Option<String>,
}

/// One media segment.
#[derive(Debug, Deserialize)]
pub(super) struct Segment {
    pub(super) start: u64,
    pub(super) duration: u64,
    #[serde(flatten)]
    pub(super) object: Object,
}

impl Report {
    /// Reads a report.
    ///
    /// # Errors
    ///
    /// What is wrong, as a finding's value.
    pub(super) fn parse(text: &str) -> Result<Report, String> {
        let report: Report =
            serde_json::from_str(text).map_err(|error| format!("broken: {error}"))?;
        if report.format != FORMAT {
            return Err(format!(
                "of format {}, which this version cannot read",
                report.format
            ));
        }
        Ok(report)
    }

    /// Whether misaligned renditions were asked for: the run says so then.
    pub(super) fn allows_misaligned(&self) -> bool {
        !self.is_aligned
    }

    /// Every whole object listed.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        let tracks = self.tracks.iter().flat_map(|track| {
            let parts = track.parts().filter(|_| track.file.is_none());
            track.file.iter().chain(parts).chain(&track.webvtt)
        });
        tracks.chain(&self.manifests)
    }

    /// Every part of an object listed.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Object> {
        let tracks = self.tracks.iter().filter(|track| track.file.is_some());
        tracks.flat_map(Track::parts)
    }
}

impl Track {
    /// The initialization segment and media segments.
    fn parts(&self) -> impl Iterator<Item = &Object> {
        std::iter::once(&self.init).chain(self.segments.iter().map(|segment| &segment.object))
    }
}

impl Object {
    /// Its bytes in the package.
    pub(super) fn location(&self) -> Location {
        let end = self.offset.saturating_add(self.bytes);
        Location {
            path: self.path.clone(),
            range: Some((self.offset, end)),
        }
    }
}
