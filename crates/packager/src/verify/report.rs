//! `package.json` read back.

use serde::Deserialize;

use super::location::Location;
use crate::job::VariantLayout;
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
    /// Whether video exists in two variants.
    #[serde(default)]
    pub(super) marked: bool,
    /// Where they lie.
    pub(super) variant_layout: Option<String>,
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
    /// Whether its segments exist in two variants.
    #[serde(default)]
    pub(super) marked: bool,
    /// How its samples are encrypted; `None` where they are clear.
    pub(super) protection: Option<Protection>,
    /// How many of them are the same in both.
    #[serde(default)]
    pub(super) identical_segments: u64,
    /// The whole object, where one holds everything below.
    pub(super) file: Option<Object>,
    pub(super) init: Object,
    pub(super) segments: Vec<Segment>,
    #[serde(default)]
    pub(super) webvtt: Vec<Object>,
}

/// How the samples of a track are encrypted.
#[derive(Debug, Deserialize)]
pub(super) struct Protection {
    pub(super) scheme: String,
    pub(super) kid: String,
    /// IDs of DRM systems, as UUIDs.
    #[serde(default)]
    pub(super) systems: Vec<String>,
    /// So many segments at the start are clear.
    #[serde(default)]
    pub(super) clear_segments: u64,
}

/// One object, or a part of one.
#[derive(Debug, Deserialize)]
pub(super) struct Object {
    pub(super) path: String,
    #[serde(default)]
    pub(super) offset: u64,
    pub(super) bytes: u64,
    pub(super) checksum: Option<String>,
    /// Variant 1; this is variant 0 then.
    pub(super) twin: Option<Box<Object>>,
}

/// One media segment.
#[derive(Debug, Deserialize)]
pub(super) struct Segment {
    pub(super) start: u64,
    pub(super) duration: u64,
    /// Which bit of a code it carries.
    pub(super) position: Option<u32>,
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
        let all = tracks.chain(&self.manifests);
        all.flat_map(|object| std::iter::once(object).chain(object.twin.as_deref()))
    }

    /// The track whose initialization segment is in the file at `path`.
    pub(super) fn track_of(&self, path: &str) -> Option<&Track> {
        self.tracks.iter().find(|track| track.init.path == path)
    }

    /// The layout of variants, where it is one.
    pub(super) fn layout(&self) -> Option<VariantLayout> {
        VariantLayout::from_word(self.variant_layout.as_deref()?)
    }

    /// The names that manifests give to variant 0, where it has another.
    pub(super) fn neutral_names(&self) -> impl Iterator<Item = (String, &str)> {
        let is_prefix = self.layout() == Some(VariantLayout::Prefix);
        let tracks = self
            .tracks
            .iter()
            .filter(move |track| track.marked && is_prefix);
        let objects = tracks.flat_map(|track| {
            let segments = track.segments.iter().map(|segment| &segment.object);
            track.file.iter().chain(segments)
        });
        objects.filter_map(|object| {
            let (folder, name) = object.path.rsplit_once('/')?;
            let name = name.strip_prefix("A.")?;
            Some((format!("{folder}/{name}"), object.path.as_str()))
        })
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
