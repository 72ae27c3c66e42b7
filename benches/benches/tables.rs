//! Sample tables to samples, and whole movies to tracks: what opening an input costs.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use benches::film::FilmTrack;
use benches::movie;
use benches::sparse::Sparse;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use demux::tables::SampleTables;
use demux::{Limits, Movie, Source, WhenTruncated};
use isobmff::{FourCc, Place, RawBox, Writer};

const TWO_HOURS: u32 = 7_200;

fn film() -> Vec<FilmTrack> {
    let video = FilmTrack::video(TWO_HOURS, 25, 5_000_000);
    vec![video, FilmTrack::audio(TWO_HOURS, 128_000)]
}

fn resolve(c: &mut Criterion) {
    let mut group = c.benchmark_group("sample_tables_resolve");
    let tracks = movie::placed(&film());
    let end = tracks.iter().filter_map(|track| track.samples.last());
    let file_len = end.map(|sample| sample.end()).max().unwrap();
    for (name, track) in ["video_2h_25fps", "aac_2h_48khz"].iter().zip(&tracks) {
        let mut writer = Writer::new();
        writer.boxed(FourCc::new(b"stbl"), |writer| {
            writer.bytes(&movie::sample_tables(track));
        });
        let stbl = writer.finish().unwrap();
        let raw = RawBox::parse(&stbl, 0, &Place::FILE).unwrap();
        let tables = SampleTables::parse(&raw, &Place::FILE).unwrap();
        let limits = Limits::default();
        let resolved = tables.resolve(file_len, &limits).unwrap();
        assert!(resolved.samples == track.samples);

        group.throughput(Throughput::Elements(track.samples.len() as u64));
        group.bench_function(*name, |b| {
            b.iter(|| black_box(&tables).resolve(file_len, &limits).unwrap());
        });
    }
    group.finish();
}

fn read(c: &mut Criterion) {
    let mut group = c.benchmark_group("movie_read");
    let film = film();
    let samples: usize = film.iter().map(|track| track.samples.len()).sum();
    let files: [(&str, Sparse, bool); 2] = [
        ("progressive_2h", movie::progressive(&film), false),
        ("fragmented_2h_of_2s_moofs", movie::fragmented(&film), true),
    ];
    for (name, file, is_fragmented) in &files {
        let limits = Limits::default();
        let read = || Movie::read(black_box(file), &limits, WhenTruncated::Refuse).unwrap();
        let movie = read();
        let found: usize = movie.tracks.iter().map(|track| track.samples.len()).sum();
        assert_eq!((found, movie.is_fragmented), (samples, *is_fragmented));
        assert!(file.len().unwrap() > 4_000_000_000 && file.stored() < 20_000_000);

        group.throughput(Throughput::Elements(samples as u64));
        group.bench_function(*name, |b| b.iter(read));
    }
    group.finish();
}

criterion_group! {
    name = tables;
    config = Criterion::default().sample_size(30);
    targets = resolve, read
}
criterion_main!(tables);
