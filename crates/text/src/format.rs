//! Which format a document is in.

use crate::document::Parsed;
use crate::error::{Error, excerpt};
use crate::lines::Lines;
use crate::{decode, srt, ttml, webvtt};

/// The longest document that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// A subtitle file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// WebVTT, as the W3C specifies it.
    WebVtt,
    /// SubRip.
    Srt,
    /// TTML 1 and 2 with the profiles made of text: IMSC text, SMPTE-TT, EBU-TT-D, DFXP.
    Ttml,
}

/// Reads a subtitle file; with `format` `None`, the format is seen from the text.
///
/// Cues that cannot be read are left out with a warning, as the WebVTT parser rules do; a
/// document of nothing but such cues is an error.
///
/// # Errors
///
/// [`Error::TooLarge`] beyond [`MAX_BYTES`], [`Error::Encoding`] for what is no UTF-8 or marked
/// UTF-16, [`Error::Format`] for an unknown format, and what the format's reader refuses.
pub fn parse(bytes: &[u8], format: Option<Format>) -> Result<Parsed, Error> {
    let text = decode::decode(bytes)?;
    let format = match format {
        Some(format) => format,
        None => detect(&text)?,
    };
    match format {
        Format::WebVtt => webvtt::parse(&text),
        Format::Srt => srt::parse(&text),
        Format::Ttml => ttml::parse(&text),
    }
}

/// How many lines may stand before the first timing line of an SRT file.
const SRT_LEAD: usize = 64;

fn detect(text: &str) -> Result<Format, Error> {
    if webvtt::has_signature(text) {
        return Ok(Format::WebVtt);
    }
    let start = text.trim_start();
    if start.starts_with("<?xml") || start.starts_with("<!") {
        return Ok(Format::Ttml);
    }
    if let Some(name) = start.strip_prefix('<') {
        let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
        let name = name.get(..end.unwrap_or(name.len())).unwrap_or(name);
        if name == "tt" || name.ends_with(":tt") {
            return Ok(Format::Ttml);
        }
    }
    let mut lines = Lines::new(start).take(SRT_LEAD);
    if lines.any(|(_, line)| srt::is_timing(line)) {
        return Ok(Format::Srt);
    }
    let found = match start.lines().next() {
        None => "empty".into(),
        Some(line) => excerpt(line),
    };
    Err(Error::Format { found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_seen_from_the_text() {
        for (text, format) in [
            ("WEBVTT", Format::WebVtt),
            ("WEBVTT - a title\n", Format::WebVtt),
            ("\n1\n00:00:01,000 --> 00:00:02,000\nx\n", Format::Srt),
            ("00:00:01.000 --> 00:00:02.000\nx\n", Format::Srt),
            ("  <?xml version=\"1.0\"?><tt/>", Format::Ttml),
            ("<tt xmlns=\"http://www.w3.org/ns/ttml\">", Format::Ttml),
            (
                "<tt:tt xmlns:tt=\"http://www.w3.org/ns/ttml\">",
                Format::Ttml,
            ),
            ("<!-- made by hand -->\n<tt/>", Format::Ttml),
        ] {
            assert_eq!(detect(text), Ok(format), "{text}");
        }
    }

    #[test]
    fn other_text_is_refused_by_its_first_line() {
        for (text, found) in [
            ("", "empty"),
            (" \n ", "empty"),
            ("hello\nworld", "\"hello\""),
            ("<html>", "\"<html>\""),
            ("{1}{25}MicroDVD", "\"{1}{25}MicroDVD\""),
            ("WEBVTTX", "\"WEBVTTX\""),
        ] {
            assert_eq!(
                detect(text),
                Err(Error::Format {
                    found: found.into()
                })
            );
        }
    }
}
