//! A small sound package made by hand: one Opus rendition of three segments, in an MPD and in
//! playlists, byte by byte.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::verify::{Finding, Verification, verify};

/// Samples per segment and ticks per sample.
const SAMPLES: u32 = 50;
const TICKS: u32 = 960;

/// A package that tests break.
pub(super) struct Fixture {
    folder: TempDir,
}

impl Fixture {
    pub(super) fn new() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let audio = folder.path().join("cmaf/audio");
        fs::create_dir_all(&audio).unwrap();
        fs::write(audio.join("init.mp4"), init()).unwrap();
        for number in 1..=3u64 {
            let start = (number - 1) * u64::from(SAMPLES * TICKS);
            fs::write(audio.join(format!("seg_{number}.m4s")), segment(start, 0)).unwrap();
        }
        let fixture = Fixture { folder };
        fixture.write("cmaf/stream.mpd", MPD);
        fixture.write("cmaf/master.m3u8", MASTER);
        fixture.write("cmaf/audio/stream.m3u8", MEDIA);
        fixture.report();
        fixture
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.root().join(path), bytes).unwrap();
    }

    /// Replaces `from`, which must be there, in a text file.
    pub(super) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.root().join(path)).unwrap();
        assert!(text.contains(from), "{from}");
        self.write(path, text.replace(from, to));
    }

    /// Writes a report that agrees with the files that are there.
    pub(super) fn report(&self) {
        let object = |path: &str| {
            let bytes = fs::read(self.root().join(path)).unwrap_or_default();
            let checksum = blake3::hash(&bytes).to_hex().to_string();
            json!({"path": path, "bytes": bytes.len(), "checksum": checksum})
        };
        let segments = (1..=3u64).filter_map(|number| {
            let path = format!("cmaf/audio/seg_{number}.m4s");
            let mut segment = object(&path);
            segment["number"] = json!(number);
            segment["start"] = json!((number - 1) * 48_000);
            segment["duration"] = json!(48_000);
            self.root().join(path).exists().then_some(segment)
        });
        let segments: Vec<Value> = segments.collect();
        let names = [
            "cmaf/stream.mpd",
            "cmaf/master.m3u8",
            "cmaf/audio/stream.m3u8",
        ];
        let init = object("cmaf/audio/init.mp4");
        let manifests = names.map(object);
        let sizes = segments.iter().chain(&manifests).chain([&init]);
        let bytes: u64 = sizes
            .clone()
            .filter_map(|object| object["bytes"].as_u64())
            .sum();
        let report = json!({
            "format": 1, "is_aligned": true, "checksum": "blake3", "objects": sizes.count(), "bytes": bytes,
            "tracks": [{
                "id": "audio-en", "kind": "audio", "language": "en", "added": "later", "codec": "opus", "timescale": 48_000,
                "samples": segments.len() * SAMPLES as usize, "init": init, "segments": segments,
            }],
            "manifests": manifests, "warnings": [],
        });
        self.write("package.json", report.to_string());
    }

    /// Everything verification finds, one line each, with the report made to agree.
    pub(super) fn findings(&self) -> Vec<String> {
        self.report();
        self.list().iter().map(Finding::to_string).collect()
    }

    /// Everything verification finds with the report as it is.
    pub(super) fn list(&self) -> Vec<Finding> {
        self.verification().findings
    }

    /// What verification says with the report as it is.
    pub(super) fn verification(&self) -> Verification {
        verify(self.root(), &[]).unwrap()
    }
}

const MPD: &str = r#"<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" minBufferTime="PT2S"
  mediaPresentationDuration="PT3S"><Period><AdaptationSet mimeType="audio/mp4" codecs="opus" lang="en">
    <SegmentTemplate timescale="48000" initialization="audio/init.mp4"
      media="audio/seg_$Number$.m4s" startNumber="1">
      <SegmentTimeline><S t="0" d="48000" r="2"/></SegmentTimeline></SegmentTemplate>
    <Representation id="audio-en" bandwidth="20000" audioSamplingRate="48000"/>
  </AdaptationSet></Period></MPD>"#;

const MASTER: &str = "#EXTM3U
#EXT-X-VERSION:7
#EXT-X-STREAM-INF:BANDWIDTH=20000,AVERAGE-BANDWIDTH=20000,CODECS=\"opus\"
audio/stream.m3u8
";

