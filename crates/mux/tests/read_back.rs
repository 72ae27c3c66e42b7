//! Manifests as foreign parsers read them: every file, time and name must be the presentation's.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod scenarios;

use std::collections::BTreeMap;

use dash_mpd_core::{AdaptationSet, MPD, Representation};
use m3u8_rs::{MasterPlaylist, MediaPlaylist};
use media::TrackKind;
use mux::Presentation;
use mux::manifest::format;
use mux::presentation::{Addressing, Rendition, Storage};
use proptest::prelude::*;

fn documents(presentation: &Presentation, name: &str) -> BTreeMap<String, String> {
    let written = (format(name).unwrap().write)(presentation).unwrap();
    written
        .into_iter()
        .map(|document| (document.path, document.text))
        .collect()
}

fn mpd(presentation: &Presentation) -> MPD {
    dash_mpd_core::parse(&documents(presentation, "dash")["stream.mpd"]).unwrap()
}

fn decoded(reference: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = reference.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Every segment file with its start and duration, as a DASH player finds it.
fn dash_segments(set: &AdaptationSet, representation: &Representation) -> Vec<(String, u64, u64)> {
    let template = representation
        .SegmentTemplate
        .as_ref()
        .or(set.SegmentTemplate.as_ref());
    let template = template.unwrap();
    let base = &representation.BaseURL[0].base;
    let mut number = template.startNumber.unwrap_or(1);
    let (mut time, mut out) = (0, Vec::new());
    for run in &template.SegmentTimeline.as_ref().unwrap().segments {
        time = run.t.unwrap_or(time);
        for _ in 0..=run.r.unwrap_or(0) {
            let media = template.media.as_ref().unwrap();
            let media = media.replace("$Number$", &number.to_string());
            let media = media.replace("$Time$", &time.to_string());
            let start = time - template.presentationTimeOffset.unwrap_or(0);
            out.push((decoded(&format!("{base}{media}")), start, run.d));
            time += run.d;
            number += 1;
        }
    }
    out
}

fn expected_segments(
    presentation: &Presentation,
    rendition: &Rendition,
) -> Vec<(String, u64, u64)> {
    let file = |segment| {
        format!(
            "{}/{}",
            rendition.folder,
            presentation.segment_file(rendition, segment)
        )
    };
    let facts = rendition.segments.iter();
    facts
        .map(|segment| (file(segment), segment.start, segment.duration))
        .collect()
}

#[test]
fn a_dash_player_finds_every_segment_by_name_and_time() {
    for scenario in scenarios::all() {
        let presentation = &scenario.presentation;
        let mpd = mpd(presentation);
        let sets = &mpd.periods[0].adaptations;
        let found: Vec<_> = sets
            .iter()
            .flat_map(|set| set.representations.iter().map(move |item| (set, item)))
            .collect();
        assert_eq!(
            found.len(),
            presentation.renditions.len(),
            "{}",
            scenario.name
        );
        for (set, representation) in found {
            let id = representation.id.as_ref().unwrap();
            let is_it = |rendition: &&Rendition| rendition.id == *id;
            let rendition = presentation.renditions.iter().find(is_it).unwrap();
            if let Storage::SingleFile { name, index, .. } = &rendition.storage {
                let base = decoded(&representation.BaseURL[0].base);
                assert_eq!(base, format!("{}/{name}", rendition.folder));
                let range = representation
                    .SegmentBase
                    .as_ref()
                    .unwrap()
                    .indexRange
                    .clone();
                let last = index.offset + index.length - 1;
                assert_eq!(range.unwrap(), format!("{}-{last}", index.offset));
            } else {
                let expected = expected_segments(presentation, rendition);
                assert_eq!(
                    dash_segments(set, representation),
                    expected,
                    "{}",
                    scenario.name
                );
            }
        }
    }
}

#[test]
fn time_is_in_the_name_only_where_asked() {
    let mut presentation = scenarios::of(vec![scenarios::audio("en", "en", 64)]);
    let second = |presentation: &Presentation| {
        let rendition = &presentation.renditions[0];
        presentation.segment_file(rendition, &rendition.segments[1])
    };
    assert_eq!(second(&presentation), "seg_2.m4s");
    presentation.addressing = Addressing::Time;
    assert_eq!(second(&presentation), "seg_192512.m4s");
}

fn media_playlist(text: &str) -> MediaPlaylist {
    m3u8_rs::parse_media_playlist_res(text.as_bytes()).unwrap()
}

fn master(presentation: &Presentation) -> MasterPlaylist {
    let text = &documents(presentation, "hls")["master.m3u8"];
    m3u8_rs::parse_master_playlist_res(text.as_bytes()).unwrap()
}

/// `EXTINF` in microseconds; the parser's 32-bit fractions do not hold them.
fn durations(playlist: &str) -> Vec<u64> {
    let lines = playlist
        .lines()
        .filter_map(|line| line.strip_prefix("#EXTINF:"));
    lines
        .map(|line| line.trim_end_matches(',').replace('.', "").parse().unwrap())
        .collect()
}

#[test]
fn an_hls_player_finds_every_segment_by_name() {
    for scenario in scenarios::all() {
        let presentation = &scenario.presentation;
        let documents = documents(presentation, "hls");
        for kind in [TrackKind::Video, TrackKind::Audio, TrackKind::Text] {
            for rendition in presentation.of_kind(kind) {
                let playlist =
                    media_playlist(&documents[&format!("{}/stream.m3u8", rendition.folder)]);
                assert!(playlist.end_list);
                assert_eq!(playlist.media_sequence, rendition.segments[0].number);
                let found: Vec<String> = playlist
                    .segments
                    .iter()
                    .map(|segment| decoded(&segment.uri))
                    .collect();
                let expected: Vec<String> = rendition
                    .segments
                    .iter()
                    .map(|segment| match rendition.webvtt() {
                        Some(webvtt) => webvtt.media.with(segment.number),
                        None => presentation.segment_file(rendition, segment),
                    })
                    .collect();
                assert_eq!(found, expected, "{}", scenario.name);
                assert_eq!(
                    playlist.segments[0].map.is_some(),
                    rendition.webvtt().is_none()
                );
            }
        }
    }
}

#[test]
fn the_master_playlist_names_only_playlists_and_groups_that_exist() {
    for scenario in scenarios::all() {
        let documents = documents(&scenario.presentation, "hls");
        let master = master(&scenario.presentation);
        let groups: Vec<&str> = master
            .alternatives
            .iter()
            .map(|media| media.group_id.as_str())
            .collect();
        for variant in &master.variants {
            assert!(
                documents.contains_key(&decoded(&variant.uri)),
                "{}",
                variant.uri
            );
            for group in [&variant.audio, &variant.subtitles].into_iter().flatten() {
                assert!(
                    groups.contains(&group.as_str()),
                    "{}: {group}",
                    scenario.name
                );
            }
            assert!(variant.average_bandwidth.unwrap() <= variant.bandwidth);
        }
        for media in &master.alternatives {
            assert!(documents.contains_key(&decoded(media.uri.as_ref().unwrap())));
        }
    }
}

#[test]
fn every_audio_group_has_the_same_tracks_and_one_default() {
    for scenario in scenarios::all() {
        let mut groups: BTreeMap<String, Vec<(String, bool, bool)>> = BTreeMap::new();
        for media in master(&scenario.presentation).alternatives {
            if media.group_id != "text" {
                let facts = (media.name, media.default, media.autoselect);
                groups.entry(media.group_id).or_default().push(facts);
            }
        }
        let first = groups.values().next();
        for group in groups.values() {
            assert_eq!(Some(group), first, "{}", scenario.name);
            assert_eq!(group.iter().filter(|(_, default, _)| *default).count(), 1);
        }
    }
}

proptest! {
    #[test]
    fn durations_never_drift(
        rate in 1u32..200_000,
        lengths in prop::collection::vec(1u64..1_000_000, 1..200),
    ) {
        let mut audio = scenarios::audio("en", "en", 64);
        audio.timescale = media::Timescale::new(rate).unwrap();
        let (template, mut start) = (audio.segments[0], 0);
        audio.segments.clear();
        for (number, duration) in (1..).zip(&lengths) {
            audio.segments.push(mux::presentation::SegmentFacts {
                number, start, duration: *duration, ..template
            });
            start += duration;
        }
        let documents = documents(&scenarios::of(vec![audio]), "hls");
        let text = &documents["audio/mp4a/en/stream.m3u8"];
        let target = media_playlist(text).target_duration;
        let (mut sum, mut ticks) = (0u64, 0u64);
        for (duration, length) in durations(text).into_iter().zip(&lengths) {
            sum += duration;
            ticks += length;
            let exact = u128::from(ticks) * 1_000_000;
            let off = (u128::from(sum) * u128::from(rate)).abs_diff(exact);
            prop_assert!(2 * off <= u128::from(rate), "off by more than half a microsecond");
            prop_assert!((duration + 500_000) / 1_000_000 <= target);
        }
    }

    #[test]
    fn no_name_breaks_out_of_its_place(name in "\\PC{1,20}") {
        let mut audio = scenarios::audio("en", "en", 64);
        audio.name = Some(name.clone());
        audio.folder = format!("audio/{name}");
        audio.storage = Storage::Segments {
            init: name.clone(),
            media: mux::presentation::SegmentName::new(name.clone(), name.clone()),
        };
        let presentation = scenarios::of(vec![audio]);
        if presentation.check().is_err() {
            return Ok(());
        }
        let mpd = mpd(&presentation);
        let set = &mpd.periods[0].adaptations[0];
        prop_assert_eq!(set.Label[0].content.trim(), name.trim());
        let expected = expected_segments(&presentation, &presentation.renditions[0]);
        prop_assert_eq!(dash_segments(set, &set.representations[0]), expected);
        let master = master(&presentation);
        prop_assert_eq!(&master.alternatives[0].name, &name.replace('"', "'"));
        prop_assert_eq!(decoded(&master.variants[0].uri), format!("audio/{name}/stream.m3u8"));
    }
}
