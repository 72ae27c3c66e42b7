//! The carrier of H.264: the levels of intra slices.
//!
//! Intra slices are parsed to their levels, a few levels change in a closed loop so that the
//! picture a decoder reconstructs becomes the original plus the pattern, and the slices are
//! written again. All other slices stay as they are, bit for bit: their syntax does not depend on
//! the samples they refer to, and motion compensation carries the mark on.

mod choose;
mod error;
mod filler;
mod meter;
mod missed;
mod rate;
mod rewrite;
mod rule;
mod segment;
mod steps;
mod stream;
mod target;

pub use bitstream::h264::slice_data::Feature;
pub use error::MarkError;
pub use rule::{Choice, CodedBits, Rule};
pub use segment::{MarkedSegment, Settings, Tally, Twins, mark};
pub use stream::{Framing, Stream};
