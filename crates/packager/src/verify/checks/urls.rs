//! Every URL of every manifest points to bytes that are there.

use crate::verify::Check;
use crate::verify::finding::Findings;
use crate::verify::location::Location;
use crate::verify::package::Package;

pub(super) const CHECK: Check = Check { name: "urls", run };

fn run(package: &Package, findings: &mut Findings) {
    for announced in package.announced() {
        let mut check = |what: &str, location: &Location| {
            let size = package.files.size(&location.path);
            let value = match size {
                None => "missing".to_string(),
                Some(size) if location.bytes(size).is_none() => format!("{size} bytes long"),
                Some(0) => "empty".to_string(),
                Some(_) => return,
            };
            findings.add(announced.at(), what, value, location.text());
        };
        if let Some(init) = &announced.init {
            check("initialization segment", init);
        }
        for (index, segment) in announced.segments.iter().enumerate() {
            check(&format!("segment {}", index + 1), &segment.location);
        }
        webvtt(package, announced, findings);
    }
}

/// Segments without an initialization segment are WebVTT files.
fn webvtt(
    package: &Package,
    announced: &crate::verify::announced::Announced,
    findings: &mut Findings,
) {
    if announced.init.is_some() {
        return;
    }
    for segment in &announced.segments {
        let path = &segment.location.path;
        let Some(size) = package.files.size(path) else {
            continue;
        };
        let start = Location {
            path: path.clone(),
            range: Some((0, size.min(6))),
        };
        if package
            .files
            .bytes(&start, 6)
            .is_ok_and(|bytes| bytes != b"WEBVTT")
        {
            let expected = "WEBVTT, or EXT-X-MAP before it in the playlist";
            findings.add((path, ""), "first bytes", "something else", expected);
        }
    }
}
