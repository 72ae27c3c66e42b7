//! Tests made at run time, one for each file, that say so when they cannot run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::{media, process};

/// The variable that turns tests ignored for want of a tool into failures. The shared media is no
/// tool: without it the tests over it stay ignored.
pub const REQUIRE_ALL: &str = "PACKAGER_TESTS_REQUIRE_ALL";

/// What a test stands on besides the packager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The shared media beside the repository.
    Media,
    /// `ffmpeg` and `ffprobe`.
    Ffmpeg,
    /// `xmllint` and the MPD schema beside the repository.
    MpdSchema,
    /// Shaka Packager.
    Shaka,
}

impl Need {
    /// Whether it is here.
    pub fn is_met(self) -> bool {
        match self {
            Need::Media => media::real_folder().is_dir(),
            Need::Ffmpeg => process::find("ffmpeg").is_some() && process::find("ffprobe").is_some(),
            Need::MpdSchema => media::mpd_schema().is_file() && process::find("xmllint").is_some(),
            Need::Shaka => media::shaka().is_some(),
        }
    }

    /// Whether [`REQUIRE_ALL`] speaks of it: what can be installed on any machine.
    fn can_be_installed(self) -> bool {
        match self {
            Need::Media => false,
            Need::Ffmpeg | Need::Shaka => true,
            // The schema lies beside the repository; only the program can be installed.
            Need::MpdSchema => media::mpd_schema().is_file(),
        }
    }
}

/// A test called `name` that runs where all `needs` are met, and is reported as ignored elsewhere.
///
/// `run` fails by panicking, as assertions do.
pub fn test(name: impl Into<String>, needs: &[Need], run: impl FnOnce() + Send + 'static) -> Trial {
    let missing: Vec<Need> = needs
        .iter()
        .copied()
        .filter(|need| !need.is_met())
        .collect();
    let required = std::env::var_os(REQUIRE_ALL).is_some_and(|value| value == "1");
    if required && missing.iter().any(|need| need.can_be_installed()) {
        let text = format!("{REQUIRE_ALL} is set, and these are missing: {missing:?}");
        return Trial::test(name, move || Err(Failed::from(text)));
    }
    let ignored = !missing.is_empty();
    Trial::test(name, move || {
        catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| text.to_string()));
            Failed::from(text.unwrap_or_else(|| "panicked".into()))
        })
    })
    .with_ignored_flag(ignored)
}

/// Runs the tests as the command line asks and ends the process.
pub fn run(tests: Vec<Trial>) -> ! {
    // Panics are reported as failures, once.
    std::panic::set_hook(Box::new(|_| {}));
    libtest_mimic::run(&Arguments::from_args(), tests).exit()
}
