//! The manifests of a long package, and the rates they promise.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use benches::presentation::four_renditions;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mux::bandwidth::{average, min_buffer, peak};
use mux::manifest::FORMATS;

const SIX_HOURS: u64 = 21_600;
const SEGMENTS: usize = 10_800;

fn write(c: &mut Criterion) {
    let presentation = four_renditions(SIX_HOURS);
    presentation.check().unwrap();
    let mut group = c.benchmark_group("manifest_6h_4_renditions");
    for format in FORMATS {
        let documents = (format.write)(&presentation).unwrap();
        let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
        let count = |word: &str| -> usize {
            let texts = documents.iter();
            texts
                .map(|document| document.text.matches(word).count())
                .sum()
        };
        match format.name {
            "dash" => assert_eq!(count("<Representation "), 4),
            // Media playlists of all four, I-frame playlists of the video.
            _ => assert_eq!(count("#EXTINF:"), 7 * SEGMENTS),
        }
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(format.name, |b| {
            b.iter(|| (format.write)(black_box(&presentation)).unwrap());
        });
    }
    group.throughput(Throughput::Elements(4 * SEGMENTS as u64));
    group.bench_function("check", |b| b.iter(|| black_box(&presentation).check()));
    group.finish();
}

fn rates(c: &mut Criterion) {
    let presentation = four_renditions(SIX_HOURS);
    let video = &presentation.renditions[2];
    let (pieces, timescale) = (video.pieces(), video.timescale);
    assert_eq!(pieces.len(), SEGMENTS);
    let buffer = presentation.min_buffer_time;

    let mut group = c.benchmark_group("bandwidth_of_10800_segments");
    group.throughput(Throughput::Elements(SEGMENTS as u64));
    let mean = average(&pieces, timescale);
    assert!(mean.abs_diff(5_000_000) < 100_000, "{mean}");
    assert!(min_buffer(&pieces, timescale, buffer) > mean);
    assert!(peak(&pieces, timescale, 2) > mean * 14 / 10);
    group.bench_function("min_buffer", |b| {
        b.iter(|| min_buffer(black_box(&pieces), timescale, buffer));
    });
    group.bench_function("peak", |b| {
        b.iter(|| peak(black_box(&pieces), timescale, 2))
    });
    group.bench_function("average", |b| {
        b.iter(|| average(black_box(&pieces), timescale))
    });
    group.finish();
}

criterion_group! {
    name = manifest;
    config = Criterion::default().sample_size(30);
    targets = write, rates
}
criterion_main!(manifest);
