//! What of the beginning stays clear.

use media::{Time, TrackKind};

use super::Rendition;
use crate::Error;
use crate::job::JobError;

/// How many segments of each rendition a clear lead covers: whole ones, at least as long.
/// `is_encrypted` tells of the positions of renditions; `boundaries` are the starts of all segments but
/// the first, where renditions share them.
///
/// # Errors
/// A lead that leaves nothing to encrypt.
pub(super) fn segments(
    lead: Time,
    renditions: &[Rendition],
    boundaries: Option<&[Time]>,
    is_encrypted: &dyn Fn(usize) -> bool,
    warnings: &mut Vec<String>,
) -> Result<Vec<usize>, Error> {
    if lead.ticks == 0 {
        return Ok(vec![0; renditions.len()]);
    }
    // Video decides where segments begin, and the n-th of all renditions belong together.
    let common = boundaries.map(|boundaries| {
        let before = boundaries.iter().filter(|boundary| **boundary < lead);
        before.count() + 1
    });
    let count = |rendition: &Rendition| {
        common.unwrap_or_else(|| {
            let starts = rendition.segments.iter().map(|segment| segment.start);
            let timescale = rendition.track.timescale;
            starts.filter(|start| timescale.time(*start) < lead).count()
        })
    };
    let counts: Vec<usize> = renditions.iter().map(count).collect();
    // Of what is to be encrypted: sound that stays clear anyway must not hide video that does.
    let encrypted = || {
        let each = renditions.iter().zip(&counts).enumerate();
        each.filter(|(at, _)| is_encrypted(*at))
            .map(|(_, each)| each)
    };
    let has_video = encrypted().any(|(rendition, _)| rendition.kind() == TrackKind::Video);
    let counts_most = |rendition: &Rendition| !has_video || rendition.kind() == TrackKind::Video;
    let is_whole = |rendition: &Rendition, count: &usize| rendition.segments.len() <= *count;
    for (rendition, _) in encrypted().filter(|(rendition, count)| is_whole(rendition, count)) {
        let (kind, label) = (rendition.kind(), &rendition.place.label);
        warnings.push(format!(
            "clear_lead: {kind} {label} ends within it, and stays clear"
        ));
    }
    let mut main = encrypted().filter(|(rendition, _)| counts_most(rendition));
    if main.all(|(rendition, count)| is_whole(rendition, count)) {
        let last = encrypted().filter_map(|(rendition, _)| {
            let segment = rendition
                .segments
                .last()
                .filter(|_| counts_most(rendition))?;
            Some(rendition.track.timescale.time(segment.start))
        });
        let last = last
            .max()
            .map_or(String::new(), |last| format!(", which is at {last}"));
        let expected = format!("at most the beginning of the last segment{last}");
        return Err(JobError::value("clear_lead", lead, expected).into());
    }
    let mut ends: Vec<Time> = Vec::new();
    for (rendition, count) in renditions.iter().zip(&counts) {
        let segment = rendition.segments.get(*count);
        let start = segment.map(|segment| rendition.track.timescale.time(segment.start));
        if let (TrackKind::Video, Some(start)) = (rendition.kind(), start) {
            ends.push(start);
        }
    }
    let first = renditions
        .first()
        .zip(counts.first())
        .and_then(|(rendition, count)| {
            let segment = rendition.segments.get(*count)?;
            Some(rendition.track.timescale.time(segment.start))
        });
    let end = ends.into_iter().max().or(first);
    if let Some(end) = end.filter(|end| *end != lead) {
        warnings.push(format!(
            "clear_lead: {lead} is not at the end of a segment; the first {end} stay clear"
        ));
    }
    Ok(counts)
}
