//! What playlists say of encryption, line by line and as a foreign parser finds it.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod scenarios;

use std::collections::BTreeSet;

use m3u8_rs::{Key, KeyMethod};
use mux::manifest::{ManifestError, format};
use mux::presentation::{HlsProtection, Inconsistent, Role};

use scenarios::protection::{clear_lead, documents, of_hls, of_system, protection, widevine, with};
use scenarios::{of, text, video};

/// The keys that hold at each segment of a playlist, found by reading its lines.
fn keys_by_segment(playlist: &str) -> Vec<BTreeSet<String>> {
    let (mut keys, mut out) = (BTreeSet::new(), Vec::new());
    for line in playlist.lines() {
        if line.starts_with("#EXT-X-KEY:") {
            keys.insert(line.to_owned());
        } else if line.starts_with("#EXTINF:") {
            out.push(keys.clone());
        }
    }
    out
}

#[test]
fn encrypted_segments_have_every_key_and_clear_ones_none() {
    let mut encrypted = 0;
    for scenario in scenarios::all() {
        let documents = documents(&scenario.presentation, "hls");
        for rendition in &scenario.presentation.renditions {
            for name in ["stream", "iframe"] {
                let path = format!("{}/{name}.m3u8", rendition.folder);
                let Some(playlist) = documents.get(&path) else {
                    continue;
                };
                let clear = match &rendition.protection {
                    Some(protection) => protection.clear_segments,
                    None => rendition.segments.len(),
                };
                let systems = rendition.protection.iter().flat_map(|one| &one.systems);
                let announced = systems.filter(|system| system.hls.is_some()).count();
                for (at, keys) in keys_by_segment(playlist).iter().enumerate() {
                    let expected = if at < clear { 0 } else { announced };
                    assert_eq!(keys.len(), expected, "{}: {path}: {at}", scenario.name);
                    encrypted += usize::from(expected > 0);
                }
            }
        }
    }
    assert!(encrypted > 20, "nothing was looked at");
}

#[test]
fn keys_are_those_that_a_foreign_parser_reads() {
    for (scheme, method) in [
        (b"cbcs", KeyMethod::SampleAES),
        (b"cbc1", KeyMethod::SampleAES),
        (b"cenc", KeyMethod::Other("SAMPLE-AES-CTR".into())),
        (b"cens", KeyMethod::Other("SAMPLE-AES-CTR".into())),
    ] {
        let documents = documents(&of_system(scheme, widevine(1)), "hls");
        let expected = Key {
            method,
            uri: Some("data:text/plain;base64,AAAA1".into()),
            iv: None,
            keyformat: Some("urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed".into()),
            keyformatversions: Some("1".into()),
        };
        for name in ["stream", "iframe"] {
            let playlist = &documents[&format!("video/avc1/720p/{name}.m3u8")];
            let playlist = m3u8_rs::parse_media_playlist_res(playlist.as_bytes()).unwrap();
            assert!(playlist.version.unwrap() >= 5);
            assert_eq!(playlist.segments[0].key.as_ref(), Some(&expected));
        }
        let master = &documents["master.m3u8"];
        let master = m3u8_rs::parse_master_playlist_res(master.as_bytes()).unwrap();
        assert!(master.version.unwrap() >= 5);
        assert_eq!(master.session_key.len(), 1);
        assert_eq!(master.session_key[0].0, expected);
    }
}

/// The attribute lists of all lines with a tag.
fn tagged<'a>(playlist: &'a str, tag: &str) -> Vec<&'a str> {
    let lines = playlist.lines();
    lines.filter_map(|line| line.strip_prefix(tag)).collect()
}

#[test]
fn session_keys_are_the_keys_of_the_playlists_each_once() {
    for scenario in scenarios::all() {
        if scenario.name == "signalling_of_a_key_server" {
            continue;
        }
        let documents = documents(&scenario.presentation, "hls");
        let media: BTreeSet<&str> = documents
            .values()
            .flat_map(|text| tagged(text, "#EXT-X-KEY:"))
            .collect();
        let session = tagged(&documents["master.m3u8"], "#EXT-X-SESSION-KEY:");
        assert_eq!(session.len(), media.len(), "{}", scenario.name);
        assert_eq!(session.into_iter().collect::<BTreeSet<_>>(), media);
    }
}

