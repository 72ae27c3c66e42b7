//! What keeps a slice from being parsed or written.

use std::fmt;

/// A slice that is not read or not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Legal, but nothing this crate reads.
    #[error("slice_data: {0} not supported")]
    Unsupported(Feature),
    /// Its header cannot be found again in the unit, or does not fit the parameter sets.
    #[error("slice_data: {0}")]
    Header(&'static str),
    /// A macroblock cannot be read, or cannot be written.
    #[error("slice_data at bit {bit}: macroblock {macroblock}: {fault}")]
    Macroblock {
        /// Bits of the NAL unit, header included, emulation prevention bytes not, up to where
        /// the coder got.
        bit: u64,
        /// Macroblock address.
        macroblock: usize,
        /// What is wrong.
        fault: Fault,
    },
}

/// What is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// P or B slices: motion vectors and references.
    InterSlices,
    /// SP and SI slices.
    SwitchingSlices,
    /// More than one slice group: flexible macroblock ordering.
    SliceGroups,
    /// NAL unit types 2 to 4.
    DataPartitioning,
    /// NAL unit type 19: alpha and the like.
    AuxiliaryPictures,
    /// ChromaArrayType 3.
    Chroma444,
    /// `separate_colour_plane_flag`.
    SeparateColourPlanes,
    /// `qpprime_y_zero_transform_bypass_flag` with a macroblock of QP'Y 0.
    TransformBypass,
    /// More macroblocks than level 6.2 has.
    PictureSize,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Feature::InterSlices => "P and B slices are",
            Feature::SwitchingSlices => "SP and SI slices are",
            Feature::SliceGroups => "flexible macroblock ordering (more than one slice group) is",
            Feature::DataPartitioning => "data partitioning is",
            Feature::AuxiliaryPictures => "slices of auxiliary pictures are",
            Feature::Chroma444 => "4:4:4 is",
            Feature::SeparateColourPlanes => "separate colour planes are",
            Feature::TransformBypass => "lossless transform bypass is",
            Feature::PictureSize => "a picture of more than 139264 macroblocks is",
        })
    }
}

/// What is wrong with a macroblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// An element is outside its range.
    #[error("{element}: is {value}, expected {min} to {max}")]
    OutOfRange {
        /// The syntax element.
        element: &'static str,
        /// Its value.
        value: i64,
        /// The least allowed value.
        min: i64,
        /// The greatest allowed value.
        max: i64,
    },
    /// Bits that are no code of an element.
    #[error("{element}: no such code")]
    NoCode {
        /// The syntax element.
        element: &'static str,
    },
    /// The data ends inside the macroblock.
    #[error("{element}: the slice data ends inside it")]
    Truncated {
        /// The syntax structure.
        element: &'static str,
    },
    /// An 8x8 block of CABAC is marked as coded in the coded block pattern and has no level: there
    /// is no code for that.
    #[error("coded_block_pattern: 8x8 block {block} has no level")]
    EmptyBlock8x8 {
        /// Which of the four.
        block: u8,
    },
    /// The picture is full, and the slice goes on.
    #[error("the slice goes on beyond the picture")]
    BeyondPicture,
    /// The slice ends after the first macroblock of an MBAFF pair.
    #[error("the slice ends inside a macroblock pair")]
    HalfPair,
}

/// An error unless `value` lies from `min` to `max`.
pub(super) fn check(element: &'static str, value: i64, min: i64, max: i64) -> Result<(), Fault> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Fault::OutOfRange {
        element,
        value,
        min,
        max,
    })
}
