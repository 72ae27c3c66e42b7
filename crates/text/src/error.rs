//! What makes a subtitle document unusable.

/// Why a document cannot be read or written. Messages name the place first, then the field, its
/// value and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// More text than is read.
    #[error("text: is {bytes} bytes, expected at most {limit}")]
    TooLarge {
        /// Bytes present.
        bytes: u64,
        /// Bytes read at most.
        limit: u64,
    },
    /// Bytes that are no UTF-8, nor UTF-16 announced by a byte order mark.
    #[error(
        "line {line} at byte {byte}: text: is {found}, expected UTF-8 or UTF-16 with a byte order \
         mark; convert it, for example with iconv -f WINDOWS-1252 -t UTF-8"
    )]
    Encoding {
        /// Line, from 1.
        line: u64,
        /// Offset of the first wrong byte, from 0.
        byte: u64,
        /// What stands there.
        found: String,
    },
    /// The text is none of the known formats.
    #[error(
        "line 1: text: is {found}, expected WebVTT (\"WEBVTT\"), SRT (\"00:00:01,000 --> \
         00:00:02,000\") or TTML (\"<tt\")"
    )]
    Format {
        /// How the text begins.
        found: String,
    },
    /// A field of a document that nothing can be made of.
    #[error("line {line}: {field}: is {value}, expected {expected}")]
    Field {
        /// Line, from 1.
        line: u64,
        /// Which field.
        field: &'static str,
        /// What it holds, shortened.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// Text that is no well-formed XML.
    #[error("line {line} at byte {byte}: XML: {reason}")]
    Xml {
        /// Line, from 1.
        line: u64,
        /// Offset in the text as UTF-8.
        byte: u64,
        /// What is wrong.
        reason: String,
    },
    /// Subtitles that are pictures.
    #[error("line {line}: {what}: subtitles are images, expected text")]
    Images {
        /// Line, from 1.
        line: u64,
        /// The element or attribute that says so.
        what: String,
    },
    /// A sample of a text track that nothing can be made of.
    #[error("sample[{sample}]: {field}: {problem}")]
    Sample {
        /// Index of the sample in its track, from 0.
        sample: u64,
        /// Path of the box or field inside the sample.
        field: &'static str,
        /// Its value and what was expected.
        problem: String,
    },
    /// A box inside a sample of a text track that is malformed.
    #[error("sample[{sample}]: {error}")]
    Box {
        /// Index of the sample in its track, from 0.
        sample: u64,
        /// What is wrong; offsets count from the start of the sample.
        error: isobmff::Error,
    },
    /// So many cues or so long ones at the same time that writing them would explode.
    #[error("cues at {at}: make more than {limit} bytes in one piece")]
    TooDense {
        /// Where, as a WebVTT timestamp.
        at: String,
        /// Bytes written at most.
        limit: u64,
    },
    /// An interval of time that no segment can have.
    #[error("segment: is {from_ms} to {to_ms} ms, expected 0 or more and at most 2^32 - 1 ms long")]
    Interval {
        /// Start, in milliseconds.
        from_ms: i64,
        /// End, in milliseconds.
        to_ms: i64,
    },
}

/// `value` in quotes, shortened and on one line, fit for a message.
pub(crate) fn excerpt(value: &str) -> String {
    const LONGEST: usize = 60;
    let short: String = value.chars().take(LONGEST).collect();
    if short.len() < value.len() {
        format!("{short:?}...")
    } else {
        format!("{short:?}")
    }
}
