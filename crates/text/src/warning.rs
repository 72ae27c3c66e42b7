//! What a reader left out or mended.

use std::fmt;

/// Something in a document that was left out or mended so that the rest could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Line of the document, from 1; of a track's sample, its index from 0; `None` where the
    /// whole is meant.
    pub place: Option<Place>,
    /// Which field.
    pub field: &'static str,
    /// What is wrong with it and what became of it.
    pub problem: String,
}

/// Where a [`Warning`] arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a document, from 1.
    Line(u64),
    /// A sample of a track, from 0.
    Sample(u64),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place::Line(line)) => write!(f, "line {line}: ")?,
            Some(Place::Sample(sample)) => write!(f, "sample[{sample}]: ")?,
            None => {}
        }
        write!(f, "{}: {}", self.field, self.problem)
    }
}

/// The first warnings of a document and the number of those that followed, so that a document of
/// nothing but mistakes does not fill the memory.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    pub(crate) first: Vec<Warning>,
    pub(crate) further: u64,
}

impl Warnings {
    const KEPT: usize = 100;

    pub(crate) fn line(&mut self, line: u64, field: &'static str, problem: impl Into<String>) {
        self.add(Some(Place::Line(line)), field, problem);
    }

    pub(crate) fn sample(&mut self, sample: u64, field: &'static str, problem: impl Into<String>) {
        self.add(Some(Place::Sample(sample)), field, problem);
    }

    pub(crate) fn whole(&mut self, field: &'static str, problem: impl Into<String>) {
        self.add(None, field, problem);
    }

    fn add(&mut self, place: Option<Place>, field: &'static str, problem: impl Into<String>) {
        if self.first.len() < Warnings::KEPT {
            self.first.push(Warning {
                place,
                field,
                problem: problem.into(),
            });
        } else {
            self.further = self.further.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_names_its_place_first() {
        let warning = |place| Warning {
            place,
            field: "cue timing",
            problem: "is bad".into(),
        };
        assert_eq!(
            warning(Some(Place::Line(3))).to_string(),
            "line 3: cue timing: is bad"
        );
        assert_eq!(
            warning(Some(Place::Sample(0))).to_string(),
            "sample[0]: cue timing: is bad"
        );
        assert_eq!(warning(None).to_string(), "cue timing: is bad");
    }

    #[test]
    fn warnings_beyond_the_hundredth_are_only_counted() {
        let mut warnings = Warnings::default();
        for line in 0..250 {
            warnings.line(line, "text", "is bad");
        }
        assert_eq!((warnings.first.len(), warnings.further), (100, 150));
    }
}
