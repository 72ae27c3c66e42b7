//! Whether clear bytes are what their codec makes, as far as they can be read.

use bitstream::h264::slice_data::{self, SliceData};
use bitstream::h264::{NalHeader, ParameterSets, SliceHeader};
use bitstream::nal::{LengthPrefixed, LengthSize};
use cenc::ranges::Rule;
use cenc::scheme::Scheme;
use isobmff::boxes::Subsample;

/// Fewest macroblocks of a slice that are enough to look at.
const LEAST_MACROBLOCKS: usize = 99;

/// Fewest bytes that are encrypted, of a slice that is to be told from one that is not.
const LEAST_PROTECTED: usize = 256;

/// What became of reading the intra slices of a sample.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Slices {
    /// There was none that can be read, or too little of it to say anything.
    None,
    /// All were read to their ends; the macroblocks of the last.
    Whole(usize),
    /// One was not.
    Broken(String),
}

impl Slices {
    /// How improbable it is, in bits, that slices of which so many blocks are noise are read to
    /// their ends.
    ///
    /// In the arithmetic code noise ends a slice after each macroblock with a chance of 2 in 383, the
    /// mean range; here it did so after the last one alone (7.6 bits), and at the last byte of the
    /// unit (7 bits; where it is after hundreds of macroblocks varies by hundreds of bytes). With
    /// variable length codes noise mostly breaks a code; where few blocks are encrypted, what
    /// follows each may fall into step again: 3 bits for each.
    pub(super) fn improbability(&self, blocks: usize) -> Option<f64> {
        match self {
            Slices::Whole(macroblocks) => {
                let bits = 14.6 + 0.0075 * *macroblocks as f64;
                Some(bits.min(3.0 * blocks as f64))
            }
            Slices::None | Slices::Broken(_) => None,
        }
    }
}

/// Reads the slice data of H.264 intra slices. `rule`: after it has divided the sample.
pub(super) fn intra_slices(sample: &[u8], rule: &Rule) -> Slices {
    let Rule::Avc { length_size, sets } = rule else {
        return Slices::None;
    };
    let mut found = Slices::None;
    for unit in LengthPrefixed::new(sample, *length_size).flatten() {
        match intra_slice(unit.bytes, sets) {
            Slices::None => {}
            whole @ Slices::Whole(_) => found = whole,
            broken @ Slices::Broken(_) => return broken,
        }
    }
    found
}

fn intra_slice(nal: &[u8], sets: &ParameterSets) -> Slices {
    let is_slice = NalHeader::parse(nal).is_ok_and(|header| {
        header.nal_unit_type.is_vcl() && header.nal_unit_type.has_slice_header()
    });
    if !is_slice || nal.len() < LEAST_PROTECTED {
        return Slices::None;
    }
    let Ok(header) = SliceHeader::parse(nal, sets) else {
        return Slices::None;
    };
    let pps = sets.pps(header.pps_id);
    let sps = pps.and_then(|pps| sets.sps(pps.sps_id));
    let (Some(pps), Some(sps)) = (pps, sps) else {
        return Slices::None;
    };
    if !header.slice_type.is_intra() {
        return Slices::None;
    }
    match SliceData::parse(nal, &header, sps, pps) {
        Ok(data) if data.bytes_after().iter().any(|byte| ![0, 3].contains(byte)) => Slices::Broken(
            format!("data behind {} macroblocks", data.macroblocks.len()),
        ),
        Ok(data) if data.macroblocks.len() < LEAST_MACROBLOCKS => Slices::None,
        Ok(data) => Slices::Whole(data.macroblocks.len()),
        Err(slice_data::Error::Unsupported(_)) => Slices::None,
        Err(error) => Slices::Broken(error.to_string()),
    }
}

/// What no slice of H.264 or HEVC holds: three bytes that stand for something else (H.264 7.4.1,
/// HEVC 7.4.2.2).
pub(super) fn forbidden_bytes(sample: &[u8], length_size: LengthSize) -> Option<String> {
    let units = LengthPrefixed::new(sample, length_size).flatten();
    units.into_iter().find_map(|unit| {
        let is_forbidden = |bytes: &[u8]| match bytes {
            [0, 0, 0..=2, _] => true,
            [0, 0, 3, next] => *next > 3,
            _ => false,
        };
        // Zeros behind the last byte that is none are no part of the unit's payload.
        let last = unit.bytes.iter().rposition(|byte| *byte != 0)?;
        let payload = unit.bytes.get(..=last).unwrap_or_default();
        let at = payload.windows(4).position(is_forbidden)?;
        Some(format!(
            "a start code or the like at byte {}",
            unit.offset.saturating_add(at)
        ))
    })
}

/// Whether slice data of HEVC begins with a byte of ones, as no arithmetic code does: its first
/// nine bits are 509 at most (9.3.2.5). `rule`: after it has divided the sample.
pub(super) fn begins_as_none_can(sample: &[u8], rule: &Rule) -> bool {
    let mut subsamples = Vec::new();
    // Of all schemes, cbcs protects from the very first byte of slice data on.
    let divided = rule.clone().divide(sample, Scheme::Cbcs, &mut subsamples);
    let mut ranges = protected(sample, &subsamples);
    divided.is_ok() && ranges.any(|range| range.first() == Some(&u8::MAX))
}

/// The protected ranges of a sample; all of it without subsamples.
pub(super) fn protected<'s>(
    sample: &'s [u8],
    subsamples: &'s [Subsample],
) -> impl Iterator<Item = &'s [u8]> {
    let whole = subsamples.is_empty().then_some(sample);
    let mut left = sample;
    let parts = subsamples.iter().map_while(move |subsample| {
        let (_, rest) = left.split_at_checked(subsample.bytes_of_clear_data.into())?;
        let length = usize::try_from(subsample.bytes_of_protected_data).ok()?;
        let (range, rest) = rest.split_at_checked(length)?;
        left = rest;
        Some(range)
    });
    whole.into_iter().chain(parts)
}
