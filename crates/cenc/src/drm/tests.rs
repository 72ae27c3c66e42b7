use isobmff::{Place, RawBox};

use super::playready::{HeaderVersion, PlayReadyHeader};
use super::widevine::WidevineData;
use super::*;
use crate::Key;
use crate::scheme::Algorithm;

/// The key and its id of Microsoft's examples, whose check sum they print.
const KEY: &str = "b42ca3172ee4e69bf51848a59db9cd13";
const KID: &str = "09e36702-8f33-436c-a5dd-60ffe6671e70";

fn kid() -> Kid {
    Kid::parse(KID).unwrap()
}

fn read(bytes: &[u8]) -> Pssh<'_> {
    let raw = RawBox::parse(bytes, 0, &Place::FILE).unwrap();
    Pssh::parse(&raw, &Place::FILE).unwrap()
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .chunks(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).unwrap()
}

#[test]
fn every_system_has_a_name_and_an_id_of_its_own() {
    for (index, system) in System::ALL.into_iter().enumerate() {
        assert_eq!(System::from_name(system.name()), Some(system));
        let others = &System::ALL[index + 1..];
        assert!(others.iter().all(|other| other.id() != system.id()));
    }
    assert_eq!(
        System::Widevine.urn(),
        "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"
    );
    assert_eq!(
        System::PlayReady.urn(),
        "urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95"
    );
    assert_eq!(
        System::FairPlay.urn(),
        "urn:uuid:94ce86fb-07ff-4f43-adb8-93d2fa968ca2"
    );
    assert_eq!(
        System::Common.urn(),
        "urn:uuid:1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"
    );
    assert_eq!(
        System::ClearKey.urn(),
        "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e"
    );
}

#[test]
fn widevine_data_is_a_message_of_protocol_buffers() {
    let data = WidevineData {
        kids: &[Kid([0xab; 16])],
        provider: "acme",
        content_id: &[7; 200],
        scheme: Scheme::Cenc,
    };
    let expected = [
        &[0x12, 16][..],
        &[0xab; 16],
        &[0x1a, 4],
        b"acme",
        &[0x22, 0xc8, 0x01],
        &[7; 200],
        // 'cenc' as a number.
        &[0x48, 0xe3, 0xdc, 0x95, 0x9b, 0x06],
    ];
    assert_eq!(data.to_bytes(), expected.concat());
    let bytes = data.pssh(PsshVersion::V0).unwrap();
    let pssh = read(&bytes);
    assert_eq!(
        (pssh.system_id, pssh.kids.len()),
        (System::Widevine.id(), 0)
    );
    assert_eq!(pssh.data, data.to_bytes());
    let bytes = data.pssh(PsshVersion::V1).unwrap();
    assert_eq!(read(&bytes).kids.get(0), Some([0xab; 16]));
}

#[test]
fn the_common_box_lists_key_ids_and_has_no_data() {
    let bytes = common::pssh(&[Kid([1; 16]), Kid([2; 16])]).unwrap();
    let pssh = read(&bytes);
    assert_eq!((pssh.version, pssh.data), (1, &[][..]));
    let kids: Vec<_> = pssh.kids.iter().collect();
    assert_eq!(kids, [[1; 16], [2; 16]]);
}

