//! Byte streams, cut into access units.

use std::ops::Range;

use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, SliceHeader};
use bitstream::nal::AnnexB;

/// The access units of a byte stream, H.264 7.4.1.2.3. Together they are the whole stream.
pub fn access_units(stream: &[u8]) -> Vec<Range<usize>> {
    let mut sets = ParameterSets::new();
    let mut starts = vec![0];
    let mut last: Option<SliceHeader> = None;
    for unit in AnnexB::new(stream) {
        let Ok(header) = NalHeader::parse(unit.bytes) else {
            continue;
        };
        let begins = match header.nal_unit_type {
            NalUnitType::SLICE | NalUnitType::PARTITION_A | NalUnitType::IDR => {
                match SliceHeader::parse(unit.bytes, &sets) {
                    Ok(slice) if slice.redundant_pic_cnt == 0 => {
                        let begins = last.as_ref().is_some_and(|last| is_next(last, &slice));
                        last = Some(slice);
                        begins
                    }
                    _ => false,
                }
            }
            NalUnitType(6..=9 | 14..=18) => last.take().is_some(),
            _ => false,
        };
        if begins {
            let zeros = stream.get(..unit.offset - 3).unwrap_or_default();
            let code = if zeros.ends_with(&[0]) { 4 } else { 3 };
            starts.push(unit.offset - code);
        }
        if matches!(
            header.nal_unit_type,
            NalUnitType::SPS | NalUnitType::PPS | NalUnitType::SPS_EXTENSION
        ) {
            // What cannot be read is found by whoever needs it.
            let _ = sets.insert(unit.bytes);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([stream.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| *start..end)
        .collect()
}

/// Whether `slice` is the first of another primary picture than `last`, H.264 7.4.1.2.4.
pub fn is_next(last: &SliceHeader, slice: &SliceHeader) -> bool {
    let is_idr = |slice: &SliceHeader| slice.nal.nal_unit_type == NalUnitType::IDR;
    last.frame_num != slice.frame_num
        || last.pps_id != slice.pps_id
        || last.field_pic != slice.field_pic
        || last.bottom_field != slice.bottom_field
        || (last.nal.nal_ref_idc == 0) != (slice.nal.nal_ref_idc == 0)
        || last.pic_order_cnt_lsb != slice.pic_order_cnt_lsb
        || last.delta_pic_order_cnt_bottom != slice.delta_pic_order_cnt_bottom
        || last.delta_pic_order_cnt != slice.delta_pic_order_cnt
        || is_idr(last) != is_idr(slice)
        || last.idr_pic_id != slice.idr_pic_id
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x264 of 32 by 32 samples: parameter sets and one picture.
    const PICTURE: &[u8] =
        b"\x00\x00\x00\x01\x67\x42\xc0\x0a\xdc\x96\xc0\x44\x00\x00\x03\x00\x04\x00\x00\x03\x00\
          \xc8\x3c\x48\x9e\x00\x00\x00\x01\x68\xce\x14\xb2\x00\x00\x01\x65\x88\x84\x09\xf1\x18";

    #[test]
    fn a_delimiter_or_parameter_set_behind_a_slice_begins_an_access_unit() {
        let delimiter = b"\x00\x00\x00\x01\x09\x10";
        let stream = [PICTURE, delimiter, PICTURE, PICTURE].concat();
        let (one, two) = (PICTURE.len(), 2 * PICTURE.len() + delimiter.len());
        let expected = [0..one, one..two, two..stream.len()];
        assert_eq!(access_units(&stream), expected);
    }

    #[test]
    fn slices_of_a_picture_stay_together_and_a_new_idr_picture_begins() {
        let slice = b"\x00\x00\x01\x65\x88\x84\x09\xf1\x18";
        // idr_pic_id is 1.
        let other = b"\x00\x00\x01\x65\x88\x82\x09\xf1\x18";
        let stream = [PICTURE, slice, other, other].concat();
        let second = PICTURE.len() + slice.len();
        assert_eq!(access_units(&stream), [0..second, second..stream.len()]);
    }
}
