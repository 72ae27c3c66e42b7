//! Tracks of a film that nobody shot: sample times and sizes as encoders make them.

use isobmff::boxes::SampleEntry;
use media::{Sample, SampleFlags, Timescale, TrackKind};

use crate::ladder;
use crate::random::Random;

/// Samples of an AAC frame.
const AAC_FRAME: u32 = 1024;

/// Seconds between sync samples.
const GROUP_SECONDS: u32 = 2;

/// One track of the film.
#[derive(Clone, Debug)]
pub struct FilmTrack {
    /// Video or audio.
    pub kind: TrackKind,
    /// Ticks per second.
    pub timescale: Timescale,
    /// The sample entry, from a file of the sample ladder.
    pub entry: SampleEntry,
    /// Where the edit list starts: behind the reordering delay or the priming.
    pub media_time: u32,
    /// In decoding order; `offset` is 0 until a movie is laid out.
    pub samples: Vec<Sample>,
}

impl FilmTrack {
    /// H.264 video of `seconds` at `fps` pictures and about `bits` bits per second: closed groups
    /// of two seconds, I P B B P B B ..., the sizes of I, P and B pictures 16 to 3 to 1 and each
    /// within a third of its mean.
    pub fn video(seconds: u32, fps: u32, bits: u32) -> FilmTrack {
        let ticks = 512;
        let group = GROUP_SECONDS * fps;
        let groups = seconds / GROUP_SECONDS;
        let mut random = Random::new(u64::from(fps));
        let weights: u32 = (0..group).map(|at| weight(at, group)).sum();
        let unit = bits / 8 * GROUP_SECONDS / weights;
        let mut samples = Vec::with_capacity((groups * group) as usize);
        for at in (0..groups).flat_map(|_| 0..group) {
            let mean = unit * weight(at, group);
            samples.push(Sample {
                offset: 0,
                dts: samples.len() as i64 * i64::from(ticks),
                size: random.within(mean - mean / 3, mean + mean / 3),
                duration: ticks,
                composition_offset: (ticks * (1 + shown_at(at, group) - at)) as i32,
                flags: if at == 0 {
                    SampleFlags::SYNC
                } else {
                    SampleFlags::DEPENDENT
                },
            });
        }
        FilmTrack {
            kind: TrackKind::Video,
            timescale: timescale(fps * ticks),
            entry: ladder::entry("480p.mp4", TrackKind::Video),
            media_time: ticks,
            samples,
        }
    }

    /// AAC of `seconds` at 48 kHz and about `bits` bits per second, each frame within a quarter of
    /// the mean size.
    pub fn audio(seconds: u32, bits: u32) -> FilmTrack {
        let rate = 48_000;
        let frames = seconds * (rate / 1000) * 1000 / AAC_FRAME;
        let mean = bits / 8 * AAC_FRAME / rate;
        let mut random = Random::new(u64::from(rate));
        let sample = |at| Sample {
            offset: 0,
            dts: i64::from(at) * i64::from(AAC_FRAME),
            size: random.within(mean - mean / 4, mean + mean / 4),
            duration: AAC_FRAME,
            composition_offset: 0,
            flags: SampleFlags::SYNC,
        };
        FilmTrack {
            kind: TrackKind::Audio,
            timescale: timescale(rate),
            entry: ladder::entry("480p.mp4", TrackKind::Audio),
            media_time: AAC_FRAME,
            samples: (0..frames).map(sample).collect(),
        }
    }

    /// Ticks of all samples together.
    pub fn duration(&self) -> u64 {
        let ticks = |sample: &Sample| u64::from(sample.duration);
        self.samples.iter().map(ticks).sum()
    }

    /// The samples in pieces of `milliseconds`, each beginning with the first sample at or behind
    /// a multiple of it.
    pub fn pieces(&self, milliseconds: u32) -> impl Iterator<Item = &[Sample]> {
        let piece = move |sample: &Sample| {
            let rate = i64::from(self.timescale.rate()) * i64::from(milliseconds);
            (sample.dts * 1000).div_euclid(rate)
        };
        self.samples.chunk_by(move |a, b| piece(a) == piece(b))
    }
}

/// Relative size of picture `at` in decoding order.
fn weight(at: u32, group: u32) -> u32 {
    match shown_at(at, group) {
        0 => 16,
        shown if shown >= at => 3,
        _ => 1,
    }
}

/// The position in a group's order of display of picture `at` in decoding order: behind each P
/// picture come the two B pictures shown before it, as long as there is a P picture for them.
fn shown_at(at: u32, group: u32) -> u32 {
    let reordered = (group - 1) / 3 * 3;
    if at == 0 || at > reordered {
        return at;
    }
    match (at - 1) % 3 {
        0 => at + 2,
        _ => at - 1,
    }
}

fn timescale(rate: u32) -> Timescale {
    Timescale::new(rate).expect("a film has a rate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_of_a_group_is_shown_once_and_not_before_it_is_decoded() {
        for group in [50, 60, 120] {
            let mut shown: Vec<u32> = (0..group).map(|at| shown_at(at, group)).collect();
            assert!((0..group).all(|at| shown_at(at, group) + 1 >= at));
            shown.sort_unstable();
            assert_eq!(shown, (0..group).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn the_rate_is_about_the_one_asked_for() {
        for (film, bits) in [
            (FilmTrack::video(60, 25, 5_000_000), 5_000_000),
            (FilmTrack::audio(60, 128_000), 128_000),
        ] {
            let bytes: u64 = film.samples.iter().map(|s| u64::from(s.size)).sum();
            let found = bytes * 8 / 60;
            assert!(found.abs_diff(bits) < bits / 20, "{found}, not {bits}");
        }
    }
}
