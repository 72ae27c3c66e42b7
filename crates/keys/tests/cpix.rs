//! CPIX documents in files.
//!
//! The encrypted ones were made by the openssl program, see `data/make.sh`.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cenc::drm::System;
use cenc::policy::Label;
use cenc::scheme::{Algorithm, Iv, Scheme};
use common::*;
use keys::{CpixFile, Error, Obtained, Request, Source};

const CBC: Algorithm = Algorithm::AesCbc;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// Obtains from a document in a file with mode 0600, and a private key of the test data.
fn obtain(
    document: impl AsRef<[u8]>,
    private_key: Option<&str>,
    request: &Request<'_>,
) -> Result<Obtained, Error> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    let source = Source::Cpix(CpixFile {
        path: write("film.xml", document.as_ref()),
        private_key: private_key.map(|name| write(name, &fs::read(data(name)).unwrap())),
    });
    source.obtain(request)
}

/// A document with key 1 and key 2.
fn document(keys: &str, systems: &str, rules: &str) -> String {
    format!(
        "<?xml version='1.0'?><c:CPIX contentId='film' xmlns:c='urn:dashif:org:cpix' \
         xmlns:p='urn:ietf:params:xml:ns:keyprov:pskc'><c:ContentKeyList>{keys}\
         </c:ContentKeyList><c:DRMSystemList>{systems}</c:DRMSystemList>\
         <c:ContentKeyUsageRuleList>{rules}</c:ContentKeyUsageRuleList></c:CPIX>"
    )
}

fn key(kid: &str, value: &str, attributes: &str) -> String {
    format!(
        "<c:ContentKey kid='{kid}' {attributes}><c:Data><p:Secret><p:PlainValue>\n {value}\n\
         </p:PlainValue></p:Secret></c:Data></c:ContentKey>"
    )
}

fn two_keys() -> String {
    key(KID_1, KEY_1_BASE64, "") + &key(KID_2, KEY_2_BASE64, "")
}

fn rule(kid: &str, track_type: &str, filters: &str) -> String {
    format!(
        "<c:ContentKeyUsageRule kid='{kid}' intendedTrackType='{track_type}'>{filters}\
         </c:ContentKeyUsageRule>"
    )
}

/// Which of the two keys labels get; `-` where the document has none for one of them.
fn assigned(rules: &str, labels: &[Label]) -> Result<String, String> {
    let obtained = obtain(
        document(&two_keys(), "", rules),
        None,
        &request(&[Scheme::Cbcs], labels),
    );
    let obtained = obtained.map_err(|error| {
        let message = message(&error);
        message.split_once(": ").unwrap().1.to_owned()
    })?;
    let which = |label: &Label| match found(&obtained, CBC, *label, KEY_1) {
        Some((kid, true, _)) if kid == KID_1 => '1',
        Some((kid, false, _)) if kid == KID_2 => '2',
        _ => '-',
    };
    Ok(labels.iter().map(which).collect())
}

const SD: Label = Label::Sd;
const HD: Label = Label::Hd;
const UHD1: Label = Label::Uhd1;
const UHD2: Label = Label::Uhd2;
const AUDIO: Label = Label::Audio;
const ALL: Label = Label::All;

#[test]
fn a_single_key_without_rules_is_for_everything() {
    let iv = "explicitIV='AAECAwQFBgcICQoLDA0ODw=='";
    let document = document(&key(KID_1, KEY_1_BASE64, iv), "", "");
    let obtained = obtain(&document, None, &request(&[Scheme::Cbcs], &[ALL])).unwrap();
    let iv = Iv::parse("000102030405060708090a0b0c0d0e0f");
    assert_eq!(
        found(&obtained, CBC, ALL, KEY_1),
        Some((KID_1.into(), true, iv))
    );
    assert!(obtained.warnings.is_empty());
    assert_no_secret(&format!("{obtained:?}"));
    let error = obtain(&document, None, &request(&[Scheme::Cbcs], &[SD, AUDIO])).unwrap_err();
    assert!(error.is_usage());
    assert!(
        message(&error)
            .ends_with("no key for sd (cbcs): the document has 1 keys without usage rules")
    );
}

