//! What a key is for: `ContentKeyUsageRule`.

use cenc::Kid;
use cenc::policy::Label;

use super::CpixError;
use super::pixels::Pixels;
use super::secret::field;
use crate::xml::Element;

/// A usage rule.
pub(crate) struct UsageRule {
    pub(crate) kid: Kid,
    /// `intendedTrackType`, or else the labels of `LabelFilter`s, fit to be shown.
    pub(crate) shown: String,
    /// The labels that these name.
    named: Vec<Label>,
    /// `VideoFilter`s.
    video: Vec<VideoFilter>,
    /// `AudioFilter`s; false: those with bounds, which cannot be told from a label.
    audio: Vec<bool>,
    /// Whether it depends on what cannot be told: bit rates, unknown filters, unknown labels.
    unusable: bool,
}

struct VideoFilter {
    /// None: it has more conditions than pixels.
    pixels: Option<Pixels>,
}

/// Labels of video.
const VIDEO: [Label; 4] = [Label::Sd, Label::Hd, Label::Uhd1, Label::Uhd2];

/// Most characters of a name that are shown; keys have 22 at least, and then no underscore.
const MOST_SHOWN: usize = 40;

impl UsageRule {
    /// A `ContentKeyUsageRule`, the so-manieth from 1.
    pub(super) fn read(element: &Element, number: usize) -> Result<UsageRule, CpixError> {
        let place = format!("ContentKeyUsageRule {number}");
        let kid = element.attribute("kid").map(Kid::parse);
        let kid = match kid {
            Some(Ok(kid)) => kid,
            _ => return Err(field(&place, "kid", "is missing or no UUID")),
        };
        let mut rule = UsageRule {
            kid,
            shown: String::new(),
            named: Vec::new(),
            video: Vec::new(),
            audio: Vec::new(),
            unusable: false,
        };
        let mut labels = Vec::new();
        for filter in &element.children {
            match filter.name.as_str() {
                "VideoFilter" => rule.video.push(VideoFilter::read(filter, &place)?),
                "AudioFilter" => {
                    let bounds = ["minChannels", "maxChannels"];
                    let bare = bounds.iter().all(|name| filter.attribute(name).is_none());
                    rule.audio.push(bare);
                }
                "LabelFilter" => labels.extend(filter.attribute("label")),
                // A package has one period.
                "KeyPeriodFilter" => {}
                _ => rule.unusable = true,
            }
        }
        let track_type = element.attribute("intendedTrackType").unwrap_or_default();
        let names: Vec<&str> = match track_type {
            "" => labels.clone(),
            names => names.split('+').collect(),
        };
        rule.shown = shown(&names.join("+"));
        rule.named = names.iter().flat_map(|name| named(name)).copied().collect();
        // Whether a track has a label that is ours is known, any other is not.
        rule.unusable |= !labels.is_empty() && rule.named.is_empty();
        Ok(rule)
    }

    /// Whether it says that its key is for all of a label: by a name, or by filters without
    /// bounds.
    pub(crate) fn covers(&self, label: Label) -> bool {
        if self.unusable {
            return false;
        }
        if !self.named.is_empty() {
            return self.named.contains(&label);
        }
        let is_bare = |filter: &VideoFilter| filter.pixels == Some(Pixels::ANY);
        let video = self.video.iter().any(is_bare);
        let audio = self.audio.contains(&true);
        match label {
            // Without any filter a key is for everything.
            Label::All => (video && audio) || (self.video.is_empty() && self.audio.is_empty()),
            Label::Audio => audio && self.video.is_empty(),
            Label::Sd | Label::Hd | Label::Uhd1 | Label::Uhd2 => video && self.audio.is_empty(),
        }
    }

    /// How its filters by pixels and a label's pixels lie.
    pub(crate) fn share(&self, label: Pixels) -> Share {
        let usable = self.video.iter().filter(|_| !self.unusable);
        let pixels = usable.filter_map(|filter| filter.pixels);
        let overlapping = pixels.filter(|each| each.overlaps(label));
        overlapping
            .map(|each| match each.to >= label.to {
                true => Share::ToTheTop,
                false => Share::Some,
            })
            .max()
            .unwrap_or(Share::None)
    }
}

/// How much of a label's pixels a rule has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Share {
    /// None of them.
    None,
    /// Some, but not the most.
    Some,
    /// The most, and perhaps all.
    ToTheTop,
}

impl VideoFilter {
    fn read(element: &Element, place: &str) -> Result<VideoFilter, CpixError> {
        let bound = |name: &str, default: u64| match element.attribute(name) {
            None | Some("") => Ok(default),
            Some(value) => value
                .parse()
                .map_err(|_| field(place, "VideoFilter", "has a bound that is no number")),
        };
        let pixels = Pixels {
            from: bound("minPixels", Pixels::ANY.from)?,
            to: bound("maxPixels", Pixels::ANY.to)?,
        };
        let others = ["hdr", "wcg", "minFps", "maxFps"];
        let plain = others.iter().all(|name| element.attribute(name).is_none());
        Ok(VideoFilter {
            pixels: plain.then_some(pixels),
        })
    }
}

/// The labels that a name means.
fn named(name: &str) -> &'static [Label] {
    match name.trim().to_ascii_uppercase().as_str() {
        "ALL" => &[Label::All],
        "AUDIO" => &[Label::Audio],
        "VIDEO" => &VIDEO,
        "SD" => &[Label::Sd],
        "HD" => &[Label::Hd],
        "UHD" => &[Label::Uhd1, Label::Uhd2],
        "UHD1" => &[Label::Uhd1],
        "UHD2" => &[Label::Uhd2],
        _ => &[],
    }
}

/// A name as it can be shown: one that could be a key is not.
fn shown(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-. ".contains(&byte);
    let mut words = name.split(|character: char| !character.is_ascii_alphanumeric());
    let is_shown = name.len() <= MOST_SHOWN
        && name.bytes().all(is_plain)
        && words.all(|word| word.len() <= 16);
    match (name, is_shown) {
        ("", _) => "a key for everything".to_owned(),
        (name, true) => name.to_owned(),
        (_, false) => "a name that is not shown".to_owned(),
    }
}
