//! The master playlist.

use media::{Timescale, TrackKind};

use super::super::ManifestError;
use super::super::written::reference;
use super::attributes::Attributes;
use super::audio::{self, Group};
use super::keys;
use super::playlist::{self, VERSION_OF_MAPS};
use super::tracks::{self, Track};
use super::{iframe_path, media_path};
use crate::Presentation;
use crate::bandwidth::{self, Piece};
use crate::presentation::{Ratio, Rendition, VideoFacts, VideoRange};

const SUBTITLES: &str = "text";

/// The master playlist; `target` is the common target duration.
///
/// # Errors
///
/// [`ManifestError::NothingToPlay`] without video and audio.
pub(super) fn write(presentation: &Presentation, target: u64) -> Result<String, ManifestError> {
    let of_kind = |kind| presentation.of_kind(kind);
    let audio_tracks = tracks::of(of_kind(TrackKind::Audio), presentation.default_audio());
    let marked_text = of_kind(TrackKind::Text).find(|text| text.default);
    let text_tracks = tracks::of(of_kind(TrackKind::Text), marked_text);
    let groups = audio::groups(&audio_tracks);
    let texts: Vec<&Rendition> = of_kind(TrackKind::Text).collect();
    let videos: Vec<&Rendition> = of_kind(TrackKind::Video).collect();

    let mut out = format!("#EXTM3U\n#EXT-X-VERSION:{VERSION_OF_MAPS}\n");
    if is_independent(presentation) {
        out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    let session_keys = keys::of_session(presentation);
    if !session_keys.is_empty() {
        out.push('\n');
        out.push_str(&session_keys);
    }
    for group in &groups {
        out.push('\n');
        for (at, member) in &group.members {
            if let Some(track) = audio_tracks.get(*at) {
                out.push_str(&audio_line(track, group, member));
            }
        }
    }
    if !text_tracks.is_empty() {
        out.push('\n');
    }
    for track in &text_tracks {
        if let Some(text) = track.renditions.first() {
            let attributes = track.attributes(SUBTITLES);
            let uri = reference(&media_path(text));
            out.push_str(&format!(
                "#EXT-X-MEDIA:{}\n",
                attributes.quoted("URI", &uri)
            ));
        }
    }

    out.push('\n');
    for variant in variants(&videos, &groups, &audio_tracks)? {
        out.push_str(&variant.lines(&texts, target));
    }
    let mut iframes = videos
        .iter()
        .filter_map(|video| iframe_line(video, target))
        .peekable();
    if iframes.peek().is_some() {
        out.push('\n');
    }
    iframes.for_each(|line| out.push_str(&line));
    Ok(out)
}

/// Whether every sample of a segment can be decoded without other segments: RFC 8216 4.3.5.1.
/// Leading pictures of an open group can not.
fn is_independent(presentation: &Presentation) -> bool {
    let mut all = presentation.renditions.iter();
    all.all(|rendition| rendition.sap().is_some_and(|sap| sap <= 2))
}

fn audio_line(track: &Track<'_>, group: &Group<'_>, member: &Rendition) -> String {
    let channels = member.audio().map(|audio| match audio.joc_complexity {
        Some(complexity) => format!("{complexity}/JOC"),
        None => audio.channels.to_string(),
    });
    let attributes = track
        .attributes(&group.id)
        .maybe_quoted("CHANNELS", channels.as_deref())
        .quoted("URI", &reference(&media_path(member)));
    format!("#EXT-X-MEDIA:{attributes}\n")
}

/// One `EXT-X-STREAM-INF`: a video with a group of audio, or either.
struct Variant<'a> {
    /// Whose playlist it names.
    main: &'a Rendition,
    group: Option<&'a Group<'a>>,
}

/// Every video with every group; without video, the default track of every group.
fn variants<'a>(
    videos: &[&'a Rendition],
    groups: &'a [Group<'a>],
    audio_tracks: &[Track<'_>],
) -> Result<Vec<Variant<'a>>, ManifestError> {
    let default = audio_tracks
        .iter()
        .position(|track| track.is_default)
        .unwrap_or_default();
    let variants: Vec<Variant<'_>> = match (videos, groups) {
        ([], []) => return Err(ManifestError::NothingToPlay),
        ([], groups) => groups
            .iter()
            .filter_map(|group| {
                let wanted = group.members.iter().find(|(at, _)| *at == default);
                let (_, main) = wanted.or_else(|| group.members.first())?;
                Some(Variant {
                    main,
                    group: Some(group),
                })
            })
            .collect(),
        (videos, []) => videos
            .iter()
            .map(|main| Variant { main, group: None })
            .collect(),
        (videos, groups) => groups
            .iter()
            .flat_map(|group| {
                videos.iter().map(|main| Variant {
                    main,
                    group: Some(group),
                })
            })
            .collect(),
    };
    Ok(variants)
}

