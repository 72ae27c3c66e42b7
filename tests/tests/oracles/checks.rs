//! Boxes and samples.

use std::ffi::OsStr;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use shiguredo_mp4::TrackKind;
use shiguredo_mp4::demux::Fmp4SegmentDemuxer;
use tests::package::{Package, Track};
use tests::packets::{self, EditLists};
use tests::{arguments, frames, media, process};

use crate::cases::Case;

/// Our own judgement, and that the codecs are those of the case.
pub(crate) fn verify(case: &Case) {
    let package = case.package();
    let output = process::run_packager(arguments!["verify", &package.file("")]);
    assert_eq!(output.code(), Some(0), "{}{}", output.text(), output.stderr);
    let tracks = package.tracks();
    for codec in case.codecs {
        let found = tracks.iter().any(|track| track.codec.starts_with(codec));
        let all: Vec<_> = tracks.iter().map(|track| &track.codec).collect();
        assert!(found, "no {codec} among {all:?}");
    }
}

/// The kinds of the boxes at the top level, with where they begin and end.
fn top_level(bytes: &[u8]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let size = u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
        assert!(
            size >= 8 && at + size <= bytes.len(),
            "a box of {size} bytes at byte {at}"
        );
        let kind = String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned();
        found.push((kind, at, at + size));
        at += size;
    }
    assert_eq!(at, bytes.len(), "bytes behind the last box");
    found
}

/// Init segment and fragments of a track as they lie in the package, whatever its layout.
fn parts(bytes: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let boxes = top_level(bytes);
    let (_, _, init_end) = boxes
        .iter()
        .find(|(kind, ..)| kind == "moov")
        .expect("a moov")
        .clone();
    let fragment = |pair: &[(String, usize, usize)]| {
        (pair[0].0 == "moof").then(|| {
            assert_eq!(pair[1].0, "mdat");
            bytes[pair[0].1..pair[1].2].to_vec()
        })
    };
    (
        bytes[..init_end].to_vec(),
        boxes.windows(2).filter_map(fragment).collect(),
    )
}

pub(crate) fn shiguredo(case: &Case) {
    for track in case.package().tracks() {
        if track.kind == "text" {
            // It knows subtitles by handlers other than ours only.
            continue;
        }
        let (init, fragments) = parts(&track.bytes());
        assert_eq!(
            fragments.len(),
            track.times.len(),
            "{}: fragments",
            track.folder
        );
        let mut demuxer = Fmp4SegmentDemuxer::new();
        demuxer.handle_init_segment(&init).expect("an init segment");
        let info = demuxer.tracks().expect("tracks");
        assert_eq!(info.len(), 1);
        assert_eq!(info[0].track_id, 1);
        assert_eq!(info[0].timescale.get(), track.timescale);
        let kind = if track.kind == "video" {
            TrackKind::Video
        } else {
            TrackKind::Audio
        };
        assert_eq!(info[0].kind, kind);
        let (mut count, mut end) = (0, None);
        for fragment in &fragments {
            let samples = demuxer
                .handle_media_segment(fragment)
                .expect("a media segment");
            assert!(
                samples.first().is_some_and(|sample| sample.keyframe),
                "begins with a key frame"
            );
            let mut data_end = None;
            for sample in samples {
                assert_eq!(
                    end.unwrap_or(sample.timestamp),
                    sample.timestamp,
                    "{}: a gap",
                    track.folder
                );
                end = Some(sample.timestamp + u64::from(sample.duration));
                assert_eq!(data_end.unwrap_or(sample.data_offset), sample.data_offset);
                data_end = Some(sample.data_offset + sample.data_size as u64);
                count += 1;
            }
            assert_eq!(data_end, Some(fragment.len() as u64), "samples fill mdat");
        }
        assert_eq!(count, track.samples, "{}: samples", track.folder);
    }
}

pub(crate) fn mp4box(case: &Case) {
    for track in case.package().tracks() {
        let bytes = track.bytes();
        let (boxes, issues) =
            mp4box::get_boxes_tolerant(&mut Cursor::new(&bytes), bytes.len() as u64, true)
                .expect("boxes");
        let issues: Vec<String> = issues.iter().map(ToString::to_string).collect();
        assert!(issues.is_empty(), "{}: {issues:?}", track.folder);
        let kinds: Vec<&str> = boxes.iter().map(|each| each.typ.as_str()).collect();
        assert_eq!(kinds[..2], ["ftyp", "moov"]);
        let (mut count, mut fragments) = (0, 0);
        for fragment in boxes.iter().filter(|each| each.typ == "moof") {
            fragments += 1;
            let json = serde_json::to_value(fragment).expect("JSON");
            count += sum_of(&json, "sample_count");
            assert!(
                json.to_string().contains("base_media_decode_time"),
                "no tfdt"
            );
        }
        assert_eq!(fragments, track.times.len(), "{}: fragments", track.folder);
        assert_eq!(count, track.samples, "{}: samples", track.folder);
        assert_eq!(
            kinds.contains(&"sidx"),
            track.segments.is_empty(),
            "{kinds:?}"
        );
    }
}

