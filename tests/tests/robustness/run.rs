//! One run of the packager over files made for it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tests::{media, package, process};

/// A folder for inputs and the package made of them.
pub(crate) struct Work {
    folder: TempDir,
}

/// What a run said.
pub(crate) struct Said {
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// Its standard error.
    pub(crate) stderr: String,
}

impl Work {
    pub(crate) fn new() -> Work {
        Work {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path("out")
    }

    /// Writes an input and gives its path.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("an input");
        path
    }

    /// `packager pack --quiet -o out` with these arguments.
    pub(crate) fn pack(&self, arguments: &[&str]) -> Said {
        let mut all: Vec<OsString> = ["pack", "--quiet", "-o"].map(OsString::from).into();
        all.push(self.out().into());
        all.extend(arguments.iter().map(OsString::from));
        let all: Vec<_> = all.iter().map(OsString::as_os_str).collect();
        let output = process::run_packager(&all);
        Said {
            code: output.code(),
            stderr: output.stderr,
        }
    }

    /// Packs one input made of these bytes, which has to be refused: exit code 1, one error that
    /// names the file, nothing that looks finished. Gives the error without the file's name.
    pub(crate) fn refused(&self, bytes: &[u8], arguments: &[&str]) -> String {
        let input = self.write("bad.mp4", bytes);
        let name = text(&input);
        let said = self.pack(&[&[&name[..]], arguments].concat());
        let error = said.error(1);
        assert!(error.contains(&name), "does not name the file: {error}");
        self.assert_unfinished();
        error.replace(&name, "{file}")
    }

    /// Nothing in the output folder looks finished.
    pub(crate) fn assert_unfinished(&self) {
        let left = package::looks_finished(&self.out());
        assert!(left.is_empty(), "left {left:?}");
    }
}

impl Said {
    /// The one error of a run that ended with this code.
    pub(crate) fn error(&self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        let mut errors = self
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("error: "));
        let error = errors.next().expect("an error");
        assert_eq!(errors.next(), None, "more than one error");
        assert!(!error.contains("panicked"), "{error}");
        error.to_string()
    }

    /// The run went well.
    pub(crate) fn assert_done(&self) {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        assert!(!self.stderr.contains("error: "), "{}", self.stderr);
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_string()
}

/// A file of the sample ladder, as an argument.
pub(crate) fn sample(name: &str) -> String {
    text(&media::sample(name))
}

/// The bytes of a file of the sample ladder.
pub(crate) fn sample_bytes(name: &str) -> Vec<u8> {
    fs::read(media::sample(name)).expect("a file of the sample ladder")
}
