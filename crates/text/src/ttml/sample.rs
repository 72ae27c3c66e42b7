//! TTML in samples of an MP4 track (sample entry `stpp`): each sample is a document.
//! ISO/IEC 14496-30, timed text in XML.

use crate::decode;
use crate::document::{Document, Parsed};
use crate::error::Error;
use crate::merge::Merger;
use crate::warning::Warnings;
use media::{Language, Timescale};

/// Reads the samples of a TTML track in order.
#[derive(Debug)]
pub struct TtmlReader {
    merger: Merger,
    warnings: Warnings,
    language: Option<Language>,
}

impl TtmlReader {
    /// A reader for a track of `timescale`.
    pub fn new(timescale: Timescale) -> TtmlReader {
        TtmlReader {
            merger: Merger::new(timescale),
            warnings: Warnings::default(),
            language: None,
        }
    }

    /// Reads one sample: `start` and `duration` in ticks of the track. Times in the document are
    /// those of the media timeline, and hold within the sample alone. An empty sample shows
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Images`] for subtitles that are images, [`Error::Sample`] for any other document
    /// that cannot be read, [`Error::TooLarge`] beyond [`MAX_BYTES`](crate::MAX_BYTES) of
    /// samples.
    pub fn push(&mut self, start: i64, duration: u32, data: &[u8]) -> Result<(), Error> {
        let span = self.merger.sample(start, duration, data.len())?;
        if data.is_empty() {
            return Ok(());
        }
        let mut warnings = Warnings::default();
        let read = decode::decode(data).and_then(|text| super::read(&text, &mut warnings));
        let content = read.map_err(|error| match error {
            Error::Images { .. } => error,
            other => Error::Sample {
                sample: span.index,
                field: "document",
                problem: other.to_string(),
            },
        })?;
        for warning in &warnings.first {
            self.warnings
                .sample(span.index, "document", warning.to_string());
        }
        if self.language.is_none() {
            self.language = content.language;
        }
        let shown = |start_ms: i64, end_ms: i64| start_ms < span.end_ms && end_ms > span.start_ms;
        let all = content.cues.len();
        let cues = content
            .cues
            .into_iter()
            .filter(|cue| shown(cue.start_ms, cue.end_ms));
        let cues: Vec<_> = cues.map(|cue| (None, cue)).collect();
        if all > 0 && cues.is_empty() && span.end_ms > span.start_ms {
            let problem = format!(
                "all lie outside the sample, expected {} to {} ms; left out",
                span.start_ms, span.end_ms
            );
            self.warnings.sample(span.index, "times", problem);
        }
        self.merger.add(span, cues);
        Ok(())
    }

    /// The document of all samples pushed.
    pub fn finish(self) -> Parsed {
        let document = Document {
            cues: self.merger.finish(),
            ..Document::default()
        };
        Parsed::new(document, self.warnings, self.language)
    }
}

/// Reads all `samples`, each as start and duration in ticks of `timescale` and its bytes. A cue
/// that goes on from one sample into the next is one cue.
///
/// # Errors
///
/// Those of [`TtmlReader::push`].
pub fn from_ttml_samples<B: AsRef<[u8]>>(
    timescale: Timescale,
    samples: impl IntoIterator<Item = (i64, u32, B)>,
) -> Result<Parsed, Error> {
    let mut reader = TtmlReader::new(timescale);
    for (start, duration, data) in samples {
        reader.push(start, duration, data.as_ref())?;
    }
    Ok(reader.finish())
}
