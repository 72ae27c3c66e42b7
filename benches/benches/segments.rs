//! Whole packages on one thread: from an input in the page cache to the last manifest.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::num::NonZeroUsize;
use std::path::Path;

use benches::film::FilmTrack;
use benches::sink::CountingSink;
use benches::{ladder, movie};
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use packager::job::{Checksum, Job};
use packager::{DirectorySink, Existing, Plan, Silent};
use tempfile::TempDir;

const MINUTE: u32 = 60;

/// A folder in memory where the system has one, so that no disk is measured.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let inside = if memory.is_dir() {
        memory.into()
    } else {
        std::env::temp_dir()
    };
    tempfile::Builder::new()
        .prefix("benches-")
        .tempdir_in(inside)
        .unwrap()
}

fn film_job(path: &Path, checksum: Checksum) -> Job {
    Job {
        checksum,
        threads: NonZeroUsize::new(1),
        ..Job::new([path])
    }
}

fn packages(c: &mut Criterion) {
    let folder = folder();
    let film = folder.path().join("film.mp4");
    let tracks = [
        FilmTrack::video(MINUTE, 25, 5_000_000),
        FilmTrack::audio(MINUTE, 128_000),
    ];
    let bytes = movie::write_progressive(&tracks, &film).unwrap();
    plan(c, &film);
    run(c, &film, bytes, folder.path());
}

fn plan(c: &mut Criterion, film: &Path) {
    let mut group = c.benchmark_group("plan_new");
    for (name, job, least) in [
        ("ladder_20s", ladder::job(Checksum::None), 3 * 600 + 2 * 930),
        (
            "film_60s_5mbps",
            film_job(film, Checksum::None),
            1_500 + 2_812,
        ),
    ] {
        let plan = Plan::new(&job).unwrap();
        assert_eq!(plan.warnings(), [""; 0]);
        let renditions = plan.renditions().iter();
        let samples: usize = renditions.map(|r| r.track().samples.len()).sum();
        assert!(samples >= least);
        group.throughput(Throughput::Elements(samples as u64));
        group.bench_function(name, |b| b.iter(|| Plan::new(&job).unwrap()));
    }
    group.finish();
}

fn run(c: &mut Criterion, film: &Path, film_bytes: u64, folder: &Path) {
    let mut group = c.benchmark_group("plan_run");
    for checksum in [Checksum::None, Checksum::Blake3] {
        let plan = Plan::new(&ladder::job(checksum)).unwrap();
        let renditions = plan.renditions().len() + plan.texts().len();
        assert_eq!(renditions, 7, "three of video, two of audio, two of text");
        run_into_both(&mut group, "ladder_20s", &plan, checksum, folder);

        let plan = Plan::new(&film_job(film, checksum)).unwrap();
        let bytes = run_into_both(&mut group, "film_60s_5mbps", &plan, checksum, folder);
        assert!(bytes.abs_diff(film_bytes) < film_bytes / 100);
    }
    group.finish();
}

/// Benches `plan` into a sink that reads and counts, and into files; returns what was written.
fn run_into_both(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    plan: &Plan,
    checksum: Checksum,
    folder: &Path,
) -> u64 {
    let sink = CountingSink::default();
    let report = plan.run(&sink, &Silent).unwrap();
    // The report itself is not among the objects it counts.
    assert_eq!(sink.objects(), report.objects + 1);
    assert!(sink.bytes() > report.bytes && sink.sum() > sink.bytes());
    let summed = report.tracks.iter().flat_map(|track| track.objects());
    let mut summed = summed.map(|object| object.checksum.is_some());
    assert!(summed.all(|is_there| is_there == (checksum != Checksum::None)));

    let checksum = checksum.word();
    group.throughput(Throughput::Bytes(report.bytes));
    group.bench_function(format!("{name}/counted/checksum_{checksum}"), |b| {
        b.iter(|| plan.run(&CountingSink::default(), &Silent).unwrap());
    });
    let out = folder.join("out");
    // Removing the package before is not part of it.
    let open = || DirectorySink::open(&out, &plan.fingerprint(), Existing::Replace).unwrap();
    group.bench_function(
        format!("{name}/directory_in_memory/checksum_{checksum}"),
        |b| {
            b.iter_batched(
                open,
                |sink| plan.run(&sink, &Silent).unwrap(),
                BatchSize::PerIteration,
            );
        },
    );
    std::fs::remove_dir_all(&out).unwrap_or_default();
    report.bytes
}

criterion_group! {
    name = segments;
    config = Criterion::default().sample_size(20);
    targets = packages
}
criterion_main!(segments);
