//! Prints the tracks of movies: `cargo run -p demux --example tracks -- FILE...`.

use std::error::Error;
use std::fs::File;

use demux::{Limits, Movie, WhenTruncated};

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args_os().skip(1) {
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
