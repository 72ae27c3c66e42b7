//! Marking segments: both variants of the samples that carry the mark.
//!
//! What a pattern is and how it gets into pictures is `wm`'s business. Here segments are read,
//! handed over with the parameter sets that hold for them, and what comes back is kept to its
//! promise: both variants of a sample have the same size.

mod buffer;
mod record;
mod spill;
mod streams;

use std::fmt;
use std::fs::File;
use std::ops::Range;

use demux::EntryRun;
use media::{Mark, Sample};

use wm::Record;
use wm::h264::{self, MarkError, Settings, Stream, Tally, Twins};
use wm::{ContentKey, Strength};

pub(crate) use buffer::SegmentBuffer;
pub(crate) use record::{KeptRecord, SegmentRecord};
pub(crate) use spill::{Spill, Spilled, unnamed};
pub(crate) use streams::Streams;

/// Segments that name one viewer of 100,000,000 with a chance of 10^-14 of naming another: 47 bits
/// without an error.
pub(crate) const POSITIONS_FOR_100_000_000: usize = 47;

/// The same for 1,000,000 viewers: 40 bits.
pub(crate) const POSITIONS_FOR_1_000_000: usize = 40;

/// Marks segments of one content.
pub(crate) struct Marker {
    key: ContentKey,
    settings: Settings,
}

impl fmt::Debug for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Marker(..)")
    }
}

/// A segment as it lies in its input.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The input as it was named.
    pub(crate) name: &'a str,
    /// The input.
    pub(crate) file: &'a File,
    /// The samples of the whole track.
    pub(crate) samples: &'a [Sample],
    /// Where its sample entry changes.
    pub(crate) runs: &'a [EntryRun],
    /// The parameter sets of each sample entry.
    pub(crate) streams: &'a Streams,
}

/// What marking made of a segment.
pub(crate) struct MarkedSamples {
    /// One for each sample: both variants of those that changed.
    pub(crate) twins: Vec<Option<Twins>>,
    /// What the detector wants to know, one for each sample entry in the segment.
    pub(crate) records: Vec<Record>,
    /// What was done, summed up.
    pub(crate) tally: Tally,
}

/// Why a segment could not be marked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SegmentError {
    /// Its bytes could not be read.
    #[error(transparent)]
    Read(Box<crate::Error>),
    /// Its pictures cannot be marked.
    #[error("{0}")]
    Mark(String),
}

impl Marker {
    pub(crate) fn new(key: ContentKey, strength: Strength) -> Marker {
        Marker {
            key,
            settings: Settings::new(strength),
        }
    }

    /// Reads the samples of a segment into `buffer` and marks them for `position`.
    ///
    /// # Errors
    /// Input that cannot be read, slices that cannot be parsed.
    pub(crate) fn mark(
        &self,
        source: &Source<'_>,
        segment: Range<usize>,
        position: u32,
        buffer: &mut SegmentBuffer,
    ) -> Result<MarkedSamples, SegmentError> {
        let samples = source.samples.get(segment.clone()).unwrap_or_default();
        buffer
            .load(source.name, source.file, samples)
            .map_err(|error| SegmentError::Read(Box::new(error)))?;
        let mut out = MarkedSamples {
            twins: Vec::with_capacity(samples.len()),
            records: Vec::with_capacity(1),
            tally: Tally::default(),
        };
        for (run, entry) in runs(source.runs, &segment) {
            let within =
                run.start.saturating_sub(segment.start)..run.end.saturating_sub(segment.start);
            let stream = source.streams.of_entry(entry);
            let stream = stream.ok_or_else(|| SegmentError::Mark("no sample entry".into()))?;
            out.extend(self.mark_run(stream, position, &buffer.samples(within))?);
        }
        if out.twins.len() != samples.len() {
            return Err(SegmentError::Mark("samples without a sample entry".into()));
        }
        Ok(out)
    }

    /// Marks samples that share their parameter sets.
    pub(crate) fn mark_run(
        &self,
        stream: &Stream,
        position: u32,
        samples: &[&[u8]],
    ) -> Result<MarkedSamples, SegmentError> {
        let marked = h264::mark(stream, &self.settings, &self.key, position, samples)
            .map_err(|error: MarkError| SegmentError::Mark(chain(&error)))?;
        let is_even = |twins: &Option<Twins>| {
            twins
                .as_ref()
                .is_none_or(|twins| twins.zero.len() == twins.one.len())
        };
        if marked.samples.len() != samples.len() || !marked.samples.iter().all(is_even) {
            return Err(SegmentError::Mark(
                "its variants are of different sizes".into(),
            ));
        }
        Ok(MarkedSamples {
            twins: marked.samples,
            records: vec![marked.record],
            tally: marked.tally,
        })
    }
}

