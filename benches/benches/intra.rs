//! The luma of intra pictures before deblocking: those of `480p.mp4`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use benches::slices::{Slice, of_480p};
use bitstream::h264::intra::Picture;
use bitstream::h264::slice_data::SliceData;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn reconstruction(c: &mut Criterion) {
    let slices = of_480p();
    let parsed: Vec<SliceData> = slices.iter().map(Slice::parse).collect();
    let macroblocks = parsed
        .iter()
        .map(|data| data.macroblocks.len())
        .sum::<usize>();
    let mut picture = Picture::of(&slices[0].sps).unwrap();
    let mut reconstruct = || {
        for (slice, data) in slices.iter().zip(&parsed) {
            let Slice {
                header, sps, pps, ..
            } = slice;
            picture
                .reconstruct(sps, pps, header, black_box(data))
                .unwrap();
        }
        let luma = picture.luma().samples();
        luma.iter().map(|sample| u64::from(*sample)).sum::<u64>() / luma.len() as u64
    };
    // The last of them is neither black nor white.
    assert!(macroblocks == 10 * 54 * 30 && (40..200).contains(&reconstruct()));

    let mut group = c.benchmark_group("h264_intra_reconstruction");
    group.throughput(Throughput::Elements(macroblocks as u64));
    group.bench_function("480p", |b| b.iter(|| black_box(reconstruct())));
    group.finish();
}

criterion_group!(benches, reconstruction);
criterion_main!(benches);
