//! A folder with a key, and runs in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tests::package::Package;
use tests::{arguments, media, process};

/// A folder with a key in it; both go with it.
pub(crate) struct Work {
    folder: tempfile::TempDir,
}

impl Work {
    pub(crate) fn new() -> Work {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let work = Work { folder };
        // Not a new one, so that runs can be compared.
        std::fs::write(work.key(), "0123456789abcdef".repeat(4)).expect("a key");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(work.key(), mode).expect("a mode");
        work
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.path("key")
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path("out")
    }

    pub(crate) fn private(&self) -> PathBuf {
        self.path("out.private")
    }

    /// `pack --watermark` into [`Work::out`] with these further arguments.
    pub(crate) fn command(&self, more: &[&str]) -> Vec<String> {
        let key = self.key().to_string_lossy().into_owned();
        let out = self.out().to_string_lossy().into_owned();
        let all = ["pack", "--quiet", "-o", &out, "--watermark"];
        let named = ["--watermark-key", &key, "--content-id", "film-1"];
        let all = all.iter().chain(&named).chain(more);
        all.map(|text| text.to_string()).collect()
    }

    /// Runs [`Work::command`].
    pub(crate) fn pack(&self, more: &[&str]) -> process::Output {
        run(&self.command(more))
    }

    /// The same, which has to work.
    pub(crate) fn packed(&self, more: &[&str]) -> Package {
        let output = self.pack(more);
        assert_eq!(output.code(), Some(0), "{}", output.stderr);
        Package::read(&self.out())
    }
}

/// Runs the packager.
pub(crate) fn run(arguments: &[String]) -> process::Output {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    process::run_packager(&arguments)
}

/// A file of the ladder.
pub(crate) fn sample(name: &str) -> String {
    media::sample(name).to_string_lossy().into_owned()
}

/// What `verify` finds.
pub(crate) fn findings(package: &Path) -> Vec<Value> {
    let output = process::run_packager(arguments!["verify", "--json", package]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let list = found["findings"].as_array().cloned().expect("findings");
    let code = if list.is_empty() { 0 } else { 1 };
    assert_eq!(output.code(), Some(code), "{}", output.stderr);
    list
}

/// Nothing is wrong with a package.
pub(crate) fn assert_sound(package: &Path) {
    let found = findings(package);
    assert!(found.is_empty(), "{found:#?}");
}

/// Decodes everything that ffmpeg finds and lets it complain about nothing.
pub(crate) fn assert_plays(path: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "warning", "-xerror", "-err_detect", "explode"]);
    if path.extension().is_some_and(|end| end == "m3u8") {
        command.args(["-allowed_extensions", "ALL"]);
    }
    command.arg("-i").arg(path).args(["-f", "null", "-"]);
    let output = process::run(&mut command, Duration::from_secs(120));
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{command:?}: {}\n{}",
        output.status,
        output.stderr
    );
}
