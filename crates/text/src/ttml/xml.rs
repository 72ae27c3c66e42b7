//! XML as elements and text with line numbers.

use super::MAX_DEPTH;
use crate::error::{Error, excerpt};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// One piece of a document.
#[derive(Debug)]
pub(super) enum Node<'t> {
    Start(Element<'t>),
    End,
    Text(Cow<'t, str>),
    Eof,
}

/// The start of an element.
#[derive(Debug)]
pub(super) struct Element<'t> {
    /// Without its prefix.
    pub(super) name: String,
    /// Line of the start tag, from 1.
    pub(super) line: u64,
    /// Names without their prefixes, values with references resolved.
    pub(super) attributes: Vec<(String, Cow<'t, str>)>,
}

impl Element<'_> {
    /// The value of an attribute of this name in any namespace.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| &**value)
    }
}

/// Reads a document from front to back. Comments, instructions and the document type are passed
/// over; empty elements have a start and an end.
pub(super) struct Xml<'t> {
    reader: Reader<&'t [u8]>,
    text: &'t str,
    /// How far lines are counted.
    counted: usize,
    line: u64,
    depth: usize,
}

impl<'t> Xml<'t> {
    pub(super) fn new(text: &'t str) -> Xml<'t> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Xml {
            reader,
            text,
            counted: 0,
            line: 1,
            depth: 0,
        }
    }

    /// The next start, end or text.
    pub(super) fn next(&mut self) -> Result<Node<'t>, Error> {
        loop {
            self.count_lines();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.not_well_formed(error)),
            };
            return Ok(match event {
                Event::Start(start) | Event::Empty(start) => Node::Start(self.element(&start)?),
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::End
                }
                Event::Text(text) => Node::Text(text.xml10_content()),
                Event::CData(text) => Node::Text(text.xml10_content()),
                Event::GeneralRef(reference) => Node::Text(self.resolve(&reference)?),
                Event::Eof if self.depth > 0 => {
                    return Err(self.not_well_formed("ends inside an element"));
                }
                Event::Eof => Node::Eof,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }

    /// Passes over the rest of the element whose start was last read.
    pub(super) fn skip(&mut self) -> Result<(), Error> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Node::Eof = self.next()? {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn not_well_formed(&self, reason: impl ToString) -> Error {
        Error::Xml {
            line: self.line,
            byte: self.counted as u64,
            reason: reason.to_string(),
        }
    }

    /// Counts the lines up to the piece that is read next.
    fn count_lines(&mut self) {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let passed = self
            .text
            .as_bytes()
            .get(self.counted..at)
            .unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted += passed.len();
    }

    fn element(&mut self, start: &BytesStart<'t>) -> Result<Element<'t>, Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.not_well_formed(format!("elements nest deeper than {MAX_DEPTH}")));
        }
        let mut attributes = Vec::new();
        // Looking for duplicates would take the square of the number of attributes.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.not_well_formed(error))?;
            let value = attribute
                .normalized_value_with(XmlVersion::Explicit1_0, 1, resolve_predefined_entity)
                .map_err(|error| self.not_well_formed(error))?;
            let name = local(attribute.key.as_ref()).to_owned();
            attributes.push((name, Cow::Owned(value.into_owned())));
        }
        let name = local(start.name().as_ref()).to_owned();
        Ok(Element {
            name,
            line: self.line,
            attributes,
        })
    }

    fn resolve(&self, reference: &BytesRef<'t>) -> Result<Cow<'t, str>, Error> {
        match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(Cow::Owned(character.to_string())),
            Ok(None) => match resolve_predefined_entity(reference) {
                Some(text) => Ok(Cow::Borrowed(text)),
                None => Err(self.not_well_formed(format!(
                    "entity {} is not defined, expected amp, lt, gt, apos, quot or a character \
                     reference",
                    excerpt(reference)
                ))),
            },
            Err(error) => Err(self.not_well_formed(error)),
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
