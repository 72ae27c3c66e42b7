//! What is in a package: the facts from which every manifest is written.
//!
//! Nothing here is text of a manifest and nothing is guessed: whoever wrote the segments fills in
//! what was written, and [`Presentation::check`] says whether it hangs together.

mod audio;
mod check;
mod inconsistent;
pub mod protection;
mod rendition;
mod role;
mod segment;
mod storage;
mod tracktype;
mod video;

use media::{Time, TrackKind};

pub use audio::{AudioFacts, ChannelConfiguration};
pub use inconsistent::Inconsistent;
pub use protection::{DashProtection, HlsProtection, Protection, ProtectionSystem};
pub use rendition::{KindFacts, Rendition, SupplementalCodec, TrickPlay, WebVtt};
pub use role::{Descriptor, Role};
pub use segment::{ByteRange, SegmentFacts};
pub use storage::{SegmentName, Storage};
pub use tracktype::TrackType;
pub use video::{Colour, Ratio, Scan, VideoFacts, VideoRange};

/// One title, on demand: its renditions and where their segments lie.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// Duration of the content: the longest rendition's, trick play aside.
    pub duration: Time,
    /// How long a player buffers before it starts, at a rendition's announced rate. DASH
    /// `@minBufferTime`.
    pub min_buffer_time: Time,
    /// What DASH `@bandwidth` promises.
    pub bandwidth: BandwidthPolicy,
    /// How segments in files of their own are named.
    pub addressing: Addressing,
    /// In the order in which manifests list them. The first audio is the default one unless
    /// another is marked.
    pub renditions: Vec<Rendition>,
    /// Manifests of some of the video, to be written beside those of everything.
    pub tracktypes: Vec<TrackType>,
}

/// What DASH `@bandwidth` promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandwidthPolicy {
    /// The smallest rate at which playback never stalls after [`Presentation::min_buffer_time`].
    MinBuffer,
    /// The average rate.
    Average,
}

/// What stands in the name of a segment that has a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// [`SegmentFacts::number`]; DASH `$Number$`.
    Number,
    /// The start time in ticks as the media counts it, [`SegmentFacts::start`] plus
    /// [`Rendition::presentation_time_offset`]; DASH `$Time$`.
    Time,
}

impl Presentation {
    /// The renditions of `kind` in order, trick play left out.
    pub fn of_kind(&self, kind: TrackKind) -> impl Iterator<Item = &Rendition> {
        self.renditions
            .iter()
            .filter(move |rendition| rendition.kind() == kind && rendition.trick_play.is_none())
    }

    /// The audio a player should choose unless told otherwise: the first one marked, else the
    /// first.
    pub fn default_audio(&self) -> Option<&Rendition> {
        let marked = self.of_kind(TrackKind::Audio).find(|audio| audio.default);
        marked.or_else(|| self.of_kind(TrackKind::Audio).next())
    }

    /// The file name of a segment of `rendition`, relative to [`Rendition::folder`]; the single
    /// file's name where all segments share one.
    pub fn segment_file(&self, rendition: &Rendition, segment: &SegmentFacts) -> String {
        match &rendition.storage {
            Storage::SingleFile { name, .. } => name.clone(),
            Storage::Segments { media, .. } => media.with(match self.addressing {
                Addressing::Number => segment.number,
                Addressing::Time => rendition.media_time(segment.start),
            }),
        }
    }
}
