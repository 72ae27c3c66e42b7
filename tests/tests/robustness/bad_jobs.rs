//! Jobs that cannot be done, and what is worth a warning.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use libtest_mimic::Trial;
use tests::boxes::{find, patch};
use tests::harness::test;
use tests::package::{self, Package};
use tests::{arguments, process};

use crate::run::{Work, sample, sample_bytes, text};

pub(crate) fn tests() -> Vec<Trial> {
    let is_root = is_root();
    vec![
        test(
            "misaligned_renditions_are_named_with_the_time",
            &[],
            misaligned,
        ),
        test("allow_misaligned_packages_them", &[], allow_misaligned),
        test("unequal_durations_are_a_warning", &[], unequal_durations),
        test("missing_audio_is_a_warning", &[], missing_audio),
        test("subtitle_that_is_not_utf8_is_refused", &[], not_utf8),
        test("missing_input_is_refused", &[], missing_input),
        test("folder_as_input_is_refused", &[], folder_as_input),
        test("unreadable_input_is_refused", &[], unreadable_input),
        test(
            "track_that_is_not_there_is_asked_wrongly",
            &[],
            no_such_track,
        ),
        test(
            "flags_that_contradict_are_asked_wrongly",
            &[],
            contradiction,
        ),
        test("full_disk_leaves_nothing_finished", &[], full_disk).with_ignored_flag(!is_root),
        test(
            "file_size_limit_leaves_nothing_finished",
            &[],
            file_size_limit,
        ),
        test("folder_with_other_files_is_refused", &[], foreign_folder),
        test("second_run_needs_force", &[], second_run),
        test("unfinished_run_of_another_job_is_refused", &[], other_job),
        test(
            "input_in_the_output_folder_is_refused",
            &[],
            input_in_output,
        ),
        test("output_names_no_path_of_the_machine", &[], no_paths),
    ]
}

fn is_root() -> bool {
    let output = process::run(Command::new("id").arg("-u"), Duration::from_secs(5));
    output.text().trim() == "0"
}

/// `240p.mp4` with every fifth of its sync samples only: one in ten seconds.
fn few_sync_samples() -> Vec<u8> {
    let mut bytes = sample_bytes("240p.mp4");
    let path = "moov/trak/mdia/minf/stbl/stss";
    let (at, end) = find(&bytes, path).expect("stss");
    let field = |index: usize| at + 16 + 4 * index..at + 20 + 4 * index;
    let numbers: Vec<Vec<u8>> = (0..(end - at - 16) / 4)
        .step_by(5)
        .map(|index| bytes[field(index)].to_vec())
        .collect();
    assert!(numbers.len() >= 2, "a film with sync samples");
    for (index, number) in numbers.iter().enumerate() {
        bytes[field(index)].copy_from_slice(number);
    }
    let kept = numbers.len();
    let size = u32::try_from(16 + 4 * kept).expect("fits");
    patch(&mut bytes, path, 12, size / 4 - 4).expect("stss");
    let rest = u32::try_from(end - at).expect("fits") - size;
    bytes[field(kept)].copy_from_slice(&rest.to_be_bytes());
    bytes[field(kept + 1)].copy_from_slice(b"free");
    bytes[at..at + 4].copy_from_slice(&size.to_be_bytes());
    bytes
}

fn misaligned() {
    let work = Work::new();
    let few = text(&work.write("few.mp4", &few_sync_samples()));
    let said = work.pack(&[&few, &sample("360p.mp4")]);
    let error = said.error(1);
    assert!(
        error.contains("few.mp4") && error.contains("360p.mp4"),
        "{error}"
    );
    assert!(
        error.contains("no sync sample at ") && error.contains(" s"),
        "{error}"
    );
    assert!(error.contains("--allow-misaligned"), "{error}");
    work.assert_unfinished();
}

fn allow_misaligned() {
    let work = Work::new();
    let few = text(&work.write("few.mp4", &few_sync_samples()));
    let said = work.pack(&[&few, &sample("360p.mp4"), "--allow-misaligned"]);
    said.assert_done();
    assert!(said.stderr.contains("warning: "), "{}", said.stderr);
    let package = Package::read(&work.out());
    assert_eq!(package.report()["is_aligned"], false);
    let mpd = fs::read_to_string(package.mpd()).expect("an MPD");
    assert!(
        !mpd.contains("contentType=\"video\" mimeType=\"video/mp4\" segmentAlignment=\"true\"")
    );
    let sets = mpd
        .split("<AdaptationSet")
        .filter(|set| set.contains("contentType=\"video\""));
    for set in sets {
        let representations = set.matches("<Representation ").count();
        assert!(
            representations < 2 || !set.contains("segmentAlignment=\"true\""),
            "{set}"
        );
    }
}

