//! Which track gets which key.

mod label;
mod ring;

pub use label::{HeightLimits, Label};
pub use ring::{ContentKey, KeyRing, PolicyError};

use media::TrackKind;

/// How keys are divided among tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Keys by kind and height; none: one key for all, under [`Label::All`].
    pub multi_key: Option<HeightLimits>,
    /// What becomes of sound.
    pub audio: Audio,
}

/// What becomes of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audio {
    /// It is encrypted.
    Encrypt,
    /// It stays clear.
    Skip,
}

/// What a policy has to know of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackFacts {
    /// For messages: the rendition's label.
    pub name: String,
    /// Video, audio or text.
    pub kind: TrackKind,
    /// In luma rows, of video.
    pub height: Option<u32>,
}

impl Policy {
    /// The label of a track's key; none where it stays clear. Text is never encrypted.
    pub fn label(&self, track: &TrackFacts) -> Option<Label> {
        let encrypted = match track.kind {
            TrackKind::Video => true,
            TrackKind::Audio => self.audio == Audio::Encrypt,
            TrackKind::Text => false,
        };
        if !encrypted {
            return None;
        }
        Some(match (&self.multi_key, track.kind) {
            (None, _) => Label::All,
            (Some(_), TrackKind::Audio) => Label::Audio,
            // Video without a height gets the key for the best there is.
            (Some(limits), _) => limits.label(track.height.unwrap_or(u32::MAX)),
        })
    }
}

#[cfg(test)]
mod tests;
