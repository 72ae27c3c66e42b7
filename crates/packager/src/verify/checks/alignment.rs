//! Renditions that players switch between are cut at the same times.

use std::collections::BTreeMap;

use media::{Time, Timescale};

use super::timeline::{TOLERANCE, ends, nanoseconds};
use crate::verify::Check;
use crate::verify::announced::{Announced, Content};
use crate::verify::finding::Findings;
use crate::verify::package::Package;

pub(super) const CHECK: Check = Check {
    name: "alignment",
    run,
};

fn run(package: &Package, findings: &mut Findings) {
    let mut groups: BTreeMap<&str, Vec<&Announced>> = BTreeMap::new();
    for announced in package
        .announced()
        .filter(|announced| announced.content == Content::Whole)
    {
        groups.entry(&announced.group).or_default().push(announced);
    }
    for group in groups.values() {
        // The longest decides, so that one that ends early is not held against the others.
        let Some(model) = group
            .iter()
            .max_by_key(|announced| announced.segments.len())
        else {
            continue;
        };
        let starts = boundaries(model);
        for announced in group {
            compare(&starts, model, announced, findings);
        }
    }
}

/// Where segments begin, in nanoseconds: as announced, or summed up.
fn boundaries(announced: &Announced) -> Vec<i64> {
    let sums = std::iter::once(0).chain(ends(announced));
    let origin = announced.origin.map_or(0, nanoseconds);
    let start = |(segment, sum): (&crate::verify::announced::AnnouncedSegment, i64)| {
        segment
            .start
            .map_or(sum, |start: Time| nanoseconds(start).saturating_sub(origin))
    };
    announced.segments.iter().zip(sums).map(start).collect()
}

fn compare(starts: &[i64], model: &Announced, announced: &Announced, findings: &mut Findings) {
    let own = boundaries(announced);
    // The first may begin a little later: audio and video seldom start together.
    let pairs = own.iter().zip(starts).enumerate().skip(1);
    for (index, (own, other)) in pairs {
        if own.abs_diff(*other) > TOLERANCE as u64 {
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