/// `240p.mp4` cut to about 12 seconds, as a good file.
fn shorter(work: &Work) -> String {
    let whole = sample_bytes("240p.mp4");
    let cut = text(&work.write("cut.mp4", &whole[..whole.len() * 6 / 10]));
    let inner = Work::new();
    inner.pack(&[&cut, "--allow-truncated"]).assert_done();
    let bytes = Package::read(&inner.out())
        .of_kind("video")
        .remove(0)
        .bytes();
    text(&work.write("short.mp4", &bytes))
}

fn unequal_durations() {
    let work = Work::new();
    let short = shorter(&work);
    let said = work.pack(&[&short, &sample("360p.mp4")]);
    said.assert_done();
    let warned = said.stderr.lines().any(|line| {
        line.starts_with("warning: ") && line.contains("240p") && line.contains("ends at 10.")
    });
    assert!(warned, "{}", said.stderr);
}

fn missing_audio() {
    let work = Work::new();
    let said = work.pack(&[&format!("{}#video", sample("240p.mp4"))]);
    said.assert_done();
    assert!(
        said.stderr.contains("warning: there is no audio"),
        "{}",
        said.stderr
    );
}

fn not_utf8() {
    let texts: [(&str, &[u8]); 3] = [
        ("latin.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\ncaf\xe9\n"),
        ("latin.srt", b"1\n00:00:01,000 --> 00:00:02,000\ncaf\xe9\n"),
        ("latin.ttml", b"<tt xmlns=\"http://www.w3.org/ns/ttml\"><body><div><p begin=\"1s\" end=\"2s\">caf\xe9</p></div></body></tt>"),
    ];
    for (name, bytes) in texts {
        let work = Work::new();
        let subtitle = text(&work.write(name, bytes));
        let said = work.pack(&[&sample("240p.mp4"), "--subtitle", &format!("{subtitle}:fr")]);
        let error = said.error(1);
        assert!(error.contains(name) && error.contains("UTF-8"), "{error}");
        work.assert_unfinished();
    }
}

fn missing_input() {
    let work = Work::new();
    let error = work.pack(&[&text(&work.path("missing.mp4"))]).error(1);
    assert!(
        error.contains("missing.mp4") && error.contains("No such file"),
        "{error}"
    );
    work.assert_unfinished();
}

fn folder_as_input() {
    let work = Work::new();
    let folder = work.path("folder.mp4");
    fs::create_dir(&folder).expect("a folder");
    let error = work.pack(&[&text(&folder)]).error(1);
    assert!(error.contains("folder.mp4"), "{error}");
    work.assert_unfinished();
}

/// Nothing is unreadable for root, who therefore runs it as nobody.
fn unreadable_input() {
    let work = Work::new();
    let input = work.write("secret.mp4", &sample_bytes("240p.mp4"));
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
    };
    mode(&input, 0);
    mode(&work.path(""), 0o777);
    let program = work.path("packager");
    fs::copy(process::packager(), &program).expect("a copy of the packager");
    mode(&program, 0o755);
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid", "65534", "--clear-groups"]);
    }
    command.arg("--").arg(&program);
    command.args(arguments!["pack", "-q", &input, "-o", &work.out()]);
    let output = process::run(&mut command, Duration::from_secs(60));
    assert_eq!(output.code(), Some(1), "{}", output.stderr);
    let error = output.stderr;
    assert!(
        error.contains("secret.mp4: ") && error.contains("ermission denied"),
        "{error}"
    );
    work.assert_unfinished();
}

fn no_such_track() {
    let work = Work::new();
    let error = work
        .pack(&[&format!("{}#track=9", sample("240p.mp4"))])
        .error(2);
    assert!(
        error.contains("240p.mp4") && error.contains("track 9"),
        "{error}"
    );
    work.assert_unfinished();
}

fn contradiction() {
    let work = Work::new();
    let input = sample("240p.mp4");
    for flags in [
        &["--single-file", "--time-template"][..],
        &["--segment-duration", "-1"],
        &["--min-buffer-time", "1"],
        &["--threads", "0"],
        &["--format", "smooth"],
    ] {
        let said = work.pack(&[&[&input[..]], flags].concat());
        assert_eq!(said.code, Some(2), "{flags:?}: {}", said.stderr);
        work.assert_unfinished();
    }
}

