//! Encrypted packages, decrypted by others: every scheme, every codec, one key and a key for each
//! label, segments and single files, marked and not, with and without a clear lead. Coded samples
//! have to be those of the package without keys, byte for byte.
//!
//! Shaka Packager decrypts every track, and so does ffmpeg. What one of them cannot decrypt stands in
//! `data/protection.tsv` with its complaint and the reason; the other one has to do it then.
//!
//! Beside it: no counter block is used twice in a package, both variants say as much of their
//! samples, and no secret is found in what a run leaves behind or says.

#![expect(clippy::panic, reason = "tests fail by panicking")]

#[path = "protection/case.rs"]
mod case;
#[path = "protection/counters.rs"]
mod counters;
#[path = "protection/decrypt.rs"]
mod decrypt;
#[path = "protection/documents.rs"]
mod documents;
#[path = "protection/film.rs"]
mod film;
#[path = "protection/parameters.rs"]
mod parameters;
#[path = "protection/runs.rs"]
mod runs;
#[path = "protection/secrets.rs"]
mod secrets;

use std::sync::Arc;

use tests::harness::{self, Need};

fn main() {
    let mut trials = Vec::new();
    for case in case::all() {
        let needs = [case.film.needs(), &[Need::Ffmpeg, Need::Shaka]].concat();
        let has_encoders = Need::Ffmpeg.is_met() && case.film.has_encoders();
        let case = Arc::new(case);
        let mut add = |name: &str, run: fn(&case::Case)| {
            let shared = case.clone();
            let name = format!("{name}::{}", case.name());
            let trial = harness::test(name, &needs, move || run(&shared));
            let ignored = trial.has_ignored_flag() || !has_encoders;
            trials.push(trial.with_ignored_flag(ignored));
        };
        add("decrypted", decrypt::check);
        add("verified", case::Case::verify);
        add("said_in_the_file", counters::protection);
        if case.uses_counters() {
            add("counters", counters::disjoint);
        }
        if case.has_ivs() {
            add("ivs", counters::ivs);
        }
        if case.is_marked() {
            add("twins", counters::twins);
        }
    }
    trials.extend(parameters::tests());
    trials.extend(runs::tests());
    trials.extend(secrets::tests());
    trials.extend(documents::tests());
    harness::run(trials);
}
