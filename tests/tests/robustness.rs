//! Bad input gets one clear error and leaves nothing that looks finished; kills, full disks and
//! second runs lose nothing.

#![expect(clippy::panic, reason = "tests fail by panicking")]

#[path = "robustness/bad_files.rs"]
mod bad_files;
#[path = "robustness/bad_jobs.rs"]
mod bad_jobs;
#[path = "robustness/interrupted.rs"]
mod interrupted;
#[path = "robustness/run.rs"]
mod run;

use tests::harness;

fn main() {
    let mut trials = Vec::new();
    trials.extend(bad_files::tests());
    trials.extend(bad_jobs::tests());
    trials.extend(interrupted::tests());
    harness::run(trials);
}
