//! `emsg` and `prft` boxes of a fragmented source, given to the segments they belong to.

use std::collections::BTreeMap;

use demux::{Event, Track};
use media::{Segment, TrackKind};
use mux::cmaf;

use super::Mapping;

/// The boxes that begin each segment of a track, by the segment's position. A box goes with the
/// sample it stood before. Events go with the pictures; where a file has no picture, with sound.
pub(crate) fn of_segments(
    events: &[Event],
    track: &Track,
    mapping: &Mapping,
    segments: &[Segment],
) -> Result<BTreeMap<usize, Vec<u8>>, isobmff::Error> {
    let mut out: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    let dropped = track.timeline.dropped_before;
    for event in events {
        let Some((_, first)) = event.before.iter().find(|(id, _)| *id == track.id) else {
            continue;
        };
        let Some(sample) = first
            .checked_sub(dropped)
            .and_then(|at| track.samples.get(at))
        else {
            continue;
        };
        let at = first - dropped;
        let Some(index) = segments
            .iter()
            .position(|segment| segment.samples.contains(&at))
        else {
            continue;
        };
        let bytes = match &event.kind.0 {
            b"emsg" if track.kind() == TrackKind::Video || event.before.len() == 1 => {
                // Absolute times count from the start of the source's media.
                let start = track.timescale.time(sample.pts());
                let later = track.timescale.time(mapping.media_shift());
                cmaf::absolute_event(&event.bytes, start, later)?
            }
            b"prft" if references(&event.bytes, track.id) => {
                cmaf::clock_reference(&event.bytes, mapping.decode_shift)?
            }
            _ => continue,
        };
        out.entry(index).or_default().extend(bytes);
    }
    Ok(out)
}

/// Whether a `prft` box is about this track.
fn references(prft: &[u8], id: u32) -> bool {
    use isobmff::boxes::Prft;
    use isobmff::{BoxBody, Place, RawBox};
    let raw = RawBox::parse(prft, 0, &Place::FILE);
    let prft = raw.and_then(|raw| Prft::parse(&raw, &Place::FILE));
    prft.is_ok_and(|prft| prft.reference_track_id == id)
}
