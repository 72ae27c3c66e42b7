//! Open bitstream units.

use super::descriptor::leb128;
use crate::Error;
use crate::bits::BitReader;

/// An open bitstream unit where it lies, AV1 5.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obu<'a> {
    /// Byte offset of the unit's header in the data.
    pub offset: usize,
    /// `obu_type`.
    pub obu_type: ObuType,
    /// Whose part the unit is.
    pub layer: Layer,
    /// Byte offset of the content in the data.
    pub payload_offset: usize,
    /// The unit's content, after its header and size.
    pub payload: &'a [u8],
}

/// `obu_extension_header()`, AV1 5.3.3; zeros where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// `temporal_id`, 0 to 7.
    pub temporal_id: u8,
    /// `spatial_id`, 0 to 3.
    pub spatial_id: u8,
}

/// `obu_type`, AV1 6.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ObuType(pub u8);

impl ObuType {
    /// Sequence header.
    pub const SEQUENCE_HEADER: ObuType = ObuType(1);
    /// Temporal delimiter; not kept in samples.
    pub const TEMPORAL_DELIMITER: ObuType = ObuType(2);
    /// Frame header.
    pub const FRAME_HEADER: ObuType = ObuType(3);
    /// Tile group.
    pub const TILE_GROUP: ObuType = ObuType(4);
    /// Metadata.
    pub const METADATA: ObuType = ObuType(5);
    /// Frame: header and tile group.
    pub const FRAME: ObuType = ObuType(6);
    /// Redundant frame header.
    pub const REDUNDANT_FRAME_HEADER: ObuType = ObuType(7);
    /// Tile list.
    pub const TILE_LIST: ObuType = ObuType(8);
    /// Padding.
    pub const PADDING: ObuType = ObuType(15);
}

/// The units of a sample or of `configOBUs`.
///
/// Yields an error once and ends, where a unit does not fit.
#[derive(Clone, Debug)]
pub struct Obus<'a> {
    data: &'a [u8],
    position: usize,
}

impl<'a> Obus<'a> {
    /// Over the bytes of a sample.
    pub fn new(data: &'a [u8]) -> Self {
        Obus { data, position: 0 }
    }

    fn read(&mut self) -> Result<Obu<'a>, Error> {
        let offset = self.position;
        let rest = self.data.get(offset..).unwrap_or_default();
        let mut r = BitReader::new("open_bitstream_unit", rest);
        r.bits_range(1, (0, 0), "obu_forbidden_bit")?;
        let obu_type = ObuType(r.small(4, "obu_type")?);
        let extension = r.flag("obu_extension_flag")?;
        let has_size = r.flag("obu_has_size_field")?;
        r.flag("obu_reserved_1bit")?;
        let mut layer = Layer::default();
        if extension {
            layer.temporal_id = r.small(3, "temporal_id")?;
            layer.spatial_id = r.small(2, "spatial_id")?;
            r.small(3, "extension_header_reserved_3bits")?;
        }
        let size = if has_size {
            Some(leb128(&mut r, "obu_size")?)
        } else {
            None
        };
        let bit = r.position();
        let content = rest.get((bit / 8) as usize..).unwrap_or_default();
        let payload = match size {
            None => content,
            Some(size) => usize::try_from(size)
                .ok()
                .and_then(|size| content.get(..size))
                .ok_or(Error::Truncated {
                    structure: "open_bitstream_unit",
                    bit,
                    element: "obu_payload",
                    needs: u64::from(size) * 8,
                    left: content.len() as u64 * 8,
                })?,
        };
        let payload_offset = offset + (bit / 8) as usize;
        self.position = payload_offset + payload.len();
        Ok(Obu {
            offset,
            obu_type,
            layer,
            payload_offset,
            payload,
        })
    }
}

impl<'a> Iterator for Obus<'a> {
    type Item = Result<Obu<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.position >= self.data.len() {
            return None;
        }
        let obu = self.read();
        if obu.is_err() {
            self.position = self.data.len();
        }
        Some(obu)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_walked_with_and_without_a_size() {
        let data = [
            0x12, 0x00, 0x0a, 0x02, 7, 8, 0x36, 0x48, 0x81, 0x00, 9, 0x30, 1, 2,
        ];
        let found: Vec<_> = Obus::new(&data).map(Result::unwrap).collect();
        assert_eq!(found[0].obu_type, ObuType::TEMPORAL_DELIMITER);
        assert_eq!(
            (found[1].obu_type, found[1].payload),
            (ObuType::SEQUENCE_HEADER, &[7, 8][..])
        );
        let layer = Layer {
            temporal_id: 2,
            spatial_id: 1,
        };
        assert_eq!(found[2].layer, layer);
        assert_eq!((found[2].offset, found[2].payload_offset), (6, 10));
        assert_eq!(found[2].payload, &[9]);
        assert_eq!(
            (found[3].obu_type, found[3].payload),
            (ObuType::FRAME, &[1, 2][..])
        );
    }

    #[test]
    fn a_unit_longer_than_its_data_is_an_error_once() {
        let found: Vec<_> = Obus::new(&[0x0a, 0x05, 1, 2]).collect();
        assert_eq!(found.len(), 1);
        let text = "open_bitstream_unit at bit 16: obu_payload: needs 40 bits, 16 left";
        assert_eq!(found[0].as_ref().unwrap_err().to_string(), text);
    }

    #[test]
    fn a_size_that_does_not_end_or_fit_is_refused() {
        for size in [[0xff; 8], [0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0]] {
            let data = [&[0x0a], &size[..]].concat();
            let error = Obus::new(&data).next().unwrap().unwrap_err();
            assert!(
                matches!(
                    error,
                    Error::OutOfRange {
                        element: "obu_size",
                        ..
                    }
                ),
                "{error}"
            );
        }
    }
}
