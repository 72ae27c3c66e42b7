//! AV1: open bitstream units and the sequence header.

mod obu;
mod sequence_header;

pub use obu::{Obu, ObuType, Obus};
pub use sequence_header::{OperatingPoint, SequenceHeader, Timing};
