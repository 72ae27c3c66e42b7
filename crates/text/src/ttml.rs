//! TTML 1 and 2 and its text profiles: IMSC text, SMPTE-TT, EBU-TT-D, DFXP.
//!
//! Elements and attributes are known by their local names, so documents of every namespace the
//! format has had are read. Nothing outside the document is ever fetched and no entity beyond
//! the predefined ones is expanded.

mod body;
mod clock;
mod head;
mod layout;
mod paragraph;
mod sample;
mod style;
mod xml;

use crate::document::{Cue, Document, Parsed};
use crate::error::{Error, excerpt};
use crate::warning::Warnings;
use clock::{Clock, INDEFINITE};
use media::Language;
pub use sample::{TtmlReader, from_ttml_samples};
use style::Root;
use xml::{Element, Node, Xml};

/// How deep elements may nest.
const MAX_DEPTH: usize = 256;

/// Reads a TTML file without its byte order mark.
///
/// # Errors
///
/// [`Error::Xml`], [`Error::Field`] for a root that is not `tt` and for times that are none,
/// [`Error::Images`], [`Error::TooDense`].
pub(crate) fn parse(text: &str) -> Result<Parsed, Error> {
    let mut warnings = Warnings::default();
    let Content { mut cues, language } = read(text, &mut warnings)?;
    end_the_endless(&mut cues, &mut warnings);
    Ok(Parsed::new(
        Document {
            cues,
            ..Document::default()
        },
        warnings,
        language,
    ))
}

/// What a TTML document says. Cues without an end have [`i64::MAX`] for one.
struct Content {
    cues: Vec<Cue>,
    language: Option<Language>,
}

fn read(text: &str, warnings: &mut Warnings) -> Result<Content, Error> {
    let mut xml = Xml::new(text);
    let root = loop {
        match xml.next()? {
            Node::Start(element) => break element,
            Node::Text(_) => {}
            Node::End | Node::Eof => return Err(xml.not_well_formed("has no root element")),
        }
    };
    if root.name != "tt" {
        let value = excerpt(&root.name);
        return Err(Error::Field {
            line: root.line,
            field: "root element",
            value,
            expected: "tt",
        });
    }
    refuse_image_profile(&root)?;
    let clock = Clock::new(&root)?;
    let language = root.attribute("lang").and_then(|tag| tag.parse().ok());
    let preserve = root.attribute("space") == Some("preserve");
    let mut head = head::Head::default();
    let mut body = body::Body::new(&clock, preserve);
    loop {
        match xml.next()? {
            Node::Start(element) if element.name == "head" => {
                head.read(&mut xml, &Root::new(&root), warnings)?;
            }
            Node::Start(element) if element.name == "body" => {
                body.read(&mut xml, element, &head, &Root::new(&root), warnings)?;
            }
            Node::Start(_) => xml.skip()?,
            Node::Text(_) => {}
            Node::End => break,
            Node::Eof => return Err(xml.not_well_formed("ends inside tt")),
        }
    }
    Ok(Content {
        cues: body.finish(),
        language,
    })
}

fn refuse_image_profile(root: &Element<'_>) -> Result<(), Error> {
    for name in ["profile", "contentProfiles", "processorProfiles"] {
        let Some(profile) = root.attribute(name) else {
            continue;
        };
        if profile.split_ascii_whitespace().any(is_image_profile) {
            let what = format!("ttp:{name} {}", excerpt(profile));
            return Err(Error::Images {
                line: root.line,
                what,
            });
        }
    }
    Ok(())
}

/// Whether a profile designator is that of an IMSC image profile, such as
/// `http://www.w3.org/ns/ttml/profile/imsc1/image`.
fn is_image_profile(designator: &str) -> bool {
    designator.contains("/imsc") && designator.ends_with("/image")
}

/// Gives cues that last for ever an end: the last time another cue speaks of.
fn end_the_endless(cues: &mut [Cue], warnings: &mut Warnings) {
    const SHORTEST_MS: i64 = 5_000;
    let ends = cues
        .iter()
        .map(|cue| cue.end_ms)
        .filter(|end| *end != i64::MAX);
    let last = ends.max().unwrap_or(0);
    let mut endless = 0_u64;
    for cue in cues.iter_mut().filter(|cue| cue.end_ms == i64::MAX) {
        cue.end_ms = last.max(cue.start_ms.saturating_add(SHORTEST_MS));
        endless += 1;
    }
    if endless > 0 {
        let problem = format!("{endless} have no end, shown until the last end of another");
        warnings.whole("cues", problem);
    }
}

/// Nanoseconds to milliseconds, to the nearest.
fn milliseconds(nanoseconds: i64) -> i64 {
    if nanoseconds == INDEFINITE {
        return i64::MAX;
    }
    (nanoseconds.saturating_add(500_000)).div_euclid(1_000_000)
}

#[cfg(test)]
mod tests;
