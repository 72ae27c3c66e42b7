//! The words every crate of the packager speaks.
//!
//! No input or output happens here and nothing is parsed: a [`Sample`] knows where its bytes lie
//! in a file but not which file, a [`Codec`] has a name but no bitstream. Crates that read
//! produce these words, crates that write consume them, and neither needs to know the other.

mod codec;
pub mod cut;
mod language;
mod mark;
mod sample;
mod segment;
mod time;

pub use codec::{Codec, TrackKind};
pub use language::{InvalidLanguage, Language};
pub use mark::{Mark, Marked};
pub use sample::{Sample, SampleFlags};
pub use segment::Segment;
pub use time::{Time, Timescale};
