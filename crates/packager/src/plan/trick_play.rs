//! A rendition of sync samples only, for fast forward and rewind.

use demux::Track;
use media::cut;
use media::{Sample, Time, TrackKind};

use super::label::Folders;
use super::{Mapping, Rendition};
use crate::Error;

/// The sync samples of the smallest video rendition, each shown until the next, cut at the same
/// boundaries; `None` without video. One is enough: nobody reads fine print while skipping.
pub(crate) fn plan(
    renditions: &[Rendition],
    boundaries: &[Time],
    folders: &mut Folders,
) -> Result<Option<Rendition>, Error> {
    let video = renditions
        .iter()
        .filter(|rendition| rendition.kind() == TrackKind::Video);
    let Some(source) = video.min_by_key(|rendition| rendition.track.bytes()) else {
        return Ok(None);
    };
    let track = sync_only(&source.track);
    let place = folders.place(
        TrackKind::Video,
        &track.codec_string,
        &format!("{}-trick", source.place.label),
    );
    let segments = cut::cut_at_sync(&track.to_cut(), boundaries);
    Ok(Some(Rendition {
        input: source.input,
        place,
        mapping: Mapping::new(&track),
        segments,
        // Nothing leads any more.
        saps: source.saps.iter().map(|sap| u8::from(*sap > 0)).collect(),
        events: super::events::Events::default(),
        language: source.language.clone(),
        name: source.name.clone(),
        roles: source.roles.clone(),
        default: false,
        content: source.content,
        trick_play_of: Some(source.place.id.clone()),
        track,
    }))
}

/// The track without its other samples. Nothing is reordered any more, so every sample is decoded
/// when it is presented.
fn sync_only(track: &Track) -> Track {
    let end = track.to_cut().end().saturating_sub(track.timeline.offset);
    let mut out = Track {
        samples: Vec::new(),
        entry_runs: Vec::new(),
        ..track.clone()
    };
    let sync = track
        .samples
        .iter()
        .enumerate()
        .filter(|(_, sample)| sample.is_sync());
    for (at, sample) in sync {
        // Joined recordings have been seen in which time steps back; what is shown last counts.
        let earlier = out.samples.partition_point(|kept| kept.dts < sample.pts());
        out.samples.truncate(earlier);
        out.entry_runs.retain(|run| run.first_sample < earlier);
        let run = track.entry_runs.iter().rfind(|run| run.first_sample <= at);
        if let Some(run) = run.filter(|run| {
            out.entry_runs
                .last()
                .is_none_or(|last| last.entry != run.entry)
        }) {
            let first_sample = out.samples.len();
            out.entry_runs.push(demux::EntryRun {
                first_sample,
                entry: run.entry,
            });
        }
        out.samples.push(Sample {
            dts: sample.pts(),
            composition_offset: 0,
            ..*sample
        });
    }
    let starts: Vec<i64> = out.samples.iter().map(|sample| sample.dts).collect();
    for (at, sample) in out.samples.iter_mut().enumerate() {
        let until = starts.get(at + 1).copied().unwrap_or(end);
        sample.duration = u32::try_from(until.saturating_sub(sample.dts)).unwrap_or(0);
    }
    out
}
