//! Elements that somebody else wrote, for the inside of an MPD.

use std::collections::HashSet;

use quick_xml::NsReader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, PrefixDeclaration, ResolveResult};

use super::NAMESPACES;

/// More than any protection system says of a key.
const MOST_BYTES: usize = 128 << 10;
/// No protection system nests deeper.
const MOST_LEVELS: usize = 16;
/// Declarations of namespaces that hold at one place.
const MOST_NAMESPACES: usize = 64;

const MPD: Namespace<'_> = Namespace("urn:mpeg:dash:schema:mpd:2011");

const NOT_WELL_FORMED: &str = "is not well-formed XML";
const ENTITY: &str = "has a reference to an entity that XML does not know";
const TEXT: &str = "has text outside of elements";
const NAME: &str = "has a name that XML cannot hold";
const ATTRIBUTE: &str = "has a malformed attribute";
const UNDECLARED: &str = "has a prefix that is not declared";

/// Checks that `text` is whole elements that any reader of an MPD takes for the children of a
/// `ContentProtection`: well-formed by XML 1.0 and its namespaces, of other namespaces than the
/// MPD's, without a document type, processing instructions and text between them. [`NAMESPACES`]
/// are declared.
///
/// # Errors
/// What is wrong, to follow the name of the field.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    if text.len() > MOST_BYTES {
        return Err("is longer than 131072 bytes");
    }
    if !text.chars().all(is_character) {
        return Err("has a character that XML cannot hold");
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let resolver = reader.resolver_mut();
    resolver.set_max_namespace_bindings(MOST_NAMESPACES);
    for declared in NAMESPACES {
        let prefix = PrefixDeclaration::Named(declared.prefix);
        let declared = resolver.add(prefix, Namespace(declared.uri));
        declared.map_err(|_| NOT_WELL_FORMED)?;
    }
    let (mut depth, mut elements) = (0usize, 0usize);
    loop {
        match reader.read_event().map_err(|_| NOT_WELL_FORMED)? {
            Event::Start(start) => {
                check_element(&reader, &start)?;
                elements += 1;
                depth += 1;
                if depth > MOST_LEVELS {
                    return Err("nests elements more than 16 deep");
                }
            }
            Event::Empty(start) => {
                check_element(&reader, &start)?;
                elements += 1;
            }
            // That it ends the last one opened was checked by the reader.
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(content) if depth == 0 && !content.chars().all(is_space) => {
                return Err(TEXT);
            }
            Event::GeneralRef(_) | Event::CData(_) if depth == 0 => return Err(TEXT),
            Event::Text(content) if content.contains("]]>") => return Err(NOT_WELL_FORMED),
            Event::GeneralRef(reference) => {
                let reference = format!("&{};", &*reference);
                let character = unescape(&reference).map_err(|_| ENTITY)?;
                if !character.chars().all(is_character) {
                    return Err(ENTITY);
                }
            }
            Event::Text(_) | Event::CData(_) | Event::Comment(_) => {}
            Event::DocType(_) => return Err("has a document type declaration"),
            Event::PI(_) | Event::Decl(_) => return Err("has a processing instruction"),
            Event::Eof => break,
        }
    }
    match (depth, elements) {
        (0, 0) => Err("has no element"),
        (0, _) => Ok(()),
        _ => Err("has an element that does not end"),
    }
}

fn check_element(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<(), &'static str> {
    if !is_name(start.name().as_ref()) {
        return Err(NAME);
    }
    if start
        .name()
        .prefix()
        .is_some_and(|prefix| prefix.is_xmlns())
    {
        return Err(UNDECLARED);
    }
    if !has_space_between_attributes(start) {
        return Err(ATTRIBUTE);
    }
    match reader.resolver().resolve_element(start.name()).0 {
        ResolveResult::Unknown(_) => return Err(UNDECLARED),
        ResolveResult::Unbound => return Err("has an element without a namespace"),
        ResolveResult::Bound(MPD) => return Err("has an element of the namespace of MPDs"),
        ResolveResult::Bound(_) => {}
    }
    let (mut written, mut resolved) = (HashSet::new(), HashSet::new());
    // The reader's own check looks at every pair.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| ATTRIBUTE)?;
        if !written.insert(attribute.key) {
            return Err(ATTRIBUTE);
        }
        if !is_name(attribute.key.as_ref()) {
            return Err(NAME);
        }
        if attribute.value.contains('<') {
            return Err(ATTRIBUTE);
        }
        let value = unescape(&attribute.value).map_err(|_| ENTITY)?;
        if !value.chars().all(is_character) {
            return Err(ENTITY);
        }
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        match reader.resolver().resolve_attribute(attribute.key) {
            (ResolveResult::Unknown(_), _) => return Err(UNDECLARED),
            // Two prefixes of one namespace may make two attributes one.
            (ResolveResult::Bound(namespace), local) => {
                if !resolved.insert((namespace.0, local.into_inner())) {
                    return Err(ATTRIBUTE);
                }
            }
            (ResolveResult::Unbound, _) => {}
        }
    }
    Ok(())
}