/// The sum of all numbers of this name.
fn sum_of(json: &serde_json::Value, name: &str) -> u64 {
    match json {
        serde_json::Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                if key == name {
                    value.as_u64().unwrap_or(0)
                } else {
                    sum_of(value, name)
                }
            })
            .sum(),
        serde_json::Value::Array(items) => items.iter().map(|item| sum_of(item, name)).sum(),
        _ => 0,
    }
}

/// Hashes of a file's samples of one kind, the `position`-th stream of it.
fn hashes(path: &Path, kind: &str, position: usize) -> Vec<String> {
    let streams = packets::streams(path);
    let mut of_kind = streams.iter().filter(|(_, each)| each == kind);
    let &(stream, _) = of_kind.nth(position).expect("a stream of this kind");
    let mut all = packets::read(path, EditLists::Ignored);
    all.retain(|packet| packet.stream == stream);
    all.into_iter().map(|packet| packet.hash).collect()
}

/// Video and audio tracks that hold all samples of an input, with that input and the position of the
/// stream among those of its kind there.
fn whole_tracks(case: &Case) -> Vec<(Track, PathBuf, usize)> {
    let mut all = Vec::new();
    let tracks = case.package().tracks();
    for input in case.inputs() {
        let name = input
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        for kind in ["video", "audio"] {
            let of_input = tracks
                .iter()
                .filter(|track| track.kind == kind && track.source == name && !track.trick_play);
            all.extend(
                of_input
                    .enumerate()
                    .map(|(position, track)| (track.clone(), input.clone(), position)),
            );
        }
    }
    assert!(!all.is_empty(), "no tracks");
    all
}

/// ffmpeg reads our segments: the samples are those of the input, and through MPD and master
/// playlist they decode to the same.
pub(crate) fn ffmpeg(case: &Case) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (track, input, position) in whole_tracks(case) {
        let joined = track.join_in(folder.path());
        let (source, found) = (
            hashes(&input, &track.kind, position),
            hashes(&joined, &track.kind, 0),
        );
        assert!(!source.is_empty());
        assert!(
            source == found,
            "{}: {} samples of {}",
            track.folder,
            found.len(),
            source.len()
        );
    }
    let mut manifests = Vec::new();
    if case.has_dash() {
        manifests.push(case.package().mpd());
    }
    if case.has_hls() {
        manifests.push(case.package().master());
    }
    for letter in ["v", "a"] {
        let kind = if letter == "v" { "video" } else { "audio" };
        let Some((_, input, _)) = whole_tracks(case)
            .into_iter()
            .find(|(track, ..)| track.kind == kind)
        else {
            continue;
        };
        let map = [format!("0:{letter}:0")];
        let source = frames::decode(&input, &map).expect("decodes").remove(0);
        for manifest in &manifests {
            let found = frames::decode(manifest, &map).expect("decodes").remove(0);
            let pairs = source.iter().zip(&found);
            let different = pairs
                .clone()
                .position(|(a, b)| a.hash != b.hash || (a.pts - b.pts).abs() > 0.001);
            let name = manifest.display();
            assert_eq!(
                (found.len(), different),
                (source.len(), None),
                "{name}: {map:?}: {:?}",
                different.map(|at| (&source[at], &found[at]))
            );
        }
    }
}

/// Shaka Packager takes our segments as input and finds the same samples in them.
pub(crate) fn shaka(case: &Case) {
    let shaka = media::shaka().expect("Shaka Packager");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (track, _, _) in whole_tracks(case) {
        let joined = track.join_in(folder.path());
        let out = folder.path().join(format!("shaka-{}.mp4", track.kind));
        let descriptor = format!(
            "in={},stream={},output={}",
            joined.display(),
            track.kind,
            out.display()
        );
        process::succeed(&shaka, arguments![&descriptor]);
        assert!(
            fs::metadata(&out).is_ok_and(|file| file.len() > 0),
            "no output"
        );
        let (ours, theirs) = (
            hashes(&joined, &track.kind, 0),
            hashes(&out, &track.kind, 0),
        );
        assert!(
            ours == theirs,
            "{}: {} samples, Shaka has {}",
            track.folder,
            ours.len(),
            theirs.len()
        );
    }
}

/// Our own segments, subtitles among them, packaged again: the same samples at the same times.
pub(crate) fn package_again(case: &Case) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tracks = case.package().tracks();
    let joined: Vec<_> = tracks
        .iter()
        .map(|track| track.join_in(folder.path()))
        .collect();
    let out = folder.path().join("out");
    let mut all: Vec<&OsStr> = arguments!["pack", "-q", "-o", &out].to_vec();
    all.extend(joined.iter().map(|path| path.as_os_str()));
    let output = process::run_packager(&all);
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    let again = Package::read(&out).tracks();
    assert_eq!(again.len(), tracks.len(), "{}", output.stderr);
    for (first, second) in tracks.iter().zip(&again) {
        assert_eq!((&first.kind, &first.codec), (&second.kind, &second.codec));
        assert_eq!(first.times, second.times, "{}", first.folder);
        let payload = |track: &Track| {
            let (_, fragments) = parts(&track.bytes());
            let mdat = |bytes: &Vec<u8>| {
                let boxes = top_level(bytes);
                bytes[boxes[1].1 + 8..].to_vec()
            };
            fragments.iter().flat_map(mdat).collect::<Vec<u8>>()
        };
        assert!(
            payload(first) == payload(second),
            "{}: samples differ",
            first.folder
        );
    }
}
