//! Both variants of a sample, equally long.

use std::ops::Range;

use super::filler;
use super::stream::Framing;

/// Both variants of a sample, equally long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins {
    /// Variant 0.
    pub zero: Vec<u8>,
    /// Variant 1.
    pub one: Vec<u8>,
}

/// A unit too long for its length field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong {
    pub(super) bytes: usize,
    pub(super) size: usize,
}

/// Whether variants with these units can both be made `length` bytes long.
pub(super) fn reach(framing: Framing, variants: &[Vec<Vec<u8>>; 2], length: usize) -> bool {
    let sizes = variants.each_ref().map(|units| bytes(units));
    sizes == [length; 2]
        || sizes
            .iter()
            .all(|size| size + filler::smallest(framing) <= length)
}

fn bytes(units: &[Vec<u8>]) -> usize {
    units.iter().map(Vec::len).sum()
}

/// `sample` with the units at `ranges` replaced by those of each variant. If these are not equally
/// long, or not of the `length` wanted in all, each variant has a unit of filler data at `after`,
/// which is behind its last slice.
///
/// A `length` that cannot be had is not.
pub(super) fn of(
    framing: Framing,
    sample: &[u8],
    ranges: &[Range<usize>],
    variants: &[Vec<Vec<u8>>; 2],
    after: usize,
    length: Option<usize>,
) -> Result<Twins, TooLong> {
    let sizes = variants.each_ref().map(|units| bytes(units));
    let largest = sizes.into_iter().max().unwrap_or(0);
    let smallest = filler::smallest(framing);
    let common = match length {
        Some(length) if reach(framing, variants, length) => length,
        _ if sizes[0] == sizes[1] => largest,
        _ => largest + smallest,
    };
    let one = |units: &[Vec<u8>], size: usize| {
        let padding = common - size;
        let mut out = Vec::with_capacity(sample.len() + size + padding);
        let mut copied = 0;
        for (range, unit) in ranges.iter().zip(units) {
            replace(framing, sample, &mut copied, range, unit, &mut out)?;
        }
        out.extend_from_slice(sample.get(copied..after).unwrap_or_default());
        filler::append(framing, padding, &mut out);
        out.extend_from_slice(sample.get(after..).unwrap_or_default());
        Ok(out)
    };
    let [zero, other] = variants;
    Ok(Twins {
        zero: one(zero, sizes[0])?,
        one: one(other, sizes[1])?,
    })
}

/// Copies a sample up to a unit, and that unit's new bytes with their length.
fn replace(
    framing: Framing,
    sample: &[u8],
    copied: &mut usize,
    range: &Range<usize>,
    unit: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), TooLong> {
    let prefix = match framing {
        Framing::AnnexB => 0,
        Framing::LengthPrefixed(size) => size.bytes(),
    };
    let before = sample.get(*copied..range.start.saturating_sub(prefix));
    out.extend_from_slice(before.unwrap_or_default());
    if let Framing::LengthPrefixed(size) = framing {
        let size = size.bytes();
        if size < 4 && unit.len() >> (8 * size) != 0 {
            return Err(TooLong {
                bytes: unit.len(),
                size,
            });
        }
        let length = (unit.len() as u32).to_be_bytes();
        out.extend_from_slice(length.get(4 - size..).unwrap_or_default());
    }
    out.extend_from_slice(unit);
    *copied = range.end;
    Ok(())
}

#[cfg(test)]
mod tests {
    use bitstream::nal::LengthSize;

    use super::*;

    const SAMPLE: &[u8] = &[0, 2, 9, 0xF0, 0, 3, 0x65, 1, 2, 0, 2, 10, 0x80];

    #[test]
    fn the_shorter_variant_gets_more_filler() {
        let framing = Framing::LengthPrefixed(LengthSize::Two);
        let variants = [vec![vec![0x65, 7]], vec![vec![0x65, 8, 9, 10]]];
        let range = 6..9;
        let twins = of(framing, SAMPLE, &[range], &variants, 9, None).unwrap();
        let (start, end) = ([0, 2, 9, 0xF0], [0, 2, 10, 0x80]);
        let zero = [0, 2, 0x65, 7, 0, 4, 12, 0xFF, 0xFF, 0x80];
        let one = [0, 4, 0x65, 8, 9, 10, 0, 2, 12, 0x80];
        assert_eq!(twins.zero, [start.as_slice(), &zero, &end].concat());
        assert_eq!(twins.one, [start.as_slice(), &one, &end].concat());
    }

    #[test]
    fn equal_variants_need_no_filler() {
        let framing = Framing::LengthPrefixed(LengthSize::Two);
        let variants = [vec![vec![0x65, 7]], vec![vec![0x65, 8]]];
        let range = 6..9;
        let twins = of(framing, SAMPLE, &[range], &variants, 9, None).unwrap();
        let expected = [0, 2, 9, 0xF0, 0, 2, 0x65, 8, 0, 2, 10, 0x80];
        assert_eq!(twins.one, expected);
        assert_eq!(twins.zero.len(), twins.one.len());
    }

    #[test]
    fn filler_makes_a_length_where_it_fits() {
        let framing = Framing::LengthPrefixed(LengthSize::One);
        let variants = [vec![vec![0x65, 7]], vec![vec![0x65]]];
        let size = |length| {
            let sample = [2, 0x65, 1];
            let range = 1..3;
            let twins = of(framing, &sample, &[range], &variants, 3, Some(length)).unwrap();
            assert_eq!(twins.zero.len(), twins.one.len());
            twins.zero.len() - 1
        };
        assert_eq!(size(9), 9);
        assert_eq!(size(5), 5);
        // 4 would leave 2 bytes for a unit that needs 3: as without a length.
        assert_eq!(size(4), 5);
        assert_eq!(size(0), 5);
    }

    #[test]
    fn start_codes_stay_where_they_are() {
        let sample = [0, 0, 0, 1, 9, 0xF0, 0, 0, 1, 0x65, 1, 2];
        let variants = [vec![vec![0x65, 7]], vec![vec![0x65, 8, 9]]];
        let range = 9..12;
        let twins = of(Framing::AnnexB, &sample, &[range], &variants, 12, None).unwrap();
        let zero = [
            0, 0, 0, 1, 9, 0xF0, 0, 0, 1, 0x65, 7, 0, 0, 1, 12, 0xFF, 0x80,
        ];
        assert_eq!(twins.zero, zero);
        assert_eq!(twins.one.len(), zero.len());
    }

    #[test]
    fn a_unit_beyond_its_length_field_is_refused() {
        let framing = Framing::LengthPrefixed(LengthSize::One);
        let variants = [vec![vec![0x65; 256]], vec![vec![0x65; 256]]];
        let range = 1..3;
        let error = of(framing, &[2, 0x65, 1], &[range], &variants, 3, None).unwrap_err();
        assert_eq!((error.bytes, error.size), (256, 1));
    }
}
