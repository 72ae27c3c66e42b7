//! What can be wrong with frames.

use crate::Error;

/// Why the frames of a sample, or their headers, cannot be read.
///
/// Bit positions count from the first bit of the frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// An element cannot be what it says.
    #[error(transparent)]
    Syntax(#[from] Error),
    /// The size of the frame is that of one that has not been seen.
    #[error("uncompressed_header at bit {bit}: ref_frame_idx: is {value}, no such reference frame")]
    MissingReference {
        /// Bits read when the frame was needed.
        bit: u64,
        /// Its place among the reference frames, 0 to 7.
        value: u8,
    },
    /// The sizes of frames do not add up to what there is before the index.
    #[error("superframe_index: frame {frame} ends at byte {end}, expected {expected}")]
    Superframe {
        /// From 0; one more than there are where all of them are too short.
        frame: usize,
        /// Where it would end.
        end: usize,
        /// Where the index starts.
        expected: usize,
    },
}