#[test]
fn keys_are_for_the_track_types_that_rules_name() {
    let two = |first, second| rule(KID_1, first, "") + &rule(KID_2, second, "");
    let all = [SD, HD, UHD1, UHD2, AUDIO];
    let names = [
        (two("SD", "AUDIO"), &[SD, AUDIO][..], "12"),
        (two("audio", "Hd"), &[HD, AUDIO], "21"),
        (two("VIDEO", "AUDIO"), &all, "11112"),
        (two("SD+HD", "UHD"), &[SD, HD, UHD1, UHD2], "1122"),
        (two("UHD1", "UHD2"), &[UHD1, UHD2], "12"),
        // Those without a key of their own get the one for all.
        (two("ALL", "AUDIO"), &all, "11112"),
        (
            rule(KID_2, "ALL", "<c:AudioFilter/><c:VideoFilter/>"),
            &[ALL],
            "2",
        ),
        // Two rules, one key.
        (
            rule(KID_1, "VIDEO", "") + &rule(KID_1, "AUDIO", ""),
            &[ALL],
            "1",
        ),
    ];
    for (rules, labels, expected) in names {
        assert_eq!(assigned(&rules, labels).as_deref(), Ok(expected), "{rules}");
    }
}

#[test]
fn keys_are_for_the_pictures_that_filters_name_where_names_are_free() {
    let video = |bounds| format!("<c:VideoFilter {bounds}/>");
    let audio = "<c:AudioFilter/>";
    let two = |first: &str, second: &str| rule(KID_1, "low", first) + &rule(KID_2, "top", second);
    let cases = [
        (
            two(&video("maxPixels='409920'"), &video("minPixels='409921'")),
            &[SD, HD, UHD1][..],
            "122",
        ),
        (
            two(
                &video("maxPixels='2073600'"),
                &video("minPixels='2073601' maxPixels='8847360'"),
            ),
            &[SD, HD, UHD1],
            "112",
        ),
        (two(&video(""), audio), &[SD, HD, AUDIO], "112"),
        // HD of a document whose highest is HD reaches up, whatever its name.
        (
            rule(KID_1, "SD", "") + &rule(KID_2, "HD", &video("minPixels='409921'")),
            &[SD, UHD1],
            "12",
        ),
        (
            format!(
                "<c:ContentKeyUsageRule kid='{KID_2}'><c:LabelFilter label='HD'/></c:ContentKeyUsageRule>"
            ),
            &[HD],
            "2",
        ),
        (
            format!(
                "<c:ContentKeyUsageRule kid='{KID_1}'><c:KeyPeriodFilter periodId='a'/></c:ContentKeyUsageRule>"
            ),
            &[ALL],
            "1",
        ),
    ];
    for (rules, labels, expected) in cases {
        assert_eq!(assigned(&rules, labels).as_deref(), Ok(expected), "{rules}");
    }
}

#[test]
fn a_missing_track_type_is_named_with_what_there_is() {
    let sd_and_audio = rule(KID_1, "SD", "") + &rule(KID_2, "AUDIO", "");
    assert_eq!(
        assigned(&sd_and_audio, &[SD, HD, AUDIO]).unwrap_err(),
        "no key for hd (cbcs): the document has SD, AUDIO"
    );
    assert_eq!(
        assigned(&sd_and_audio, &[ALL]).unwrap_err(),
        "no key for all (cbcs): the document has SD, AUDIO"
    );
    // Sound divided by channels, pictures by what cannot be told: no key for a label.
    for filters in [
        "<c:AudioFilter maxChannels='2'/>",
        "<c:BitrateFilter/>",
        "<c:Other/>",
    ] {
        let rules = rule(KID_1, "STEREO_AUDIO", filters) + &rule(KID_2, "SD", "");
        let error = assigned(&rules, &[AUDIO]).unwrap_err();
        assert_eq!(
            error,
            "no key for audio (cbcs): the document has STEREO_AUDIO, SD"
        );
    }
    let hdr = rule(KID_1, "best", "<c:VideoFilter hdr='true'/>");
    assert!(
        assigned(&hdr, &[HD])
            .unwrap_err()
            .starts_with("no key for hd")
    );
    // A name that could be a key is not repeated.
    for name in [KEY_1, KEY_1_BASE64, &KEY_1[..31]] {
        let error = assigned(&rule(KID_1, name, "<c:AudioFilter/>"), &[SD]).unwrap_err();
        assert!(error.contains("has a name that is not shown"), "{error}");
    }
}

