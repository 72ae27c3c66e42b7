//! `emsg` and `prft` boxes of a fragmented source, given to the segments they belong to.

use std::collections::BTreeMap;

use demux::{Event, Track};
use isobmff::boxes::{Emsg, Prft};
use isobmff::{BoxBody, Place, RawBox};
use media::{Segment, Time, TrackKind};
use mux::cmaf;
use mux::presentation::Descriptor;

use super::Mapping;

/// Most schemes a rendition announces; a file with more is no file of events.
const MAX_SCHEMES: usize = 100;

/// The boxes that begin the segments of a rendition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    /// By the segment's position.
    boxes: BTreeMap<usize, Vec<u8>>,
    /// Schemes and values of the `emsg` boxes among them, each once.
    schemes: Vec<Descriptor>,
}

impl Events {
    /// The boxes that begin each segment of a track. A box goes with the sample it stood before.
    /// Events go with the pictures; where a file has no picture, with sound. The package presents
    /// everything `earlier` than the source.
    ///
    /// # Errors
    /// A malformed box.
    pub(crate) fn of_segments(
        events: &[Event],
        track: &Track,
        mapping: &Mapping,
        segments: &[Segment],
        earlier: Time,
    ) -> Result<Events, isobmff::Error> {
        let mut out = Events::default();
        let dropped = track.timeline.dropped_before;
        for event in events {
            let Some((_, first)) = event.before.iter().find(|(id, _)| *id == track.id) else {
                continue;
            };
            let Some(at) = first.checked_sub(dropped) else {
                continue;
            };
            let Some(sample) = track.samples.get(at) else {
                continue;
            };
            let index = segments.partition_point(|segment| segment.samples.end <= at);
            let Some(segment) = segments.get(index) else {
                continue;
            };
            let bytes = match &event.kind.0 {
                b"emsg" if track.kind() == TrackKind::Video || event.before.len() == 1 => {
                    out.announce(&event.bytes);
                    let start = track.timescale.time(track.presentation(sample));
                    cmaf::absolute_event(&event.bytes, start, earlier)?
                }
                // A clock reference is about the fragment behind it.
                b"prft" if at == segment.samples.start && references(&event.bytes, track.id) => {
                    cmaf::clock_reference(&event.bytes, mapping.decode_shift)?
                }
                _ => continue,
            };
            out.boxes.entry(index).or_default().extend(bytes);
        }
        Ok(out)
    }

    /// What begins the segment at `index`.
    pub(crate) fn before(&self, index: usize) -> &[u8] {
        self.boxes.get(&index).map_or(&[], Vec::as_slice)
    }

    /// Schemes and values of the events, each once, in the order of their first event.
    pub(crate) fn schemes(&self) -> &[Descriptor] {
        &self.schemes
    }

    /// Adds the scheme of an `emsg` box, if it can be announced.
    fn announce(&mut self, emsg: &[u8]) {
        let Some(scheme) = scheme(emsg) else {
            return;
        };
        if self.schemes.len() < MAX_SCHEMES && !self.schemes.contains(&scheme) {
            self.schemes.push(scheme);
        }
    }
}

/// The scheme and value of an `emsg` box; `None` where no manifest can hold them.
fn scheme(emsg: &[u8]) -> Option<Descriptor> {
    let raw = RawBox::parse(emsg, 0, &Place::FILE).ok()?;
    let emsg = Emsg::parse(&raw, &Place::FILE).ok()?;
    let text = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        let is_plain = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
        text.chars().all(is_plain).then(|| text.to_string())
    };
    let scheme = text(emsg.scheme_id_uri).filter(|scheme| !scheme.is_empty())?;
    let value = text(emsg.value)?;
    Some(Descriptor {
        scheme,
        value: Some(value).filter(|value| !value.is_empty()),
    })
}

/// Whether a `prft` box is about this track.
fn references(prft: &[u8], id: u32) -> bool {
    let raw = RawBox::parse(prft, 0, &Place::FILE);
    let prft = raw.and_then(|raw| Prft::parse(&raw, &Place::FILE));
    prft.is_ok_and(|prft| prft.reference_track_id == id)
}

#[cfg(test)]
mod tests;
