//! Marking pictures before they are encoded, beside copying them.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use media::Mark;
use wm::{Baseband, Grid, Level, Mask, MasterKey, Plane, PlaneMut, Sample, Shape, Strength};

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;
/// As frame buffers often have it.
const STRIDE: usize = 2048;

/// Soft shapes and some noise.
fn picture<S: Sample + TryFrom<usize>>(bit_depth: u8) -> Vec<S> {
    let sample = |at: usize| {
        let (x, y) = (at % STRIDE, at / STRIDE);
        let noise = at.wrapping_mul(2_654_435_761) >> 7 & 7;
        let value = (x / 9 + y / 5) % 200 + 20 + noise;
        S::try_from(value << (bit_depth - 8)).ok().unwrap()
    };
    (0..STRIDE * HEIGHT).map(sample).collect()
}

fn rows<S: Sample + TryFrom<usize> + PartialEq>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    bit_depth: u8,
) {
    let shape = Shape {
        width: WIDTH,
        height: HEIGHT,
        stride: STRIDE,
        bit_depth,
    };
    let grid = Grid::of_display(WIDTH as u32, HEIGHT as u32);
    let key = MasterKey::from_bytes([7; 32]).content("title");
    let best = Baseband::new(&key.pattern(3, grid), WIDTH as u32, HEIGHT as u32);
    let scalar = best.clone().at_level(Level::SCALAR);
    let samples = picture::<S>(bit_depth);
    let source = Plane::new(shape, &samples).unwrap();
    let mask = Mask::of_cells(&source, grid, Baseband::amplitude(Strength::Normal));
    let (mut zero, mut one) = (samples.clone(), samples.clone());

    // Bytes of the source that are looked at.
    group.throughput(Throughput::Bytes((WIDTH * HEIGHT * size_of::<S>()) as u64));
    let name = |row: &str| format!("{bit_depth}_bits/{row}");
    group.bench_function(name("copy_twice"), |b| {
        b.iter(|| {
            let mut zero = PlaneMut::new(shape, &mut zero).unwrap();
            let mut one = PlaneMut::new(shape, &mut one).unwrap();
            for y in 0..HEIGHT {
                zero.row(y).copy_from_slice(black_box(source.row(y)));
                one.row(y).copy_from_slice(black_box(source.row(y)));
            }
        });
    });
    for (level, baseband) in [("", &best), ("_scalar", &scalar)] {
        group.bench_function(name(&format!("mark_both{level}")), |b| {
            b.iter(|| {
                let mut zero = PlaneMut::new(shape, &mut zero).unwrap();
                let mut one = PlaneMut::new(shape, &mut one).unwrap();
                baseband
                    .mark_both(black_box(&mask), &source, &mut zero, &mut one)
                    .unwrap();
            });
        });
        assert!(zero != samples && one != samples && zero != one);
    }
    group.bench_function(name("copy"), |b| {
        b.iter(|| {
            let mut zero = PlaneMut::new(shape, &mut zero).unwrap();
            for y in 0..HEIGHT {
                zero.row(y).copy_from_slice(black_box(source.row(y)));
            }
        });
    });
    group.bench_function(name("mark_in_place"), |b| {
        b.iter(|| {
            let mut zero = PlaneMut::new(shape, &mut zero).unwrap();
            best.mark_in_place(black_box(&mask), Mark::Zero, &mut zero)
                .unwrap();
        });
    });
    group.bench_function(name("mask_of_cells"), |b| {
        b.iter(|| Mask::of_cells(black_box(&source), grid, 0.5));
    });
}

fn baseband(c: &mut Criterion) {
    let mut group = c.benchmark_group("baseband_1080");
    rows::<u8>(&mut group, 8);
    rows::<u16>(&mut group, 10);
    group.finish();
}

criterion_group!(benches, baseband);
criterion_main!(benches);
