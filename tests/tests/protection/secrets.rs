//! Secrets are nowhere: not in what is delivered, not in what a run says, well or badly ended.

use std::ffi::OsString;
use std::path::PathBuf;

use libtest_mimic::Trial;
use tempfile::TempDir;
use tests::harness;
use tests::needles::Needles;
use tests::{media, package, process};

use crate::case::{WATERMARK_KEY, secret_file};

pub(crate) const KID: &str = "90a1b2c3d4e5f60718293a4b5c6d7e8f";
pub(crate) const KEY: &str = "3f8e1c7a95d2b6404fe3a8719c5d02b6";
pub(crate) const OTHER_KID: &str = "a0a1b2c3d4e5f60718293a4b5c6d7e8f";
pub(crate) const OTHER_KEY: &str = "b7c4f02e8d1596a3e0c8b5a47f1d6932";
const SEED: &str = "d3b07384d113edec49eaa6238ad5ff00";

pub(crate) fn tests() -> Vec<Trial> {
    let mut trials = Vec::new();
    for scheme in ["cenc", "cens", "cbc1", "cbcs", "both"] {
        trials.push(harness::test(
            format!("no_secret_is_left_by::{scheme}"),
            &[],
            move || {
                good(scheme);
            },
        ));
    }
    for (name, lines, options) in BAD {
        trials.push(harness::test(
            format!("no_secret_is_told_of::{name}"),
            &[],
            move || {
                bad(lines, options);
            },
        ));
    }
    for (name, arguments) in SLIPS {
        let name = format!("no_secret_is_told_where_it_does_not_belong::{name}");
        trials.push(harness::test(name, &[], move || slip(arguments)));
    }
    trials
}

/// Arguments with a secret in a wrong place, behind `pack INPUT -o OUT`.
const SLIPS: &[(&str, &[&str])] = &[
    (
        "a_key_for_a_key_file",
        &["--drm", "none", "--key-file", "all=KID:KEY"],
    ),
    (
        "a_key_for_an_input",
        &[
            "--drm",
            "none",
            "all=KID:KEY",
            "--key",
            "all=OTHER_KID:OTHER_KEY",
        ],
    ),
    (
        "a_key_for_a_scheme",
        &["--drm", "none", "--scheme", "all=KID:KEY"],
    ),
    (
        "a_watermark_key_for_its_file",
        &[
            "--watermark",
            "--content-id",
            "x",
            "--watermark-key",
            "MARK",
        ],
    ),
    ("a_key_for_a_job", &["--job", "all=KID:KEY"]),
    ("a_bare_key", &["--drm", "none", "--key", "KEY"]),
    (
        "an_option_mistyped",
        &["--drm", "none", "--kye", "all=KID:KEY"],
    ),
    (
        "an_option_mistyped_with_its_value",
        &["--drm", "none", "--kye=all=KID:KEY"],
    ),
    (
        "an_odd_seed",
        &[
            "--drm",
            "none",
            "--key",
            "all=KID:KEY",
            "--iv-seed",
            "SEED0",
        ],
    ),
    (
        "a_seed_with_a_wrong_digit",
        &[
            "--drm",
            "none",
            "--key",
            "all=KID:KEY",
            "--iv-seed",
            "SEEDxx",
        ],
    ),
];

fn slip(arguments: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let mut given: Vec<OsString> = vec!["pack".into(), media::sample("240p.mp4").into()];
    given.extend(["-o".into(), out.clone().into()]);
    given.extend(arguments.iter().map(|text| {
        let text = text
            .replace("OTHER_KID", OTHER_KID)
            .replace("OTHER_KEY", OTHER_KEY);
        let text = text.replace("KID", KID).replace("KEY", KEY);
        let text = text.replace("SEED", SEED).replace("MARK", WATERMARK_KEY);
        text.into()
    }));
    let output = run(&given);
    assert_ne!(output.code(), Some(0), "is taken");
    let found = found(&output, out, false);
    assert!(found.is_empty(), "{found:?}\n{}", output.stderr);
}

