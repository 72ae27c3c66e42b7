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

/// Every file below the package's folder, by path relative to it.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    sizes: BTreeMap<String, u64>,
}

impl Files {
    /// Lists the files below `root`.
    pub(super) fn list(root: &Path) -> io::Result<Files> {
        let mut files = Files {
            root: root.into(),
            sizes: BTreeMap::new(),
        };
        files.walk(root, "", 0)?;
        Ok(files)
    }

    fn walk(&mut self, folder: &Path, prefix: &str, depth: usize) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // Symbolic links are files of whatever they lead to; loops end at the depth limit.
            let metadata = fs::metadata(entry.path())?;
            if !metadata.is_dir() {
                self.sizes.insert(path, metadata.len());
            } else if depth < MAX_DEPTH {
                self.walk(&entry.path(), &format!("{path}/"), depth + 1)?;
            }
        }
        Ok(())
    }

    /// Every path, sorted, with its size.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, u64)> {
        self.sizes.iter().map(|(path, size)| (path.as_str(), *size))
    }

    /// Size of the file at `path`; `None` where there is none.
    pub(super) fn size(&self, path: &str) -> Option<u64> {
        self.sizes.get(path).copied()
    }

    /// Opens a file that was listed.
    pub(super) fn open(&self, path: &str) -> io::Result<File> {
        if !self.sizes.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        File::open(self.root.join(path))
    }

    /// The text of the file at `path`.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, as a finding's value.
    pub(super) fn text(&self, path: &str) -> Result<String, String> {
        let file = self.open(path).map_err(|error| error.to_string())?;
        if self.size(path).is_none_or(|size| size > MAX_TEXT_BYTES) {
            return Err(format!("larger than {MAX_TEXT_BYTES} bytes"));
        }
        let mut text = String::new();
        let read = file.take(MAX_TEXT_BYTES).read_to_string(&mut text);
        read.map_err(|error| error.to_string())?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_and_read_by_relative_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c"), b"hello").unwrap();
        let files = Files::list(folder.path()).unwrap();
        assert_eq!(files.all().collect::<Vec<_>>(), [("a/b/c", 5)]);
        let part = Location {
            path: "a/b/c".into(),
            range: Some((1, 3)),
        };
        assert_eq!(files.bytes(&part, 9).as_deref(), Ok(&b"el"[..]));
        assert!(files.bytes(&Location::whole("a/b/c".into()), 4).is_err());
        assert!(files.text("a/../a/b/c").is_err());
    }
}
