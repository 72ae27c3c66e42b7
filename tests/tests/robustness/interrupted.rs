//! Runs that are killed, doubled or disturbed, and runs that have to be equal.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use tests::harness::test;
use tests::{arguments, package, process};

use crate::run::{Work, sample, sample_bytes, text};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("one_two_and_eight_threads_give_equal_bytes", &[], threads),
        test("killed_run_resumes_to_the_same_bytes", &[], killed),
        test(
            "damaged_leftovers_of_a_killed_run_are_not_trusted",
            &[],
            leftovers,
        ),
        test("two_processes_do_not_share_a_folder", &[], two_processes),
        test("input_that_shrinks_is_never_packaged_wrong", &[], shrinking),
        test("input_that_changes_is_never_packaged_wrong", &[], changing),
    ]
}

/// The inputs of a job with everything in it.
fn ladder() -> Vec<String> {
    let mut all: Vec<String> = ["240p.mp4", "360p.mp4", "480p.mp4", "audio_ko.mp4"]
        .map(sample)
        .into();
    for subtitle in ["subtitles_en.vtt:en", "subtitles_ko.srt:ko"] {
        all.extend(["--subtitle".to_string(), sample(subtitle)]);
    }
    all.extend(["--trick-play", "--checksum", "sha256"].map(String::from));
    all
}

