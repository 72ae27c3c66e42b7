//! MPDs and playlists.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dash_mpd_core::{AdaptationSet, MPD, Representation, SegmentTemplate};
use m3u8_rs::{MasterPlaylist, MediaPlaylist};
use tests::package::Track;
use tests::{arguments, media, process};

use crate::cases::Case;

pub(crate) fn schema(case: &Case) {
    let mpd = case.package().mpd();
    process::succeed(
        "xmllint",
        arguments!["--noout", "--nonet", "--schema", &media::mpd_schema(), &mpd],
    );
}

/// Bytes of a track's media segments, and the rate of the fastest one in bits per second.
fn peak_rate(case: &Case, track: &Track) -> f64 {
    let report = case.package().report();
    let tracks = report["tracks"].as_array().expect("tracks");
    let found = tracks
        .iter()
        .find(|each| each["folder"] == track.folder.as_str())
        .expect("a track");
    let segments = found["segments"].as_array().expect("segments");
    let rate = |segment: &serde_json::Value| {
        let bytes = segment["bytes"].as_f64().expect("bytes");
        let ticks = segment["duration"].as_f64().expect("a duration");
        bytes * 8.0 * f64::from(track.timescale) / ticks
    };
    segments.iter().map(rate).fold(0.0, f64::max)
}

fn seconds(ticks: u64, track: &Track) -> f64 {
    ticks as f64 / f64::from(track.timescale)
}

pub(crate) fn mpd(case: &Case) {
    let path = case.package().mpd();
    let text = fs::read_to_string(&path).expect("an MPD");
    let mpd: MPD = dash_mpd_core::parse(&text).expect("parses");
    assert_eq!(mpd.mpdtype.as_deref(), Some("static"));
    let duration = case.package().report()["duration"]
        .as_f64()
        .expect("a duration");
    let announced = mpd
        .mediaPresentationDuration
        .map(|time| time.as_secs_f64())
        .expect("a duration");
    assert!(
        (announced - duration).abs() < 0.001,
        "{announced} s, package.json {duration} s"
    );
    assert_eq!(mpd.periods.len(), 1);
    let tracks = case.package().tracks();
    let mut announced = 0;
    for set in &mpd.periods[0].adaptations {
        assert!(!set.representations.is_empty(), "an empty adaptation set");
        for representation in &set.representations {
            announced += 1;
            let base = representation
                .BaseURL
                .first()
                .map(|url| url.base.clone())
                .unwrap_or_default();
            let track = tracks
                .iter()
                .find(|track| format!("cmaf/{base}").starts_with(&format!("{}/", track.folder)))
                .unwrap_or_else(|| panic!("{base}: is no track of package.json"));
            let codecs = representation.codecs.as_ref().or(set.codecs.as_ref());
            assert_eq!(codecs, Some(&track.codec));
            assert_eq!(set.contentType.as_ref(), Some(&track.kind));
            assert!(representation.bandwidth.is_some_and(|rate| rate > 0));
            match representation
                .SegmentTemplate
                .as_ref()
                .or(set.SegmentTemplate.as_ref())
            {
                Some(template) => {
                    check_template(template, representation, track, &path.with_file_name(&base));
                }
                None => check_single_file(representation, set, track, &path.with_file_name(&base)),
            }
        }
    }
    assert_eq!(announced, tracks.len(), "representations");
}

/// Times are those of `package.json`, and every URL is a file.
fn check_template(
    template: &SegmentTemplate,
    representation: &Representation,
    track: &Track,
    base: &Path,
) {
    assert_eq!(template.timescale, Some(u64::from(track.timescale)));
    let timeline = template.SegmentTimeline.as_ref().expect("a timeline");
    let mut found: Vec<(u64, u64)> = Vec::new();
    let mut next = 0;
    for entry in &timeline.segments {
        next = entry.t.unwrap_or(next);
        for _ in 0..=entry.r.unwrap_or(0) {
            found.push((next, entry.d));
            next += entry.d;
        }
    }
    assert_eq!(found, track.times, "{}: timeline", track.folder);
    let id = representation.id.clone().unwrap_or_default();
    let fill = |text: &Option<String>| {
        text.clone()
            .unwrap_or_default()
            .replace("$RepresentationID$", &id)
    };
    assert_eq!(base.join(fill(&template.initialization)), track.init);
    let number = template.startNumber.unwrap_or(1);
    for (index, (time, _)) in found.iter().enumerate() {
        let name = fill(&template.media)
            .replace("$Number$", &(number + index as u64).to_string())
            .replace("$Time$", &time.to_string());
        assert_eq!(base.join(name), track.segments[index]);
        assert!(
            track.segments[index].is_file(),
            "{}: is missing",
            track.segments[index].display()
        );
    }
}

