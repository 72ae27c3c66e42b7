//! Segments hold what manifests announce: they start with a sync sample, follow each other
//! without gaps, and lie at the times announced.

use media::{Time, Timescale};

use super::timeline::{TOLERANCE, nanoseconds};
use crate::verify::Check;
use crate::verify::announced::{Announced, Content};
use crate::verify::finding::Findings;
use crate::verify::fragment::Fragment;
use crate::verify::init::Init;
use crate::verify::package::Package;

pub(super) const CHECK: Check = Check { name: "media", run };

fn run(package: &Package, findings: &mut Findings) {
    for (location, init) in &package.inits {
        if let Err(error) = init {
            let expected = "an initialization segment of one track";
            findings.add(
                (&location.path, ""),
                "initialization segment",
                broken(error),
                expected,
            );
        }
    }
    for (location, fragment) in &package.fragments {
        if let Err(error) = fragment {
            let place = if location.range.is_some() {
                location.text()
            } else {
                String::new()
            };
            let expected = "a CMAF segment of its track";
            findings.add((&location.path, &place), "segment", broken(error), expected);
        }
    }
    for announced in package.announced() {
        if announced.content != Content::FrameRanges
            && let Some(init) = package.init(announced)
        {
            follow(package, announced, init, findings);
        }
    }
}

/// Walks the segments of a rendition in order.
fn follow(package: &Package, announced: &Announced, init: &Init, findings: &mut Findings) {
    let mut before: Option<&Fragment> = None;
    let mut first: Option<i64> = None;
    let mut elapsed = 0i64;
    for (index, segment) in announced.segments.iter().enumerate() {
        let Some(fragment) = package.fragment(&segment.location) else {
            // Reported above; nothing after it can be compared.
            return;
        };
        let path = segment.location.text();
        let at = (path.as_str(), "");
        if !fragment.starts_with_sync {
            findings.add(at, "first sample", "no sync sample", "a sync sample");
        }
        if let Some(before) = before.filter(|before| before.decode_end != fragment.decode_start) {
            let expected = format!("{}, where the segment before ends", before.decode_end);
            findings.add(at, "tfdt", fragment.decode_start, expected);
        }
        let field = format!("start of segment {}", index + 1);
        match segment.start {
            Some(start) => {
                if !begins(fragment, init, start, index == 0) {
                    let expected = init.timescale.time(fragment.first);
                    let (value, expected) = told_apart(start, expected);
                    findings.add(announced.at(), field, value, expected);
                }
            }
            None => {
                // HLS counts from the first segment; media that starts before the presentation
                // (priming) starts with it.
                let clamp = |ticks: i64| nanoseconds(init.timescale.time(ticks.max(0)));
                let origin = *first.get_or_insert(clamp(fragment.first));
                let announced_at = origin.saturating_add(elapsed);
                let off = |ticks| announced_at.abs_diff(clamp(ticks)) > TOLERANCE as u64;
                if off(fragment.first) && off(fragment.earliest) {
                    let expected = init.timescale.time(fragment.first);
                    let value = Timescale::NANOSECONDS.time(announced_at);
                    let (value, expected) = told_apart(value, expected);
                    findings.add(announced.at(), field, value, expected);
                }
            }
        }
        elapsed = elapsed.saturating_add(nanoseconds(segment.duration));
        before = Some(fragment);
    }
}

/// Whether `fragment` begins at `start`: its first sample, or where leading pictures are shown
/// before that, anything from the earliest on. The first may begin before the presentation does.
fn begins(fragment: &Fragment, init: &Init, start: Time, is_first: bool) -> bool {
    let [earliest, first, end] =
        [fragment.earliest, fragment.first, fragment.end].map(|ticks| init.timescale.time(ticks));
    (earliest <= start && start <= first)
        || (is_first && fragment.earliest < 0 && earliest <= start && start < end)
}

/// Why something could not be read, as a finding's value.
fn broken(error: &str) -> String {
    match error {
        "missing" => error.into(),
        error => format!("broken: {error}"),
    }
}

/// Two different times: in seconds, and to the tick where those look the same.
fn told_apart(value: Time, expected: Time) -> (String, String) {
    let texts = (value.to_string(), expected.to_string());
    if texts.0 != texts.1 {
        return texts;
    }
    let exact = |time: Time| format!("tick {} of {}/s", time.ticks, time.timescale.rate());
    (exact(value), exact(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_look_the_same_are_told_to_the_tick() {
        let scale = Timescale::new(48_000).unwrap();
        let texts = told_apart(scale.time(48_000), scale.time(48_001));
        assert_eq!(texts.0, "tick 48000 of 48000/s");
        assert_eq!(texts.1, "tick 48001 of 48000/s");
        let texts = told_apart(scale.time(48_000), scale.time(96_000));
        assert_eq!((&*texts.0, &*texts.1), ("1.000 s", "2.000 s"));
    }
}
