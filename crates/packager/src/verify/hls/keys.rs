//! `EXT-X-KEY` and `EXT-X-SESSION-KEY`: how segments are encrypted, and who has the key.

use cenc::Kid;
use cenc::drm::System;

use crate::verify::announced::AnnouncedKey;
use crate::verify::base64::decode;
use crate::verify::encryption::{SystemHeader, kids};
use crate::verify::playlist::attribute;

/// Reads the attribute list of a tag that holds from the segment `from` on.
pub(super) fn read(list: &str, line: usize, from: usize) -> AnnouncedKey {
    let kid = attribute(list, "KEYID").map(|text| {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        Kid::parse(digits.unwrap_or(text)).map_err(|error| error.to_string())
    });
    let format = attribute(list, "KEYFORMAT").unwrap_or("identity");
    AnnouncedKey {
        place: format!("line {line}"),
        format: format.into(),
        method: Some(attribute(list, "METHOD").unwrap_or("missing").into()),
        kid,
        header: header(format, attribute(list, "URI").unwrap_or_default()),
        from,
        text: list.into(),
    }
}

/// What a system is told in a `data:` URI: a `pssh` box, a PlayReady object, or a key id.
fn header(format: &str, uri: &str) -> Option<Result<SystemHeader, String>> {
    let (media_type, data) = uri.strip_prefix("data:")?.split_once(',')?;
    let is_base64 = media_type.ends_with(";base64");
    let Some(bytes) = decode(data).filter(|_| is_base64) else {
        return Some(Err("no base64".into()));
    };
    let is_of = |system: &System| system.hls_key_format().as_deref() == Some(format);
    let system = System::ALL.into_iter().find(is_of);
    Some(match system {
        Some(System::Widevine) => SystemHeader::parse(&bytes),
        Some(system @ System::PlayReady) => Ok(SystemHeader {
            system_id: system.id(),
            kids: kids(system.id(), &bytes),
        }),
        Some(System::FairPlay | System::Common | System::ClearKey) | None => {
            let kid = <[u8; 16]>::try_from(bytes.as_slice());
            Ok(SystemHeader {
                system_id: system.unwrap_or(System::Common).id(),
                kids: kid.ok().map(|kid| vec![Kid(kid)]),
            })
        }
    })
}
