//! Several runs under one key.

use std::path::PathBuf;

use libtest_mimic::Trial;
use tempfile::TempDir;
use tests::fragments;
use tests::harness;
use tests::media;
use tests::package::{Package, tree};

use crate::case::secret_file;
use crate::counters::{Overlap, Used, assert_disjoint};
use crate::film;

const KEY: &str = "all=f0e1d2c3b4a5968778695a4b3c2d1e00:4b1d6e2f0a9c8b7d5e3f1a2b3c4d5e00";
const SEED: &str = "00112233";

pub(crate) fn tests() -> Vec<Trial> {
    let mut trials = Vec::new();
    let name = "no_counter_is_used_by_two_runs_but_for_the_same";
    trials.push(harness::test(name, &[], counters));
    for scheme in ["cenc", "cens", "cbc1", "cbcs"] {
        let name = format!("a_seed_makes_the_same_bytes_on_any_number_of_threads::{scheme}");
        trials.push(harness::test(name, &[], move || threads(scheme)));
    }
    trials
}

struct Runs {
    folder: TempDir,
    key: String,
}

impl Runs {
    fn new() -> Runs {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = secret_file(&folder, "keys", KEY);
        Runs { folder, key }
    }

    fn pack(&self, name: &str, scheme: &str, input: &str, options: &[&str]) -> PathBuf {
        let out = self.folder.path().join(name);
        let given = ["--scheme", scheme, "--key-file", &self.key, "--drm", "none"];
        let options = given.iter().chain(options).map(|word| word.to_string());
        let options: Vec<_> = options.collect();
        film::pack(&[media::sample(input)], &options, &out);
        out
    }
}

/// Runs over one film with and without a seed, over parts of it, and over another one. With one
/// seed the same samples have the same counters; where anything else is encrypted, others.
fn counters() {
    let runs = Runs::new();
    let mut used = Vec::new();
    let seed = &["--iv-seed", SEED][..];
    for (name, scheme, input, options) in [
        ("random", "cenc", "240p.mp4", &[][..]),
        ("random again", "cenc", "240p.mp4", &[]),
        ("random of 8", "cenc", "240p.mp4", &["--iv-size", "8"]),
        ("random cens", "cens", "240p.mp4", &[]),
        ("seed", "cenc", "240p.mp4", seed),
        ("other seed", "cenc", "240p.mp4", &["--iv-seed", "00112234"]),
        ("other film", "cenc", "360p.mp4", seed),
        ("both films", "cenc", "480p.mp4", seed),
        (
            "a lead",
            "cenc",
            "240p.mp4",
            &["--iv-seed", SEED, "--clear-lead", "1"],
        ),
        (
            "a file",
            "cenc",
            "240p.mp4",
            &["--iv-seed", SEED, "--single-file"],
        ),
        (
            "longer segments",
            "cenc",
            "240p.mp4",
            &["--iv-seed", SEED, "--segment-duration", "4"],
        ),
        (
            "seed of 8",
            "cenc",
            "240p.mp4",
            &["--iv-seed", SEED, "--iv-size", "8"],
        ),
        ("seed with cens", "cens", "240p.mp4", seed),
    ] {
        let package = Package::read(&runs.pack(name, scheme, input, options));
        for track in package.tracks() {
            let read = fragments::read(&track.bytes()).expect("the track can be read");
            used.extend(Used::of(&read, &format!("{name}: {}", track.folder)));
        }
    }
    assert_disjoint(used, Overlap::OfTheSame);
}

fn threads(scheme: &'static str) {
    let runs = Runs::new();
    let one = tree(&runs.pack(
        "one",
        scheme,
        "240p.mp4",
        &["--iv-seed", SEED, "--threads", "1"],
    ));
    let many = tree(&runs.pack(
        "many",
        scheme,
        "240p.mp4",
        &["--iv-seed", SEED, "--threads", "7"],
    ));
    let other = tree(&runs.pack("other", scheme, "240p.mp4", &["--iv-seed", "ff"]));
    assert!(one == many, "the trees differ");
    assert!(one != other, "the seed changes nothing");
}
