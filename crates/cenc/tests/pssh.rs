//! Boxes of DRM systems, read back by another crate.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use cenc::drm::playready::{HeaderVersion, PlayReadyHeader};
use cenc::drm::widevine::WidevineData;
use cenc::drm::{PsshVersion, System, common};
use cenc::scheme::{Algorithm, Scheme};
use cenc::{Key, Kid};
use pssh_box::{PsshBox, PsshData, from_bytes};

const KIDS: [Kid; 2] = [
    Kid(*b"\x09\xe3\x67\x02\x8f\x33\x43\x6c\xa5\xdd\x60\xff\xe6\x67\x1e\x70"),
    Kid([0xa5; 16]),
];

/// The only box in `bytes`, of that system.
fn read(bytes: &[u8], system: System) -> PsshBox {
    let found: Vec<PsshBox> = from_bytes(bytes).unwrap().into_iter().collect();
    let [only] = <[PsshBox; 1]>::try_from(found).unwrap_or_else(|_| panic!("not one box"));
    assert_eq!(
        format!("{:?}", only.system_id),
        format!("DRMSystemId<{}>", Kid(system.id()).hex())
    );
    only
}

fn kids(read: &PsshBox) -> Vec<String> {
    read.key_ids.iter().map(|kid| format!("{kid:?}")).collect()
}

fn expected(count: usize) -> Vec<String> {
    let kids = KIDS[..count].iter();
    kids.map(|kid| format!("DRMKeyId<{}>", kid.hex())).collect()
}

#[test]
fn widevine_boxes_of_both_versions() {
    for scheme in Scheme::ALL {
        let data = WidevineData {
            kids: &KIDS,
            provider: "acme",
            content_id: b"film 1",
            scheme,
        };
        for (version, listed) in [(PsshVersion::V0, 0), (PsshVersion::V1, 2)] {
            let read = read(&data.pssh(version).unwrap(), System::Widevine);
            assert_eq!(
                (usize::from(read.version) * 2, kids(&read)),
                (listed, expected(listed))
            );
            let PsshData::Widevine(message) = read.pssh_data else {
                panic!("no Widevine data");
            };
            assert_eq!(message.key_id, KIDS.map(|kid| kid.0.to_vec()));
            assert_eq!(message.provider(), "acme");
            assert_eq!(message.content_id(), b"film 1");
            let number = i32::from_be_bytes(scheme.four_cc().0);
            assert_eq!(message.protection_scheme, Some(number));
        }
    }
}

#[test]
fn playready_headers_of_every_version_and_algorithm() {
    let key = Key::from_bytes([7; 16]);
    for (version, algorithm, count) in [
        (HeaderVersion::V4_0, Algorithm::AesCtr, 1),
        (HeaderVersion::V4_1, Algorithm::AesCtr, 1),
        (HeaderVersion::V4_2, Algorithm::AesCtr, 2),
        (HeaderVersion::V4_3, Algorithm::AesCtr, 2),
        (HeaderVersion::V4_3, Algorithm::AesCbc, 2),
    ] {
        let keys: Vec<(Kid, &Key)> = KIDS[..count].iter().map(|kid| (*kid, &key)).collect();
        let header = PlayReadyHeader {
            version,
            keys: &keys,
            algorithm,
            licence_url: Some("https://licence.example/?a=1&b=2"),
            custom_attributes: None,
        };
        let read = read(&header.pssh(PsshVersion::V1).unwrap(), System::PlayReady);
        assert_eq!(kids(&read), expected(count));
        let PsshData::PlayReady(object) = read.pssh_data else {
            panic!("no PlayReady data");
        };
        assert_eq!(object.record.len(), 1);
        let found = &object.record[0].record_value;
        assert_eq!(found.version, version.text());
        let url = found.data.la_url.as_deref();
        assert_eq!(url, Some("https://licence.example/?a=1&b=2"));
    }
}

#[test]
fn the_common_box() {
    let read = read(&common::pssh(&KIDS).unwrap(), System::Common);
    assert_eq!((read.version, kids(&read)), (1, expected(2)));
}
