//! A directory on a file system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Object, SALT_BYTES, Sink, new_salt};
use crate::hex;

/// The file that marks a directory as an unfinished run. It holds the job's fingerprint and the
/// run's salt, is locked while a process writes, and goes when the package is whole.
const JOURNAL: &str = ".packager-run";

/// What a temporary name ends in; it also begins with a dot, so no server lists it.
const PART: &str = ".part";

/// What of a package lies in its directory.
const PACKAGE_ENTRIES: &[&str] = &["cmaf", "dash", "hls", "0", "1", REPORT];

/// What lies in the private directory of a marked package.
const PRIVATE_ENTRIES: &[&str] = &["gains", RECORDS, PRIVATE_LIST];

/// What a finished package holds.
const REPORT: &str = "package.json";

/// What a finished private directory holds.
const PRIVATE_LIST: &str = "private.json";

/// Records of single segments, which an unfinished run goes on with.
const RECORDS: &str = "journal";

/// For whom a directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// Whoever the folder's owner lets in.
    Delivered,
    /// The owner alone.
    Private,
}

/// What to do about what lies in the output directory already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Go on with an unfinished run of the same job, refuse everything else.
    Resume,
    /// Remove an old package or unfinished run first. Where there is neither, nothing is removed:
    /// files that no packager wrote stay.
    Replace,
}

/// Writes objects as files under one directory.
#[derive(Debug)]
pub struct DirectorySink {
    root: PathBuf,
    journal: File,
    resumed: bool,
    audience: Audience,
    salt: [u8; SALT_BYTES],
}

impl Audience {
    fn entries(self) -> &'static [&'static str] {
        match self {
            Audience::Delivered => PACKAGE_ENTRIES,
            Audience::Private => PRIVATE_ENTRIES,
        }
    }

    /// The document that is written last.
    fn last(self) -> &'static str {
        match self {
            Audience::Delivered => REPORT,
            Audience::Private => PRIVATE_LIST,
        }
    }

    /// Makes a folder and those above it.
    fn create_folder(self, path: &Path) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        if self == Audience::Private {
            builder.mode(0o700);
        }
        builder.create(path).map_err(|error| at(path, &error))
    }

    fn options(self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.write(true).create(true);
        if self == Audience::Private {
            options.mode(0o600);
        }
        options
    }
}

impl DirectorySink {
    /// Takes possession of `root` for the job with this `fingerprint`: creates it where missing,
    /// locks it against other processes, and goes on with an unfinished run of the same job.
    ///
    /// # Errors
    /// Where the directory holds anything else (unless `existing` says to replace it), is locked
    /// by another process, or cannot be written. The text names the path.
    pub fn open(root: &Path, fingerprint: &str, existing: Existing) -> io::Result<DirectorySink> {
        DirectorySink::open_for(Audience::Delivered, root, fingerprint, existing)
    }

    /// The same for the private directory of a marked package: nobody but its owner can look into
    /// it.
    ///
    /// # Errors
    /// Those of [`DirectorySink::open`].
    pub fn open_private(
        root: &Path,
        fingerprint: &str,
        existing: Existing,
    ) -> io::Result<DirectorySink> {
        DirectorySink::open_for(Audience::Private, root, fingerprint, existing)
    }

    fn open_for(
        audience: Audience,
        root: &Path,
        fingerprint: &str,
        existing: Existing,
    ) -> io::Result<DirectorySink> {
        if root.exists() && !root.is_dir() {
            return Err(refusal(root, "is a file, expected a folder"));
        }
        audience.create_folder(root)?;
        let path = root.join(JOURNAL);
        let unfinished = path.exists();
        let is_replaced = existing == Existing::Replace && is_ours(audience, root);
        // A private folder is closed to others, which nobody wants to happen to a folder of theirs.
        let must_be_empty = existing == Existing::Resume || audience == Audience::Private;
        if !unfinished && !is_replaced && must_be_empty {
            refuse_unless_empty(audience, root)?;
        }
        if audience == Audience::Private {
            let owner = fs::Permissions::from_mode(0o700);
            fs::set_permissions(root, owner).map_err(|error| at(root, &error))?;
        }
        let mut options = audience.options();
        options.read(true).truncate(false);
        let journal = options.open(&path).map_err(|error| at(&path, &error))?;
        journal.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => refusal(
                root,
                "another process is writing to it; wait for it or choose another",
            ),
            fs::TryLockError::Error(error) => at(&path, &error),
        })?;
        let found = fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
        // An empty journal is a run that was killed before it wrote anything else.
        let salt = found.strip_prefix(fingerprint).and_then(salt_of);
        let resumed = salt.is_some();
        if !resumed && existing == Existing::Resume && !found.is_empty() {
            let text = "holds an unfinished run of another job; finish that, choose another \
                        directory, or replace it with --force";
            return Err(refusal(root, text));
        }
        if !resumed && is_replaced {
            remove_package(audience, root)?;
        }
        let salt = match salt {
            Some(salt) => salt,
            None => {
                let salt = new_salt()?;
                let text = format!("{fingerprint}{}", salt_line(&salt));
                fs::write(&path, text).map_err(|error| at(&path, &error))?;
                salt
            }
        };
        Ok(DirectorySink {
            salt,
            root: root.into(),
            journal,
            resumed,
            audience,
        })
    }

    /// Whether a package in `root` would replace the file at `path`, or remove it with an old
    /// package; or its private directory would.
    pub(crate) fn would_replace(root: &Path, path: &Path) -> bool {
        let (Ok(root), Ok(path)) = (root.canonicalize(), path.canonicalize()) else {
            return false;
        };
        PACKAGE_ENTRIES
            .iter()
            .chain(PRIVATE_ENTRIES)
            .any(|entry| path.starts_with(root.join(entry)))
    }

    /// Whether this goes on with an unfinished run.
    pub fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// Begins a file beside all packages: `target`, once committed.
    ///
    /// # Errors
    /// Whatever the system says, with the path in its text.
    pub(crate) fn create_file(target: &Path) -> io::Result<Box<dyn Object>> {
        create(Audience::Delivered, target.to_path_buf())
    }

    fn file(&self, path: &str) -> PathBuf {
        debug_assert!(
            !path.split('/').any(|part| part == ".."),
            "paths stay inside the package"
        );
        self.root.join(path)
    }
}

