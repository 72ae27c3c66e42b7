//! Slices whose levels and QPs are changed within what is legal: they can be written, and read the same again.
//!
//! The first byte says how many bytes of changes follow, four for each; the rest is a byte stream.

#![no_main]

use bitstream::h264::intra::Picture;
use bitstream::h264::slice_data::{Ending, MbType};
use fuzz::slices::{Slice, each_slice};
use libfuzzer_sys::fuzz_target;

/// Levels of all sizes that every profile can code.
const LEVELS: [i32; 16] = [0, 1, -1, 2, -2, 3, -4, 7, -9, 14, -15, 16, -47, 300, -1000, 2000];

fuzz_target!(|data: &[u8]| {
    let Some((count, rest)) = data.split_first() else { return };
    let (changes, stream) = rest.split_at(rest.len().min((*count).into()));
    each_slice(stream, |mut slice| {
        for change in changes.chunks_exact(4) {
            apply(&mut slice, [change[0], change[1], change[2], change[3]]);
        }
        slice.data.settle_qp();
        let written = slice.data.write(Ending::Standard).expect("legal levels can be written");
        let again = slice.again(&written);
        assert_eq!(again, slice.data);
        if slice.is_small()
            && let Ok(mut picture) = Picture::of(&slice.sps)
        {
            let first = picture.reconstruct(&slice.sps, &slice.pps, &slice.header, &slice.data);
            let luma = picture.luma().clone();
            assert_eq!(first, picture.reconstruct(&slice.sps, &slice.pps, &slice.header, &again));
            if first.is_ok() {
                assert_eq!(luma, *picture.luma());
            }
        }
    });
});

fn apply(slice: &mut Slice, [index, kind, at, level]: [u8; 4]) {
    let data = &mut slice.data;
    let index = usize::from(index) % data.macroblocks.len().max(1);
    let Some(mb) = data.macroblocks.get(index).copied() else { return };
    let (at, level) = (usize::from(at), LEVELS[usize::from(level) % 16]);
    if mb.mb_type == MbType::IPcm {
        let most = (1 << data.layout().bit_depth_luma) - 1;
        if let Some(sample) = data.luma_mut(index).get_mut(at) {
            *sample = level.clamp(0, most);
        }
        return;
    }
    match kind % 4 {
        0 if mb.is_16x16() => data.dc_mut(index)[at % 16] = level,
        // AC levels of I_16x16 are 15.
        0 | 1 if !(mb.is_16x16() && at % 16 == 15) => {
            // What no pattern bit stood for is not coded, and not 0 by itself.
            for (place, old) in data.luma_mut(index).iter_mut().enumerate() {
                if mb.cbp_luma >> (place / 64) & 1 == 0 {
                    *old = 0;
                }
            }
            data.luma_mut(index)[at] = level;
            data.update_cbp_luma(index);
        }
        2 if mb.cbp_chroma == 2 => {
            let blocks = data.layout().chroma_blocks();
            let chroma = data.chroma_mut(index);
            let size = chroma.len() / 2;
            let at = at % size.max(1);
            let is_coded = if at < 8 { at < blocks } else { (at - 8) % 16 < 15 };
            if is_coded && let Some(to) = chroma.get_mut(at) {
                *to = level;
            }
        }
        3 => {
            let least = -6 * (i32::from(data.layout().bit_depth_luma) - 8);
            let bypass = i32::from(data.layout().transform_bypass);
            let qp = (i32::from(mb.qp) + level).clamp(least + bypass, 51);
            if let Some(mb) = data.macroblocks.get_mut(index) {
                mb.qp = qp as i8;
            }
        }
        _ => {}
    }
}