/// Runs that fail: their name, the lines of their key file, and options.
const BAD: &[(&str, &[&str], &[&str])] = &[
    (
        "a_label_without_a_track",
        &["all=KID:KEY", "uhd2=OTHER_KID:OTHER_KEY"],
        &[],
    ),
    (
        "a_kid_with_two_keys",
        &["sd=KID:KEY", "audio=KID:OTHER_KEY"],
        &["--multi-key"],
    ),
    (
        "a_label_with_two_keys",
        &["all=KID:KEY", "all=OTHER_KID:OTHER_KEY"],
        &[],
    ),
    ("a_key_that_is_short", &["all=KID:SHORT"], &[]),
    ("a_key_that_is_long", &["all=KID:KEY00"], &[]),
    ("a_key_with_a_wrong_digit", &["all=KID:KEYx"], &[]),
    ("a_key_in_the_place_of_the_kid", &["all=KEY:"], &[]),
    ("a_key_without_a_label", &["KID:KEY"], &[]),
    ("an_unknown_label", &["KEY=KID:KEY"], &[]),
    ("a_wrong_iv", &["all=KID:KEY:SHORT"], &[]),
    ("a_missing_label", &["sd=KID:KEY"], &["--multi-key"]),
    (
        "fairplay_with_cenc",
        &["all=KID:KEY"],
        &["--scheme", "cenc", "--drm", "fairplay"],
    ),
    (
        "one_kid_for_both_schemes",
        &["cenc/all=KID:KEY", "cbcs/all=KID:OTHER_KEY"],
        &["--scheme", "both"],
    ),
    (
        "one_key_for_both_schemes",
        &["cenc/all=KID:KEY", "cbcs/all=OTHER_KID:KEY"],
        &["--scheme", "both"],
    ),
    ("no_input", &["all=KID:KEY"], &["missing.mp4"]),
];

fn needles() -> Vec<Needles> {
    let mut all: Vec<_> = [
        ("key", KEY),
        ("other key", OTHER_KEY),
        ("watermark key", WATERMARK_KEY),
        ("seed", SEED),
    ]
    .into_iter()
    .map(|(name, text)| Needles::of(name, &bytes(text)))
    .collect();
    // Half of a key is too much as well, however it was mistyped.
    for (name, text) in [("key", KEY), ("other key", OTHER_KEY)] {
        all.push(Needles::of_text(format!("half of {name}"), &text[..16]));
        let base64 = cenc::base64(&bytes(text));
        all.push(Needles::of_text(format!("half of {name}"), &base64[..12]));
    }
    all
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn arguments(folder: &TempDir, lines: &str, options: &[&str]) -> Vec<OsString> {
    let keys = secret_file(folder, "keys", lines);
    let mut all: Vec<OsString> = vec!["pack".into(), media::sample("240p.mp4").into()];
    all.extend(["--key-file".into(), keys.into()]);
    all.extend(["-o".into(), folder.path().join("out").into()]);
    all.extend(options.iter().map(Into::into));
    all
}

pub(crate) fn run(arguments: &[OsString]) -> process::Output {
    let arguments: Vec<_> = arguments.iter().map(OsString::as_os_str).collect();
    process::run_packager(&arguments)
}

fn good(scheme: &str) {
    let lines = match scheme {
        "both" => format!("cenc/all={KID}:{KEY}\ncbcs/all={OTHER_KID}:{OTHER_KEY}"),
        _ => format!("all={KID}:{KEY}"),
    };
    for words in [&["--json"][..], &[], &["-q"]] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let watermark = secret_file(&folder, "watermark", WATERMARK_KEY);
        let mut options = vec!["--scheme", scheme, "--iv-seed", SEED];
        options.extend([
            "--watermark",
            "--watermark-key",
            &watermark,
            "--content-id",
            "film",
        ]);
        let systems = match scheme {
            "cbcs" => "widevine,playready,fairplay,common,clearkey",
            "both" => "widevine,playready,fairplay",
            "cenc" => "widevine,playready,clearkey",
            _ => "none",
        };
        options.extend(["--drm", systems]);
        options.extend(words);
        let output = run(&arguments(&folder, &lines, &options));
        assert_eq!(output.code(), Some(0), "{}", output.stderr);
        let found = found(&output, folder.path().join("out"), true);
        assert!(found.is_empty(), "{words:?}: {found:?}");
        if words.is_empty() {
            verified(&folder, &lines);
        }
    }
}

