//! `packager mark`: files in, both variants of them out.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::Value;
use tests::frames;
use tests::harness::{Need, test};
use tests::package::tree;
use tests::{arguments, process};

use crate::work::{Work, assert_plays, sample};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test(
            "without_strength_a_file_comes_back_byte_for_byte",
            &[],
            identity,
        ),
        test(
            "marked_files_play_and_keep_everything_but_pictures",
            &[Need::Ffmpeg],
            marked,
        ),
        test(
            "a_byte_stream_is_marked_like_the_movie_it_comes_from",
            &[Need::Ffmpeg],
            stream,
        ),
        test("one_thread_and_two_mark_alike", &[], threads),
        test("nothing_is_replaced_unless_asked", &[], existing),
    ]
}

fn mark(work: &Work, inputs: &[&Path], more: &[&str]) -> process::Output {
    let (key, out) = (work.key(), work.out());
    let mut all = arguments!["mark", "-o", &out, "--watermark-key", &key].to_vec();
    all.extend(arguments!["--content-id", "film-1"]);
    all.extend(inputs.iter().map(|path| path.as_os_str()));
    all.extend(more.iter().map(std::ffi::OsStr::new));
    process::run_packager(&all)
}

fn report(output: &process::Output) -> Value {
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn identity() {
    let work = Work::new();
    let input = sample("240p.mp4");
    let more = ["--strength", "none", "--json", "--quiet"];
    let report = report(&mark(&work, &[Path::new(&input)], &more));
    let done = &report["work"];
    assert_eq!(
        (&done["slices"], &done["differing"]),
        (&10.into(), &0.into())
    );
    assert!(done["bytes"].as_u64() > Some(50_000), "{done}");
    let original = fs::read(&input).expect("the input");
    for name in ["240p_0.mp4", "240p_1.mp4"] {
        assert!(
            fs::read(work.out().join(name)).expect(name) == original,
            "{name}"
        );
    }
}

fn marked() {
    let work = Work::new();
    let inputs = ["240p.mp4", "360p.mp4"].map(sample);
    let inputs = inputs.each_ref().map(Path::new);
    let output = mark(&work, &inputs, &["--quiet"]);
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    assert!(
        output.stderr.contains("10 positions fit"),
        "{}",
        output.stderr
    );
    let names: Vec<String> = tree(&work.out()).into_keys().collect();
    let expected = [
        "240p_0.mp4",
        "240p_1.mp4",
        "360p_0.mp4",
        "360p_1.mp4",
        "boundaries.json",
    ];
    assert_eq!(names, expected);
    let text = fs::read(work.out().join("boundaries.json")).expect("boundaries");
    let boundaries: Value = serde_json::from_slice(&text).expect("boundaries");
    let times: Vec<f64> = (1..10).map(|index| f64::from(index) * 2.0).collect();
    assert_eq!(boundaries["boundaries"], serde_json::json!(times));
    assert_eq!(boundaries["positions"], 10);
    let maps = ["0:v:0", "0:a:0"].map(String::from);
    let decode =
        |path: &Path| frames::decode(path, &maps).unwrap_or_else(|error| panic!("{error}"));
    let original = decode(inputs[0]);
    let variants = ["240p_0.mp4", "240p_1.mp4"].map(|name| {
        let path = work.out().join(name);
        assert_plays(&path);
        decode(&path)
    });
    for variant in &variants {
        assert!(variant[1] == original[1], "sound differs");
        let times = |frames: &[frames::Frame]| -> Vec<f64> {
            frames.iter().map(|frame| frame.pts).collect()
        };
        assert_eq!(times(&variant[0]), times(&original[0]));
        assert!(variant[0] != original[0]);
    }
    assert!(variants[0][0] != variants[1][0]);
    let sizes = ["240p_0.mp4", "240p_1.mp4"].map(|name| {
        let metadata = fs::metadata(work.out().join(name));
        metadata.expect("a variant").len()
    });
    assert_eq!(sizes[0], sizes[1]);
}

fn stream() {
    let work = Work::new();
    let stream = work.path("240p.264");
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i", &sample("240p.mp4"), "-c", "copy"]);
    command.args(["-bsf:v", "h264_mp4toannexb"]).arg(&stream);
    let output = process::run(&mut command, Duration::from_secs(60));
    assert!(output.status.success(), "{}", output.stderr);
    let movie = sample("240p.mp4");
    let output = mark(&work, &[&stream, Path::new(&movie)], &["--quiet"]);
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    for variant in ["0", "1"] {
        let decoded = ["264", "mp4"].map(|kind| {
            let path = work.out().join(format!("240p_{variant}.{kind}"));
            assert_plays(&path);
            let frames = frames::decode(&path, &["0:v:0".into()]);
            let frames = frames.unwrap_or_else(|error| panic!("{error}"));
            let hashes = frames[0].iter().map(|frame| frame.hash.clone());
            hashes.collect::<Vec<String>>()
        });
        assert_eq!(decoded[0].len(), 600);
        assert!(decoded[0] == decoded[1], "variant {variant} differs");
    }
}

fn threads() {
    let input = sample("240p.mp4");
    let trees = ["1", "2"].map(|threads| {
        let work = Work::new();
        let output = mark(
            &work,
            &[Path::new(&input)],
            &["--quiet", "--threads", threads],
        );
        assert_eq!(output.code(), Some(0), "{}", output.stderr);
        tree(&work.out())
    });
    assert!(trees[0] == trees[1], "files differ");
}

fn existing() {
    let work = Work::new();
    let input = sample("240p.mp4");
    let none = ["--strength", "none", "--quiet"];
    fs::create_dir(work.out()).expect("a folder");
    fs::write(work.out().join("240p_1.mp4"), "mine").expect("a file");
    let output = mark(&work, &[Path::new(&input)], &none);
    assert_eq!(output.code(), Some(2), "{}", output.stderr);
    assert!(
        output.stderr.contains("240p_1.mp4: exists; --force"),
        "{}",
        output.stderr
    );
    assert_eq!(tree(&work.out()).len(), 1);
    let output = mark(
        &work,
        &[Path::new(&input)],
        &[&none[..], &["--force"]].concat(),
    );
    assert_eq!(output.code(), Some(0), "{}", output.stderr);
    assert_eq!(tree(&work.out()).len(), 3);
    // An input that is one of its own outputs.
    let itself = work.out().join("x_0.mp4");
    fs::copy(&input, &itself).expect("a copy");
    let x = work.path("x.mp4");
    fs::copy(&input, &x).expect("a copy");
    let output = mark(&work, &[&x, &itself], &[&none[..], &["--force"]].concat());
    assert_eq!(output.code(), Some(2), "{}", output.stderr);
    assert!(output.stderr.contains("lies where"), "{}", output.stderr);
}
