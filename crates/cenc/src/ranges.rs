//! Which bytes of a sample are protected.
//!
//! Of H.264 and HEVC, slice data alone: lengths, unit headers, everything that is no slice, and
//! slice headers stay clear. FairPlay does not look at subsamples but finds the end of the slice
//! header itself, so in `cbcs` protection starts with the first byte that holds no bit of it, and
//! ends with the unit. The other schemes need whole blocks; what is over is left clear in front,
//! behind the slice header: television sets are known that read one range for each unit. Of AV1,
//! tiles are protected, and of VP9, what follows the uncompressed header of a frame. Sound is
//! protected from first to last byte.
//!
//! A rule learns from the samples it divides, which come in decoding order from a sync sample on;
//! it may be cloned to begin at another one. A sample whose headers depend on frames that the rule
//! has not seen is an error.

mod av1;
mod builder;
mod equal;
mod nal;
mod vp9;

pub use av1::Av1Rule;
pub use builder::SubsampleBuilder;
pub use equal::equalise;
pub use vp9::Vp9Rule;

use bitstream::nal::LengthSize;
use bitstream::{av1::ObuError, h264, hevc, vp9::FrameError};
use isobmff::boxes::Subsample;
use media::Codec;
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
    /// AV1: tiles.
    Av1(Box<Av1Rule>),
    /// VP9: what follows uncompressed headers.
    Vp9(Vp9Rule),
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
    /// [`Rule::Av1`].
    Av1,
    /// [`Rule::Vp9`].
    Vp9,
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
    /// The tiles of an AV1 sample cannot be found.
    #[error(transparent)]
    Av1(#[from] ObuError),
    /// The frames of a VP9 sample cannot be read as far as is needed.
    #[error("frame at byte {byte}: {error}")]
    Vp9 {
        /// Of the sample, where the frame starts.
        byte: usize,
        /// What is wrong.
        error: FrameError,
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
    /// For AV1, with the `configOBUs` of `av1C`, which may be empty.
    ///
    /// # Errors
    ///
    /// [`RangeError::Av1`] where they cannot be read.
    pub fn av1(config_obus: &[u8]) -> Result<Rule, RangeError> {
        Ok(Rule::Av1(Box::new(Av1Rule::new(config_obus)?)))
    }

    /// For VP9; `vpcC` says nothing that frame headers depend on.
    pub fn vp9() -> Rule {
        Rule::Vp9(Vp9Rule::default())
    }

    /// What kind of rule samples of `codec` need.
    pub fn kind_of(codec: Codec) -> RuleKind {
        match codec {
            Codec::Avc => RuleKind::Avc,
            Codec::Hevc => RuleKind::Hevc,
            Codec::Av1 => RuleKind::Av1,
            Codec::Vp9 => RuleKind::Vp9,
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
            Rule::Av1(rule) => rule.divide(sample, &mut builder)?,
            Rule::Vp9(rule) => rule.divide(sample, &mut builder)?,
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

/// How many subsamples a sample may have: the size of what is said of it takes 8 bits in `saiz`.
pub fn max_subsamples(per_sample_iv: Option<IvSize>) -> usize {
    (255 - 2 - usize::from(per_sample_iv.map_or(0, IvSize::bytes))) / 6
}

/// Blocks that encryption of the sample will take from a counter.
pub fn counter_blocks(sample: &[u8], subsamples: &[Subsample], scheme: Scheme) -> u64 {
    let pattern = scheme.video_pattern();
    match scheme {
        Scheme::Cbc1 | Scheme::Cbcs => 0,
        Scheme::Cenc if subsamples.is_empty() => (sample.len() as u64).div_ceil(16),
        Scheme::Cens if subsamples.is_empty() => sample.len() as u64 / 16,
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
