//! `packager pack`: the main job.

use std::path::Path;
use std::time::Instant;

use packager::{Existing, Plan, Report};

use super::Failure;
use super::output::{one_line, print, size, warn};
use super::pack_args::PackArgs;
use super::progress::Watcher;

/// Runs the command.
pub(super) fn run(args: &PackArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let task = args.task()?;
    task.warnings.iter().for_each(|warning| warn(warning));
    let plan = Plan::new(&task.job)?;
    plan.warnings().iter().for_each(|warning| warn(warning));
    let existing = if args.force {
        Existing::Replace
    } else {
        Existing::Resume
    };
    let private = match &task.private {
        Some(private) => Some(plan.open_private_directory(private, &task.output, existing)?),
        None => None,
    };
    let sink = plan.open_directory(&task.output, existing)?;
    let watcher = Watcher::new(args.quiet);
    if sink.is_resumed() && !args.quiet {
        super::output::complain("note", "going on with an unfinished run of the same job");
    }
    let report = match &private {
        Some(private) => plan.run_marked(&sink, private, &watcher)?,
        None => plan.run(&sink, &watcher)?,
    };
    drop(watcher);
    let told = plan.warnings().len();
    report
        .warnings
        .iter()
        .skip(told)
        .for_each(|warning| warn(warning));
    if args.json {
        print(&report.to_json())
    } else if args.quiet {
        Ok(())
    } else {
        print(&summary(
            &report,
            &task.output,
            task.private.as_deref(),
            started.elapsed().as_secs_f64(),
        ))
    }
}

/// What was written, for people: one line, and the manifests to open.
fn summary(report: &Report, output: &Path, private: Option<&Path>, seconds: f64) -> String {
    let count = |kind: &str| {
        report
            .tracks
            .iter()
            .filter(|track| track.kind == kind)
            .count()
    };
    let kinds = ["video", "audio", "text"].map(|kind| (count(kind), kind));
    let kinds = kinds.iter().filter(|(count, _)| *count > 0);
    let kinds: Vec<String> = kinds
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
    let segments: usize = report.tracks.iter().map(|track| track.segments.len()).sum();
    let mut text = format!(
        "packed {:.3} s: {} in {segments} segments{}; {} in {} objects, {seconds:.2} s\n",
        report.duration,
        kinds.join(", "),
        if report.marked {
            ", video in two variants"
        } else {
            ""
        },
        size(report.bytes),
        report.objects,
    );
    let manifests = report
        .manifests
        .iter()
        .map(|manifest| manifest.path.as_str());
    for path in manifests.filter(|path| is_entry(path)) {
        text.push_str(&one_line(&output.join(path).display().to_string()));
        text.push('\n');
    }
    if let Some(private) = private {
        let private = one_line(&private.display().to_string());
        text.push_str(&format!("secret, for the detector alone: {private}\n"));
    }
    text
}

/// Whether a manifest is one that a player opens first.
fn is_entry(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".mpd") || (name.starts_with("master") && name.ends_with(".m3u8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn players_open_mpds_and_masters_first() {
        for path in [
            "cmaf/stream.mpd",
            "cmaf/master.m3u8",
            "cmaf/master_SD_HD.m3u8",
        ] {
            assert!(is_entry(path));
        }
        assert!(!is_entry("cmaf/video/avc1/1080p/stream.m3u8"));
    }
}
