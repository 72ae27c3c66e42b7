//! Samples into cues.

use crate::boxes::Boxes;
use crate::document::{Cue, Document, Parsed};
use crate::error::Error;
use crate::markup::{fit_for_file, fit_for_line};
use crate::merge::{Merger, Span};
use crate::warning::Warnings;
use crate::webvtt;
use media::{Language, Timescale};

/// Reads the samples of a WebVTT track (sample entry `wvtt`) in order.
#[derive(Debug)]
pub struct WvttReader {
    header: String,
    language: Option<Language>,
    merger: Merger,
    warnings: Warnings,
}

impl WvttReader {
    /// A reader for a track whose `vttC` box holds `config`.
    pub fn new(config: &str, timescale: Timescale) -> WvttReader {
        let mut warnings = Warnings::default();
        let config = config.trim_end_matches('\0');
        let (header, language) = match webvtt::parse(config) {
            Ok(parsed) => (parsed.document.header, parsed.language),
            Err(error) => {
                warnings.whole("vttC", format!("{error}; left out"));
                (Document::PLAIN_HEADER.into(), None)
            }
        };
        WvttReader {
            header,
            language,
            merger: Merger::new(timescale),
            warnings,
        }
    }

    /// Reads one sample: `start` and `duration` in ticks of the track.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] for boxes that do not fit or text that is not UTF-8,
    /// [`Error::TooLarge`] beyond [`MAX_BYTES`](crate::MAX_BYTES) of samples.
    pub fn push(&mut self, start: i64, duration: u32, data: &[u8]) -> Result<(), Error> {
        let span = self.merger.sample(start, duration, data.len())?;
        let mut cues = Vec::new();
        for child in Boxes::new(data) {
            match child.map_err(|bad| problem(span, "box", bad.problem()))? {
                (name, body) if name == *b"vttc" => cues.push(cue(span, body)?),
                // vtte says that nothing is shown, vtta is a comment between cues.
                _ => {}
            }
        }
        self.merger.add(span, cues);
        Ok(())
    }

    /// The document of all samples pushed.
    pub fn finish(self) -> Parsed {
        let document = Document {
            header: self.header,
            cues: self.merger.finish(),
        };
        Parsed::new(document, self.warnings, self.language)
    }
}

/// Reads all `samples`, each as start and duration in ticks of `timescale` and its bytes. A cue
/// that goes on from one sample into the next, known by its `vsid` box or by being the same, is
/// one cue.
///
/// # Errors
///
/// Those of [`WvttReader::push`].
pub fn from_wvtt_samples<B: AsRef<[u8]>>(
    config: &str,
    timescale: Timescale,
    samples: impl IntoIterator<Item = (i64, u32, B)>,
) -> Result<Parsed, Error> {
    let mut reader = WvttReader::new(config, timescale);
    for (start, duration, data) in samples {
        reader.push(start, duration, data.as_ref())?;
    }
    Ok(reader.finish())
}

fn problem(span: Span, field: &'static str, problem: String) -> Error {
    Error::Sample {
        sample: span.index,
        field,
        problem,
    }
}

fn cue(span: Span, body: &[u8]) -> Result<(Option<u32>, Cue), Error> {
    let (start_ms, end_ms) = (span.start_ms, span.end_ms);
    let mut source = None;
    let mut cue = Cue {
        id: None,
        start_ms,
        end_ms,
        settings: String::new(),
        text: String::new(),
    };
    for child in Boxes::new(body) {
        let (name, body) = child.map_err(|bad| problem(span, "vttc", bad.problem()))?;
        match &name {
            b"vsid" => {
                let id = body.first_chunk::<4>().ok_or_else(|| {
                    problem(
                        span,
                        "vttc/vsid",
                        format!("needs 4 bytes, {} left", body.len()),
                    )
                })?;
                source = Some(u32::from_be_bytes(*id));
            }
            b"iden" => {
                let id = string(span, "vttc/iden", body)?;
                cue.id = Some(fit_for_line(id).into_owned()).filter(|id| !id.is_empty());
            }
            b"sttg" => {
                let settings = string(span, "vttc/sttg", body)?;
                let settings = fit_for_line(settings);
                let settings: Vec<&str> = settings.split_ascii_whitespace().collect();
                cue.settings = settings.join(" ");
            }
            b"payl" => {
                let text = string(span, "vttc/payl", body)?;
                cue.text = fit_for_file(text).into_owned();
            }
            _ => {}
        }
    }
    Ok((source, cue))
}

/// The string that fills a box; some writers end it with a zero byte.
fn string<'d>(span: Span, field: &'static str, body: &'d [u8]) -> Result<&'d str, Error> {
    let text = std::str::from_utf8(body).map_err(|error| {
        problem(
            span,
            field,
            format!(
                "is no UTF-8 at byte {}, expected UTF-8",
                error.valid_up_to()
            ),
        )
    })?;
    Ok(text.trim_end_matches('\0'))
}
