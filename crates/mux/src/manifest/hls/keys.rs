//! `EXT-X-KEY` and `EXT-X-SESSION-KEY`, RFC 8216 4.3.2.4 and 4.3.4.5.
//!
//! Both need version 5 for `SAMPLE-AES` and `KEYFORMAT`, which every playlist with an `EXT-X-MAP`
//! has anyway. `SAMPLE-AES-CTR` and `KEYID` follow the successor of the RFC and common practice.

use std::collections::HashSet;

use media::TrackKind;

use super::attributes::Attributes;
use crate::Presentation;
use crate::presentation::protection::Tag;
use crate::presentation::{HlsProtection, Protection, Rendition};

/// The lines before the segment at `place` of a media playlist, counted from 0: where the encrypted
/// segments begin, one for each protection system. None comes before, as players would wait for a
/// licence with clear pictures at hand; and the `EXT-X-MAP` stands before all of them, or it would be
/// said to be encrypted itself.
pub(super) fn before(rendition: &Rendition, place: usize) -> String {
    let protection = needed_by(rendition).filter(|found| found.clear_segments == place);
    let lines = protection.map(|protection| lines(protection, Tag::Key));
    lines
        .into_iter()
        .flatten()
        .map(|line| line + "\n")
        .collect()
}

/// The keys of all playlists that a master playlist names, so that players can ask for them before
/// they have seen those. Of lines that say the same of a key, the first stands for all, as it has
/// to.
pub(super) fn of_session(presentation: &Presentation) -> String {
    let (mut seen, mut out) = (HashSet::new(), String::new());
    for kind in [TrackKind::Video, TrackKind::Audio, TrackKind::Text] {
        for rendition in presentation.of_kind(kind) {
            let Some(protection) = needed_by(rendition) else {
                continue;
            };
            for line in lines(protection, Tag::SessionKey) {
                if seen.insert(identity(&line)) {
                    out += &line;
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// How the files that the rendition's playlist names are encrypted. WebVTT files never are.
fn needed_by(rendition: &Rendition) -> Option<&Protection> {
    rendition
        .encrypted()
        .filter(|_| rendition.webvtt().is_none())
}

fn lines(protection: &Protection, tag: Tag) -> impl Iterator<Item = String> {
    let announced = protection.systems.iter().map(|system| system.hls.as_ref());
    announced
        .flatten()
        .flat_map(move |system| system_lines(protection, system, tag))
}

fn system_lines(protection: &Protection, system: &HlsProtection, tag: Tag) -> Vec<String> {
    match system {
        HlsProtection::Key {
            uri,
            key_format,
            key_format_versions,
            key_id,
        } => {
            let attributes = Attributes::default()
                .plain("METHOD", protection.hls_method())
                .quoted("URI", uri);
            let kid = u128::from_be_bytes(protection.kid);
            let attributes = match key_id {
                true => attributes.plain("KEYID", format_args!("0x{kid:032X}")),
                false => attributes,
            };
            let versions = Some(key_format_versions.as_str()).filter(|text| !text.is_empty());
            let attributes = attributes
                .quoted("KEYFORMAT", key_format)
                .maybe_quoted("KEYFORMATVERSIONS", versions);
            vec![format!("{}{attributes}", tag.prefix())]
        }
        HlsProtection::Lines { media, master } => match tag {
            Tag::Key => media.clone(),
            Tag::SessionKey if !master.is_empty() => master.clone(),
            Tag::SessionKey => {
                let attributes = media
                    .iter()
                    .filter_map(|line| line.strip_prefix(Tag::Key.prefix()));
                attributes
                    .map(|attributes| format!("{}{attributes}", tag.prefix()))
                    .collect()
            }
        },
    }
}

/// What no two `EXT-X-SESSION-KEY` of a playlist may have in common.
fn identity(line: &str) -> Vec<Option<String>> {
    const NAMES: [&str; 5] = ["METHOD", "URI", "IV", "KEYFORMAT", "KEYFORMATVERSIONS"];
    let attributes = Tag::SessionKey.attributes_of(line).unwrap_or_default();
    let value = |wanted: &str| {
        let mut found = attributes.iter().filter(|(name, _)| *name == wanted);
        found.next().map(|(_, value)| (*value).to_owned())
    };
    NAMES.map(value).to_vec()
}
