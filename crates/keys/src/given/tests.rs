use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use cenc::Kid;
use cenc::policy::{Audio, HeightLimits, Policy, TrackFacts};
use cenc::scheme::{Algorithm, Iv};

use super::*;

const KID: &str = "00112233445566778899aabbccddeeff";
const KEY: &str = "c0ffee00c0ffee11c0ffee22c0ffee33";

fn given(arguments: &[String]) -> GivenKeys {
    let mut given = GivenKeys::default();
    for argument in arguments {
        given.parse_argument(argument).unwrap();
    }
    given
}

/// Key and key id are of one digit each.
fn entry(name: &str, kid: &str, key: &str) -> String {
    format!("{name}={}:{}", kid.repeat(32), key.repeat(32))
}

fn request(schemes: &[Scheme]) -> Request<'_> {
    Request {
        content_id: None,
        schemes,
        labels: &[Label::All],
        limits: None,
        systems: &[],
    }
}

/// The KID of the key for `label` under `algorithm`, its first byte.
fn kid(obtained: &Obtained, algorithm: Algorithm, height: u32) -> Option<u8> {
    let policy = Policy {
        multi_key: Some(HeightLimits::USUAL),
        audio: Audio::Skip,
    };
    let kind = media::TrackKind::Video;
    let track = |height| TrackFacts {
        name: String::new(),
        kind,
        height: Some(height),
    };
    let tracks = [track(height)];
    let keys = obtained.ring.assign(&policy, algorithm, &tracks);
    keys.ok()?.first().copied()?.map(|key| key.kid.0[0])
}

fn parse_error(text: &str) -> String {
    let error = GivenKeys::default().parse_argument(text).unwrap_err();
    assert!(error.is_usage());
    for shown in [error.to_string(), format!("{error:?}")] {
        let shown = shown.to_lowercase();
        assert!(
            !shown.contains("c0ffee") && !shown.contains("wp/uam"),
            "{shown}"
        );
    }
    error.to_string()
}

fn read_error(text: &[u8]) -> String {
    let error = GivenKeys::default().read(text).unwrap_err();
    assert!(!error.to_string().contains("c0ffee") && !format!("{error:?}").contains("c0ffee"));
    error.to_string()
}

#[test]
fn an_argument_has_a_label_a_kid_a_key_and_perhaps_a_scheme_and_an_iv() {
    let entry = |text: &str| Entry::parse(text).unwrap();
    let plain = entry(&format!("sd={KID}:{KEY}"));
    assert_eq!((plain.scheme, plain.label), (None, Label::Sd));
    assert_eq!(plain.content_key.kid, Kid::parse(KID).unwrap());
    assert_eq!(plain.content_key.key, Key::parse(KEY).unwrap());
    assert_eq!(plain.content_key.iv, None);
    let full = entry(&format!("CBCS/UHD1 = {KID} : {KEY} : 0102030405060708"));
    assert_eq!((full.scheme, full.label), (Some(Scheme::Cbcs), Label::Uhd1));
    assert_eq!(
        full.content_key.iv,
        Some(Iv::Eight([1, 2, 3, 4, 5, 6, 7, 8]))
    );
    let uuid = entry(&format!(
        "all=00112233-4455-6677-8899-aabbccddeeff:{KEY}:{KID}"
    ));
    assert_eq!(uuid.content_key.kid, plain.content_key.kid);
    assert_eq!(uuid.content_key.iv, Iv::parse(KID));
}

