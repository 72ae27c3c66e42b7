//! Everything the user asked for, as plain data.

pub mod api;
mod error;
mod protection;
mod seconds;
mod watermark;

use std::num::NonZeroUsize;

use media::Time;

pub use error::JobError;
pub use protection::{DrmSettings, FAIRPLAY_URI, IvSeed, MAX_IV_SEED_BYTES, Protection, Schemes};
pub use seconds::{InvalidSeconds, SegmentDuration, seconds};
pub use watermark::{VariantLayout, Watermark};

use crate::input::{InputSpec, SubtitleSpec};
use wm::Strength;

/// Longest content ID, in bytes.
pub const MAX_CONTENT_ID_BYTES: usize = 200;

/// Shortest `minBufferTime`, in seconds.
pub const MIN_MIN_BUFFER_TIME: i64 = 2;

/// Most threads a job may ask for.
pub const MAX_THREADS: usize = 256;

/// Longest `minBufferTime` and segment duration, in seconds: an hour.
pub const MAX_SECONDS: i64 = 3600;

/// A packaging job. Built by hand, from the command line, or from the packaging API's JSON
/// ([`api`]).
///
/// ```
/// use packager::input::InputSpec;
/// use packager::job::Job;
///
/// let job = Job { content_id: Some("film-1".into()), ..Job::new(["480p.mp4", "1080p.mp4"]) };
/// assert_eq!(job.inputs[1], InputSpec::new("1080p.mp4"));
/// job.validate().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The movie files, in the order of preference: the first audio track is the default one
    /// unless an input says otherwise.
    pub inputs: Vec<InputSpec>,
    /// Subtitle documents.
    pub subtitles: Vec<SubtitleSpec>,
    /// What the content is called elsewhere; 1 to 200 bytes.
    pub content_id: Option<String>,
    /// What the job is called, for people; 1 to 50 bytes.
    pub job_name: Option<String>,
    /// Which manifests to write.
    pub formats: Formats,
    /// Where to cut.
    pub segment_duration: SegmentDuration,
    /// Number of the first segment.
    pub number_from: u32,
    /// One file per track with `sidx` instead of one per segment.
    pub single_file: bool,
    /// Name segments by time (`$Time$`) instead of number (`$Number$`).
    pub time_template: bool,
    /// `MPD@minBufferTime`, at least 2 seconds.
    pub min_buffer_time: Time,
    /// Announce average rates in the MPD instead of the smallest rate that meets
    /// [`Job::min_buffer_time`].
    pub average_bandwidth: bool,
    /// Checksum of every file in the report.
    pub checksum: Checksum,
    /// Add an adaptation set of intra pictures only, for trick play.
    pub trick_play: bool,
    /// Package the whole seconds of a truncated input instead of refusing it.
    pub allow_truncated: bool,
    /// Package renditions without common sync times instead of refusing them.
    pub allow_misaligned: bool,
    /// Write both variants of every video segment.
    pub watermark: Option<Watermark>,
    /// Refuse to package without [`Job::watermark`].
    pub must_mark: bool,
    /// Encrypt video and sound.
    pub protection: Option<Protection>,
    /// Refuse to package without [`Job::protection`].
    pub must_protect: bool,
    /// How many threads to work on; `None`: as many as the machine has.
    pub threads: Option<NonZeroUsize>,
}

impl Default for Job {
    fn default() -> Job {
        Job {
            inputs: Vec::new(),
            subtitles: Vec::new(),
            content_id: None,
            job_name: None,
            formats: Formats::default(),
            segment_duration: SegmentDuration::default(),
            number_from: 1,
            single_file: false,
            time_template: false,
            min_buffer_time: whole_seconds(MIN_MIN_BUFFER_TIME),
            average_bandwidth: false,
            checksum: Checksum::default(),
            trick_play: false,
            allow_truncated: false,
            allow_misaligned: false,
            watermark: None,
            must_mark: false,
            protection: None,
            must_protect: false,
            threads: None,
        }
    }
}

impl Job {
    /// A job with default options for all tracks of the files at `paths`.
    pub fn new<P: Into<std::path::PathBuf>>(paths: impl IntoIterator<Item = P>) -> Job {
        Job {
            inputs: paths.into_iter().map(InputSpec::new).collect(),
            ..Job::default()
        }
    }

    /// Checks what can be checked without opening a file.
    ///
    /// # Errors
    ///
    /// The first field that is out of its range or contradicts another.
    pub fn validate(&self) -> Result<(), JobError> {
        if self.inputs.is_empty() {
            return Err(JobError::NoInput);
        }
        if let Some(id) = &self.content_id {
            api::check_name("content_id", id, MAX_CONTENT_ID_BYTES)?;
        }
        if let Some(name) = &self.job_name {
            api::check_name("job_name", name, api::MAX_NAME_BYTES)?;
        }
        if !self.formats.dash && !self.formats.hls {
            return Err(JobError::value("format", "none", "dash, hls or both"));
        }
        let least = whole_seconds(MIN_MIN_BUFFER_TIME);
        if self.min_buffer_time < least || self.min_buffer_time > whole_seconds(MAX_SECONDS) {
            let expected = "2 to 3600 seconds";
            return Err(JobError::value(
                "min_buffer_time",
                self.min_buffer_time,
                expected,
            ));
        }
        if self
            .threads
            .is_some_and(|threads| threads.get() > MAX_THREADS)
        {
            let threads = self.threads.map_or(0, NonZeroUsize::get);
            return Err(JobError::value("threads", threads, "1 to 256"));
        }
        self.segment_duration.validate()?;
        if self.single_file && self.time_template {
            return Err(JobError::contradiction("single_file", "time_template"));
        }
        if self.single_file && self.number_from != Job::default().number_from {
            return Err(JobError::contradiction("single_file", "number_from"));
        }
        if self.time_template && self.number_from != Job::default().number_from {
            return Err(JobError::contradiction("time_template", "number_from"));
        }
        match &self.protection {
            Some(protection) => protection.validate(self.formats)?,
            None if self.must_protect => {
                let expected = "keys beside it: --key, --key-file, --cpix or --speke, and --drm";
                return Err(JobError::value("protect_type", "\"drm\"", expected));
            }
            None => {}
        }
        match &self.watermark {
            Some(watermark) => self.validate_marking(watermark),
            None if self.must_mark => {
                let expected = "a watermark key beside it: --watermark --watermark-key FILE";
                Err(JobError::value("protect_type", "\"watermark\"", expected))
            }
            None => Ok(()),
        }
    }

