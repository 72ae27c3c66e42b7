//! Which tracks of which inputs go into the package.

use demux::{Track, WhenTruncated};
use media::{Time, Timescale, TrackKind};

use super::open::{self, Input};
use super::{Rendition, twins};
use crate::Error;
use crate::input::InputSpec;
use crate::job::Job;

/// Inputs and the tracks chosen from them.
pub(crate) struct Chosen {
    pub(crate) inputs: Vec<Input>,
    pub(crate) tracks: Vec<ChosenTrack>,
    /// Inputs that are subtitle documents.
    pub(crate) documents: Vec<InputSpec>,
    /// How much earlier the package presents everything than the inputs do.
    pub(crate) earlier: Time,
}

/// A track and the input it comes from.
pub(crate) struct ChosenTrack {
    /// Position in [`Chosen::inputs`].
    pub(crate) input: usize,
    pub(crate) track: Track,
}

impl Chosen {
    /// What was asked of the input of a track.
    pub(crate) fn spec(&self, chosen: &ChosenTrack) -> &InputSpec {
        // Every track was chosen from an input in the list.
        &self.inputs[chosen.input].spec
    }

    /// The label asked for a track. On a file with pictures and sound, a label without a kind is
    /// the name of the pictures.
    pub(crate) fn label(&self, chosen: &ChosenTrack) -> Option<&str> {
        let spec = self.spec(chosen);
        let kind = chosen.track.kind();
        let is_meant = spec.kind.is_some()
            || spec.track.is_some()
            || kind == TrackKind::Video
            || !self.inputs[chosen.input].has_video;
        spec.label.as_deref().filter(|_| is_meant)
    }

    /// The tracks of a kind, with their positions.
    pub(crate) fn of_kind(&self, kind: TrackKind) -> impl Iterator<Item = &ChosenTrack> {
        self.tracks
            .iter()
            .filter(move |chosen| chosen.track.kind() == kind)
    }
}

/// Opens all inputs and chooses their tracks.
pub(crate) fn choose(job: &Job, warnings: &mut Vec<String>) -> Result<Chosen, Error> {
    let when_truncated = match job.allow_truncated {
        true => WhenTruncated::KeepWhole,
        false => WhenTruncated::Refuse,
    };
    let mut chosen = Chosen {
        inputs: Vec::new(),
        tracks: Vec::new(),
        documents: Vec::new(),
        earlier: Timescale::MILLISECONDS.time(0),
    };
    for spec in &job.inputs {
        let before = job
            .inputs
            .iter()
            .take_while(|other| !std::ptr::eq(*other, spec));
        if before.into_iter().any(|other| other == spec) {
            warnings.push(format!("{}: given twice, packaged twice", spec.name()));
        }
        if spec.is_subtitle() {
            chosen.documents.push(spec.clone());
            continue;
        }
        let opened = open::open(spec, when_truncated)?;
        warnings.extend(opened.warnings);
        let input = chosen.inputs.len();
        let name = opened.input.name();
        chosen.inputs.push(opened.input);
        for mut track in opened.tracks {
            begin_at_sync(&name, &mut track, warnings)?;
            let candidate = ChosenTrack { input, track };
            if !is_twin(&chosen, &candidate) {
                chosen.tracks.push(candidate);
            }
        }
    }
    if chosen.tracks.is_empty() && chosen.documents.is_empty() {
        return Err(Error::Nothing(
            "no input holds a track that can be packaged".into(),
        ));
    }
    if chosen
        .tracks
        .iter()
        .all(|chosen| chosen.track.kind() == TrackKind::Text)
    {
        let why = "there are only subtitles; add the video or audio they belong to";
        return Err(Error::Nothing(why.into()));
    }
    Ok(chosen)
}

/// Whether another input holds the same sound already, and the two are not to be announced
/// differently. The files of a ladder usually do.
fn is_twin(chosen: &Chosen, candidate: &ChosenTrack) -> bool {
    if candidate.track.kind() != TrackKind::Audio {
        return false;
    }
    let announced = |track: &ChosenTrack| {
        let spec = chosen.spec(track);
        let label = chosen.label(track).map(str::to_string);
        (spec.language.clone(), label, spec.role)
    };
    let wanted = announced(candidate);
    let file = |input: usize| &chosen.inputs[input].file;
    chosen.of_kind(TrackKind::Audio).any(|other| {
        other.input != candidate.input
            && announced(other) == wanted
            && twins::are_equal(
                (&other.track, file(other.input)),
                (&candidate.track, file(candidate.input)),
            )
    })
}

