//! The report, the MPD and the media agree about every track.

use media::Timescale;

use crate::verify::Check;
use crate::verify::announced::Announced;
use crate::verify::finding::Findings;
use crate::verify::location::Location;
use crate::verify::package::Package;
use crate::verify::report::{Object, PATH, Track};

pub(super) const CHECK: Check = Check {
    name: "report",
    run,
};

fn run(package: &Package, findings: &mut Findings) {
    let Some(report) = &package.report else {
        return;
    };
    for track in &report.tracks {
        samples(package, track, findings);
        let place = format!("Representation {}", track.id);
        let mpds = package.mpds.iter();
        for mpd in mpds.filter(|mpd| tree(&mpd.path) == tree(&track.init.path)) {
            match mpd
                .announced
                .iter()
                .find(|announced| announced.place == place)
            {
                Some(announced) => agree(package, track, announced, findings),
                // A manifest of a track type has some of them only.
                None if is_whole(&mpd.path) => {
                    let expected = format!("one for every track of {PATH}");
                    findings.add((&mpd.path, ""), place.as_str(), "missing", expected);
                }
                None => {}
            }
        }
    }
    for announced in package.mpds.iter().flat_map(|mpd| &mpd.announced) {
        let id = announced.place.trim_start_matches("Representation ");
        if !report.tracks.iter().any(|track| track.id == id) {
            findings.add(
                announced.at(),
                "id",
                id,
                format!("that of a track in {PATH}"),
            );
        }
    }
}

/// The name of an MPD that announces every track.
const WHOLE: &str = "stream.mpd";

fn is_whole(path: &str) -> bool {
    path.rsplit('/').next() == Some(WHOLE)
}

/// The set of segments that a path is of: its first folder, or the second where variants have the
/// first.
fn tree(path: &str) -> &str {
    let path = ["0/", "1/"]
        .iter()
        .find_map(|set| path.strip_prefix(set))
        .unwrap_or(path);
    path.split('/').next().unwrap_or_default()
}

/// The samples counted in the report are the samples there are.
fn samples(package: &Package, track: &Track, findings: &mut Findings) {
    let mut samples = 0u64;
    for segment in &track.segments {
        let location = segment.object.location();
        let whole = Location::whole(location.path.clone());
        let found = package
            .fragment(&whole)
            .or_else(|| package.fragment(&location));
        // What could not be read, or nobody announced, cannot be counted.
        let Some(fragment) = found else { return };
        samples = samples.saturating_add(fragment.samples);
    }
    if samples != track.samples {
        let place = format!("track {}", track.id);
        let expected = format!("{samples}, as in its segments");
        findings.add((PATH, &place), "samples", track.samples, expected);
    }
}

/// The variant of an object that a manifest is to name.
fn variant<'o>(manifest: &str, object: &'o Object) -> &'o Object {
    match &object.twin {
        Some(twin) if manifest.starts_with("1/") => twin,
        Some(_) | None => object,
    }
}

/// The MPD announces what the report lists.
fn agree(package: &Package, track: &Track, announced: &Announced, findings: &mut Findings) {
    let expected = |value: String| format!("{value} as in {PATH}");
    if !announced.codecs.contains(&track.codec) {
        let value = announced.codecs.join(",");
        findings.add(
            announced.at(),
            "codecs",
            value,
            expected(track.codec.clone()),
        );
    }
    let (count, listed) = (announced.segments.len(), track.segments.len());
    if count != listed {
        findings.add(
            announced.at(),
            "segments",
            count,
            expected(listed.to_string()),
        );
    }
    let Some(timescale) = Timescale::new(track.timescale) else {
        let place = format!("track {}", track.id);
        findings.add((PATH, &place), "timescale", 0, "at least 1");
        return;
    };
    let time = |ticks: u64| timescale.time(i64::try_from(ticks).unwrap_or(i64::MAX));
    let origin = announced
        .origin
        .unwrap_or(timescale.time(0))
        .rescale(timescale);
    let segments = announced.segments.iter().zip(&track.segments).enumerate();
    for (index, (segment, listed)) in segments {
        let name = |what: &str| format!("{what} of segment {}", index + 1);
        let start = time(listed.start);
        let start = timescale.time(start.ticks.saturating_add(origin));
        if segment.start.is_some_and(|found| found != start) {
            let value = segment.start.map_or(0, |start| start.ticks);
            findings.add(
                announced.at(),
                name("start"),
                value,
                expected(start.ticks.to_string()),
            );
        }
        if segment.duration != time(listed.duration) {
            let value = segment.duration.ticks;
            let expected = expected(listed.duration.to_string());
            findings.add(announced.at(), name("duration"), value, expected);
        }
        let object = variant(&announced.manifest, &listed.object);
        let location = object.location();
        let path = package.files.real(&segment.location.path);
        let same = path == location.path
            && match segment.location.range {
                None => object.offset == 0,
                range => range == location.range,
            };
        if !same {
            let value = segment.location.text();
            findings.add(
                announced.at(),
                name("place"),
                value,
                expected(location.text()),
            );
        }
    }
}
