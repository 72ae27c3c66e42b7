//! `ContentProtection` and what is in it.

use std::io;

use quick_xml::events::{BytesText, Event};

use super::super::super::written::base64;
use super::super::model::{ContentProtection, Mpd};
use super::{Attributes, Xml};
use crate::presentation::DashProtection;
use crate::presentation::protection::NAMESPACES;

/// Declares the namespaces that are used.
pub(super) fn namespaces(mpd: &Mpd<'_>, attributes: Attributes) -> Attributes {
    let elements = || {
        let sets = mpd.adaptation_sets.iter();
        sets.flat_map(|set| &set.content_protection)
    };
    NAMESPACES.iter().fold(attributes, |attributes, namespace| {
        let used = elements().any(|element| uses(element, namespace.prefix));
        attributes.maybe(namespace.declaration, used.then_some(namespace.uri))
    })
}

fn uses(element: &ContentProtection<'_>, prefix: &str) -> bool {
    if prefix == "cenc" && element.default_kid.is_some() {
        return true;
    }
    match element.content {
        Some(DashProtection::Facts {
            pssh,
            playready_object,
            licence_url,
        }) => match prefix {
            "cenc" => pssh.is_some(),
            "mspr" => playready_object.is_some(),
            _ => licence_url.is_some(),
        },
        // One declaration more than needed, where the prefix stands in text, does no harm.
        Some(DashProtection::Xml(xml)) => xml.contains(&format!("{prefix}:")),
        None => false,
    }
}

pub(super) fn element(xml: &mut Xml, item: &ContentProtection<'_>) -> io::Result<()> {
    let attributes = Attributes::default()
        .with("schemeIdUri", &item.descriptor.scheme)
        .maybe("value", item.descriptor.value.as_ref())
        .maybe("cenc:default_KID", item.default_kid.as_ref());
    let name = "ContentProtection";
    match item.content {
        None
        | Some(DashProtection::Facts {
            pssh: None,
            playready_object: None,
            licence_url: None,
        }) => super::empty(xml, name, attributes),
        Some(DashProtection::Facts {
            pssh,
            playready_object,
            licence_url,
        }) => super::element(xml, name, attributes, |xml| {
            if let Some(url) = licence_url {
                let attributes = Attributes::default().with("licenseType", "EME-1.0");
                super::element(xml, "dashif:Laurl", attributes, |xml| {
                    xml.write_event(Event::Text(BytesText::new(url)))
                })?;
            }
            if let Some(pssh) = pssh {
                super::text(xml, "cenc:pssh", &base64(pssh))?;
            }
            if let Some(object) = playready_object {
                super::text(xml, "mspr:pro", &base64(object))?;
            }
            Ok(())
        }),
        // Checked to be whole elements.
        Some(DashProtection::Xml(elements)) => super::element(xml, name, attributes, |xml| {
            xml.write_event(Event::Text(BytesText::from_escaped(elements.trim())))
        }),
    }
}