#[test]
fn a_label_that_a_document_divides_is_refused() {
    let rules = rule(KID_1, "SD+HD1", "<c:VideoFilter maxPixels='921600'/>")
        + &rule(
            KID_2,
            "HD2",
            "<c:VideoFilter minPixels='921601' maxPixels='2073600'/>",
        );
    assert_eq!(assigned(&rules, &[SD]).as_deref(), Ok("1"));
    assert_eq!(
        assigned(&rules, &[HD]).unwrap_err(),
        "hd (cbcs): the document has several keys for it: SD+HD1, HD2; choose heights of labels \
         that agree with it"
    );
    let twice = rule(KID_1, "SD", "") + &rule(KID_2, "SD", "");
    assert!(
        assigned(&twice, &[SD])
            .unwrap_err()
            .starts_with("sd (cbcs): the document has several")
    );
}

#[test]
fn keys_of_other_schemes_are_left() {
    let keys = key(KID_1, KEY_1_BASE64, "commonEncryptionScheme='cenc'")
        + &key(KID_2, KEY_2_BASE64, "commonEncryptionScheme='cbcs'");
    let rules = rule(KID_1, "SD", "") + &rule(KID_2, "SD", "");
    let document = document(&keys, "", &rules);
    let both = [Scheme::Cenc, Scheme::Cbcs];
    let obtained = obtain(&document, None, &request(&both, &[SD])).unwrap();
    assert_eq!(
        found(&obtained, Algorithm::AesCtr, SD, KEY_1),
        Some((KID_1.into(), true, None))
    );
    assert_eq!(
        found(&obtained, CBC, SD, KEY_2),
        Some((KID_2.into(), true, None))
    );
    let error = obtain(&document, None, &request(&[Scheme::Cens], &[SD])).unwrap_err();
    assert!(
        message(&error).ends_with(
            "no key for sd (cens): the document has 2 keys of other schemes or contents"
        )
    );
    // A method of HLS is for its schemes; a key that says nothing is not for two algorithms.
    let method = document.replace("'cbcs'", "'SAMPLE-AES'");
    assert!(obtain(&method, None, &request(&[Scheme::Cbcs], &[SD])).is_ok());
    let open = document
        .replace("commonEncryptionScheme", "other")
        .replace(KID_2, KID_1);
    assert!(
        message(&obtain(&open, None, &request(&both, &[SD])).unwrap_err()).contains("there twice")
    );
    let single = self::document(&key(KID_1, KEY_1_BASE64, ""), "", "");
    let error = obtain(&single, None, &request(&both, &[ALL])).unwrap_err();
    assert!(message(&error).contains("of AES-CTR and AES-CBC"));
}

