//! SubRip, as its writers write it: there is no specification.

use crate::document::{Cue, Document, Parsed};
use crate::error::{Error, excerpt};
use crate::lines::Lines;
use crate::markup::{Entities, Markup, Tag};
use crate::timestamp;
use crate::warning::Warnings;

const TIMING: &str = "hh:mm:ss,mmm --> hh:mm:ss,mmm";

/// Whether `line` is a timing line.
pub(crate) fn is_timing(line: &str) -> bool {
    timing(line).is_some()
}

/// Reads an SRT file without its byte order mark.
///
/// A cue is a timing line with the text up to the next one; a number before a timing line is not
/// text. Empty lines within a cue are dropped, for a WebVTT cue ends at one.
///
/// # Errors
///
/// [`Error::Field`] when there is text and no timing line can be read.
pub(crate) fn parse(text: &str) -> Result<Parsed, Error> {
    let mut reader = Reader::default();
    for (number, line) in Lines::new(text) {
        reader.line(number, line);
    }
    if !reader.number_after_blank {
        // No timing line follows that this could be the number of.
        reader.number_at = None;
    }
    reader.finish_cue();
    let no_cue_was_read = !reader.seen_timing;
    match reader.first_bad {
        Some((line, value)) if no_cue_was_read => Err(Error::Field {
            line,
            field: "cue timing",
            value,
            expected: TIMING,
        }),
        _ => Ok(Parsed::new(reader.document, reader.warnings, None)),
    }
}

#[derive(Default)]
struct Reader {
    document: Document,
    warnings: Warnings,
    /// Line and content of what should have been a timing line.
    first_bad: Option<(u64, String)>,
    seen_timing: bool,
    /// Times of the cue whose text is being collected.
    current: Option<(i64, i64)>,
    /// Lines collected since the last timing line.
    text: String,
    /// Where in `text` the last line begins, if it may be the number of the next cue.
    number_at: Option<usize>,
    number_after_blank: bool,
    after_blank: bool,
    numbered: bool,
}

impl Reader {
    fn line(&mut self, number: u64, line: &str) {
        if line.contains("-->") {
            if let Some((start_ms, end_ms)) = timing(line) {
                self.finish_cue();
                self.seen_timing = true;
                if end_ms > start_ms {
                    self.current = Some((start_ms, end_ms));
                } else {
                    self.leave_out(number, line, "an end after the start");
                }
                return;
            }
            if line
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit() || c == '-')
            {
                self.finish_cue();
                self.first_bad
                    .get_or_insert_with(|| (number, excerpt(line)));
                self.leave_out(number, line, TIMING);
                return;
            }
        }
        let trimmed = line.trim();
        if trimmed.is_empty() {
            self.after_blank = true;
            self.number_at = None;
            return;
        }
        let is_number = trimmed.bytes().all(|byte| byte.is_ascii_digit());
        let may_be_number =
            is_number && (self.after_blank || self.numbered || self.text.is_empty());
        self.number_at = may_be_number.then_some(self.text.len());
        self.number_after_blank = self.after_blank && !self.text.is_empty();
        self.after_blank = false;
        if self.current.is_none() && !is_number && !self.seen_timing && self.first_bad.is_none() {
            self.first_bad = Some((number, excerpt(line)));
            let problem = format!("is {}, expected {TIMING}; left out", excerpt(line));
            self.warnings.line(number, "cue timing", problem);
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn leave_out(&mut self, number: u64, line: &str, expected: &str) {
        let problem = format!("is {}, expected {expected}; cue left out", excerpt(line));
        self.warnings.line(number, "cue timing", problem);
    }

    /// Makes a cue of what was collected.
    fn finish_cue(&mut self) {
        if let Some(at) = self.number_at.take() {
            self.text.truncate(at);
            self.numbered = true;
        }
        if let Some((start_ms, end_ms)) = self.current.take() {
            let (settings, text) = markup(&self.text);
            if !text.is_empty() {
                self.document.cues.push(Cue {
                    id: None,
                    start_ms,
                    end_ms,
                    settings,
                    text,
                });
            }
        }
        self.text.clear();
        self.after_blank = false;
    }
}

fn timing(line: &str) -> Option<(i64, i64)> {
    let (start, end) = line.split_once("-->")?;
    let (start, rest) = time(start)?;
    if !rest.trim().is_empty() {
        return None;
    }
    // Coordinates (X1:.. Y1:..) may follow the end.
    let (end, rest) = time(end)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((start, end))
}

/// `[h+:]m+:s+[,.]ms`; fewer than three digits after the comma are milliseconds all the same, as
/// players read them.
fn time(text: &str) -> Option<(i64, &str)> {
    let (first, _, rest) = timestamp::number(text.trim_start())?;
    let (second, _, rest) = timestamp::number(rest.strip_prefix(':')?)?;
    let (hours, minutes, seconds, rest) = match rest.strip_prefix(':') {
        Some(rest) => {
            let (third, _, rest) = timestamp::number(rest)?;
            (first, second, third, rest)
        }
        None => (0, first, second, rest),
    };
    if minutes > 59 || seconds > 59 {
        return None;
    }
    let (ms, rest) = match rest.strip_prefix([',', '.']) {
        Some(rest) => {
            let (value, digits, rest) = timestamp::number(rest)?;
            if digits > 3 {
                return None;
            }
            (value, rest)
        }
        None => (0, rest),
    };
    Some((timestamp::compose(hours, minutes, seconds, ms)?, rest))
}

/// Settings and WebVTT text of a cue's lines.
fn markup(text: &str) -> (String, String) {
    let mut writer = Markup::default();
    let mut open: Vec<(Tag, u32)> = Vec::new();
    let mut settings = "";
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        let (plain, special) = rest.split_at(at);
        writer.text(plain, Entities::Keep);
        if let Some((body, after)) = enclosed(special, "{\\", '}') {
            rest = after;
            for code in body.split('\\') {
                match code {
                    "i1" => set(&mut open, Tag::Italic, true),
                    "i0" => set(&mut open, Tag::Italic, false),
                    "b1" => set(&mut open, Tag::Bold, true),
                    "b0" => set(&mut open, Tag::Bold, false),
                    "u1" => set(&mut open, Tag::Underline, true),
                    "u0" => set(&mut open, Tag::Underline, false),
                    _ => settings = alignment(code).unwrap_or(settings),
                }
            }
        } else if let Some((known, after)) = enclosed(special, "<", '>').and_then(known_tag) {
            rest = after;
            match known {
                Known::Set(tag, on) => set(&mut open, tag, on),
                Known::LineBreak => writer.line_break(),
                Known::Dropped => {}
            }
        } else {
            let (first, after) = special.split_at(1);
            writer.text(first, Entities::Escape);
            rest = after;
        }
        writer.tags(open.iter().map(|(tag, _)| *tag));
    }
    writer.text(rest, Entities::Keep);
    (settings.into(), writer.finish())
}

