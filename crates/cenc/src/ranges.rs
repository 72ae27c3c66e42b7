//! Which bytes of a sample are protected.
//!
//! Of H.264 and HEVC, slice data alone: lengths, unit headers, everything that is no slice, and
//! slice headers stay clear. FairPlay does not look at subsamples but finds the end of the slice
//! header itself, so in `cbcs` protection starts with the first byte that holds no bit of it, and
//! ends with the unit. The other schemes need whole blocks; what is over is left clear in front,
//! behind the slice header. Sound is protected from first to last byte.

mod builder;
mod equal;
mod nal;

pub use builder::SubsampleBuilder;
pub use equal::equalise;

use bitstream::nal::LengthSize;
use bitstream::{h264, hevc};
use isobmff::boxes::Subsample;
use media::Codec;
use std::ops::Range;
use thiserror::Error;

use crate::scheme::{IvSize, Scheme};

/// How the samples of a track are divided.
#[derive(Clone, Debug)]
pub enum Rule {
    /// H.264: slice data.
    Avc {
        /// Of each unit's length.
        length_size: LengthSize,
        /// Known so far; those in samples are added.
        sets: h264::ParameterSets,
    },
    /// HEVC: slice segment data.
    Hevc {
        /// Of each unit's length.
        length_size: LengthSize,
        /// Known so far; those in samples are added.
        sets: hevc::ParameterSets,
    },
    /// Everything.
    WholeSample,
}

/// What a rule has to know of a codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// [`Rule::Avc`].
    Avc,
    /// [`Rule::Hevc`].
    Hevc,
    /// Tiles, whose places the caller knows: [`av1`].
    Tiles,
    /// [`Rule::WholeSample`].
    WholeSample,
    /// The codec is not encrypted.
    Never,
}

/// Why a sample could not be divided.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RangeError {
    /// The units do not lie as their lengths say.
    #[error(transparent)]
    Framing(bitstream::Error),
    /// A unit cannot be read as far as is needed.
    #[error("nal_unit at byte {byte}: {error}")]
    Unit {
        /// Of the sample, where the unit starts.
        byte: usize,
        /// What is wrong.
        error: bitstream::Error,
    },
    /// A tile reaches beyond its sample or into the one before.
    #[error("tile {tile} at byte {start}: ends at byte {end}, expected from {least} to {most}")]
    Tile {
        /// From 0.
        tile: usize,
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
        /// End of the tile before.
        least: usize,
        /// Bytes of the sample.
        most: usize,
    },
    /// More subsamples than can be said.
    #[error("subsample_count: is {count}, expected at most {most}: saiz has 8 bits for their size")]
    Subsamples {
        /// Subsamples of the sample.
        count: usize,
        /// What [`max_subsamples`] allows.
        most: usize,
    },
    /// Sample and range sizes are 32 bits.
    #[error("sample: is of {bytes} bytes, expected at most 4294967295")]
    TooLong {
        /// Bytes of the sample.
        bytes: usize,
    },
}

impl Rule {
    /// What kind of rule samples of `codec` need.
    pub fn kind_of(codec: Codec) -> RuleKind {
        match codec {
            Codec::Avc => RuleKind::Avc,
            Codec::Hevc => RuleKind::Hevc,
            Codec::Av1 => RuleKind::Tiles,
            // As a whole: where its uncompressed headers end is not read here.
            Codec::Vp9 => RuleKind::WholeSample,
            Codec::Aac | Codec::Ac3 | Codec::Eac3 | Codec::Opus | Codec::Flac => {
                RuleKind::WholeSample
            }
            Codec::WebVtt | Codec::Ttml | Codec::TimedText => RuleKind::Never,
        }
    }

