//! Command lines and the jobs they make.

use std::path::Path;

use clap::Parser;

use super::*;
use cenc::drm::System;
use cenc::policy::HeightLimits;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: PackArgs,
}

fn line(text: &str) -> Result<PackArgs, clap::Error> {
    Line::try_parse_from(["pack"].into_iter().chain(text.split(' '))).map(|line| line.args)
}

fn message(failure: Failure) -> String {
    match failure {
        Failure::Asked(error) => format!("{error:#}"),
        Failure::Wrong(_) | Failure::Found => panic!("asked wrongly: {failure:?}"),
    }
}

#[test]
fn a_plain_line_makes_the_default_job() {
    let task = line("a.mp4 b.mp4 -o out").unwrap().task().unwrap();
    assert_eq!(task.job, Job::new(["a.mp4", "b.mp4"]));
    assert_eq!(task.output, Path::new("out"));
}

#[test]
fn every_option_reaches_the_job() {
    let text = "a.mp4#video -o out --content-id film --format hls --segment-duration 0 \
                --number-from 0 --subtitle a.srt:ko --min-buffer-time 3.5 --average-bandwidth \
                --checksum sha256 --trick-play --allow-truncated --allow-misaligned --threads 3";
    let job = line(text).unwrap().task().unwrap().job;
    assert_eq!(job.inputs[0].kind, Some(media::TrackKind::Video));
    assert_eq!(job.content_id.as_deref(), Some("film"));
    assert_eq!(
        job.formats,
        Formats {
            dash: false,
            hls: true
        }
    );
    assert_eq!(job.segment_duration, SegmentDuration::EveryGop);
    assert_eq!(job.number_from, 0);
    assert_eq!(job.subtitles[0].language.as_ref().unwrap().tag(), "ko");
    assert_eq!(job.min_buffer_time.seconds(), 3.5);
    assert_eq!(job.checksum, Checksum::Sha256);
    assert_eq!(job.threads.map(NonZeroUsize::get), Some(3));
    assert!(job.average_bandwidth && job.trick_play);
    assert!(job.allow_truncated && job.allow_misaligned);
    assert!(
        line("a.mp4 -o out --single-file")
            .unwrap()
            .task()
            .unwrap()
            .job
            .single_file
    );
    assert!(
        line("a.mp4 -o out --time-template")
            .unwrap()
            .task()
            .unwrap()
            .job
            .time_template
    );
}

#[test]
fn what_cannot_be_is_asked_wrongly() {
    for text in [
        "-o out",
        "a.mp4 -o out --format mss",
        "a.mp4 -o out --segment-duration -1",
        "a.mp4 -o out --segment-duration 0.01",
        "a.mp4 -o out --min-buffer-time 1.9",
        "a.mp4 -o out --threads 0",
        "a.mp4 -o out --single-file --time-template",
        "a.mp4 -o out --single-file --number-from 5",
        "a.mp4 -o out --watermark",
    ] {
        assert_eq!(line(text).map(|_| ()).unwrap_err().exit_code(), 2, "{text}");
    }
    let id = format!("a.mp4 -o out --content-id {}", "x".repeat(201));
    let error = line(&id).unwrap().task().err().unwrap();
    assert!(message(error).starts_with("content_id: is 201 bytes long"));
}

#[test]
fn options_override_the_job_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.json");
    let text = r#"{"content_id": "from file", "streaming_format": ["dash"], "colour": 1,
                   "storage": {"input": {"contents_path": ["gone.mp4"]},
                               "output": {"path": "there"}}}"#;
    std::fs::write(&path, text).unwrap();
    let path = path.display();
    let task = line(&format!("b.mp4 --job {path} --content-id mine"))
        .unwrap()
        .task()
        .unwrap();
    assert_eq!(task.job.content_id.as_deref(), Some("mine"));
    assert_eq!(
        task.job.formats,
        Formats {
            dash: true,
            hls: false
        }
    );
    assert_eq!(task.job.inputs, [InputSpec::new("b.mp4")]);
    assert_eq!(task.output, folder.path().join("there"));
    assert_eq!(task.warnings, ["colour: unknown field, ignored"]);
    let error = line(&format!("--job {path}"))
        .unwrap()
        .task()
        .err()
        .unwrap();
    let message = message(error);
    assert!(
        message.contains("job.json: storage.input.contents_path[0]: "),
        "{message}"
    );
}

#[test]
fn a_line_without_output_or_a_job_without_input_is_told_what_is_missing() {
    let error = line("a.mp4").unwrap().task().err().unwrap();
    let expected = "no output folder: expected -o DIR, or storage.output.path in a job file";
    assert_eq!(message(error), expected);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.json");
    std::fs::write(&path, r#"{"contents_path": ["a.mp4"]}"#).unwrap();
    let text = format!("-o out --job {}", path.display());
    let message = message(line(&text).unwrap().task().err().unwrap());
    assert!(
        message.contains("job.json: no input: expected files or a folder in storage.input."),
        "{message}"
    );
}

#[test]
fn a_wrong_job_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.json");
    std::fs::write(&path, r#"{"protect_type": ["dmr"]}"#).unwrap();
    let text = format!("a.mp4 -o out --job {}", path.display());
    let message = message(line(&text).unwrap().task().err().unwrap());
    assert!(
        message.contains("job.json: protect_type[0]: is \"dmr\", expected drm or watermark"),
        "{message}"
    );
}

#[test]
fn a_job_file_that_asks_for_a_mark_needs_the_key_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let [path, key] = ["job.json", "key"].map(|name| folder.path().join(name));
    let text = r#"{"protect_type": ["watermark"], "content_id": "film-1"}"#;
    std::fs::write(&path, text).unwrap();
    let text = format!("a.mp4 -o out --job {}", path.display());
    let message = message(line(&text).unwrap().task().err().unwrap());
    assert!(
        message.contains("expected a watermark key beside it"),
        "{message}"
    );
    packager::key_file::create(&key).unwrap();
    let text = format!("{text} --watermark --watermark-key {}", key.display());
    let task = line(&text).unwrap().task().ok().unwrap();
    let watermark = task.job.watermark.unwrap();
    assert_eq!(watermark.layout, VariantLayout::Directory);
    assert!(task.private.unwrap().ends_with("out.private"));
}

