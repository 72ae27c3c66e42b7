//! Sizes and languages announced are those of the report and of the media.

use crate::verify::Check;
use crate::verify::announced::Announced;
use crate::verify::finding::Findings;
use crate::verify::hls::{Master, Variant};
use crate::verify::movie::Movie;
use crate::verify::package::Package;
use crate::verify::playlist::attribute;
use crate::verify::report::{PATH, Track};

pub(super) const CHECK: Check = Check { name: "facts", run };

fn run(package: &Package, findings: &mut Findings) {
    for announced in package.mpds.iter().flat_map(|mpd| &mpd.announced) {
        let at = announced.at();
        if let Some(size) = announced.size {
            decoded(package, announced, size, findings);
        }
        if let Some(language) = &announced.language {
            spoken(package, announced, (at, "@lang"), language, findings);
        }
    }
    for master in &package.masters {
        for variant in &master.variants {
            resolution(package, master, variant, findings);
        }
        for rendition in &master.renditions {
            let place = format!("line {}", rendition.line);
            if let Some(announced) = master.media.get(&rendition.path) {
                let at = ((master.path.as_str(), place.as_str()), "LANGUAGE");
                spoken(package, announced, at, &rendition.language, findings);
            }
        }
    }
}

/// The track of the report that a rendition announces: that with its initialization segment, or
/// its WebVTT files.
fn track<'p>(package: &'p Package, announced: &Announced) -> Option<&'p Track> {
    let tracks = &package.report.as_ref()?.tracks;
    tracks.iter().find(|track| match &announced.init {
        Some(init) => init.path == track.init.path,
        None => {
            let first = announced.segments.first();
            let webvtt = track.webvtt.first();
            first
                .zip(webvtt)
                .is_some_and(|(first, webvtt)| first.location.path == webvtt.path)
        }
    })
}

fn movie<'p>(package: &'p Package, announced: &Announced) -> Option<&'p Movie> {
    package.movie(announced)?.as_ref().ok()
}

/// `@width` and `@height` are those of the report and of the media.
fn decoded(package: &Package, announced: &Announced, size: (u64, u64), findings: &mut Findings) {
    let value = format!("{}x{}", size.0, size.1);
    let picture = movie(package, announced).and_then(|movie| movie.picture);
    if let Some(picture) = picture.filter(|picture| !picture.is_decoded(size)) {
        let expected = format!("{}x{}, as in the media", picture.width, picture.height);
        findings.add(announced.at(), "@width and @height", value, expected);
        return;
    }
    let listed = track(package, announced).and_then(|track| track.width.zip(track.height));
    let Some((width, height)) = listed else {
        return;
    };
    let listed = (u64::from(width), u64::from(height));
    // Pictures to be shown on their side may be listed either way.
    let is_same = match picture {
        Some(picture) => picture.is_decoded(listed),
        None => listed == size,
    };
    if !is_same {
        let expected = format!("{width}x{height}, as in {PATH}");
        findings.add(announced.at(), "@width and @height", value, expected);
    }
}

/// `RESOLUTION` is that of the media, in square pixels.
fn resolution(package: &Package, master: &Master, variant: &Variant, findings: &mut Findings) {
    let Some(value) = attribute(&variant.attributes, "RESOLUTION") else {
        return;
    };
    let place = format!("line {}", variant.line);
    let at = (master.path.as_str(), place.as_str());
    let size = value
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    let Some(size) = size else {
        findings.add(at, "RESOLUTION", value, "WIDTHxHEIGHT");
        return;
    };
    let announced = master.media.get(&variant.path);
    let movie = announced.and_then(|announced| movie(package, announced));
    if let Some(picture) = movie.and_then(|movie| movie.picture)
        && !picture.is_shown(size)
    {
        let expected = format!("{}, as in the media", picture.shown());
        findings.add(at, "RESOLUTION", value, expected);
    }
}

/// A language announced for sound or text is that of the report.
fn spoken(
    package: &Package,
    announced: &Announced,
    (at, field): ((&str, &str), &str),
    language: &str,
    findings: &mut Findings,
) {
    let Some(track) = track(package, announced) else {
        return;
    };
    // Pictures of different languages may share a set.
    let is_heard_or_read = ["audio", "text"].map(Some).contains(&track.kind.as_deref());
    let Some(listed) = track.language.as_ref().filter(|_| is_heard_or_read) else {
        return;
    };
    let word = |tag: &str| match tag {
        "und" => "missing".to_string(),
        tag => tag.into(),
    };
    if listed != language {
        let expected = match listed.as_str() {
            "und" => format!("none, as in {PATH}"),
            listed => format!("{listed}, as in {PATH}"),
        };
        findings.add(at, field, word(language), expected);
    }
    let movie = movie(package, announced);
    if let Some(movie) = movie.filter(|movie| movie.language != *listed) {
        let place = format!("track {}", track.id);
        let expected = format!("{}, as in the media", movie.language);
        findings.add((PATH, &place), "language", listed, expected);
    }
}
