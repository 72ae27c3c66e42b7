//! What of a plan is marked.

use std::collections::BTreeMap;

use media::TrackKind;

use super::{Input, Rendition};
use crate::Error;
use crate::job::{Job, VariantLayout};
use crate::marking::{Marker, Streams, too_few};

/// What marks the segments of a plan.
#[derive(Debug)]
pub(crate) struct Marking {
    pub(crate) marker: Marker,
    pub(crate) layout: VariantLayout,
    /// The parameter sets of the renditions that are marked, by their position.
    pub(crate) streams: BTreeMap<usize, Streams>,
}

/// What a job marks; `None` where it marks nothing.
///
/// # Errors
/// Video that cannot be marked, by track and feature.
pub(super) fn plan(
    job: &Job,
    inputs: &[Input],
    renditions: &[Rendition],
    warnings: &mut Vec<String>,
) -> Result<Option<Marking>, Error> {
    let (Some(watermark), Some(id)) = (&job.watermark, &job.content_id) else {
        return Ok(None);
    };
    let mut streams = BTreeMap::new();
    for (at, rendition) in renditions.iter().enumerate() {
        if rendition.kind() != TrackKind::Video {
            continue;
        }
        let input = inputs.get(rendition.input).map(Input::name);
        let name = input.unwrap_or_default();
        streams.insert(at, Streams::of(&name, &rendition.track)?);
        let open = rendition.saps.iter().filter(|sap| **sap == 3).count();
        if open > 0 {
            let (id, all) = (rendition.track.id, rendition.saps.len());
            warnings.push(format!(
                "{name}: video track {id}: {open} of {all} segments begin with an open group of \
                 pictures; their leading pictures mix the marks of two segments"
            ));
        }
    }
    if streams.is_empty() {
        return Err(Error::NothingToMark);
    }
    let marked = streams.keys().filter_map(|at| renditions.get(*at));
    let positions = marked.map(|rendition| rendition.segments.len()).max();
    warnings.extend(too_few(positions.unwrap_or(0)));
    Ok(Some(Marking {
        marker: Marker::new(watermark.key.content(id), watermark.strength),
        layout: watermark.layout,
        streams,
    }))
}
