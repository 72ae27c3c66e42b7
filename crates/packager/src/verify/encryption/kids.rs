//! Key ids within what protection systems are told.

use cenc::Kid;
use cenc::drm::System;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::base64::decode;

/// The key ids that the data of a `pssh` box names; `None` where nothing can be told of them.
pub(in crate::verify) fn kids(system_id: [u8; 16], data: &[u8]) -> Option<Vec<Kid>> {
    match System::ALL
        .into_iter()
        .find(|system| system.id() == system_id)?
    {
        System::Widevine => widevine(data),
        System::PlayReady => playready(data),
        System::FairPlay | System::Common | System::ClearKey => None,
    }
}

/// `key_id` of a `WidevinePsshData`, a message of protocol buffers: field 2.
fn widevine(mut data: &[u8]) -> Option<Vec<Kid>> {
    let mut kids = Vec::new();
    while !data.is_empty() {
        let tag = varint(&mut data)?;
        match tag & 7 {
            0 => {
                varint(&mut data)?;
            }
            2 => {
                let length = usize::try_from(varint(&mut data)?).ok()?;
                let (value, rest) = data.split_at_checked(length)?;
                if tag >> 3 == 2 {
                    kids.push(Kid(value.try_into().ok()?));
                }
                data = rest;
            }
            _ => return None,
        }
    }
    Some(kids)
}

/// Seven bits a byte, the lowest first, the upper bit set on all but the last.
fn varint(data: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = data.split_first()?;
        *data = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// `KID` elements of the header in a PlayReady object: in version 4.0 their text is the id, from
/// 4.1 on an attribute, in the byte order of a GUID.
fn playready(object: &[u8]) -> Option<Vec<Kid>> {
    // Its length and the number of its records; a record has type and length, and the first is the
    // header.
    let header = object.get(10..)?;
    let units = header
        .chunks_exact(2)
        .filter_map(|unit| unit.try_into().ok());
    let text = String::from_utf16(&units.map(u16::from_le_bytes).collect::<Vec<u16>>()).ok()?;
    let mut reader = Reader::from_str(&text);
    let (mut kids, mut is_kid) = (Vec::new(), false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => {
                is_kid = start.local_name().as_ref() == "KID";
                let value = start.try_get_attribute("VALUE").ok()?;
                if let Some(value) = value.filter(|_| is_kid) {
                    kids.push(guid(&value.value)?);
                }
            }
            Event::Text(text) if is_kid => kids.push(guid(&text.xml10_content())?),
            Event::End(_) => is_kid = false,
            Event::Eof => return Some(kids),
            _ => {}
        }
    }
}

/// A key id from the base64 of a GUID.
fn guid(text: &str) -> Option<Kid> {
    let bytes: [u8; 16] = decode(text)?.try_into().ok()?;
    // The order is its own inverse.
    Some(Kid(Kid(bytes).guid()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cenc::Key;
    use cenc::drm::playready::{HeaderVersion, PlayReadyHeader};
    use cenc::drm::widevine::WidevineData;
    use cenc::scheme::{Algorithm, Scheme};

    const KID: Kid = Kid(*b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff");

    #[test]
    fn widevine_names_its_keys() {
        let kids = [KID, Kid([7; 16])];
        let data = WidevineData {
            kids: &kids,
            provider: "provider",
            content_id: b"content",
            scheme: Scheme::Cbcs,
        };
        let bytes = data.to_bytes();
        assert_eq!(widevine(&bytes).unwrap(), kids);
        // What is cut within a field tells nothing; at its end it is a shorter message.
        for cut in 1..18 {
            assert_eq!(widevine(&bytes[..cut]), None, "{cut}");
        }
        assert_eq!(widevine(&[0xff; 12]), None);
    }

    #[test]
    fn playready_names_its_keys_in_every_version() {
        let key = Key::from_bytes([1; 16]);
        for version in [
            HeaderVersion::V4_0,
            HeaderVersion::V4_1,
            HeaderVersion::V4_2,
            HeaderVersion::V4_3,
        ] {
            let header = PlayReadyHeader {
                version,
                keys: &[(KID, &key)],
                algorithm: Algorithm::AesCtr,
                licence_url: Some("https://licence.example/"),
                custom_attributes: None,
            };
            let object = header.object().unwrap();
            assert_eq!(playready(&object).unwrap(), [KID], "{version:?}");
            for cut in 0..object.len() {
                let _ = playready(&object[..cut]);
            }
        }
    }
}
