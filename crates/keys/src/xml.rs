//! XML documents as trees, of bounded size and depth.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use thiserror::Error;
use zeroize::Zeroizing;

/// Elements in elements.
const MAX_DEPTH: usize = 32;

/// Elements of a document.
const MAX_ELEMENTS: usize = 100_000;

/// An element. Any text may be a key, so all are overwritten when dropped.
pub(crate) struct Element {
    /// Without its prefix.
    pub(crate) name: String,
    /// The namespace that it declares for itself.
    pub(crate) declared_namespace: Option<String>,
    /// The text directly in it, without spaces around.
    pub(crate) text: Zeroizing<String>,
    /// In order.
    pub(crate) children: Vec<Element>,
    /// Names without their prefixes; values with references resolved.
    attributes: Vec<(String, Zeroizing<String>)>,
}

/// Why a text is no XML that is read here. Nothing of the text is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XmlError {
    /// In another encoding.
    #[error("is not text in UTF-8, nor in UTF-16 with a byte order mark")]
    Encoding,
    /// Not well-formed.
    #[error("at byte {at}: is not well-formed XML")]
    Malformed {
        /// From the start of the document.
        at: u64,
    },
    /// A document type, which could define entities.
    #[error("at byte {at}: has a document type, expected none")]
    DocumentType {
        /// From the start of the document.
        at: u64,
    },
    /// Elements nest too deep.
    #[error("at byte {at}: elements nest deeper than {MAX_DEPTH}")]
    Depth {
        /// From the start of the document.
        at: u64,
    },
    /// Too many elements.
    #[error("has more than {MAX_ELEMENTS} elements")]
    Elements,
}

impl Element {
    /// The document element of a document.
    pub(crate) fn parse(document: &[u8]) -> Result<Element, XmlError> {
        let transcoded;
        let text = match document {
            [0xff, 0xfe, rest @ ..] => {
                transcoded = utf16(rest, u16::from_le_bytes)?;
                transcoded.as_str()
            }
            [0xfe, 0xff, rest @ ..] => {
                transcoded = utf16(rest, u16::from_be_bytes)?;
                transcoded.as_str()
            }
            [0xef, 0xbb, 0xbf, rest @ ..] | rest => {
                std::str::from_utf8(rest).map_err(|_| XmlError::Encoding)?
            }
        };
        Parser {
            reader: Reader::from_str(text),
            open: Vec::new(),
            root: None,
            elements: 0,
        }
        .parse()
    }

    /// The value of an attribute of this name in any namespace, without spaces around.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let (_, value) = attributes.find(|(each, _)| each == name)?;
        Some(value.trim())
    }

    /// Its children of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |each| each.name == name)
    }

    /// Its first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|each| each.name == name)
    }

    /// The children of this name of its first child of the other: lists are wrapped.
    pub(crate) fn list<'a>(
        &'a self,
        list: &str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        self.child(list).into_iter().flat_map(|list| list.all(name))
    }

    /// Itself and all it holds, in order.
    pub(crate) fn walk(&self) -> impl Iterator<Item = &Element> {
        let mut next = vec![self];
        std::iter::from_fn(move || {
            let element = next.pop()?;
            next.extend(element.children.iter().rev());
            Some(element)
        })
    }
}