#[test]
fn what_systems_are_told_is_taken_for_those_asked_for() {
    let pssh = "AAAANHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAERERERERFBEYERERERERERAAAAAA==";
    let line = "I0VYVC1YLUtFWTpNRVRIT0Q9U0FNUExFLUFFUyxVUkk9InNrZDovL2EiCg==";
    let drm = |id: &str, inner: &str| {
        format!("<c:DRMSystem kid='{KID_1}' systemId='{id}'>{inner}</c:DRMSystem>")
    };
    let systems = drm(
        "1077EFEC-c0b2-4d02-ace3-3c1e52e2fb4b",
        &format!(
            "<c:PSSH>{pssh}</c:PSSH><c:ContentProtectionData>PGEvPg==</c:ContentProtectionData>"
        ),
    ) + &drm(
        "94ce86fb-07ff-4f43-adb8-93d2fa968ca2",
        &format!(
            "<c:HLSSignalingData>{line}</c:HLSSignalingData><c:HLSSignalingData \
             playlist='multiVariant'>{line}</c:HLSSignalingData><c:PSSH/>\
             <c:URIExtXKey>c2tkOi8vYQ==</c:URIExtXKey>"
        ),
    );
    let document = document(&key(KID_1, KEY_1_BASE64, ""), &systems, "");
    let schemes = [Scheme::Cbcs];
    let wanted = |systems: &'static [System]| Request {
        systems,
        ..request(&schemes, &[ALL])
    };
    let both = obtain(
        &document,
        None,
        &wanted(&[System::FairPlay, System::Common]),
    )
    .unwrap();
    let [common, fairplay] = &both.signalling[..] else {
        panic!("{:?}", both.signalling);
    };
    assert_eq!(common.system_id, System::Common.id());
    assert_eq!(common.pssh.as_ref().map(Vec::len), Some(52));
    assert_eq!(common.content_protection_data.as_deref(), Some("<a/>"));
    assert_eq!(fairplay.pssh, None);
    assert_eq!(
        fairplay.hls_media,
        ["#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\""]
    );
    assert_eq!(fairplay.hls_master, fairplay.hls_media);
    assert_eq!(fairplay.uri_ext_x_key.as_deref(), Some("skd://a"));
    assert!(both.warnings.is_empty());
    // <b:pssh xmlns:b="urn:mpeg:cenc:2013">AA==</b:pssh>
    let other = "PGI6cHNzaCB4bWxuczpiPSJ1cm46bXBlZzpjZW5jOjIwMTMiPkFBPT08L2I6cHNzaD4=";
    let differs = document.replace("PGEvPg==", other);
    let differs = obtain(&differs, None, &wanted(&[System::Common])).unwrap();
    assert!(differs.warnings[0].ends_with("PSSH and the pssh in ContentProtectionData differ"));
    let plain = document.replace("c2tkOi8vYQ==", "skd://b");
    let one = obtain(&plain, None, &wanted(&[System::FairPlay])).unwrap();
    assert_eq!(one.signalling[0].uri_ext_x_key.as_deref(), Some("skd://b"));
    assert_eq!(one.signalling.len(), 1);

    let wrong = [
        (
            pssh,
            "AAAANHBzc2gBAAAA",
            "PSSH: is not a whole pssh box of this system",
        ),
        (pssh, "?", "PSSH: is not base64"),
        (
            "PGEvPg==",
            "PGE+",
            "ContentProtectionData: is not well-formed XML",
        ),
        (
            "PGEvPg==",
            "PC9hPjxhPg==",
            "ContentProtectionData: is not well-formed XML",
        ),
        (
            "PGEvPg==",
            "/w==",
            "ContentProtectionData: is not UTF-8 in base64",
        ),
        (
            line,
            "c2tkOi8vYQ==",
            "HLSSignalingData: has a line that is no tag",
        ),
        // #EXTINF:1,
        (
            line,
            "I0VYVElORjoxLA==",
            "HLSSignalingData: has a line that is no tag",
        ),
        (
            "multiVariant",
            "third",
            "HLSSignalingData: has an unknown playlist",
        ),
        ("c2tkOi8vYQ==", "YSJi", "URIExtXKey: is no URI"),
    ];
    for (right, wrong, expected) in wrong {
        let document = document.replace(right, wrong);
        let error = obtain(
            &document,
            None,
            &wanted(&[System::FairPlay, System::Common]),
        );
        let message = message(&error.unwrap_err());
        assert!(message.ends_with(expected), "{message}");
        assert!(message.contains(KID_1));
        assert!(obtain(&document, None, &wanted(&[])).is_ok());
    }
}

#[test]
fn wrong_fields_are_named_with_the_key() {
    let right = document(
        &key(KID_1, KEY_1_BASE64, "explicitIV='AAECAwQFBgcICQoLDA0ODw=='"),
        "",
        "",
    );
    let wrong = [
        (
            KEY_1_BASE64,
            KEY_1,
            &*format!("ContentKey {KID_1}: value: is not of 16 bytes"),
        ),
        (
            KEY_1_BASE64,
            &KEY_1_BASE64[..23],
            &format!("ContentKey {KID_1}: PlainValue: is not base64"),
        ),
        (
            KEY_1_BASE64,
            "",
            &format!("ContentKey {KID_1}: has no value"),
        ),
        (
            "AAECAwQFBgcICQoLDA0ODw==",
            "AAECAwQFBgc=",
            &format!("ContentKey {KID_1}: explicitIV: is not 16 bytes in base64"),
        ),
        (
            KID_1,
            KEY_1_BASE64,
            "ContentKey 1: kid: is missing or no UUID",
        ),
        (
            "explicitIV",
            "kid='' dependsOnKey",
            "ContentKey 11111111-1111-4111-8111-111111111111: depends on another key (dependsOnKey), which is not supported",
        ),
        (
            "urn:dashif:org:cpix",
            "urn:other",
            "film.xml: is CPIX in another namespace, expected a CPIX document (CPIX in urn:dashif:org:cpix)",
        ),
        ("</c:CPIX>", "", "is not well-formed XML"),
    ];
    for (right_part, wrong_part, expected) in wrong {
        let document = right.replace(right_part, wrong_part);
        let error = obtain(&document, None, &request(&[Scheme::Cbcs], &[ALL])).unwrap_err();
        let message = message(&error);
        assert!(message.ends_with(expected), "{message}");
    }
}

