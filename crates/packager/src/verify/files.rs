//! The files of the package under verification.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::location::Location;

/// Largest manifest or report read, in bytes.
const MAX_TEXT_BYTES: u64 = 256 << 20;

/// Deepest folder looked into.
const MAX_DEPTH: usize = 16;

/// The folders that are delivered to viewers.
const DELIVERED: [&str; 5] = ["cmaf", "dash", "hls", "0", "1"];

/// What marks the folder of an unfinished run.
pub(super) const JOURNAL: &str = ".packager-run";

/// What may lie beside the delivered folders and is the packager's.
const BESIDE: [&str; 2] = [super::report::PATH, JOURNAL];

/// Every file in the folders that are delivered, and what the packager keeps beside them, by path
/// relative to the package. Whatever else lies beside them is nobody's business.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    sizes: BTreeMap<String, u64>,
    /// Files that are read where there is none of a name.
    stand_ins: BTreeMap<String, String>,
}

impl Files {
    /// Lists the files of the package in `root`.
    pub(super) fn list(root: &Path) -> io::Result<Files> {
        let mut files = Files {
            root: root.into(),
            sizes: BTreeMap::new(),
            stand_ins: BTreeMap::new(),
        };
        for entry in fs::read_dir(root)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if DELIVERED.contains(&name.as_str()) || BESIDE.contains(&name.as_str()) {
                files.add(&entry.path(), name, 0)?;
            }
        }
        Ok(files)
    }

    fn walk(&mut self, folder: &Path, prefix: &str, depth: usize) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            self.add(&entry.path(), path, depth)?;
        }
        Ok(())
    }

    /// Adds the file called `path` within the package, or what is in that folder.
    fn add(&mut self, at: &Path, path: String, depth: usize) -> io::Result<()> {
        // Symbolic links are files of whatever they lead to, or of nothing; loops end at the depth
        // limit.
        let metadata = fs::metadata(at).or_else(|_| fs::symlink_metadata(at))?;
        if !metadata.is_dir() {
            self.sizes.insert(path, metadata.len());
        } else if depth < MAX_DEPTH {
            self.walk(at, &format!("{path}/"), depth + 1)?;
        }
        Ok(())
    }

    /// Every path, sorted, with its size.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, u64)> {
        self.sizes.iter().map(|(path, size)| (path.as_str(), *size))
    }

    /// Reads the file at `other` where `path` is asked for and there is no file of that name: what
    /// an edge does with the names of a marked package.
    pub(super) fn stand_in(&mut self, path: String, other: &str) {
        if !self.sizes.contains_key(&path) {
            self.stand_ins.insert(path, other.into());
        }
    }

    /// The file that is read for `path`.
    pub(super) fn real<'p>(&'p self, path: &'p str) -> &'p str {
        self.stand_ins.get(path).map_or(path, String::as_str)
    }

    /// Size of the file at `path`; `None` where there is none.
    pub(super) fn size(&self, path: &str) -> Option<u64> {
        self.sizes.get(self.real(path)).copied()
    }

    /// Opens a file that was listed.
    pub(super) fn open(&self, path: &str) -> io::Result<File> {
        let path = self.real(path);
        if !self.sizes.contains_key(path) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "missing"));
        }
        File::open(self.root.join(path))
    }

    /// The text of the file at `path`.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, as a finding's value.
    pub(super) fn text(&self, path: &str) -> Result<String, String> {
        let file = self.open(path).map_err(|error| unreadable(&error))?;
        if self.size(path).is_none_or(|size| size > MAX_TEXT_BYTES) {
            return Err(format!("larger than {MAX_TEXT_BYTES} bytes"));
        }
        let mut text = String::new();
        let read = file.take(MAX_TEXT_BYTES).read_to_string(&mut text);
        read.map_err(|error| unreadable(&error))?;
        Ok(text)
    }

    /// The bytes at `location`, at most `most` of them.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, as a finding's value.
    pub(super) fn bytes(&self, location: &Location, most: u64) -> Result<Vec<u8>, String> {
        let size = self.size(&location.path).ok_or("missing")?;
        let range = location
            .bytes(size)
            .ok_or_else(|| format!("{size} bytes long"))?;
        let length = range.end - range.start;
        if length > most {
            return Err(format!("{length} bytes long, more than {most}"));
        }
        let file = self
            .open(&location.path)
            .map_err(|error| error.to_string())?;
        let mut bytes = vec![0; usize::try_from(length).map_err(|error| error.to_string())?];
        file.read_exact_at(&mut bytes, range.start)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}

/// Why a file could not be read, as a finding's value.
fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "missing".into(),
        io::ErrorKind::InvalidData => "no UTF-8 text".into(),
        _ => format!("unreadable: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_and_read_by_relative_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("cmaf/b")).unwrap();
        fs::write(folder.path().join("cmaf/b/c"), b"hello").unwrap();
        let files = Files::list(folder.path()).unwrap();
        assert_eq!(files.all().collect::<Vec<_>>(), [("cmaf/b/c", 5)]);
        let part = Location {
            path: "cmaf/b/c".into(),
            range: Some((1, 3)),
        };
        assert_eq!(files.bytes(&part, 9).as_deref(), Ok(&b"el"[..]));
        assert!(files.bytes(&Location::whole("cmaf/b/c".into()), 4).is_err());
        assert!(files.text("cmaf/../cmaf/b/c").is_err());
    }

    #[test]
    fn what_lies_beside_the_delivered_folders_is_not_the_package_s() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["cmaf", "dash", "private"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("a.mpd"), b"a").unwrap();
        }
        for name in ["input.mp4", "package.json", ".packager-run", "cmaf.mp4"] {
            fs::write(folder.path().join(name), b"a").unwrap();
        }
        // Leads nowhere.
        std::os::unix::fs::symlink("gone", folder.path().join("cmaf/link")).unwrap();
        let files = Files::list(folder.path()).unwrap();
        let names: Vec<&str> = files.all().map(|(path, _)| path).collect();
        let expected = [
            ".packager-run",
            "cmaf/a.mpd",
            "cmaf/link",
            "dash/a.mpd",
            "package.json",
        ];
        assert_eq!(names, expected);
    }
}