struct Parser<'t> {
    reader: Reader<&'t [u8]>,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl<'t> Parser<'t> {
    fn parse(mut self) -> Result<Element, XmlError> {
        loop {
            let event = self.reader.read_event();
            match event.map_err(|_| self.malformed())? {
                Event::Start(start) => self.start(&start)?,
                Event::Empty(start) => {
                    self.start(&start)?;
                    self.end()?;
                }
                Event::End(_) => self.end()?,
                Event::Text(text) => self.text(&text.xml10_content())?,
                Event::CData(text) => self.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => self.reference(&reference)?,
                Event::DocType(_) => return Err(XmlError::DocumentType { at: self.at() }),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        match (self.open.is_empty(), self.root.take()) {
            (true, Some(root)) => Ok(root),
            _ => Err(self.malformed()),
        }
    }

    fn start(&mut self, start: &BytesStart<'t>) -> Result<(), XmlError> {
        self.elements += 1;
        if self.root.is_some() {
            return Err(self.malformed());
        }
        if self.elements > MAX_ELEMENTS {
            return Err(XmlError::Elements);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlError::Depth { at: self.at() });
        }
        let name = start.name();
        let (prefix, local) = split(name.as_ref());
        let declaration = match prefix {
            Some(prefix) => format!("xmlns:{prefix}"),
            None => "xmlns".to_owned(),
        };
        let mut declared_namespace = None;
        let mut attributes = Vec::new();
        // Looking for duplicates would take the square of the number of attributes.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| self.malformed())?;
            let value = attribute
                .normalized_value_with(XmlVersion::Explicit1_0, 1, resolve_predefined_entity)
                .map_err(|_| self.malformed())?
                .into_owned();
            let name = attribute.key.as_ref();
            if name == declaration {
                declared_namespace = Some(value);
            } else if name != "xmlns" && !name.starts_with("xmlns:") {
                attributes.push((split(name).1.to_owned(), Zeroizing::new(value)));
            }
        }
        self.open.push(Element {
            name: local.to_owned(),
            declared_namespace,
            text: Zeroizing::default(),
            children: Vec::new(),
            attributes,
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), XmlError> {
        let mut element = self.open.pop().ok_or_else(|| self.malformed())?;
        if element.text.trim().len() < element.text.len() {
            element.text = Zeroizing::new(element.text.trim().to_owned());
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.malformed()),
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'t>) -> Result<(), XmlError> {
        let mut character = [0; 4];
        let text = match reference.resolve_char_ref() {
            Ok(Some(found)) => Some(&*found.encode_utf8(&mut character)),
            Ok(None) => resolve_predefined_entity(reference),
            Err(_) => None,
        };
        let text = text.ok_or_else(|| self.malformed())?;
        self.text(text)
    }

    fn at(&self) -> u64 {
        self.reader.buffer_position()
    }

    fn malformed(&self) -> XmlError {
        XmlError::Malformed { at: self.at() }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Zeroizing<String>, XmlError> {
    let (units, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(XmlError::Encoding);
    }
    let units = units.iter().copied().map(unit);
    // Never grown: a unit is three bytes of UTF-8 at most.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() / 2 * 3));
    for character in char::decode_utf16(units) {
        text.push(character.map_err(|_| XmlError::Encoding)?);
    }
    Ok(text)
}

/// Prefix and local name.
fn split(name: &str) -> (Option<&str>, &str) {
    match name.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None => (None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(document: &str) -> XmlError {
        Element::parse(document.as_bytes()).err().unwrap()
    }

    #[test]
    fn names_lose_their_prefix_and_references_are_resolved() {
        let document = "<?xml version='1.0'?><!-- c -->\n\
            <a:Root xmlns:a='urn:a' xmlns='urn:b' a:x=' 1&amp;&#50; '>\n <B> x<![CDATA[<]]>&lt;y \
            </B><B/></a:Root>\n";
        let root = Element::parse(document.as_bytes()).unwrap();
        assert_eq!(root.name, "Root");
        assert_eq!(root.declared_namespace.as_deref(), Some("urn:a"));
        assert_eq!(root.attribute("x"), Some("1&2"));
        let texts: Vec<_> = root.all("B").map(|each| each.text.as_str()).collect();
        assert_eq!(texts, ["x<<y", ""]);
        assert_eq!(root.walk().count(), 3);
    }

    #[test]
    fn what_is_no_single_well_formed_element_is_refused() {
        for document in [
            "",
            "text",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "<a x=1/>",
            "<a>&b;</a>",
            "<a>&#xd800;</a>",
            "<a",
            "<a x='&b;'/>",
        ] {
            assert!(
                matches!(error(document), XmlError::Malformed { .. }),
                "{document}"
            );
        }
        assert_eq!(
            Element::parse(b"<a>\xff</a>").err(),
            Some(XmlError::Encoding)
        );
    }

    #[test]
    fn utf16_is_read_behind_its_byte_order_mark() {
        let units = || "\u{feff}<a>\u{10000}</a>".encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for document in [&little, &big] {
            assert_eq!(*Element::parse(document).ok().unwrap().text, "\u{10000}");
        }
        assert!(Element::parse(&little[2..]).is_err());
        assert!(Element::parse(&little[..little.len() - 1]).is_err());
    }

    #[test]
    fn document_types_and_depths_and_masses_of_elements_are_refused() {
        let document = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>";
        assert!(matches!(error(document), XmlError::DocumentType { .. }));
        let deep = |depth| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(Element::parse(deep(32).as_bytes()).is_ok());
        assert!(matches!(error(&deep(33)), XmlError::Depth { .. }));
        let many = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS));
        assert_eq!(error(&many), XmlError::Elements);
    }
}