#[test]
fn session_keys_that_differ_in_the_key_id_alone_are_one() {
    // RFC 8216 4.3.4.5: not two with equal METHOD, URI, IV, KEYFORMAT and KEYFORMATVERSIONS.
    let same = |key| {
        let mut system = widevine(key);
        system.hls = widevine(1).hls;
        protection(b"cbcs", key, vec![system])
    };
    let presentation = of(vec![
        with(video("480p", 854, 480, 1_000), &same(1)),
        with(video("720p", 1280, 720, 3_000), &same(2)),
    ]);
    let documents = documents(&presentation, "hls");
    let session = tagged(&documents["master.m3u8"], "#EXT-X-SESSION-KEY:");
    assert_eq!(session.len(), 1);
    let second = &documents["video/avc1/720p/stream.m3u8"];
    assert!(second.contains("KEYID=0xAB020202"));
}

#[test]
fn lines_of_a_key_server_are_written_as_they_are() {
    let line = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\",X-B=\"c\"";
    let session = "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\",X-B=\"d\"";
    for (master, expected) in [
        (vec![], line.replace("EXT-X-KEY", "EXT-X-SESSION-KEY")),
        (vec![session.to_string()], session.to_string()),
    ] {
        let presentation = of_hls(HlsProtection::Lines {
            media: vec![line.into()],
            master,
        });
        let documents = documents(&presentation, "hls");
        let has = |path: &str, line: &str| documents[path].lines().any(|found| found == line);
        assert!(has("video/avc1/720p/stream.m3u8", line));
        assert!(has("video/avc1/720p/iframe.m3u8", line));
        assert!(has("master.m3u8", &expected));
    }
}

#[test]
fn no_playlist_is_encrypted_without_a_key() {
    let mut silent = widevine(1);
    silent.hls = None;
    let no_line = HlsProtection::Lines {
        media: Vec::new(),
        master: Vec::new(),
    };
    for presentation in [of_system(b"cbcs", silent.clone()), of_hls(no_line)] {
        let error = (format("hls").unwrap().write)(&presentation).unwrap_err();
        assert!(matches!(
            error,
            ManifestError::Inconsistent(Inconsistent::NoHlsKey { .. })
        ));
        assert_eq!(
            error.to_string(),
            "rendition video-avc1-720p: is encrypted, expected a protection system that HLS \
             playlists can name"
        );
        assert!(presentation.check_hls().is_err());
        assert!(presentation.check().is_ok());
        assert!((format("dash").unwrap().write)(&presentation).is_ok());
    }
    // A lead as long as the film leaves nothing encrypted.
    let mut clear = of_system(b"cbcs", silent);
    clear.renditions[0]
        .protection
        .as_mut()
        .unwrap()
        .clear_segments = 3;
    assert!(clear.check_hls().is_ok());
    let documents = documents(&clear, "hls");
    assert!(documents.values().all(|text| !text.contains("-KEY:")));
}

/// What stands before each segment: `D` a discontinuity, `K` a key, `M` and a name a map.
fn marks(playlist: &str) -> Vec<String> {
    let (mut marks, mut out) = (String::new(), Vec::new());
    for line in playlist.lines() {
        if line == "#EXT-X-DISCONTINUITY" {
            marks.push('D');
        } else if line.starts_with("#EXT-X-KEY:") {
            marks.push('K');
        } else if let Some(map) = line.strip_prefix("#EXT-X-MAP:") {
            marks += &format!("M({})", map.trim_matches(|c: char| "URI=\"".contains(c)));
        } else if line.starts_with("#EXTINF:") {
            out.push(std::mem::take(&mut marks));
        }
    }
    out
}

#[test]
fn keys_begin_where_the_clear_lead_ends_and_nothing_else_changes_there() {
    for (audio_too, sound) in [(false, ""), (true, "K")] {
        let documents = documents(&clear_lead(audio_too), "hls");
        let marks = |path: &str| marks(&documents[path]);
        let expected = ["M(video_init.mp4)", "", "K"];
        assert_eq!(marks("video/avc1/720p/stream.m3u8"), expected);
        assert_eq!(marks("video/avc1/720p/iframe.m3u8"), expected);
        let expected = ["M(audio_init.mp4)", "", sound];
        assert_eq!(marks("audio/mp4a/en/stream.m3u8"), expected);
        assert_eq!(marks("text/wvtt/en/stream.m3u8"), ["", "", ""]);
    }
}

#[test]
fn webvtt_files_are_not_encrypted_where_the_same_text_in_mp4_is() {
    let protection = protection(b"cbcs", 1, vec![widevine(1)]);
    let subtitles = with(text("en", "en", Role::Subtitle), &protection);
    let presentation = of(vec![video("720p", 1280, 720, 3_000), subtitles]);
    let documents = documents(&presentation, "hls");
    assert!(documents.values().all(|text| !text.contains("-KEY:")));
    let mut unnamed = presentation;
    let protection = unnamed.renditions[1].protection.as_mut().unwrap();
    protection.systems.clear();
    assert_eq!(unnamed.check_hls(), Ok(()));
}
