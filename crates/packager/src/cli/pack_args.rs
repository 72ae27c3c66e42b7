//! The options of `packager pack` and the job they make.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use media::Time;
use packager::input::{InputSpec, SubtitleSpec};
use packager::job::api::JobFile;
use packager::job::{
    Checksum, Formats, Job, JobError, SegmentDuration, VariantLayout, Watermark, seconds,
};

use super::Failure;
use super::output::warn;
use super::protection_args::{ProtectionArgs, holds_key};
use super::watermark_args::{StrengthWord, private_beside, read_key};

const USAGE: &str = "packager pack [OPTIONS] <INPUT>... -o <DIR>
       packager pack [OPTIONS] --job <FILE>";

const EXAMPLES: &str = r#"Inputs: path[#option,...] with the options video, audio, text (take only these tracks),
track=N (only the track with this ID), lang=TAG, label=NAME, default,
role=main|alternate|commentary|dub|description|caption|forced-subtitle

Job files hold, for instance (README.md lists all fields; paths are relative to the job file):
  {"content_id": "film-1", "streaming_format": ["dash", "hls"],
   "storage": {"input": {"contents_path": ["480p.mp4", "1080p.mp4"]}, "output": {"path": "out"}},
   "subtitles": [{"path": "en.vtt", "language": "en"}],
   "dash_option": {"min_buffer_time": 2, "enable_average_bandwidth_mpd": false}}

Examples:
  packager pack 480p.mp4 720p.mp4 1080p.mp4 -o out
  packager pack movie.mp4 'dub.mp4#audio,lang=ko,role=dub' --subtitle movie.srt:en -o out
  packager pack movie.mp4 --format hls --segment-duration 4 --single-file -o out
  packager pack 480p.mp4 1080p.mp4 -o out --watermark --watermark-key FILE --content-id film-1
  packager pack 480p.mp4 1080p.mp4 -o out --key-file keys.txt --drm widevine,playready,fairplay
  packager pack --job job.json -o out --json > report.json"#;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(super) struct PackArgs {
    /// MP4, MOV or subtitle file, with options after a # (see below); all tracks unless they say
    /// otherwise
    #[arg(value_name = "INPUT", required_unless_present = "job")]
    pub(super) inputs: Vec<OsString>,

    /// Folder for the package: empty, missing, or with an unfinished run of the same job
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,

    /// Packaging job as JSON (the packaging API's body); options given here override it
    #[arg(long, value_name = "FILE")]
    pub(super) job: Option<PathBuf>,

    /// What the content is called elsewhere, 1 to 200 bytes
    #[arg(long, value_name = "ID")]
    pub(super) content_id: Option<String>,

    /// Manifests to write, separated by commas [default: dash,hls]
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    pub(super) format: Vec<Format>,

    /// Seconds per segment (2, 1.92 or 48048/24000), cut at the next common sync sample; 0: one
    /// segment per common GOP [default: 2]
    #[arg(long, value_name = "SECONDS")]
    pub(super) segment_duration: Option<SegmentDuration>,

    /// Number of the first segment [default: 1]
    #[arg(long, value_name = "N", conflicts_with_all = ["single_file", "time_template"])]
    pub(super) number_from: Option<u32>,

    /// On-demand layout: one file per track with a segment index, byte ranges in HLS
    #[arg(long, conflicts_with = "time_template")]
    pub(super) single_file: bool,

    /// Name segments by start time ($Time$) instead of number ($Number$)
    #[arg(long)]
    pub(super) time_template: bool,

    /// Subtitle document (WebVTT, SRT or TTML) and its language; repeatable
    #[arg(long, value_name = "PATH[:LANG]")]
    pub(super) subtitle: Vec<OsString>,

    /// Seconds a player buffers before it starts, 2 to 3600: DASH @bandwidth is the smallest rate
    /// that never stalls with this buffer [default: 2]
    #[arg(long, value_name = "SECONDS", value_parser = min_buffer_time)]
    pub(super) min_buffer_time: Option<Time>,

    /// Announce average rates in the MPD instead
    #[arg(long)]
    pub(super) average_bandwidth: bool,

    /// Checksum of every file in package.json [default: none]
    #[arg(long, value_name = "ALGORITHM")]
    pub(super) checksum: Option<ChecksumWord>,

    /// Add an adaptation set of intra pictures for trick play
    #[arg(long)]
    pub(super) trick_play: bool,

    /// Package the whole seconds of a truncated input instead of refusing it
    #[arg(long)]
    pub(super) allow_truncated: bool,

    /// Package video renditions that have no common sync times instead of refusing them
    #[arg(long)]
    pub(super) allow_misaligned: bool,

    /// Write variants 0 and 1 of every video segment: which of them a viewer gets spells who it is
    #[arg(long, requires = "watermark_key")]
    pub(super) watermark: bool,

    /// Watermark master key, as `packager keygen` makes it
    #[arg(long, value_name = "FILE", requires = "watermark")]
    pub(super) watermark_key: Option<PathBuf>,

    /// How strong the mark is [default: normal]
    #[arg(long, value_name = "STRENGTH", requires = "watermark")]
    pub(super) strength: Option<StrengthWord>,

    /// Where the variants lie: sets 0 and 1 that both play, b. before the names of variant 1, or A.
    /// and B. before names (needs an edge) [default: directory]
    #[arg(long, value_name = "LAYOUT", requires = "watermark")]
    pub(super) variant_layout: Option<LayoutWord>,

    /// Folder for what the detector wants to know of every segment, as secret as the key
    /// [default: DIR.private beside the package]
    #[arg(long, value_name = "DIR", requires = "watermark")]
    pub(super) private: Option<PathBuf>,

    #[command(flatten)]
    pub(super) protection: ProtectionArgs,

    /// Threads to work on [default: one per processor]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,

    /// Print the report as JSON on standard output
    #[arg(long)]
    pub(super) json: bool,

    /// No progress and no summary; warnings and errors are still printed
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// Replace what an earlier run of another job left in the output folder
    #[arg(long)]
    pub(super) force: bool,
}

