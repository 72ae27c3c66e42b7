//! Twins that wait on disk.
//!
//! An index that stands before the media, as `sidx` and a `moov` in front do, depends on the size
//! of every sample. So segments are marked first and both variants of what changed are put into a
//! file without a name, in any order, until the places before them are written.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use media::Mark;

use wm::h264::Twins;

/// A file that only this process can reach.
#[derive(Debug)]
pub(crate) struct Spill {
    file: File,
    len: AtomicU64,
}

/// Where both variants of a sample wait, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spilled {
    offset: u64,
    /// Bytes of each.
    pub(crate) size: u32,
}

impl Spilled {
    /// Where a variant begins.
    pub(crate) fn offset(self, mark: Mark) -> u64 {
        match mark {
            Mark::Zero => self.offset,
            Mark::One => self.offset.saturating_add(u64::from(self.size)),
        }
    }
}

impl Spill {
    pub(crate) fn new(file: File) -> Spill {
        Spill {
            file,
            len: AtomicU64::new(0),
        }
    }

    /// Puts the twins of a segment away.
    ///
    /// # Errors
    /// What the system says, a full disk most likely.
    pub(crate) fn put(&self, twins: &[Option<Twins>]) -> io::Result<Vec<Option<Spilled>>> {
        let mut out = Vec::with_capacity(twins.len());
        for twins in twins {
            let Some(twins) = twins else {
                out.push(None);
                continue;
            };
            let size = u32::try_from(twins.zero.len()).map_err(io::Error::other)?;
            let both = u64::from(size) * 2;
            let spilled = Spilled {
                offset: self.len.fetch_add(both, Ordering::Relaxed),
                size,
            };
            for mark in Mark::BOTH {
                let bytes = super::variant(twins, mark);
                self.file.write_all_at(bytes, spilled.offset(mark))?;
            }
            out.push(Some(spilled));
        }
        Ok(out)
    }

    /// Takes the twins of a segment out again.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn get(&self, spilled: &[Option<Spilled>]) -> io::Result<Vec<Option<Twins>>> {
        let read = |spilled: &Spilled, mark| {
            let mut bytes = vec![0; spilled.size as usize];
            self.file.read_exact_at(&mut bytes, spilled.offset(mark))?;
            Ok::<_, io::Error>(bytes)
        };
        let twins = |spilled: &Option<Spilled>| {
            let Some(spilled) = spilled else {
                return Ok(None);
            };
            Ok(Some(Twins {
                zero: read(spilled, Mark::Zero)?,
                one: read(spilled, Mark::One)?,
            }))
        };
        spilled.iter().map(twins).collect()
    }

    /// The file, to be read by position.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}

/// A new file without a name in `folder`: it goes when it is closed, whatever happens.
///
/// # Errors
/// What the system says.
pub(crate) fn unnamed(folder: &Path) -> io::Result<File> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!(".packager-scratch-{}-{count}.part", std::process::id());
        let path = folder.join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        match options.open(&path) {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                let text = format!("{}: {error}", path.display());
                return Err(io::Error::new(error.kind(), text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_variants_come_back_and_no_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let spill = Spill::new(unnamed(folder.path()).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let twins = |zero: &[u8], one: &[u8]| {
            Some(Twins {
                zero: zero.into(),
                one: one.into(),
            })
        };
        let first = spill.put(&[twins(b"abc", b"abd"), None]).unwrap();
        let second = spill.put(&[twins(b"x", b"y")]).unwrap();
        assert_eq!(first[1], None);
        let read = |spilled: Option<Spilled>, mark| {
            let spilled = spilled.unwrap();
            let mut bytes = vec![0; spilled.size as usize];
            let at = spilled.offset(mark);
            spill.file().read_exact_at(&mut bytes, at).unwrap();
            bytes
        };
        assert_eq!(read(first[0], Mark::Zero), b"abc");
        assert_eq!(read(first[0], Mark::One), b"abd");
        assert_eq!(read(second[0], Mark::Zero), b"x");
        assert_eq!(read(second[0], Mark::One), b"y");
    }
}
