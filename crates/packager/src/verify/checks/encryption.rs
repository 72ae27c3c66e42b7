//! What the report, initialization segments and manifests say of encryption is the same.

mod dash;
mod hls;

use cenc::Kid;
use cenc::drm::System;

use crate::verify::Check;
use crate::verify::announced::AnnouncedKey;
use crate::verify::encryption::{EncryptedInit, Encryption, SystemHeader};
use crate::verify::finding::Findings;
use crate::verify::package::Package;
use crate::verify::report::{PATH, Protection, Track};

pub(super) const CHECK: Check = Check {
    name: "encryption",
    run,
};

fn run(package: &Package, findings: &mut Findings) {
    for (location, init) in &package.encrypted {
        let path = location.path.as_str();
        for wrong in &init.wrong {
            findings.add((path, "moov"), wrong.field, &wrong.value, &wrong.expected);
        }
        systems(path, init, findings);
        let report = package.report.as_ref();
        if let Some(track) = report.and_then(|report| report.track_of(path)) {
            promised(path, init, track, findings);
        }
    }
    dash::check(package, findings);
    hls::check(package, findings);
}

/// `pssh` boxes are for the key of the track alone.
fn systems(path: &str, init: &EncryptedInit, findings: &mut Findings) {
    let at = (path, "moov");
    match &init.encryption {
        None if init.is_protected || init.systems.is_empty() => {}
        None => findings.add(at, "pssh", "there", "none: the track is clear"),
        Some(encryption) => {
            for header in &init.systems {
                key_ids(at, "KIDs of pssh", header, encryption, findings);
            }
        }
    }
}

/// Key ids that a system is told are that of the track.
fn key_ids(
    at: (&str, &str),
    field: &str,
    header: &SystemHeader,
    encryption: &Encryption,
    findings: &mut Findings,
) {
    // Of no key at all, the content's own id says which.
    let kids = header.kids.iter().find(|kids| !kids.is_empty());
    if let Some(kids) = kids.filter(|kids| **kids != [encryption.kid]) {
        let value: Vec<String> = kids.iter().map(Kid::to_string).collect();
        let expected = format!("{}, as in tenc", encryption.kid);
        findings.add(at, field, value.join(", "), expected);
    }
}

/// An initialization segment holds what the report promises of its track.
fn promised(path: &str, init: &EncryptedInit, track: &Track, findings: &mut Findings) {
    let at = (path, "moov");
    let (promised, encryption) = match (&track.protection, &init.encryption) {
        (None, _) => {
            if init.is_protected {
                let expected = format!("clear, as in {PATH}");
                findings.add(at, "sample entries", "encrypted", expected);
            }
            return;
        }
        (Some(promised), None) => {
            if !init.is_protected {
                let expected = format!("encrypted with {}, as in {PATH}", promised.scheme);
                findings.add(at, "sample entries", "clear", expected);
            }
            return;
        }
        (Some(promised), Some(encryption)) => (promised, encryption),
    };
    let scheme = encryption.scheme.name();
    if promised.scheme != scheme {
        let expected = format!("{}, as in {PATH}", promised.scheme);
        findings.add(at, "scheme_type", scheme, expected);
    }
    if Kid::parse(&promised.kid) != Ok(encryption.kid) {
        let expected = format!("{}, as in {PATH}", promised.kid);
        findings.add(at, "default_KID", encryption.kid, expected);
    }
    for header in &init.systems {
        let id = Kid(header.system_id).to_string();
        // ClearKey has the common system's box.
        let clear_key = Kid(System::ClearKey.id()).to_string();
        let is_shared = header.system_id == System::Common.id();
        let is_shared = is_shared && promised.systems.contains(&clear_key);
        if !is_shared && !promised.systems.contains(&id) {
            findings.add(at, "SystemID of pssh", id, listed(promised));
        }
    }
}

fn listed(promised: &Protection) -> String {
    match promised.systems.as_slice() {
        [] => format!("none, as in {PATH}"),
        systems => format!("one of {}, as in {PATH}", systems.join(", ")),
    }
}

/// What a key of a manifest says beyond its scheme.
fn key(
    manifest: &str,
    key: &AnnouncedKey,
    (kid_field, header_field): (&str, &str),
    encryption: &Encryption,
    findings: &mut Findings,
) {
    let at = (manifest, key.place.as_str());
    match &key.kid {
        Some(Ok(kid)) if *kid == encryption.kid => {}
        Some(Ok(kid)) => {
            let expected = format!("{}, as in tenc", encryption.kid);
            findings.add(at, kid_field, kid, expected);
        }
        Some(Err(error)) => findings.add(at, kid_field, error, "a UUID"),
        None => {}
    }
    match &key.header {
        Some(Ok(header)) => key_ids(at, header_field, header, encryption, findings),
        Some(Err(error)) => {
            let expected = "what the system is told, in base64";
            findings.add(at, header_field, error, expected);
        }
        None => {}
    }
}
