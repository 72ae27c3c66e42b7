//! Protected ranges of AV1 samples.
//!
//! AV1 Codec ISO Media File Format Binding, "General Subsample Encryption constraints": tiles are
//! protected, each as a subsample of its own; unit headers, sizes, frame headers and their copies,
//! and all other units are clear. In `cbcs` a range is all of `decode_tile()`; in `cenc` it is the
//! complete blocks at the end of it, and tiles of less than a block are clear.

use std::ops::Range;

use bitstream::av1::TemporalUnits;

use super::{RangeError, SubsampleBuilder};

/// What has to be known to divide AV1 samples: the sequence header, and of the frames before,
/// what frame headers depend on.
#[derive(Clone, Debug, Default)]
pub struct Av1Rule {
    units: TemporalUnits,
    tiles: Vec<Range<usize>>,
}

impl Av1Rule {
    /// With the `configOBUs` of `av1C`, which may be empty.
    ///
    /// # Errors
    ///
    /// [`RangeError::Av1`] where they cannot be read.
    pub fn new(config_obus: &[u8]) -> Result<Av1Rule, RangeError> {
        Ok(Av1Rule {
            units: TemporalUnits::new(config_obus)?,
            tiles: Vec::new(),
        })
    }

    pub(super) fn divide(
        &mut self,
        sample: &[u8],
        builder: &mut SubsampleBuilder,
    ) -> Result<(), RangeError> {
        self.units.tiles(sample, &mut self.tiles)?;
        let mut end = 0;
        for tile in &self.tiles {
            builder.add(tile.start.saturating_sub(end), tile.len());
            end = tile.end;
        }
        builder.add(sample.len().saturating_sub(end), 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use isobmff::boxes::Subsample;

    use crate::ranges::Rule;
    use crate::scheme::Scheme;

    /// Of aomenc: the header of a key frame of 640x360 in two tiles.
    const CONFIG: [u8; 13] = [
        0x0a, 0x0b, 0x00, 0x00, 0x00, 0x0c, 0xc4, 0xff, 0x67, 0x76, 0xbe, 0xc0, 0x10,
    ];
    const HEADER: [u8; 14] = [
        0x10, 0x02, 0x8c, 0x2c, 0x00, 0x00, 0x00, 0x98, 0x20, 0x82, 0x00, 0x00, 0x00, 0x0a,
    ];

    /// A key frame with tiles of these sizes.
    fn key_frame(first: u16, second: usize) -> Vec<u8> {
        // tile_size_minus_1 has two bytes.
        let [low, high] = (first - 1).to_le_bytes();
        let mut payload = [&HEADER[..], &[0, low, high]].concat();
        payload.resize(payload.len() + usize::from(first) + second, 0x55);
        let size = payload.len();
        let header = [0x32, (size & 0x7f) as u8 | 0x80, (size >> 7) as u8];
        [&header[..], &payload].concat()
    }

    fn divide(sample: &[u8], scheme: Scheme) -> Vec<(u16, u32)> {
        let mut subsamples = vec![];
        let mut rule = Rule::av1(&CONFIG).unwrap();
        rule.divide(sample, scheme, &mut subsamples).unwrap();
        let total: u64 = subsamples.iter().map(Subsample::bytes).sum();
        assert_eq!(total, sample.len() as u64);
        let pair = |each: &Subsample| (each.bytes_of_clear_data, each.bytes_of_protected_data);
        subsamples.iter().map(pair).collect()
    }

    #[test]
    fn tiles_are_protected_from_first_to_last_byte_in_cbcs() {
        let sample = key_frame(70, 7);
        assert_eq!(divide(&sample, Scheme::Cbcs), [(3 + 17, 70), (0, 7)]);
    }

    #[test]
    fn of_tiles_the_last_whole_blocks_are_protected_in_the_others() {
        for scheme in [Scheme::Cenc, Scheme::Cens, Scheme::Cbc1] {
            assert_eq!(divide(&key_frame(70, 33), scheme), [(20 + 6, 64), (1, 32)]);
            assert_eq!(divide(&key_frame(15, 32), scheme), [(20 + 15, 32)]);
            assert_eq!(
                divide(&key_frame(130, 15), scheme),
                [(20 + 2, 128), (15, 0)]
            );
        }
    }

    #[test]
    fn units_without_tiles_are_clear() {
        let mut sample = CONFIG.to_vec();
        // Metadata in front, padding behind.
        sample.extend([0x2a, 0x02, 0x01, 0x80]);
        sample.extend(key_frame(80, 90));
        sample.extend([0x7a, 0x01, 0x80]);
        assert_eq!(
            divide(&sample, Scheme::Cbcs),
            [(17 + 20, 80), (0, 90), (3, 0)]
        );
        assert_eq!(divide(&CONFIG, Scheme::Cbcs), [(13, 0)]);
    }

    #[test]
    fn a_frame_that_needs_an_unknown_one_is_an_error() {
        let mut subsamples = vec![];
        let mut rule = Rule::av1(&CONFIG).unwrap();
        let show_existing = [0x1a, 0x01, 0xc8];
        let error = rule.divide(&show_existing, Scheme::Cbcs, &mut subsamples);
        assert_eq!(
            error.unwrap_err().to_string(),
            "open_bitstream_unit at byte 0: uncompressed_header at bit 4: frame_to_show_map_idx: \
             is 4, no such reference frame"
        );
        assert!(Rule::av1(&CONFIG[..9]).is_err());
        assert!(Rule::av1(&[]).is_ok());
        let mut without = Rule::av1(&[]).unwrap();
        let error = without.divide(&key_frame(70, 70), Scheme::Cbcs, &mut subsamples);
        assert_eq!(
            error.unwrap_err().to_string(),
            "open_bitstream_unit at byte 0: no sequence header precedes"
        );
    }
}
