//! From facts to the model.

use media::TrackKind;

use super::super::written::{microseconds, xs_duration};
use super::descriptors;
use super::model::{AdaptationSet, Alignment, Mpd, Representation, Segments};
use super::protection;
use super::segments;
use super::sets::{self, Set};
use crate::Presentation;
use crate::bandwidth;
use crate::presentation::{
    BandwidthPolicy, Descriptor, Ratio, Rendition, Scan, Storage, VideoFacts,
};

const LIVE: &str = "urn:mpeg:dash:profile:isoff-live:2011";
const ON_DEMAND: &str = "urn:mpeg:dash:profile:isoff-on-demand:2011";

/// `@bandwidth` is an `xs:unsignedInt`.
const LARGEST_BANDWIDTH: u64 = u32::MAX as u64;

/// `@selectionPriority` of what a player should choose; 1 is everybody's.
const PREFERRED: u32 = 2;

/// The whole MPD. Sets are numbered from 1 in order.
pub(super) fn mpd(presentation: &Presentation) -> Mpd<'_> {
    let sets = sets::of(presentation);
    let single = |rendition: &Rendition| matches!(rendition.storage, Storage::SingleFile { .. });
    let longest = presentation.renditions.iter().flat_map(|rendition| {
        let longest = rendition
            .segments
            .iter()
            .map(|segment| segment.duration)
            .max()?;
        Some(microseconds(longest, rendition.timescale))
    });
    Mpd {
        profiles: if presentation.renditions.iter().any(single) {
            ON_DEMAND
        } else {
            LIVE
        },
        media_presentation_duration: time(presentation.duration),
        max_segment_duration: longest.max().map(xs_duration),
        min_buffer_time: time(presentation.min_buffer_time),
        adaptation_sets: (0..sets.len())
            .filter_map(|place| adaptation_set(presentation, &sets, place))
            .collect(),
    }
}

fn time(time: media::Time) -> String {
    xs_duration(microseconds(
        u64::try_from(time.ticks).unwrap_or_default(),
        time.timescale,
    ))
}

fn adaptation_set<'a>(
    presentation: &'a Presentation,
    sets: &[Set<'a>],
    place: usize,
) -> Option<AdaptationSet<'a>> {
    let set = sets.get(place)?;
    let first = set.first()?;
    let mut representations: Vec<Representation> = set
        .renditions
        .iter()
        .map(|rendition| representation(presentation, rendition))
        .collect();
    let segment_template = share_template(&mut representations);
    let events = share_events(&mut representations);
    let trick_play = first.trick_play.as_ref();
    let rates = set
        .renditions
        .iter()
        .filter_map(|rendition| rendition.trick_play.as_ref());
    let switchable: Vec<usize> = (0..sets.len())
        .filter(|other| *other != place)
        .filter(|other| {
            sets.get(*other)
                .is_some_and(|other| sets::may_be_switched(set, other))
        })
        .map(|other| other + 1)
        .collect();
    let colour = first.video().and_then(descriptors::notable_colour);
    let videos = || {
        set.renditions
            .iter()
            .filter_map(|rendition| rendition.video())
    };
    Some(AdaptationSet {
        id: place + 1,
        content_type: first.kind().word(),
        mime_type: match first.kind() {
            TrackKind::Video => "video/mp4",
            TrackKind::Audio => "audio/mp4",
            TrackKind::Text => "application/mp4",
        },
        lang: (!first.language.is_undetermined()).then(|| first.language.tag().into()),
        par: picture_aspect_ratio(videos()).map(|par| ratio(par, ':')),
        max_width: videos().map(|video| video.width).max(),
        max_height: videos().map(|video| video.height).max(),
        max_frame_rate: highest(videos()).map(frame_rate),
        alignment: match (&first.storage, set.is_aligned()) {
            (_, false) => Alignment::None,
            (Storage::Segments { .. }, true) => Alignment::Segments,
            (Storage::SingleFile { .. }, true) => Alignment::Subsegments,
        },
        starts_with_sap: starts_with_sap(set),
        max_playout_rate: rates.map(|trick_play| trick_play.max_playout_rate).min(),
        selection_priority: is_preferred(presentation, set).then_some(PREFERRED),
        content_protection: first
            .protection
            .as_ref()
            .map(protection::elements)
            .unwrap_or_default(),
        essential: trick_play
            .and(set.trick_play_of)
            .map(|main| descriptors::trick_play(main + 1))
            .into_iter()
            .collect(),
        supplemental: colour
            .map(descriptors::colour)
            .unwrap_or_default()
            .into_iter()
            .chain(descriptors::switching(&switchable))
            .collect(),
        events,
        label: first.name.clone(),
        accessibility: descriptors::accessibility(first),
        roles: descriptors::roles(first, presentation.default_audio()),
        segment_template,
        representations,
    })
}

/// `@startWithSAP`: every segment of every representation starts with a SAP of this type or a lower
/// one.
fn starts_with_sap(set: &Set<'_>) -> Option<u8> {
    let saps = || set.renditions.iter().map(|rendition| rendition.sap());
    saps()
        .max()
        .flatten()
        .filter(|_| saps().all(|sap| sap.is_some()))
}

