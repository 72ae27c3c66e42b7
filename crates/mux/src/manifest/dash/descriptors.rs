//! Facts as properties named by URIs.

use crate::presentation::{
    AudioFacts, ChannelConfiguration, Colour, Descriptor, Rendition, Role, VideoFacts, VideoRange,
};
use media::TrackKind;

const ROLE: &str = "urn:mpeg:dash:role:2011";
const AUDIO_PURPOSE: &str = "urn:tva:metadata:cs:AudioPurposeCS:2007";

/// `Role`: what the rendition is for. Where nobody said, text is `subtitle`, and of audio the
/// default track is `main` and others are `alternate`, which is how some players find the default.
pub(super) fn roles(rendition: &Rendition, default_audio: Option<&Rendition>) -> Vec<Descriptor> {
    let unsaid = match rendition.kind() {
        TrackKind::Video => Role::Main,
        TrackKind::Audio if default_audio.is_some_and(|main| main.is_same_track(rendition)) => {
            Role::Main
        }
        TrackKind::Audio => Role::Alternate,
        TrackKind::Text => Role::Subtitle,
    };
    let said = &rendition.roles;
    let roles = if said.is_empty() {
        std::slice::from_ref(&unsaid)
    } else {
        said
    };
    roles
        .iter()
        .map(|role| Descriptor::new(ROLE, role.word()))
        .collect()
}

/// `Accessibility`: TV-Anytime's 1 for those who cannot see, 2 for those who cannot hear.
pub(super) fn accessibility(rendition: &Rendition) -> Vec<Descriptor> {
    let mut out = Vec::new();
    if rendition.has_role(Role::Description) && rendition.kind() == TrackKind::Audio {
        out.push(Descriptor::new(AUDIO_PURPOSE, "1"));
    }
    if rendition.has_role(Role::Caption) && rendition.kind() == TrackKind::Text {
        out.push(Descriptor::new(AUDIO_PURPOSE, "2"));
    }
    for descriptor in &rendition.accessibility {
        if !out.contains(descriptor) {
            out.push(descriptor.clone());
        }
    }
    out
}

/// The colour where a player has to know it: high dynamic range, or primaries wider than those of
/// standard and high definition, which players take for granted.
pub(super) fn notable_colour(video: &VideoFacts) -> Option<Colour> {
    const ORDINARY_PRIMARIES: [u8; 4] = [1, 2, 5, 6];
    video.colour.filter(|colour| {
        video.range != VideoRange::Sdr || !ORDINARY_PRIMARIES.contains(&colour.primaries)
    })
}

/// ISO/IEC 23091-2 code points. Supplemental and not essential properties: a player that knows
/// none of them plays the only video there is, rather than none.
pub(super) fn colour(colour: Colour) -> Vec<Descriptor> {
    let cicp = |name: &str, value: u8| {
        Descriptor::new(format!("urn:mpeg:mpegB:cicp:{name}"), value.to_string())
    };
    vec![
        cicp("ColourPrimaries", colour.primaries),
        cicp("TransferCharacteristics", colour.transfer),
        cicp("MatrixCoefficients", colour.matrix),
    ]
}

/// `AudioChannelConfiguration`.
pub(super) fn channels(audio: &AudioFacts) -> Option<Descriptor> {
    match audio.configuration {
        ChannelConfiguration::Cicp(value) => Some(Descriptor::new(
            "urn:mpeg:mpegB:cicp:ChannelConfiguration",
            value.to_string(),
        )),
        ChannelConfiguration::Dolby(mask) => Some(Descriptor::new(
            "tag:dolby.com,2014:dash:audio_channel_configuration:2011",
            format!("{mask:04X}"),
        )),
        ChannelConfiguration::Unknown => None,
    }
}

/// Joint object coding, as ETSI TS 103 420 announces it.
pub(super) fn joint_object_coding(audio: &AudioFacts) -> Vec<Descriptor> {
    let Some(complexity) = audio.joc_complexity else {
        return Vec::new();
    };
    vec![
        Descriptor::new("tag:dolby.com,2018:dash:EC3_ExtensionType:2018", "JOC"),
        Descriptor::new(
            "tag:dolby.com,2018:dash:EC3_ExtensionComplexityIndex:2018",
            complexity.to_string(),
        ),
    ]
}

/// A set that holds only the sync samples of set `main`.
pub(super) fn trick_play(main: usize) -> Descriptor {
    Descriptor::new("http://dashif.org/guidelines/trickmode", main.to_string())
}

/// The sets a player may change to as within its own.
pub(super) fn switching(sets: &[usize]) -> Option<Descriptor> {
    let ids: Vec<String> = sets.iter().map(usize::to_string).collect();
    let descriptor = Descriptor::new("urn:mpeg:dash:adaptation-set-switching:2016", ids.join(","));
    (!ids.is_empty()).then_some(descriptor)
}
