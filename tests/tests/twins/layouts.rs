//! Where variants lie, and that both play.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use tests::frames;
use tests::harness::{Need, test};
use tests::package::{Package, tree};
use tests::process;

use crate::work::{Work, assert_plays, assert_sound, sample};

pub(crate) fn tests() -> Vec<Trial> {
    let mut trials = Vec::new();
    for layout in ["directory", "unlabeled-a", "prefix"] {
        trials.push(test(
            format!("{layout}_is_written_alike_on_one_thread_and_two"),
            &[],
            move || threads(layout, &[]),
        ));
    }
    for layout in ["unlabeled-a", "prefix"] {
        trials.push(test(
            format!("single_files_in_{layout}_are_written_alike_on_one_thread_and_two"),
            &[],
            move || threads(layout, &["--single-file"]),
        ));
    }
    trials.extend([
        test("what_is_no_video_segment_is_stored_once", &[], once),
        test("both_sets_play", &[Need::Ffmpeg], both_play),
        test(
            "the_plain_names_of_unlabeled_a_play",
            &[Need::Ffmpeg],
            plain_names_play,
        ),
        test("a_killed_run_resumes_to_the_same_bytes", &[], killed),
        test(
            "a_killed_run_keeps_single_files_that_were_whole",
            &[],
            killed_single,
        ),
        test("records_are_the_owner_s_alone", &[], private),
    ]);
    trials
}

fn threads(layout: &str, more: &[&str]) {
    let inputs = [sample("240p.mp4"), sample("audio_ko.mp4")];
    let subtitle = format!("{}:en", sample("subtitles_en.vtt"));
    let trees = ["1", "2"].map(|threads| {
        let work = Work::new();
        let mut all = vec![inputs[0].as_str(), inputs[1].as_str()];
        all.extend(["--subtitle", &subtitle, "--variant-layout", layout]);
        all.extend(["--threads", threads]);
        all.extend(more);
        let package = work.packed(&all);
        assert_sound(&work.out());
        assert_eq!(package.report()["marked"], true);
        assert_eq!(package.report()["variant_layout"], layout);
        let secrets = tree(&work.private());
        let names: Vec<&str> = secrets.keys().map(String::as_str).collect();
        assert_eq!(names, ["gains/video-avc1-240p.jsonl", "private.json"]);
        let lines = String::from_utf8_lossy(&secrets["gains/video-avc1-240p.jsonl"]).into_owned();
        assert_eq!(lines.lines().count(), 10);
        (tree(&work.out()), secrets)
    });
    assert!(trees[0].0.len() > 10, "only {} files", trees[0].0.len());
    assert!(trees[0] == trees[1], "trees differ");
    let name = |wanted: &str| trees[0].0.keys().any(|name| name.ends_with(wanted));
    let single = !more.is_empty();
    let (yes, no): (&[&str], &[&str]) = match (layout, single) {
        ("directory", _) => (&["0/cmaf/video/avc1/240p/seg_10.m4s"], &["/A.seg_1.m4s"]),
        ("unlabeled-a", false) => (&["240p/seg_1.m4s", "240p/b.seg_1.m4s"], &["en/b.seg_1.m4s"]),
        ("unlabeled-a", true) => (&["240p/video.mp4", "240p/b.video.mp4"], &["en/b.audio.mp4"]),
        (_, false) => (
            &["240p/A.seg_1.m4s", "240p/B.seg_1.m4s"],
            &["240p/seg_1.m4s"],
        ),
        (_, true) => (
            &["240p/A.video.mp4", "240p/B.video.mp4"],
            &["240p/video.mp4"],
        ),
    };
    assert!(yes.iter().all(|each| name(each)), "{yes:?}");
    assert!(!no.iter().any(|each| name(each)), "{no:?}");
}

/// The ladder in the layout of two sets.
fn ladder() -> (Work, Package) {
    let work = Work::new();
    let inputs = ["240p.mp4", "360p.mp4", "audio_ko.mp4"].map(sample);
    let package = work.packed(&inputs.each_ref().map(String::as_str));
    (work, package)
}

fn once() {
    let (work, package) = ladder();
    for track in package.tracks() {
        let is_video = track.kind == "video";
        assert_eq!(track.marked, is_video, "{}", track.folder);
        let twins = if is_video { track.segments.len() } else { 0 };
        assert_eq!(track.twins.len(), twins, "{}", track.folder);
        let expected: Vec<u64> = (0..twins as u64).collect();
        assert_eq!(track.positions, expected, "{}", track.folder);
        let mut differ = 0;
        for (zero, one) in track.segments.iter().zip(&track.twins) {
            let [zero, one] = [zero, one].map(|path| fs::read(path).expect("a segment"));
            assert_eq!(zero.len(), one.len(), "{}", track.folder);
            differ += usize::from(zero != one);
        }
        assert_eq!(differ, twins, "{}: every segment is marked", track.folder);
    }
    let in_one = tree(&work.out().join("1"));
    let is_own = |name: &String| {
        let manifest = name.ends_with(".mpd") || name.ends_with(".m3u8");
        manifest || (name.starts_with("cmaf/video/") && name.ends_with(".m4s"))
    };
    let foreign: Vec<&String> = in_one.keys().filter(|name| !is_own(name)).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(!in_one.keys().any(|name| name.contains("audio")));
}

