//! Subtitles: a long WebVTT file read, and cut into the segments of both protocols.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use benches::subtitles::Subtitles;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use text::{Format, Timeline};

const TWO_HOURS: u32 = 7_200;

/// The bounds of all segments of two seconds, in milliseconds.
fn segments() -> impl Iterator<Item = (i64, i64)> {
    (0..i64::from(TWO_HOURS) / 2).map(|at| (at * 2_000, at * 2_000 + 2_000))
}

fn subtitles(c: &mut Criterion) {
    let Subtitles { webvtt, cues } = Subtitles::new(TWO_HOURS);
    let bytes = webvtt.as_bytes();
    let parsed = text::parse(bytes, None).unwrap();
    assert_eq!(
        (parsed.document.cues.len(), parsed.warnings.len()),
        (cues, 0)
    );
    assert!(cues > 1_500 && parsed.document.header.contains("::cue"));

    let mut group = c.benchmark_group("webvtt");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("parse_2h", |b| {
        b.iter(|| text::parse(black_box(bytes), Some(Format::WebVtt)).unwrap());
    });
    group.bench_function("write_2h", |b| {
        b.iter(|| text::to_webvtt(black_box(&parsed.document)));
    });

    let count = segments().count() as u64;
    group.throughput(Throughput::Elements(count));
    let webvtt = || -> usize {
        let timeline = Timeline::new(black_box(&parsed.document));
        let segments = segments().map(|(from, to)| timeline.webvtt_segment(from, to).unwrap());
        segments.map(|segment| segment.len()).sum()
    };
    // Every cue, some of them twice, and a header for each segment.
    assert!(webvtt() > bytes.len() + segments().count() * 60);
    group.bench_function("cut_2h_into_2s_webvtt_segments", |b| b.iter(webvtt));

    let wvtt = || -> usize {
        let timeline = Timeline::new(black_box(&parsed.document));
        let segments = segments().map(|(from, to)| timeline.wvtt_samples(from, to).unwrap());
        segments.map(|segment| segment.samples.len()).sum()
    };
    // A sample at least per segment and at the start and end of each cue.
    assert!(wvtt() > segments().count() + cues);
    group.bench_function("cut_2h_into_2s_wvtt_fragments", |b| b.iter(wvtt));
    group.finish();
}

criterion_group!(webvtt, subtitles);
criterion_main!(webvtt);
