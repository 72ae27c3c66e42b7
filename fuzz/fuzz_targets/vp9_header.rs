//! VP9 samples: superframes and uncompressed headers, and the subsamples made of them. Samples
//! begin with their length.

#![no_main]

use bitstream::vp9::{KeyFrameHeader, References, UncompressedHeader, frames};
use fuzz::tiles::{divided, samples};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut references = References::default();
    for sample in samples(data) {
        let Ok(found) = frames(sample) else { continue };
        assert!((1..=8).contains(&found.len()));
        for range in found {
            let frame = &sample[range];
            let key = KeyFrameHeader::parse(frame);
            if let Ok(UncompressedHeader::Frame(header)) = references.read(frame) {
                assert!(header.bytes + usize::from(header.header_size_in_bytes) <= frame.len());
                if header.is_key_frame {
                    let key = key.expect("was read as a whole").expect("is a key frame");
                    assert_eq!((key.width, key.height), header.size);
                }
            }
        }
    }
    divided(cenc::ranges::Rule::vp9(), data);
});
