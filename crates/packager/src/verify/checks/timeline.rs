//! Manifests agree with each other and with themselves about time.

use media::{Time, Timescale};

use crate::verify::Check;
use crate::verify::announced::{Announced, Content};
use crate::verify::finding::Findings;
use crate::verify::hls::{Master, rounded};
use crate::verify::location::Location;
use crate::verify::mpd::Mpd;
use crate::verify::package::Package;

pub(super) const CHECK: Check = Check {
    name: "timeline",
    run,
};

/// Most that two manifests may differ about a time, in nanoseconds: 1 ms.
pub(super) const TOLERANCE: i64 = 1_000_000;

/// Nanoseconds of `time`.
pub(super) fn nanoseconds(time: Time) -> i64 {
    time.rescale(Timescale::NANOSECONDS)
}

/// Where each segment ends, counted from the start of the first, in nanoseconds. Exact ticks are
/// summed before they are rounded.
pub(super) fn ends(announced: &Announced) -> Vec<i64> {
    let mut end: Option<Time> = None;
    let mut sum = |duration: Time| {
        let next = match end {
            Some(end) if end.timescale == duration.timescale => duration
                .timescale
                .time(end.ticks.saturating_add(duration.ticks)),
            Some(end) => {
                Timescale::NANOSECONDS.time(nanoseconds(end).saturating_add(nanoseconds(duration)))
            }
            None => duration,
        };
        end = Some(next);
        nanoseconds(next)
    };
    announced
        .segments
        .iter()
        .map(|segment| sum(segment.duration))
        .collect()
}

fn run(package: &Package, findings: &mut Findings) {
    for mpd in &package.mpds {
        presentation_duration(mpd, findings);
    }
    for master in &package.masters {
        target_durations(master, findings);
        for playlist in master.media.values() {
            let mut same = package.mpds.iter().flat_map(|mpd| &mpd.announced);
            if let Some(dash) = same.find(|dash| is_same(dash, playlist)) {
                agree(dash, playlist, findings);
            }
        }
    }
}

/// `@mediaPresentationDuration` is where the longest rendition ends.
fn presentation_duration(mpd: &Mpd, findings: &mut Findings) {
    let whole = mpd
        .announced
        .iter()
        .filter(|announced| announced.content == Content::Whole);
    let end = |announced: &Announced| {
        let last = announced.segments.last()?;
        let origin = announced.origin.map_or(0, nanoseconds);
        let start = nanoseconds(last.start?).saturating_sub(origin);
        Some(start.saturating_add(nanoseconds(last.duration)))
    };
    let (Some(longest), Some(duration)) = (whole.filter_map(end).max(), mpd.duration) else {
        return;
    };
    if longest.abs_diff(nanoseconds(duration)) > TOLERANCE as u64 {
        let longest = Timescale::NANOSECONDS.time(longest);
        let expected = format!("{longest}, where the longest Representation ends");
        findings.add(
            (&mpd.path, "MPD"),
            "@mediaPresentationDuration",
            duration,
            expected,
        );
    }
}

/// `EXT-X-TARGETDURATION` is the longest segment's duration in whole seconds: no shorter than any
/// of its own playlist, no longer than the longest of all.
fn target_durations(master: &Master, findings: &mut Findings) {
    let longest = |announced: &Announced| {
        announced
            .segments
            .iter()
            .map(|segment| rounded(segment.duration))
            .max()
            .unwrap_or(0)
    };
    let all = master.media.values().map(longest).max().unwrap_or(0).max(1);
    for (path, target) in &master.target_durations {
        let least = master.media.get(path).map_or(0, longest);
        if !(least..=all).contains(target) {
            let expected = match least.max(1) {
                least if least == all => format!("{all}"),
                least => format!("{least} to {all}"),
            };
            findings.add((path, ""), "EXT-X-TARGETDURATION", target, expected);
        }
    }
}

/// Whether both announce the same segments: MP4 segments by their place, WebVTT files by the
/// folder they share with the MP4 segments of the same subtitles.
fn is_same(dash: &Announced, hls: &Announced) -> bool {
    let first = |announced: &'_ Announced| {
        let location = &announced.segments.first()?.location;
        let folder = location
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        Some(match hls.init {
            Some(_) => location.clone(),
            None => Location::whole(folder.into()),
        })
    };
    dash.content == hls.content && first(dash).is_some() && first(dash) == first(hls)
}

/// The MPD and a playlist cut the same segments at the same times.
fn agree(dash: &Announced, hls: &Announced, findings: &mut Findings) {
    let (one, other) = (dash.segments.len(), hls.segments.len());
    if one != other {
        let expected = format!("{one}, as in {}", dash.manifest);
        findings.add(hls.at(), "segments", other, expected);
    }
    for (index, (dash_end, hls_end)) in ends(dash).into_iter().zip(ends(hls)).enumerate() {
        if dash_end.abs_diff(hls_end) > TOLERANCE as u64 {
            let field = format!("sum of EXTINF up to segment {}", index + 1);
            let [value, expected] =
                [hls_end, dash_end].map(|end| Timescale::NANOSECONDS.time(end).to_string());
            let expected = format!("{expected} as in {} ({})", dash.manifest, dash.place);
            findings.add(hls.at(), field, value, expected);
            return;
        }
    }
    if hls.init.is_none() {
        return;
    }
    let paths = dash.segments.iter().zip(&hls.segments);
    for (index, (dash_segment, hls_segment)) in paths.enumerate() {
        if dash_segment.location != hls_segment.location {
            let expected = format!("{} as in {}", dash_segment.location.text(), dash.manifest);
            let field = format!("segment {}", index + 1);
            findings.add(hls.at(), field, hls_segment.location.text(), expected);
        }
    }
}
