//! Protected ranges of H.264 and HEVC samples.

use bitstream::nal::{LengthPrefixed, LengthSize, Unit};
use bitstream::{h264, hevc};

use super::{RangeError, SubsampleBuilder};

/// H.264. Slices of types 1, 2 and 5 are protected. Data partitions B and C have no slice header,
/// and slices of auxiliary pictures and of other views are no VCL units of the base view: clear.
pub(super) fn avc(
    sample: &[u8],
    length_size: LengthSize,
    sets: &mut h264::ParameterSets,
    builder: &mut SubsampleBuilder,
) -> Result<(), RangeError> {
    each(sample, length_size, builder, |nal| {
        let kind = match nal {
            [] => return Ok(None),
            _ => h264::NalHeader::parse(nal)?.nal_unit_type,
        };
        match kind {
            h264::NalUnitType::SPS | h264::NalUnitType::PPS => {
                sets.insert(nal)?;
                Ok(None)
            }
            _ if kind.is_vcl() && kind.has_slice_header() => {
                let header = h264::SliceHeader::parse(nal, sets)?;
                Ok(Some(header.coded_header_bytes()))
            }
            _ => Ok(None),
        }
    })
}

/// HEVC. Slice segments of the base layer are protected; other layers and reserved types are
/// clear.
pub(super) fn hevc(
    sample: &[u8],
    length_size: LengthSize,
    sets: &mut hevc::ParameterSets,
    builder: &mut SubsampleBuilder,
) -> Result<(), RangeError> {
    each(sample, length_size, builder, |nal| {
        let header = match nal {
            [] => return Ok(None),
            _ => hevc::NalHeader::parse(nal)?,
        };
        let kind = header.nal_unit_type;
        match kind {
            _ if header.nuh_layer_id != 0 => Ok(None),
            hevc::NalUnitType::VPS | hevc::NalUnitType::SPS | hevc::NalUnitType::PPS => {
                sets.insert(nal)?;
                Ok(None)
            }
            _ if kind.is_slice_segment() => {
                let header = hevc::SliceHeader::parse(nal, sets)?;
                Ok(Some(header.coded_header_bytes()))
            }
            _ => Ok(None),
        }
    })
}

/// `header` tells the clear bytes of a unit that is protected.
fn each(
    sample: &[u8],
    length_size: LengthSize,
    builder: &mut SubsampleBuilder,
    mut header: impl FnMut(&[u8]) -> Result<Option<u64>, bitstream::Error>,
) -> Result<(), RangeError> {
    for unit in LengthPrefixed::new(sample, length_size) {
        let Unit { offset, bytes } = unit.map_err(RangeError::Framing)?;
        let header = header(bytes).map_err(|error| RangeError::Unit {
            byte: offset,
            error,
        })?;
        let all = bytes.len();
        let clear = header.map_or(all, |header| {
            usize::try_from(header).unwrap_or(all).min(all)
        });
        builder.add(length_size.bytes() + clear, all - clear);
    }
    Ok(())
}