fn check_single_file(
    representation: &Representation,
    set: &AdaptationSet,
    track: &Track,
    file: &Path,
) {
    assert_eq!(file, track.init);
    let index = representation
        .SegmentBase
        .as_ref()
        .or(set.SegmentBase.as_ref())
        .expect("a SegmentBase");
    let range = index
        .indexRange
        .as_deref()
        .and_then(|range| range.split_once('-'))
        .expect("a range");
    let (first, last): (usize, usize) = (
        range.0.parse().expect("a number"),
        range.1.parse().expect("a number"),
    );
    let bytes = fs::read(file).expect("the single file");
    assert_eq!(&bytes[first + 4..first + 8], b"sidx");
    let size = u32::from_be_bytes(bytes[first..first + 4].try_into().expect("four bytes"));
    assert_eq!(first + size as usize, last + 1);
}

pub(crate) fn playlists(case: &Case) {
    let path = case.package().master();
    let text = fs::read(&path).expect("a master playlist");
    let master: MasterPlaylist = m3u8_rs::parse_master_playlist_res(&text).expect("parses");
    let tracks = case.package().tracks();
    let track_of = |uri: &str| {
        let folder = format!(
            "cmaf/{}",
            uri.rsplit_once('/').map_or("", |(folder, _)| folder)
        );
        tracks
            .iter()
            .find(|track| track.folder == folder)
            .unwrap_or_else(|| panic!("{uri}: is no track"))
    };
    let mut seen = Vec::new();
    for variant in &master.variants {
        let track = track_of(&variant.uri);
        let codecs = variant.codecs.clone().expect("CODECS");
        assert!(
            codecs.split(',').any(|codec| codec == track.codec),
            "{codecs}: lacks {}",
            track.codec
        );
        let playlist = path.with_file_name(&variant.uri);
        if variant.is_i_frame {
            let frames = read(&playlist);
            assert!(frames.i_frames_only);
            continue;
        }
        // The rate of the pictures alone is a lower bound.
        let peak = peak_rate(case, track);
        assert!(
            variant.bandwidth as f64 + 1.0 >= peak,
            "BANDWIDTH {} below {peak}",
            variant.bandwidth
        );
        let average = variant.average_bandwidth.expect("AVERAGE-BANDWIDTH");
        assert!(average <= variant.bandwidth);
        if track.kind == "video" {
            assert!(variant.resolution.is_some() && variant.frame_rate.is_some());
        }
        for group in variant.audio.iter().chain(&variant.subtitles) {
            let known = master
                .alternatives
                .iter()
                .any(|media| media.group_id == *group);
            assert!(known, "no group {group}");
        }
        check_media(&playlist, track);
        seen.push(&track.folder);
    }
    let defaults = master
        .alternatives
        .iter()
        .filter(|media| media.default && media.channels.is_some());
    let groups: std::collections::BTreeSet<_> = master
        .alternatives
        .iter()
        .filter(|media| media.channels.is_some())
        .map(|media| &media.group_id)
        .collect();
    assert_eq!(
        defaults.count(),
        groups.len(),
        "one default in each group of sound"
    );
    for media in &master.alternatives {
        let Some(uri) = &media.uri else { continue };
        let track = track_of(uri);
        check_media(&path.with_file_name(uri), track);
        seen.push(&track.folder);
    }
    for track in tracks.iter().filter(|track| !track.trick_play) {
        assert!(
            seen.contains(&&track.folder),
            "{}: is in no playlist",
            track.folder
        );
    }
}

fn read(path: &Path) -> MediaPlaylist {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    m3u8_rs::parse_media_playlist_res(&text)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Durations and files of a media playlist are those of `package.json`.
fn check_media(path: &Path, track: &Track) {
    let playlist = read(path);
    let name = path.display();
    assert!(playlist.end_list, "{name}: no EXT-X-ENDLIST");
    assert_eq!(
        playlist.segments.len(),
        track.times.len(),
        "{name}: segments"
    );
    let mut longest: u64 = 0;
    for (index, (segment, (_, ticks))) in playlist.segments.iter().zip(&track.times).enumerate() {
        let (found, expected) = (f64::from(segment.duration), seconds(*ticks, track));
        assert!(
            (found - expected).abs() < 0.0001,
            "{name}: segment {index}: {found} s, expected {expected} s"
        );
        longest = longest.max(
            Duration::from_secs_f32(segment.duration)
                .as_secs_f64()
                .round() as u64,
        );
        let file: PathBuf = path.with_file_name(&segment.uri);
        if track.kind == "text" {
            let text = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(
                text.starts_with("WEBVTT"),
                "{}: is no WebVTT",
                file.display()
            );
            continue;
        }
        let map = playlist.segments[0]
            .map
            .as_ref()
            .map(|map| path.with_file_name(&map.uri));
        assert_eq!(map.as_ref(), Some(&track.init));
        match &segment.byte_range {
            Some(range) => {
                let size = fs::metadata(&file).expect("the single file").len();
                assert!(
                    range.offset.unwrap_or(0) + range.length <= size,
                    "{name}: beyond the end"
                );
            }
            None => assert_eq!(file, track.segments[index]),
        }
    }
    assert!(
        playlist.target_duration >= longest,
        "{name}: TARGETDURATION below {longest}"
    );
}
