//! Protected ranges of VP9 samples.
//!
//! VP Codec ISO Media File Format Binding, "Sample Encryption": the uncompressed header of every
//! frame of a superframe and the superframe index are clear. What follows a header is protected,
//! but for as many bytes in front of it as are over a number of whole blocks. The binding knows
//! `cenc` alone, where this lets the counter of each frame be computed; other schemes follow it.

use bitstream::vp9::{References, UncompressedHeader, frames};

use super::{RangeError, SubsampleBuilder};

/// What has to be known to divide VP9 samples: the sizes of the frames before.
#[derive(Clone, Debug, Default)]
pub struct Vp9Rule {
    references: References,
}

impl Vp9Rule {
    pub(super) fn divide(
        &mut self,
        sample: &[u8],
        builder: &mut SubsampleBuilder,
    ) -> Result<(), RangeError> {
        let error = |byte| move |error| RangeError::Vp9 { byte, error };
        let mut end = 0;
        for range in frames(sample).map_err(error(0))? {
            let frame = sample.get(range.clone()).unwrap_or_default();
            let header = self.references.read(frame).map_err(error(range.start))?;
            let clear = match header {
                UncompressedHeader::ShowExisting { .. } => frame.len(),
                UncompressedHeader::Frame(header) => header.bytes.min(frame.len()),
            };
            let over = (frame.len() - clear) % 16;
            builder.add(clear + over, frame.len() - clear - over);
            end = range.end;
        }
        builder.add(sample.len().saturating_sub(end), 0);
        Ok(())
    }
}
