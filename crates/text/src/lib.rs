//! Subtitle documents: WebVTT, SRT and TTML in, WebVTT out, as files and as samples of an MP4 track.
//!
//! Every reader makes the same [`Document`]: WebVTT cues with times in whole milliseconds. What a
//! format can say and WebVTT cannot is dropped; what a reader had to leave out or mend is told in
//! [`Parsed::warnings`]. Nothing here reads a file: callers bring bytes and take text.
//!
//! * [`parse`] reads a whole file.
//! * [`WvttReader`], [`Tx3gReader`] and [`TtmlReader`] read the samples of a track.
//! * [`to_webvtt`] writes a whole file; [`Timeline`] writes the pieces of a segmented one.
//!
//! ```
//! let srt = "1\n00:00:03,000 --> 00:00:05,000\n<i>Rock & roll</i>\n";
//! let parsed = text::parse(srt.as_bytes(), None)?;
//! let timeline = text::Timeline::new(&parsed.document);
//!
//! // The segments from 0 to 4 s: as text for HLS, and as the samples of a fragment.
//! assert_eq!(
//!     timeline.webvtt_segment(0, 4_000)?,
//!     "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n\
//!      00:00:03.000 --> 00:00:05.000\n<i>Rock &amp; roll</i>\n"
//! );
//! let fragment = timeline.wvtt_samples(0, 4_000)?;
//! let samples = fragment.samples.iter();
//! assert!(samples.map(|sample| (sample.start_ms, sample.duration_ms)).eq([(0, 3_000), (3_000, 1_000)]));
//! # Ok::<(), text::Error>(())
//! ```

mod decode;
mod document;
mod error;
mod format;
mod lines;
mod markup;
mod merge;
mod srt;
mod timeline;
mod timestamp;
mod ttml;
mod tx3g;
mod warning;
mod webvtt;
mod write;
mod wvtt;

pub use document::{Cue, Document, Parsed};
pub use error::Error;
pub use format::{Format, MAX_BYTES, parse};
pub use timeline::{MAX_SEGMENT_BYTES, Timeline};
pub use ttml::{TtmlReader, from_ttml_samples};
pub use tx3g::{Tx3gReader, from_tx3g_samples};
pub use warning::{Place, Warning};
pub use write::{to_webvtt, to_webvtt_segment};
pub use wvtt::{
    WvttFragment, WvttReader, WvttSample, from_wvtt_samples, wvtt_config, wvtt_samples,
};
