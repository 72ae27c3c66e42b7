//! Every file of the package is listed in the report, and is what the report says.

use std::collections::BTreeSet;
use std::fs::File;

use demux::Source;
use sha2::{Digest, Sha256};

use crate::verify::Check;
use crate::verify::files::{Files, JOURNAL};
use crate::verify::finding::Findings;
use crate::verify::package::Package;
use crate::verify::report::{Object, PATH, Report};

pub(super) const CHECK: Check = Check { name: "files", run };

/// What the name of a file ends in while it is written.
const PART: &str = ".part";

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
    for object in report.objects() {
        check(&package.files, report, object, findings);
    }
    for part in report.parts() {
        bounds(&package.files, part, findings);
    }
    let listed: BTreeSet<&str> = report
        .objects()
        .map(|object| object.path.as_str())
        .collect();
    for (path, _) in package.files.all() {
        if path.ends_with(PART) {
            findings.add((path, ""), "file", "there", "no file of an unfinished run");
        } else if ![PATH, JOURNAL].contains(&path) && !listed.contains(path) {
            let expected = format!("only files listed in {PATH}");
            findings.add((path, ""), "file", "foreign", expected);
        }
    }
    totals(report, &listed, findings);
}

/// A listed object is there, with its size and checksum.
fn check(files: &Files, report: &Report, object: &Object, findings: &mut Findings) {
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
    if size != object.bytes {
        findings.add(at, "size", size, format!("{} as in {PATH}", object.bytes));
        return;
    }
    let algorithm = report.checksum.as_str();
    let Some(expected) = &object.checksum else {
        if algorithm != "none" {
            findings.add(
                at,
                "checksum",
                "missing",
                format!("one by {algorithm} in {PATH}"),
            );
        }
        return;
    };
    let opened = files.open(&object.path).map_err(|error| error.to_string());
    match opened.and_then(|file| checksum(algorithm, &file, size)) {
        Ok(checksum) if checksum == *expected => {}
        Ok(checksum) => {
            findings.add(at, algorithm, checksum, format!("{expected} as in {PATH}"));
        }
        Err(error) => findings.add(at, "checksum", error, format!("one by {algorithm}")),
    }
}

/// A part of an object lies within it.
fn bounds(files: &Files, part: &Object, findings: &mut Findings) {
    let size = files.size(&part.path).unwrap_or(0);
    let location = part.location();
    if location.bytes(size).is_none() {
        findings.add(
            (&part.path, ""),
            "size",
            size,
            format!("{} as in {PATH}", location.text()),
        );
    }
}

/// Objects are listed once, and counted.
fn totals(report: &Report, listed: &BTreeSet<&str>, findings: &mut Findings) {
    let at = (PATH, "");
    let count = report.objects().count();
    if listed.len() != count {
        findings.add(
            at,
            "listings",
            count,
            format!("{}, one per object", listed.len()),
        );
    }
    if report.objects != listed.len() as u64 {
        findings.add(
            at,
            "objects",
            report.objects,
            format!("{}, as listed", listed.len()),
        );
    }
    let bytes = report
        .objects()
        .fold(0u64, |sum, object| sum.saturating_add(object.bytes));
    if report.bytes != bytes {
        findings.add(
            at,
            "bytes",
            report.bytes,
            format!("{bytes}, the sum of all objects"),
        );
    }
}

/// The checksum of the `size` bytes of `file`, in lower-case hexadecimal.
fn checksum(name: &str, file: &File, size: u64) -> Result<String, String> {
    let mut blake3 = (name == "blake3").then(blake3::Hasher::new);
    let mut sha256 = (name == "sha256").then(Sha256::new);
    let mut buffer = vec![0; CHUNK];
    let mut at = 0;
    while at < size {
        let length = usize::try_from(size - at).unwrap_or(CHUNK).min(CHUNK);
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
