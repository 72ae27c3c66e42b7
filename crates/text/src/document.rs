//! The one form every subtitle format is read into.

use crate::warning::{Warning, Warnings};
use media::Language;

/// A subtitle document: WebVTT cues with their header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The WebVTT header: the `WEBVTT` line, header lines, `STYLE` and `REGION` blocks, each
    /// block after an empty line; no comments, no `X-TIMESTAMP-MAP`, no line break at the end.
    pub header: String,
    /// Ordered by start, cues of equal start as in the source.
    pub cues: Vec<Cue>,
}

/// One cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// WebVTT cue identifier: one line without `-->`.
    pub id: Option<String>,
    /// When the cue appears, in milliseconds; never negative.
    pub start_ms: i64,
    /// When the cue disappears, in milliseconds; always after the start.
    pub end_ms: i64,
    /// WebVTT cue settings separated by single spaces, such as `line:0 align:left`; empty for
    /// the defaults.
    pub settings: String,
    /// WebVTT cue text: its markup and entities, lines separated by `\n`, no line empty.
    pub text: String,
}

/// A document and what reading it told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The document.
    pub document: Document,
    /// What was left out or mended, in order; at most 100.
    pub warnings: Vec<Warning>,
    /// How many warnings were not kept.
    pub further_warnings: u64,
    /// The language the document says it is in, where it says so.
    pub language: Option<Language>,
}

impl Default for Document {
    fn default() -> Document {
        Document {
            header: Document::PLAIN_HEADER.into(),
            cues: Vec::new(),
        }
    }
}

impl Document {
    /// The header of a document without header lines and blocks.
    pub const PLAIN_HEADER: &'static str = "WEBVTT";

    /// When the last cue disappears, in milliseconds; 0 without cues.
    pub fn end_ms(&self) -> i64 {
        self.cues.iter().map(|cue| cue.end_ms).max().unwrap_or(0)
    }

    /// Moves all cues by `by_ms` milliseconds. What would lie before 0 is cut off.
    pub fn shift(&mut self, by_ms: i64) {
        for cue in &mut self.cues {
            cue.start_ms = cue.start_ms.saturating_add(by_ms).max(0);
            cue.end_ms = cue.end_ms.saturating_add(by_ms);
        }
        self.cues.retain(|cue| cue.end_ms > cue.start_ms);
    }
}

impl Parsed {
    /// Puts the cues in order and says so when there are none.
    pub(crate) fn new(
        mut document: Document,
        mut warnings: Warnings,
        language: Option<Language>,
    ) -> Parsed {
        document.cues.sort_by_key(|cue| cue.start_ms);
        if document.cues.is_empty() {
            warnings.whole("cues", "are none, expected at least one");
        }
        let Warnings { first, further } = warnings;
        Parsed {
            document,
            warnings: first,
            further_warnings: further,
            language,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: i64, end_ms: i64) -> Cue {
        Cue {
            id: None,
            start_ms,
            end_ms,
            settings: String::new(),
            text: "x".into(),
        }
    }

    #[test]
    fn shifting_back_cuts_what_lies_before_zero() {
        let mut document = Document {
            cues: vec![cue(0, 1_000), cue(500, 2_000), cue(3_000, 4_000)],
            ..Document::default()
        };
        document.shift(-1_000);
        assert_eq!(document.cues, [cue(0, 1_000), cue(2_000, 3_000)]);
        assert_eq!(document.end_ms(), 3_000);
    }
}