/// The line of the journal that holds the salt.
fn salt_line(salt: &[u8; SALT_BYTES]) -> String {
    format!("salt {}\n", hex::encode(salt))
}

/// Reads [`salt_line`].
fn salt_of(line: &str) -> Option<[u8; SALT_BYTES]> {
    let digits = line.strip_prefix("salt ")?.strip_suffix('\n')?;
    hex::decode(digits)?.try_into().ok()
}

/// Whether a packager wrote what lies here: a finished package or an unfinished run.
fn is_ours(audience: Audience, root: &Path) -> bool {
    let report = fs::read_to_string(root.join(audience.last())).unwrap_or_default();
    root.join(JOURNAL).exists() || report.contains("\"packager\":")
}

/// Refuses a directory that holds anything.
fn refuse_unless_empty(audience: Audience, root: &Path) -> io::Result<()> {
    if is_ours(audience, root) {
        let what = match audience {
            Audience::Delivered => "a finished package",
            Audience::Private => "the secrets of a finished package",
        };
        let text = format!("holds {what}; choose another directory, or replace it with --force");
        return Err(refusal(root, &text));
    }
    let mut entries = fs::read_dir(root).map_err(|error| at(root, &error))?;
    let Some(entry) = entries.next() else {
        return Ok(());
    };
    let name = entry.map_err(|error| at(root, &error))?.file_name();
    let remedy = match audience {
        Audience::Delivered => "choose another directory, or write into it with --force",
        Audience::Private => "choose another directory",
    };
    let text = format!(
        "is not empty (it holds {:?}); {remedy}",
        name.to_string_lossy()
    );
    Err(refusal(root, &text))
}

fn remove_package(audience: Audience, root: &Path) -> io::Result<()> {
    for name in audience.entries() {
        remove(&root.join(name))?;
    }
    Ok(())
}

/// Removes a file or folder, if there is one.
fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    };
    removed.map_err(|error| at(path, &error))
}

/// Removes what killed runs left under temporary names.
fn remove_parts(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            remove_parts(&entry.path())?;
        } else if name.to_string_lossy().ends_with(PART) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn refusal(root: &Path, text: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::AlreadyExists,
        format!("{}: {text}", root.display()),
    )
}

impl Sink for DirectorySink {
    fn create<'s>(&'s self, path: &str) -> io::Result<Box<dyn Object + 's>> {
        create(self.audience, self.file(path))
    }

    fn size_of(&self, path: &str) -> Option<u64> {
        // Without a journal of the same job nothing that lies here can be trusted.
        if !self.resumed {
            return None;
        }
        let found = fs::symlink_metadata(self.file(path)).ok()?;
        found.is_file().then_some(found.len())
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let path = self.file(path);
        fs::read(&path).map_err(|error| at(&path, &error))
    }

    fn scratch(&self) -> io::Result<File> {
        crate::marking::unnamed(&self.root)
    }

    fn salt(&self) -> io::Result<[u8; SALT_BYTES]> {
        Ok(self.salt)
    }

    fn finish(&self) -> io::Result<()> {
        if self.audience == Audience::Private {
            remove(&self.root.join(RECORDS))?;
        }
        for name in self.audience.entries() {
            let path = self.root.join(name);
            if self.resumed && path.is_dir() {
                remove_parts(&path).map_err(|error| at(&path, &error))?;
            }
        }
        let path = self.root.join(JOURNAL);
        fs::remove_file(&path).map_err(|error| at(&path, &error))?;
        self.journal.unlock().map_err(|error| at(&path, &error))
    }
}

/// Begins a file under a temporary name.
fn create(audience: Audience, target: PathBuf) -> io::Result<Box<dyn Object>> {
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{}: no name", target.display()),
        ));
    };
    let part = folder.join(format!(".{}{PART}", name.to_string_lossy()));
    let mut options = audience.options();
    options.truncate(true);
    let file = match options.open(&part) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            audience.create_folder(folder)?;
            options.open(&part)
        }
        other => other,
    };
    let file = file.map_err(|error| at(&part, &error))?;
    Ok(Box::new(DirectoryObject {
        file,
        part,
        target,
        committed: false,
    }))
}

struct DirectoryObject {
    file: File,
    part: PathBuf,
    target: PathBuf,
    committed: bool,
}

impl Object for DirectoryObject {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|error| at(&self.target, &error))
    }

    fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file
            .write_all_at(bytes, 0)
            .map_err(|error| at(&self.target, &error))
    }

    fn commit(mut self: Box<Self>) -> io::Result<()> {
        fs::rename(&self.part, &self.target).map_err(|error| at(&self.target, &error))?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for DirectoryObject {
    fn drop(&mut self) {
        if !self.committed {
            // Nothing can be done about a failure here, and a part is never taken for an object.
            let _ = fs::remove_file(&self.part);
        }
    }
}
