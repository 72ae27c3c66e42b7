//! What is asked wrongly, refused, or only asked.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use libtest_mimic::Trial;
use serde_json::Value;
use tests::harness::{Need, test};
use tests::{arguments, media, process};

use crate::work::{Work, run, sample};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("keygen_makes_a_key_once", &[], keygen),
        test(
            "marks_asked_wrongly_are_refused_before_anything_is_written",
            &[],
            wrong,
        ),
        test(
            "video_that_cannot_be_marked_is_refused_by_name",
            &[Need::Media],
            unmarkable,
        ),
        test("probe_tells_what_fits", &[], probe),
        test(
            "a_byte_stream_is_probed_like_the_movie_it_comes_from",
            &[Need::Ffmpeg],
            probe_stream,
        ),
        test("a_key_others_can_read_is_warned_of", &[], shared_key),
    ]
}

fn keygen() {
    let work = Work::new();
    let path = work.path("new");
    let output = process::run_packager(arguments!["keygen", "-o", &path]);
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    let text = fs::read_to_string(&path).expect("a key");
    assert!(!output.stderr.contains(text.trim()) && output.stdout.is_empty());
    let metadata = fs::metadata(&path).expect("a key");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!((text.len(), text.trim().len()), (65, 64));
    let again = process::run_packager(arguments!["keygen", "-o", &path]);
    assert_eq!(again.code(), Some(2));
    assert!(
        again.stderr.contains("a key is never overwritten"),
        "{}",
        again.stderr
    );
    assert_eq!(fs::read_to_string(&path).expect("a key"), text);
}

fn wrong() {
    let work = Work::new();
    let (key, out) = (work.key(), work.out());
    let [key, out] = [key, out].map(|path| path.to_string_lossy().into_owned());
    let inside = format!("{out}/secret");
    let input = sample("240p.mp4");
    let no_key = work.path("no-key");
    fs::write(&no_key, "c0ffee\n").expect("a file");
    let no_key = no_key.to_string_lossy().into_owned();
    let all = ["--watermark", "--watermark-key", &key, "--content-id", "a"];
    let cases: [(&[&str], &[&str], &str); 12] = [
        (&[], &["--watermark"], "--watermark-key"),
        (&[], &["--watermark-key", &key], "--watermark"),
        (&[], &["--strength", "light"], "--watermark"),
        (&[], &["--variant-layout", "prefix"], "--watermark"),
        (&[], &["--private", "x"], "--watermark"),
        (&all[..3], &[], "content_id: is missing"),
        (&all, &["--strength", "none"], "strength: is none"),
        (
            &all,
            &["--single-file"],
            "single_file and variant_layout directory",
        ),
        (&all, &["--trick-play"], "trick_play and watermark"),
        (
            &all,
            &["--allow-misaligned"],
            "allow_misaligned and watermark",
        ),
        (&all, &["--private", &inside], "which is delivered"),
        (
            &["--watermark", "--content-id", "a"],
            &["--watermark-key", &no_key],
            "no watermark key",
        ),
    ];
    for (some, more, said) in cases {
        let command = [&["pack", &input, "-o", &out], some, more].concat();
        let command: Vec<String> = command.iter().map(|text| text.to_string()).collect();
        let output = run(&command);
        assert_eq!(output.code(), Some(2), "{more:?}: {}", output.stderr);
        assert!(output.stderr.contains(said), "{more:?}: {}", output.stderr);
        assert!(!output.stderr.contains("c0ffee"), "{}", output.stderr);
        assert!(!work.out().exists(), "{more:?}");
        assert!(!work.private().exists(), "{more:?}");
    }
    let sound = work.pack(&[&sample("audio_ko.mp4")]);
    assert_eq!(sound.code(), Some(2), "{}", sound.stderr);
    assert!(
        sound.stderr.contains("no input holds video to mark"),
        "{}",
        sound.stderr
    );
}

fn unmarkable() {
    let input = media::real_folder().join("firefox/dom__media__test__aspect_ratio_5_2_hevc.mp4");
    let work = Work::new();
    let output = work.pack(&[&input.to_string_lossy()]);
    assert_eq!(output.code(), Some(1), "{}", output.stderr);
    let said = "video track 1: cannot be marked: is HEVC, expected H.264";
    assert!(output.stderr.contains(said), "{}", output.stderr);
    assert!(!work.out().exists() && !work.private().exists());
}

fn probe() {
    let inputs = ["240p.mp4", "360p.mp4"].map(sample);
    let output = process::run_packager(arguments!["probe", "--json", &inputs[0], &inputs[1]]);
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    let found: Value = serde_json::from_slice(&output.stdout).expect("facts");
    let watermark = &found["watermark"];
    assert_eq!(watermark["positions"], 10);
    let warning = watermark["warning"].as_str().unwrap_or_default();
    assert!(warning.contains("10 positions fit"), "{warning}");
    for track in watermark["tracks"].as_array().expect("tracks") {
        assert_eq!(track["positions"], 10);
        assert_eq!(track["intra_spacing"]["median"], 2.0);
        assert!(
            track["slice_qp"]
                .as_u64()
                .is_some_and(|qp| (10..40).contains(&qp))
        );
        assert!(track.get("unmarkable").is_none());
    }
}

fn probe_stream() {
    let work = Work::new();
    let stream = work.path("240p.264");
    let input = sample("240p.mp4");
    let mut command = std::process::Command::new("ffmpeg");
    command.args(["-v", "error", "-i", &input, "-c", "copy"]);
    command.args(["-bsf:v", "h264_mp4toannexb"]).arg(&stream);
    let made = process::run(&mut command, std::time::Duration::from_secs(60));
    assert_eq!(made.code(), Some(0), "{}", made.stderr);
    let facts = |paths: &[&std::ffi::OsStr]| -> Value {
        let output = process::run_packager(&[arguments!["probe", "--json"], paths].concat());
        assert_eq!(output.code(), Some(0), "{}", output.stderr);
        serde_json::from_slice(&output.stdout).expect("facts")
    };
    let [alone, movie, both] = [
        facts(arguments![&stream]),
        facts(arguments![&input]),
        facts(arguments![&stream, &input]),
    ];
    assert_eq!(alone["inputs"][0]["byte_stream"], true);
    assert_eq!(both["watermark"]["positions"], 10);
    let [alone, movie] = [&alone, &movie].map(|found| &found["watermark"]["tracks"][0]);
    for field in ["positions", "intra_spacing", "slice_qp"] {
        assert_eq!(alone[field], movie[field], "{field}");
    }
}

fn shared_key() {
    let work = Work::new();
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(work.key(), open).expect("a mode");
    let output = work.pack(&[&sample("240p.mp4")]);
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    assert!(
        output.stderr.contains("is open to others"),
        "{}",
        output.stderr
    );
    assert!(
        !output.stderr.contains("0123456789abcdef"),
        "{}",
        output.stderr
    );
}
