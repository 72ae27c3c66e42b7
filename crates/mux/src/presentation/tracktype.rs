//! Manifests of some of the video.

use std::collections::HashSet;

use super::{Inconsistent, Presentation, Rendition};
use media::TrackKind;

/// Video that a viewer may have by the kind of subscription or device, announced in manifests of
/// its own beside those of everything: `stream_SD_HD.mpd`, `master_SD_HD.m3u8`. They hold this
/// video and its trick play, all audio and all text, and so name only the keys of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackType {
    /// What file names say: `SD_ONLY`, `SD_HD`, `SD_UHD`. Letters, digits, `-` and `_`.
    pub name: String,
    /// [`Rendition::id`] of each video.
    pub renditions: Vec<String>,
}

impl TrackType {
    fn has(&self, rendition: &Rendition) -> bool {
        let id = match &rendition.trick_play {
            Some(trick_play) => &trick_play.of,
            None => &rendition.id,
        };
        rendition.kind() != TrackKind::Video || self.renditions.contains(id)
    }
}

impl Presentation {
    /// What the manifests of a track type announce: a presentation without track types.
    pub(crate) fn of_track_type(&self, track_type: &TrackType) -> Presentation {
        let held = self.renditions.iter().filter(|item| track_type.has(item));
        Presentation {
            renditions: held.cloned().collect(),
            tracktypes: Vec::new(),
            ..*self
        }
    }

    pub(super) fn check_track_types(&self) -> Result<(), Inconsistent> {
        let mut names = HashSet::new();
        for TrackType { name, renditions } in &self.tracktypes {
            let wrong = |problem: String| {
                Err(Inconsistent::TrackType {
                    name: name.clone(),
                    problem,
                })
            };
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if name.is_empty() || !name.bytes().all(legal) {
                return wrong("must be one or more of letters, digits, '-' and '_'".into());
            }
            if !names.insert(name) {
                return wrong("is another one's name too".into());
            }
            if renditions.is_empty() {
                return wrong("has no video, expected at least one".into());
            }
            for id in renditions {
                if !self.of_kind(TrackKind::Video).any(|video| video.id == *id) {
                    return wrong(format!("has {id:?}, which is no video rendition"));
                }
            }
        }
        Ok(())
    }
}
