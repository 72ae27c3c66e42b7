//! One version of one track.

use media::{Codec, Language, Timescale, TrackKind};

use crate::bandwidth::Piece;

use super::{
    AudioFacts, Descriptor, Protection, Role, SegmentFacts, SegmentName, Storage, VideoFacts,
    VideoRange,
};

/// One version of one track: what it is, and where its segments lie.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// Unique in the presentation; letters, digits, `-`, `_` and `.` only, so that it can stand in
    /// a URL and an XML attribute as it is.
    pub id: String,
    /// Codec family.
    pub codec: Codec,
    /// RFC 6381 codec string, such as `avc1.64001F`.
    pub codec_string: String,
    /// What a player that knows more may decode from the same samples.
    pub supplemental_codec: Option<SupplementalCodec>,
    /// Facts of its kind; agrees with `codec.kind()`.
    pub facts: KindFacts,
    /// Renditions of one kind with equal `content`, language and roles show the same thing at
    /// different qualities, and a player may switch among them. Two tracks of one language that
    /// say different things differ here.
    pub content: u32,
    /// Language.
    pub language: Language,
    /// What people see in a menu; made from language and role where there is none.
    pub name: Option<String>,
    /// What it is for. None at all is as good as [`Role::Main`], or [`Role::Subtitle`] for text.
    pub roles: Vec<Role>,
    /// Accessibility beyond what the roles say.
    pub accessibility: Vec<Descriptor>,
    /// Whether a player should choose it unless told otherwise.
    pub default: bool,
    /// Ticks per second of every time of this rendition.
    pub timescale: Timescale,
    /// What the media's own timeline (`tfdt`, edit list applied) shows at the start of the
    /// presentation, in ticks; nearly always 0. DASH `@presentationTimeOffset`.
    pub presentation_time_offset: u64,
    /// Folder of its files relative to the package's manifests, without a slash at either end:
    /// `video/avc1/1080p`.
    pub folder: String,
    /// Where `folder` lies, if not beside these manifests: the relative path of another set of
    /// manifests that announces this rendition too, with a final slash, such as `../../0/cmaf/`.
    /// Its playlists are that set's. Empty for a rendition of this set.
    pub base: String,
    /// Its files.
    pub storage: Storage,
    /// In order, without gaps.
    pub segments: Vec<SegmentFacts>,
    /// Only its sync samples, for fast forward and rewind.
    pub trick_play: Option<TrickPlay>,
    /// Schemes of the `emsg` boxes in its segments, each once. DASH `InbandEventStream`.
    pub events: Vec<Descriptor>,
    /// The smallest rate at which every sample comes in time, where samples are known:
    /// [`bandwidth::continuous`](crate::bandwidth::continuous) with the presentation's
    /// `min_buffer_time`. Where it is `None`, whole segments are taken instead of samples.
    pub continuous_rate: Option<u64>,
    /// How its samples are encrypted; `None`: they are clear.
    pub protection: Option<Protection>,
}

/// Facts that only tracks of one kind have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindFacts {
    /// Pictures.
    Video(VideoFacts),
    /// Sound.
    Audio(AudioFacts),
    /// Subtitles.
    Text {
        /// The same segments as WebVTT files, which is what HLS players read.
        webvtt: Option<WebVtt>,
    },
}

/// WebVTT files beside a text rendition's MP4 segments: one for each, with equal times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebVtt {
    /// Names, always by [`SegmentFacts::number`].
    pub media: SegmentName,
    /// Sizes of the files in bytes, in the order of the segments.
    pub bytes: Vec<u64>,
}

/// A second codec the same samples can be decoded as: Dolby Vision 8 over HEVC or 10 over AV1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SupplementalCodec {
    /// RFC 6381 codec string, such as `dvh1.08.07`.
    pub codec_string: String,
    /// The brand that says how far it is compatible: `db1p` (PQ base), `db4h` (HLG), `db2g` (SDR).
    pub brand: String,
}