/// A manifest format as the user writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// An MPD
    Dash,
    /// Playlists
    Hls,
}

/// A variant layout as the user writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LayoutWord {
    /// Folders 0 and 1, each a set that plays as it stands
    #[default]
    Directory,
    /// seg_7.m4s and b.seg_7.m4s
    UnlabeledA,
    /// A.seg_7.m4s and B.seg_7.m4s; manifests list seg_7.m4s, which only an edge can answer
    Prefix,
}

/// A checksum as the user writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ChecksumWord {
    /// BLAKE3, the fastest
    Blake3,
    /// SHA-256, known everywhere
    Sha256,
    /// No checksum
    None,
}

/// What is wrong in the job file at `path`.
fn in_file(path: &Path, error: JobError) -> Failure {
    Failure::Asked(anyhow::Error::new(error).context(path.display().to_string()))
}

fn min_buffer_time(text: &str) -> Result<Time, String> {
    let time = seconds(text).map_err(|error| error.to_string())?;
    let job = Job {
        min_buffer_time: time,
        ..Job::new([""])
    };
    job.validate().map_err(|error| error.to_string())?;
    Ok(time)
}

/// What to do and where to put it.
pub(super) struct Task {
    pub(super) job: Job,
    pub(super) output: PathBuf,
    /// Where secret by-products go; `None` where there are none.
    pub(super) private: Option<PathBuf>,
    pub(super) warnings: Vec<String>,
}

impl PackArgs {
    /// The job file's job, if there is one, with what the command line says over it. Where the two
    /// make no task, the warnings of the job file are printed: they may say why.
    pub(super) fn task(&self) -> Result<Task, Failure> {
        let file = match &self.job {
            Some(path) => Some(JobFile::read(path).map_err(|error| in_file(path, error))?),
            None => None,
        };
        let found = self.task_of(file.as_ref());
        if let (Err(_), Some(file)) = (&found, &file) {
            file.warnings.iter().for_each(|warning| warn(warning));
        }
        found
    }

