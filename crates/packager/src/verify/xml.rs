//! XML as a small tree, as much as reading an MPD back takes.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Deepest nesting taken.
const MAX_DEPTH: usize = 32;

/// An element, its attributes and children. Names are local: prefixes are dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    /// Character data directly in the element.
    pub(super) text: String,
}

impl Element {
    /// Reads a document; its root element.
    ///
    /// # Errors
    ///
    /// What is wrong, with the byte where it is.
    pub(super) fn parse(text: &str) -> Result<Element, String> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        loop {
            let at = reader.buffer_position();
            let wrong = |error: &dyn std::fmt::Display| format!("at byte {at}: {error}");
            let event = reader.read_event().map_err(|error| wrong(&error))?;
            match event {
                Event::Start(start) => {
                    if open.len() >= MAX_DEPTH {
                        return Err(wrong(&format!("elements nest deeper than {MAX_DEPTH}")));
                    }
                    open.push(Element::start(&start).map_err(|error| wrong(&error))?);
                }
                Event::Empty(start) => {
                    let element = Element::start(&start).map_err(|error| wrong(&error))?;
                    close(element, &mut open, &mut root);
                }
                Event::End(_) => {
                    if let Some(element) = open.pop() {
                        close(element, &mut open, &mut root);
                    }
                }
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.xml10_content());
                    }
                }
                Event::CData(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(reference) => {
                    let known = match &*reference.xml10_content() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "apos" => Some('\''),
                        "quot" => Some('"'),
                        _ => reference
                            .resolve_char_ref()
                            .map_err(|error| wrong(&error))?,
                    };
                    if let Some(element) = open.last_mut() {
                        element.text.extend(known);
                    }
                }
                Event::Eof if open.is_empty() => {
                    return root.ok_or_else(|| wrong(&"no element"));
                }
                Event::Eof => return Err(wrong(&"an element is not closed")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn start(start: &BytesStart<'_>) -> Result<Element, String> {
        let mut element = Element {
            name: start.local_name().as_ref().to_string(),
            ..Element::default()
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| error.to_string())?;
            let name = attribute.key.local_name().as_ref().to_string();
            element.attributes.push((name, value.into_owned()));
        }
        Ok(element)
    }

    /// The attribute called `name`.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The children called `name`.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child called `name`.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_text_are_read() {
        let text = "<?xml version=\"1.0\"?><a x:b='1 &amp; 2'><c/><c>t&lt;&#233;</c></a>";
        let root = Element::parse(text).unwrap();
        assert_eq!(
            (root.name.as_str(), root.attribute("b")),
            ("a", Some("1 & 2"))
        );
        assert_eq!(root.all("c").count(), 2);
        assert_eq!(root.children[1].text, "t<é");
    }

    #[test]
    fn deep_nesting_and_open_ends_are_errors() {
        assert!(
            Element::parse(&"<a>".repeat(100_000))
                .unwrap_err()
                .contains("deeper than 32")
        );
        for text in ["", "<a>", "<a", "<a></b>", "<a b=c/>"] {
            assert!(Element::parse(text).is_err(), "{text}");
        }
    }
}
