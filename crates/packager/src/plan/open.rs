//! Opening inputs and choosing their tracks.

use std::fs::File;
use std::time::SystemTime;

use demux::{Limits, Movie, Track, Truncation, Unusable, WhenTruncated, WhyUnusable};
use media::TrackKind;

use crate::Error;
use crate::input::InputSpec;

/// An input, open for as long as the plan lives, so that nothing can be put in its place.
#[derive(Debug)]
pub(crate) struct Input {
    /// What was asked of it.
    pub(crate) spec: InputSpec,
    /// The file.
    pub(crate) file: File,
    /// Length and time of last change when it was opened.
    pub(crate) identity: Identity,
    /// Whether pictures were chosen from it.
    pub(crate) has_video: bool,
    /// `emsg` and `prft` boxes.
    pub(crate) events: Vec<demux::Event>,
}

/// What tells whether a file is still what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) len: u64,
    pub(crate) modified: Option<SystemTime>,
}

impl Identity {
    pub(crate) fn of(file: &File) -> std::io::Result<Identity> {
        let metadata = file.metadata()?;
        Ok(Identity {
            len: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

impl Input {
    /// The file as it was named.
    pub(crate) fn name(&self) -> String {
        self.spec.name()
    }

    /// Fails where the file is no longer what it was when it was opened.
    pub(crate) fn check_unchanged(&self) -> Result<(), Error> {
        let now = Identity::of(&self.file).map_err(|source| Error::Input {
            input: self.name(),
            source,
        })?;
        if now == self.identity {
            return Ok(());
        }
        let what = if now.len == self.identity.len {
            "it was written to".to_string()
        } else {
            format!("it had {} bytes and has {}", self.identity.len, now.len)
        };
        Err(Error::Changed {
            input: self.name(),
            what,
        })
    }
}

/// What opening an input gave.
pub(crate) struct Opened {
    pub(crate) input: Input,
    /// The tracks chosen, in the file's order.
    pub(crate) tracks: Vec<Track>,
    pub(crate) warnings: Vec<String>,
}

/// Opens an input and takes the tracks its options ask for.
///
/// # Errors
/// Unreadable files, movies that cannot be packaged, tracks asked for that are not there or cannot
/// be packaged, and picture or sound in a codec that is not carried unless other tracks were asked
/// for.
pub(crate) fn open(spec: &InputSpec, when_truncated: WhenTruncated) -> Result<Opened, Error> {
    let name = spec.name();
    let failed = |source| Error::Input {
        input: name.clone(),
        source,
    };
    let file = File::open(&spec.path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        let what = "is no regular file, which is needed to read it by position";
        let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, what);
        return Err(Error::Input {
            input: name,
            source,
        });
    }
    let identity = Identity::of(&file).map_err(failed)?;
    let movie =
        Movie::read(&file, &Limits::default(), when_truncated).map_err(|source| Error::Movie {
            input: name.clone(),
            source,
        })?;
    let mut warnings: Vec<String> = movie
        .warnings
        .iter()
        .map(|warning| format!("{name}: {warning}"))
        .collect();
    if let Some(Truncation { what, whole }) = &movie.truncated {
        warnings.push(format!("{name}: truncated: {what}; packaging {whole}"));
    }
    let found = describe(&movie);
    let has_video = movie
        .tracks
        .iter()
        .any(|track| track.kind() == TrackKind::Video);
    for unusable in &movie.unusable {
        if let Some(warning) = judge(spec, unusable, has_video)? {
            warnings.push(warning);
        }
    }
    let mut tracks = movie.tracks;
    tracks.retain(|track| {
        let asked = wanted(spec, track.id, Some(track.kind()));
        // A disabled text track is not for showing (chapter names are kept in one), unless it is
        // asked for by number. Disabled sound is an alternative language in QuickTime files.
        let hidden =
            track.kind() == TrackKind::Text && !track.enabled && spec.track != Some(track.id);
        if asked && hidden {
            warnings.push(format!(
                "{name}: text track {} is disabled and left out; #track={} takes it",
                track.id, track.id
            ));
        }
        asked && !hidden
    });
    if tracks.is_empty() {
        return Err(nothing(spec, found));
    }
    let events = movie.events;
    let has_video = tracks.iter().any(|track| track.kind() == TrackKind::Video);
    let input = Input {
        spec: spec.clone(),
        file,
        identity,
        has_video,
        events,
    };
    Ok(Opened {
        input,
        tracks,
        warnings,
    })
}

fn wanted(spec: &InputSpec, id: u32, kind: Option<TrackKind>) -> bool {
    let by_track = spec.track.is_none_or(|track| track == id);
    let by_kind = spec.kind.is_none_or(|wanted| kind == Some(wanted));
    by_track && by_kind
}

/// Whether a track that cannot be packaged fails the job, or is worth a warning, or neither.
fn judge(spec: &InputSpec, unusable: &Unusable, has_video: bool) -> Result<Option<String>, Error> {
    if !wanted(spec, unusable.id, unusable.kind) {
        return Ok(None);
    }
    let kind = unusable.kind.map_or("other", TrackKind::word);
    let by_number = spec.track == Some(unusable.id);
    let still_picture = matches!(&unusable.why, WhyUnusable::Codec(name)
        if ["jpeg", "mjpa", "mjpb", "png "].contains(&name.as_str()));
    let fatal = by_number
        || match (&unusable.why, unusable.kind) {
            (WhyUnusable::Encrypted { .. } | WhyUnusable::External { .. }, _) => true,
            // A cover or a chapter picture beside the film.
            (WhyUnusable::Codec(_), Some(TrackKind::Video)) => !(still_picture && has_video),
            (WhyUnusable::Codec(_), Some(TrackKind::Audio)) => true,
            (WhyUnusable::Codec(_), Some(TrackKind::Text) | None) => false,
            (WhyUnusable::Empty | WhyUnusable::NotMedia { .. }, _) => false,
            (_, _) => true,
        };
    let (input, track, why) = (spec.name(), unusable.id, unusable.why.to_string());
    if fatal {
        return Err(Error::Track {
            input,
            kind,
            track,
            why,
        });
    }
    Ok(Some(format!(
        "{input}: {kind} track {track} left out: {why}"
    )))
}

/// The tracks of a movie in a few words.
fn describe(movie: &Movie) -> String {
    let usable = movie.tracks.iter().map(|track| {
        format!(
            "{} track {} ({}, {})",
            track.kind(),
            track.id,
            track.codec,
            track.language
        )
    });
    let unusable = movie.unusable.iter().map(|track| {
        let kind = track.kind.map_or("other", TrackKind::word);
        format!("{kind} track {} ({})", track.id, track.why)
    });
    let all: Vec<String> = usable.chain(unusable).collect();
    if all.is_empty() {
        "no tracks".into()
    } else {
        all.join(", ")
    }
}

fn nothing(spec: &InputSpec, found: String) -> Error {
    let wanted = match (spec.track, spec.kind) {
        (Some(track), Some(kind)) => format!("{kind} track {track}"),
        (Some(track), None) => format!("track {track}"),
        (None, Some(kind)) => format!("{kind} track that can be packaged"),
        (None, None) => {
            // Nothing in particular was asked for, so the file is at fault.
            let (input, why) = (spec.name(), format!("holds no track with samples: {found}"));
            return Error::Nothing(format!("{input} {why}"));
        }
    };
    Error::NothingSelected {
        input: spec.name(),
        wanted,
        found,
    }
}