    fn task_of(&self, file: Option<&JobFile>) -> Result<Task, Failure> {
        let mut job = file.map_or_else(Job::default, |file| file.job.clone());
        if self.inputs.iter().any(|text| holds_key(Path::new(text))) {
            let text = "INPUT: is a key, expected a file; keys stand behind --key";
            return Err(Failure::asked(text));
        }
        let inputs = self.inputs.iter().map(|text| InputSpec::parse(text));
        job.inputs = inputs.collect::<Result<_, _>>()?;
        if let (true, Some(file), Some(path)) = (job.inputs.is_empty(), file, &self.job) {
            job.inputs = file.inputs().map_err(|error| in_file(path, error))?;
            if job.inputs.is_empty() {
                let path = path.display();
                return Err(Failure::asked(format!(
                    "{path}: no input: expected files or a folder in storage.input.contents_path, \
                     or INPUT on the command line"
                )));
            }
        }
        let subtitles = self.subtitle.iter().map(|text| SubtitleSpec::parse(text));
        let subtitles = subtitles.collect::<Result<Vec<_>, _>>()?;
        if !subtitles.is_empty() {
            job.subtitles = subtitles;
        }
        self.override_options(&mut job);
        job.watermark = self.mark()?;
        let drm_option = file.map(|file| file.drm_option.clone()).unwrap_or_default();
        job.protection = self.protection.protection(&drm_option)?;
        job.validate()?;
        let named = file.and_then(|file| file.output.clone());
        let Some(output) = self.output.clone().or(named) else {
            return Err(Failure::asked(
                "no output folder: expected -o DIR, or storage.output.path in a job file",
            ));
        };
        let warnings = file.map(|file| file.warnings.clone()).unwrap_or_default();
        let private = self.private.clone();
        let private = private.unwrap_or_else(|| private_beside(&output));
        Ok(Task {
            private: job.watermark.is_some().then_some(private),
            job,
            output,
            warnings,
        })
    }

    /// The mark that is asked for.
    fn mark(&self) -> Result<Option<Watermark>, Failure> {
        let Some(path) = self.watermark_key.as_deref().filter(|_| self.watermark) else {
            return Ok(None);
        };
        Ok(Some(Watermark {
            key: read_key(path)?,
            strength: self.strength.unwrap_or_default().strength(),
            layout: match self.variant_layout.unwrap_or_default() {
                LayoutWord::Directory => VariantLayout::Directory,
                LayoutWord::UnlabeledA => VariantLayout::UnlabeledA,
                LayoutWord::Prefix => VariantLayout::Prefix,
            },
        }))
    }

    fn override_options(&self, job: &mut Job) {
        if let Some(id) = &self.content_id {
            job.content_id = Some(id.clone());
        }
        if !self.format.is_empty() {
            let has = |format| self.format.contains(&format);
            job.formats = Formats {
                dash: has(Format::Dash),
                hls: has(Format::Hls),
            };
        }
        if let Some(checksum) = self.checksum {
            job.checksum = match checksum {
                ChecksumWord::Blake3 => Checksum::Blake3,
                ChecksumWord::Sha256 => Checksum::Sha256,
                ChecksumWord::None => Checksum::None,
            };
        }
        job.segment_duration = self.segment_duration.unwrap_or(job.segment_duration);
        job.number_from = self.number_from.unwrap_or(job.number_from);
        job.min_buffer_time = self.min_buffer_time.unwrap_or(job.min_buffer_time);
        job.threads = self.threads.or(job.threads);
        job.single_file |= self.single_file;
        job.time_template |= self.time_template;
        job.average_bandwidth |= self.average_bandwidth;
        job.trick_play |= self.trick_play;
        job.allow_truncated |= self.allow_truncated;
        job.allow_misaligned |= self.allow_misaligned;
    }
}

#[cfg(test)]
#[path = "pack_args/tests.rs"]
mod tests;
