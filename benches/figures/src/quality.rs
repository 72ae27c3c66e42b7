//! What marking did to decoded pictures.

use crate::arguments::Arguments;
use crate::error::Error;
use crate::flicker::{Flicker, Frame};
use crate::frames::{Deblocking, Frames};
use crate::gain::Gain;
use crate::psnr::Psnr;
use crate::row::Row;
use crate::stream::Marked;

/// Frames after the first of a segment at which the gain is looked at again.
const LATER: [usize; 2] = [5, 20];

/// PSNR of variant 0 to the original and of the variants to each other over all frames, flicker
/// of variants in turn, and the decoded gain: at first pictures of segments before and after
/// deblocking, and later.
pub(crate) fn measure(
    bytes: &[u8],
    marked: &Marked,
    arguments: &Arguments,
    row: &mut Row,
) -> Result<(), Error> {
    let deblocking = match arguments.no_deblocking {
        true => Deblocking::Off,
        false => Deblocking::On,
    };
    let input = marked.input();
    let decode = |bytes: &[u8]| Frames::decode(&input, bytes.to_vec(), marked.size, deblocking);
    let mut original = decode(bytes)?;
    let mut zero = decode(&marked.variants[0])?;
    let mut one = decode(&marked.variants[1])?;
    let (mut psnr, mut apart) = (Psnr::default(), Psnr::default());
    let mut flicker = Flicker::default();
    let mut later: [Gain; 2] = Default::default();
    let grid = arguments.grid(marked.size);
    for (position, segment) in marked.segments.iter().enumerate() {
        let pattern = marked.key.pattern(position as u32, grid);
        let layers = pattern.layers(marked.size.0, marked.size.1);
        for number in 0..segment.frames {
            let missing = || Error::new(format!("segment {position}: frame {number} is missing"));
            let original = original.next().ok_or_else(missing)?;
            let zero = zero.next().ok_or_else(missing)?;
            let one = one.next().ok_or_else(missing)?;
            psnr.add(&original, &zero);
            apart.add(&zero, &one);
            let frame = if number == 0 {
                Frame::First
            } else {
                Frame::Later
            };
            let delivered = if position % 2 == 0 { &zero } else { &one };
            flicker.add(frame, &original, delivered);
            for (at, gain) in LATER.iter().zip(&mut later) {
                if number == *at {
                    gain.add(&layers, arguments.amplitude(), &zero, &one);
                }
            }
        }
    }
    for (name, deblocking) in [
        ("gain_before_deblocking", Deblocking::Off),
        ("gain_after_deblocking", Deblocking::On),
    ] {
        let gain = first_pictures(marked, arguments, deblocking)?;
        row.number(name, gain.mean(), 3);
    }
    for (at, gain) in LATER.iter().zip(&later) {
        row.number(&format!("gain_after_{at}_frames"), gain.mean(), 3);
    }
    psnr.describe("psnr", row);
    apart.describe("apart", row);
    flicker.describe(row);
    Ok(())
}

/// The gain at the first pictures of segments, which can be decoded alone.
fn first_pictures(
    marked: &Marked,
    arguments: &Arguments,
    deblocking: Deblocking,
) -> Result<Gain, Error> {
    let input = marked.input();
    let decode = |variant| {
        let pictures = marked.first_pictures(variant);
        Frames::decode(&input, pictures, marked.size, deblocking)
    };
    let (mut zero, mut one) = (decode(0)?, decode(1)?);
    let grid = arguments.grid(marked.size);
    let mut gain = Gain::default();
    for position in 0..marked.segments.len() {
        let missing = || Error::new(format!("segment {position}: its first picture is missing"));
        let zero = zero.next().ok_or_else(missing)?;
        let one = one.next().ok_or_else(missing)?;
        let pattern = marked.key.pattern(position as u32, grid);
        let layers = pattern.layers(marked.size.0, marked.size.1);
        gain.add(&layers, arguments.amplitude(), &zero, &one);
    }
    Ok(gain)
}
