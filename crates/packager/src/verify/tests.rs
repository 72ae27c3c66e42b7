//! A sound package broken in one place at a time.

mod encrypted;
mod fixture;

use std::fs;

use fixture::{Fixture, segment};

/// The findings after `break_it`, of which the first starts with `line`.
#[track_caller]
fn breaks(break_it: impl FnOnce(&Fixture), line: &str) {
    let fixture = Fixture::new();
    break_it(&fixture);
    let findings = fixture.findings();
    let first = findings.first().map(String::as_str).unwrap_or("nothing");
    assert!(
        findings.iter().any(|finding| finding.starts_with(line)),
        "{line}\nfound: {first}"
    );
}

#[test]
fn a_sound_package_has_no_findings() {
    assert_eq!(Fixture::new().findings(), Vec::<String>::new());
}

#[test]
fn a_missing_segment_is_found_where_it_is_announced() {
    let remove = |fixture: &Fixture| {
        fs::remove_file(fixture.root().join("cmaf/audio/seg_2.m4s")).unwrap();
    };
    breaks(
        remove,
        "cmaf/stream.mpd: Representation audio-en: segment 2: is missing",
    );
    breaks(remove, "cmaf/audio/stream.m3u8: segment 2: is missing");
}

#[test]
fn a_segment_cut_anywhere_is_found() {
    let whole = segment(0, 0);
    let fixture = Fixture::new();
    for end in (0..whole.len()).step_by(7) {
        fixture.write("cmaf/audio/seg_1.m4s", &whole[..end]);
        assert!(!fixture.findings().is_empty(), "cut at byte {end}");
    }
}

#[test]
fn an_initialization_segment_cut_anywhere_is_found() {
    let fixture = Fixture::new();
    let whole = fs::read(fixture.root().join("cmaf/audio/init.mp4")).unwrap();
    for end in 0..whole.len() {
        fixture.write("cmaf/audio/init.mp4", &whole[..end]);
        assert!(!fixture.findings().is_empty(), "cut at byte {end}");
    }
}

#[test]
fn a_gap_in_the_media_is_found() {
    let gap = |fixture: &Fixture| fixture.write("cmaf/audio/seg_2.m4s", segment(48_001, 0));
    breaks(
        gap,
        "cmaf/audio/seg_2.m4s: tfdt: is 48001, expected 48000, where the segment before",
    );
    breaks(
        gap,
        "cmaf/stream.mpd: Representation audio-en: start of segment 2: is tick 48000 of 48000/s, \
         expected tick 48001 of 48000/s",
    );
}

#[test]
fn a_segment_that_starts_with_no_sync_sample_is_found() {
    let flags = |fixture: &Fixture| fixture.write("cmaf/audio/seg_1.m4s", segment(0, 0x1_0000));
    breaks(
        flags,
        "cmaf/audio/seg_1.m4s: first sample: is no sync sample",
    );
}

#[test]
fn a_gap_in_the_manifest_is_found() {
    let edit = |fixture: &Fixture| {
        let s = "<S t=\"0\" d=\"48000\"/><S t=\"48001\" d=\"48000\" r=\"1\"/>";
        fixture.edit("cmaf/stream.mpd", "<S t=\"0\" d=\"48000\" r=\"2\"/>", s);
    };
    breaks(
        edit,
        "cmaf/stream.mpd: Representation audio-en: SegmentTimeline S[1]@t: is 48001",
    );
}

#[test]
fn manifests_that_disagree_are_found() {
    let late = |fixture: &Fixture| {
        fixture.edit(
            "cmaf/audio/stream.m3u8",
            "#EXTINF:1.000000,\nseg_1",
            "#EXTINF:1.002,\nseg_1",
        );
    };
    breaks(
        late,
        "cmaf/audio/stream.m3u8: sum of EXTINF up to segment 1: is 1.002 s",
    );
    let long = |fixture: &Fixture| fixture.edit("cmaf/stream.mpd", "PT3S", "PT3.1S");
    breaks(
        long,
        "cmaf/stream.mpd: MPD: @mediaPresentationDuration: is 3.100 s, expected 3.000 s",
    );
    let target = |fixture: &Fixture| {
        fixture.edit("cmaf/audio/stream.m3u8", "DURATION:1", "DURATION:2");
    };
    breaks(
        target,
        "cmaf/audio/stream.m3u8: EXT-X-TARGETDURATION: is 2, expected 1",
    );
}