#[test]
fn playready_headers_of_every_version() {
    let key = Key::parse(KEY).unwrap();
    let header = |version, algorithm| {
        PlayReadyHeader {
            version,
            keys: &[(kid(), &key)],
            algorithm,
            licence_url: None,
            custom_attributes: None,
        }
        .xml()
    };
    let around = |version: &str, info: &str| {
        format!(
            "<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" \
             version=\"{version}\"><DATA>{info}</DATA></WRMHEADER>"
        )
    };
    let ctr = Algorithm::AesCtr;
    assert_eq!(
        header(HeaderVersion::V4_0, ctr).unwrap(),
        around(
            "4.0.0.0",
            "<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO>\
             <KID>AmfjCTOPbEOl3WD/5mcecA==</KID><CHECKSUM>BGw1aYZ1YXM=</CHECKSUM>"
        )
    );
    let kid = "<KID ALGID=\"AESCTR\" CHECKSUM=\"BGw1aYZ1YXM=\" \
               VALUE=\"AmfjCTOPbEOl3WD/5mcecA==\"></KID>";
    assert_eq!(
        header(HeaderVersion::V4_1, ctr).unwrap(),
        around("4.1.0.0", &format!("<PROTECTINFO>{kid}</PROTECTINFO>"))
    );
    let kids = format!("<PROTECTINFO><KIDS>{kid}</KIDS></PROTECTINFO>");
    assert_eq!(
        header(HeaderVersion::V4_2, ctr).unwrap(),
        around("4.2.0.0", &kids)
    );
    assert_eq!(
        header(HeaderVersion::V4_3, ctr).unwrap(),
        around("4.3.0.0", &kids)
    );
    assert_eq!(
        header(HeaderVersion::V4_3, Algorithm::AesCbc).unwrap(),
        around(
            "4.3.0.0",
            "<PROTECTINFO><KIDS><KID ALGID=\"AESCBC\" VALUE=\"AmfjCTOPbEOl3WD/5mcecA==\"></KID>\
             </KIDS></PROTECTINFO>"
        )
    );
    assert_eq!(
        header(HeaderVersion::V4_2, Algorithm::AesCbc)
            .unwrap_err()
            .to_string(),
        "PlayReady header 4.2.0.0: cannot say AES-CBC, 4.3 can"
    );
}

#[test]
fn a_playready_object_holds_one_record_and_its_length() {
    let key = Key::parse(KEY).unwrap();
    let keys = [(kid(), &key), (Kid([5; 16]), &key)];
    let mut header = PlayReadyHeader {
        version: HeaderVersion::least(2, Algorithm::AesCtr),
        keys: &keys,
        algorithm: Algorithm::AesCtr,
        licence_url: Some("https://a.example/?x=1&y=2"),
        custom_attributes: Some("<A>é</A>"),
    };
    let bytes = header.pssh(PsshVersion::V1).unwrap();
    let pssh = read(&bytes);
    assert_eq!(
        (pssh.system_id, pssh.kids.len()),
        (System::PlayReady.id(), 2)
    );
    let object = pssh.data;
    assert_eq!(object[..4], (object.len() as u32).to_le_bytes());
    assert_eq!(object[4..8], [1, 0, 1, 0]);
    assert_eq!(object[8..10], (object.len() as u16 - 10).to_le_bytes());
    let xml = utf16(&object[10..]);
    assert_eq!(xml, header.xml().unwrap());
    assert!(xml.contains("<LA_URL>https://a.example/?x=1&amp;y=2</LA_URL><CUSTOMATTRIBUTES><A>é</A></CUSTOMATTRIBUTES>"));
    // No key in it, in whatever form.
    for secret in [
        KEY.to_string(),
        KEY.to_uppercase(),
        crate::base64(key.bytes()),
    ] {
        assert!(!xml.contains(&secret));
    }
    header.version = HeaderVersion::V4_1;
    assert_eq!(
        header.object().unwrap_err().to_string(),
        "PlayReady header 4.1.0.0: is for one KID, 2 given"
    );
    header.version = HeaderVersion::V4_3;
    let long = "a".repeat(8000);
    header.custom_attributes = Some(&long);
    assert!(matches!(
        header.object(),
        Err(DrmError::PlayReadyLength { bytes: 16_000.. })
    ));
}

#[test]
fn fairplay_has_a_uri_for_each_key_and_cbcs_alone() {
    let kids = [kid(), Kid([5; 16])];
    let uris = fairplay::key_uris("skd://{kid}", &kids, Scheme::Cbcs).unwrap();
    assert_eq!(
        uris,
        [
            "skd://09e367028f33436ca5dd60ffe6671e70",
            "skd://05050505050505050505050505050505"
        ]
    );
    let uuid = fairplay::key_uris("skd://a?k={uuid}", &kids[..1], Scheme::Cbcs).unwrap();
    assert_eq!(uuid, [format!("skd://a?k={KID}")]);
    let message = |scheme, template, kids| {
        fairplay::key_uris(template, kids, scheme)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message(Scheme::Cenc, "skd://{kid}", &kids[..]),
        "FairPlay: does not decrypt cenc, expected cbcs"
    );
    assert_eq!(
        message(Scheme::Cbcs, "skd://one", &kids[..]),
        "FairPlay key URI: has no {kid}, but 2 keys need one each"
    );
    assert!(fairplay::key_uris("skd://one", &kids[..1], Scheme::Cbcs).is_ok());
}