#[test]
fn other_documents_are_refused_by_what_they_are() {
    let cases = [
        (
            "<!DOCTYPE html><html></html>".to_owned(),
            "has a document type, expected none",
        ),
        (
            "<html/>".to_owned(),
            "is an HTML page, expected a CPIX document (CPIX in urn:dashif:org:cpix)",
        ),
        ("{\"error\": 1}".to_owned(), "is not well-formed XML"),
        (format!("sd={KID_1}:{KEY_1}"), "is not well-formed XML"),
        (format!("<{KEY_1}/>"), "is not well-formed XML"),
        (
            format!("<a{KEY_1}/>"),
            "is another XML document, expected a CPIX document (CPIX in urn:dashif:org:cpix)",
        ),
        (String::new(), "is not well-formed XML"),
    ];
    for (document, expected) in cases {
        let error = obtain(&document, None, &request(&[Scheme::Cbcs], &[ALL])).unwrap_err();
        let message = message(&error);
        assert!(
            message.ends_with(expected) || document.contains(KEY_1),
            "{message}"
        );
    }
    let missing = Source::Cpix(CpixFile {
        path: "/none/film.xml".into(),
        private_key: None,
    });
    let error = missing
        .obtain(&request(&[Scheme::Cbcs], &[ALL]))
        .unwrap_err();
    assert!(error.is_usage() && message(&error).starts_with("/none/film.xml: "));
}

#[test]
fn documents_of_openssl_open_with_the_private_key() {
    for name in ["cbc.xml", "wrap.xml"] {
        let document = fs::read(data(name)).unwrap();
        for key in ["recipient.pem", "recipient_pkcs1.pem"] {
            let request = request(&[Scheme::Cbcs], &[SD, AUDIO]);
            let obtained = obtain(&document, Some(key), &request).unwrap();
            assert!(obtained.warnings.is_empty(), "{:?}", obtained.warnings);
            let sd = found(&obtained, CBC, SD, KEY_1);
            assert_eq!(sd, Some((KID_1.into(), true, None)), "{name} {key}");
            let audio = found(&obtained, CBC, AUDIO, KEY_2);
            assert_eq!(audio, Some((KID_2.into(), true, None)), "{name} {key}");
        }
    }
}

#[test]
fn encrypted_documents_need_the_key_of_a_recipient() {
    let fail = |name: &str, key: Option<&str>| {
        let document = fs::read(data(name)).unwrap();
        let error = obtain(&document, key, &request(&[Scheme::Cbcs], &[SD, AUDIO])).unwrap_err();
        message(&error)
    };
    assert!(
        fail("wrap.xml", Some("stranger.pem"))
            .ends_with("its keys are encrypted for others than the private key (recipients: 1)")
    );
    assert!(
        fail("cbc.xml", None)
            .ends_with("its keys are encrypted (recipients: 2), a private key is needed")
    );
    assert!(fail("wrap.xml", Some("wrap.xml")).ends_with(
        "wrap.xml: holds no private key, expected PEM (PRIVATE KEY or RSA PRIVATE KEY)"
    ));
}

