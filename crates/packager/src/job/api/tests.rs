//! The API's own sample and what people make of it.

use std::path::Path;

use media::Timescale;

use super::*;
use crate::job::Formats;

const FULL: &str = r#"{
    "job_name": "nightly",
    "storage": {
        "input": { "storage_id": "in-1", "contents_path": ["480p.mp4", "1080p.mp4"] },
        "output": { "storage_id": "out-1", "path": "out/film" }
    },
    "content_id": "film-1",
    "streaming_format": ["dash", "hls"],
    "protect_type": [],
    "subtitles": [ { "path": "en.vtt", "language": "eng" } ],
    "dash_option": { "min_buffer_time": 4, "enable_average_bandwidth_mpd": true },
    "drm_option": {
        "multi_key": false, "skip_audio_encryption": false, "max_sd_height": 480,
        "max_hd_height": 1080, "max_uhd1_height": 2160, "clear_lead": 0,
        "generate_tracktype_manifests": false
    }
}"#;

fn parse(text: &str) -> Result<JobFile, JobError> {
    JobFile::parse(text.as_bytes(), Path::new("jobs"))
}

fn refused(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn the_whole_document_is_read() {
    let file = parse(FULL).unwrap();
    assert_eq!(file.warnings, Vec::<String>::new());
    assert_eq!(file.contents_path, ["480p.mp4", "1080p.mp4"]);
    assert_eq!(file.output.as_deref(), Some(Path::new("jobs/out/film")));
    assert_eq!(file.job.content_id.as_deref(), Some("film-1"));
    assert_eq!(file.job.job_name.as_deref(), Some("nightly"));
    assert_eq!(file.job.subtitles[0].path, Path::new("jobs/en.vtt"));
    assert_eq!(file.job.subtitles[0].language.as_ref().unwrap().tag(), "en");
    assert_eq!(file.job.min_buffer_time, Timescale::MILLISECONDS.time(4000));
    assert!(file.job.average_bandwidth);
}

#[test]
fn encryption_that_is_asked_for_has_to_be_done() {
    for text in [
        r#"{"protect_type": ["watermark", "drm"]}"#,
        r#"{"protection_type": ["DRM"]}"#,
        r#"{"protect_type": "drm"}"#,
        r#"{"protect_type": [], "protection_type": ["drm"]}"#,
    ] {
        let mut job = parse(text).unwrap().job;
        job.inputs = Job::new(["a.mp4"]).inputs;
        let message = job.validate().unwrap_err().to_string();
        let expected = "protect_type: is \"drm\", expected keys beside it";
        assert!(message.starts_with(expected), "{message}");
    }
    assert!(refused(r#"{"protect_type": ["dmr"]}"#).contains("is \"dmr\", expected drm or"));
}

#[test]
fn drm_options_are_kept_for_whoever_has_the_keys() {
    let text = r#"{"protect_type": ["drm"], "drm_option": {"multi_key": true, "clear_lead": 4}}"#;
    let file = parse(text).unwrap();
    assert!(file.job.must_protect && file.drm_option.multi_key);
    assert_eq!(file.warnings, Vec::<String>::new());
}

#[test]
fn a_mark_that_is_asked_for_has_to_be_made() {
    for text in [
        r#"{"protect_type": ["watermark"]}"#,
        r#"{"protection_type": "Watermark"}"#,
    ] {
        let mut job = parse(text).unwrap().job;
        job.inputs = Job::new(["a.mp4"]).inputs;
        let message = job.validate().unwrap_err().to_string();
        let expected = "protect_type: is \"watermark\", expected a watermark key beside it";
        assert!(message.starts_with(expected), "{message}");
    }
    assert!(!parse(r#"{"protect_type": []}"#).unwrap().job.must_mark);
}

#[test]
fn a_misspelt_protection_is_no_warning() {
    for name in [
        "Protect_Type",
        "protect_types",
        "watermark",
        "drm_options",
        "encryption",
    ] {
        let message = refused(&format!(r#"{{"{name}": ["drm"]}}"#));
        assert!(
            message.contains("an unknown field about protection"),
            "{message}"
        );
    }
}

#[test]
fn drm_options_without_a_word_about_protection_are_refused() {
    let message = refused(r#"{"drm_option": {}}"#);
    let expected = "protect_type: is missing, expected protect_type beside drm_option \
                    ([] packages in the clear)";
    assert_eq!(message, expected);
}

#[test]
fn drm_options_without_effect_are_a_warning() {
    let file =
        parse(r#"{"protect_type": [], "drm_option": {"multi_key": "true", "clear_lead": 1.5}}"#);
    let file = file.unwrap();
    assert!(file.drm_option.multi_key);
    assert_eq!(
        file.drm_option.clear_lead,
        Timescale::MILLISECONDS.time(1500)
    );
    assert!(file.warnings[0].starts_with("drm_option: has no effect"));
}

#[test]
fn heights_must_rise() {
    let text = r#"{"protect_type": [], "drm_option": {"max_sd_height": 1080}}"#;
    let message = refused(text);
    assert!(message.starts_with("drm_option.max_hd_height: is 1080, expected at least 1081"));
    let zero = r#"{"protect_type": [], "drm_option": {"max_sd_height": 0}}"#;
    assert!(refused(zero).starts_with("drm_option.max_sd_height: is 0, expected a height"));
}

#[test]
fn limits_name_the_field_the_value_and_the_expectation() {
    let long = |bytes: usize| "x".repeat(bytes);
    for (text, message) in [
        (
            format!(r#"{{"job_name": "{}"}}"#, long(51)),
            "job_name: is 51 bytes long, expected 1 to 50 bytes",
        ),
        (
            format!(r#"{{"content_id": "{}"}}"#, long(201)),
            "content_id: is 201 bytes long, expected 1 to 200 bytes",
        ),
        (
            format!(
                r#"{{"storage": {{"input": {{"contents_path": ["a", "{}"]}}}}}}"#,
                long(513)
            ),
            "storage.input.contents_path[1]: is 513 bytes long, expected 1 to 512 bytes",
        ),
        (
            r#"{"dash_option": {"min_buffer_time": 1.5}}"#.into(),
            "dash_option.min_buffer_time: is 1.5, expected 2 to 3600 seconds",
        ),
        (
            r#"{"dash_option": {"enable_average_bandwidth_mpd": "yes"}}"#.into(),
            "dash_option.enable_average_bandwidth_mpd: is \"yes\", expected true or false",
        ),
        (
            r#"{"streaming_format": ["dash", "mss"]}"#.into(),
            "streaming_format[1]: is \"mss\", expected dash or hls",
        ),
        (
            r#"{"streaming_format": []}"#.into(),
            "streaming_format: is [], expected dash, hls or both",
        ),
        (
            r#"{"subtitles": [{"path": "a.vtt"}, {"language": "ko"}]}"#.into(),
            "subtitles[1].path: is missing, expected the path of a subtitle file",
        ),
        (
            r#"{"subtitles": [{"file": "en.vtt"}]}"#.into(),
            "subtitles[0].path: is missing, expected the path of a subtitle file, not \"file\"",
        ),
        (
            r#"{"dash_option": 2}"#.into(),
            "dash_option: is 2, expected an object",
        ),
        (r#"[]"#.into(), "job: is [], expected an object"),
    ] {
        assert_eq!(refused(&text), message);
    }
}

#[test]
fn loose_types_are_taken() {
    let file = parse(
        r#"{"content_id": 42, "streaming_format": "HLS", "subtitles": {"path": "a.srt"},
            "storage": {"input": {"contents_path": "a.mp4"}, "output": null},
            "dash_option": {"min_buffer_time": "3"}}"#,
    )
    .unwrap();
    assert_eq!(file.job.content_id.as_deref(), Some("42"));
    assert_eq!(
        file.job.formats,
        Formats {
            dash: false,
            hls: true
        }
    );
    assert_eq!(file.contents_path, ["a.mp4"]);
    assert_eq!(file.job.subtitles.len(), 1);
    assert_eq!(file.job.min_buffer_time, Timescale::MILLISECONDS.time(3000));
}

#[test]
fn an_empty_subtitle_entry_is_nothing() {
    let file = parse(r#"{"subtitles": [{"path": "", "language": ""}, {}]}"#).unwrap();
    assert!(file.job.subtitles.is_empty());
}

#[test]
fn a_field_nobody_reads_is_a_warning_with_its_place() {
    let file = parse(r#"{"contentid": "x", "dash_option": {"min_bufer_time": 3}}"#).unwrap();
    let expected = [
        "dash_option.min_bufer_time: unknown field, ignored; is dash_option.min_buffer_time meant?",
        "contentid: unknown field, ignored; is content_id meant?",
    ];
    assert_eq!(file.warnings, expected);
}

#[test]
fn a_job_cut_short_anywhere_is_an_error() {
    for end in 0..FULL.len() {
        assert!(parse(&FULL[..end]).is_err(), "cut at byte {end}");
    }
    parse(&format!("\u{feff}{FULL}")).unwrap();
}
