//! Samples into cues.

use crate::document::{Cue, Document, Parsed};
use crate::error::Error;
use crate::markup::{fit_for_file, fit_for_line};
use crate::merge::{Merger, Span};
use crate::warning::Warnings;
use crate::webvtt;
use isobmff::boxes::VttCue;
use isobmff::{BoxBody, Boxes, FourCc, Place};
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
    /// [`Error::Box`] for boxes that do not fit, [`Error::Sample`] for text that is not UTF-8,
    /// [`Error::TooLarge`] beyond [`MAX_BYTES`](crate::MAX_BYTES) of samples.
    pub fn push(&mut self, start: i64, duration: u32, data: &[u8]) -> Result<(), Error> {
        let span = self.merger.sample(start, duration, data.len())?;
        let entry = Place::FILE.child(FourCc::new(b"wvtt"));
        let malformed = |error| Error::Box {
            sample: span.index,
            error,
        };
        let mut cues = Vec::new();
        for child in Boxes::new(data, 0, entry) {
            let child = child.map_err(malformed)?;
            // vtte says that nothing is shown, vtta is a comment between cues.
            if child.kind == VttCue::KIND {
                cues.push(cue(
                    span,
                    &VttCue::parse(&child, &entry).map_err(malformed)?,
                )?);
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

fn cue(span: Span, cue: &VttCue<'_>) -> Result<(Option<i32>, Cue), Error> {
    let optional = |field, body: Option<_>| body.map(|body| string(span, field, body)).transpose();
    let id = optional("vttc/iden", cue.id)?.map(|id| fit_for_line(id).into_owned());
    let settings = fit_for_line(optional("vttc/sttg", cue.settings)?.unwrap_or_default());
    let settings: Vec<&str> = settings.split_ascii_whitespace().collect();
    let text = fit_for_file(string(span, "vttc/payl", cue.payload)?).into_owned();
    let read = Cue {
        id: id.filter(|id| !id.is_empty()),
        start_ms: span.start_ms,
        end_ms: span.end_ms,
        settings: settings.join(" "),
        text,
    };
    Ok((cue.source_id, read))
}

/// The string that fills a box; some writers end it with a zero byte.
fn string<'d>(span: Span, field: &'static str, body: &'d [u8]) -> Result<&'d str, Error> {
    let text = std::str::from_utf8(body).map_err(|error| Error::Sample {
        sample: span.index,
        field,
        problem: format!(
            "is no UTF-8 at byte {}, expected UTF-8",
            error.valid_up_to()
        ),
    })?;
    Ok(text.trim_end_matches('\0'))
}
