//! The boxes before a segment's samples: `moof` and the header of `mdat`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use benches::film::FilmTrack;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use media::Sample;
use mux::cmaf::{Fragment, append_fragment_head, fragment_head};

/// The second segment: `count` samples from sample `from` on.
fn fragment(samples: &[Sample], from: usize, count: usize) -> Fragment<'_> {
    let samples = &samples[from..from + count];
    assert!(samples[0].is_sync());
    Fragment {
        sequence_number: 2,
        decode_time: samples[0].dts as u64,
        composition_shift: -512,
        sample_description_index: 1,
        samples,
        boxes: &[],
    }
}

fn heads(c: &mut Criterion) {
    let mut group = c.benchmark_group("fragment_head");
    let video = FilmTrack::video(12, 25, 5_000_000);
    let audio = FilmTrack::audio(12, 128_000);
    let fast = FilmTrack::video(12, 60, 12_000_000);
    let of_audio = Fragment {
        composition_shift: 0,
        ..fragment(&audio.samples, 94, 94)
    };
    // Bytes without rows: moof 8, mfhd 16, traf 8, tfhd 24 (duration and flags), tfdt 20, trun 20
    // (24 with the flags of the first sample), the header of mdat 8. Sync samples within, as in
    // the last, take a row for the flags instead of both flags.
    let rows = [
        (
            "video_2s_50_samples",
            fragment(&video.samples, 50, 50),
            108 + 8 * 50,
        ),
        ("aac_2s_94_samples", of_audio, 104 + 4 * 94),
        (
            "video_6s_360_samples_of_3_groups",
            fragment(&fast.samples, 360, 360),
            100 + 12 * 360,
        ),
    ];
    for (name, fragment, expected) in &rows {
        let head = fragment_head(fragment).unwrap();
        assert_eq!(head.len(), *expected);
        let size = fragment.size();
        let payload: u64 = fragment.samples.iter().map(|s| u64::from(s.size)).sum();
        assert_eq!((size.head, size.payload), (head.len() as u64, payload));

        group.throughput(Throughput::Bytes(head.len() as u64));
        group.bench_function(*name, |b| {
            b.iter(|| fragment_head(black_box(fragment)).unwrap());
        });
        // What one allocation per head costs shows beside it.
        let mut buffer = Vec::with_capacity(head.len());
        group.bench_function(format!("{name}_reused_buffer"), |b| {
            b.iter(|| {
                let mut empty = std::mem::take(&mut buffer);
                empty.clear();
                buffer = append_fragment_head(empty, black_box(fragment)).unwrap();
                buffer.len()
            });
        });
    }
    group.finish();

    let mut group = c.benchmark_group("fragment_size");
    for (name, fragment, expected) in &rows {
        assert_eq!(fragment.size().head, *expected as u64);
        group.throughput(Throughput::Elements(fragment.samples.len() as u64));
        group.bench_function(*name, |b| b.iter(|| black_box(fragment).size()));
    }
    group.finish();
}

criterion_group!(fragments, heads);
criterion_main!(fragments);