    /// Writes the subsamples of `sample` to `subsamples`, in place of what is there; none: all of
    /// it is protected.
    ///
    /// There may be as many as fit `saiz` beside the longest IV of the scheme: 39, in `cbcs`, whose
    /// IV is constant, 42. A picture of more slices is refused. Two slices cannot share a subsample,
    /// as the header between them would be encrypted, and leaving one clear would give the picture
    /// away.
    ///
    /// # Errors
    ///
    /// [`RangeError`] where the sample cannot be read; `subsamples` is empty then.
    pub fn divide(
        &mut self,
        sample: &[u8],
        scheme: Scheme,
        subsamples: &mut Vec<Subsample>,
    ) -> Result<(), RangeError> {
        subsamples.clear();
        let bytes = sample.len();
        u32::try_from(bytes).map_err(|_| RangeError::TooLong { bytes })?;
        let mut builder = SubsampleBuilder::onto(std::mem::take(subsamples), scheme);
        match self {
            Rule::Avc { length_size, sets } => nal::avc(sample, *length_size, sets, &mut builder)?,
            Rule::Hevc { length_size, sets } => {
                nal::hevc(sample, *length_size, sets, &mut builder)?;
            }
            Rule::WholeSample => {}
        }
        *subsamples = builder.finish();
        check_count(subsamples, scheme).inspect_err(|_| subsamples.clear())
    }
}

/// Whether `saiz` can say the size of so many, with any IV of the scheme.
fn check_count(subsamples: &[Subsample], scheme: Scheme) -> Result<(), RangeError> {
    let most = max_subsamples(match scheme {
        Scheme::Cbcs => None,
        Scheme::Cenc | Scheme::Cens | Scheme::Cbc1 => Some(IvSize::Sixteen),
    });
    let count = subsamples.len();
    match count {
        _ if count <= most => Ok(()),
        _ => Err(RangeError::Subsamples { count, most }),
    }
}

/// The subsamples of an AV1 sample whose tiles lie at `tiles`.
///
/// Tile data is protected, everything else clear: AV1 Codec ISO Media File Format Binding,
/// "Subsample Encryption". In `cbcs` a tile is protected to its end, in the others its last
/// blocks.
///
/// # Errors
///
/// [`RangeError::Tile`] unless the tiles lie in the sample one behind the other.
pub fn av1(
    sample: &[u8],
    tiles: &[Range<usize>],
    scheme: Scheme,
) -> Result<Vec<Subsample>, RangeError> {
    let most = sample.len();
    u32::try_from(most).map_err(|_| RangeError::TooLong { bytes: most })?;
    let mut builder = SubsampleBuilder::onto(Vec::new(), scheme);
    let mut least = 0;
    for (tile, &Range { start, end }) in tiles.iter().enumerate() {
        if start < least || end < start || end > most {
            return Err(RangeError::Tile {
                tile,
                start,
                end,
                least,
                most,
            });
        }
        builder.add(start - least, end - start);
        least = end;
    }
    builder.add(most - least, 0);
    let subsamples = builder.finish();
    check_count(&subsamples, scheme)?;
    Ok(subsamples)
}

/// How many subsamples a sample may have: the size of what is said of it takes 8 bits in `saiz`.
pub fn max_subsamples(per_sample_iv: Option<IvSize>) -> usize {
    (255 - 2 - usize::from(per_sample_iv.map_or(0, IvSize::bytes))) / 6
}

/// Blocks that encryption of the sample will take from a counter.
pub fn counter_blocks(sample: &[u8], subsamples: &[Subsample], scheme: Scheme) -> u64 {
    let pattern = scheme.video_pattern();
    match scheme {
        Scheme::Cbc1 | Scheme::Cbcs => 0,
        _ if subsamples.is_empty() => (sample.len() as u64).div_ceil(16),
        Scheme::Cenc => {
            let protected = |each: &Subsample| u64::from(each.bytes_of_protected_data);
            subsamples.iter().map(protected).sum::<u64>().div_ceil(16)
        }
        Scheme::Cens => subsamples
            .iter()
            .map(|each| pattern.encrypted_blocks(each.bytes_of_protected_data.into()))
            .sum(),
    }
}

#[cfg(test)]
mod tests;
