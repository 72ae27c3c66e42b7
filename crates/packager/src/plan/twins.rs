//! Finding sound that comes with several inputs.
//!
//! The files of a ladder usually carry the same sound, each its own copy. One copy is enough.

use std::fs::File;

use demux::{Source, Track};

/// How many samples are compared byte by byte, spread over the track. Sizes and times of all of
/// them are compared anyway, which tells variable-rate sound apart; the bytes are for constant
/// rates, where all sizes are equal.
const COMPARED: usize = 16;

/// Whether two tracks hold the same coded sound at the same times.
pub(crate) fn are_equal(left: (&Track, &File), right: (&Track, &File)) -> bool {
    let ((a, _), (b, _)) = (left, right);
    let alike = a.codec_string == b.codec_string
        && a.timescale == b.timescale
        && a.language == b.language
        && a.samples.len() == b.samples.len()
        && a.timeline.offset == b.timeline.offset
        && a.facts == b.facts;
    if !alike {
        return false;
    }
    let mut pairs = a.samples.iter().zip(&b.samples);
    if !pairs.all(|(a, b)| a.size == b.size && a.dts == b.dts && a.duration == b.duration) {
        return false;
    }
    let step = (a.samples.len() / COMPARED).max(1);
    (0..a.samples.len()).step_by(step).all(|at| {
        let bytes = read(left, at);
        bytes.is_some() && bytes == read(right, at)
    })
}

fn read((track, file): (&Track, &File), at: usize) -> Option<Vec<u8>> {
    let sample = track.samples.get(at)?;
    let mut bytes = vec![0; sample.size as usize];
    Source::read_exact_at(file, &mut bytes, sample.offset).ok()?;
    Some(bytes)
}
