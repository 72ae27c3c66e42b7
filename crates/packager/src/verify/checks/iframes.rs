//! I-frame playlists name bytes that decode to one picture, and no others.

use std::collections::BTreeMap;

use crate::verify::Check;
use crate::verify::announced::{Announced, Content};
use crate::verify::finding::Findings;
use crate::verify::fragment::Fragment;
use crate::verify::package::Package;

pub(super) const CHECK: Check = Check {
    name: "iframes",
    run,
};

/// Segments by their file and first byte.
type Segments<'p> = BTreeMap<(&'p str, u64), &'p Fragment>;

fn run(package: &Package, findings: &mut Findings) {
    let segments = package.fragments.iter().filter_map(|(location, fragment)| {
        let start = location.range.map_or(0, |(start, _)| start);
        Some(((location.path.as_str(), start), fragment.as_ref().ok()?))
    });
    let segments: Segments<'_> = segments.collect();
    for announced in package.announced() {
        if announced.content == Content::FrameRanges {
            check(announced, &segments, findings);
        }
    }
}

/// Every range begins with its segment, at the latest with the `moof`, and ends with the first
/// sample. RFC 8216 4.3.3.6.
fn check(announced: &Announced, segments: &Segments<'_>, findings: &mut Findings) {
    for (index, frame) in announced.segments.iter().enumerate() {
        let location = &frame.location;
        let path = location.path.as_str();
        let (start, end) = location.range.unwrap_or((0, u64::MAX));
        let before = segments.range((path, 0)..=(path, start)).next_back();
        // A segment that could not be read, or that nobody announced, is another check's finding.
        let Some((_, segment)) = before else {
            continue;
        };
        let field = |what| format!("{what} of frame {}", index + 1);
        if start > segment.moof {
            let expected = format!("at most {}, where its moof begins", segment.moof);
            findings.add(announced.at(), field("first byte"), start, expected);
        }
        if end != segment.first_sample_end {
            let last = |end: u64| end.saturating_sub(1).to_string();
            let value = match location.range {
                Some(_) => last(end),
                None => "that of the file".into(),
            };
            let expected = last(segment.first_sample_end);
            let expected = format!("{expected}, where its first sample ends");
            findings.add(announced.at(), field("last byte"), value, expected);
        }
    }
}