/// A file system of 300 KiB for a package of some MiB.
fn full_disk() {
    let work = Work::new();
    fs::create_dir(work.out()).expect("a folder");
    let out = work.out();
    let mounted = process::run(
        Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=300k", "tmpfs"])
            .arg(&out),
        Duration::from_secs(10),
    );
    if !mounted.status.success() {
        // A container without the right to mount: the file size limit shows the same.
        return;
    }
    let said = work.pack(&[&sample("480p.mp4")]);
    let left = package::looks_finished(&out);
    process::succeed("umount", arguments![&out]);
    let error = said.error(1);
    assert!(error.contains("No space left"), "{error}");
    assert!(left.is_empty(), "left {left:?}");
}

fn file_size_limit() {
    let work = Work::new();
    let mut command = Command::new("sh");
    // In units of 512 bytes. The signal of a write beyond it is ignored, so that the write fails.
    command
        .args(["-c", "trap '' XFSZ; ulimit -f 40; exec \"$@\"", "sh"])
        .arg(process::packager());
    command.args(arguments![
        "pack",
        "-q",
        &sample("480p.mp4"),
        "-o",
        &work.out()
    ]);
    let output = process::run(&mut command, Duration::from_secs(60));
    assert_eq!(output.code(), Some(1), "{}", output.stderr);
    assert!(
        output.stderr.contains("File too large"),
        "{}",
        output.stderr
    );
    work.assert_unfinished();
}

fn foreign_folder() {
    let work = Work::new();
    fs::create_dir(work.out()).expect("a folder");
    fs::write(work.out().join("letter.txt"), "dear").expect("a file");
    let error = work.pack(&[&sample("240p.mp4")]).error(2);
    assert!(error.contains("letter.txt"), "{error}");
    work.assert_unfinished();
    assert!(work.out().join("letter.txt").is_file());
}

fn second_run() {
    let work = Work::new();
    work.pack(&[&sample("240p.mp4")]).assert_done();
    let before = package::tree(&work.out());
    let error = work.pack(&[&sample("240p.mp4")]).error(2);
    assert!(error.contains("--force"), "{error}");
    assert!(
        package::tree(&work.out()) == before,
        "the refused run changed the package"
    );
    work.pack(&[&sample("360p.mp4"), "--force"]).assert_done();
    let other = Work::new();
    other.pack(&[&sample("360p.mp4")]).assert_done();
    let (forced, fresh) = (package::tree(&work.out()), package::tree(&other.out()));
    assert!(forced == fresh, "{:?}\n{:?}", forced.keys(), fresh.keys());
}

fn other_job() {
    let work = Work::new();
    // What a killed run leaves: its journal.
    fs::create_dir(work.out()).expect("a folder");
    fs::write(work.out().join(".packager-run"), "another job").expect("a journal");
    let error = work.pack(&[&sample("240p.mp4")]).error(2);
    assert!(error.contains("another job"), "{error}");
    work.assert_unfinished();
    work.pack(&[&sample("240p.mp4"), "--force"]).assert_done();
    assert!(!work.out().join(".packager-run").exists());
}

fn input_in_output() {
    let work = Work::new();
    fs::create_dir_all(work.path("out/cmaf")).expect("a folder");
    let input = work.write("out/cmaf/film.mp4", &sample_bytes("240p.mp4"));
    let said = work.pack(&[&text(&input), "--force"]);
    said.error(2);
    assert!(input.is_file(), "the input is gone");
}

fn no_paths() {
    let work = Work::new();
    let subtitle = format!("{}:en", sample("subtitles_en.vtt"));
    work.pack(&[
        &sample("240p.mp4"),
        &sample("audio_ko.mp4"),
        "--subtitle",
        &subtitle,
    ])
    .assert_done();
    let manifest = env!("CARGO_MANIFEST_DIR").as_bytes();
    let temporary = text(&work.path(""));
    for (name, bytes) in package::tree(&work.out()) {
        for path in [
            manifest,
            temporary.trim_end_matches('/').as_bytes(),
            b"testdata/",
        ] {
            let found = bytes.windows(path.len()).any(|window| window == path);
            assert!(!found, "{name}: holds {}", String::from_utf8_lossy(path));
        }
    }
}
