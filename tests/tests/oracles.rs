//! What others make of our packages: box parsers, the MPD's schema and parser, a playlist parser,
//! ffmpeg and Shaka Packager, over the sample ladder with every layout and over a film of each
//! codec.

#![expect(clippy::panic, reason = "tests fail by panicking")]

#[path = "oracles/cases.rs"]
mod cases;
#[path = "oracles/checks.rs"]
mod checks;
#[path = "oracles/manifests.rs"]
mod manifests;

use std::sync::Arc;

use tests::harness::{self, Need};

fn main() {
    let mut trials = Vec::new();
    for case in cases::all() {
        let case = Arc::new(case);
        let made = case.needs.clone();
        let has_encoders = case.has_encoders();
        let mut add = |name: &str, needs: &[Need], run: fn(&cases::Case)| {
            let needs = [&made[..], needs].concat();
            let shared = case.clone();
            let trial = harness::test(format!("{name}::{}", case.name), &needs, move || {
                run(&shared)
            });
            let ignored = trial.has_ignored_flag() || !has_encoders;
            trials.push(trial.with_ignored_flag(ignored));
        };
        add("verify", &[], checks::verify);
        add("shiguredo_mp4", &[], checks::shiguredo);
        add("mp4box", &[], checks::mp4box);
        add("ffmpeg", &[Need::Ffmpeg], checks::ffmpeg);
        add("shaka", &[Need::Ffmpeg, Need::Shaka], checks::shaka);
        if case.has_dash() {
            add("mpd_schema", &[Need::MpdSchema], manifests::schema);
            add("mpd", &[], manifests::mpd);
        }
        if case.has_hls() {
            add("playlists", &[], manifests::playlists);
        }
    }
    let again = || checks::package_again(&cases::plain_ladder());
    trials.push(harness::test("own_segments_are_good_input", &[], again));
    harness::run(trials);
}
