//! Manifests for players that may have some of the keys only.

use cenc::policy::Label;
use mux::presentation::TrackType;

use super::Plan;
use crate::protecting::Tree;

/// Each with the labels it adds to those before it.
const TYPES: [(&str, &[Label]); 3] = [
    ("SD_ONLY", &[Label::Sd]),
    ("SD_HD", &[Label::Hd]),
    ("SD_UHD", &[Label::Uhd1, Label::Uhd2]),
];

impl Plan {
    /// The track types of a set of segments, as far as its tracks reach; each holds everything of
    /// the ones before it.
    pub(super) fn tracktypes(&self, tree: &Tree) -> Vec<TrackType> {
        let wanted = self.job.protection.as_ref();
        if !wanted.is_some_and(|protection| protection.tracktype_manifests) {
            return Vec::new();
        }
        let mut out: Vec<TrackType> = Vec::new();
        for (name, labels) in TYPES {
            let added = tree
                .tracks
                .iter()
                .filter(|(_, track)| labels.contains(&track.label));
            let added = added.filter_map(|(at, _)| self.renditions.get(*at));
            // Pictures for trick play go with their rendition.
            let added = added.filter(|video| video.trick_play_of.is_none());
            let added: Vec<String> = added.map(|video| video.place.id.clone()).collect();
            if added.is_empty() {
                continue;
            }
            let earlier = out.last().map(|last| last.renditions.clone());
            let mut renditions = earlier.unwrap_or_default();
            renditions.extend(added);
            out.push(TrackType {
                name: name.into(),
                renditions,
            });
        }
        out
    }
}