#[test]
fn a_wrong_codec_is_found_in_each_manifest() {
    let mpd = |fixture: &Fixture| fixture.edit("cmaf/stream.mpd", "\"opus\"", "\"mp4a.40.2\"");
    let line = "cmaf/stream.mpd: Representation audio-en: codecs: is mp4a.40.2, expected opus";
    breaks(mpd, line);
    let hls = |fixture: &Fixture| fixture.edit("cmaf/master.m3u8", "opus", "fLaC");
    breaks(
        hls,
        "cmaf/audio/stream.m3u8: codecs: is fLaC, expected opus",
    );
}

#[test]
fn rates_that_do_not_hold_are_found() {
    // 2,124 bytes a second come to about 17,000 bits.
    let mpd = |fixture: &Fixture| fixture.edit("cmaf/stream.mpd", "\"20000\"", "\"8000\"");
    breaks(
        mpd,
        "cmaf/stream.mpd: Representation audio-en: @bandwidth: is 8000",
    );
    let hls =
        |fixture: &Fixture| fixture.edit("cmaf/master.m3u8", ":BANDWIDTH=20000", ":BANDWIDTH=8000");
    breaks(
        hls,
        "cmaf/master.m3u8: line 3: BANDWIDTH: is 8000, expected at least 1",
    );
}

#[test]
fn a_file_that_is_not_what_the_report_says_is_found() {
    type Case = (&'static str, fn(&Fixture), &'static str);
    let cases: [Case; 5] = [
        (
            "changed",
            |f| f.write("cmaf/audio/seg_3.m4s", segment(96_000, 0x0200_0000)),
            "blake3",
        ),
        (
            "longer",
            |f| f.edit("cmaf/master.m3u8", "#EXTM3U\n", "#EXTM3U\n#\n"),
            "size",
        ),
        (
            "unlisted",
            |f| f.write("cmaf/audio/seg_4.m4s", b"x"),
            "file: is foreign, expected only files listed in package.json",
        ),
        (
            "temporary",
            |f| f.write("cmaf/.seg_4.m4s.part", b"x"),
            "file: is there",
        ),
        (
            "unfinished",
            |f| f.write(".packager-run", b"x"),
            "file: is there",
        ),
    ];
    for (name, break_it, line) in cases {
        let fixture = Fixture::new();
        break_it(&fixture);
        let findings = fixture.list();
        assert!(
            findings.iter().all(|finding| finding.check == "files"),
            "{name}: {findings:?}"
        );
        assert!(
            findings
                .iter()
                .any(|finding| finding.to_string().contains(line)),
            "{name}"
        );
    }
}

#[test]
fn a_report_that_disagrees_with_the_mpd_is_found() {
    for (from, to, line) in [
        (
            "\"samples\":150",
            "\"samples\":151",
            "samples: is 151, expected 150",
        ),
        (
            "\"duration\":48000",
            "\"duration\":48001",
            "duration of segment 1: is 48000",
        ),
        (
            "\"start\":96000",
            "\"start\":96001",
            "start of segment 3: is 96000",
        ),
        (
            "\"codec\":\"opus\"",
            "\"codec\":\"fLaC\"",
            "codecs: is opus, expected fLaC",
        ),
        (
            "\"id\":\"audio-en\"",
            "\"id\":\"x\"",
            "Representation x: is missing",
        ),
        (
            "\"objects\":7",
            "\"objects\":8",
            "objects: is 8, expected 7",
        ),
        ("\"format\":1", "\"format\":2", "report: is of format 2"),
    ] {
        let fixture = Fixture::new();
        fixture.edit("package.json", from, to);
        let findings = fixture.list();
        let found = findings
            .iter()
            .any(|finding| finding.to_string().contains(line));
        assert!(found, "{line}: {findings:?}");
    }
}

#[test]
fn only_files_of_the_package_are_counted() {
    let fixture = Fixture::new();
    let sound = fixture.verification();
    assert_eq!(sound.files, 8);
    assert_eq!(sound.checksum.as_deref(), Some("blake3"));
    for path in ["input.mp4", "notes.mpd", "cmaf/audio/foreign.txt"] {
        fixture.write(path, b"foreign");
    }
    let found = fixture.verification();
    assert_eq!((found.files, found.bytes), (sound.files, sound.bytes));
    let lines: Vec<String> = found.findings.iter().map(ToString::to_string).collect();
    let line = "cmaf/audio/foreign.txt: file: is foreign, expected only files listed in \
                package.json";
    assert_eq!(lines, [line]);
}

