//! The meaning of an MP4: a movie, its tracks, and where every sample lies.
//!
//! Progressive and fragmented files come out alike, as [`Track`]s with one list of samples. Media
//! is never read here: [`Movie::read`] takes box headers and tables by position and leaves `mdat`
//! alone, whatever its size.

mod config;
pub mod edits;
mod error;
mod event;
pub mod fragments;
mod limits;
mod moov;
mod movie;
mod source;
mod sync;
pub mod tables;
#[cfg(test)]
mod testing;
mod track;
mod trak;
mod truncation;
mod walk;

pub use error::Error;
pub use event::Event;
pub use limits::Limits;
pub use movie::{Movie, WhenTruncated};
pub use source::Source;
pub use track::{AudioFacts, DolbyVision, EntryRun, Facts, Layout, TextFacts, Track, VideoFacts};
pub use trak::{Unusable, WhyUnusable};
pub use truncation::Truncation;