impl Variant<'_> {
    fn lines(&self, texts: &[&Rendition], target: u64) -> String {
        let members: Vec<&Rendition> = self
            .group
            .map(|group| group.members.iter().map(|(_, member)| *member).collect())
            .unwrap_or_default();
        let video = (self.main.kind() == TrackKind::Video).then_some(self.main);
        // What plays together, one of each: the largest of each is an upper bound of every choice.
        let sum = |rate: &dyn Fn(&[Piece], Timescale) -> u64| {
            [video.as_slice(), &members, texts]
                .into_iter()
                .map(|choices| audio::largest(choices.iter().copied(), rate))
                .fold(0u64, u64::saturating_add)
                .max(1)
        };
        let attributes = Attributes::default()
            .plain(
                "BANDWIDTH",
                sum(&|pieces, timescale| bandwidth::peak(pieces, timescale, target)),
            )
            .plain("AVERAGE-BANDWIDTH", sum(&bandwidth::average))
            .quoted("CODECS", &codecs(video, &members, texts));
        let attributes = supplemental(attributes, self.main);
        let attributes = match video.and_then(Rendition::video) {
            Some(facts) => picture(attributes, facts, WithFrameRate::Yes),
            None => attributes,
        };
        let attributes = attributes
            .maybe_quoted("AUDIO", self.group.map(|group| group.id.as_str()))
            .maybe_quoted("SUBTITLES", (!texts.is_empty()).then_some(SUBTITLES));
        let attributes = match video {
            Some(_) => attributes.plain("CLOSED-CAPTIONS", "NONE"),
            None => attributes,
        };
        format!(
            "#EXT-X-STREAM-INF:{attributes}\n{}\n",
            reference(&media_path(self.main))
        )
    }
}

/// Every codec string a player of this variant may meet, each once.
fn codecs(video: Option<&Rendition>, audio: &[&Rendition], texts: &[&Rendition]) -> String {
    let of_text = |text: &&Rendition| match text.webvtt() {
        Some(_) => "wvtt".to_string(),
        None => text.codec_string.clone(),
    };
    let mut out: Vec<String> = Vec::new();
    let media = video
        .iter()
        .chain(audio)
        .map(|rendition| rendition.codec_string.clone());
    for codec in media.chain(texts.iter().map(of_text)) {
        if !out.contains(&codec) {
            out.push(codec);
        }
    }
    out.join(",")
}

fn supplemental(attributes: Attributes, rendition: &Rendition) -> Attributes {
    let codec = rendition.supplemental_codec.as_ref();
    let value = codec.map(|codec| format!("{}/{}", codec.codec_string, codec.brand));
    attributes.maybe_quoted("SUPPLEMENTAL-CODECS", value.as_deref())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WithFrameRate {
    Yes,
    No,
}

fn picture(attributes: Attributes, video: &VideoFacts, frame_rate: WithFrameRate) -> Attributes {
    let resolution = format!("{}x{}", video.display_width(), video.height);
    let attributes = attributes.plain("RESOLUTION", resolution);
    let attributes = match video
        .frame_rate
        .filter(|_| frame_rate == WithFrameRate::Yes)
    {
        Some(rate) => attributes.plain("FRAME-RATE", thousandths(rate)),
        None => attributes,
    };
    let range = match video.range {
        VideoRange::Sdr => "SDR",
        VideoRange::Hlg => "HLG",
        VideoRange::Pq => "PQ",
    };
    attributes.plain("VIDEO-RANGE", range)
}

/// A rate with three decimals, rounded to the nearest.
fn thousandths(rate: Ratio) -> String {
    let denominator = u64::from(rate.denominator.max(1));
    let rounded = (u64::from(rate.numerator) * 2_000 + denominator) / (2 * denominator);
    format!("{}.{:03}", rounded / 1_000, rounded % 1_000)
}

fn iframe_line(video: &Rendition, target: u64) -> Option<String> {
    let pieces = playlist::iframe_pieces(video)?;
    let attributes = Attributes::default()
        .plain(
            "BANDWIDTH",
            bandwidth::peak(&pieces, video.timescale, target).max(1),
        )
        .plain(
            "AVERAGE-BANDWIDTH",
            bandwidth::average(&pieces, video.timescale).max(1),
        )
        .quoted("CODECS", &video.codec_string);
    let attributes = supplemental(attributes, video);
    let attributes = match video.video() {
        Some(facts) => picture(attributes, facts, WithFrameRate::No),
        None => attributes,
    };
    let attributes = attributes.quoted("URI", &reference(&iframe_path(video)));
    Some(format!("#EXT-X-I-FRAME-STREAM-INF:{attributes}\n"))
}
