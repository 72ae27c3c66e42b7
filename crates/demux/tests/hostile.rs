//! Hostile movies: no panic, little memory, little time.
//!
//! Memory is what the kernel counts, with everything the reader allocates on the way, so these
//! tests run in a program of their own, one at a time.

#[cfg(test)]
#[allow(dead_code)]
#[path = "../src/testing.rs"]
mod testing;

use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use demux::{Limits, Movie, WhenTruncated};
use proptest::prelude::*;
use testing::{TestTrack, boxed, fragment, ftyp, init, moov, progressive, table, trex, words};

/// Beside 64 times the file: what the allocator and the page size round up to, and what the kernel
/// counts of the program itself as its pages are touched for the first time. Claims that are
/// believed show as hundreds of MiB.
const ALLOWANCE: u64 = 16 << 20;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A figure of `/proc/self/status`, in bytes; `None` where there is no such file.
fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Reads a movie in both ways and checks what it cost.
fn read(bytes: &[u8]) -> Result<Movie, String> {
    let _guard = ONE_AT_A_TIME.lock();
    // Forgets the peak so far.
    let can_measure = fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = status("VmRSS");
    let start = Instant::now();
    let kept = Movie::read(bytes, &Limits::default(), WhenTruncated::KeepWhole);
    drop(kept);
    let read = Movie::read(bytes, &Limits::default(), WhenTruncated::Refuse);
    let spent = start.elapsed();
    assert!(
        spent < Duration::from_secs(20),
        "took {spent:?} for {} bytes",
        bytes.len()
    );
    if let (true, Some(before), Some(peak)) = (can_measure, before, status("VmHWM")) {
        let used = peak.saturating_sub(before);
        let allowed = bytes.len() as u64 * 64 + ALLOWANCE;
        assert!(
            used <= allowed,
            "took {used} bytes for a file of {}",
            bytes.len()
        );
    }
    if let Ok(movie) = &read {
        // What is made of a movie first must not overflow either.
        for track in &movie.tracks {
            let _ = (track.to_cut().end(), track.bytes());
            assert!(
                track
                    .samples
                    .iter()
                    .all(|sample| sample.end() <= bytes.len() as u64)
            );
        }
    }
    read.map_err(|error| error.to_string())
}

fn small_movies() -> [Vec<u8>; 3] {
    let mut video = TestTrack::video(1, 12);
    video.edits = vec![(40, -1, testing::RATE), (600, 500, testing::RATE)];
    video.samples[3].offset = 200;
    let audio = TestTrack::audio(2, 20);
    let text = TestTrack::text(3, 2);
    let head = init(&[video.clone(), audio.clone()]);
    let event = boxed(b"emsg", &[&[0; 30]]);
    let first = fragment(&[(&video, 0), (&audio, 0)]);
    let second = fragment(&[(&video, 1_200), (&audio, 20 * 1_024)]);
    [
        progressive(&[video.clone(), audio.clone(), text]),
        testing::media_first(&[video, audio]),
        [head, first, event, second].concat(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_movies_never_panic_and_take_little(
        which in 0..3_usize,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = small_movies()[which].clone();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = read(&bytes);
    }

    #[test]
    fn words_of_extreme_values_never_panic_and_take_little(
        which in 0..3_usize,
        at in any::<prop::sample::Index>(),
        value in prop::sample::select(vec![
            0, 1, 2, 7, 8, 0xff, 0x7fff, 0x1_0000, 0xff_ffff, 0x7fff_fffe, 0x7fff_ffff,
            0x8000_0000, 0xffff_fff0, u32::MAX,
        ]),
    ) {
        let mut bytes = small_movies()[which].clone();
        let at = at.index(bytes.len() - 4);
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        let _ = read(&bytes);
    }
}

#[test]
fn every_bit_may_be_wrong() {
    let _guard = ONE_AT_A_TIME.lock();
    for movie in small_movies() {
        for at in 0..movie.len() * 8 {
            let mut bytes = movie.clone();
            bytes[at / 8] ^= 0x80 >> (at % 8);
            let _ = Movie::read(&bytes, &Limits::default(), WhenTruncated::KeepWhole);
        }
    }
}

/// `stbl` boxes that claim `count` samples of one byte, in a chunk each time at byte 0.
fn claims(count: u32, chunks: usize) -> Vec<u8> {
    let entry = TestTrack::text(1, 1).entries.concat();
    let stsd = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &entry]);
    let tables = [
        stsd,
        table(b"stts", 0, 2, &[count, 1]),
        words(b"stsz", 0, 0, &[1, count]),
        table(b"stsc", 0, 3, &[1, count, 1]),
        table(b"stco", 0, 1, &vec![0; chunks]),
    ];
    boxed(b"stbl", &[&tables.concat()])
}