/// Removes samples before the first sync sample: nothing can decode them.
pub(crate) fn begin_at_sync(
    name: &str,
    track: &mut Track,
    warnings: &mut Vec<String>,
) -> Result<(), Error> {
    let Some(first) = track.samples.iter().position(media::Sample::is_sync) else {
        return Err(Error::Track {
            input: name.into(),
            kind: track.kind().word(),
            track: track.id,
            why: format!(
                "none of its {} samples is a sync sample",
                track.samples.len()
            ),
        });
    };
    if first > 0 {
        let (kind, id) = (track.kind(), track.id);
        track.drop_before(first);
        warnings.push(format!(
            "{name}: {kind} track {id}: {first} samples before the first sync sample left out"
        ));
    }
    Ok(())
}

/// Where every track begins late (a recording that kept its own clock), moves all of them to the
/// front by the same time. A start within the first segment stays as it is.
pub(crate) fn rebase(chosen: &mut Chosen, target: Time, warnings: &mut Vec<String>) {
    let begins = chosen.tracks.iter().filter_map(|chosen| {
        let first = chosen.track.samples.first()?;
        Some(
            chosen
                .track
                .timescale
                .time(chosen.track.presentation(first)),
        )
    });
    let least = if target.ticks > 0 {
        target
    } else {
        Timescale::MILLISECONDS.time(2_000)
    };
    let Some(earliest) = begins.min().filter(|earliest| *earliest >= least) else {
        return;
    };
    for chosen in &mut chosen.tracks {
        let track = &mut chosen.track;
        let ticks = earliest.rescale(track.timescale);
        track.timeline.offset = track.timeline.offset.saturating_sub(ticks);
        track.timeline.end = track.timeline.end.map(|end| end.saturating_sub(ticks));
    }
    chosen.earlier = earliest;
    warnings.push(format!(
        "all tracks begin at {earliest} or later; that time becomes 0"
    ));
}

/// Warns of renditions that end early and of pictures without sound.
pub(crate) fn warn_of_gaps(renditions: &[Rendition], target: Time, warnings: &mut Vec<String>) {
    let has = |kind| renditions.iter().any(|rendition| rendition.kind() == kind);
    if has(TrackKind::Video) && !has(TrackKind::Audio) {
        warnings.push("there is no audio".into());
    }
    let allowed = if target.ticks > 0 {
        target.seconds()
    } else {
        2.0
    };
    for kind in [TrackKind::Video, TrackKind::Audio] {
        let of_kind = || {
            renditions
                .iter()
                .filter(|rendition| rendition.kind() == kind)
        };
        let Some(longest) = of_kind().map(Rendition::end).max() else {
            continue;
        };
        for rendition in of_kind() {
            let missing = longest.seconds() - rendition.end().seconds();
            if missing > allowed {
                warnings.push(format!(
                    "{}: ends at {}, {missing:.3} s before the longest {kind} rendition",
                    rendition.place.folder,
                    rendition.end(),
                ));
            }
        }
    }
    let extent = |kind| {
        let of_kind = || {
            renditions
                .iter()
                .filter(move |rendition| rendition.kind() == kind)
        };
        let start = of_kind().map(Rendition::start).min()?;
        Some((start, of_kind().map(Rendition::end).max()?))
    };
    let (Some(video), Some(audio)) = (extent(TrackKind::Video), extent(TrackKind::Audio)) else {
        return;
    };
    let differs = |a: Time, b: Time| (a.seconds() - b.seconds()).abs() > allowed;
    if differs(video.0, audio.0) || differs(video.1, audio.1) {
        warnings.push(format!(
            "video lasts from {} to {}, audio from {} to {}",
            video.0, video.1, audio.0, audio.1
        ));
    }
}

/// Warns of pictures that are to be turned for display.
pub(crate) fn warn_of_rotation(chosen: &Chosen, warnings: &mut Vec<String>) {
    for chosen_track in chosen.of_kind(TrackKind::Video) {
        let rotation = chosen_track.track.video().map_or(0, |video| video.rotation);
        if rotation != 0 {
            warnings.push(format!(
                "{}: is to be shown turned by {rotation} degrees, which the package says in its \
                 boxes and manifests cannot say; some players will show it unturned",
                chosen.spec(chosen_track).name()
            ));
        }
    }
}
