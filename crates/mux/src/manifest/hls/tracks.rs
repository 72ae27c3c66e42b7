//! Renditions as a menu lists them.

use std::collections::HashSet;

use media::TrackKind;

use super::attributes::Attributes;
use crate::presentation::{Rendition, Role};

/// One line of a menu: a track, in whatever qualities it comes.
pub(super) struct Track<'a> {
    /// Unique among the tracks of its kind.
    pub(super) name: String,
    /// Never empty.
    pub(super) renditions: Vec<&'a Rendition>,
    pub(super) is_default: bool,
    /// Whether a player may choose it by itself.
    pub(super) autoselect: bool,
}

/// The tracks in order, `default` (if any) marked.
pub(super) fn of<'a>(
    renditions: impl Iterator<Item = &'a Rendition>,
    default: Option<&Rendition>,
) -> Vec<Track<'a>> {
    let mut tracks: Vec<Track<'a>> = Vec::new();
    let mut names = HashSet::new();
    for rendition in renditions {
        let same = tracks.iter_mut().find(|track| track.is(rendition));
        match same {
            Some(track) => track.renditions.push(rendition),
            None => tracks.push(Track {
                name: unique(name(rendition), &mut names),
                renditions: vec![rendition],
                is_default: default.is_some_and(|default| default.is_same_track(rendition)),
                autoselect: false,
            }),
        }
    }
    mark_autoselect(&mut tracks);
    tracks
}

impl Track<'_> {
    fn first(&self) -> Option<&Rendition> {
        self.renditions.first().copied()
    }

    fn is(&self, rendition: &Rendition) -> bool {
        self.first()
            .is_some_and(|first| first.is_same_track(rendition))
    }

    /// The attributes that all qualities of the track share, in every group: RFC 8216 4.3.4.1.1.
    pub(super) fn attributes(&self, group: &str) -> Attributes {
        let yes = |yes: bool| if yes { "YES" } else { "NO" };
        let first = self.first();
        let kind = first.map_or(TrackKind::Text, Rendition::kind);
        let language = first.map(|first| &first.language);
        let language = language.filter(|language| !language.is_undetermined());
        let attributes = Attributes::default()
            .plain(
                "TYPE",
                if kind == TrackKind::Audio {
                    "AUDIO"
                } else {
                    "SUBTITLES"
                },
            )
            .quoted("GROUP-ID", group)
            .quoted("NAME", &self.name)
            .maybe_quoted("LANGUAGE", language.map(|language| language.tag()))
            .plain("DEFAULT", yes(self.is_default))
            .plain("AUTOSELECT", yes(self.autoselect));
        let attributes = match first.is_some_and(is_forced) {
            true => attributes.plain("FORCED", "YES"),
            false => attributes,
        };
        attributes.maybe_quoted("CHARACTERISTICS", first.and_then(characteristics))
    }
}

/// Of tracks that a player cannot tell apart by language, `FORCED` and characteristics, only one
/// may be chosen without asking: the default, or the first. A commentary never is.
fn mark_autoselect(tracks: &mut [Track<'_>]) {
    let mut taken = HashSet::new();
    let (mut defaults, mut others): (Vec<_>, Vec<_>) =
        tracks.iter_mut().partition(|track| track.is_default);
    for track in defaults.iter_mut().chain(&mut others) {
        let Some(first) = track.first() else { continue };
        let told_by = (
            first.language.clone(),
            is_forced(first),
            characteristics(first),
        );
        let is_commentary = first.has_role(Role::Commentary) && !track.is_default;
        track.autoselect = !is_commentary && taken.insert(told_by);
    }
}

fn is_forced(rendition: &Rendition) -> bool {
    rendition.kind() == TrackKind::Text && rendition.has_role(Role::ForcedSubtitle)
}

fn characteristics(rendition: &Rendition) -> Option<&'static str> {
    match rendition.kind() {
        TrackKind::Audio if rendition.has_role(Role::Description) => {
            Some("public.accessibility.describes-video")
        }
        TrackKind::Text if rendition.has_role(Role::Caption) => Some(
            "public.accessibility.transcribes-spoken-dialog,\
             public.accessibility.describes-music-and-sound",
        ),
        TrackKind::Video | TrackKind::Audio | TrackKind::Text => None,
    }
}

/// The name people gave it, or its language and what sets it apart.
fn name(rendition: &Rendition) -> String {
    if let Some(name) = &rendition.name {
        return name.clone();
    }
    let language = match rendition.language.is_undetermined() {
        true => rendition.kind().word(),
        false => rendition.language.tag(),
    };
    let told = rendition.roles.iter().find_map(|role| match role {
        Role::Main | Role::Subtitle => None,
        Role::Alternate => Some("alternate"),
        Role::Commentary => Some("commentary"),
        Role::Dub => Some("dub"),
        Role::Description => Some("description"),
        Role::Caption => Some("captions"),
        Role::ForcedSubtitle => Some("forced"),
    });
    match told {
        Some(told) => format!("{language} ({told})"),
        None => language.into(),
    }
}

fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.clone();
    let mut count = 1u32;
    while !taken.insert(candidate.clone()) {
        count = count.saturating_add(1);
        candidate = format!("{name} {count}");
    }
    candidate
}
