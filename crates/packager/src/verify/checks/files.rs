//! Every file of the package is listed in the report, and is what the report says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use demux::Source;
use sha2::{Digest, Sha256};

use crate::verify::Check;
use crate::verify::files::Files;
use crate::verify::finding::Findings;
use crate::verify::package::Package;
use crate::verify::report::{Object, PATH, Report};

pub(super) const CHECK: Check = Check { name: "files", run };

/// The folders that are delivered to viewers.
const DELIVERED: [&str; 5] = ["cmaf/", "dash/", "hls/", "0/", "1/"];

/// What the name of a file ends in while it is written.
const PART: &str = ".part";

/// What marks the folder of an unfinished run.
const JOURNAL: &str = ".packager-run";

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

fn run(package: &Package, findings: &mut Findings) {
    if package.files.size(JOURNAL).is_some() {
        findings.add(
            (JOURNAL, ""),
            "file",
            "there",
            "no mark of an unfinished run",
        );
    }
    let Some(report) = &package.report else {
        return;
    };
    for object in report.listed() {
        check(&package.files, report, object, findings);
    }
    let listed: BTreeSet<&str> = report.listed().map(|object| object.path.as_str()).collect();
    for (path, _) in package.files.all() {
        let delivered = DELIVERED.iter().any(|folder| path.starts_with(folder));
        if path.ends_with(PART) {
            findings.add((path, ""), "file", "there", "no file of an unfinished run");
        } else if delivered && !listed.contains(path) {
            findings.add(
                (path, ""),
                "file",
                "not listed",
                format!("a listing in {PATH}"),
            );
        }
    }
    totals(package, report, &listed, findings);
}

/// A listed object is there, with its size and checksum.
fn check(files: &Files, report: &Report, object: &Object, findings: &mut Findings) {
    let location = object.location();
    let at = (object.path.as_str(), "");
    let Some(size) = files.size(&object.path) else {
        findings.add(
            at,
            "file",
            "missing",
            format!("{} bytes as in {PATH}", object.bytes),
        );
        return;
    };
    let Some(range) = location.bytes(size) else {
        findings.add(
            at,
            "size",
            size,
            format!("{} as in {PATH}", location.text()),
        );
        return;
    };
    let Some(expected) = &object.checksum else {
        if report.checksum != "none" {
            let field = format!("{PATH}: checksum");
            findings.add(at, field, "missing", format!("one by {}", report.checksum));
        }
        return;
    };
    let opened = files.open(&object.path).map_err(|error| error.to_string());
    let checksum = opened.and_then(|file| checksum(&report.checksum, &file, range));
    match checksum {
        Ok(checksum) if checksum == *expected => {}
        Ok(checksum) => {
            let place = if object.offset > 0 {
                location.text()
            } else {
                String::new()
            };
            let expected = format!("{expected} as in {PATH}");
            findings.add((at.0, &place), report.checksum.as_str(), checksum, expected);
        }
        Err(error) => findings.add(
            at,
            "checksum",
            error,
            format!("readable by {}", report.checksum),
        ),
    }
}

/// Sizes of whole files and of the package.
fn totals(package: &Package, report: &Report, listed: &BTreeSet<&str>, findings: &mut Findings) {
    // A file with an object at its start and nothing else listed is that object.
    let mut ends: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    for object in report.listed() {
        let entry = ends.entry(&object.path).or_default();
        entry.0 = entry.0.max(object.offset.saturating_add(object.bytes));
        entry.1 += 1;
    }
    for (path, (end, _)) in ends {
        if let Some(size) = package.files.size(path).filter(|size| *size != end) {
            findings.add((path, ""), "size", size, format!("{end} as in {PATH}"));
        }
    }
    let count = listed.len() as u64;
    if report.objects != count {
        findings.add(
            (PATH, ""),
            "objects",
            report.objects,
            format!("{count}, as listed"),
        );
    }
    let sizes = listed.iter().filter_map(|path| package.files.size(path));
    let bytes: u64 = sizes.fold(0, u64::saturating_add);
    if report.bytes != bytes {
        findings.add(
            (PATH, ""),
            "bytes",
            report.bytes,
            format!("{bytes}, the sum of all objects"),
        );
    }
}

/// The checksum of `range` of `file`, in lower-case hexadecimal.
fn checksum(name: &str, file: &File, range: std::ops::Range<u64>) -> Result<String, String> {
    let mut blake3 = (name == "blake3").then(blake3::Hasher::new);
    let mut sha256 = (name == "sha256").then(Sha256::new);
    let mut buffer = vec![0; CHUNK];
    let mut at = range.start;
    while at < range.end {
        let length = usize::try_from(range.end - at).unwrap_or(CHUNK).min(CHUNK);
        let chunk = buffer.get_mut(..length).unwrap_or_default();
        file.read_exact_at(chunk, at)
            .map_err(|error| error.to_string())?;
        if let Some(hasher) = &mut blake3 {
            hasher.update(chunk);
        }
        if let Some(hasher) = &mut sha256 {
            hasher.update(&*chunk);
        }
        at = at.saturating_add(length as u64);
    }
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match (blake3, sha256) {
        (Some(hasher), _) => Ok(hasher.finalize().to_hex().to_string()),
        (None, Some(hasher)) => Ok(hex(&hasher.finalize())),
        (None, None) => Err(format!("by the unknown algorithm {name:?}")),
    }
}