fn strings(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

fn threads() {
    let trees: Vec<_> = ["1", "2", "8"]
        .map(|threads| {
            let work = Work::new();
            let mut all = ladder();
            all.extend(["--threads".to_string(), threads.to_string()]);
            work.pack(&strings(&all)).assert_done();
            package::tree(&work.out())
        })
        .into();
    assert!(trees[0].len() > 60, "only {} files", trees[0].len());
    assert!(trees[0] == trees[1] && trees[0] == trees[2], "trees differ");
}

/// A film large enough to be killed in the midst of: fragments of the ladder, over and over.
fn long_film(work: &Work, name: &str, copies: u32) -> String {
    let source = Work::new();
    source.pack(&[&sample("480p.mp4")]).assert_done();
    let track = package::Package::read(&source.out())
        .of_kind("video")
        .remove(0);
    let mut bytes = fs::read(&track.init).expect("an init segment");
    let segments: Vec<Vec<u8>> = track
        .segments
        .iter()
        .map(|path| fs::read(path).expect("a segment"))
        .collect();
    let duration: u64 = track.times.iter().map(|(_, duration)| duration).sum();
    for copy in 0..u64::from(copies) {
        for segment in &segments {
            let begun = bytes.len();
            bytes.extend(segment);
            shift_tfdt(&mut bytes[begun..], copy * duration);
        }
    }
    text(&work.write(name, &bytes))
}

/// Adds to the decoding time of every fragment; `tfdt` is written in version 1.
fn shift_tfdt(bytes: &mut [u8], ticks: u64) {
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(4).position(|window| window == b"tfdt") {
        let field = at + found + 8;
        let time = u64::from_be_bytes(bytes[field..field + 8].try_into().expect("eight bytes"));
        bytes[field..field + 8].copy_from_slice(&(time + ticks).to_be_bytes());
        at = field;
    }
}

fn command(input: &str, out: &Path) -> Command {
    let mut command = process::packager_command(arguments!["pack", "-q", input, "-o", out]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Kills a run as soon as it has written this file; false where it ended before.
fn kill_at(file: &Path, mut child: Child) -> bool {
    while !file.is_file() {
        if !child.try_wait().is_ok_and(|end| end.is_none()) {
            return false;
        }
        thread::sleep(Duration::from_micros(200));
    }
    let _ = child.kill();
    let status = child.wait().expect("ends");
    status.code().is_none()
}

fn killed() {
    let work = Work::new();
    let input = long_film(&work, "long.mp4", 30);
    let fresh = Work::new();
    fresh.pack(&[&input]).assert_done();
    let expected = package::tree(&fresh.out());
    let segments = 300;
    let mut interrupted = 0;
    for round in 1..=8 {
        let _ = fs::remove_dir_all(work.out());
        // Twice in one package, the second time further on; the last in the midst of manifests.
        for part in [round, round + 1] {
            let segment = format!("cmaf/video/avc1/480p/seg_{}.m4s", segments * part / 9);
            assert!(
                expected.contains_key(&segment),
                "{segment}: has another name"
            );
            let child = command(&input, &work.out()).spawn().expect("starts");
            if kill_at(&work.out().join(segment), child) {
                interrupted += 1;
            }
            if work.out().join("package.json").is_file() {
                break;
            }
            // Manifests come when all segments are there: a kill between them and package.json
            // leaves good ones.
            for manifest in package::looks_finished(&work.out()) {
                let found = fs::read(work.out().join(&manifest)).expect("a manifest");
                let temporary = manifest.contains("/.");
                assert!(
                    temporary || expected.get(&manifest) == Some(&found),
                    "{manifest}: differs"
                );
            }
        }
        if !work.out().join("package.json").is_file() {
            work.pack(&[&input]).assert_done();
        }
        assert!(
            package::tree(&work.out()) == expected,
            "round {round}: trees differ"
        );
    }
    assert!(interrupted >= 4, "only {interrupted} runs were interrupted");
}

/// A segment that was cut short is written again, and temporary files go.
fn leftovers() {
    let work = Work::new();
    let input = long_film(&work, "long.mp4", 30);
    let whole = Work::new();
    whole.pack(&[&input]).assert_done();
    let segment = "cmaf/video/avc1/480p/seg_2.m4s";
    assert!(
        whole.out().join(segment).is_file(),
        "{segment}: has another name"
    );
    // A journal comes only from a run, so one is killed when it has begun to write.
    let child = command(&input, &work.out()).spawn().expect("starts");
    assert!(kill_at(&work.out().join(segment), child), "was done before");
    assert!(
        !work.out().join("package.json").is_file(),
        "was done before it was killed"
    );
    let path = work.out().join(segment);
    let bytes = fs::read(&path).expect("a segment");
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("a shorter segment");
    fs::write(work.out().join("cmaf/.seg_9.m4s.part"), "left over").expect("a part");
    work.pack(&[&input]).assert_done();
    let (resumed, whole) = (package::tree(&work.out()), package::tree(&whole.out()));
    assert!(resumed.keys().eq(whole.keys()), "{:?}", resumed.keys());
    assert!(resumed == whole, "trees differ");
}

fn two_processes() {
    let work = Work::new();
    let input = long_film(&work, "long.mp4", 30);
    let fresh = Work::new();
    fresh.pack(&[&input]).assert_done();
    let expected = package::tree(&fresh.out());
    for _ in 0..4 {
        let _ = fs::remove_dir_all(work.out());
        let mut first = command(&input, &work.out()).spawn().expect("starts");
        let mut second = command(&input, &work.out()).spawn().expect("starts");
        let limit = Duration::from_secs(60);
        let codes = [
            process::wait(&mut first, limit),
            process::wait(&mut second, limit),
        ]
        .map(|status| status.expect("ends").code().expect("exits"));
        assert!(codes.contains(&0), "{codes:?}");
        assert!(codes.iter().all(|code| [0, 2].contains(code)), "{codes:?}");
        assert!(
            package::tree(&work.out()) == expected,
            "{codes:?}: trees differ"
        );
    }
}

/// Disturbs the input of a run that has planned already, at different moments, and judges what came
/// of it.
fn disturb(disturb: impl Fn(&Path, u32)) {
    let work = Work::new();
    let original = fs::read(long_film(&work, "original.mp4", 30)).expect("a film");
    let input = work.write("film.mp4", &original);
    let fresh = Work::new();
    fresh.pack(&[&text(&input)]).assert_done();
    let expected = package::tree(&fresh.out());
    let mut refused = 0;
    for round in 0..8 {
        let _ = fs::remove_dir_all(work.out());
        fs::write(&input, &original).expect("the film again");
        let mut child = command(&text(&input), &work.out());
        let mut child = child.stderr(Stdio::piped()).spawn().expect("starts");
        wait_for_journal(&work, &mut child);
        thread::sleep(Duration::from_millis(u64::from(round) * 4));
        disturb(&input, round);
        let output = child.wait_with_output().expect("ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {
                // It was done before, or had read all it needed.
                assert!(
                    package::tree(&work.out()) == expected,
                    "round {round}: a wrong package"
                );
            }
            Some(1) => {
                refused += 1;
                assert!(
                    stderr.contains("error: ") && stderr.contains("film.mp4"),
                    "{stderr}"
                );
                work.assert_unfinished();
            }
            code => panic!("round {round}: {code:?}: {stderr}"),
        }
    }
    assert!(refused > 0, "no run was disturbed");
}

/// Waits until a run has taken possession of its folder, which it does when it has a plan.
fn wait_for_journal(work: &Work, child: &mut Child) {
    let journal = work.out().join(".packager-run");
    while !journal.is_file() && child.try_wait().is_ok_and(|end| end.is_none()) {
        thread::sleep(Duration::from_micros(200));
    }
}

fn shrinking() {
    disturb(|input, round| {
        let file = OpenOptions::new()
            .write(true)
            .open(input)
            .expect("the film");
        let length = file.metadata().expect("its length").len();
        file.set_len(length / 8 * u64::from(7 - round % 7))
            .expect("shorter");
    });
}

fn changing() {
    disturb(|input, round| {
        let file = OpenOptions::new()
            .write(true)
            .open(input)
            .expect("the film");
        let length = file.metadata().expect("its length").len();
        let noise = sample_bytes("audio_ko.mp4");
        file.write_all_at(&noise, length / 9 * u64::from(round))
            .expect("written");
    });
}