#[test]
fn a_changed_value_is_refused_before_it_is_opened() {
    for name in ["cbc.xml", "wrap.xml"] {
        let document = fs::read_to_string(data(name)).unwrap();
        let request = request(&[Scheme::Cbcs], &[SD, AUDIO]);
        let fail = |document: &str| {
            let error = obtain(document, Some("recipient.pem"), &request).unwrap_err();
            message(&error)
        };
        let keys = document.find("<ContentKeyList>").unwrap();
        let (before, after) = document.split_at(keys);
        let cipher = after.find("<enc:CipherValue>").unwrap() + "<enc:CipherValue>".len() + 2;
        let other = match &after[cipher..=cipher] {
            "A" => "B",
            _ => "A",
        };
        let changed = format!(
            "{before}{}{other}{}",
            &after[..cipher],
            &after[cipher + 1..]
        );
        let expected =
            format!("ContentKey {KID_1}: its ValueMAC is wrong, the value was changed on its way");
        assert!(fail(&changed).ends_with(&expected), "{name}");
        let stripped = document.replace("ValueMAC", "Other");
        assert!(fail(&stripped).ends_with(&format!("ContentKey {KID_1}: ValueMAC: is missing")));
        // Without a key to authenticate with it is a warning.
        let from = document.find("<MACMethod").unwrap();
        let method = document.rfind("</MACMethod>").unwrap();
        let without = match name {
            "wrap.xml" => format!("{}{}", &document[..from], &document[method + 12..]),
            _ => continue,
        };
        let obtained = obtain(&without, Some("recipient.pem"), &request).unwrap();
        assert!(
            obtained.warnings[0].ends_with("its encrypted keys are not authenticated (MACMethod)")
        );
        // The wrapping itself notices a change.
        let keys = without.find("<ContentKeyList>").unwrap();
        let (before, after) = without.split_at(keys);
        let first = after.find("<enc:CipherValue>").unwrap() + "<enc:CipherValue>".len();
        let other = match &after[first..=first] {
            "A" => "B",
            _ => "A",
        };
        let changed = format!("{before}{}{other}{}", &after[..first], &after[first + 1..]);
        assert!(fail(&changed).ends_with(&format!("ContentKey {KID_1}: cannot be decrypted")));
    }
}

#[test]
fn unknown_methods_are_refused() {
    let document = fs::read_to_string(data("cbc.xml")).unwrap();
    let wrong = [
        (
            "#aes256-cbc",
            "#tripledes-cbc",
            "EncryptionMethod: is missing or unknown, expected AES-CBC, AES key wrap or RSA-OAEP of XML Encryption",
        ),
        ("#aes256-cbc", "#aes128-cbc", "cannot be decrypted"),
        ("#aes256-cbc", "#kw-aes256", "cannot be decrypted"),
        (
            "#hmac-sha512",
            "#hmac-md5",
            "MACMethod: Algorithm: is missing or unknown, expected HMAC with SHA-256, SHA-384 or SHA-512",
        ),
        (
            "#hmac-sha512",
            "#hmac-sha384",
            "its ValueMAC is wrong, the value was changed on its way",
        ),
        (
            "#rsa-oaep-mgf1p",
            "#rsa-1_5",
            "expected AES-CBC, AES key wrap or RSA-OAEP of XML Encryption",
        ),
    ];
    for (right, wrong, expected) in wrong {
        let document = document.replace(right, wrong);
        let request = request(&[Scheme::Cbcs], &[SD, AUDIO]);
        let message = message(&obtain(&document, Some("recipient.pem"), &request).unwrap_err());
        assert!(message.ends_with(expected), "{message}");
    }
}

#[test]
fn files_that_others_can_read_and_signatures_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.xml");
    let document = document(&key(KID_1, KEY_1_BASE64, ""), "", "");
    let document = document
        .replace("</c:CPIX>", "<Signature/></c:CPIX>")
        .replace("'film'", "'other'");
    fs::write(&path, document).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let source = Source::Cpix(CpixFile {
        path,
        private_key: None,
    });
    let warnings = source
        .obtain(&request(&[Scheme::Cbcs], &[ALL]))
        .unwrap()
        .warnings;
    let expected = [
        "is open to others",
        "its signature is not verified",
        "its contentId is not that of the content",
    ];
    assert_eq!(warnings.len(), 3);
    for (warning, expected) in warnings.iter().zip(expected) {
        assert_no_secret(warning);
        assert!(warning.contains(expected), "{warning}");
    }
}
