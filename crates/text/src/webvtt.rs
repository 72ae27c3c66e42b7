//! The WebVTT parser: "WebVTT parser algorithm" of the W3C WebVTT recommendation, section 6.1.

use crate::document::{Cue, Document, Parsed};
use crate::error::{Error, excerpt};
use crate::lines::Lines;
use crate::timestamp;
use crate::warning::Warnings;
use media::Language;
use std::borrow::Cow;
use std::iter::Peekable;

const TIMING: &str = "hh:mm:ss.mmm --> hh:mm:ss.mmm";

/// Whether `text` begins as a WebVTT file does.
pub(crate) fn has_signature(text: &str) -> bool {
    text.strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
}

/// Reads a WebVTT file without its byte order mark.
///
/// # Errors
///
/// [`Error::Field`] without the signature, or when there are cue timings and none can be read.
pub(crate) fn parse(text: &str) -> Result<Parsed, Error> {
    let text = if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    };
    let mut lines = Lines::new(&text).peekable();
    let (_, signature) = lines.next().unwrap_or((1, ""));
    if !has_signature(signature) {
        return Err(Error::Field {
            line: 1,
            field: "signature",
            value: excerpt(signature),
            expected: "WEBVTT",
        });
    }
    let mut parser = Parser {
        document: Document {
            header: signature.trim_end().into(),
            cues: Vec::new(),
        },
        warnings: Warnings::default(),
        language: None,
        first_bad: None,
        seen_cue: false,
    };
    parser.header(&mut lines);
    while let Some((_, line)) = lines.peek() {
        if line.is_empty() {
            lines.next();
        } else {
            parser.block(&mut lines);
        }
    }
    match parser.first_bad {
        Some(error) if parser.document.cues.is_empty() => Err(error),
        _ => Ok(Parsed::new(
            parser.document,
            parser.warnings,
            parser.language,
        )),
    }
}

struct Parser {
    document: Document,
    warnings: Warnings,
    language: Option<Language>,
    first_bad: Option<Error>,
    seen_cue: bool,
}

impl Parser {
    /// The lines between the signature and the first empty line.
    fn header(&mut self, lines: &mut Peekable<Lines<'_>>) {
        while let Some(&(number, line)) = lines.peek() {
            if line.is_empty() || line.contains("-->") {
                return;
            }
            lines.next();
            if let Some(map) = line.strip_prefix("X-TIMESTAMP-MAP") {
                let map = map.trim_start_matches('=');
                if !is_zero_map(map) {
                    let problem = format!(
                        "is {}, not applied: cue times are kept as written",
                        excerpt(map)
                    );
                    self.warnings.line(number, "X-TIMESTAMP-MAP", problem);
                }
                continue;
            }
            if let Some(language) = line.strip_prefix("Language:") {
                self.language = language.trim().parse().ok();
            }
            self.document.header.push('\n');
            self.document.header.push_str(line);
        }
    }

    /// "Collect a WebVTT block": a cue, a style sheet, a region, or a comment.
    fn block(&mut self, lines: &mut Peekable<Lines<'_>>) {
        let mut buffer = String::new();
        let mut cue: Option<Cue> = None;
        let mut seen_arrow = false;
        let mut kind = Kind::Other;
        let mut count = 0_u64;
        while let Some(&(number, line)) = lines.peek() {
            if line.contains("-->") {
                if seen_arrow || count > 1 {
                    break;
                }
                lines.next();
                seen_arrow = true;
                cue = self.timing(number, line);
                if let Some(cue) = &mut cue {
                    cue.id = Some(std::mem::take(&mut buffer)).filter(|id| !id.is_empty());
                    self.seen_cue = true;
                }
            } else {
                lines.next();
                if line.is_empty() {
                    break;
                }
                if count == 1 && !seen_arrow {
                    kind = self.kind(number, &buffer);
                }
                if !buffer.is_empty() {
                    buffer.push('\n');
                }
                buffer.push_str(line);
            }
            count += 1;
        }
        if let Some(mut cue) = cue {
            cue.text = buffer;
            self.document.cues.push(cue);
        } else if kind == Kind::Definition {
            self.document.header.push_str("\n\n");
            self.document.header.push_str(&buffer);
        }
    }

    /// What the block that begins with the line `first` is.
    fn kind(&mut self, number: u64, first: &str) -> Kind {
        let name = first.trim_end_matches(is_ascii_space);
        if name != "STYLE" && name != "REGION" {
            return Kind::Other;
        }
        if self.seen_cue {
            let field = if name == "STYLE" { "STYLE" } else { "REGION" };
            let place = number.saturating_sub(1);
            self.warnings.line(
                place,
                field,
                "stands after a cue, expected before; left out",
            );
            return Kind::Other;
        }
        Kind::Definition
    }

    /// "Collect WebVTT cue timings and settings".
    fn timing(&mut self, number: u64, line: &str) -> Option<Cue> {
        let Some((start_ms, end_ms, settings)) = timing(line) else {
            self.first_bad.get_or_insert_with(|| Error::Field {
                line: number,
                field: "cue timing",
                value: excerpt(line),
                expected: TIMING,
            });
            let problem = format!("is {}, expected {TIMING}; cue left out", excerpt(line));
            self.warnings.line(number, "cue timing", problem);
            return None;
        };
        if end_ms <= start_ms {
            let problem = format!(
                "is {}, expected an end after the start; cue left out",
                excerpt(line)
            );
            self.warnings.line(number, "cue timing", problem);
            return None;
        }
        let settings: Vec<&str> = settings.split_ascii_whitespace().collect();
        let settings = settings.join(" ");
        Some(Cue {
            id: None,
            start_ms,
            end_ms,
            settings,
            text: String::new(),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A style sheet or region.
    Definition,
    /// A comment, or nothing known.
    Other,
}

fn is_ascii_space(character: char) -> bool {
    character.is_ascii_whitespace()
}

fn timing(line: &str) -> Option<(i64, i64, &str)> {
    let (start, rest) = timestamp::take(line.trim_start_matches(is_ascii_space))?;
    let rest = rest
        .trim_start_matches(is_ascii_space)
        .strip_prefix("-->")?;
    let (end, settings) = timestamp::take(rest.trim_start_matches(is_ascii_space))?;
    Some((start, end, settings))
}

/// Whether a map says that cue times are those of the media.
fn is_zero_map(map: &str) -> bool {
    map.split(',')
        .all(|part| match part.trim().split_once(':') {
            Some(("MPEGTS", ticks)) => ticks.bytes().all(|byte| byte == b'0'),
            Some(("LOCAL", time)) => timestamp::take(time) == Some((0, "")),
            _ => false,
        })
}

#[cfg(test)]
mod tests;