impl MarkedSamples {
    /// Samples that were marked before.
    pub(crate) fn of_twins(twins: Vec<Option<Twins>>) -> MarkedSamples {
        MarkedSamples {
            twins,
            records: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn extend(&mut self, other: MarkedSamples) {
        self.twins.extend(other.twins);
        self.records.extend(other.records);
        self.tally.add(&other.tally);
    }

    /// The bytes of a sample in one variant, where they are not the source's.
    pub(crate) fn of(&self, at: usize, mark: Mark) -> Option<&[u8]> {
        let twins = self.twins.get(at)?.as_ref()?;
        Some(variant(twins, mark))
    }

    /// The samples that differ between the variants.
    pub(crate) fn differing(&self) -> Vec<usize> {
        let differs = |twins: &Option<Twins>| {
            let twins = twins.as_ref();
            twins.is_some_and(|twins| twins.zero != twins.one)
        };
        let twins = self.twins.iter().enumerate();
        twins
            .filter(|(_, twins)| differs(twins))
            .map(|(at, _)| at)
            .collect()
    }

    /// Sizes of all samples, the same for both variants.
    pub(crate) fn sizes(&self, samples: &[Sample]) -> Result<Vec<u32>, SegmentError> {
        let sizes = self
            .twins
            .iter()
            .zip(samples)
            .map(|(twins, sample)| match twins {
                Some(twins) => u32::try_from(twins.zero.len()),
                None => Ok(sample.size),
            });
        sizes
            .collect::<Result<_, _>>()
            .map_err(|_| SegmentError::Mark("a sample grows beyond 4 GiB".into()))
    }
}

/// One variant of a sample.
pub(crate) fn variant(twins: &Twins, mark: Mark) -> &[u8] {
    match mark {
        Mark::Zero => &twins.zero,
        Mark::One => &twins.one,
    }
}

/// `samples` with other sizes.
pub(crate) fn resized(samples: &[Sample], sizes: &[u32]) -> Vec<Sample> {
    let sized = samples.iter().zip(sizes);
    sized
        .map(|(sample, size)| Sample {
            size: *size,
            ..*sample
        })
        .collect()
}

/// The parts of a segment that share a sample entry, with its position.
pub(crate) fn runs(
    runs: &[EntryRun],
    segment: &Range<usize>,
) -> impl Iterator<Item = (Range<usize>, u32)> {
    runs.iter().enumerate().filter_map(move |(at, run)| {
        let end = runs
            .get(at + 1)
            .map_or(usize::MAX, |next| next.first_sample);
        let part = run.first_sample.max(segment.start)..end.min(segment.end);
        (!part.is_empty()).then_some((part, run.entry))
    })
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

/// What is to be said of a title with this many positions, where they are too few.
pub(crate) fn too_few(positions: usize) -> Option<String> {
    let needed = POSITIONS_FOR_100_000_000;
    let least = POSITIONS_FOR_1_000_000;
    let fit = match positions {
        1 => "1 position fits".to_string(),
        positions => format!("{positions} positions fit"),
    };
    let told = match positions {
        _ if positions >= needed => return None,
        _ if positions >= least => "enough for one of 1,000,000 sessions only if it is whole",
        _ => "too few to tell one session from all others",
    };
    Some(format!(
        "watermark: {fit}, {told}; naming one of 100,000,000 sessions takes {needed}, one of \
         1,000,000 takes {least}, without a single error"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_split_at_the_sample_entry() {
        let run = |first_sample, entry| EntryRun {
            first_sample,
            entry,
        };
        let all = [run(0, 0), run(5, 1), run(9, 0)];
        let found = |segment| runs(&all, &segment).collect::<Vec<_>>();
        assert_eq!(found(0..5), [(0..5, 0)]);
        assert_eq!(found(3..12), [(3..5, 0), (5..9, 1), (9..12, 0)]);
        assert_eq!(found(9..9), []);
    }

    #[test]
    fn too_few_positions_are_told_with_the_number() {
        assert_eq!(too_few(47), None);
        let of = |positions| too_few(positions).unwrap();
        assert!(of(46).starts_with("watermark: 46 positions fit, enough for one of 1,000,000"));
        assert!(of(39).starts_with("watermark: 39 positions fit, too few to tell"));
        assert!(of(1).starts_with("watermark: 1 position fits, too few"));
    }
}
