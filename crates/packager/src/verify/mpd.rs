//! Reading an MPD back: which renditions it announces, segment by segment.

use media::{Time, Timescale};

use super::announced::{Announced, AnnouncedSegment, Content};
use super::files::Files;
use super::finding::Findings;
use super::location::{Location, resolve};
use super::xml::Element;
use crate::job::seconds;

mod index;
mod keys;
mod template;

/// Most segments of one Representation.
const MAX_SEGMENTS: usize = 1_000_000;

/// An MPD, read.
#[derive(Clone, Debug)]
pub(super) struct Mpd {
    /// The file, relative to the package.
    pub(super) path: String,
    /// `@mediaPresentationDuration`.
    pub(super) duration: Option<Time>,
    /// `@minBufferTime`.
    pub(super) min_buffer_time: Option<Time>,
    /// Its Representations.
    pub(super) announced: Vec<Announced>,
}

/// One Representation with what it inherits.
struct Context<'a> {
    path: &'a str,
    place: String,
    /// The URL that relative ones start from.
    base: String,
    /// Representation, AdaptationSet and Period: the order in which an attribute is looked for.
    elements: [&'a Element; 3],
}

impl Context<'_> {
    /// An attribute of the Representation or its AdaptationSet.
    fn attribute(&self, name: &str) -> Option<&str> {
        self.elements
            .iter()
            .take(2)
            .find_map(|element| element.attribute(name))
    }

    fn at(&self) -> (&str, &str) {
        (self.path, &self.place)
    }

    /// Where `url` points; a finding where it does not.
    fn resolve(&self, url: &str, findings: &mut Findings) -> Option<String> {
        let found = resolve(&self.base, url);
        found
            .map_err(|expected| findings.add(self.at(), "URL", format!("{url:?}"), expected))
            .ok()
    }
}

/// Reads the MPD at `path`.
pub(super) fn read(files: &Files, path: &str, findings: &mut Findings) -> Option<Mpd> {
    let root = files.text(path).and_then(|text| Element::parse(&text));
    let root = match root {
        Ok(root) if root.name == "MPD" => root,
        Ok(root) => {
            findings.add((path, ""), "root element", root.name, "MPD");
            return None;
        }
        Err(error) => {
            let value = match error.as_str() {
                "missing" => error,
                error => format!("broken: {error}"),
            };
            findings.add((path, ""), "MPD", value, "well-formed XML");
            return None;
        }
    };
    let mut mpd = Mpd {
        path: path.into(),
        duration: duration(&root, path, "mediaPresentationDuration", findings),
        min_buffer_time: duration(&root, path, "minBufferTime", findings),
        announced: Vec::new(),
    };
    let base = descend(path, &root);
    for (period_index, period) in root.all("Period").enumerate() {
        let base = descend(&base, period);
        for (index, set) in period.all("AdaptationSet").enumerate() {
            let base = descend(&base, set);
            for representation in set.all("Representation") {
                let id = representation.attribute("id").unwrap_or_default();
                let context = Context {
                    path,
                    place: format!("Representation {id}"),
                    base: descend(&base, representation),
                    elements: [representation, set, period],
                };
                let group = format!("{path} AdaptationSet {period_index}.{index}");
                mpd.announced
                    .extend(announced(&context, group, files, findings));
            }
        }
    }
    if mpd.announced.is_empty() {
        findings.add(
            (path, ""),
            "Representations",
            "none",
            "at least one with segments",
        );
    }
    Some(mpd)
}

/// What a Representation's segment information lists.
#[derive(Default)]
struct Listed {
    init: Option<Location>,
    /// `@presentationTimeOffset`.
    origin: Option<Time>,
    segments: Vec<AnnouncedSegment>,
}

fn announced(
    context: &Context<'_>,
    group: String,
    files: &Files,
    findings: &mut Findings,
) -> Option<Announced> {
    let [representation, set, _] = context.elements;
    let number = |name| {
        context
            .attribute(name)
            .and_then(|text: &str| text.parse::<u64>().ok())
    };
    let bandwidth = number("bandwidth");
    if bandwidth.is_none() {
        findings.add(context.at(), "@bandwidth", "missing", "bits per second");
    }
    let listed = if let Some(list) = template::read(context, findings) {
        list
    } else if let Some(base) = representation.child("SegmentBase") {
        index::read(context, base, files, findings)?
    } else {
        let expected = "SegmentTemplate or SegmentBase";
        findings.add(context.at(), "segment information", "missing", expected);
        return None;
    };
    let trick_play = ["EssentialProperty", "SupplementalProperty"]
        .iter()
        .any(|name| {
            let scheme = |property: &Element| {
                property.attribute("schemeIdUri") == Some("http://dashif.org/guidelines/trickmode")
            };
            set.all(name).chain(representation.all(name)).any(scheme)
        });
    let mime_type = context.attribute("mimeType").unwrap_or_default();
    let is_audio =
        mime_type.starts_with("audio/") || context.attribute("contentType") == Some("audio");
    let codecs = context.attribute("codecs").unwrap_or_default();
    let size = number("width").zip(number("height"));
    Some(Announced {
        manifest: context.path.into(),
        place: context.place.clone(),
        group,
        is_audio,
        codecs: codecs
            .split(',')
            .filter(|codec| !codec.is_empty())
            .map(String::from)
            .collect(),
        bandwidth,
        size,
        language: Some(context.attribute("lang").unwrap_or("und").into()),
        origin: listed.origin,
        init: listed.init,
        segments: listed.segments,
        content: if trick_play {
            Content::SyncSamples
        } else {
            Content::Whole
        },
        keys: keys::read(context),
    })
}

/// What relative URLs in `element` start from, given what those around it start from.
fn descend(base: &str, element: &Element) -> String {
    let url = element.child("BaseURL").map_or("", |base| base.text.trim());
    if url.is_empty() {
        base.into()
    } else {
        resolve(base, url).unwrap_or_else(|_| base.into())
    }
}

/// An `xs:duration` attribute of the root, in days or less.
fn duration(root: &Element, path: &str, name: &str, findings: &mut Findings) -> Option<Time> {
    let text = root.attribute(name);
    let time = text.and_then(parse_duration);
    if time.is_none() {
        let value = text.map_or("missing".into(), |text| format!("{text:?}"));
        findings.add(
            (path, "MPD"),
            format!("@{name}"),
            value,
            "a duration such as PT10.5S",
        );
    }
    time
}

fn parse_duration(text: &str) -> Option<Time> {
    let rest = text.strip_prefix('P')?;
    let (days, clock) = rest.split_once('T').unwrap_or((rest, ""));
    let nanoseconds = Timescale::NANOSECONDS;
    let mut total = 0i64;
    let mut add = |text: &str, factor: i64| {
        let ticks = seconds(text)
            .ok()?
            .rescale(nanoseconds)
            .checked_mul(factor)?;
        total = total.checked_add(ticks)?;
        Some(())
    };
    if !days.is_empty() {
        add(days.strip_suffix('D')?, 86_400)?;
    }
    let mut left = clock;
    for (unit, factor) in [('H', 3_600), ('M', 60), ('S', 1)] {
        if let Some((value, after)) = left.split_once(unit) {
            add(value, factor)?;
            left = after;
        }
    }
    left.is_empty().then(|| nanoseconds.time(total))
}

/// A time in ticks, or nothing where it is beyond any clock.
fn time(ticks: i128, timescale: Timescale) -> Option<Time> {
    i64::try_from(ticks).ok().map(|ticks| timescale.time(ticks))
}

#[cfg(test)]
mod tests;
