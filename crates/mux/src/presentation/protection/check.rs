//! Whether what is said of encryption can be announced.

use std::collections::HashMap;

use isobmff::boxes::Pssh;
use isobmff::{BoxBody, Place, RawBox};

use super::super::{Inconsistent, Rendition};
use super::tag::Tag;
use super::{
    DashProtection, HlsProtection, Protection, ProtectionSystem, SCHEMES, fragment,
    is_cipher_block_chaining, uuid,
};

/// Every text has what manifests can hold, and says what the scheme needs.
pub(in super::super) fn check(rendition: &Rendition) -> Result<(), Inconsistent> {
    let Some(protection) = &rendition.protection else {
        return Ok(());
    };
    if !SCHEMES
        .iter()
        .any(|(scheme, _)| *scheme == protection.scheme)
    {
        return Err(Inconsistent::Scheme {
            id: rendition.id.clone(),
            scheme: protection.scheme.to_string(),
        });
    }
    for system in &protection.systems {
        check_system(protection, system).map_err(|(field, problem)| Inconsistent::System {
            id: rendition.id.clone(),
            system: uuid(&system.system_id),
            field,
            problem,
        })?;
    }
    Ok(())
}

/// A key is for one cipher: none of its ids is of two schemes whose ciphers differ.
pub(in super::super) fn check_keys(renditions: &[Rendition]) -> Result<(), Inconsistent> {
    let mut first: HashMap<[u8; 16], &Rendition> = HashMap::new();
    let chains = |rendition: &Rendition| {
        let scheme = rendition.protection.as_ref().map(|found| found.scheme);
        scheme.map(is_cipher_block_chaining)
    };
    for rendition in renditions {
        let Some(protection) = &rendition.protection else {
            continue;
        };
        let other = *first.entry(protection.kid).or_insert(rendition);
        if chains(other) != chains(rendition) {
            return Err(Inconsistent::KeyOfTwoCiphers {
                id: rendition.id.clone(),
                other: other.id.clone(),
                kid: protection.kid_uuid(),
            });
        }
    }
    Ok(())
}

/// A field of [`ProtectionSystem`], and what is wrong with it. What it is stays unsaid: a key
/// server may have put there what nobody should read in a log.
type Wrong = (&'static str, &'static str);

fn check_system(protection: &Protection, system: &ProtectionSystem) -> Result<(), Wrong> {
    word("name", &system.name, Empty::Allowed)?;
    match &system.dash {
        Some(DashProtection::Facts {
            pssh,
            playready_object,
            licence_url,
        }) => {
            if pssh.as_ref().is_some_and(|pssh| !is_pssh(pssh)) {
                return Err(("pssh", "is no whole pssh box"));
            }
            if playready_object.as_ref().is_some_and(Vec::is_empty) {
                return Err(("PlayReady object", EMPTY));
            }
            if let Some(url) = licence_url {
                word("licence URL", url, Empty::Refused)?;
            }
        }
        Some(DashProtection::Xml(xml)) => {
            fragment::check(xml).map_err(|problem| ("ContentProtection data", problem))?;
        }
        None => {}
    }
    match &system.hls {
        Some(HlsProtection::Key {
            uri,
            key_format,
            key_format_versions,
            key_id: _,
        }) => {
            quoted("URI", uri, Empty::Refused)?;
            quoted("KEYFORMAT", key_format, Empty::Refused)?;
            quoted("KEYFORMATVERSIONS", key_format_versions, Empty::Allowed)?;
        }
        Some(HlsProtection::Lines { media, master }) => {
            let method = protection.hls_method();
            media
                .iter()
                .try_for_each(|line| check_line(line, Tag::Key, method))?;
            master
                .iter()
                .try_for_each(|line| check_line(line, Tag::SessionKey, method))?;
        }
        None => {}
    }
    Ok(())
}

const EMPTY: &str = "is empty";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Allowed,
    Refused,
}

fn word(field: &'static str, value: &str, empty: Empty) -> Result<(), Wrong> {
    if value.is_empty() && empty == Empty::Refused {
        return Err((field, EMPTY));
    }
    match value.chars().any(is_control) {
        true => Err((field, "has a control character")),
        false => Ok(()),
    }
}

/// What becomes a quoted string of a playlist.
fn quoted(field: &'static str, value: &str, empty: Empty) -> Result<(), Wrong> {
    word(field, value, empty)?;
    match value.contains('"') {
        true => Err((field, "has a double quote, which no quoted string can hold")),
        false => Ok(()),
    }
}

fn check_line(line: &str, tag: Tag, method: &str) -> Result<(), Wrong> {
    let field = match tag {
        Tag::Key => "line for media playlists",
        Tag::SessionKey => "line for the master playlist",
    };
    if line.chars().any(is_control) {
        return Err((field, "has a control character"));
    }
    let Some(attributes) = tag.attributes_of(line) else {
        return Err(match tag {
            Tag::Key => (field, "is no EXT-X-KEY tag with attributes"),
            Tag::SessionKey => (field, "is no EXT-X-SESSION-KEY tag with attributes"),
        });
    };
    let value = |name: &str| {
        let mut found = attributes.iter().filter(|(found, _)| *found == name);
        found.next().map(|(_, value)| *value)
    };
    match (value("METHOD"), value("URI")) {
        (Some(found), Some(_)) if found == method => Ok(()),
        (Some(found), _) if found != method => Err((field, "has another METHOD than the scheme's")),
        (None, _) => Err((field, "has no METHOD")),
        (Some(_), _) => Err((field, "has no URI")),
    }
}

fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn is_pssh(bytes: &[u8]) -> bool {
    RawBox::parse(bytes, 0, &Place::FILE)
        .and_then(|raw| Pssh::parse_with_rest(&raw, &Place::FILE).map(|(_, rest)| (raw, rest)))
        .is_ok_and(|(raw, rest)| raw.bytes.len() == bytes.len() && rest.is_empty())
}
