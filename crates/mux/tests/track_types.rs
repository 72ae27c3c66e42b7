//! Manifests of some of the video.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod scenarios;

use mux::manifest::FORMATS;

use scenarios::protection::{documents, protection, refused};
use scenarios::{audio, of, video};

#[test]
fn manifests_of_a_track_type_name_its_video_and_its_keys_alone() {
    let presentation = scenarios::all()
        .into_iter()
        .find(|scenario| scenario.name == "encrypted_with_a_key_per_quality")
        .unwrap()
        .presentation;
    let (dash, hls) = (
        documents(&presentation, "dash"),
        documents(&presentation, "hls"),
    );
    let uuid = |key: u8| protection(b"cbcs", key, Vec::new()).kid_uuid();
    let all = ["360p", "480p", "720p", "1080p", "2160p"];
    for (name, videos, keys) in [
        ("_SD_ONLY", 2, 1..=1u8),
        ("_SD_HD", 4, 1..=2),
        ("_SD_UHD", 5, 1..=3),
        ("", 5, 1..=3),
    ] {
        let mpd = &dash[&format!("stream{name}.mpd")];
        let master = &hls[&format!("master{name}.m3u8")];
        for (at, video) in all.iter().enumerate() {
            let id = format!("id=\"video-avc1-{video}\"");
            assert_eq!(mpd.contains(&id), at < videos, "{name}: {video}");
            let path = format!("video/avc1/{video}/stream.m3u8");
            assert_eq!(master.contains(&path), at < videos, "{name}: {video}");
        }
        for key in 1..=4 {
            // The audio's is the fourth.
            let expected = keys.contains(&key) || key == 4;
            assert_eq!(mpd.contains(&uuid(key)), expected, "{name}: {key}");
            let id = format!("KEYID=0xAB{key:02X}");
            assert_eq!(master.contains(&id), expected, "{name}: {key}");
        }
        for one in ["audio-mp4a-en", "text-wvtt-en", "video-avc1-480p-trick"] {
            assert!(mpd.contains(one), "{name}: {one}");
        }
        for one in ["audio/mp4a/en/stream.m3u8", "text/wvtt/en/stream.m3u8"] {
            assert!(master.contains(one), "{name}: {one}");
        }
    }
    // Media playlists are shared, and what a player opens comes last.
    let playlists = hls.keys().filter(|path| path.ends_with("/stream.m3u8"));
    assert_eq!(playlists.count(), 7);
    for (format, last) in FORMATS.iter().zip(["stream.mpd", "master.m3u8"]) {
        let written = (format.write)(&presentation).unwrap();
        assert_eq!(written.last().unwrap().path, last);
    }
}

#[test]
fn track_types_that_cannot_be_announced_are_refused() {
    let with = |name: &str, renditions: &[&str]| mux::presentation::TrackType {
        name: name.into(),
        renditions: renditions.iter().map(|id| (*id).into()).collect(),
    };
    let good = with("SD_ONLY", &["video-avc1-720p"]);
    for (wrong, expected) in [
        (
            with("", &["video-avc1-720p"]),
            "track type \"\": must be one or more of letters",
        ),
        (
            with("../SD", &["video-avc1-720p"]),
            "track type \"../SD\": must be one or more of",
        ),
        (
            good.clone(),
            "track type \"SD_ONLY\": is another one's name too",
        ),
        (
            with("HD", &[]),
            "track type \"HD\": has no video, expected at least one",
        ),
        (
            with("HD", &["audio-mp4a-en"]),
            "track type \"HD\": has \"audio-mp4a-en\", which is no video rendition",
        ),
    ] {
        let mut presentation = of(vec![
            video("720p", 1280, 720, 3_000),
            audio("en", "en", 128),
        ]);
        presentation.tracktypes = vec![good.clone(), wrong];
        for error in refused(&presentation) {
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(refused(&presentation).len(), FORMATS.len());
    }
}