    /// Checks what the mark rules out.
    fn validate_marking(&self, watermark: &Watermark) -> Result<(), JobError> {
        if self.content_id.is_none() {
            let expected = "1 to 200 bytes: the watermark depends on it";
            return Err(JobError::value("content_id", "missing", expected));
        }
        if watermark.strength == Strength::None {
            return Err(JobError::value(
                "strength",
                "none",
                "light, normal or strong",
            ));
        }
        if self.single_file && watermark.layout == VariantLayout::Directory {
            let layout = "variant_layout directory";
            return Err(JobError::contradiction("single_file", layout));
        }
        // Unmarked intra pictures, beside the marked ones, are the mark.
        if self.trick_play {
            return Err(JobError::contradiction("trick_play", "watermark"));
        }
        // A position is one moment in all renditions.
        if self.allow_misaligned {
            return Err(JobError::contradiction("allow_misaligned", "watermark"));
        }
        Ok(())
    }
}

/// Which manifests to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// An MPD.
    pub dash: bool,
    /// A multivariant playlist and one media playlist per rendition.
    pub hls: bool,
}

impl Default for Formats {
    /// Both.
    fn default() -> Formats {
        Formats {
            dash: true,
            hls: true,
        }
    }
}

/// Checksum of every file in the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// BLAKE3, 256 bits.
    Blake3,
    /// SHA-256.
    Sha256,
    /// No checksum: computing one costs more than everything else a run does outside the kernel.
    #[default]
    None,
}

impl Checksum {
    /// The word of the command line and of the report.
    pub fn word(self) -> &'static str {
        match self {
            Checksum::Blake3 => "blake3",
            Checksum::Sha256 => "sha256",
            Checksum::None => "none",
        }
    }
}

/// `seconds` as a time, exactly.
fn whole_seconds(seconds: i64) -> Time {
    media::Timescale::MILLISECONDS.time(seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(job: Job) -> String {
        job.validate().unwrap_err().to_string()
    }

    #[test]
    fn the_default_job_lacks_only_inputs() {
        assert_eq!(Job::default().validate(), Err(JobError::NoInput));
        Job::new(["a.mp4"]).validate().unwrap();
    }

    #[test]
    fn ranges_are_checked_at_both_ends() {
        let job = || Job::new(["a.mp4"]);
        let buffer = |ms| Job {
            min_buffer_time: media::Timescale::MILLISECONDS.time(ms),
            ..job()
        };
        buffer(2000).validate().unwrap();
        let short = refused(buffer(1999));
        assert_eq!(
            short,
            "min_buffer_time: is 1.999 s, expected 2 to 3600 seconds"
        );
        refused(buffer(3_600_001));
        let id = |bytes| Job {
            content_id: Some("x".repeat(bytes)),
            ..job()
        };
        id(200).validate().unwrap();
        assert!(refused(id(201)).contains("content_id: is 201 bytes long, expected 1 to 200"));
        refused(id(0));
    }

    #[test]
    fn a_mark_needs_a_content_id_and_rules_out_what_would_give_it_away() {
        let job = || Job {
            content_id: Some("film-1".into()),
            watermark: Some(Watermark {
                key: std::sync::Arc::new(wm::MasterKey::from_bytes([7; 32])),
                strength: Strength::Normal,
                layout: VariantLayout::Directory,
            }),
            ..Job::new(["a.mp4"])
        };
        job().validate().unwrap();
        let message = refused(Job {
            content_id: None,
            ..job()
        });
        let expected =
            "content_id: is missing, expected 1 to 200 bytes: the watermark depends on it";
        assert_eq!(message, expected);
        for (message, job) in [
            (
                "single_file and variant_layout directory: exclude each other",
                Job {
                    single_file: true,
                    ..job()
                },
            ),
            (
                "trick_play and watermark: exclude each other",
                Job {
                    trick_play: true,
                    ..job()
                },
            ),
            (
                "allow_misaligned and watermark: exclude each other",
                Job {
                    allow_misaligned: true,
                    ..job()
                },
            ),
        ] {
            assert_eq!(refused(job), message);
        }
        let mut unmarked = job();
        unmarked.watermark.as_mut().unwrap().strength = Strength::None;
        assert_eq!(
            refused(unmarked),
            "strength: is none, expected light, normal or strong"
        );
    }

    #[test]
    fn options_without_effect_are_refused() {
        let job = || Job {
            single_file: true,
            ..Job::new(["a.mp4"])
        };
        let message = refused(Job {
            time_template: true,
            ..job()
        });
        assert_eq!(message, "single_file and time_template: exclude each other");
        refused(Job {
            number_from: 0,
            ..job()
        });
        refused(Job {
            formats: Formats {
                dash: false,
                hls: false,
            },
            ..job()
        });
    }
}
