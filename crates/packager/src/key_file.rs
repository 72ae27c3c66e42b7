//! Files that hold a watermark master key.
//!
//! The key is as good as the mark itself: who has it can find the mark and wash it off. So a new
//! file is readable by its owner alone and never replaces another, and no message ever repeats
//! what a file holds.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use wm::MasterKey;

/// Most bytes read of a key file; a key is 65 bytes.
const MAX_BYTES: u64 = 4096;

/// Bits of a file's mode that let others than the owner read or write it.
const OTHERS: u32 = 0o077;

/// Why a key file could not be read or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file exists, and a key is never replaced.
    #[error("{}: exists; a key is never overwritten, choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be opened, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds no key.
    #[error("{}: holds no watermark key, expected 64 hexadecimal digits", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gives no random numbers.
    #[error("random numbers of the operating system: {0}")]
    Random(String),
}

impl KeyFileError {
    /// Whether the user asked for something that cannot be, as opposed to something that failed.
    pub fn is_usage(&self) -> bool {
        match self {
            KeyFileError::Exists { .. } | KeyFileError::NoKey { .. } => true,
            KeyFileError::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
            KeyFileError::Random(_) => false,
        }
    }
}

/// A key that was read.
#[derive(Debug)]
pub struct KeyFile {
    /// The key.
    pub key: MasterKey,
    /// What is wrong with the file without making the key useless.
    pub warning: Option<String>,
}

/// Writes a new key of 256 bits from the operating system to a new file that its owner alone can
/// read.
///
/// # Errors
/// A file that is there already, or cannot be written.
pub fn create(path: &Path) -> Result<(), KeyFileError> {
    let mut bytes = Zeroizing::new([0u8; MasterKey::BYTES]);
    getrandom::fill(bytes.as_mut()).map_err(|error| KeyFileError::Random(error.to_string()))?;
    let text = MasterKey::from_bytes(*bytes).to_text();
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists { path: path.into() },
        _ => KeyFileError::Io {
            path: path.into(),
            source,
        },
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).map_err(failed)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Half a key is no key, and a file in the way would keep the next attempt from working.
        let _ = fs::remove_file(path);
        failed(error)
    })
}

/// Reads a key file.
///
/// # Errors
/// A file that cannot be read or holds no key.
pub fn read(path: &Path) -> Result<KeyFile, KeyFileError> {
    let failed = |source| KeyFileError::Io {
        path: path.into(),
        source,
    };
    let no_key = || KeyFileError::NoKey { path: path.into() };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    // One byte more than a file may have tells that it has too many; never grown, so that no copy
    // of the key stays behind in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize + 64));
    (&file)
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(no_key());
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| no_key())?;
    let key = MasterKey::parse(text).map_err(|_| no_key())?;
    let mode = metadata.mode() & 0o777;
    let shared = metadata.is_file() && mode & OTHERS != 0;
    let warning = shared.then(|| {
        format!(
            "{}: is open to others than its owner (mode {mode:04o}); who has the key can remove \
             the mark: chmod 600",
            path.display()
        )
    });
    Ok(KeyFile { key, warning })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_new_key_is_its_owner_s_alone_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.len(), 65);
        let read = read(&path).unwrap();
        assert_eq!(*read.key.to_text(), text);
        assert_eq!(read.warning, None);
        let error = create(&path).unwrap_err();
        assert!(error.is_usage() && error.to_string().ends_with("choose another name"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        let other = folder.path().join("other");
        create(&other).unwrap();
        assert_ne!(fs::read_to_string(&other).unwrap(), text);
    }

    #[test]
    fn a_key_that_others_can_read_is_warned_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "5a".repeat(32)).unwrap();
        for (mode, warned) in [(0o640, true), (0o604, true), (0o400, false), (0o600, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let warning = read(&path).unwrap().warning;
            assert_eq!(warning.is_some(), warned, "{mode:o}");
            assert!(!warning.unwrap_or_default().contains("5a5a"));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_repeating_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let almost = "c0ffee".repeat(11);
        for text in ["", "xyz", &almost, &"5a".repeat(5000), &"g0".repeat(32)] {
            fs::write(&path, text).unwrap();
            let error = read(&path).unwrap_err();
            let message = error.to_string();
            assert!(error.is_usage() && message.contains("holds no watermark key"));
            assert!(!message.contains("c0ffee") && !format!("{error:?}").contains("c0ffee"));
        }
        assert!(read(&folder.path().join("none")).unwrap_err().is_usage());
    }
}
