//! Samples of the text tracks of an MP4. First byte: which kind; then samples, each after its length in one byte.

#![no_main]

use libfuzzer_sys::fuzz_target;
use media::Timescale;
use text::{TtmlReader, Tx3gReader, WvttReader};

fuzz_target!(|data: &[u8]| {
    let Some((kind, mut rest)) = data.split_first() else { return };
    let Some(timescale) = Timescale::new(1_000) else { return };
    let mut samples = Vec::new();
    while let Some((len, after)) = rest.split_first() {
        let (sample, after) = after.split_at(usize::from(*len).min(after.len()));
        samples.push(sample);
        rest = after;
    }
    macro_rules! read {
        ($reader:expr) => {{
            let mut reader = $reader;
            for (i, sample) in samples.iter().enumerate() {
                if let Err(error) = reader.push(i as i64 * 700, 700, sample) {
                    assert!(!error.to_string().is_empty());
                    return;
                }
            }
            fuzz::written(&reader.finish());
        }};
    }
    match kind % 3 {
        0 => read!(WvttReader::new("WEBVTT", timescale)),
        1 => read!(Tx3gReader::new(timescale)),
        _ => read!(TtmlReader::new(timescale)),
    }
});
