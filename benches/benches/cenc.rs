//! Encryption of the samples of a segment, and where they are divided.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use benches::film::FilmTrack;
use benches::ladder;
use benches::random::Random;
use bitstream::nal::LengthSize;
use cenc::Key;
use cenc::ranges::{Rule, SubsampleBuilder};
use cenc::scheme::{Iv, Pattern, SampleCipher, SampleToEncrypt, Scheme};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use isobmff::boxes::Subsample;

/// Two seconds of `480p.mp4`, which has 30 pictures a second.
const PICTURES: usize = 60;

/// Length, unit header and slice header of a picture of the film.
const CLEAR_OF_A_PICTURE: usize = 4 + 9;

/// The samples of a segment. Without subsamples all of each is protected.
#[derive(Clone)]
struct Segment {
    samples: Vec<Vec<u8>>,
    subsamples: Vec<Vec<Subsample>>,
}

impl Segment {
    /// Real pictures, divided by their slice headers.
    fn of_480p(scheme: Scheme) -> Segment {
        let (mut rule, samples) = avc_rule();
        let subsamples = samples
            .iter()
            .map(|sample| divided(&mut rule, sample, scheme))
            .collect();
        Segment {
            samples,
            subsamples,
        }
    }

    /// Noise of the sizes of a film's samples; pictures of one slice.
    fn of_film(track: &FilmTrack, scheme: Option<Scheme>) -> Segment {
        let mut random = Random::new(1);
        let sizes = track.samples.iter().map(|sample| sample.size);
        let samples: Vec<Vec<u8>> = sizes
            .map(|size| {
                let mut sample = vec![0; size as usize];
                random.fill(&mut sample);
                sample
            })
            .collect();
        let picture = |sample: &Vec<u8>, scheme| {
            let mut builder = SubsampleBuilder::onto(Vec::new(), scheme);
            builder.add(CLEAR_OF_A_PICTURE, sample.len() - CLEAR_OF_A_PICTURE);
            builder.finish()
        };
        let subsamples = samples
            .iter()
            .map(|sample| scheme.map_or(Vec::new(), |scheme| picture(sample, scheme)))
            .collect();
        Segment {
            samples,
            subsamples,
        }
    }

    fn bytes(&self) -> u64 {
        self.samples.iter().map(|sample| sample.len() as u64).sum()
    }

    fn encrypt(&mut self, cipher: &SampleCipher) {
        let parts = self.samples.iter_mut().zip(&self.subsamples).enumerate();
        let batch = parts.map(|(number, (sample, subsamples))| SampleToEncrypt {
            sample,
            subsamples,
            iv: iv(number),
        });
        cipher.encrypt_all(batch).unwrap();
    }

    fn decrypt(&mut self, cipher: &SampleCipher) {
        let parts = self.samples.iter_mut().zip(&self.subsamples).enumerate();
        for (number, (sample, subsamples)) in parts {
            cipher.decrypt(sample, subsamples, &iv(number)).unwrap();
        }
    }
}

fn iv(sample: usize) -> Iv {
    Iv::Sixteen((u128::MAX / 3 + ((sample as u128) << 32)).to_be_bytes())
}

fn avc_rule() -> (Rule, Vec<Vec<u8>>) {
    let (sets, samples) = ladder::samples_of_480p(PICTURES);
    let length_size = LengthSize::Four;
    (Rule::Avc { length_size, sets }, samples)
}

fn divided(rule: &mut Rule, sample: &[u8], scheme: Scheme) -> Vec<Subsample> {
    let mut subsamples = Vec::new();
    rule.divide(sample, scheme, &mut subsamples).unwrap();
    subsamples
}

/// Benches encryption of a segment in place, after what is encrypted has been decrypted again.
fn row(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    mut segment: Segment,
    (scheme, pattern): (Scheme, Pattern),
) {
    let cipher = SampleCipher::new(scheme, &Key::from_bytes([7; 16]), pattern);
    let clear = segment.samples.clone();
    segment.encrypt(&cipher);
    let changed = segment.samples.iter().zip(&clear).filter(|(a, b)| a != b);
    assert!(changed.count() * 10 >= clear.len() * 9, "{name}");
    segment.decrypt(&cipher);
    assert!(segment.samples == clear, "{name}");

    group.throughput(Throughput::Bytes(segment.bytes()));
    group.bench_function(name, |b| b.iter(|| segment.encrypt(&cipher)));
}

fn encrypt(c: &mut Criterion) {
    let video = FilmTrack::video(2, 25, 5_000_000);
    let audio = FilmTrack::audio(2, 128_000);
    let mut group = c.benchmark_group("encrypt_segment");
    for scheme in Scheme::ALL {
        let how = (scheme, scheme.video_pattern());
        let film = Segment::of_film(&video, Some(scheme));
        row(&mut group, &format!("{scheme}/film_2s_5mbps"), film, how);
        let real = Segment::of_480p(scheme);
        row(&mut group, &format!("{scheme}/480p_2s"), real, how);
        if matches!(scheme, Scheme::Cenc | Scheme::Cbcs) {
            let how = (scheme, Pattern::NONE);
            let sound = Segment::of_film(&audio, None);
            row(&mut group, &format!("{scheme}/aac_2s_128kbps"), sound, how);
        }
    }
    let whole = Segment::of_film(&video, None);
    let how = (Scheme::Cenc, Pattern::NONE);
    row(&mut group, "cenc/film_2s_5mbps_whole_samples", whole, how);
    group.finish();
}

fn divide(c: &mut Criterion) {
    let (mut rule, samples) = avc_rule();
    let all = |rule: &mut Rule, subsamples: &mut Vec<Subsample>| -> usize {
        let mut count = 0;
        for sample in &samples {
            rule.divide(black_box(sample), Scheme::Cbcs, subsamples)
                .unwrap();
            count += subsamples.len();
        }
        count
    };
    let (mut bytes, mut protected) = (0, 0);
    for sample in &samples {
        let subsamples = divided(&mut rule, sample, Scheme::Cbcs);
        assert!(!subsamples.is_empty());
        let each = subsamples.iter();
        protected += each
            .map(|each| u64::from(each.bytes_of_protected_data))
            .sum::<u64>();
        bytes += sample.len() as u64;
    }
    assert!(protected < bytes && protected * 100 > bytes * 95);

    let mut group = c.benchmark_group("divide_samples");
    group.throughput(Throughput::Elements(samples.len() as u64));
    let mut subsamples = Vec::new();
    group.bench_function("avc_480p_2s", |b| {
        b.iter(|| all(&mut rule, &mut subsamples));
    });
    group.finish();
}

criterion_group!(cenc_rows, encrypt, divide);
criterion_main!(cenc_rows);
