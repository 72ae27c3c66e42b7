//! `packager probe`: what inputs are and how they would be cut.

mod facts;
mod segments;
mod subtitle;
mod watermark;
mod words;

use std::ffi::OsString;

use clap::Args;
use packager::input::InputSpec;
use packager::job::{Job, SegmentDuration};
use serde::Serialize;

use super::Failure;
use super::output::{complain, one_line, print, print_json, warn};
use facts::{InputFacts, TrackFacts};
use segments::SegmentFacts;
use watermark::WatermarkFacts;

#[derive(Debug, Args)]
#[command(
    after_help = "Several inputs are cut together, as `packager pack` would cut them.

Examples:
  packager probe movie.mp4
  packager probe 480p.mp4 1080p.mp4 --segment-duration 4 --json"
)]
pub(super) struct ProbeArgs {
    /// MP4, MOV or subtitle file, with options after a # as for `packager pack`; byte stream of H.264
    /// (.264, .h264)
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<OsString>,

    /// Seconds per segment, as for `packager pack` [default: 2]
    #[arg(long, value_name = "SECONDS")]
    segment_duration: Option<SegmentDuration>,

    /// Probe what is whole of a truncated input
    #[arg(long)]
    allow_truncated: bool,

    /// Print everything as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Everything found.
#[derive(Serialize)]
struct Found {
    inputs: Vec<InputFacts>,
    /// How the inputs would be cut together, if they can be packaged.
    segments: Option<SegmentFacts>,
    /// How the video of the inputs could be marked, if there is any.
    watermark: Option<WatermarkFacts>,
    /// Why they cannot be packaged as they are.
    refusal: Option<String>,
    /// What packaging would warn about.
    warnings: Vec<String>,
}

/// Runs the command.
pub(super) fn run(args: &ProbeArgs) -> Result<(), Failure> {
    let inputs = args.inputs.iter().map(|text| InputSpec::parse(text));
    let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<&InputSpec> = inputs.iter().collect();
    files.dedup_by_key(|input| &input.path);
    let facts: Vec<InputFacts> = files.into_iter().map(InputFacts::read).collect();
    let has_movie = !inputs.iter().all(InputSpec::is_subtitle);
    let job = Job {
        segment_duration: args.segment_duration.unwrap_or_default(),
        allow_truncated: args.allow_truncated,
        inputs,
        ..Job::default()
    };
    let mut found = Found {
        inputs: facts,
        segments: None,
        watermark: None,
        refusal: None,
        warnings: Vec::new(),
    };
    // Byte streams are marked and not packaged.
    let is_stream = found.inputs.iter().any(|input| input.byte_stream);
    if is_stream {
        match WatermarkFacts::read(&job) {
            Ok(facts) => found.watermark = facts,
            Err(refusal) => found.refusal = Some(refusal),
        }
    }
    // Subtitles alone are cut by nothing.
    if has_movie && !is_stream {
        match segments::cut(&job) {
            Ok((segments, warnings)) => {
                found.segments = Some(segments);
                found.warnings = warnings;
            }
            Err(refusal) => found.refusal = Some(refusal),
        }
        // What cannot be opened was told of already.
        found.watermark = WatermarkFacts::read(&job).ok().flatten();
    }
    let told = found.inputs.iter().any(|input| input.error.is_some());
    if args.json {
        print_json(&found)?;
        return if found.refusal.is_none() && !told {
            Ok(())
        } else {
            Err(Failure::Found)
        };
    }
    let readable = found.inputs.iter().filter(|input| input.error.is_none());
    print(&readable.map(text).collect::<String>())?;
    for input in &found.inputs {
        if let Some(error) = &input.error {
            complain("error", &format!("{}: {error}", input.path));
        }
    }
    found.warnings.iter().for_each(|warning| warn(warning));
    print(
        &found
            .segments
            .as_ref()
            .map(SegmentFacts::text)
            .unwrap_or_default(),
    )?;
    if let Some(watermark) = &found.watermark {
        print(&watermark.text())?;
        watermark.warning.iter().for_each(|warning| warn(warning));
    }
    match found.refusal {
        _ if told => Err(Failure::Found),
        Some(refusal) => Err(Failure::Wrong(anyhow::Error::msg(refusal))),
        None => Ok(()),
    }
}

/// One input for people.
fn text(input: &InputFacts) -> String {
    let mut text = format!("{}: {}\n", one_line(&input.path), input.summary());
    text.push_str(&TrackFacts::table(&input.tracks));
    if let Some(subtitle) = &input.subtitle {
        text.push_str(&subtitle.text());
    }
    for line in input.unusable.iter().chain(&input.warnings) {
        text.push_str(&format!("  {}\n", one_line(line)));
    }
    text
}
