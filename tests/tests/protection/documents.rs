//! Keys of CPIX documents, good and broken, are told nowhere either.

use std::ffi::OsString;
use std::fs;

use libtest_mimic::Trial;
use tests::{harness, media};

use crate::secrets::{KEY, KID, OTHER_KEY, OTHER_KID, bytes, found, run};

/// Documents: a name, what stands in the place of `ContentKeyList` and behind it, and whether it is good.
const DOCUMENTS: &[(&str, &str, bool)] = &[
    ("good", "<ContentKeyList>{KEY}</ContentKeyList>", true),
    (
        "two_keys_for_one_kid",
        "<ContentKeyList>{KEY}{OTHER AS KEY}</ContentKeyList>",
        false,
    ),
    (
        "key_cut_short",
        "<ContentKeyList>{SHORT}</ContentKeyList>",
        false,
    ),
    (
        "no_base64",
        "<ContentKeyList>{BROKEN}</ContentKeyList>",
        false,
    ),
    ("not_closed", "<ContentKeyList>{KEY}", false),
    (
        "key_as_name",
        "<ContentKeyList>{KEY}<{PLAIN}></ContentKeyList>",
        false,
    ),
    (
        "key_as_kid",
        "<ContentKeyList><ContentKey kid=\"{HEX}\"/></ContentKeyList>",
        false,
    ),
    (
        "key_as_track_type",
        "<ContentKeyList>{KEY}{OTHER}</ContentKeyList><ContentKeyUsageRuleList>\
         <ContentKeyUsageRule kid=\"{KID}\" intendedTrackType=\"{HEX}\"/></ContentKeyUsageRuleList>",
        // Types of others may be anything; the other key serves all tracks.
        true,
    ),
    (
        "key_for_no_track",
        "<ContentKeyList>{KEY}</ContentKeyList><ContentKeyUsageRuleList>\
         <ContentKeyUsageRule kid=\"{KID}\" intendedTrackType=\"UHD2\"/></ContentKeyUsageRuleList>",
        false,
    ),
];

pub(crate) fn tests() -> Vec<Trial> {
    let trial = |(name, text, is_good): &'static (&str, &str, bool)| {
        harness::test(
            format!("no_secret_is_told_of_a_document::{name}"),
            &[],
            move || {
                check(text, *is_good);
            },
        )
    };
    DOCUMENTS.iter().map(trial).collect()
}

fn check(text: &str, is_good: bool) {
    let base64 = |hex: &str| cenc::base64(&bytes(hex));
    let key = |kid: &str, value: &str| {
        format!(
            "<ContentKey kid=\"{}\"><Data><pskc:Secret><pskc:PlainValue>{value}</pskc:PlainValue>\
             </pskc:Secret></Data></ContentKey>",
            uuid(kid)
        )
    };
    let plain = base64(KEY);
    let text = text
        .replace("{KEY}", &key(KID, &plain))
        .replace("{OTHER AS KEY}", &key(KID, &base64(OTHER_KEY)))
        .replace("{OTHER}", &key(OTHER_KID, &base64(OTHER_KEY)))
        .replace("{SHORT}", &key(KID, &base64(&KEY[..30])))
        .replace("{BROKEN}", &key(KID, &plain.replacen('=', "!", 1)))
        .replace("{PLAIN}", plain.trim_end_matches('='))
        .replace("{HEX}", KEY)
        .replace("{KID}", &uuid(KID));
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CPIX xmlns=\"urn:dashif:org:cpix\" \
         xmlns:pskc=\"urn:ietf:params:xml:ns:keyprov:pskc\">{text}</CPIX>\n"
    );
    for words in [&["--json"][..], &[]] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("keys.xml");
        fs::write(&path, &document).expect("the document can be written");
        let out = folder.path().join("out");
        let mut given: Vec<OsString> = vec!["pack".into(), media::sample("240p.mp4").into()];
        given.extend(["--cpix".into(), path.into(), "--drm".into(), "none".into()]);
        given.extend(["-o".into(), out.clone().into()]);
        given.extend(words.iter().map(Into::into));
        let output = run(&given);
        assert_eq!(output.code() == Some(0), is_good, "{}", output.stderr);
        let found = found(&output, out, is_good);
        assert!(found.is_empty(), "{words:?}: {found:?}\n{}", output.stderr);
    }
}

fn uuid(hex: &str) -> String {
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    parts.map(|range| hex[range].to_string()).join("-")
}