#[test]
fn a_job_file_that_asks_for_encryption_needs_keys_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.json");
    let text = r#"{"protect_type": ["drm"],
        "drm_option": {"multi_key": true, "max_sd_height": 576, "clear_lead": 4}}"#;
    std::fs::write(&path, text).unwrap();
    let text = format!("a.mp4 -o out --job {}", path.display());
    let refused = message(line(&text).unwrap().task().err().unwrap());
    assert!(refused.contains("expected keys beside it"), "{refused}");
    let text = format!("{text} --key {KEY} --drm widevine,fairplay --max-hd-height 720");
    let protection = line(&text)
        .unwrap()
        .task()
        .ok()
        .unwrap()
        .job
        .protection
        .unwrap();
    let limits = HeightLimits::new(576, 720, 2160).unwrap();
    assert_eq!(protection.policy.multi_key, Some(limits));
    assert_eq!(protection.clear_lead.seconds(), 4.0);
    assert_eq!(protection.systems, [System::Widevine, System::FairPlay]);
}

const KEY: &str = "all=00112233445566778899aabbccddeeff:0f0e0d0c0b0a09080706050403020100";

#[test]
fn options_of_encryption_without_effect_are_refused() {
    for text in [
        "--scheme cenc",
        "--drm widevine",
        "--multi-key",
        "--clear-lead 2",
        "--tracktype-manifests",
        "--iv-seed 00",
    ] {
        let error = line(&format!("a.mp4 -o out {text}")).unwrap_err();
        assert!(error.to_string().contains("required"), "{error}");
    }
    for (text, expected) in [
        ("--quiet", "--drm: is missing"),
        ("--drm none,widevine", "none stands alone"),
        (
            "--drm none --max-sd-height 576",
            "have no effect without --multi-key",
        ),
        (
            "--drm none --multi-key --max-hd-height 480",
            "--max-hd-height: is not above",
        ),
        (
            "--drm none --tracktype-manifests",
            "expected multi_key beside it",
        ),
        ("--drm none --iv-size 8", "iv_size: is 8, expected 16"),
        (
            "--drm widevine --clearkey-url https://a",
            "expected clearkey among",
        ),
        (
            "--drm fairplay --scheme cenc",
            "FairPlay does not decrypt cenc",
        ),
        (
            "--drm fairplay --format dash",
            "FairPlay is told in playlists alone",
        ),
        (
            "--drm none --scheme both --format hls",
            "expected dash and hls",
        ),
        ("--drm widevine,widevine", "expected every system once"),
    ] {
        let text = format!("a.mp4 -o out --key {KEY} {text}");
        let message = message(line(&text).unwrap().task().err().unwrap());
        assert!(message.contains(expected), "{message}");
    }
    for text in ["--iv-seed 0", "--iv-seed xy"] {
        let text = format!("a.mp4 -o out --key {KEY} --drm none {text}");
        let message = message(line(&text).unwrap().task().err().unwrap());
        assert!(
            message.starts_with("--iv-seed: expected 2 to 128"),
            "{message}"
        );
    }
    for text in ["--iv-size 12", "--drm fps"] {
        line(&format!("a.mp4 -o out --key {KEY} --drm none {text}")).unwrap_err();
    }
}

#[test]
fn no_message_repeats_a_key() {
    let key = "0f0e0d0c0b0a09080706050403020100";
    for text in [
        "all=",
        "all=00:",
        "0011",
        "uhd3=00112233445566778899aabbccddeeff:",
    ] {
        let text = format!("a.mp4 -o out --drm none --key {text}{key}");
        let message = message(line(&text).unwrap().task().err().unwrap());
        assert!(!message.contains(key), "{message}");
    }
    for text in [
        "a.mp4 --key-file ",
        "a.mp4 --drm none --key-file cbcs/",
        "a.mp4 --cpix ",
        "a.mp4 --speke https://a --speke-header-file ",
        "",
    ] {
        let text = format!("{text}{KEY} -o out");
        let message = message(line(&text).unwrap().task().err().unwrap());
        let is_told = message.contains("is a key") || message.contains("there is no such file");
        assert!(is_told && !message.contains(key), "{message}");
    }
    let text = format!("a.mp4 -o out --key {KEY} --drm none --iv-seed {key}");
    let task = line(&text).unwrap().task().ok().unwrap();
    assert!(!format!("{:?}", task.job).contains(key));
}

#[test]
fn options_of_the_mark_need_the_mark_and_its_key() {
    for text in [
        "a.mp4 -o out --watermark",
        "a.mp4 -o out --watermark-key key",
        "a.mp4 -o out --strength light",
        "a.mp4 -o out --variant-layout prefix",
        "a.mp4 -o out --private secret",
    ] {
        assert!(line(text).is_err(), "{text}");
    }
}
