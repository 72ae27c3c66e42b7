//! The fields that describe the job itself, apart from its storage.

use std::path::Path;

use media::Language;

use super::object::{Field, Object};
use super::{MAX_NAME_BYTES, name, path};
use crate::input::SubtitleSpec;
use crate::job::{Formats, Job, JobError, MAX_CONTENT_ID_BYTES, SegmentDuration};

/// The job, without inputs.
pub(super) fn job(root: &Object<'_>, folder: &Path) -> Result<Job, JobError> {
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

/// The fields of an entry of `subtitles`.
const NAMES: [&str; 2] = ["path", "language"];

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
        None if language.is_none() && entry.names().all(|name| NAMES.contains(&name)) => Ok(None),
        None => {
            let place = format!("subtitles[{index}].path");
            let others = entry.names().filter(|name| !NAMES.contains(name));
            let others: Vec<String> = others.map(|name| format!("{name:?}")).collect();
            let expected = match others.as_slice() {
                [] => "the path of a subtitle file".to_string(),
                others => format!("the path of a subtitle file, not {}", others.join(", ")),
            };
            Err(JobError::value(place, "missing", expected))
        }
    }
}
