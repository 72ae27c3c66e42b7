//! The packaging API's job as JSON.
//!
//! The body of the API's job registration, read from a file on this machine: paths are relative
//! to the folder of the job file, storage IDs are accepted and mean nothing. What is loose in
//! the API's own documents is taken loosely (`protect_type` or `protection_type`, numbers as
//! strings, one value for a list of one); everything else is an error that names the field, and
//! a field nobody reads is a warning, because a misspelt option must not vanish silently.

mod contents;
mod drm;
mod json;
mod object;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use media::Language;

pub use drm::DrmOption;
use json::Json;
use object::{Field, Object};

use super::{Formats, Job, JobError, MAX_CONTENT_ID_BYTES, SegmentDuration};
use crate::input::{InputSpec, SubtitleSpec};

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
    /// Text that is no JSON object, a field whose value cannot be used, and any protection:
    /// this version has none, and content that should be protected is not packaged in the clear.
    pub fn parse(text: &[u8], folder: &Path) -> Result<JobFile, JobError> {
        // Editors on Windows start UTF-8 files with a byte order mark.
        let json: Json =
            serde_json::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))?;
        let root = Object::root(&json)?;
        refuse_protection(&root)?;
        let drm_option = match root.field("drm_option") {
            Some(field) => DrmOption::read(&field.object()?)?,
            None => DrmOption::default(),
        };
        let mut warnings = Vec::new();
        if drm_option != DrmOption::default() {
            warnings.push("drm_option: has no effect without \"drm\" in protect_type".into());
        }
        let mut file = JobFile {
            job: job(&root, folder)?,
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

/// The fields that describe the job itself.
fn job(root: &Object<'_>, folder: &Path) -> Result<Job, JobError> {
    let mut job = Job::default();
    if let Some(field) = root.field("job_name") {
        job.job_name = Some(name(&field, MAX_NAME_BYTES)?);
    }
    if let Some(field) = root.field("content_id") {
        job.content_id = Some(name(&field, MAX_CONTENT_ID_BYTES)?);
    }
    if let Some(field) = root.field("streaming_format") {
        job.formats = formats(&field)?;
    }
    if let Some(field) = root.field("subtitles") {
        for (index, item) in field.list().into_iter().enumerate() {
            job.subtitles.extend(subtitle(&item, index, folder)?);
        }
    }
    if let Some(option) = root.field("dash_option") {
        let option = option.object()?;
        if let Some(field) = option.field("min_buffer_time") {
            let time = field.seconds("2 to 3600 seconds")?;
            let candidate = Job {
                min_buffer_time: time,
                ..Job::new([""])
            };
            if candidate.validate().is_err() {
                return Err(field.refuse("2 to 3600 seconds"));
            }
            job.min_buffer_time = time;
        }
        if let Some(field) = option.field("enable_average_bandwidth_mpd") {
            job.average_bandwidth = field.boolean()?;
        }
    }
    // Not in the API; the command line's word for what the API leaves to the service.
    if let Some(field) = root.field("segment_duration") {
        let text = field.text()?;
        let expected = "0 (every common GOP) or 0.1 to 3600 seconds";
        job.segment_duration = text
            .parse::<SegmentDuration>()
            .map_err(|_| field.refuse(expected))?;
    }
    Ok(job)
}

fn formats(field: &Field<'_>) -> Result<Formats, JobError> {
    let mut formats = Formats {
        dash: false,
        hls: false,
    };
    for item in field.list() {
        match item.text()?.to_ascii_lowercase().as_str() {
            "dash" => formats.dash = true,
            "hls" => formats.hls = true,
            _ => return Err(item.refuse("dash or hls")),
        }
    }
    if formats
        == (Formats {
            dash: false,
            hls: false,
        })
    {
        return Err(field.refuse("dash, hls or both"));
    }
    Ok(formats)
}

/// One entry of `subtitles`. An entry that holds nothing, as forms send it, is nothing.
fn subtitle(
    item: &Field<'_>,
    index: usize,
    folder: &Path,
) -> Result<Option<SubtitleSpec>, JobError> {
    let entry = item.object()?;
    let filled = |key| entry.field(key).filter(|field| !field.is_empty_text());
    let language = match filled("language") {
        Some(field) => {
            let expected = "a BCP 47 language tag such as en, ko or pt-BR";
            let tag = field.text()?;
            Some(
                tag.parse::<Language>()
                    .map_err(|_| field.refuse(expected))?,
            )
        }
        None => None,
    };
    match filled("path") {
        Some(field) => {
            let path = folder.join(path(&field)?);
            Ok(Some(SubtitleSpec { path, language }))
        }
        None if language.is_none() => Ok(None),
        None => {
            let place = format!("subtitles[{index}].path");
            Err(JobError::value(
                place,
                "missing",
                "the path of a subtitle file",
            ))
        }
    }
}

/// Refuses every job that asks for protection.
fn refuse_protection(root: &Object<'_>) -> Result<(), JobError> {
    let spellings = ["protect_type", "protection_type"].map(|key| root.field(key));
    for field in spellings.iter().flatten() {
        if let Some(item) = field.list().into_iter().next() {
            let protection = item.text()?.to_ascii_lowercase();
            if !["drm", "watermark"].contains(&protection.as_str()) {
                return Err(item.refuse("drm or watermark"));
            }
            let (field, protection) = (item.place, format!("{protection:?}"));
            return Err(JobError::Unsupported { field, protection });
        }
    }
    // A misspelt field must not turn protected content into clear content.
    let known = ["protect_type", "protection_type", "drm_option"];
    for name in root.names().filter(|name| !known.contains(name)) {
        let lower = name.to_ascii_lowercase();
        if ["protect", "drm", "watermark", "crypt"]
            .iter()
            .any(|word| lower.contains(word))
        {
            let expected = "protect_type, protection_type or drm_option";
            return Err(JobError::value(
                name,
                "an unknown field about protection",
                expected,
            ));
        }
    }
    // Without a word about protection, DRM options mean that protection was wanted.
    if spellings.iter().all(Option::is_none) && root.field("drm_option").is_some() {
        let expected = "protect_type beside drm_option ([] packages in the clear)";
        return Err(JobError::value("protect_type", "missing", expected));
    }
    Ok(())
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
