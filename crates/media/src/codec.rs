//! The codecs the packager carries.

use std::fmt;

/// What a track presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Subtitles and captions.
    Text,
}

impl TrackKind {
    /// The word used in paths, manifests and messages: `video`, `audio` or `text`.
    pub fn word(self) -> &'static str {
        match self {
            TrackKind::Video => "video",
            TrackKind::Audio => "audio",
            TrackKind::Text => "text",
        }
    }
}

impl fmt::Display for TrackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A codec family the packager can carry. Matched without a wildcard everywhere, so that adding
/// one shows every place that has to decide something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// H.264 (`avc1`, `avc3`).
    Avc,
    /// H.265 (`hvc1`, `hev1`), Dolby Vision on an HEVC base (`dvh1`, `dvhe`) included.
    Hevc,
    /// AV1 (`av01`).
    Av1,
    /// VP9 (`vp09`).
    Vp9,
    /// MPEG-4 audio: AAC-LC, HE-AAC, HE-AAC v2, xHE-AAC (`mp4a`).
    Aac,
    /// AC-3 (`ac-3`).
    Ac3,
    /// Enhanced AC-3, Atmos included (`ec-3`).
    Eac3,
    /// Opus (`Opus`).
    Opus,
    /// FLAC (`fLaC`).
    Flac,
    /// WebVTT in samples (`wvtt`), or a WebVTT or SRT document.
    WebVtt,
    /// TTML in samples (`stpp`), or a TTML document.
    Ttml,
    /// 3GPP timed text (`tx3g`).
    TimedText,
}

impl Codec {
    /// What a track of this codec presents.
    pub fn kind(self) -> TrackKind {
        match self {
            Codec::Avc | Codec::Hevc | Codec::Av1 | Codec::Vp9 => TrackKind::Video,
            Codec::Aac | Codec::Ac3 | Codec::Eac3 | Codec::Opus | Codec::Flac => TrackKind::Audio,
            Codec::WebVtt | Codec::Ttml | Codec::TimedText => TrackKind::Text,
        }
    }

    /// The name people use.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Avc => "H.264",
            Codec::Hevc => "HEVC",
            Codec::Av1 => "AV1",
            Codec::Vp9 => "VP9",
            Codec::Aac => "AAC",
            Codec::Ac3 => "AC-3",
            Codec::Eac3 => "E-AC-3",
            Codec::Opus => "Opus",
            Codec::Flac => "FLAC",
            Codec::WebVtt => "WebVTT",
            Codec::Ttml => "TTML",
            Codec::TimedText => "3GPP timed text",
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
