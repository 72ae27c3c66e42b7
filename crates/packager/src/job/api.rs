//! The packaging API's job as JSON.
//!
//! The body of the API's job registration, read from a file on this machine: paths are relative
//! to the folder of the job file, storage IDs are accepted and mean nothing. What is loose in
//! the API's own documents is taken loosely (`protect_type` or `protection_type`, numbers as
//! strings, one value for a list of one); everything else is an error that names the field, and
//! a field nobody reads is a warning, because a misspelt option must not vanish silently.

mod contents;
mod drm;
mod fields;
mod json;
mod known;
mod object;
mod protection;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use drm::DrmOption;
use json::Json;
use object::{Field, Object};

use super::{Job, JobError};
use crate::input::InputSpec;

/// Longest job and storage name, in bytes.
pub const MAX_NAME_BYTES: usize = 50;

/// Longest path, in bytes.
pub const MAX_PATH_BYTES: usize = 512;

/// Largest job file, in bytes.
const MAX_JOB_BYTES: u64 = 4 << 20;

/// A job file, read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobFile {
    /// The job, without the inputs of [`JobFile::contents_path`]: [`JobFile::inputs`] finds
    /// them, unless the caller has others.
    pub job: Job,
    /// `storage.input.contents_path`: files and folders, relative to [`JobFile::folder`].
    pub contents_path: Vec<String>,
    /// The folder relative paths start from.
    pub folder: PathBuf,
    /// `storage.output.path`, where the package goes.
    pub output: Option<PathBuf>,
    /// `drm_option`.
    pub drm_option: DrmOption,
    /// Fields that were read by nobody or have no effect, one message each.
    pub warnings: Vec<String>,
}

impl JobFile {
    /// Reads the job file at `path`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is no JSON, or asks for what cannot be.
    pub fn read(path: &Path) -> Result<JobFile, JobError> {
        let unreadable = |error| {
            let field = "job file".to_string();
            JobError::Unreadable {
                field,
                path: path.into(),
                error,
            }
        };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(MAX_JOB_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > MAX_JOB_BYTES {
            let value = format!("more than {MAX_JOB_BYTES} bytes");
            return Err(JobError::value(
                "job file",
                value,
                "a packaging job as JSON",
            ));
        }
        JobFile::parse(&bytes, path.parent().unwrap_or(Path::new("")))
    }

    /// Reads a job from JSON `text`; relative paths in it start from `folder`.
    ///
    /// # Errors
    ///
    /// Text that is no JSON object, and a field whose value cannot be used. Protection that is
    /// asked for becomes [`Job::must_mark`] and [`Job::must_protect`], as keys stand in no job
    /// file.
    pub fn parse(text: &[u8], folder: &Path) -> Result<JobFile, JobError> {
        // Editors on Windows start UTF-8 files with a byte order mark.
        let json: Json =
            serde_json::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))?;
        let root = Object::root(&json)?;
        let wanted = protection::wanted(&root)?;
        let drm_option = match root.field("drm_option") {
            Some(field) => DrmOption::read(&field.object()?)?,
            None => DrmOption::default(),
        };
        let mut warnings = Vec::new();
        if !wanted.encryption && drm_option != DrmOption::default() {
            warnings.push("drm_option: has no effect without \"drm\" in protect_type".into());
        }
        if wanted.encryption && !drm_option.multi_key && drm_option.has_heights() {
            let text = "drm_option: heights have no effect without multi_key";
            warnings.push(text.into());
        }
        let mut file = JobFile {
            job: Job {
                must_mark: wanted.mark,
                must_protect: wanted.encryption,
                ..fields::job(&root, folder)?
            },
            contents_path: Vec::new(),
            folder: folder.into(),
            output: None,
            drm_option,
            warnings,
        };
        if let Some(storage) = root.field("storage") {
            file.read_storage(&storage.object()?)?;
        }
        file.warnings.extend(root.unread());
        Ok(file)
    }

    fn read_storage(&mut self, storage: &Object<'_>) -> Result<(), JobError> {
        for (side, key) in [("input", "contents_path"), ("output", "path")] {
            let Some(place) = storage.field(side) else {
                continue;
            };
            let place = place.object()?;
            for name in ["storage_id", "storage_name"] {
                let Some(field) = place.field(name) else {
                    continue;
                };
                let value = field.text()?;
                if name == "storage_name" {
                    check_name(&field.place, &value, MAX_NAME_BYTES)?;
                }
            }
            let Some(field) = place.field(key) else {
                continue;
            };
            if side == "output" {
                self.output = Some(self.folder.join(path(&field)?));
                continue;
            }
            for item in field.list() {
                self.contents_path.push(path(&item)?);
            }
        }
        Ok(())
    }

    /// The movie files named by [`JobFile::contents_path`]. A folder stands for the `.mp4`,
    /// `.mov`, `.m4v` and `.m4a` files in it, sorted by name.
    ///
    /// # Errors
    ///
    /// A path where nothing is, a folder without a movie file, and input options that cannot be.
    pub fn inputs(&self) -> Result<Vec<InputSpec>, JobError> {
        contents::inputs(&self.contents_path, &self.folder)
    }
}

fn name(field: &Field<'_>, max_bytes: usize) -> Result<String, JobError> {
    let name = field.text()?;
    check_name(&field.place, &name, max_bytes)?;
    Ok(name)
}

fn path(field: &Field<'_>) -> Result<String, JobError> {
    let path = field.text()?;
    check_name(&field.place, &path, MAX_PATH_BYTES)?;
    Ok(path)
}

/// Checks a name or path: 1 to `max_bytes` bytes without control characters.
pub(crate) fn check_name(place: &str, name: &str, max_bytes: usize) -> Result<(), JobError> {
    if name.is_empty() || name.len() > max_bytes {
        let value = format!("{} bytes long", name.len());
        return Err(JobError::value(
            place,
            value,
            format!("1 to {max_bytes} bytes"),
        ));
    }
    if name.contains(char::is_control) {
        let value = format!("{name:?}");
        return Err(JobError::value(
            place,
            value,
            "text without control characters",
        ));
    }
    Ok(())
}
