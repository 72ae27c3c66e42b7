//! What the tests of this crate share.

use cenc::Key;
use cenc::policy::{Audio, HeightLimits, Label, Policy, TrackFacts};
use cenc::scheme::{Algorithm, Iv, Scheme};
use keys::{Obtained, Request};
use media::TrackKind;

/// A key that is not a secret, and the forms in which it could come to light.
pub(crate) const KEY_1: &str = "c0ffee00c0ffee11c0ffee22c0ffee33";
pub(crate) const KEY_1_BASE64: &str = "wP/uAMD/7hHA/+4iwP/uMw==";
/// Another.
pub(crate) const KEY_2: &str = "0badcafe0badcafe0badcafe0badcafe";
pub(crate) const KEY_2_BASE64: &str = "C63K/gutyv4Lrcr+C63K/g==";
/// Key ids.
pub(crate) const KID_1: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const KID_2: &str = "22222222-2222-4222-8222-222222222222";

/// What tests ask for where nothing else matters: labels of one scheme.
pub(crate) fn request<'a>(schemes: &'a [Scheme], labels: &'a [Label]) -> Request<'a> {
    Request {
        content_id: Some("film"),
        schemes,
        labels,
        limits: Some(HeightLimits::USUAL),
        systems: &[],
    }
}

/// The key that a track with `label` would get: its id, whether it is `key`, and its IV.
pub(crate) fn found(
    obtained: &Obtained,
    algorithm: Algorithm,
    label: Label,
    key: &str,
) -> Option<(String, bool, Option<Iv>)> {
    let (kind, height) = match label {
        Label::Audio => (TrackKind::Audio, None),
        Label::Sd | Label::All => (TrackKind::Video, Some(480)),
        Label::Hd => (TrackKind::Video, Some(1080)),
        Label::Uhd1 => (TrackKind::Video, Some(2160)),
        Label::Uhd2 => (TrackKind::Video, Some(4320)),
    };
    let track = |kind, height| TrackFacts {
        name: String::new(),
        kind,
        height,
    };
    // A track of each kind, so that no key is without one.
    let heights = [480, 1080, 2160, 4320].map(|height| track(TrackKind::Video, Some(height)));
    let mut tracks = vec![track(kind, height)];
    tracks.extend(heights);
    tracks.push(track(TrackKind::Audio, None));
    let policy = |multi_key| Policy {
        multi_key,
        audio: Audio::Encrypt,
    };
    for used in 1..=tracks.len() {
        for multi_key in [Some(HeightLimits::USUAL), None] {
            let keys = obtained
                .ring
                .assign(&policy(multi_key), algorithm, &tracks[..1]);
            if let Ok(keys) = keys {
                return keys[0].map(|found| as_seen(found, key));
            }
            // Tracks of other keys have to be there too.
            for others in subsets(&tracks[1..], used) {
                let tracks: Vec<_> = tracks[..1].iter().cloned().chain(others).collect();
                if let Ok(keys) = obtained.ring.assign(&policy(multi_key), algorithm, &tracks) {
                    return keys[0].map(|found| as_seen(found, key));
                }
            }
        }
    }
    None
}

fn as_seen(found: &cenc::policy::ContentKey, key: &str) -> (String, bool, Option<Iv>) {
    let is_key = found.key == Key::parse(key).unwrap();
    (found.kid.to_string(), is_key, found.iv)
}

/// All choices of `count` tracks.
fn subsets(tracks: &[TrackFacts], count: usize) -> Vec<Vec<TrackFacts>> {
    let choices = 0u32..1 << tracks.len();
    let chosen = choices.filter(|choice| choice.count_ones() as usize == count);
    let of = |choice: u32| {
        let is_chosen = |(index, _): &(usize, &TrackFacts)| choice >> index & 1 == 1;
        let tracks = tracks.iter().enumerate().filter(is_chosen);
        tracks.map(|(_, track)| track.clone()).collect()
    };
    chosen.map(of).collect()
}

/// Fails where a text holds one of the keys: raw, hexadecimal or base64.
pub(crate) fn assert_no_secret(text: &str) {
    let lower = text.to_lowercase();
    for secret in [KEY_1, KEY_2] {
        assert!(!lower.contains(secret), "hexadecimal in: {text}");
        assert!(!lower.contains(&secret[..16]), "half of it in: {text}");
        let raw: Vec<u8> = (0..16)
            .map(|at| u8::from_str_radix(&secret[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let shown = format!("{raw:?}");
        assert!(!text.contains(shown.trim_matches(['[', ']'])), "{text}");
        assert!(
            !text
                .as_bytes()
                .windows(8)
                .any(|bytes| raw.starts_with(bytes))
        );
    }
    for secret in [KEY_1_BASE64, KEY_2_BASE64] {
        assert!(!text.contains(&secret[..20]), "base64 in: {text}");
    }
}

/// Of an error, what can be seen; asserts that no key can.
pub(crate) fn message(error: &keys::Error) -> String {
    assert_no_secret(&error.to_string());
    assert_no_secret(&format!("{error:?}"));
    assert_no_secret(&format!("{error:#?}"));
    error.to_string()
}
