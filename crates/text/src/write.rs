//! WebVTT text: whole files and the segments of HLS.

use crate::document::{Cue, Document};
use crate::error::Error;
use crate::markup::{fit_for_file, fit_for_line};
use crate::timeline::Timeline;
use crate::timestamp;

/// `document` as one WebVTT file. Cues are ordered by start.
pub fn to_webvtt(document: &Document) -> String {
    let mut out = String::new();
    out.push_str(&document.header);
    out.push('\n');
    for cue in Timeline::new(document).cues() {
        push_cue(&mut out, cue);
    }
    out
}

/// The WebVTT segment of `document` that plays from `from_ms` to `to_ms`: see
/// [`Timeline::webvtt_segment`], which is faster for more than one segment.
///
/// # Errors
///
/// Those of [`Timeline::webvtt_segment`].
pub fn to_webvtt_segment(document: &Document, from_ms: i64, to_ms: i64) -> Result<String, Error> {
    Timeline::new(document).webvtt_segment(from_ms, to_ms)
}

/// Appends a cue with the empty line before it.
pub(crate) fn push_cue(out: &mut String, cue: &Cue) {
    out.push('\n');
    if let Some(id) = &cue.id {
        out.push_str(&fit_for_line(id));
        out.push('\n');
    }
    out.push_str(&timestamp::format(cue.start_ms));
    out.push_str(" --> ");
    out.push_str(&timestamp::format(cue.end_ms));
    if !cue.settings.is_empty() {
        out.push(' ');
        out.push_str(&fit_for_line(&cue.settings));
    }
    out.push('\n');
    let text = fit_for_file(&cue.text);
    if !text.is_empty() {
        out.push_str(&text);
        out.push('\n');
    }
}