#[test]
fn constant_sizes_claim_no_memory() {
    for count in [16_000_000, u32::MAX] {
        for chunks in [1, 1_000] {
            let trak = TestTrack::text(1, 1).trak_with(&claims(count, chunks));
            let message = read(&[ftyp(), moov(&[trak])].concat()).unwrap_err();
            assert!(!message.is_empty());
        }
    }
    // 200 tracks that claim the same bytes.
    let traks: Vec<Vec<u8>> = (1..=200)
        .map(|id| TestTrack::text(id, 1).trak_with(&claims(10_000, 1)))
        .collect();
    let padding = boxed(b"mdat", &[&vec![0; 20_000]]);
    let message = read(&[ftyp(), moov(&traks), padding].concat()).unwrap_err();
    assert!(
        message.contains("samples in what is left of the file's bytes"),
        "{message}"
    );
}

#[test]
fn runs_without_rows_claim_neither_memory_nor_time() {
    let tracks: Vec<TestTrack> = (1..=200).map(|id| TestTrack::text(id, 1)).collect();
    let run = |id: u32, count: u32| {
        let tfhd = words(b"tfhd", 0, 0x2_0000, &[id]);
        boxed(b"traf", &[&tfhd, &words(b"trun", 0, 0, &[count])])
    };
    for count in [1_000, 100_000, u32::MAX] {
        let trafs: Vec<u8> = (1..=200).flat_map(|id| run(id, count)).collect();
        let bytes = [init(&tracks), boxed(b"moof", &[&trafs])].concat();
        let message = read(&bytes).unwrap_err();
        assert!(message.contains("samples in"), "{message}");
    }
    // Tracks that are not kept: followed without a loop, however many runs there are.
    let ghosts = run(999, u32::MAX).repeat(20_000);
    let bytes = [init(&tracks), boxed(b"moof", &[&ghosts])].concat();
    assert!(read(&bytes).unwrap().tracks.is_empty());
}

#[test]
fn boxes_in_great_numbers_take_little() {
    let video = TestTrack::video(1, 5);
    let head = [init(std::slice::from_ref(&video)), fragment(&[(&video, 0)])].concat();
    for kind in [b"moof", b"emsg", b"moov", b"free", b"prft"] {
        let many = boxed(kind, &[]).repeat(200_000);
        let _ = read(&[&head[..], &many, &fragment(&[(&video, 500)])].concat());
    }
    let trexes: Vec<u8> = (1..=20_000).flat_map(trex).collect();
    let mvex = boxed(b"mvex", &[&trexes]);
    let tfhd = boxed(b"traf", &[&words(b"tfhd", 0, 0, &[0])]);
    let moof = boxed(b"moof", &[&tfhd.repeat(20_000)]);
    let _ = read(&[ftyp(), moov(&[video.trak(None), mvex]), moof].concat());
}

#[test]
fn references_in_great_numbers_take_little_time() {
    let mut track = TestTrack::video(1, 1);
    track.dref = boxed(b"url ", &[&[0, 0, 0, 1]]).repeat(70_000);
    let mut entry = boxed(b"none", &[&[0; 8]]);
    entry[14..16].copy_from_slice(&[0xff, 0xff]);
    track.entries = vec![entry; 4_000];
    let _ = read(&progressive(&[track]));
}

#[test]
fn edits_in_great_numbers_take_little() {
    let mut track = TestTrack::video(1, 5);
    track.edits = vec![(0, -1, testing::RATE); 100_000];
    assert!(read(&progressive(&[track.clone()])).is_err());
    track.edits = (0..100_000).map(|at| (1, at, testing::RATE)).collect();
    assert!(read(&progressive(&[track])).is_ok());
}
