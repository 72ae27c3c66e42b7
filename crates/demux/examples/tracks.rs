//! Prints the tracks of movies: `cargo run -p demux --example tracks -- [--samples] FILE...`.
//!
//! With `--samples`, one line per sample follows each track: `sample`, track ID, presentation time
//! and decoding time in ticks of the media, presentation time after the edit list, duration, size,
//! byte offset, `K` for sync samples.

use std::error::Error;
use std::fs::File;

use demux::{Limits, Movie, Track, WhenTruncated};

fn main() -> Result<(), Box<dyn Error>> {
    let (flags, paths): (Vec<_>, Vec<_>) = std::env::args_os()
        .skip(1)
        .partition(|arg| arg == "--samples");
    for path in paths {
        let shown = path.to_string_lossy().into_owned();
        let movie = match Movie::read(
            &File::open(&path)?,
            &Limits::default(),
            WhenTruncated::Refuse,
        ) {
            Ok(movie) => movie,
            Err(error) => {
                println!("{shown}: error: {error}");
                continue;
            }
        };
        println!("{shown}: {} tracks", movie.tracks.len());
        for track in &movie.tracks {
            let end = track.timescale.seconds(track.to_cut().end());
            let first = track
                .samples
                .first()
                .map_or(0, |sample| track.presentation(sample));
            println!(
                "  {} {} {} {} samples={} first={:.3} end={end:.3} {:?}",
                track.id,
                track.codec_string,
                track.language,
                track.name,
                track.samples.len(),
                track.timescale.seconds(first),
                track.timeline,
            );
            if !flags.is_empty() {
                print_samples(track);
            }
        }
        for track in &movie.unusable {
            println!("  {} unusable: {}", track.id, track.why);
        }
        for warning in &movie.warnings {
            println!("  warning: {warning}");
        }
    }
    Ok(())
}

fn print_samples(track: &Track) {
    for sample in &track.samples {
        println!(
            "sample {} {} {} {} {} {} {} {}",
            track.id,
            sample.pts(),
            sample.dts,
            track.presentation(sample),
            sample.duration,
            sample.size,
            sample.offset,
            if sample.is_sync() { "K" } else { "_" },
        );
    }
}
