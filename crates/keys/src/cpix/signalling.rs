//! What a document says to DRM systems: `DRMSystem`.

use cenc::Kid;

use super::CpixError;
use super::document::Document;
use super::secret::field;
use crate::xml::Element;
use crate::{Signalling, base64};

impl Document {
    /// What it says of one key to those of `systems` it names, and what is odd about it.
    pub(super) fn signalling(
        &self,
        kid: Kid,
        systems: &[[u8; 16]],
    ) -> Result<(Vec<Signalling>, Vec<String>), CpixError> {
        let mut warnings = Vec::new();
        let elements = self.root.list("DRMSystemList", "DRMSystem");
        let is = |element: &Element, name: &str| {
            let uuid = element.attribute(name)?;
            Kid::parse(uuid).ok()
        };
        let found = elements.filter_map(|element| {
            let system = is(element, "systemId")?;
            let wanted = is(element, "kid") == Some(kid) && systems.contains(&system.0);
            wanted.then_some((element, system.0))
        });
        let found = found.map(|(element, system_id)| read(element, kid, system_id, &mut warnings));
        let mut found = found.collect::<Result<Vec<_>, _>>()?;
        // Of what was left as it was asked nothing is said.
        found.retain(|each| !each.is_empty());
        Ok((found, warnings))
    }
}

fn read(
    element: &Element,
    kid: Kid,
    system_id: [u8; 16],
    warnings: &mut Vec<String>,
) -> Result<Signalling, CpixError> {
    let place = format!("DRMSystem {} of key {kid}", Kid(system_id));
    let wrong = |name, fault| field(&place, name, fault);
    let bytes = |child: &Element, name| match child.text.as_str() {
        "" => Ok(None),
        text => base64::decode(text)
            .map(|bytes| Some(bytes.to_vec()))
            .ok_or_else(|| wrong(name, "is not base64")),
    };
    let text = |child: &Element, name| {
        let text = bytes(child, name)?.map(String::from_utf8).transpose();
        text.map_err(|_| wrong(name, "is not UTF-8 in base64"))
    };
    let pssh = match element.child("PSSH") {
        Some(child) => bytes(child, "PSSH")?,
        None => None,
    };
    if pssh.as_ref().is_some_and(|pssh| !is_pssh(pssh, system_id)) {
        return Err(wrong("PSSH", "is not a whole pssh box of this system"));
    }
    let content_protection_data = match element.child("ContentProtectionData") {
        Some(child) => text(child, "ContentProtectionData")?,
        None => None,
    };
    if let Some(xml) = &content_protection_data {
        let fragment = Element::parse(format!("<a>{xml}</a>").as_bytes())
            .map_err(|_| wrong("ContentProtectionData", "is not well-formed XML"))?;
        // What players are told in the manifest and in the media has to be the same.
        let same = |inner: &Element| base64::decode(&inner.text).as_deref() == pssh.as_ref();
        let mut inner = fragment.walk().filter(|each| each.name == "pssh");
        if pssh.is_some() && inner.any(|inner| !same(inner)) {
            warnings.push(format!(
                "{place}: PSSH and the pssh in ContentProtectionData differ"
            ));
        }
    }
    let (mut hls_media, mut hls_master) = (Vec::new(), Vec::new());
    for child in element.all("HLSSignalingData") {
        let lines = text(child, "HLSSignalingData")?.unwrap_or_default();
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        if lines.iter().any(|line| !is_tag(line)) {
            return Err(wrong("HLSSignalingData", "has a line that is no tag"));
        }
        match child.attribute("playlist") {
            // 2.3 and before have master, 2.4 has multiVariant.
            Some("master" | "multiVariant") => hls_master.extend(lines),
            None | Some("media" | "") => hls_media.extend(lines),
            Some(_) => return Err(wrong("HLSSignalingData", "has an unknown playlist")),
        }
    }
    let uri_ext_x_key = match element.child("URIExtXKey") {
        // Base64 has no colon, a URI has.
        Some(child) if child.text.contains(':') => Some(child.text.to_string()),
        Some(child) => text(child, "URIExtXKey")?,
        None => None,
    };
    if uri_ext_x_key.as_deref().is_some_and(|uri| !is_uri(uri)) {
        return Err(wrong("URIExtXKey", "is no URI"));
    }
    Ok(Signalling {
        kid,
        system_id,
        pssh,
        content_protection_data,
        hls_media,
        hls_master,
        uri_ext_x_key,
    })
}

/// Size, type and `SystemID` of a box.
fn is_pssh(bytes: &[u8], system_id: [u8; 16]) -> bool {
    let size = u32::try_from(bytes.len()).unwrap_or(0).to_be_bytes();
    bytes.get(..4) == Some(&size[..])
        && bytes.get(4..8) == Some(b"pssh")
        && bytes.get(12..28) == Some(&system_id[..])
        && bytes.len() >= 32
}

/// A line about keys, or a comment, as vendors' tags are to everybody else: nothing that could be
/// taken for a URI or change what else a playlist says.
fn is_tag(line: &str) -> bool {
    let about_keys = ["#EXT-X-KEY:", "#EXT-X-SESSION-KEY:"];
    let is_own = line.starts_with('#') && !line.starts_with("#EXT");
    (is_own || about_keys.iter().any(|tag| line.starts_with(tag)))
        && !line.contains(char::is_control)
}

/// What can stand between the quotation marks of an attribute of a playlist.
fn is_uri(uri: &str) -> bool {
    let is_odd = |character: char| character.is_control() || " \"<>".contains(character);
    !uri.is_empty() && !uri.contains(is_odd)
}
