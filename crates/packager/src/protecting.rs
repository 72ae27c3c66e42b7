//! Encrypting segments: which bytes of their samples, with which IVs, and what their boxes say.
//!
//! How a sample is encrypted is `cenc`'s business, what boxes look like `mux`'s. Here a segment in
//! memory goes through both: [`Protector::prepare`] finds out everything that stands before the
//! samples, [`Protector::encrypt`] changes them.

mod counters;
mod rules;
mod sized;
mod tree;

use std::fmt;
use std::ops::Range;

use cenc::policy::ContentKey;
use cenc::ranges::{self, equalise};
use cenc::scheme::{Iv, Pattern, SampleCipher, SampleToEncrypt, Scheme};
use demux::EntryRun;
use isobmff::Table;
use isobmff::boxes::{SencSample, Subsample, Tenc};
use media::{Mark, TrackKind};

use crate::marking::runs;
pub(crate) use counters::{Counters, Place, Plain, Taken, Unit};
pub(crate) use rules::Rules;
pub(crate) use sized::BoxBytes;
pub(crate) use tree::{IvSource, Protected, Signalled, TrackProtection, Tree};

/// Bytes of a subsample in `senc`.
const SUBSAMPLE_BYTES: usize = 6;

/// Encrypts the segments of one track under one scheme.
pub(crate) struct Protector<'p> {
    scheme: Scheme,
    kind: TrackKind,
    kid: [u8; 16],
    cipher: SampleCipher,
    counters: Counters,
    rules: &'p Rules,
}

impl fmt::Debug for Protector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protector({})", self.scheme)
    }
}

/// How the samples of one variant of a segment will be encrypted.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// Of each sample; none: all of it.
    subsamples: Vec<Vec<Subsample>>,
    ivs: Vec<Iv>,
}

