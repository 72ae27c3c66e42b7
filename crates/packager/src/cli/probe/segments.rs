//! How inputs would be cut together.

use media::Timescale;
use packager::Plan;
use packager::job::Job;
use serde::Serialize;

use crate::cli::failure::chain;

/// Segments of the inputs together, in seconds.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct SegmentFacts {
    /// How many.
    pub(super) count: usize,
    /// Where each begins.
    pub(super) starts: Vec<f64>,
    /// The shortest, the last one left out if there are others.
    pub(super) shortest: f64,
    /// The longest.
    pub(super) longest: f64,
    /// Of the presentation.
    pub(super) duration: f64,
}

/// Plans `job`: its segments and warnings, or why it cannot be packaged.
pub(super) fn cut(job: &Job) -> Result<(SegmentFacts, Vec<String>), String> {
    let plan = Plan::new(job).map_err(|error| chain(&error))?;
    let milliseconds = Timescale::MILLISECONDS;
    let boundaries = plan
        .boundaries()
        .iter()
        .map(|time| time.rescale(milliseconds));
    let facts = SegmentFacts::new(boundaries.collect(), plan.duration().rescale(milliseconds));
    Ok((facts, plan.warnings().to_vec()))
}

impl SegmentFacts {
    /// From boundaries between segments and the duration, in milliseconds.
    fn new(boundaries: Vec<i64>, duration: i64) -> SegmentFacts {
        let seconds = |milliseconds: i64| milliseconds as f64 / 1000.0;
        let starts: Vec<i64> = std::iter::once(0).chain(boundaries).collect();
        let ends = starts.iter().skip(1).chain([&duration]);
        let durations: Vec<i64> = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| end - start)
            .collect();
        let whole = match durations.as_slice() {
            [whole @ .., _] if !whole.is_empty() => whole,
            all => all,
        };
        SegmentFacts {
            count: starts.len(),
            shortest: seconds(whole.iter().copied().min().unwrap_or(0)),
            longest: seconds(durations.iter().copied().max().unwrap_or(0)),
            duration: seconds(duration),
            starts: starts.into_iter().map(seconds).collect(),
        }
    }

    /// One line.
    pub(super) fn text(&self) -> String {
        let lengths = super::words::spacing([self.shortest, self.longest]);
        format!(
            "segments: {} of {lengths} in {:.3} s\n",
            self.count, self.duration
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_may_be_short() {
        let facts = SegmentFacts::new(vec![2000, 4000], 4500);
        assert_eq!(facts.starts, [0.0, 2.0, 4.0]);
        assert_eq!((facts.shortest, facts.longest), (2.0, 2.0));
        assert_eq!(facts.text(), "segments: 3 of 2.000 s in 4.500 s\n");
        let one = SegmentFacts::new(Vec::new(), 500);
        assert_eq!((one.count, one.shortest, one.longest), (1, 0.5, 0.5));
    }
}
