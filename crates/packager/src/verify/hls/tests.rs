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
    for name in ["hls/audio", "hls/video"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("hls/master.m3u8"), text).unwrap();
    fs::write(folder.path().join("hls/video/stream.m3u8"), video).unwrap();
    fs::write(folder.path().join("hls/audio/stream.m3u8"), MEDIA).unwrap();
    fs::write(folder.path().join("hls/video/iframe.m3u8"), FRAMES).unwrap();
    let files = Files::list(folder.path()).unwrap();
    let mut findings = Findings::new("manifests");
    let master = read(&files, "hls/master.m3u8", &mut findings);
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
            "hls/audio/stream.m3u8",
            "hls/video/iframe.m3u8",
            "hls/video/stream.m3u8"
        ]
    );
    let video = &master.media["hls/video/stream.m3u8"];
    assert_eq!(
        video.init,
        Some(Location::whole("hls/video/init.mp4".into()))
    );
    assert_eq!(video.segments[0].duration.ticks, 2002);
    assert_eq!(
        master.media["hls/audio/stream.m3u8"].codecs,
        ["avc1.64001f", "mp4a.40.2"]
    );
    let together = master.variants[0].playlists(&master);
    assert_eq!(
        together,
        [["hls/video/stream.m3u8"], ["hls/audio/stream.m3u8"]]
    );
}

#[test]
fn a_byte_range_without_offset_follows_the_one_before() {
    let (master, _) = master(MASTER, MEDIA);
    let frames = master
        .unwrap()
        .media
        .remove("hls/video/iframe.m3u8")
        .unwrap();
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
            "hls/video/stream.m3u8: EXT-X-ENDLIST: is missing",
        ),
        (
            "VOD",
            "EVENT",
            "hls/video/stream.m3u8: EXT-X-PLAYLIST-TYPE: is EVENT, expected VOD",
        ),
        (
            "#EXTINF:1.5,\n",
            "",
            "hls/video/stream.m3u8: line 7: EXTINF: is missing",
        ),
        (
            "1.5",
            "x",
            "hls/video/stream.m3u8: line 7: EXTINF: is \"x,\", expected seconds",
        ),
        (
            "seg_2.m4s",
            "/seg_2.m4s",
            "hls/video/stream.m3u8: line 8: URI: is /seg_2.m4s",
        ),
        (
            "#EXTM3U\n",
            "",
            "hls/video/stream.m3u8: first line: is something else",
        ),
    ] {
        let (_, findings) = master(MASTER, &MEDIA.replace(from, to));
        assert!(findings[0].to_string().starts_with(line), "{}", findings[0]);
    }
    let (_, findings) = master(&MASTER.replace("AUDIO=\"aac\"", "AUDIO=\"opus\""), MEDIA);
    let line = "hls/master.m3u8: line 4: AUDIO: is opus, expected the GROUP-ID of an EXT-X-MEDIA of \
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
