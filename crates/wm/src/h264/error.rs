//! Why a segment cannot be marked.

use bitstream::h264::slice_data;

/// A segment cannot be marked. Samples count from 0 within the segment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarkError {
    /// A parameter set that cannot be read.
    #[error(transparent)]
    ParameterSet(bitstream::Error),
    /// NAL units do not fit their sample, or one is no NAL unit.
    #[error("sample {sample}: {source}")]
    Framing {
        /// The sample.
        sample: usize,
        /// What is wrong.
        source: bitstream::Error,
    },
    /// A slice header that cannot be read.
    #[error("sample {sample}, nal_unit at byte {byte}: {source}")]
    Header {
        /// The sample.
        sample: usize,
        /// Where the unit starts in it.
        byte: usize,
        /// What is wrong.
        source: bitstream::Error,
    },
    /// Slice data that is broken or uses a feature that is not supported.
    #[error("sample {sample}, nal_unit at byte {byte}: {source}")]
    Slice {
        /// The sample.
        sample: usize,
        /// Where the unit starts in it.
        byte: usize,
        /// What is wrong.
        source: slice_data::Error,
    },
    /// Slice data goes on after its last macroblock.
    #[error(
        "sample {sample}, nal_unit at byte {byte}: slice_data: {left} bytes left after the last \
         macroblock (is it encrypted?)"
    )]
    BytesAfter {
        /// The sample.
        sample: usize,
        /// Where the unit starts in it.
        byte: usize,
        /// How many.
        left: usize,
    },
    /// A slice that cannot be reconstructed.
    #[error("sample {sample}, nal_unit at byte {byte}: {what}")]
    Reconstruction {
        /// The sample.
        sample: usize,
        /// Where the unit starts in it.
        byte: usize,
        /// What is wrong.
        what: String,
    },
    /// Slices of a sample that cannot all belong to one frame.
    #[error(
        "sample {sample}, nal_unit at byte {byte}: its slices have more macroblocks than a frame"
    )]
    Macroblocks {
        /// The sample.
        sample: usize,
        /// Where the unit starts in it.
        byte: usize,
    },
    /// A sample without a slice to mark.
    #[error("sample {sample}: it has no intra slice")]
    NoSlices {
        /// The sample.
        sample: usize,
    },
    /// A unit has grown beyond what its length field can say.
    #[error("sample {sample}: a NAL unit of {bytes} bytes does not fit a length of {size} bytes")]
    UnitLength {
        /// The sample.
        sample: usize,
        /// Bytes of the unit.
        bytes: usize,
        /// Bytes of the field.
        size: usize,
    },
}