const MEDIA: &str = "#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:1
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI=\"init.mp4\"
#EXTINF:1.000000,
seg_1.m4s
#EXTINF:1.000000,
seg_2.m4s
#EXTINF:1.000000,
seg_3.m4s
#EXT-X-ENDLIST
";

/// A box of `kind` around `parts`.
fn wrap(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes()[..], kind, &body].concat()
}

/// 32-bit fields, big-endian.
fn words(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

const UNITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

fn init() -> Vec<u8> {
    let mvhd = [
        &words(&[0, 0, 0, 1000, 0, 0x1_0000, 0x100_0000, 0, 0])[..],
        &words(&UNITY),
    ];
    let mvhd = wrap(b"mvhd", &[&mvhd.concat(), &words(&[0, 0, 0, 0, 0, 0, 2])]);
    let tkhd = [
        &words(&[7, 0, 0, 1, 0, 0, 0, 0, 0, 0x100_0000])[..],
        &words(&UNITY),
    ];
    let tkhd = wrap(b"tkhd", &[&tkhd.concat(), &words(&[0, 0])]);
    // Language "eng", five bits a letter.
    let mdhd = wrap(b"mdhd", &[&words(&[0, 0, 0, 48_000, 0, 0x15c7_0000])]);
    let hdlr = wrap(
        b"hdlr",
        &[&words(&[0, 0]), b"soun", &words(&[0, 0, 0]), b"\0"],
    );
    let dops = wrap(b"dOps", &[&[0, 2, 0x01, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0]]);
    let entry = [
        &words(&[0, 1, 0, 0, 0x0002_0010, 0, 48_000 << 16])[..],
        &dops,
    ]
    .concat();
    let stsd = wrap(b"stsd", &[&words(&[0, 1]), &wrap(b"Opus", &[&entry])]);
    let url = wrap(b"url ", &[&words(&[1])]);
    let dinf = wrap(b"dinf", &[&wrap(b"dref", &[&words(&[0, 1]), &url])]);
    let empty = |kind| wrap(kind, &[&words(&[0, 0])]);
    let (stts, stsc, stco) = (empty(b"stts"), empty(b"stsc"), empty(b"stco"));
    let stsz = wrap(b"stsz", &[&words(&[0, 0, 0])]);
    let stbl = wrap(b"stbl", &[&stsd, &stts, &stsc, &stsz, &stco]);
    let smhd = wrap(b"smhd", &[&words(&[0, 0])]);
    let minf = wrap(b"minf", &[&smhd, &dinf, &stbl]);
    let trak = wrap(b"trak", &[&tkhd, &wrap(b"mdia", &[&mdhd, &hdlr, &minf])]);
    let trex = wrap(b"trex", &[&words(&[0, 1, 1, 0, 0, 0])]);
    let moov = wrap(b"moov", &[&mvhd, &trak, &wrap(b"mvex", &[&trex])]);
    let ftyp = wrap(b"ftyp", &[b"cmfc", &words(&[0]), b"cmfc"]);
    [ftyp, moov].concat()
}

/// A segment that starts at tick `start`; `flags` are its first sample's.
pub(super) fn segment(start: u64, flags: u32) -> Vec<u8> {
    const BYTES: u32 = 40;
    let moof = |data_offset: u32| {
        let mfhd = wrap(b"mfhd", &[&words(&[0, 1])]);
        // default-base-is-moof, default duration and size.
        let tfhd = wrap(b"tfhd", &[&words(&[0x02_0018, 1, TICKS, BYTES])]);
        let tfdt = wrap(b"tfdt", &[&words(&[0x0100_0000]), &start.to_be_bytes()]);
        // Data offset and the first sample's flags.
        let trun = wrap(b"trun", &[&words(&[0x5, SAMPLES, data_offset, flags])]);
        wrap(b"moof", &[&mfhd, &wrap(b"traf", &[&tfhd, &tfdt, &trun])])
    };
    let data_offset = u32::try_from(moof(0).len() + 8).unwrap();
    [
        moof(data_offset),
        wrap(b"mdat", &[&[0u8; (SAMPLES * BYTES) as usize]]),
    ]
    .concat()
}