#[test]
fn a_package_without_checksums_says_so() {
    let fixture = Fixture::new();
    let text = fs::read_to_string(fixture.root().join("package.json")).unwrap();
    let mut report: serde_json::Value = serde_json::from_str(&text).unwrap();
    report["checksum"] = "none".into();
    fixture.write("package.json", report.to_string());
    assert_eq!(fixture.verification().checksum, None);
}

#[test]
fn a_language_that_is_not_the_report_s_is_found_in_each_manifest() {
    let mpd = |fixture: &Fixture| fixture.edit("cmaf/stream.mpd", " lang=\"en\"", " lang=\"fr\"");
    breaks(
        mpd,
        "cmaf/stream.mpd: Representation audio-en: @lang: is fr, expected en, as in package.json",
    );
    let none = |fixture: &Fixture| fixture.edit("cmaf/stream.mpd", " lang=\"en\"", "");
    breaks(
        none,
        "cmaf/stream.mpd: Representation audio-en: @lang: is missing, expected en",
    );
    let hls = |fixture: &Fixture| {
        let media = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",LANGUAGE=\"ko\",\
                     URI=\"audio/stream.m3u8\"\n#EXT-X-STREAM-INF:AUDIO=\"a\",";
        fixture.edit("cmaf/master.m3u8", "#EXT-X-STREAM-INF:", media);
    };
    breaks(
        hls,
        "cmaf/master.m3u8: line 3: LANGUAGE: is ko, expected en, as in package.json",
    );
}

#[test]
fn a_report_whose_language_is_not_the_media_s_is_found() {
    let fixture = Fixture::new();
    fixture.edit("package.json", "\"language\":\"en\"", "\"language\":\"ko\"");
    let line = "package.json: track audio-en: language: is ko, expected en, as in the media";
    let findings = fixture.list();
    assert!(findings.iter().any(|finding| finding.to_string() == line));
}

#[test]
fn a_frame_range_that_is_not_that_of_the_first_sample_is_found() {
    let head = segment(0, 0).len() - 50 * 40;
    let frames = |offset: usize, end: usize| {
        let length = end - offset;
        let line = format!("#EXTINF:1,\n#EXT-X-BYTERANGE:{length}@{offset}\nseg_1.m4s\n");
        let fixture = Fixture::new();
        fixture.edit(
            "cmaf/master.m3u8",
            "#EXT-X-STREAM-INF:",
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=900000,URI=\"audio/iframe.m3u8\"\n#EXT-X-STREAM-INF:",
        );
        let text = format!(
            "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-I-FRAMES-ONLY\n\
             #EXT-X-MAP:URI=\"init.mp4\"\n{line}#EXT-X-ENDLIST\n"
        );
        fixture.write("cmaf/audio/iframe.m3u8", text);
        let findings = fixture.verification().findings;
        let findings = findings.iter().filter(|finding| finding.check == "iframes");
        findings.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(frames(0, head + 40), [""; 0]);
    let last = |is: usize| {
        format!(
            "cmaf/audio/iframe.m3u8: last byte of frame 1: is {is}, expected {}, where its first \
             sample ends",
            head + 39
        )
    };
    assert_eq!(frames(0, head + 39), [last(head + 38)]);
    assert_eq!(frames(0, head + 41), [last(head + 40)]);
    let first = "cmaf/audio/iframe.m3u8: first byte of frame 1: is 1, expected at most 0, where \
                 its moof begins";
    assert_eq!(frames(1, head + 40), [first]);
}

#[test]
fn a_playlist_nobody_leads_to_is_found() {
    let add = |fixture: &Fixture| {
        let text = fs::read(fixture.root().join("cmaf/audio/stream.m3u8")).unwrap();
        fixture.write("cmaf/audio/other.m3u8", text);
    };
    breaks(add, "cmaf/audio/other.m3u8: media playlist: is unreachable");
}

#[test]
fn a_folder_without_a_package_is_found_wanting() {
    let folder = tempfile::tempdir().unwrap();
    let findings = crate::verify::verify(folder.path(), &[]).unwrap().findings;
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(crate::verify::verify(&folder.path().join("gone"), &[]).is_err());
}
