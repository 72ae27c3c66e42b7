//! `ContentProtection`: how a Representation is encrypted, and what protection systems are told.

use cenc::Kid;

use super::{Context, Element};
use crate::verify::announced::AnnouncedKey;
use crate::verify::base64::decode;
use crate::verify::encryption::{SystemHeader, kids};

/// `@schemeIdUri` of the descriptor that names scheme and key id. ISO/IEC 23009-1 5.8.5.2.
pub(in crate::verify) const MP4PROTECTION: &str = "urn:mpeg:dash:mp4protection:2011";

/// The descriptors of a Representation, its own and those of its AdaptationSet.
pub(super) fn read(context: &Context<'_>) -> Vec<AnnouncedKey> {
    let around = context.elements.iter().take(2);
    let descriptors = around.flat_map(|element| element.all("ContentProtection"));
    descriptors.map(|element| key(context, element)).collect()
}

fn key(context: &Context<'_>, element: &Element) -> AnnouncedKey {
    let format = element.attribute("schemeIdUri").unwrap_or_default();
    let value = element.attribute("value").unwrap_or_default();
    let names_scheme = format.eq_ignore_ascii_case(MP4PROTECTION);
    let kid = element.attribute("default_KID");
    AnnouncedKey {
        place: format!("{}: ContentProtection {value}", context.place),
        format: format.into(),
        method: names_scheme.then(|| value.into()),
        kid: kid.map(|text| Kid::parse(text).map_err(|error| error.to_string())),
        header: header(element),
        from: 0,
        text: String::new(),
    }
}

/// What a system is told: `cenc:pssh` and `mspr:pro`, of which players take either.
fn header(element: &Element) -> Option<Result<SystemHeader, String>> {
    let bytes = |child: &Element| decode(&child.text).ok_or("no base64".to_string());
    let pssh = element.child("pssh").map(bytes);
    let pssh = pssh.map(|bytes| bytes.and_then(|bytes| SystemHeader::parse(&bytes)));
    let system_id = cenc::drm::System::PlayReady.id();
    let pro = |bytes: Vec<u8>| SystemHeader {
        system_id,
        kids: kids(system_id, &bytes),
    };
    let pro = element.child("pro").map(|child| bytes(child).map(pro));
    match (pssh, pro) {
        (Some(Ok(pssh)), Some(Ok(pro))) => Some(Ok(both(pssh, pro))),
        (Some(Err(error)), _) | (_, Some(Err(error))) => Some(Err(error)),
        (pssh, pro) => pssh.or(pro),
    }
}

/// All that two headers of one system name.
fn both(mut header: SystemHeader, other: SystemHeader) -> SystemHeader {
    header.kids = match (header.kids, other.kids) {
        (Some(mut kids), Some(others)) => {
            let added: Vec<Kid> = others
                .into_iter()
                .filter(|kid| !kids.contains(kid))
                .collect();
            kids.extend(added);
            Some(kids)
        }
        (kids, others) => kids.or(others),
    };
    header
}
