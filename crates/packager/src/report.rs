//! What a run wrote, for operators and edges: `package.json`.
//!
//! It names every object of the package and says nothing that a viewer must not know, but it is
//! not meant for viewers. There is no clock and no path of the machine in it: the same job gives
//! the same bytes.

use serde::Serialize;

/// Version of this document's form.
pub const FORMAT: u32 = 1;

/// What a run wrote.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// Version of the packager.
    pub packager: String,
    /// What the content is called elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// What the job is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_name: Option<String>,
    /// Duration of the presentation in seconds.
    pub duration: f64,
    /// Segments of a rendition begin at these times in seconds, as near as its samples allow.
    pub boundaries: Vec<f64>,
    /// Whether every video segment exists in two variants.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub marked: bool,
    /// Where the variants lie: `directory`, `unlabeled-a` or `prefix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_layout: Option<&'static str>,
    /// Whether segments of all video renditions begin at the same times.
    pub is_aligned: bool,
    /// What the checksums are: `blake3`, `sha256` or `none`.
    pub checksum: &'static str,
    /// Every track.
    pub tracks: Vec<TrackReport>,
    /// Manifests and playlists, in the order they were written.
    pub manifests: Vec<ObjectReport>,
    /// Objects in the package, this document left out.
    pub objects: u64,
    /// Bytes of those objects.
    pub bytes: u64,
    /// What was tolerated, left out or degraded.
    pub warnings: Vec<String>,
}

/// One track of the package.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TrackReport {
    /// Representation ID in the MPD.
    pub id: String,
    /// `video`, `audio` or `text`.
    pub kind: &'static str,
    /// The last part of its folder.
    pub label: String,
    /// Folder of its objects; of variant 0 where the variants lie apart.
    pub folder: String,
    /// Whether its segments exist in two variants.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub marked: bool,
    /// How its samples are encrypted; absent where they are clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<ProtectionReport>,
    /// Segments of which both variants are the same, as nothing in them can carry the mark.
    #[serde(skip_serializing_if = "is_zero")]
    pub identical_segments: u64,
    /// The input it comes from: the file's name without its folders.
    pub source: String,
    /// RFC 6381 codec string.
    pub codec: String,
    /// BCP 47 tag.
    pub language: String,
    /// Roles, in DASH's words.
    pub roles: Vec<&'static str>,
    /// What kind of track this is.
    #[serde(flatten)]
    pub facts: FactsReport,
    /// Ticks per second of `start` and `duration` below.
    pub timescale: u32,
    /// Coded samples.
    pub samples: u64,
    /// The one object that holds everything, for single files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<ObjectReport>,
    /// The init segment; part of the one object for single files.
    pub init: ObjectReport,
    /// Media segments in order.
    pub segments: Vec<SegmentReport>,
    /// The same segments as WebVTT files, for text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub webvtt: Vec<ObjectReport>,
}

/// How the samples of a track are encrypted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProtectionReport {
    /// `cenc`, `cens`, `cbc1` or `cbcs`.
    pub scheme: &'static str,
    /// What the key is for: `all`, `audio`, `sd`, `hd`, `uhd1` or `uhd2`.
    pub label: &'static str,
    /// `default_KID`, as a UUID.
    pub kid: String,
    /// The IV of all samples, in hexadecimal digits, where they share one. It is no secret: it stands
    /// in the init segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iv: Option<String>,
    /// IDs of the DRM systems that are told, as UUIDs.
    pub systems: Vec<String>,
    /// So many segments at the start are clear.
    #[serde(skip_serializing_if = "is_zero")]
    pub clear_segments: u64,
}

/// What only tracks of one kind have.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FactsReport {
    /// Pictures.
    Video {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Pictures per second.
        #[serde(skip_serializing_if = "Option::is_none")]
        frame_rate: Option<f64>,
        /// `SDR`, `HLG` or `PQ`.
        video_range: &'static str,
        /// Holds only the sync samples of another track.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        trick_play: bool,
    },
    /// Sound.
    Audio {
        /// As heard.
        channels: u32,
        /// In Hz.
        sampling_rate: u32,
    },
    /// Subtitles.
    Text {},
}

/// One object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ObjectReport {
    /// Relative to the package.
    pub path: String,
    /// First byte, for parts of a single file.
    #[serde(skip_serializing_if = "is_zero")]
    pub offset: u64,
    /// Bytes.
    pub bytes: u64,
    /// Lower-case hexadecimal; absent without checksums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// Variant 1 of a marked object, of the same size; this is variant 0 then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twin: Option<Box<ObjectReport>>,
}

/// One media segment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SegmentReport {
    /// Counted from `--number-from`.
    pub number: u64,
    /// Presentation time in ticks.
    pub start: u64,
    /// Presentation duration in ticks.
    pub duration: u64,
    /// Which bit of a viewer's code decides on its variant, counted from 0; absent where there is
    /// one variant only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// Where it lies.
    #[serde(flatten)]
    pub object: ObjectReport,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl ObjectReport {
    /// The object, and its twin if it has one.
    pub fn with_twin(&self) -> impl Iterator<Item = &ObjectReport> {
        std::iter::once(self).chain(self.twin.as_deref())
    }
}

impl TrackReport {
    /// Every object of the track, once; variant 0 where there are two.
    pub fn objects(&self) -> impl Iterator<Item = &ObjectReport> {
        let whole = self.file.iter();
        let parts = std::iter::once(&self.init).chain(self.segments.iter().map(|s| &s.object));
        let count = if self.file.is_some() { 0 } else { usize::MAX };
        whole.chain(parts.take(count)).chain(&self.webvtt)
    }
}

impl Report {
    /// The document as text, indented, with a final line feed.
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to serialize: no maps with keys that are no strings, no NaN.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
