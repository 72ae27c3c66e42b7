//! AV1: open bitstream units, sequence and frame headers, and where the tiles of a sample lie.
//!
//! Clauses are those of the AV1 Bitstream & Decoding Process Specification. A file holds what one
//! syntax table, or a few that belong together, say; values that nothing read later depends on
//! are passed over.

mod descriptor;
mod error;
mod film_grain;
mod filters;
mod frame_header;
mod frame_refs;
mod frame_size;
mod global_motion;
mod obu;
mod operating_point;
mod quantization;
mod references;
mod segmentation;
mod sequence_header;
mod skip_mode;
mod temporal_unit;
mod tile_group;
mod tile_info;
mod tools;

pub use error::{FrameError, ObuError};
pub use frame_header::{FrameHeader, FrameType, UncompressedHeader};
pub use frame_size::FrameSize;
pub use obu::{Layer, Obu, ObuType, Obus};
pub use operating_point::{DecoderModel, OperatingPoint, Timing};
pub use references::{Reference, References};
pub use segmentation::Segmentation;
pub use sequence_header::SequenceHeader;
pub use temporal_unit::TemporalUnits;
pub use tile_info::TileInfo;
pub use tools::{Choice, FrameIds, Tools};

#[cfg(test)]
mod tests;
