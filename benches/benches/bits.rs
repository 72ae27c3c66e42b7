//! NAL units and slice headers of real H.264: the video of `480p.mp4`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::borrow::Cow;
use std::hint::black_box;

use benches::ladder::Units;
use bitstream::h264::{SliceHeader, SliceType};
use bitstream::nal::{LengthPrefixed, LengthSize, escape, unescape};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Pictures whose slice headers are read: five groups.
const PICTURES: usize = 300;

fn slice_headers(c: &mut Criterion) {
    let Units {
        sets, first_slices, ..
    } = Units::of_480p();
    let slices = &first_slices[..PICTURES];
    let parse = |slice: &Vec<u8>| SliceHeader::parse(black_box(slice), &sets).unwrap();
    let types = slices.iter().map(|slice| parse(slice).slice_type);
    assert_eq!(types.filter(|kind| *kind == SliceType::I).count(), 5);

    let mut group = c.benchmark_group("h264_slice_header_parse");
    group.throughput(Throughput::Elements(PICTURES as u64));
    group.bench_function("480p_first_300_pictures", |b| {
        b.iter(|| {
            slices
                .iter()
                .map(|slice| parse(slice).slice_data_bit)
                .sum::<u64>()
        });
    });
    group.finish();
}

fn len(units: &[Vec<u8>]) -> usize {
    units.iter().map(Vec::len).sum()
}

fn emulation_prevention(c: &mut Criterion) {
    let coded = Units::of_480p().all;
    let raw: Vec<Vec<u8>> = coded
        .iter()
        .map(|unit| unescape(unit).into_owned())
        .collect();
    // One unit in fifteen has a prevention byte; the others are looked through and borrowed.
    let all = |units: &[Vec<u8>], change: fn(&[u8]) -> Cow<'_, [u8]>| -> usize {
        let changed = units.iter().map(|unit| change(black_box(unit)).len());
        changed.sum()
    };
    assert!(len(&raw) < len(&coded) && len(&coded) > 1_000_000);
    assert_eq!(all(&coded, unescape), len(&raw));
    assert_eq!(all(&raw, escape), len(&coded));
    // The worst there is: every third byte coded is for prevention.
    let zeros = vec![vec![0; 1 << 20]];
    let escaped = vec![escape(&zeros[0]).into_owned()];
    assert!(len(&escaped) >= len(&zeros) * 3 / 2 && unescape(&escaped[0]) == zeros[0]);

    let mut group = c.benchmark_group("emulation_prevention");
    group.throughput(Throughput::Bytes(len(&coded) as u64));
    group.bench_function("unescape_480p_units", |b| b.iter(|| all(&coded, unescape)));
    group.throughput(Throughput::Bytes(len(&raw) as u64));
    group.bench_function("escape_480p_units", |b| b.iter(|| all(&raw, escape)));
    group.throughput(Throughput::Bytes(len(&escaped) as u64));
    group.bench_function("unescape_zeros_1mib", |b| {
        b.iter(|| all(&escaped, unescape))
    });
    group.throughput(Throughput::Bytes(len(&zeros) as u64));
    group.bench_function("escape_zeros_1mib", |b| b.iter(|| all(&zeros, escape)));
    group.finish();
}

fn split(c: &mut Criterion) {
    let units = Units::of_480p().all;
    let mut sample = Vec::new();
    for unit in &units {
        sample.extend_from_slice(&(unit.len() as u32).to_be_bytes());
        sample.extend_from_slice(unit);
    }
    let split = || LengthPrefixed::new(black_box(&sample), LengthSize::Four);
    assert!(split().map(|unit| unit.unwrap().bytes).eq(&units));

    let mut group = c.benchmark_group("nal_length_prefixed");
    group.throughput(Throughput::Elements(units.len() as u64));
    group.bench_function("split_480p_units", |b| {
        b.iter(|| split().map(|unit| unit.unwrap().bytes.len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(bits, slice_headers, emulation_prevention, split);
criterion_main!(bits);
