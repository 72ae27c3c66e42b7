//! `EXT-X-KEY` of every media playlist, and `EXT-X-SESSION-KEY` of multivariant ones.

use std::collections::BTreeMap;

use cenc::scheme::{Algorithm, Scheme};

use crate::verify::announced::{Announced, AnnouncedKey};
use crate::verify::encryption::Encryption;
use crate::verify::finding::Findings;
use crate::verify::hls::Master;
use crate::verify::package::Package;
use crate::verify::playlist::attribute;

/// Whether segments of encrypted tracks are clear all the same, by path and first byte.
type Clear<'p> = BTreeMap<(&'p str, u64), bool>;

/// Every playlist is announced as its initialization segment and segments have it.
pub(super) fn check(package: &Package, findings: &mut Findings) {
    let segments = package.fragments.iter().filter_map(|(location, fragment)| {
        let start = location.range.map_or(0, |(start, _)| start);
        let fragment = fragment.as_ref().ok()?;
        Some(((location.path.as_str(), start), fragment.has_seig))
    });
    let clear: Clear<'_> = segments.collect();
    for master in &package.masters {
        for announced in master.media.values() {
            let init = announced.init.as_ref();
            let init = init.and_then(|init| package.encrypted.get(init));
            match init.map(|init| (&init.encryption, init.is_protected)) {
                Some((Some(encryption), _)) => {
                    encrypted(announced, encryption, &clear, findings);
                }
                Some((None, true)) => {}
                Some((None, false)) | None => {
                    for key in &announced.keys {
                        let at = (announced.manifest.as_str(), key.place.as_str());
                        let expected = "none: its segments are clear";
                        findings.add(at, "EXT-X-KEY", "there", expected);
                    }
                }
            }
        }
        session_keys(master, findings);
    }
}

/// The first segment that is encrypted, and whether all after it are.
fn first_encrypted(announced: &Announced, clear: &Clear<'_>) -> Option<usize> {
    let is_clear = |path: &str, start: u64| {
        let segment = clear.range((path, 0)..=(path, start)).next_back();
        segment.is_some_and(|(_, is_clear)| *is_clear)
    };
    announced.segments.iter().position(|segment| {
        let start = segment.location.range.map_or(0, |(start, _)| start);
        !is_clear(&segment.location.path, start)
    })
}

fn encrypted(
    announced: &Announced,
    encryption: &Encryption,
    clear: &Clear<'_>,
    findings: &mut Findings,
) {
    let first = first_encrypted(announced, clear);
    let method = match encryption.scheme.algorithm() {
        Algorithm::AesCbc => "SAMPLE-AES",
        Algorithm::AesCtr => "SAMPLE-AES-CTR",
    };
    if let (Some(first), true) = (first, announced.keys.is_empty()) {
        let expected = format!("one before segment {}: it is encrypted", first + 1);
        findings.add(announced.at(), "EXT-X-KEY", "missing", expected);
    }
    let mut formats: Vec<&str> = Vec::new();
    for key in &announced.keys {
        let at = (announced.manifest.as_str(), key.place.as_str());
        if Some(key.from) != first {
            let value = format!("before segment {}", key.from + 1);
            let expected = match first {
                Some(first) => format!("before segment {}, the first encrypted one", first + 1),
                None => "nowhere: its segments are clear".into(),
            };
            findings.add(at, "EXT-X-KEY", value, expected);
        }
        one_key(at, key, method, encryption.scheme, findings);
        if formats.contains(&key.format.as_str()) {
            findings.add(at, "KEYFORMAT", &key.format, "one that no key before has");
        }
        formats.push(&key.format);
        let fields = ("KEYID", "KIDs of URI");
        super::key(&announced.manifest, key, fields, encryption, findings);
    }
}

fn one_key(
    at: (&str, &str),
    key: &AnnouncedKey,
    expected: &str,
    scheme: Scheme,
    findings: &mut Findings,
) {
    let method = key.method.as_deref().unwrap_or("missing");
    if method != expected {
        findings.add(
            at,
            "METHOD",
            method,
            format!("{expected}, as {scheme} has it"),
        );
    }
    if attribute(&key.text, "URI").is_none_or(str::is_empty) {
        findings.add(at, "URI", "missing", "where the key is to be had");
    }
}

/// What tells a key: its system and URI.
fn name(key: &AnnouncedKey) -> (&str, &str) {
    (&key.format, attribute(&key.text, "URI").unwrap_or_default())
}

/// A multivariant playlist names every key of its media playlists and no other.
fn session_keys(master: &Master, findings: &mut Findings) {
    let mut needed: BTreeMap<(&str, &str), (&str, &AnnouncedKey)> = BTreeMap::new();
    for announced in master.media.values() {
        for key in &announced.keys {
            needed
                .entry(name(key))
                .or_insert((&announced.manifest, key));
        }
    }
    let named: Vec<(&str, &str)> = master.session_keys.iter().map(name).collect();
    for (key, (playlist, _)) in needed.iter().filter(|(key, _)| !named.contains(key)) {
        let expected = format!("one of KEYFORMAT {} for {playlist}", key.0);
        findings.add((&master.path, ""), "EXT-X-SESSION-KEY", "missing", expected);
    }
    for (index, key) in master.session_keys.iter().enumerate() {
        let at = (master.path.as_str(), key.place.as_str());
        if named
            .iter()
            .take(index)
            .any(|earlier| *earlier == name(key))
        {
            findings.add(
                at,
                "EXT-X-SESSION-KEY",
                "there twice",
                "one for each key and system",
            );
        }
        match needed.get(&name(key)) {
            None => {
                let expected = "a key of one of its media playlists";
                findings.add(at, "EXT-X-SESSION-KEY", "of no use", expected);
            }
            Some((playlist, own)) => {
                for (field, value, expected) in [
                    ("METHOD", text(&key.method), text(&own.method)),
                    ("KEYID", kid(key), kid(own)),
                ] {
                    if value != expected {
                        let expected = format!("{expected}, as in {playlist}");
                        findings.add(at, field, value, expected);
                    }
                }
            }
        }
    }
}

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_else(|| "missing".into())
}

fn kid(key: &AnnouncedKey) -> String {
    match &key.kid {
        Some(Ok(kid)) => kid.to_string(),
        Some(Err(error)) => error.clone(),
        None => "missing".into(),
    }
}
