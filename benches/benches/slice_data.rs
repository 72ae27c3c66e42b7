//! The slice data of intra slices, read and written: those of `480p.mp4`, coded with CABAC as they
//! are, and the same levels with CAVLC.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use benches::slices::{Slice, of_480p};
use bitstream::h264::slice_data::{Ending, SliceData};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn coder(c: &mut Criterion, name: &str, slices: &[Slice]) {
    let bytes = slices.iter().map(|slice| slice.nal.len()).sum::<usize>();
    let parsed: Vec<SliceData> = slices.iter().map(Slice::parse).collect();
    for (slice, data) in slices.iter().zip(&parsed) {
        assert_eq!(data.write(Ending::Original).unwrap(), slice.nal);
        assert!(data.layout().cabac == (name == "cabac") && data.macroblocks.len() == 54 * 30);
    }
    assert!(slices.len() == 10 && bytes > 100_000);

    let mut group = c.benchmark_group(format!("h264_slice_data_{name}"));
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("parse_480p", |b| {
        b.iter(|| {
            for slice in slices {
                black_box(black_box(slice).parse());
            }
        });
    });
    group.bench_function("write_480p", |b| {
        b.iter(|| {
            for data in &parsed {
                black_box(black_box(data).write(Ending::Original).unwrap());
            }
        });
    });
    group.finish();
}

fn slice_data(c: &mut Criterion) {
    let cabac = of_480p();
    let cavlc: Vec<Slice> = cabac.iter().map(Slice::recoded).collect();
    coder(c, "cabac", &cabac);
    coder(c, "cavlc", &cavlc);
}

criterion_group!(benches, slice_data);
criterion_main!(benches);