fn both_play() {
    let (_work, package) = ladder();
    let entries = package.entries();
    assert_eq!(entries.len(), 4);
    for entry in &entries {
        assert_plays(entry);
    }
    let decoded: Vec<_> = entries
        .iter()
        .filter(|entry| entry.extension().is_some_and(|end| end == "mpd"))
        .map(|entry| {
            let maps = ["0:v:0", "0:a:0"].map(String::from);
            frames::decode(entry, &maps).unwrap_or_else(|error| panic!("{error}"))
        })
        .collect();
    let [zero, one] = decoded.as_slice() else {
        panic!("{} MPDs", decoded.len());
    };
    assert_eq!(zero[1], one[1], "sound is stored once");
    assert_eq!((zero[0].len(), one[0].len()), (600, 600));
    let mut differ = 0;
    for (zero, one) in zero[0].iter().zip(&one[0]) {
        assert_eq!(zero.pts, one.pts);
        differ += usize::from(zero.hash != one.hash);
    }
    assert!(differ >= 10, "only {differ} pictures differ");
}

fn plain_names_play() {
    let work = Work::new();
    let package = work.packed(&[&sample("240p.mp4"), "--variant-layout", "unlabeled-a"]);
    let entries = package.entries();
    assert_eq!(entries.len(), 2);
    entries.iter().for_each(|entry| assert_plays(entry));
}

/// Runs until `until` is there, then kills.
fn kill_at(work: &Work, more: &[&str], until: &Path) {
    let arguments = work.command(more);
    let arguments: Vec<_> = arguments.iter().map(std::ffi::OsStr::new).collect();
    let mut command = process::packager_command(&arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("a packager");
    let begun = Instant::now();
    while !until.exists() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("a process to kill");
    child.wait().expect("a process");
    assert!(until.exists() && !work.out().join("package.json").exists());
}

fn killed() {
    let inputs = ["240p.mp4", "360p.mp4"].map(sample);
    let mut more: Vec<&str> = inputs.iter().map(String::as_str).collect();
    more.extend(["--threads", "1"]);
    let whole = Work::new();
    whole.packed(&more);
    let work = Work::new();
    let third = work.out().join("1/cmaf/video/avc1/240p/seg_3.m4s");
    kill_at(&work, &more, &third);
    // Half a segment under its name, and a record that is no record.
    let cut = work.out().join("0/cmaf/video/avc1/240p/seg_1.m4s");
    let half = fs::read(&cut).expect("a segment");
    fs::write(&cut, &half[..half.len() / 2]).expect("half a segment");
    let record = work.private().join("journal/video-avc1-240p/1.json");
    fs::write(&record, "{").expect("a broken record");
    work.packed(&more);
    assert!(tree(&work.out()) == tree(&whole.out()), "packages differ");
    assert!(
        tree(&work.private()) == tree(&whole.private()),
        "records differ"
    );
}

fn killed_single() {
    let inputs = ["240p.mp4", "480p.mp4"].map(sample);
    let mut more: Vec<&str> = inputs.iter().map(String::as_str).collect();
    more.extend(["--threads", "1", "--single-file"]);
    more.extend(["--variant-layout", "unlabeled-a"]);
    let whole = Work::new();
    whole.packed(&more);
    let work = Work::new();
    // All of the small rendition is marked, and not yet the last of the large one.
    let last = work.private().join("journal/video-avc1-240p/9.json");
    kill_at(&work, &more, &last);
    let folder = "cmaf/video/avc1/240p";
    fs::create_dir_all(work.out().join(folder)).expect("a folder");
    let files = ["video.mp4", "b.video.mp4"].map(|name| {
        let path = work.out().join(folder).join(name);
        fs::copy(whole.out().join(folder).join(name), &path).expect("a whole file");
        path
    });
    let inodes = || {
        let inode = |path: &PathBuf| fs::metadata(path).expect("a file").ino();
        files.each_ref().map(inode)
    };
    let before = inodes();
    work.packed(&more);
    assert_eq!(inodes(), before, "whole files are written again");
    assert!(tree(&work.out()) == tree(&whole.out()), "packages differ");
    assert!(
        tree(&work.private()) == tree(&whole.private()),
        "records differ"
    );
}

fn private() {
    let work = Work::new();
    let private = work.path("elsewhere/secret");
    let to = private.to_string_lossy().into_owned();
    work.packed(&[&sample("240p.mp4"), "--private", &to]);
    assert!(!work.private().exists());
    let mode = |path: &Path| {
        let metadata = fs::metadata(path).expect("a file");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&private), 0o700);
    assert_eq!(mode(&private.join("gains")), 0o700);
    for name in tree(&private).keys() {
        assert_eq!(mode(&private.join(name)), 0o600, "{name}");
    }
    let key = fs::read_to_string(work.key()).expect("a key");
    for (name, bytes) in tree(&work.out()).iter().chain(&tree(&private)) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(key.trim()), "{name} holds the key");
    }
}