/// The longest tag looked for, in bytes: bounds the search for its end.
const LONGEST_TAG: usize = 512;

/// What stands between `start` and `end` on one line, and what follows.
fn enclosed<'t>(text: &'t str, start: &str, end: char) -> Option<(&'t str, &'t str)> {
    let body = text.strip_prefix(start)?;
    let mut characters = body.char_indices().take_while(|(at, _)| *at < LONGEST_TAG);
    let stop = characters.find(|(_, c)| matches!(c, '\n' | '<' | '{') || *c == end)?;
    if stop.1 != end {
        return None;
    }
    let (body, after) = body.split_at(stop.0);
    Some((body, after.get(1..)?))
}

enum Known {
    Set(Tag, bool),
    LineBreak,
    Dropped,
}

fn known_tag<'t>((body, after): (&'t str, &'t str)) -> Option<(Known, &'t str)> {
    let (body, on) = match body.strip_prefix('/') {
        Some(body) => (body, false),
        None => (body, true),
    };
    let end = body
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(body.len());
    let name = body.get(..end)?.to_ascii_lowercase();
    let known = match name.as_str() {
        "i" | "em" => Known::Set(Tag::Italic, on),
        "b" | "strong" => Known::Set(Tag::Bold, on),
        "u" => Known::Set(Tag::Underline, on),
        "br" => Known::LineBreak,
        "font" | "s" | "strike" | "span" | "div" | "p" | "c" => Known::Dropped,
        _ => return None,
    };
    Some((known, after))
}

/// Opens or closes `tag`, counting so that an inner pair does not end an outer one.
fn set(open: &mut Vec<(Tag, u32)>, tag: Tag, on: bool) {
    let found = open.iter().position(|(other, _)| *other == tag);
    match (found.and_then(|at| open.get_mut(at)), on) {
        (Some((_, depth)), true) => *depth = depth.saturating_add(1),
        (None, true) => open.push((tag, 1)),
        (Some((_, depth)), false) => {
            *depth -= 1;
            open.retain(|(_, depth)| *depth > 0);
        }
        (None, false) => {}
    }
}

/// WebVTT settings of an ASS alignment: `an` counts as the number pad lies, `a` is the older one.
fn alignment(code: &str) -> Option<&'static str> {
    let pad = match code.strip_prefix("an") {
        Some(pad) => pad.parse::<u8>().ok()?,
        None => match code.strip_prefix('a')?.parse::<u8>().ok()? {
            low @ 1..=3 => low,
            top @ 5..=7 => top + 2,
            middle @ 9..=11 => middle - 5,
            _ => return None,
        },
    };
    Some(match pad {
        1 => "position:0% align:left",
        2 => "",
        3 => "position:100% align:right",
        4 => "line:50% position:0% align:left",
        5 => "line:50%",
        6 => "line:50% position:100% align:right",
        7 => "line:0 position:0% align:left",
        8 => "line:0",
        9 => "line:0 position:100% align:right",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