/// Whether every attribute but the last has white space behind its value, which the reader does not
/// ask for.
fn has_space_between_attributes(start: &BytesStart<'_>) -> bool {
    let mut rest: &str = start;
    while let Some((at, quote)) = rest.char_indices().find(|(_, c)| matches!(c, '"' | '\'')) {
        let value = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let Some((_, after)) = value.split_once(quote) else {
            return false;
        };
        if !after.is_empty() && !after.starts_with(is_space) {
            return false;
        }
        rest = after;
    }
    true
}

/// XML 1.0 production 2, of what a character can be.
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// A name with or without a prefix. Beyond ASCII, every letter or digit of Unicode will do.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        let starts = |c: char| c.is_alphabetic() || c == '_';
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        part.starts_with(starts) && part.chars().all(goes_on)
    };
    match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_key_servers_send_is_taken() {
        for text in [
            // As SPEKE servers send it: its namespace as the default one.
            "<pssh xmlns=\"urn:mpeg:cenc:2013\">AAAA</pssh>",
            "<cenc:pssh xmlns:cenc=\"urn:mpeg:cenc:2013\">AAAA</cenc:pssh>\n\
             <mspr:pro xmlns:mspr=\"urn:microsoft:playready\">AAAA</mspr:pro>\r\n",
            "<cenc:pssh>AA==</cenc:pssh><mspr:pro>AA==</mspr:pro>\
             <dashif:Laurl licenseType='EME-1.0'>https://a.example/?b=c&amp;d&#61;e</dashif:Laurl>",
            "<a:b xmlns:a=\"urn:x\" a:c=\"1\" d=\"&lt;\"><a:e/><![CDATA[<]]><!-- f --></a:b>",
            "<키 xmlns=\"urn:x\"/>",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_would_change_or_break_the_document_is_refused() {
        let deep = "<cenc:a>".repeat(17) + &"</cenc:a>".repeat(17);
        let long = format!("<cenc:a>{}</cenc:a>", "A".repeat(MOST_BYTES));
        let many: String = (0..65).map(|at| format!(" xmlns:p{at}=\"u\"")).collect();
        let many = format!("<cenc:a{many}/>");
        for (text, expected) in [
            ("", "has no element"),
            (" <!-- nothing --> ", "has no element"),
            ("AAAA", TEXT),
            ("<cenc:a/>&amp;", TEXT),
            ("<![CDATA[a]]><cenc:a/>", TEXT),
            ("<cenc:a>", "has an element that does not end"),
            ("</ContentProtection><ContentProtection>", NOT_WELL_FORMED),
            ("<cenc:a/></ContentProtection>", NOT_WELL_FORMED),
            ("<cenc:a></cenc:b>", NOT_WELL_FORMED),
            ("<cenc:a", NOT_WELL_FORMED),
            ("<cenc:a>]]></cenc:a>", NOT_WELL_FORMED),
            ("<cenc:a><!-- a -- b --></cenc:a>", NOT_WELL_FORMED),
            ("<cenc:a b=\"1\" b=\"2\"/>", ATTRIBUTE),
            ("<cenc:a b=1/>", ATTRIBUTE),
            ("<cenc:a b=\"<\"/>", ATTRIBUTE),
            ("<cenc:a b='1'c='2'/>", ATTRIBUTE),
            (
                "<cenc:a xmlns:b='urn:b' xmlns:c='urn:b' b:d='1' c:d='2'/>",
                ATTRIBUTE,
            ),
            ("<xmlns:a/>", UNDECLARED),
            ("<cenc:a>&b;</cenc:a>", ENTITY),
            ("<cenc:a b=\"&c;\"/>", ENTITY),
            ("<cenc:a>&#0;</cenc:a>", ENTITY),
            (
                "<cenc:a>\u{1}</cenc:a>",
                "has a character that XML cannot hold",
            ),
            ("<!DOCTYPE a><cenc:a/>", "has a document type declaration"),
            (
                "<cenc:a><!DOCTYPE a></cenc:a>",
                "has a document type declaration",
            ),
            (
                "<?xml version=\"1.0\"?><cenc:a/>",
                "has a processing instruction",
            ),
            ("<cenc:a><?b c?></cenc:a>", "has a processing instruction"),
            ("<pssh>AAAA</pssh>", "has an element without a namespace"),
            (
                "<cenc:a><b/></cenc:a>",
                "has an element without a namespace",
            ),
            ("<foo:pssh>AAAA</foo:pssh>", UNDECLARED),
            ("<cenc:a foo:b=\"1\"/>", UNDECLARED),
            (
                "<BaseURL xmlns=\"urn:mpeg:dash:schema:mpd:2011\"/>",
                "has an element of the namespace of MPDs",
            ),
            ("<cenc:a:b/>", NAME),
            ("<cenc:1/>", NAME),
            (&deep, "nests elements more than 16 deep"),
            (&long, "is longer than 131072 bytes"),
            (&many, NOT_WELL_FORMED),
        ] {
            assert_eq!(check(text), Err(expected), "{text:.80}");
        }
    }
}