/// Whether the set is the one of several to begin with: audio that is the default, text that is
/// marked as such.
fn is_preferred(presentation: &Presentation, set: &Set<'_>) -> bool {
    let Some(first) = set.first() else {
        return false;
    };
    match first.kind() {
        TrackKind::Video => false,
        TrackKind::Audio => {
            let default = presentation.default_audio();
            let alone = presentation
                .of_kind(TrackKind::Audio)
                .all(|audio| audio.is_same_track(first));
            !alone && default.is_some_and(|default| default.is_same_track(first))
        }
        TrackKind::Text => set.renditions.iter().any(|text| text.default),
    }
}

/// Moves the events to the set where all representations have the same.
fn share_events(representations: &mut [Representation]) -> Vec<Descriptor> {
    let shared = common(representations.iter().map(|item| item.events.clone()));
    let Some(shared) = shared else {
        return Vec::new();
    };
    for representation in representations {
        representation.events.clear();
    }
    shared
}

/// Moves the template to the set where all representations have the same.
fn share_template(representations: &mut [Representation]) -> Option<super::model::SegmentTemplate> {
    let template = |representation: &Representation| match &representation.segments {
        Segments::Template(template) => Some(template.clone()),
        Segments::Shared | Segments::Base { .. } => None,
    };
    let shared = common(representations.iter().map(template)).flatten()?;
    for representation in representations {
        representation.segments = Segments::Shared;
    }
    Some(shared)
}

fn representation(presentation: &Presentation, rendition: &Rendition) -> Representation {
    let (base_url, segments) = segments::of(rendition, presentation.addressing);
    let pieces = rendition.pieces();
    let bandwidth = match presentation.bandwidth {
        BandwidthPolicy::MinBuffer => rendition.continuous_rate.unwrap_or_else(|| {
            bandwidth::min_buffer(&pieces, rendition.timescale, presentation.min_buffer_time)
        }),
        BandwidthPolicy::Average => bandwidth::average(&pieces, rendition.timescale),
    };
    let supplemental_codec = rendition.supplemental_codec.as_ref();
    let video = rendition.video();
    let audio = rendition.audio();
    Representation {
        id: rendition.id.clone(),
        bandwidth: bandwidth.clamp(1, LARGEST_BANDWIDTH),
        codecs: rendition.codec_string.clone(),
        supplemental_codecs: supplemental_codec
            .map(|codec| (codec.codec_string.clone(), codec.brand.clone())),
        width: video.map(|video| video.width),
        height: video.map(|video| video.height),
        sar: video.map(|video| ratio(reduced(video.sample_aspect_ratio), ':')),
        frame_rate: video.and_then(|video| video.frame_rate).map(frame_rate),
        scan_type: video.map(|video| match video.scan {
            Scan::Progressive => "progressive",
            Scan::Interlaced => "interlaced",
        }),
        audio_sampling_rate: audio.map(|audio| audio.sampling_rate),
        audio_channel_configuration: audio.and_then(descriptors::channels),
        supplemental: audio
            .map(descriptors::joint_object_coding)
            .unwrap_or_default(),
        events: rendition.events.clone(),
        base_url,
        segments,
    }
}

/// The value all have; `None` where they differ or there are none.
fn common<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// Widths of a ladder are rounded to even numbers (854 x 480 for 16:9), so the ratio of the
/// largest picture is the ratio of all that are as wide as it says, give or take this.
const ROUNDED_BY: u64 = 2;

/// `@par`: the picture aspect ratio all pictures share.
fn picture_aspect_ratio<'a>(videos: impl Iterator<Item = &'a VideoFacts> + Clone) -> Option<Ratio> {
    let samples = |video: &&VideoFacts| u64::from(video.width) * u64::from(video.height);
    let largest = videos.clone().max_by_key(samples)?;
    let ratio = Ratio::reduced(
        u64::from(largest.width) * u64::from(largest.sample_aspect_ratio.numerator),
        u64::from(largest.height) * u64::from(largest.sample_aspect_ratio.denominator),
    )?;
    let agrees = |video: &VideoFacts| {
        let expected = u64::from(video.height) * u64::from(ratio.numerator);
        let expected = expected / u64::from(ratio.denominator);
        u64::from(video.display_width()).abs_diff(expected) <= ROUNDED_BY
    };
    videos.clone().all(agrees).then_some(ratio)
}

fn highest<'a>(videos: impl Iterator<Item = &'a VideoFacts>) -> Option<Ratio> {
    let cross = |a: &Ratio, b: &Ratio| u64::from(a.numerator) * u64::from(b.denominator);
    videos
        .filter_map(|video| video.frame_rate)
        .max_by(|a, b| cross(a, b).cmp(&cross(b, a)))
}

fn reduced(ratio: Ratio) -> Ratio {
    Ratio::reduced(ratio.numerator.into(), ratio.denominator.into()).unwrap_or(Ratio::ONE)
}

fn ratio(ratio: Ratio, between: char) -> String {
    format!("{}{between}{}", ratio.numerator, ratio.denominator)
}

/// `25`, or `30000/1001`.
fn frame_rate(rate: Ratio) -> String {
    match reduced(rate) {
        Ratio {
            numerator,
            denominator: 1,
        } => numerator.to_string(),
        rate => ratio(rate, '/'),
    }
}
