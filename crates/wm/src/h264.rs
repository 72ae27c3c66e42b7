//! The carrier of H.264: the levels of intra slices.
//!
//! Intra slices are parsed to their levels, a few levels change in a closed loop so that the
//! picture a decoder reconstructs becomes the original plus the pattern, and the slices are
//! written again. All other slices stay as they are, bit for bit: their syntax does not depend on
//! the samples they refer to, and motion compensation carries the mark on.

mod budget;
mod changes;
mod choose;
mod error;
mod fades;
mod filler;
mod lockstep;
mod picture;
mod rate;
mod segment;
mod steps;
mod stream;
mod target;
#[cfg(test)]
mod testing;
mod twins;

pub use bitstream::h264::slice_data::Feature;
pub use error::MarkError;
pub use segment::{MarkedSegment, Settings, Tally, mark};
pub use stream::{Framing, Stream};
pub use twins::Twins;
