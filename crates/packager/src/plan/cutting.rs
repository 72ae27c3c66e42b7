//! Segments of all tracks from the boundaries that video decides.

use media::cut::{self, Boundaries, CutTrack, Misaligned};
use media::{Segment, Time, TrackKind};

use super::selection::{Chosen, ChosenTrack};
use crate::Error;
use crate::job::Job;

/// Where everything is cut.
pub(crate) struct Cut {
    /// Start times of all segments but the first.
    pub(crate) boundaries: Vec<Time>,
    /// Where subtitles are cut.
    pub(crate) text_edges: Vec<Time>,
    /// Whether all video renditions are cut at the same times.
    pub(crate) is_aligned: bool,
    /// Segments of each chosen track, in the order of the tracks; empty for text.
    pub(crate) segments: Vec<Vec<Segment>>,
}

/// Cuts all tracks.
pub(crate) fn cut(
    job: &Job,
    target: Time,
    chosen: &mut Chosen,
    warnings: &mut Vec<String>,
) -> Result<Cut, Error> {
    let video: Vec<&ChosenTrack> = chosen.of_kind(TrackKind::Video).collect();
    let tracks: Vec<CutTrack<'_>> = video.iter().map(|chosen| chosen.track.to_cut()).collect();
    let shared = match cut::common_boundaries(&tracks, target) {
        Ok(shared) => Some(shared),
        Err(misaligned) if job.allow_misaligned => {
            let error = name(chosen, &video, &misaligned);
            warnings.push(format!("{error}; each rendition is cut on its own"));
            None
        }
        Err(misaligned) => return Err(name(chosen, &video, &misaligned)),
    };
    let of_first = || cut::common_boundaries(tracks.get(..1).unwrap_or_default(), target);
    let leading = match &shared {
        Some(shared) => shared.clone(),
        None => of_first().unwrap_or_default(),
    };
    if let Some(longest) = leading.longest_group.filter(|_| target.ticks > 0) {
        warnings.push(format!(
            "a group of pictures lasts {longest}, so segments are longer than the {target} asked for"
        ));
    }
    // Without video, audio is cut by the duration, every track on its own frames.
    let own_steps = if target.ticks > 0 {
        target
    } else {
        cut::DEFAULT_DURATION
    };
    let mut segments = Vec::with_capacity(chosen.tracks.len());
    for chosen in &chosen.tracks {
        let track = chosen.track.to_cut();
        segments.push(match chosen.track.kind() {
            TrackKind::Video => match &shared {
                Some(shared) => cut::cut_at_sync(&track, &shared.times),
                None => {
                    let alone: Boundaries =
                        cut::common_boundaries(&[track], target).unwrap_or_default();
                    cut::cut_at_sync(&track, &alone.times)
                }
            },
            TrackKind::Audio => cut::cut_at_nearest(&track, &leading, own_steps),
            TrackKind::Text => Vec::new(),
        });
    }
    let ends = chosen
        .tracks
        .iter()
        .filter(|chosen| chosen.track.kind() != TrackKind::Text)
        .map(|chosen| chosen.track.timescale.time(chosen.track.to_cut().end()));
    let text_edges = match ends.max() {
        Some(end) => leading.followed(own_steps, end),
        None => Vec::new(),
    };
    // Without video, the boundaries are those of the first audio.
    let boundaries = match video.is_empty() {
        false => leading.times,
        true => text_edges.clone(),
    };
    Ok(Cut {
        boundaries,
        text_edges,
        is_aligned: shared.is_some(),
        segments,
    })
}

/// The error with the inputs' names.
fn name(chosen: &Chosen, video: &[&ChosenTrack], misaligned: &Misaligned) -> Error {
    let names = |positions: &[usize]| {
        let named = positions.iter().filter_map(|at| video.get(*at));
        let mut names: Vec<String> = named
            .map(|track| chosen.inputs[track.input].name())
            .collect();
        names.dedup();
        names
    };
    let with = names(&misaligned.with);
    let verb = if with.len() == 1 { "has" } else { "have" };
    Error::Misaligned {
        without: list(&names(&misaligned.without)),
        with: format!("{} {verb}", list(&with)),
        time: misaligned.time,
    }
}

/// `a`, `a and b`, `a, b and c`.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
