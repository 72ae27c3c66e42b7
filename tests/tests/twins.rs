//! Both variants of a marked title: where they lie, that they play, that they agree, and that
//! whatever is done to them is found.

#![expect(clippy::panic, reason = "tests fail by panicking")]

#[path = "twins/asked.rs"]
mod asked;
#[path = "twins/broken.rs"]
mod broken;
#[path = "twins/files.rs"]
mod files;
#[path = "twins/layouts.rs"]
mod layouts;
#[path = "twins/work.rs"]
mod work;

use tests::harness;

fn main() {
    let mut trials = Vec::new();
    trials.extend(layouts::tests());
    trials.extend(broken::tests());
    trials.extend(files::tests());
    trials.extend(asked::tests());
    harness::run(trials);
}
