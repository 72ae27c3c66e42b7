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
