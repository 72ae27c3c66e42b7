//! Playlists as text, read back.

use std::fs;

use super::*;
use crate::verify::announced::Content;
use crate::verify::finding::Finding;
use crate::verify::location::Location;

const MASTER: &str = "#EXTM3U
#EXT-X-VERSION:7
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac\",NAME=\"en\",DEFAULT=YES,URI=\"audio/stream.m3u8\"
#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS=\"avc1.64001f,mp4a.40.2\",AUDIO=\"aac\"
video/stream.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,CODECS=\"avc1.64001f\",URI=\"video/iframe.m3u8\"
";

const MEDIA: &str = "#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI=\"init.mp4\"
#EXTINF:2.002,
seg_1.m4s
#EXTINF:1.5,
seg_2.m4s
#EXT-X-ENDLIST
";

const FRAMES: &str = "#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-I-FRAMES-ONLY
#EXT-X-MAP:URI=\"all.mp4\",BYTERANGE=\"700@0\"
#EXTINF:2,
#EXT-X-BYTERANGE:100@1000
all.mp4
#EXTINF:2,
#EXT-X-BYTERANGE:200
all.mp4
#EXT-X-ENDLIST
";

fn master(text: &str, video: &str) -> (Option<Master>, Vec<Finding>) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["audio", "video"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("master.m3u8"), text).unwrap();
    fs::write(folder.path().join("video/stream.m3u8"), video).unwrap();
    fs::write(folder.path().join("audio/stream.m3u8"), MEDIA).unwrap();
    fs::write(folder.path().join("video/iframe.m3u8"), FRAMES).unwrap();
    let files = Files::list(folder.path()).unwrap();
    let mut findings = Findings::new("manifests");
    let master = read(&files, "master.m3u8", &mut findings);
    (master, findings.into_list())
}

#[test]
fn every_media_playlist_is_reached_and_read() {
    let (master, findings) = master(MASTER, MEDIA);
    assert_eq!(findings, []);
    let master = master.unwrap();
    let paths: Vec<&str> = master.media.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "audio/stream.m3u8",
            "video/iframe.m3u8",
            "video/stream.m3u8"
        ]
    );
    let video = &master.media["video/stream.m3u8"];
    assert_eq!(video.init, Some(Location::whole("video/init.mp4".into())));
    assert_eq!(video.segments[0].duration.ticks, 2002);
    assert_eq!(
        master.media["audio/stream.m3u8"].codecs,
        ["avc1.64001f", "mp4a.40.2"]
    );
    let together = master.variants[0].playlists(&master);
    assert_eq!(together, [["video/stream.m3u8"], ["audio/stream.m3u8"]]);
}

#[test]
fn a_byte_range_without_offset_follows_the_one_before() {
    let (master, _) = master(MASTER, MEDIA);
    let frames = master.unwrap().media.remove("video/iframe.m3u8").unwrap();
    assert_eq!(frames.content, Content::FrameRanges);
    let ranges: Vec<_> = frames
        .segments
        .iter()
        .map(|segment| segment.location.range)
        .collect();
    assert_eq!(ranges, [Some((1000, 1100)), Some((1100, 1300))]);
    assert_eq!(frames.init.unwrap().range, Some((0, 700)));
}

#[test]
fn what_is_missing_is_a_finding() {
    for (from, to, line) in [
        (
            "#EXT-X-ENDLIST\n",
            "",
            "video/stream.m3u8: EXT-X-ENDLIST: is missing",
        ),
        (
            "VOD",
            "EVENT",
            "video/stream.m3u8: EXT-X-PLAYLIST-TYPE: is EVENT, expected VOD",
        ),
        (
            "#EXTINF:1.5,\n",
            "",
            "video/stream.m3u8: line 7: EXTINF: is missing",
        ),
        (
            "1.5",
            "x",
            "video/stream.m3u8: line 7: EXTINF: is \"x,\", expected seconds",
        ),
        (
            "seg_2.m4s",
            "/seg_2.m4s",
            "video/stream.m3u8: line 8: URI: is /seg_2.m4s",
        ),
        (
            "#EXTM3U\n",
            "",
            "video/stream.m3u8: first line: is something else",
        ),
    ] {
        let (_, findings) = master(MASTER, &MEDIA.replace(from, to));
        assert!(findings[0].to_string().starts_with(line), "{}", findings[0]);
    }
    let (_, findings) = master(&MASTER.replace("AUDIO=\"aac\"", "AUDIO=\"opus\""), MEDIA);
    let line = "master.m3u8: line 4: AUDIO: is opus, expected the GROUP-ID of an EXT-X-MEDIA of \
                TYPE AUDIO";
    assert_eq!(findings[0].to_string(), line);
}

#[test]
fn half_a_second_rounds_up() {
    let milliseconds = |ms| rounded(Timescale::MILLISECONDS.time(ms));
    assert_eq!(
        [milliseconds(1499), milliseconds(1500), milliseconds(2000)],
        [1, 2, 2]
    );
}
