//! Subtitle documents: WebVTT, SRT and TTML in, WebVTT out, as files and as samples of an MP4 track.
//!
//! Every reader makes the same [`Document`]: WebVTT cues with times in whole milliseconds. What a
//! format can say and WebVTT cannot is dropped; what a reader had to leave out or mend is told in
//! [`Parsed::warnings`]. Nothing here reads a file: callers bring bytes and take text.
//!
//! * [`parse`] reads a whole file.
//! * [`WvttReader`], [`Tx3gReader`] and [`TtmlReader`] read the samples of a track.
//! * [`to_webvtt`] writes a whole file; [`Timeline`] writes the pieces of a segmented one.

mod boxes;
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
