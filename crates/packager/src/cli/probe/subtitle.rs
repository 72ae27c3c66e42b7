//! What is in a subtitle document, as probing tells it.

use std::fs::File;
use std::io::Read;

use media::Language;
use packager::input::InputSpec;
use serde::Serialize;

use crate::cli::failure::chain;

/// A subtitle document.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct SubtitleFacts {
    /// As the input's options say, else as the document says.
    pub(super) language: String,
    pub(super) cues: usize,
    /// When the first cue appears, in seconds.
    pub(super) start: f64,
    /// When the last cue disappears, in seconds.
    pub(super) duration: f64,
}

impl SubtitleFacts {
    /// Reads the document of an input.
    pub(super) fn read(
        file: &File,
        input: &InputSpec,
        warnings: &mut Vec<String>,
    ) -> Result<SubtitleFacts, String> {
        let mut bytes = Vec::new();
        // One byte more than a document may have is enough to tell that it has too many.
        let read = file
            .take(text::MAX_BYTES as u64 + 1)
            .read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        SubtitleFacts::parse(&bytes, input, warnings)
    }

    fn parse(
        bytes: &[u8],
        input: &InputSpec,
        warnings: &mut Vec<String>,
    ) -> Result<SubtitleFacts, String> {
        let parsed = text::parse(bytes, None).map_err(|error| chain(&error))?;
        warnings.extend(parsed.warnings.iter().map(ToString::to_string));
        if parsed.further_warnings > 0 {
            warnings.push(format!("{} more warnings", parsed.further_warnings));
        }
        let language = input.language.clone().or(parsed.language);
        let seconds = |milliseconds: i64| milliseconds as f64 / 1000.0;
        let first = parsed.document.cues.first();
        Ok(SubtitleFacts {
            language: language.unwrap_or_else(Language::undetermined).to_string(),
            cues: parsed.document.cues.len(),
            start: seconds(first.map_or(0, |cue| cue.start_ms)),
            duration: seconds(parsed.document.end_ms()),
        })
    }

    /// One line.
    pub(super) fn text(&self) -> String {
        format!(
            "  {} cues, language {}, from {:.3} to {:.3} s\n",
            self.cues, self.language, self.start, self.duration
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VTT: &[u8] = b"WEBVTT\n\n00:01.500 --> 00:03.000\na\n\n00:04.000 --> 00:05.250\nb\n";

    fn parse(bytes: &[u8], input: &str) -> Result<SubtitleFacts, String> {
        let input = InputSpec::parse(input.as_ref()).unwrap();
        SubtitleFacts::parse(bytes, &input, &mut Vec::new())
    }

    #[test]
    fn a_document_is_told_by_its_cues_language_and_times() {
        let facts = parse(VTT, "a.vtt").unwrap();
        assert_eq!((facts.cues, facts.start, facts.duration), (2, 1.5, 5.25));
        assert_eq!(
            facts.text(),
            "  2 cues, language und, from 1.500 to 5.250 s\n"
        );
        assert_eq!(parse(VTT, "a.vtt#lang=ko").unwrap().language, "ko");
    }

    #[test]
    fn a_document_that_cannot_be_read_is_told_by_why() {
        assert!(parse(b"GIF89a", "a.vtt").unwrap_err().contains("GIF89a"));
    }
}
