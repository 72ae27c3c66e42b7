//! Groups of audio renditions.
//!
//! A group is one quality of every track: a variant names one, and within it the viewer chooses
//! the track. All groups should have the same tracks (RFC 8216 4.3.4.1.1), so a track that does not
//! come in some quality stands in that group with the nearest it has of the same codec, else with
//! its AAC, which everything decodes. A track that has neither is left out: a variant's `CODECS`
//! names every codec of its group, and a browser that cannot decode AC-3 would refuse a variant
//! whose AAC it can play because one other language came in AC-3.

use media::Timescale;

use super::tracks::Track;
use crate::bandwidth::{self, Piece};
use crate::presentation::Rendition;

/// One quality of every track.
pub(super) struct Group<'a> {
    pub(super) id: String,
    /// One for each track that can stand in the group, in the order of the tracks: the track's
    /// position, and its rendition.
    pub(super) members: Vec<(usize, &'a Rendition)>,
}

/// What makes a quality: codec, layout, and place among the bitrates of those.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Quality<'a> {
    codec_family: &'a str,
    channels: u32,
    has_objects: bool,
    /// 0 for the lowest bitrate.
    rank: usize,
}

impl Quality<'_> {
    fn has_layout_of(&self, other: &Quality<'_>) -> bool {
        (self.codec_family, self.channels, self.has_objects)
            == (other.codec_family, other.channels, other.has_objects)
    }

    fn id(&self) -> String {
        let objects = if self.has_objects { "-joc" } else { "" };
        let rank = match self.rank {
            0 => String::new(),
            rank => format!("-{}", rank.saturating_add(1)),
        };
        format!(
            "audio-{}-{}ch{objects}{rank}",
            self.codec_family, self.channels
        )
    }
}

/// The groups, in order of the first rendition of their quality.
pub(super) fn groups<'a>(tracks: &[Track<'a>]) -> Vec<Group<'a>> {
    let ranked: Vec<Vec<(Quality<'a>, &'a Rendition)>> =
        tracks.iter().map(|track| rank(&track.renditions)).collect();
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut seen = Vec::new();
    for (quality, _) in ranked.iter().flatten() {
        if seen.contains(quality) {
            continue;
        }
        seen.push(*quality);
        let members: Vec<(usize, &Rendition)> = ranked
            .iter()
            .enumerate()
            .filter_map(|(at, track)| Some((at, nearest(track, quality)?)))
            .collect();
        let ids = |members: &[(usize, &'a Rendition)]| -> Vec<&'a str> {
            members
                .iter()
                .map(|(_, member)| member.id.as_str())
                .collect()
        };
        if groups
            .iter()
            .all(|group| ids(&group.members) != ids(&members))
        {
            groups.push(Group {
                id: quality.id(),
                members,
            });
        }
    }
    groups
}

/// The renditions of one track with their qualities, in order.
fn rank<'a>(renditions: &[&'a Rendition]) -> Vec<(Quality<'a>, &'a Rendition)> {
    let quality = |rendition: &'a Rendition| Quality {
        codec_family: rendition.codec_family(),
        channels: rendition.audio().map_or(0, |audio| audio.channels),
        has_objects: rendition
            .audio()
            .is_some_and(|audio| audio.joc_complexity.is_some()),
        rank: 0,
    };
    let rate = |rendition: &Rendition| bandwidth::average(&rendition.pieces(), rendition.timescale);
    let rated: Vec<_> = renditions
        .iter()
        .map(|&item| (quality(item), rate(item), item))
        .collect();
    let mut out = Vec::new();
    for (place, (quality, rate, rendition)) in rated.iter().enumerate() {
        let is_below =
            |(other, (other_quality, other_rate, _)): &(usize, &(Quality<'_>, u64, _))| {
                other_quality.has_layout_of(quality) && (*other_rate, *other) < (*rate, place)
            };
        let rank = rated.iter().enumerate().filter(is_below).count();
        out.push((Quality { rank, ..*quality }, *rendition));
    }
    out
}

/// Of one track, the rendition of a quality, else the next lower bitrate of it, else one of the
/// same codec, else AAC.
fn nearest<'a>(
    track: &[(Quality<'a>, &'a Rendition)],
    wanted: &Quality<'_>,
) -> Option<&'a Rendition> {
    let same_layout = track
        .iter()
        .filter(|(quality, _)| quality.has_layout_of(wanted) && quality.rank <= wanted.rank)
        .max_by_key(|(quality, _)| quality.rank);
    let same_codec = || {
        track
            .iter()
            .find(|(quality, _)| quality.codec_family == wanted.codec_family)
    };
    let aac = || {
        track
            .iter()
            .find(|(quality, _)| quality.codec_family == "mp4a")
    };
    let found = same_layout.or_else(same_codec).or_else(aac);
    found.map(|(_, rendition)| *rendition)
}

/// The largest of the rates of some renditions.
pub(super) fn largest<'a>(
    renditions: impl Iterator<Item = &'a Rendition>,
    rate: impl Fn(&[Piece], Timescale) -> u64,
) -> u64 {
    renditions
        .map(|rendition| rate(&super::playlist::pieces(rendition), rendition.timescale))
        .max()
        .unwrap_or_default()
}