#[test]
fn errors_name_the_label_and_never_repeat_the_text() {
    let short = &KEY[..31];
    let cases = [
        (
            format!("{KID}:{KEY}"),
            "key argument 1: key: has no =, expected [SCHEME/]LABEL=KID:KEY[:IV] in hexadecimal digits",
        ),
        (
            format!("{KEY}={KID}:{KEY}"),
            "key argument 1: key: label before = is unknown, expected all, audio, sd, hd, uhd1 or uhd2",
        ),
        (
            format!("{KEY}/sd={KID}:{KEY}"),
            "key argument 1: key: scheme before / is unknown, expected cenc, cens, cbc1 or cbcs",
        ),
        (
            format!("sd={KEY}"),
            "key argument 1: sd: has no : between KID and key, expected [SCHEME/]LABEL=KID:KEY[:IV] in hexadecimal digits",
        ),
        (
            format!("cenc/sd={short}:{KEY}"),
            "key argument 1: cenc/sd: KID: has 31 characters, expected 32 hexadecimal digits",
        ),
        (
            format!("hd={KID}:{short}"),
            "key argument 1: hd: key: has 31 characters, expected 32 hexadecimal digits",
        ),
        (
            format!("hd={KID}:{short}g"),
            "key argument 1: hd: key: has a character that is no hexadecimal digit",
        ),
        (
            format!("hd={KID}:{short}é"),
            "key argument 1: hd: key: has 33 characters, expected 32 hexadecimal digits",
        ),
        (
            format!("hd={KID}:wP/uAMD/7hHA/+4iwP/uMw=="),
            "key argument 1: hd: key: has 24 characters, expected 32 hexadecimal digits",
        ),
        (
            format!("hd={KID}:{KEY}:{short}"),
            "key argument 1: hd: IV: has 31 characters, expected 16 or 32 hexadecimal digits",
        ),
        (
            format!("hd={KID}:{KEY}:{KEY}:{KEY}"),
            "key argument 1: hd: IV: has 65 characters, expected 16 or 32 hexadecimal digits",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(parse_error(&text), message);
    }
}

#[test]
fn a_file_has_an_entry_a_line_and_comments() {
    let text = format!(
        "\u{feff}# keys\r\n\r\n  all={KID}:{KEY}   # for all\r\ncbcs/sd={}:{}",
        "1".repeat(32),
        "2".repeat(32)
    );
    let mut read = GivenKeys::default();
    read.read(text.as_bytes()).unwrap();
    let given = given(&[format!("all={KID}:{KEY}"), entry("cbcs/sd", "1", "2")]);
    assert_eq!(read.entries, given.entries);
    let latin = [b"# cl\xe9\n", format!("all={KID}:{KEY}").as_bytes()].concat();
    assert!(GivenKeys::default().read(&latin[..]).is_ok());
}

#[test]
fn a_wrong_line_is_named() {
    let text = format!("# keys\nsd={KID}:{KEY}\n\nhd={KID}:{}\n", &KEY[1..]);
    assert_eq!(
        read_error(text.as_bytes()),
        "standard input line 4: hd: key: has 31 characters, expected 32 hexadecimal digits"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.txt");
    fs::write(&path, &text).unwrap();
    let error = GivenKeys::default().read_file(&path).unwrap_err();
    assert!(error.to_string().contains("keys.txt line 4: hd: key"));
    assert_eq!(
        read_error(b"\xff=\n"),
        "standard input line 1: key: has no =, expected [SCHEME/]LABEL=KID:KEY[:IV] in hexadecimal digits"
    );
}

#[test]
fn files_without_keys_or_too_long_or_absent_are_refused() {
    assert!(read_error(b"# none\n").starts_with("standard input: holds no key, expected lines of"));
    let long = vec![b'#'; (64 << 10) + 1];
    assert_eq!(
        read_error(&long),
        "standard input: is longer than 65536 bytes, expected a list of keys"
    );
    let error = GivenKeys::default().read_file(Path::new("/none/keys.txt"));
    let error = error.unwrap_err();
    assert!(error.is_usage() && error.to_string().starts_with("/none/keys.txt: "));
}

#[test]
fn a_file_that_others_can_read_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.txt");
    fs::write(&path, format!("all={KID}:{KEY}")).unwrap();
    for (mode, warned) in [(0o640, true), (0o604, true), (0o400, false), (0o600, false)] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let mut given = GivenKeys::default();
        given.read_file(&path).unwrap();
        let obtained = given.obtain(&request(&[Scheme::Cbcs])).unwrap();
        assert_eq!(obtained.warnings.len(), usize::from(warned), "{mode:o}");
        assert!(!format!("{:?}", obtained.warnings).contains("c0ffee"));
    }
}

