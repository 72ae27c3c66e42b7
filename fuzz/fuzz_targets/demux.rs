//! A whole movie from bytes: no panic, and memory that the bytes justify.

#![no_main]

use demux::{Limits, Movie, WhenTruncated};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    for when in [WhenTruncated::Refuse, WhenTruncated::KeepWhole] {
        match Movie::read(data, &limits, when) {
            Ok(movie) => {
                for track in &movie.tracks {
                    for sample in &track.samples {
                        std::hint::black_box(track.presentation(sample));
                    }
                    std::hint::black_box((track.bytes(), track.kind(), track.to_cut()));
                }
                std::hint::black_box(format!("{:?}", movie.unusable));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});
