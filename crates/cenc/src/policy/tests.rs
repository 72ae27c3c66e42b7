use super::*;
use crate::scheme::Algorithm;
use crate::{Key, Kid};

const CTR: Algorithm = Algorithm::AesCtr;

fn key(kid: u8, key: u8) -> ContentKey {
    ContentKey {
        kid: Kid([kid; 16]),
        key: Key::from_bytes([key; 16]),
        iv: None,
    }
}

fn track(name: &str, kind: TrackKind, height: u32) -> TrackFacts {
    TrackFacts {
        name: name.into(),
        kind,
        height: (height > 0).then_some(height),
    }
}

fn tracks() -> Vec<TrackFacts> {
    vec![
        track("480p", TrackKind::Video, 480),
        track("720p", TrackKind::Video, 720),
        track("1080p", TrackKind::Video, 1080),
        track("en", TrackKind::Audio, 0),
        track("ko", TrackKind::Text, 0),
    ]
}

const MULTI: Policy = Policy {
    multi_key: Some(HeightLimits::USUAL),
    audio: Audio::Encrypt,
};
const ONE: Policy = Policy {
    multi_key: None,
    audio: Audio::Encrypt,
};

fn ring(keys: &[(Label, u8)]) -> KeyRing {
    let mut ring = KeyRing::default();
    for (label, byte) in keys {
        ring.add(CTR, *label, key(*byte, *byte)).unwrap();
    }
    ring
}

fn kids(ring: &KeyRing, policy: &Policy) -> Vec<u8> {
    let keys = ring.assign(policy, CTR, &tracks()).unwrap();
    keys.iter()
        .map(|key| key.map_or(0, |key| key.kid.0[0]))
        .collect()
}

#[test]
fn heights_have_labels_up_to_their_limits() {
    let limits = HeightLimits::USUAL;
    let labels = [1, 480, 481, 1080, 1081, 2160, 2161].map(|height| limits.label(height).name());
    assert_eq!(labels, ["sd", "sd", "hd", "hd", "uhd1", "uhd1", "uhd2"]);
    assert_eq!(HeightLimits::new(480, 480, 2160), Err("hd"));
    assert_eq!(HeightLimits::new(480, 1080, 720), Err("uhd1"));
    assert_eq!(HeightLimits::new(480, 1080, 2160), Ok(limits));
}

#[test]
fn one_key_serves_all_but_text() {
    assert_eq!(kids(&ring(&[(Label::All, 7)]), &ONE), [7, 7, 7, 7, 0]);
}

#[test]
fn tracks_get_the_key_of_their_label_or_that_for_all() {
    let ring = ring(&[(Label::All, 9), (Label::Sd, 1), (Label::Hd, 2)]);
    assert_eq!(kids(&ring, &MULTI), [1, 2, 2, 9, 0]);
}

#[test]
fn sound_stays_clear_where_it_is_skipped() {
    let skip = Policy {
        audio: Audio::Skip,
        ..MULTI
    };
    assert_eq!(
        kids(&ring(&[(Label::Sd, 1), (Label::Hd, 2)]), &skip),
        [1, 2, 2, 0, 0]
    );
    assert_eq!(KeyRing::labels(&skip, &tracks()), [Label::Sd, Label::Hd]);
}

#[test]
fn a_missing_key_is_named_with_the_tracks_that_need_it() {
    let keys = ring(&[(Label::Sd, 1), (Label::Audio, 3)]);
    let error = keys.assign(&MULTI, CTR, &tracks());
    let message = error.unwrap_err().to_string();
    assert_eq!(message, "key hd: none given, needed by 720p, 1080p");
}

#[test]
fn an_unused_key_is_named_with_what_tracks_need() {
    let keys = ring(&[(Label::All, 1), (Label::Uhd1, 3)]);
    let message = keys.assign(&ONE, CTR, &tracks()).unwrap_err().to_string();
    assert_eq!(
        message,
        "key uhd1: no track uses it; tracks need 480p: all, 720p: all, 1080p: all, en: all, ko: none"
    );
}

#[test]
fn a_kid_has_one_key_and_one_algorithm_and_a_label_one_kid() {
    let mut ring = ring(&[(Label::Sd, 1)]);
    let message = |error: Result<(), PolicyError>| error.unwrap_err().to_string();
    assert_eq!(
        message(ring.add(CTR, Label::Hd, key(1, 2))),
        "keys sd and hd: are different keys with the same KID 01010101-0101-0101-0101-010101010101"
    );
    assert_eq!(
        message(ring.add(Algorithm::AesCbc, Label::Hd, key(1, 1))),
        "key sd (01010101-0101-0101-0101-010101010101) of one scheme and key hd \
         (01010101-0101-0101-0101-010101010101) of the other: are one key or have one KID, \
         expected a key of its own for each of AES-CTR and AES-CBC"
    );
    assert!(ring.add(Algorithm::AesCbc, Label::Hd, key(2, 1)).is_err());
    assert_eq!(
        message(ring.add(CTR, Label::Sd, key(2, 2))),
        "key sd: given twice, as 01010101-0101-0101-0101-010101010101 and \
         02020202-0202-0202-0202-020202020202"
    );
    ring.add(CTR, Label::Hd, key(1, 1)).unwrap();
    ring.add(Algorithm::AesCbc, Label::Sd, key(3, 3)).unwrap();
}

#[test]
fn labels_are_read_in_either_case() {
    assert_eq!(Label::from_name("UHD1"), Some(Label::Uhd1));
    assert_eq!(Label::from_name("uhd"), None);
    assert!(
        Label::EVERY
            .iter()
            .all(|label| Label::from_name(label.name()) == Some(*label))
    );
}
