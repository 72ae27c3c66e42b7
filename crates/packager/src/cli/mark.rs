//! `packager mark`: both variants of files, for users with a packager of their own.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use packager::Existing;
use packager::job::SegmentDuration;
use packager::mark::{MarkJob, MarkPlan, MarkReport, Work};
use wm::Strength;

use super::Failure;
use super::output::{one_line, print, print_json, size, warn};
use super::progress::Watcher;
use super::watermark_args::{StrengthWord, read_key};

#[derive(Debug, Args)]
#[command(
    after_help = "Writes DIR/STEM_0.mp4 and DIR/STEM_1.mp4 for every input, and DIR/boundaries.json \
with the times at which the bit may change. All inputs get them at the same times, so give the \
renditions of a ladder together, and cut segments nowhere else than there.

Byte streams (.264, .h264) give byte streams. Their bit changes at IDR pictures; pictures are \
counted, and every one lasts as long as the stream's timing information says, else 1/25 s.

Examples:
  packager mark 480p.mp4 1080p.mp4 -o marked --watermark-key FILE --content-id film-1
  packager mark movie.mp4 -o same --watermark-key FILE --content-id film-1 --strength none"
)]
pub(super) struct MarkArgs {
    /// Progressive MP4 or MOV file, or byte stream of H.264
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,

    /// Folder for the variants
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    /// Watermark master key, as `packager keygen` makes it
    #[arg(long, value_name = "FILE")]
    watermark_key: PathBuf,

    /// What the content is called, 1 to 200 bytes; detection needs it again
    #[arg(long, value_name = "ID")]
    content_id: String,

    /// Seconds between two changes of the bit: at the next common sync sample; 0: at every one
    /// [default: 2]
    #[arg(long, value_name = "SECONDS")]
    segment_duration: Option<SegmentDuration>,

    /// How strong the mark is
    #[arg(long, value_name = "STRENGTH", default_value = "normal")]
    strength: StrengthWord,

    /// Threads to work on [default: one per processor]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// Print the report as JSON on standard output
    #[arg(long)]
    json: bool,

    /// No progress and no summary; warnings and errors are still printed
    #[arg(short, long)]
    quiet: bool,

    /// Replace files of an earlier run
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(super) fn run(args: &MarkArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let job = MarkJob {
        inputs: args.inputs.clone(),
        key: read_key(&args.watermark_key)?,
        content_id: args.content_id.clone(),
        strength: args.strength.strength(),
        segment_duration: args.segment_duration.unwrap_or_default(),
        threads: args.threads,
    };
    let plan = MarkPlan::new(&job)?;
    plan.warnings().iter().for_each(|warning| warn(warning));
    let existing = if args.force {
        Existing::Replace
    } else {
        Existing::Resume
    };
    let watcher = Watcher::new(args.quiet);
    let report = plan.run(&args.output, existing, &watcher)?;
    drop(watcher);
    let Work { slices, marked, .. } = report.work;
    if marked < slices && job.strength != Strength::None {
        let without = slices - marked;
        warn(&format!(
            "watermark: {without} of {slices} intra slices stay as they are in a variant"
        ));
    }
    if args.json {
        print_json(&report)
    } else if args.quiet {
        Ok(())
    } else {
        print(&summary(&report, started.elapsed().as_secs_f64()))
    }
}

/// What was written, for people.
fn summary(report: &MarkReport, seconds: f64) -> String {
    let mut text = String::new();
    for file in &report.inputs {
        let [zero, one] = &file.outputs;
        let growth = (file.output_bytes as f64 / file.bytes.max(1) as f64 - 1.0) * 100.0;
        let made = match (report.strength, file.output_bytes == file.bytes) {
            ("none", true) => "as it was".to_string(),
            _ => format!("{growth:+.2} %"),
        };
        text.push_str(&format!(
            "{}: {}; {zero}, {one}: {made}\n",
            file.source,
            slices(&file.work)
        ));
    }
    text = one_line(&text).replace("\\n", "\n");
    text.push_str(&format!(
        "{} positions; {}; {seconds:.2} s\n",
        report.positions,
        slices(&report.work)
    ));
    text
}

fn slices(work: &Work) -> String {
    format!(
        "{} intra slices of {} written again, {} marked",
        work.slices,
        size(work.bytes),
        work.marked
    )
}
