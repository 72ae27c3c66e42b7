//! 3GPP timed text in samples of an MP4 track (sample entry `tx3g`). 3GPP TS 26.245.

use crate::document::{Cue, Document, Parsed};
use crate::error::Error;
use crate::markup::{Entities, Markup, Tag};
use crate::merge::{Merger, Span};
use crate::warning::Warnings;
use isobmff::{Boxes, FourCc, Place};
use media::Timescale;
use std::borrow::Cow;

/// Reads the samples of a timed text track in order.
#[derive(Debug)]
pub struct Tx3gReader {
    merger: Merger,
    warnings: Warnings,
}

impl Tx3gReader {
    /// A reader for a track of `timescale`.
    pub fn new(timescale: Timescale) -> Tx3gReader {
        Tx3gReader {
            merger: Merger::new(timescale),
            warnings: Warnings::default(),
        }
    }

    /// Reads one sample: `start` and `duration` in ticks of the track. An empty sample shows
    /// nothing. Bold, italic and underline are kept of the styles.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] for text that is cut or in no known encoding, [`Error::TooLarge`]
    /// beyond [`MAX_BYTES`](crate::MAX_BYTES) of samples.
    pub fn push(&mut self, start: i64, duration: u32, data: &[u8]) -> Result<(), Error> {
        let span = self.merger.sample(start, duration, data.len())?;
        let (text, modifiers) = split(span, data)?;
        let text = decode(span, text)?;
        let mut styles = Vec::new();
        let entry = Place::FILE.child(FourCc::new(b"tx3g"));
        let offset = data.len().saturating_sub(modifiers.len()) as u64;
        for modifier in Boxes::new(modifiers, offset, entry) {
            match modifier {
                Ok(modifier) if modifier.kind == FourCc::new(b"styl") => {
                    styles.extend(records(modifier.body()));
                }
                Ok(_) => {}
                Err(error) => {
                    let problem = format!("{error}; left out");
                    self.warnings
                        .sample(span.index, "text modifier box", problem);
                }
            }
        }
        let text = styled(&text, styles);
        let cue = Cue {
            id: None,
            start_ms: span.start_ms,
            end_ms: span.end_ms,
            settings: String::new(),
            text,
        };
        self.merger.add(
            span,
            Some((None, cue)).filter(|(_, cue)| !cue.text.is_empty()),
        );
        Ok(())
    }

    /// The document of all samples pushed.
    pub fn finish(self) -> Parsed {
        let document = Document {
            cues: self.merger.finish(),
            ..Document::default()
        };
        Parsed::new(document, self.warnings, None)
    }
}

/// Reads all `samples`, each as start and duration in ticks of `timescale` and its bytes.
///
/// # Errors
///
/// Those of [`Tx3gReader::push`].
pub fn from_tx3g_samples<B: AsRef<[u8]>>(
    timescale: Timescale,
    samples: impl IntoIterator<Item = (i64, u32, B)>,
) -> Result<Parsed, Error> {
    let mut reader = Tx3gReader::new(timescale);
    for (start, duration, data) in samples {
        reader.push(start, duration, data.as_ref())?;
    }
    Ok(reader.finish())
}

/// The text of a sample, by its 16-bit length, and the modifier boxes after it.
fn split(span: Span, data: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    if data.is_empty() {
        return Ok((data, data));
    }
    let problem = |problem| Error::Sample {
        sample: span.index,
        field: "text_length",
        problem,
    };
    let Some((length, rest)) = data.split_first_chunk::<2>() else {
        return Err(problem(format!("needs 2 bytes, {} left", data.len())));
    };
    let length = u16::from_be_bytes(*length);
    rest.split_at_checked(usize::from(length))
        .ok_or_else(|| problem(format!("is {length}, expected at most {}", rest.len())))
}

fn decode(span: Span, text: &[u8]) -> Result<Cow<'_, str>, Error> {
    let problem = |problem: &str| Error::Sample {
        sample: span.index,
        field: "text",
        problem: problem.into(),
    };
    let unit: fn([u8; 2]) -> u16 = match text {
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        _ => {
            let text = std::str::from_utf8(text);
            return text
                .map(Cow::Borrowed)
                .map_err(|_| problem("is no UTF-8, expected UTF-8"));
        }
    };
    let (pairs, []) = text.as_chunks::<2>() else {
        return Err(problem(
            "ends inside a character, expected whole UTF-16 units",
        ));
    };
    let units: Vec<u16> = pairs.iter().skip(1).map(|pair| unit(*pair)).collect();
    let text = String::from_utf16(&units);
    text.map(Cow::Owned)
        .map_err(|_| problem("has unpaired surrogates, expected UTF-16"))
}

/// One `StyleRecord`: characters from `start` up to but not at `end`, and `face-style-flags`.
#[derive(Clone, Copy)]
struct Style {
    start: usize,
    end: usize,
    face: u8,
}

const BOLD: u8 = 1;
const ITALIC: u8 = 2;
const UNDERLINE: u8 = 4;

/// The records of a `styl` box; those that are not whole are left out.
fn records(body: &[u8]) -> impl Iterator<Item = Style> {
    let (count, records) = body.split_first_chunk::<2>().unwrap_or((&[0; 2], &[]));
    let count = usize::from(u16::from_be_bytes(*count));
    let (records, _) = records.as_chunks::<12>();
    records.iter().take(count).map(|record| {
        let [s0, s1, e0, e1, _, _, face, ..] = *record;
        Style {
            start: usize::from(u16::from_be_bytes([s0, s1])),
            end: usize::from(u16::from_be_bytes([e0, e1])),
            face,
        }
    })
}

fn styled(text: &str, mut styles: Vec<Style>) -> String {
    styles.sort_by_key(|style| style.start);
    let mut markup = Markup::default();
    let mut rest = text;
    let mut at = 0;
    let mut take = |until: usize| {
        let length = rest
            .char_indices()
            .nth(until - at)
            .map_or(rest.len(), |(length, _)| length);
        let (part, after) = rest.split_at(length);
        (rest, at) = (after, until);
        part
    };
    let mut position = 0;
    for style in styles {
        // Records that overlap an earlier one begin where it ends.
        let start = style.start.max(position);
        if style.end <= start {
            continue;
        }
        markup.tags([]);
        push(&mut markup, take(start));
        let tags = [
            (BOLD, Tag::Bold),
            (ITALIC, Tag::Italic),
            (UNDERLINE, Tag::Underline),
        ];
        markup.tags(
            tags.into_iter()
                .filter(|(bit, _)| style.face & bit != 0)
                .map(|(_, tag)| tag),
        );
        push(&mut markup, take(style.end));
        position = style.end;
    }
    markup.tags([]);
    push(&mut markup, take(usize::MAX));
    markup.finish()
}

/// Adds `text`, whose lines may end in CR too.
fn push(markup: &mut Markup, text: &str) {
    let text = text.trim_end_matches('\0');
    if text.contains('\r') {
        markup.text(&text.replace('\r', "\n"), Entities::Escape);
    } else {
        markup.text(text, Entities::Escape);
    }
}

#[cfg(test)]
mod tests;
