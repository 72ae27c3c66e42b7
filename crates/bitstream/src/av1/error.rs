//! What can be wrong with frames.

use super::ObuType;
use crate::Error;

/// Why a frame header or a tile group cannot be read.
///
/// Bit positions count from the first bit of the unit's payload, or of the unit where its own
/// header is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// An element cannot be what it says.
    #[error(transparent)]
    Syntax(#[from] Error),
    /// What is read depends on a frame that has not been seen, or whose loss the stream tells.
    #[error("{structure} at bit {bit}: {element}: is {value}, no such reference frame")]
    MissingReference {
        /// The syntax structure being read.
        structure: &'static str,
        /// Bits read when the frame was needed.
        bit: u64,
        /// The syntax element that names the frame.
        element: &'static str,
        /// Its place among the reference frames, 0 to 7.
        value: u8,
    },
    /// A frame before the first sequence header.
    #[error("no sequence header precedes")]
    NoSequenceHeader,
    /// A tile group, or a copy of a frame header, without the frame header.
    #[error("no frame header precedes")]
    NoFrameHeader,
    /// A frame, or the end of the sample, before the last tile of the frame before.
    #[error("the frame before has {found} tiles, expected {expected}")]
    MissingTiles {
        /// Tiles that were there.
        found: u16,
        /// Tiles of the frame.
        expected: u16,
    },
    /// A unit that samples do not have.
    #[error("obu_type: is {}, which samples do not have", .0.0)]
    ObuType(ObuType),
}

/// Why the tiles of a sample cannot be found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("open_bitstream_unit at byte {byte}: {error}")]
#[non_exhaustive]
pub struct ObuError {
    /// Of the sample, where the unit starts; the length of the sample where a unit is missing.
    pub byte: usize,
    /// What is wrong.
    pub error: FrameError,
}