/// Why a segment could not be encrypted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProtectError {
    /// A sample cannot be divided into clear and protected bytes.
    #[error("sample {sample}: {error}")]
    Sample {
        /// Position in the track, from 0.
        sample: usize,
        /// What is wrong with it.
        error: String,
    },
    /// There are not enough counters.
    #[error(transparent)]
    Counters(#[from] cenc::iv::RoomError),
    /// The boxes cannot say it.
    #[error(transparent)]
    Boxes(#[from] isobmff::Error),
    /// Subsamples that are not of their sample's length: a defect.
    #[error(transparent)]
    Subsamples(#[from] cenc::scheme::SubsampleError),
    /// Boxes of the variants would be of different lengths.
    #[error("its variants cannot have boxes of one length")]
    Uneven,
    /// Samples without a sample entry.
    #[error("samples without a sample entry")]
    NoEntry,
}

impl<'p> Protector<'p> {
    pub(crate) fn new(
        scheme: Scheme,
        kind: TrackKind,
        key: &ContentKey,
        counters: Counters,
        rules: &'p Rules,
    ) -> Protector<'p> {
        Protector {
            scheme,
            kind,
            kid: key.kid.0,
            cipher: SampleCipher::new(scheme, &key.key, pattern(scheme, kind)),
            counters,
            rules,
        }
    }

    /// What `tenc` says of every sample that is not said to be otherwise.
    pub(crate) fn tenc(&self) -> Tenc<'_> {
        let Pattern { crypt, skip } = pattern(self.scheme, self.kind);
        // Version 1 is for schemes with patterns, said to be of 0 blocks where all is encrypted.
        let has_pattern = matches!(self.scheme, Scheme::Cens | Scheme::Cbcs);
        Tenc {
            version: u8::from(has_pattern),
            default_crypt_byte_block: crypt,
            default_skip_byte_block: skip,
            default_is_protected: 1,
            default_per_sample_iv_size: self.counters.iv_bytes(),
            default_kid: self.kid,
            default_constant_iv: self.counters.constant().map(Iv::bytes),
        }
    }

    /// The IV of all samples, where they share one.
    pub(crate) fn constant_iv(&self) -> Option<&Iv> {
        self.counters.constant()
    }

    /// Finds the ranges and IVs of one variant of a segment: all samples of `range`, which are
    /// those at `samples`.
    ///
    /// # Errors
    /// Samples that cannot be divided.
    pub(crate) fn divide(
        &self,
        entry_runs: &[EntryRun],
        range: &Range<usize>,
        samples: &[&[u8]],
    ) -> Result<Prepared, ProtectError> {
        let mut out = Prepared {
            subsamples: Vec::with_capacity(samples.len()),
            ivs: Vec::new(),
        };
        for (run, entry) in runs(entry_runs, range) {
            let mut rule = self.rules.of_entry(entry).ok_or(ProtectError::NoEntry)?;
            for at in run {
                let sample = at.checked_sub(range.start).and_then(|at| samples.get(at));
                let mut subsamples = Vec::new();
                rule.divide(
                    sample.ok_or(ProtectError::NoEntry)?,
                    self.scheme,
                    &mut subsamples,
                )
                .map_err(|error| ProtectError::Sample {
                    sample: at,
                    error: error.to_string(),
                })?;
                out.subsamples.push(subsamples);
            }
        }
        if out.subsamples.len() == samples.len() {
            Ok(out)
        } else {
            Err(ProtectError::NoEntry)
        }
    }

    /// Gives every sample its IV, and tells which counters they take.
    ///
    /// # Errors
    /// More blocks than counters.
    pub(crate) fn number(
        &self,
        unit: Unit,
        prepared: &mut Prepared,
        samples: &[&[u8]],
    ) -> Result<Option<Taken>, ProtectError> {
        let divided = samples.iter().zip(&prepared.subsamples);
        let blocks = |(sample, subsamples): (&&[u8], &Vec<Subsample>)| {
            ranges::counter_blocks(sample, subsamples, self.scheme)
        };
        let blocks: Vec<u64> = divided.map(blocks).collect();
        let plain = Plain {
            samples,
            subsamples: &prepared.subsamples,
        };
        let (ivs, taken) = self.counters.number(unit, &blocks, &plain)?;
        prepared.ivs = ivs;
        Ok(taken)
    }

    /// The boxes of a fragment with the samples at `places` of the segment, which begin
    /// `boxes_offset` bytes behind the start of its `moof`.
    ///
    /// # Errors
    /// A sample with more subsamples than boxes can say.
    pub(crate) fn boxes(
        &self,
        prepared: &Prepared,
        places: Range<usize>,
        boxes_offset: u64,
    ) -> Result<Vec<u8>, ProtectError> {
        let mut rows = Vec::new();
        let of = |at: usize| {
            prepared
                .subsamples
                .get(at)
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        for subsample in places.clone().flat_map(of) {
            rows.extend_from_slice(&subsample.bytes_of_clear_data.to_be_bytes());
            rows.extend_from_slice(&subsample.bytes_of_protected_data.to_be_bytes());
        }
        let mut left = rows.as_slice();
        let constant = self.counters.constant().is_some();
        let samples = places.map(|at| {
            let (row, rest) = left.split_at(of(at).len() * SUBSAMPLE_BYTES);
            left = rest;
            SencSample {
                initialization_vector: match prepared.ivs.get(at).filter(|_| !constant) {
                    Some(iv) => iv.bytes(),
                    None => &[],
                },
                subsamples: Table::new(row),
            }
        });
        let samples: Vec<SencSample<'_>> = samples.collect();
        Ok(mux::cmaf::encryption_boxes(boxes_offset, &samples)?)
    }

    /// Encrypts samples of the segment, of which the first is at `from`.
    ///
    /// # Errors
    /// None but by a defect.
    pub(crate) fn encrypt<'s>(
        &self,
        prepared: &Prepared,
        from: usize,
        samples: impl Iterator<Item = &'s mut [u8]>,
    ) -> Result<(), ProtectError> {
        let all = prepared.subsamples.iter().zip(&prepared.ivs).skip(from);
        let samples = samples
            .zip(all)
            .map(|(sample, (subsamples, iv))| SampleToEncrypt {
                sample,
                subsamples,
                iv: *iv,
            });
        Ok(self.cipher.encrypt_all(samples)?)
    }
}

/// Makes the boxes of both variants of a segment equally long.
pub(crate) fn equalise_variants(zero: &mut Prepared, one: &mut Prepared) -> bool {
    let mut pairs = zero.subsamples.iter_mut().zip(&mut one.subsamples);
    pairs.all(|(zero, one)| equalise(zero, one))
}

/// The pattern of a track: sound is encrypted from end to end.
fn pattern(scheme: Scheme, kind: TrackKind) -> Pattern {
    match kind {
        TrackKind::Video => scheme.video_pattern(),
        TrackKind::Audio | TrackKind::Text => Pattern::NONE,
    }
}

/// Which variant of a segment.
fn variant_number(mark: Mark) -> u64 {
    match mark {
        Mark::Zero => 0,
        Mark::One => 1,
    }
}