#[test]
fn a_label_given_twice_and_a_kid_with_two_keys_are_refused() {
    let text = format!(
        "sd={KID}:{KEY}\nhd={}:{KEY}\nSD={}:{KEY}",
        "1".repeat(32),
        "2".repeat(32)
    );
    assert_eq!(
        read_error(text.as_bytes()),
        "standard input line 3: sd: is given twice, as KID 00112233-4455-6677-8899-aabbccddeeff \
         and as KID 22222222-2222-2222-2222-222222222222"
    );
    let text = format!("sd={KID}:{KEY}\ncbcs/hd={KID}:{}", "3".repeat(32));
    assert_eq!(
        read_error(text.as_bytes()),
        "standard input line 2: cbcs/hd: KID 00112233-4455-6677-8899-aabbccddeeff has another key \
         here than under sd"
    );
    let mut given = given(&[entry("sd", "1", "2")]);
    let again = given.parse_argument(&entry("sd", "1", "2")).unwrap_err();
    assert!(
        again
            .to_string()
            .starts_with("key argument 2: sd: is given twice")
    );
}

#[test]
fn one_key_may_serve_two_labels() {
    let given = given(&[entry("sd", "1", "2"), entry("hd", "1", "2")]);
    assert!(given.obtain(&request(&[Scheme::Cenc])).is_ok());
}

#[test]
fn entries_without_a_scheme_fill_what_others_leave() {
    let both = [Scheme::Cenc, Scheme::Cbcs];
    type Case<'a> = (&'a [(&'a str, &'a str)], [Option<u8>; 2]);
    let cases: [Case<'_>; 4] = [
        (&[("sd", "1"), ("cbcs/sd", "2")], [Some(0x11), Some(0x22)]),
        (&[("sd", "1"), ("cenc/sd", "2")], [Some(0x22), Some(0x11)]),
        (
            &[("cbcs/sd", "1"), ("cenc/sd", "2")],
            [Some(0x22), Some(0x11)],
        ),
        (&[("sd", "1")], [Some(0x11), None]),
    ];
    for (entries, kids) in cases {
        let entries: Vec<_> = entries
            .iter()
            .map(|(name, kid)| entry(name, kid, kid))
            .collect();
        let obtained = given(&entries).obtain(&request(&both)).unwrap();
        let found = [Algorithm::AesCtr, Algorithm::AesCbc].map(|each| kid(&obtained, each, 480));
        assert_eq!(found, kids, "{entries:?}");
    }
}

#[test]
fn a_key_is_for_one_algorithm() {
    let shared = given(&[entry("cenc/sd", "1", "2"), entry("cbcs/sd", "1", "2")]);
    let error = shared
        .obtain(&request(&[Scheme::Cenc, Scheme::Cbcs]))
        .unwrap_err();
    assert!(error.is_usage() && error.to_string().contains("of AES-CTR and AES-CBC"));
    let three = ["cenc/sd", "cbcs/sd", "sd"].iter().zip(["1", "2", "3"]);
    let three: Vec<_> = three.map(|(name, kid)| entry(name, kid, kid)).collect();
    let error = given(&three)
        .obtain(&request(&[Scheme::Cenc, Scheme::Cbcs]))
        .unwrap_err();
    assert!(
        error.to_string().starts_with("key sd: given twice"),
        "{error}"
    );
}

#[test]
fn a_key_for_a_scheme_that_is_not_used_is_refused() {
    let given = given(&[entry("cenc/sd", "1", "2")]);
    let error = given.obtain(&request(&[Scheme::Cbcs])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "key cenc/sd: nothing is encrypted with cenc, but with cbcs"
    );
}

#[test]
fn a_key_that_is_its_kid_is_warned_of() {
    let given = given(&[entry("sd", "1", "1")]);
    let obtained = given.obtain(&request(&[Scheme::Cbcs])).unwrap();
    assert_eq!(
        obtained.warnings,
        ["key argument 1: sd: the key is the KID, which every file shows"]
    );
}

#[test]
fn debug_shows_labels_and_kids() {
    let given = given(&[format!("cenc/sd={KID}:{KEY}")]);
    assert_eq!(
        format!("{:?}", crate::Source::Given(given)),
        "Given(GivenKeys {\"cenc/sd\": Kid(00112233-4455-6677-8899-aabbccddeeff)})"
    );
}
