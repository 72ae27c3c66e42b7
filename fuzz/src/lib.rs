//! What the fuzz targets share.

pub mod slices;
pub mod tiles;

use text::{Format, Parsed, Timeline, parse, to_webvtt};

/// Reads a document in `format`, and holds what was read to the promises of the writers.
pub fn subtitles(data: &[u8], format: Format) {
    match parse(data, Some(format)) {
        Ok(parsed) => written(&parsed),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What can be read can be written, in one piece and in segments, and reads the same again.
pub fn written(parsed: &Parsed) {
    let document = &parsed.document;
    if document.cues.is_empty() {
        return;
    }
    let once = to_webvtt(document);
    let again = parse(once.as_bytes(), Some(Format::WebVtt));
    let again = again.unwrap_or_else(|error| panic!("cannot be read after writing: {error}\n{once}"));
    assert_eq!(once, to_webvtt(&again.document), "differs after writing twice");

    let timeline = Timeline::new(document);
    for start in [0, 1_000, 3_999, i64::from(u32::MAX)] {
        let _ = timeline.webvtt_segment(start, start + 4_000);
        if let Ok(fragment) = timeline.wvtt_samples(start, start + 4_000) {
            // Samples follow one another without a hole and fill the segment.
            let mut at = start;
            for sample in &fragment.samples {
                assert_eq!(sample.start_ms, at);
                at += i64::from(sample.duration_ms);
            }
            assert_eq!(at, start + 4_000);
        }
    }
}
