//! Which renditions share an `AdaptationSet`.

use media::{Time, TrackKind};

use super::descriptors::notable_colour;
use crate::Presentation;
use crate::presentation::Rendition;

/// Renditions among which a player may switch without asking anybody, in order.
pub(super) struct Set<'a> {
    pub(super) renditions: Vec<&'a Rendition>,
    /// For a set of trick-play renditions: the place of the set they belong to.
    pub(super) trick_play_of: Option<usize>,
}

impl<'a> Set<'a> {
    /// The set's first rendition, which stands for what all have in common.
    pub(super) fn first(&self) -> Option<&'a Rendition> {
        self.renditions.first().copied()
    }

    /// Whether what the set says of encryption is right for `rendition`.
    fn has_key_of(&self, rendition: &Rendition) -> bool {
        self.first().is_some_and(|first| same_key(first, rendition))
    }

    /// Whether all renditions have boundaries at equal times.
    pub(super) fn is_aligned(&self) -> bool {
        let first = self.first();
        self.renditions
            .iter()
            .all(|rendition| first.is_none_or(|first| aligned(first, rendition)))
    }
}

/// The sets in order of their first rendition; sets of trick play last.
pub(super) fn of(presentation: &Presentation) -> Vec<Set<'_>> {
    let mut sets: Vec<Set<'_>> = Vec::new();
    let (trick_play, normal): (Vec<_>, Vec<_>) = presentation
        .renditions
        .iter()
        .partition(|rendition| rendition.trick_play.is_some());
    for rendition in normal {
        let found = sets.iter_mut().find(|set| {
            set.first()
                .is_some_and(|first| share_a_set(first, rendition))
        });
        match found {
            Some(set) => set.renditions.push(rendition),
            None => sets.push(Set {
                renditions: vec![rendition],
                trick_play_of: None,
            }),
        }
    }
    for rendition in trick_play {
        let main = rendition.trick_play.as_ref().and_then(|trick_play| {
            sets.iter()
                .position(|set| set.renditions.iter().any(|main| main.id == trick_play.of))
        });
        match sets
            .iter_mut()
            .find(|set| main.is_some() && set.trick_play_of == main && set.has_key_of(rendition))
        {
            Some(set) => set.renditions.push(rendition),
            None => sets.push(Set {
                renditions: vec![rendition],
                trick_play_of: main,
            }),
        }
    }
    sets
}

/// One set holds one track in one codec family; video of one dynamic range and colour, audio of
/// one channel layout, as a change of those is seen or heard; and one key, as `ContentProtection`
/// is the set's.
fn share_a_set(a: &Rendition, b: &Rendition) -> bool {
    let colour = |rendition: &Rendition| rendition.video().and_then(notable_colour);
    let layout = |rendition: &Rendition| {
        let audio = rendition.audio();
        audio.map(|audio| {
            (
                audio.channels,
                audio.configuration,
                audio.joc_complexity.is_some(),
            )
        })
    };
    a.is_same_track(b)
        && a.codec_family() == b.codec_family()
        && a.range() == b.range()
        && colour(a) == colour(b)
        && layout(a) == layout(b)
        && same_key(a, b)
}

/// Whether both are clear, or encrypted with one key.
fn same_key(a: &Rendition, b: &Rendition) -> bool {
    match (&a.protection, &b.protection) {
        (Some(a), Some(b)) => a.has_key_of(b),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether a player may switch between two sets without a gap: equal but for the sample entry
/// (parameter sets in the samples or out of them) and the key, and aligned. Other codecs need
/// another decoder, which not every player changes without a gap; so do other schemes, and clear
/// samples. Dolby Vision without a base layer has other colours.
pub(super) fn may_be_switched(a: &Set<'_>, b: &Set<'_>) -> bool {
    let (Some(first), Some(other)) = (a.first(), b.first()) else {
        return false;
    };
    let scheme = |rendition: &Rendition| rendition.protection.as_ref().map(|found| found.scheme);
    let dolby_vision = |rendition: &Rendition| rendition.sample_entry().starts_with("dv");
    first.kind() == TrackKind::Video
        && a.trick_play_of.is_none()
        && b.trick_play_of.is_none()
        && first.is_same_track(other)
        && first.codec == other.codec
        && dolby_vision(first) == dolby_vision(other)
        && first.range() == other.range()
        && scheme(first) == scheme(other)
        && a.is_aligned()
        && b.is_aligned()
        && aligned(first, other)
}

fn aligned(a: &Rendition, b: &Rendition) -> bool {
    let time = |rendition: &Rendition, ticks: u64| Time {
        ticks: i64::try_from(ticks).unwrap_or(i64::MAX),
        timescale: rendition.timescale,
    };
    let starts = |rendition| {
        move |segment: &crate::presentation::SegmentFacts| time(rendition, segment.start)
    };
    a.segments.len() == b.segments.len()
        && a.segments
            .iter()
            .map(starts(a))
            .eq(b.segments.iter().map(starts(b)))
}
