//! Samples, one after the other.

use std::ops::Range;

use super::descriptor::{byte_alignment, trailing_bits};
use super::frame_header::Context;
use super::{
    FrameError, FrameHeader, FrameType, Obu, ObuError, ObuType, Obus, References, SequenceHeader,
    UncompressedHeader, tile_group,
};
use crate::bits::BitReader;

/// Finds the tiles in the samples of a track, which are temporal units, in decoding order.
///
/// Begins with the first sample or with any sync sample: the shown key frame in it replaces all
/// that later headers depend on. Frames of all layers are read, whatever the operating point.
#[derive(Clone, Debug, Default)]
pub struct TemporalUnits {
    sequence: Option<SequenceHeader>,
    references: References,
}

/// The frame whose tiles are being read.
#[derive(Clone, Copy)]
struct Current {
    header: FrameHeader,
    /// Tiles seen.
    tiles: u16,
}

impl TemporalUnits {
    /// With what `configOBUs` say, which may be nothing.
    ///
    /// # Errors
    ///
    /// [`ObuError`] where they cannot be read.
    pub fn new(config_obus: &[u8]) -> Result<TemporalUnits, ObuError> {
        let mut units = TemporalUnits::default();
        units.read(config_obus, &mut Vec::new(), &mut |_| {})?;
        Ok(units)
    }

    /// The sequence header in force.
    pub fn sequence(&self) -> Option<&SequenceHeader> {
        self.sequence.as_ref()
    }

    /// Where the tiles of the next sample lie in it, in order; written in place of what `tiles`
    /// has. Work and memory are linear in the bytes of the sample.
    ///
    /// # Errors
    ///
    /// [`ObuError`] where a unit cannot be read, or depends on a frame that has not been seen;
    /// `tiles` is empty then, and no frame is known until the next key frame.
    pub fn tiles(&mut self, sample: &[u8], tiles: &mut Vec<Range<usize>>) -> Result<(), ObuError> {
        self.headers(sample, tiles, |_| {})
    }

    /// As [`tiles`](Self::tiles), and gives each frame header that is met.
    ///
    /// # Errors
    ///
    /// As [`tiles`](Self::tiles).
    pub fn headers(
        &mut self,
        sample: &[u8],
        tiles: &mut Vec<Range<usize>>,
        mut met: impl FnMut(&UncompressedHeader),
    ) -> Result<(), ObuError> {
        tiles.clear();
        self.read(sample, tiles, &mut met).inspect_err(|_| {
            self.references = References::default();
            tiles.clear();
        })
    }

    fn read(
        &mut self,
        data: &[u8],
        tiles: &mut Vec<Range<usize>>,
        met: &mut impl FnMut(&UncompressedHeader),
    ) -> Result<(), ObuError> {
        let mut current = None;
        let mut byte = 0;
        for obu in Obus::new(data) {
            let obu = obu.map_err(|error| at(byte, error.into()))?;
            let first = tiles.len();
            self.read_obu(&obu, &mut current, tiles, met)
                .map_err(|error| at(obu.offset, error))?;
            for tile in tiles.iter_mut().skip(first) {
                *tile = tile.start + obu.payload_offset..tile.end + obu.payload_offset;
            }
            byte = obu.payload_offset + obu.payload.len();
        }
        complete(current.as_ref()).map_err(|error| at(data.len(), error))
    }

    /// `open_bitstream_unit()`, AV1 5.3.1, but for layers that are dropped.
    fn read_obu(
        &mut self,
        obu: &Obu,
        current: &mut Option<Current>,
        tiles: &mut Vec<Range<usize>>,
        met: &mut impl FnMut(&UncompressedHeader),
    ) -> Result<(), FrameError> {
        match obu.obu_type {
            ObuType::SEQUENCE_HEADER => {
                complete(current.as_ref())?;
                self.sequence = Some(SequenceHeader::parse(obu.payload)?);
            }
            ObuType::TEMPORAL_DELIMITER => complete(current.as_ref())?,
            ObuType::FRAME_HEADER => {
                complete(current.as_ref())?;
                let mut r = BitReader::new("uncompressed_header", obu.payload);
                *current = self.read_header(obu, &mut r, met)?;
                trailing_bits(&mut r)?;
            }
            ObuType::FRAME => {
                complete(current.as_ref())?;
                let mut r = BitReader::new("uncompressed_header", obu.payload);
                *current = self.read_header(obu, &mut r, met)?;
                byte_alignment(&mut r)?;
                self.read_tile_group(&mut r, current, tiles)?;
            }
            ObuType::TILE_GROUP => {
                let mut r = BitReader::new("tile_group_obu", obu.payload);
                self.read_tile_group(&mut r, current, tiles)?;
            }
            // A copy of what has been read.
            ObuType::REDUNDANT_FRAME_HEADER => {
                current.ok_or(FrameError::NoFrameHeader)?;
            }
            ObuType::TILE_LIST => return Err(FrameError::ObuType(obu.obu_type)),
            // Metadata, padding and what is reserved.
            _ => {}
        }
        Ok(())
    }

    /// The frame, unless the header has none.
    fn read_header(
        &mut self,
        obu: &Obu,
        r: &mut BitReader,
        met: &mut impl FnMut(&UncompressedHeader),
    ) -> Result<Option<Current>, FrameError> {
        let sequence = self.sequence.as_ref().ok_or(FrameError::NoSequenceHeader)?;
        let mut context = Context {
            sequence,
            references: &mut self.references,
            layer: obu.layer,
        };
        let header = UncompressedHeader::read(r, &mut context)?;
        met(&header);
        match header {
            UncompressedHeader::Frame(header) => Ok(Some(Current { header, tiles: 0 })),
            UncompressedHeader::ShowExisting {
                frame_to_show_map_idx: place,
            } => {
                let shown = *self.references.at(place, r, "frame_to_show_map_idx")?;
                // 7.21: a key frame that is shown later begins anew as one shown at once does.
                if shown.frame_type == FrameType::Key {
                    self.references.refresh(0xff, shown);
                }
                Ok(None)
            }
        }
    }

    fn read_tile_group(
        &mut self,
        r: &mut BitReader,
        current: &mut Option<Current>,
        tiles: &mut Vec<Range<usize>>,
    ) -> Result<(), FrameError> {
        let frame = current.as_mut().ok_or(FrameError::NoFrameHeader)?;
        frame.tiles = tile_group::read(r, &frame.header.tile_info, frame.tiles, tiles)?;
        if frame.tiles == frame.header.tile_info.count() {
            let flags = frame.header.refresh_frame_flags;
            self.references.refresh(flags, frame.header.reference());
            *current = None;
        }
        Ok(())
    }
}

fn complete(current: Option<&Current>) -> Result<(), FrameError> {
    match current {
        None => Ok(()),
        Some(frame) => Err(FrameError::MissingTiles {
            found: frame.tiles,
            expected: frame.header.tile_info.count(),
        }),
    }
}

fn at(byte: usize, error: FrameError) -> ObuError {
    ObuError { byte, error }
}
