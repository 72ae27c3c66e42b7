//! What manifests announce, the same for every format.

use cenc::Kid;
use media::Time;

use super::encryption::SystemHeader;
use super::location::Location;

/// A rendition as one manifest announces it.
#[derive(Clone, Debug)]
pub(super) struct Announced {
    /// The manifest, relative to the package.
    pub(super) manifest: String,
    /// Where in it: `Representation video-1080p`, or empty for a media playlist.
    pub(super) place: String,
    /// Renditions with the same group are switched between: their segments must be aligned.
    pub(super) group: String,
    /// Whether this is sound, which follows the video's boundaries to the nearest frame.
    pub(super) is_audio: bool,
    /// The codec strings that hold for it; several where a list covers video and audio.
    pub(super) codecs: Vec<String>,
    /// `@bandwidth`, in bits per second. HLS announces rates per variant instead.
    pub(super) bandwidth: Option<u64>,
    /// `@width` and `@height`, in pixels. HLS announces them per variant instead.
    pub(super) size: Option<(u64, u64)>,
    /// `@lang`, `und` without one. HLS announces it in the multivariant playlist instead.
    pub(super) language: Option<String>,
    /// What the media shows at the start of the presentation, where the manifest tells.
    pub(super) origin: Option<Time>,
    /// The initialization segment; `None` for WebVTT files.
    pub(super) init: Option<Location>,
    /// The media segments in order.
    pub(super) segments: Vec<AnnouncedSegment>,
    /// What the segments hold.
    pub(super) content: Content,
    /// The keys for it, as the manifest names them.
    pub(super) keys: Vec<AnnouncedKey>,
}

/// A key as one manifest announces it: `ContentProtection` or `EXT-X-KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AnnouncedKey {
    /// Where in the manifest.
    pub(super) place: String,
    /// Scheme or system: `@schemeIdUri` or `KEYFORMAT`.
    pub(super) format: String,
    /// The scheme of DASH, where this is the descriptor that names it, or `METHOD`.
    pub(super) method: Option<String>,
    /// `@cenc:default_KID` or `KEYID`, or what stands there instead.
    pub(super) kid: Option<Result<Kid, String>>,
    /// Key ids within what the system is told, or what is wrong with that.
    pub(super) header: Option<Result<SystemHeader, String>>,
    /// The segment it holds from, counted from 0.
    pub(super) from: usize,
    /// What makes two of them the same: the attributes as they are.
    pub(super) text: String,
}

/// What announced segments hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Every sample.
    Whole,
    /// Only sync samples, for trick play.
    SyncSamples,
    /// Byte ranges up to the end of an intra picture within other segments (I-frame playlists).
    FrameRanges,
}

/// A segment as one manifest announces it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AnnouncedSegment {
    /// Where its bytes are.
    pub(super) location: Location,
    /// As the media counts time (edit list applied), where the manifest tells: DASH does, HLS does not.
    pub(super) start: Option<Time>,
    /// How long it plays.
    pub(super) duration: Time,
}

impl Announced {
    /// Manifest and place, as findings take them.
    pub(super) fn at(&self) -> (&str, &str) {
        (&self.manifest, &self.place)
    }
}
