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

#[cfg(test)]
mod tests {
    use isobmff::boxes::Subsample;

    use crate::ranges::Rule;
    use crate::scheme::Scheme;

    /// Headers of libvpx with two spatial layers, 320x180 and 640x360: key frame and the first
    /// frame predicted from it, with compressed headers of 98 and 183 bytes.
    const KEY: [u8; 22] = [
        0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0b, 0x38, 0x13, 0xf8, 0x0b, 0x3e, 0x08, 0x38,
        0x24, 0x1c, 0x18, 0x50, 0x00, 0x06, 0x20,
    ];
    const INTER: [u8; 15] = [
        0x86, 0x00, 0x80, 0x80, 0x01, 0x3f, 0x80, 0xb3, 0xa7, 0x0b, 0x12, 0x88, 0x40, 0x16, 0xe0,
    ];

    /// A frame with so many bytes behind its header.
    fn frame(header: &[u8], rest: usize) -> Vec<u8> {
        let mut frame = header.to_vec();
        frame.resize(header.len() + rest, 0x55);
        frame
    }

    fn divide(rule: &mut Rule, sample: &[u8], scheme: Scheme) -> Vec<(u16, u32)> {
        let mut subsamples = vec![];
        rule.divide(sample, scheme, &mut subsamples).unwrap();
        let pair = |each: &Subsample| (each.bytes_of_clear_data, each.bytes_of_protected_data);
        subsamples.iter().map(pair).collect()
    }

    #[test]
    fn the_last_whole_blocks_behind_the_header_are_protected_in_every_scheme() {
        for scheme in Scheme::ALL {
            let found = divide(&mut Rule::vp9(), &frame(&KEY, 115), scheme);
            assert_eq!(found, [(22 + 3, 112)]);
        }
    }

    #[test]
    fn each_frame_of_a_superframe_is_a_subsample_and_the_index_is_clear() {
        let mut sample = frame(&KEY, 112);
        sample.extend(frame(&INTER, 193));
        sample.extend([0xc9, 134, 0, 208, 0, 0xc9]);
        let mut rule = Rule::vp9();
        let found = divide(&mut rule, &sample, Scheme::Cenc);
        assert_eq!(found, [(22, 112), (15 + 1, 192), (6, 0)]);
        // A frame that shows another has nothing to protect.
        assert_eq!(divide(&mut rule, &[0x89], Scheme::Cenc), [(1, 0)]);
    }

    #[test]
    fn frames_that_cannot_be_read_are_errors_with_their_place() {
        let mut sample = frame(&KEY, 112);
        sample.extend(frame(&[0x42], 20));
        sample.extend([0xc9, 134, 0, 21, 0, 0xc9]);
        let mut subsamples = vec![];
        let error = Rule::vp9().divide(&sample, Scheme::Cenc, &mut subsamples);
        assert_eq!(
            error.unwrap_err().to_string(),
            "frame at byte 134: uncompressed_header at bit 0: frame_marker: is 1, expected 2"
        );
        assert!(subsamples.is_empty());
    }
}
