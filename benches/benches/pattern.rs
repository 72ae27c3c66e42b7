//! The pattern of a segment: derived from the key, and rendered for a rendition.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use media::Mark;
use wm::{Grid, MasterKey};

const SIZES: [(u32, u32); 3] = [(1920, 1080), (1280, 720), (640, 360)];

fn pattern(c: &mut Criterion) {
    let key = MasterKey::from_bytes([7; 32]).content("title");
    let grid = Grid::of_display(1920, 1080);
    let mut group = c.benchmark_group("pattern");
    group.throughput(Throughput::Elements(grid.cells() as u64));
    group.bench_function("derive", |b| {
        b.iter(|| key.pattern(black_box(3), grid));
    });
    let pattern = key.pattern(3, grid);
    for (width, height) in SIZES {
        let layers = pattern.layers(width, height);
        assert_ne!(layers.row(Mark::Zero, 0), layers.row(Mark::One, 0));
        // Two variants.
        let samples = 2 * u64::from(width) * u64::from(height);
        group.throughput(Throughput::Elements(samples));
        group.bench_function(format!("render_both_{height}"), |b| {
            b.iter(|| black_box(&pattern).layers(width, height));
        });
    }
    group.finish();
}

criterion_group!(benches, pattern);
criterion_main!(benches);
