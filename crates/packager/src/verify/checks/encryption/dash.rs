//! `ContentProtection` of every Representation.

use cenc::Kid;

use crate::verify::announced::Announced;
use crate::verify::encryption::Encryption;
use crate::verify::finding::Findings;
use crate::verify::package::Package;

/// What the value of `@schemeIdUri` of a system begins with.
const URN_UUID: &str = "urn:uuid:";

/// Every Representation is announced as its initialization segment has it.
pub(super) fn check(package: &Package, findings: &mut Findings) {
    for announced in package.mpds.iter().flat_map(|mpd| &mpd.announced) {
        let init = announced.init.as_ref();
        let Some(init) = init.and_then(|init| package.encrypted.get(init)) else {
            continue;
        };
        match &init.encryption {
            Some(encryption) => encrypted(announced, encryption, findings),
            None if !init.is_protected && !announced.keys.is_empty() => {
                let expected = "none: its segments are clear";
                findings.add(announced.at(), "ContentProtection", "there", expected);
            }
            None => {}
        }
    }
}

fn encrypted(announced: &Announced, encryption: &Encryption, findings: &mut Findings) {
    let names = announced.keys.iter().filter(|key| key.method.is_some());
    let names: Vec<_> = names.collect();
    if names.len() != 1 {
        let expected = "1: its segments are encrypted with one key";
        let field = "ContentProtection of mp4protection";
        findings.add(announced.at(), field, names.len(), expected);
    }
    for key in names {
        let at = (announced.manifest.as_str(), key.place.as_str());
        let scheme = encryption.scheme.name();
        if key.method.as_deref() != Some(scheme) {
            let value = key.method.as_deref().unwrap_or_default();
            let value = if value.is_empty() { "missing" } else { value };
            findings.add(at, "@value", value, format!("{scheme}, as in schm"));
        }
        if key.kid.is_none() {
            let expected = format!("{}, as in tenc", encryption.kid);
            findings.add(at, "@cenc:default_KID", "missing", expected);
        }
    }
    for key in &announced.keys {
        let fields = ("@cenc:default_KID", "KIDs of cenc:pssh or mspr:pro");
        super::key(&announced.manifest, key, fields, encryption, findings);
        let id = key.format.to_ascii_lowercase();
        let id = id.strip_prefix(URN_UUID).and_then(|id| Kid::parse(id).ok());
        if let (Some(id), Some(Ok(header))) = (id, &key.header)
            && id.0 != header.system_id
        {
            let at = (announced.manifest.as_str(), key.place.as_str());
            let value = Kid(header.system_id);
            findings.add(
                at,
                "SystemID of cenc:pssh",
                value,
                format!("{id}, as in @schemeIdUri"),
            );
        }
    }
}