/// Verification with the right keys, with wrong ones, and with what is no key.
fn verified(folder: &TempDir, lines: &str) {
    let out = folder.path().join("out");
    let wrong = lines.replace(KEY, "OTHER").replace(OTHER_KEY, KEY);
    let wrong = wrong.replace("OTHER", OTHER_KEY);
    let broken = lines.replace(KEY, &KEY[1..]);
    for (lines, is_good) in [(lines, true), (&wrong, false), (&broken, false)] {
        for words in [&["--json"][..], &[]] {
            let keys = secret_file(folder, "keys", lines);
            let mut given: Vec<OsString> = vec!["verify".into(), out.clone().into()];
            given.extend(["--key-file".into(), keys.into()]);
            given.extend(words.iter().map(Into::into));
            let output = run(&given);
            assert_eq!(
                output.code() == Some(0),
                is_good,
                "{}{}",
                output.text(),
                output.stderr
            );
            let found = self::found(&output, out.clone(), true);
            assert!(
                found.is_empty(),
                "verify {words:?}: {found:?}\n{}",
                output.stderr
            );
        }
    }
}

fn bad(lines: &[&str], options: &[&str]) {
    let text = lines.join("\n");
    // Longer names first: they hold the shorter ones.
    let text = text
        .replace("OTHER_KID", OTHER_KID)
        .replace("OTHER_KEY", OTHER_KEY);
    let text = text.replace("SHORT", &KEY[..31]).replace("KID", KID);
    let text = text
        .replace("KEYx", &format!("{}x", &KEY[..31]))
        .replace("KEY", KEY);
    let has_drm = options.contains(&"--drm");
    for words in [&["--json"][..], &[]] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = options.to_vec();
        options.extend(words);
        if !has_drm {
            options.extend(["--drm", "none"]);
        }
        let output = run(&arguments(&folder, &text, &options));
        assert_ne!(output.code(), Some(0), "is taken: {text}");
        assert!(!output.stderr.is_empty(), "nothing is said");
        let found = found(&output, folder.path().join("out"), false);
        assert!(found.is_empty(), "{words:?}: {found:?}\n{}", output.stderr);
        // The same as an argument.
        let mut given = arguments(&folder, "", &options);
        let place = given
            .iter()
            .position(|each| each == "--key-file")
            .expect("is there");
        given.drain(place..place + 2);
        for line in text.lines() {
            given.extend(["--key".into(), line.into()]);
        }
        let output = run(&given);
        assert_ne!(output.code(), Some(0), "is taken: {text}");
        let found = self::found(&output, folder.path().join("out"), false);
        assert!(
            found.is_empty(),
            "--key, {words:?}: {found:?}\n{}",
            output.stderr
        );
    }
}

/// Every place where a secret is found.
pub(crate) fn found(output: &process::Output, out: PathBuf, is_done: bool) -> Vec<String> {
    let mut places = vec![
        ("standard output".to_string(), output.stdout.clone()),
        (
            "standard error".to_string(),
            output.stderr.clone().into_bytes(),
        ),
    ];
    let tree = package::tree(&out);
    assert_eq!(tree.contains_key("package.json"), is_done);
    places.extend(tree);
    // By-products beside the package are secret themselves, but hold no keys.
    places.extend(package::tree(&out.with_extension("private")));
    let needles = needles();
    let search = |(place, bytes): &(String, Vec<u8>)| {
        let found = needles
            .iter()
            .filter_map(|needle| needle.find(place, bytes));
        found.collect::<Vec<_>>()
    };
    places.iter().flat_map(search).collect()
}
