//! `SegmentBase`: one file whose `sidx` says where segments are.

use isobmff::boxes::Sidx;
use isobmff::{BoxBody, Place, RawBox};
use media::Timescale;

use super::{AnnouncedSegment, Context, Element, Files, Findings, Listed, Location, time};

/// Largest `sidx` read, in bytes.
const MAX_INDEX_BYTES: u64 = 16 << 20;

/// Initialization and media segments of a Representation in one file.
pub(super) fn read(
    context: &Context<'_>,
    base: &Element,
    files: &Files,
    findings: &mut Findings,
) -> Option<Listed> {
    let range = |text: &str| {
        let (first, last) = text.split_once('-')?;
        Some((
            first.parse().ok()?,
            last.parse::<u64>().ok()?.checked_add(1)?,
        ))
    };
    let path = context.base.clone();
    let init = base
        .child("Initialization")
        .and_then(|init| init.attribute("range"));
    let init = init.and_then(range).map(|range| Location {
        path: path.clone(),
        range: Some(range),
    });
    let Some(index_range) = base.attribute("indexRange").and_then(range) else {
        findings.add(
            context.at(),
            "SegmentBase@indexRange",
            "missing",
            "bytes of the sidx box",
        );
        return None;
    };
    let location = Location {
        path: path.clone(),
        range: Some(index_range),
    };
    let number = |name, otherwise| {
        base.attribute(name)
            .map_or(Some(otherwise), |text: &str| text.parse::<u64>().ok())
    };
    let timescale = number("timescale", 1).and_then(|rate| u32::try_from(rate).ok());
    let origin = match (
        timescale.and_then(Timescale::new),
        number("presentationTimeOffset", 0),
    ) {
        (Some(timescale), Some(offset)) => time(offset.into(), timescale),
        _ => None,
    };
    let bytes = files.bytes(&location, MAX_INDEX_BYTES);
    match bytes.and_then(|bytes| segments(&bytes, &location)) {
        Ok(segments) => Some(Listed {
            init,
            origin,
            segments,
        }),
        Err(error) => {
            findings.add(
                (&path, &location.text()),
                "sidx",
                format!("broken: {error}"),
                "an index of media segments",
            );
            None
        }
    }
}

/// The segments an index at `location` refers to.
fn segments(bytes: &[u8], location: &Location) -> Result<Vec<AnnouncedSegment>, String> {
    let (start, end) = location.range.unwrap_or((0, 0));
    let raw = RawBox::parse(bytes, start, &Place::FILE).map_err(|error| error.to_string())?;
    let sidx = Sidx::parse(&raw, &Place::FILE).map_err(|error| error.to_string())?;
    let timescale = Timescale::new(sidx.timescale).ok_or("timescale 0")?;
    let mut at = end.saturating_add(sidx.first_offset);
    let mut ticks = i128::from(sidx.earliest_presentation_time);
    let mut segments = Vec::new();
    for reference in sidx.references.iter() {
        if reference.is_index {
            return Err("references to other indexes".into());
        }
        let next = at.saturating_add(reference.referenced_size.into());
        let duration = i128::from(reference.subsegment_duration);
        segments.push(AnnouncedSegment {
            location: Location {
                path: location.path.clone(),
                range: Some((at, next)),
            },
            start: time(ticks, timescale),
            duration: time(duration, timescale).ok_or("a duration beyond any clock")?,
        });
        at = next;
        ticks += duration;
    }
    Ok(segments)
}
