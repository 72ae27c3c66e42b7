//! Access units of a byte stream.

use bitstream::h264::{NalHeader, NalUnitType};
use bitstream::nal::AnnexB;

/// Access units of a stream whose pictures are frames: a unit starts where something other than a
/// later slice of the same picture follows a slice.
///
/// ITU-T H.264 7.4.1.2.3; of 7.4.1.2.4 only that a slice which begins with macroblock 0 begins a
/// picture, which is enough for streams without fields, redundant pictures and lost slices.
pub(crate) fn of(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut had_slice = true;
    for unit in AnnexB::new(bytes) {
        let Ok(header) = NalHeader::parse(unit.bytes) else {
            continue;
        };
        let is_slice = header.nal_unit_type.is_vcl();
        // first_mb_in_slice is 0: its code is a single 1.
        let is_first = is_slice && unit.bytes.get(1).is_some_and(|byte| byte & 0x80 != 0);
        if had_slice && (precedes_slices(header.nal_unit_type) || is_first) {
            starts.push(start_code(bytes, unit.offset));
            had_slice = false;
        }
        had_slice |= is_slice;
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| bytes.get(*start..end))
        .collect()
}

/// Whether an access unit is an IDR picture.
pub(crate) fn is_idr(unit: &[u8]) -> bool {
    AnnexB::new(unit)
        .any(|unit| NalHeader::parse(unit.bytes).is_ok_and(|h| h.nal_unit_type == NalUnitType::IDR))
}

fn precedes_slices(kind: NalUnitType) -> bool {
    [
        NalUnitType::ACCESS_UNIT_DELIMITER,
        NalUnitType::SPS,
        NalUnitType::PPS,
        NalUnitType::SEI,
    ]
    .contains(&kind)
}

/// Where the start code before a unit begins, its leading zero byte included.
fn start_code(bytes: &[u8], unit: usize) -> usize {
    let zero = unit
        .checked_sub(4)
        .is_some_and(|at| bytes.get(at) == Some(&0));
    unit.saturating_sub(if zero { 4 } else { 3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_sets_belong_to_the_picture_after_them_and_later_slices_to_theirs() {
        #[rustfmt::skip]
        let stream = [
            0, 0, 0, 1, 0x67, 1, // SPS
            0, 0, 1, 0x68, 1, // PPS
            0, 0, 1, 0x65, 0x88, // first slice
            0, 0, 1, 0x65, 0x04, // a later one
            0, 0, 0, 1, 0x41, 0x9a, // the next picture
            0, 0, 0, 1, 0x06, 5, 0, 0, 1, 0x41, 0x9a, // with SEI
        ];
        let units = of(&stream);
        let lengths: Vec<_> = units.iter().map(|unit| unit.len()).collect();
        assert_eq!(lengths, [21, 6, 11]);
        assert!(is_idr(units[0]) && !is_idr(units[1]));
    }

    #[test]
    fn nothing_has_no_units() {
        assert!(of(&[]).is_empty());
        assert!(of(&[0, 0, 1]).is_empty());
    }
}
