//! What manifests cannot say of encryption.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod scenarios;

use mux::Presentation;
use mux::manifest::FORMATS;
use mux::presentation::{DashProtection, HlsProtection, Rendition};

use scenarios::protection::{
    WIDEVINE, of_dash, of_hls, of_system, protection, pssh, refused, widevine, with,
};
use scenarios::{of, video};

#[test]
fn one_key_for_two_ciphers_is_refused() {
    let with_scheme = |scheme, id: &str| -> Rendition {
        with(
            video(id, 1280, 720, 3_000),
            &protection(scheme, 1, vec![widevine(1)]),
        )
    };
    let of_schemes = |one, two| of(vec![with_scheme(one, "720p"), with_scheme(two, "480p")]);
    assert_eq!(
        refused(&of_schemes(b"cenc", b"cbcs"))[0],
        "rendition video-avc1-480p: key ab010101-0101-0101-0101-010101010101 is for counted \
         blocks here and for chained ones in video-avc1-720p, or the reverse"
    );
    assert!(refused(&of_schemes(b"cenc", b"cens")).is_empty());
    assert!(refused(&of_schemes(b"cbc1", b"cbcs")).is_empty());
    assert_eq!(
        refused(&of_schemes(b"aes1", b"aes1"))[0],
        "rendition video-avc1-720p: protection scheme is \"aes1\", expected cenc, cens, cbc1 or \
         cbcs"
    );
}

/// What may be a secret by mistake, to be looked for in errors.
const SECRET: &str = "00112233445566778899aabbccddeeff";

fn key(uri: &str, key_format: &str, key_format_versions: &str) -> Presentation {
    of_hls(HlsProtection::Key {
        uri: uri.into(),
        key_format: key_format.into(),
        key_format_versions: key_format_versions.into(),
        key_id: false,
    })
}

fn lines(media: &str, master: &[&str]) -> Presentation {
    of_hls(HlsProtection::Lines {
        media: vec![media.into()],
        master: master.iter().map(|line| (*line).into()).collect(),
    })
}

fn facts(pssh: Option<Vec<u8>>, object: Option<Vec<u8>>, url: Option<&str>) -> Presentation {
    of_dash(DashProtection::Facts {
        pssh,
        playready_object: object,
        licence_url: url.map(String::from),
    })
}

#[test]
fn what_manifests_cannot_hold_is_refused_without_repeating_it() {
    let system = "rendition video-avc1-720p: protection system \
                  edef8ba9-79d6-4ace-a3c8-27dcd51d21ed: ";
    let good = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"a\"";
    let quoted = format!("skd://\"{SECRET}");
    let line_end = format!("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"{SECRET}\"\n#EXTINF:1,");
    let open = format!("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"{SECRET}");
    let identity = format!("#EXT-X-KEY:METHOD=AES-128,URI=\"data:,{SECRET}\"");
    let whole = pssh(WIDEVINE, SECRET.as_bytes());
    let cut = whole[..whole.len() - 1].to_vec();
    let two = [whole.clone(), whole.clone()].concat();
    let mut other = whole.clone();
    other[4] = b'q';
    let xml = |xml: &str| of_dash(DashProtection::Xml(xml.into()));
    let closing = format!("</ContentProtection><a>{SECRET}</a>");
    let no_box = "pssh is no whole pssh box";
    for (presentation, expected) in [
        (key("", "a", "1"), "URI is empty"),
        (key("a", "", "1"), "KEYFORMAT is empty"),
        (
            key(&quoted, "a", "1"),
            "URI has a double quote, which no quoted string can hold",
        ),
        (key("a", "b\n", "1"), "KEYFORMAT has a control character"),
        (
            key("a", "b", "1\"2"),
            "KEYFORMATVERSIONS has a double quote, which no quoted string can hold",
        ),
        (
            lines(&line_end, &[]),
            "line for media playlists has a control character",
        ),
        (
            lines(&open, &[]),
            "line for media playlists is no EXT-X-KEY tag with attributes",
        ),
        (
            lines("#EXT-X-MAP:URI=\"a\"", &[]),
            "line for media playlists is no EXT-X-KEY tag with attributes",
        ),
        (
            lines(good, &[good]),
            "line for the master playlist is no EXT-X-SESSION-KEY tag with attributes",
        ),
        (
            lines(&identity, &[]),
            "line for media playlists has another METHOD than the scheme's",
        ),
        (
            lines("#EXT-X-KEY:METHOD=NONE", &[]),
            "line for media playlists has another METHOD than the scheme's",
        ),
        (
            lines("#EXT-X-KEY:URI=\"a\"", &[]),
            "line for media playlists has no METHOD",
        ),
        (
            lines("#EXT-X-KEY:METHOD=SAMPLE-AES", &[]),
            "line for media playlists has no URI",
        ),
        (facts(Some(cut), None, None), no_box),
        (facts(Some(two), None, None), no_box),
        (facts(Some(other), None, None), no_box),
        (facts(Some(Vec::new()), None, None), no_box),
        (
            facts(None, Some(Vec::new()), None),
            "PlayReady object is empty",
        ),
        (facts(None, None, Some("")), "licence URL is empty"),
        (
            facts(None, None, Some("a\u{0}")),
            "licence URL has a control character",
        ),
        (
            xml(&closing),
            "ContentProtection data is not well-formed XML",
        ),
        (
            xml("<!DOCTYPE a><cenc:a/>"),
            "ContentProtection data has a document type declaration",
        ),
        (
            xml("<?a?><cenc:a/>"),
            "ContentProtection data has a processing instruction",
        ),
        (
            xml("<pssh/>"),
            "ContentProtection data has an element without a namespace",
        ),
    ] {
        let errors = refused(&presentation);
        assert_eq!(errors.len(), FORMATS.len(), "{expected}");
        for error in errors {
            assert_eq!(error, format!("{system}{expected}"));
            assert!(!error.contains(SECRET));
        }
    }
    let mut name = of_system(b"cbcs", widevine(1));
    let protection = name.renditions[0].protection.as_mut().unwrap();
    protection.systems[0].name = "a\tb".into();
    assert_eq!(
        refused(&name)[0],
        format!("{system}name has a control character")
    );
}