/// A rendition that holds only the sync samples of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrickPlay {
    /// [`Rendition::id`] of the whole rendition.
    pub of: String,
    /// How fast it can be played by a decoder of the announced level, as a multiple of 1.
    pub max_playout_rate: u32,
}

impl Rendition {
    /// Video, audio or text.
    pub fn kind(&self) -> TrackKind {
        self.codec.kind()
    }

    /// [`Rendition::folder`] as manifests refer to it, [`Rendition::base`] before it.
    pub fn path(&self) -> String {
        format!("{}{}", self.base, self.folder)
    }

    /// Whether its playlists are another set's.
    pub fn is_elsewhere(&self) -> bool {
        !self.base.is_empty()
    }

    /// The sample entry's four letters: what the codec string begins with.
    pub fn sample_entry(&self) -> &str {
        self.codec_string.split('.').next().unwrap_or_default()
    }

    /// The words a codec string is compared by: its sample entry, and for xHE-AAC the whole, which
    /// decoders of AAC do not take.
    pub fn codec_family(&self) -> &str {
        match self.codec_string.as_str() {
            xhe_aac @ "mp4a.40.42" => xhe_aac,
            _ => self.sample_entry(),
        }
    }

    /// Whether both are versions of one track, so that a menu lists them once.
    pub fn is_same_track(&self, other: &Rendition) -> bool {
        self.kind() == other.kind()
            && self.content == other.content
            && self.language == other.language
            && self.roles == other.roles
            && self.accessibility == other.accessibility
            && self.name == other.name
    }

    /// Its segments as pieces to compute rates from.
    pub fn pieces(&self) -> Vec<Piece> {
        let piece = |segment: &SegmentFacts| segment.piece(segment.bytes);
        self.segments.iter().map(piece).collect()
    }

    /// A presentation time as the media counts it, in ticks; saturates.
    pub fn media_time(&self, presentation: u64) -> u64 {
        presentation.saturating_add(self.presentation_time_offset)
    }

    /// Bytes of all media segments; saturates.
    pub fn bytes(&self) -> u64 {
        self.segments
            .iter()
            .fold(0, |sum, segment| sum.saturating_add(segment.bytes))
    }

    /// Ticks from the start of the first segment to the end of the last; saturates.
    pub fn duration(&self) -> u64 {
        self.segments
            .iter()
            .fold(0, |sum, segment| sum.saturating_add(segment.duration))
    }

    /// The facts of a video rendition.
    pub fn video(&self) -> Option<&VideoFacts> {
        match &self.facts {
            KindFacts::Video(video) => Some(video),
            KindFacts::Audio(_) | KindFacts::Text { .. } => None,
        }
    }

    /// The facts of an audio rendition.
    pub fn audio(&self) -> Option<&AudioFacts> {
        match &self.facts {
            KindFacts::Audio(audio) => Some(audio),
            KindFacts::Video(_) | KindFacts::Text { .. } => None,
        }
    }

    /// The WebVTT files of a text rendition.
    pub fn webvtt(&self) -> Option<&WebVtt> {
        match &self.facts {
            KindFacts::Text { webvtt } => webvtt.as_ref(),
            KindFacts::Video(_) | KindFacts::Audio(_) => None,
        }
    }

    /// Dynamic range; `None` for sound and text.
    pub fn range(&self) -> Option<VideoRange> {
        self.video().map(|video| video.range)
    }

    /// The largest SAP type of its segments: what all of them are at least as good as. `None` where
    /// some segment has none.
    pub fn sap(&self) -> Option<u8> {
        let saps = || self.segments.iter().map(|segment| segment.sap);
        saps().max().filter(|_| saps().all(|sap| sap > 0))
    }

    /// How its encrypted segments are announced, where it has some: a clear lead may be all there
    /// is.
    pub fn encrypted(&self) -> Option<&Protection> {
        let protection = self.protection.as_ref()?;
        (protection.clear_segments < self.segments.len()).then_some(protection)
    }

    /// Whether a role is among its roles.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
