//! Renditions that players switch between are cut at the same times.

use std::collections::BTreeMap;

use media::{Time, Timescale};

use super::timeline::{TOLERANCE, ends, nanoseconds};
use crate::verify::Check;
use crate::verify::announced::{Announced, AnnouncedSegment, Content};
use crate::verify::finding::Findings;
use crate::verify::package::Package;
use crate::verify::report::Report;

pub(super) const CHECK: Check = Check {
    name: "alignment",
    run,
};

/// Most that audio may differ, in nanoseconds: it is cut at the nearest frame, and the longest
/// frames (HE-AAC at low rates) last about this.
const AUDIO_TOLERANCE: i64 = 130_000_000;

fn run(package: &Package, findings: &mut Findings) {
    if package
        .report
        .as_ref()
        .is_some_and(Report::allows_misaligned)
    {
        return;
    }
    let mut groups: BTreeMap<&str, Vec<&Announced>> = BTreeMap::new();
    for announced in package
        .announced()
        .filter(|announced| announced.content == Content::Whole)
    {
        groups.entry(&announced.group).or_default().push(announced);
    }
    groups.values().for_each(|group| align(group, findings));
}

/// Holds every rendition of a group against the longest, so that one that ends early is not held
/// against the others.
fn align(group: &[&Announced], findings: &mut Findings) {
    if let Some(model) = group
        .iter()
        .max_by_key(|announced| announced.segments.len())
    {
        let starts = boundaries(model);
        group
            .iter()
            .for_each(|announced| compare(&starts, model, announced, findings));
    }
}

/// Where segments begin, in nanoseconds: as announced, or summed up.
fn boundaries(announced: &Announced) -> Vec<i64> {
    let sums = std::iter::once(0).chain(ends(announced));
    let origin = announced.origin.map_or(0, nanoseconds);
    let start = |(segment, sum): (&AnnouncedSegment, i64)| {
        segment
            .start
            .map_or(sum, |start: Time| nanoseconds(start).saturating_sub(origin))
    };
    announced.segments.iter().zip(sums).map(start).collect()
}

fn compare(starts: &[i64], model: &Announced, announced: &Announced, findings: &mut Findings) {
    let own = boundaries(announced);
    let tolerance = if announced.is_audio {
        AUDIO_TOLERANCE
    } else {
        TOLERANCE
    };
    // The first may begin a little later: audio and video seldom start together.
    let pairs = own.iter().zip(starts).enumerate().skip(1);
    for (index, (own, other)) in pairs {
        if own.abs_diff(*other) > tolerance as u64 {
            let [value, expected] = [own, other].map(|ns| Timescale::NANOSECONDS.time(*ns));
            let whose = if model.place.is_empty() {
                &model.manifest
            } else {
                &model.place
            };
            let expected = format!("{expected} as in {whose}");
            findings.add(
                announced.at(),
                format!("start of segment {}", index + 1),
                value,
                expected,
            );
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::location::Location;

    fn announced(place: &str, is_audio: bool, milliseconds: &[i64]) -> Announced {
        let segment = |duration: &i64| AnnouncedSegment {
            location: Location::whole("seg.m4s".into()),
            start: None,
            duration: Timescale::MILLISECONDS.time(*duration),
        };
        Announced {
            manifest: "stream.mpd".into(),
            place: place.into(),
            group: "set".into(),
            is_audio,
            codecs: Vec::new(),
            bandwidth: None,
            size: None,
            language: None,
            origin: None,
            init: None,
            segments: milliseconds.iter().map(segment).collect(),
            content: Content::Whole,
            keys: Vec::new(),
        }
    }

    fn findings(group: [&Announced; 2]) -> Vec<String> {
        let mut findings = Findings::new("alignment");
        align(&group, &mut findings);
        findings
            .into_list()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn renditions_cut_at_different_times_are_found_once() {
        let a = announced("a", false, &[2000, 2000, 2000]);
        let b = announced("b", false, &[2000, 2002, 1998]);
        let line = "stream.mpd: b: start of segment 3: is 4.002 s, expected 4.000 s as in a";
        assert_eq!(findings([&b, &a]), [line]);
        assert_eq!(
            findings([&a, &announced("b", false, &[2000, 1500])]),
            [""; 0]
        );
    }

    #[test]
    fn sound_may_differ_by_a_frame() {
        let a = announced("a", true, &[2000, 2000]);
        assert_eq!(
            findings([&a, &announced("b", true, &[2021, 1979])]),
            [""; 0]
        );
        assert_eq!(
            findings([&a, &announced("b", true, &[2200, 1800])]).len(),
            1
        );
    }
}
