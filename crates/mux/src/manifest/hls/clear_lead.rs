//! Where the encrypted segments of a playlist begin, and what stands there.

use media::{Time, TrackKind};

use super::keys;
use super::playlist::{map, map_of_file};
use crate::Presentation;
use crate::presentation::{Protection, Rendition, SegmentFacts};

/// What stands between the segments of one playlist because of encryption. No `EXT-X-KEY` comes
/// before the first encrypted segment: players would wait for a licence with clear pictures at
/// hand.
pub(super) struct Boundary<'a> {
    rendition: &'a Rendition,
    protection: Option<&'a Protection>,
    /// The place of a segment that follows a discontinuity.
    discontinuity: Option<usize>,
}

impl<'a> Boundary<'a> {
    pub(super) fn of(presentation: &Presentation, rendition: &'a Rendition) -> Boundary<'a> {
        let discontinuity = match own_discontinuity(rendition) {
            Some(place) => Some(place),
            None => foreign_discontinuity(presentation, rendition),
        };
        Boundary {
            rendition,
            protection: keys::needed_by(rendition),
            discontinuity,
        }
    }

    /// The `EXT-X-MAP` of the first segments.
    pub(super) fn first_map(&self) -> String {
        let protection = self.rendition.protection.as_ref();
        let clear = protection.filter(|protection| protection.clear_segments > 0);
        match clear.and_then(|protection| protection.clear_init.as_ref()) {
            Some(init) => map_of_file(init),
            None => map(self.rendition),
        }
    }

    /// The lines before the segment at `place`, counted from 0. The map stands before the key,
    /// which would be said to encrypt it otherwise.
    pub(super) fn before(&self, place: usize) -> String {
        let mut out = String::new();
        if self.discontinuity == Some(place) {
            out += "#EXT-X-DISCONTINUITY\n";
            if own_discontinuity(self.rendition).is_some() {
                out += &map(self.rendition);
            }
        }
        if let Some(protection) = self.protection
            && protection.clear_segments == place
        {
            out += &keys::of(protection);
        }
        out
    }
}

/// The first encrypted segment after clear ones with an init segment of their own.
fn own_discontinuity(rendition: &Rendition) -> Option<usize> {
    let protection = keys::needed_by(rendition)?;
    let changes = protection.clear_segments > 0 && protection.clear_init.is_some();
    changes.then_some(protection.clear_segments)
}

/// Where the playlist of a rendition that has no reason of its own has a discontinuity all the
/// same: what plays together has equal discontinuity sequence numbers at equal times, RFC 8216
/// 6.2.4. Not subtitles: players take their times from the presentation's.
fn foreign_discontinuity(presentation: &Presentation, rendition: &Rendition) -> Option<usize> {
    if rendition.kind() == TrackKind::Text {
        return None;
    }
    let mut media = presentation
        .of_kind(TrackKind::Video)
        .chain(presentation.of_kind(TrackKind::Audio));
    let boundary = media.find_map(|other| {
        let first = other.segments.get(own_discontinuity(other)?)?;
        Some(time(other, first.start))
    })?;
    // The first segment whose middle comes after it: the one that begins nearest.
    let begins_after = |segment: &SegmentFacts| {
        let middle = segment.start.saturating_add(segment.duration / 2);
        time(rendition, middle) >= boundary
    };
    let place = rendition.segments.iter().position(begins_after)?;
    (place > 0).then_some(place)
}

fn time(rendition: &Rendition, ticks: u64) -> Time {
    Time {
        ticks: i64::try_from(ticks).unwrap_or(i64::MAX),
        timescale: rendition.timescale,
    }
}
