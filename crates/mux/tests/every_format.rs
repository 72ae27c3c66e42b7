//! What holds for every manifest format: a new one is held to it by its line in the list.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod scenarios;

use std::collections::HashSet;

use mux::manifest::{FORMATS, format};
use mux::presentation::{Rendition, Role, TrickPlay};
use mux::{Presentation, manifest::ManifestError};

use scenarios::{audio, of, text, video};

/// Facts that no format may announce, with what the error has to say.
fn inconsistent() -> Vec<(&'static str, Presentation)> {
    let with = |change: &dyn Fn(&mut Rendition)| {
        let mut rendition = video("720p", 1280, 720, 3_000);
        change(&mut rendition);
        of(vec![rendition])
    };
    let mut no_time = of(vec![audio("en", "en", 64)]);
    no_time.min_buffer_time.ticks = 0;
    let twice = of(vec![audio("en", "en", 64), audio("en", "ko", 64)]);
    let mut same_folder = twice.clone();
    same_folder.renditions[1].id = "other".into();
    vec![
        ("presentation: has no rendition", of(Vec::new())),
        ("presentation: min_buffer_time is 0 ticks", no_time),
        (
            "rendition audio-mp4a-en: id \"audio-mp4a-en\" is another rendition's too",
            twice,
        ),
        (
            "rendition other: folder \"audio/mp4a/en\" is another",
            same_folder,
        ),
        (
            "rendition \"a/b\": id must be",
            with(&|video| video.id = "a/b".into()),
        ),
        (
            "rendition \"\": id must be",
            with(&|video| video.id = String::new()),
        ),
        (
            "number of segments is 0",
            with(&|video| video.segments.clear()),
        ),
        (
            "segment 2: number is 5, expected 2",
            with(&|video| video.segments[1].number = 5),
        ),
        (
            "segment 2: start is 51201, expected 51200",
            with(&|video| video.segments[1].start += 1),
        ),
        (
            "segment 3: duration is 0",
            with(&|video| video.segments[2].duration = 0),
        ),
        (
            "end of its first picture is 1800023, expected 1800000",
            with(&|video| video.segments[1].iframe.as_mut().unwrap().length = 1_800_000),
        ),
        (
            "size of all segments is",
            with(&|video| video.segments[0].bytes = u64::MAX),
        ),
        (
            "end time is",
            with(&|video| video.segments[2].duration = u64::MAX),
        ),
        (
            "name \"a\\nb\" has a control character",
            with(&|video| video.name = Some("a\nb".into())),
        ),
        (
            "base \"/0/cmaf/\": expected a relative path",
            with(&|video| video.base = "/0/cmaf/".into()),
        ),
        (
            "base \"../../0/cmaf\": expected a relative path",
            with(&|video| video.base = "../../0/cmaf".into()),
        ),
        (
            "codec string \"a,b\" has more than",
            with(&|video| video.codec_string = "a,b".into()),
        ),
        (
            "codec string is empty",
            with(&|video| video.codec_string = String::new()),
        ),
        (
            "trick play of \"other\", which is no video",
            with(&|video| {
                video.trick_play = Some(TrickPlay {
                    of: "other".into(),
                    max_playout_rate: 4,
                });
            }),
        ),
        (
            "facts are of another kind than its codec, video",
            with(&|video| video.facts = audio("en", "en", 64).facts),
        ),
    ]
}

#[test]
fn contradicting_facts_are_refused_by_name() {
    for (expected, presentation) in inconsistent() {
        for format in FORMATS {
            let error = (format.write)(&presentation).unwrap_err().to_string();
            assert!(
                error.contains(expected),
                "{}: {error:?}, not {expected:?}",
                format.name
            );
        }
    }
}

#[test]
fn equal_facts_give_equal_bytes() {
    for format in FORMATS {
        for (one, two) in scenarios::all().into_iter().zip(scenarios::all()) {
            let write = |presentation| (format.write)(presentation).unwrap();
            assert_eq!(
                write(&one.presentation),
                write(&two.presentation),
                "{}",
                one.name
            );
        }
    }
}

#[test]
fn no_path_is_written_twice() {
    for scenario in scenarios::all() {
        let mut paths = HashSet::new();
        for format in FORMATS {
            for document in (format.write)(&scenario.presentation).unwrap() {
                assert!(document.text.ends_with('\n'), "{}", document.path);
                assert!(paths.insert(document.path.clone()), "{}", document.path);
            }
        }
    }
}

#[test]
fn formats_are_found_by_name() {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(names, ["dash", "hls"]);
    assert!(
        names
            .iter()
            .all(|name| format(name).is_some_and(|format| format.name == *name))
    );
    assert!(format("smooth").is_none());
}

#[test]
fn hls_refuses_subtitles_alone_and_dash_takes_them() {
    let presentation = of(vec![text("en", "en", Role::Subtitle)]);
    let hls = (format("hls").unwrap().write)(&presentation);
    assert!(matches!(hls, Err(ManifestError::NothingToPlay)));
    assert!((format("dash").unwrap().write)(&presentation).is_ok());
}

#[test]
fn a_rendition_of_another_set_is_referred_to_and_not_listed_again() {
    let mut presentation = of(vec![video("720p", 1280, 720, 3_000), audio("en", "en", 64)]);
    presentation.renditions[1].base = "../../0/cmaf/".into();
    for format in FORMATS {
        let documents = (format.write)(&presentation).unwrap();
        assert!(documents.iter().all(|one| !one.path.contains("audio")));
        let entry = &documents.last().unwrap().text;
        assert!(entry.contains("../../0/cmaf/audio/mp4a/en/"), "{entry}");
    }
}
