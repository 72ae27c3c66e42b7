//! AV1 and VP9: the subsamples we make are those that Shaka Packager writes, entry for entry, and
//! what we encrypt with its keys and IVs are its bytes. Over films encoded here in as many ways as
//! the encoders know, and over the real files beside the repository.
//!
//! `PACKAGER_TESTS_TILES` may name a folder of further MP4 files.

#![expect(clippy::panic, reason = "tests fail by panicking")]

#[path = "tiles/compare.rs"]
mod compare;
#[path = "tiles/films.rs"]
mod films;
#[path = "tiles/traced.rs"]
mod traced;

use std::panic;
use std::path::PathBuf;

use cenc::scheme::Scheme;
use libtest_mimic::{Arguments, Trial};
use tests::clips;
use tests::harness::{self, Need};

/// A folder of further files.
const FURTHER: &str = "PACKAGER_TESTS_TILES";

fn main() {
    let mut trials = Vec::new();
    for film in films::ALL {
        let has_encoder = clips::has_encoder(film.encoder());
        let mut tests = of_file(film.name, &[Need::Ffmpeg], move || film.path());
        for test in tests.drain(..) {
            let ignored = test.has_ignored_flag() || !has_encoder;
            trials.push(test.with_ignored_flag(ignored));
        }
    }
    for (name, path) in films::real_files() {
        trials.extend(of_file(&name, &[Need::Media], move || path.clone()));
    }
    let further = std::env::var_os(FURTHER).map(PathBuf::from);
    for (name, path) in further.into_iter().flat_map(films::in_folder) {
        trials.extend(of_file(&name, &[], move || path.clone()));
    }
    panic::set_hook(Box::new(|_| {}));
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    println!("{}\n", compare::TALLY.summary());
    conclusion.exit();
}

/// The tests of one file, which `path` may have to make first.
fn of_file(
    name: &str,
    needs: &[Need],
    path: impl Fn() -> PathBuf + Clone + Send + 'static,
) -> Vec<Trial> {
    let shaka = [needs, &[Need::Shaka]].concat();
    let mut trials = Vec::new();
    for scheme in [Scheme::Cenc, Scheme::Cbcs] {
        let path = path.clone();
        let name = format!("shaka::{scheme}::{name}");
        trials.push(harness::test(name, &shaka, move || {
            compare::shaka(&path(), scheme);
        }));
    }
    let ffmpeg = [needs, &[Need::Ffmpeg]].concat();
    trials.push(harness::test(
        format!("trace::{name}"),
        &ffmpeg,
        move || {
            traced::headers(&path());
        },
    ));
    trials
}
