//! Slices of a byte stream with any parameter sets: an error or macroblocks; what was read is written again, reads the same,
//! and is reconstructed or refused.

#![no_main]

use bitstream::h264::intra::Picture;
use bitstream::h264::slice_data::Ending;
use fuzz::slices::each_slice;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    each_slice(data, |slice| {
        for ending in [Ending::Original, Ending::Standard] {
            if let Ok(written) = slice.data.write(ending) {
                assert_eq!(slice.again(&written), slice.data);
            }
        }
        if slice.is_small()
            && let Ok(mut picture) = Picture::of(&slice.sps)
        {
            let _ = picture.reconstruct(&slice.sps, &slice.pps, &slice.header, &slice.data);
        }
    });
});
