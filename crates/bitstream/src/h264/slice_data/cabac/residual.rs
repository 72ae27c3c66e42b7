//! The levels of one block, H.264 7.3.5.3.3 and 9.3.3.1.3.

use super::{Bins, map_8x8};
use crate::h264::slice_data::coder::Block;
use crate::h264::slice_data::error::{Fault, check};

/// Bits of the Exp-Golomb suffix of a level, at most: levels of about 20 bits.
const MAX_SUFFIX: u32 = 20;

/// First contexts of a kind of block (H.264 tables 9-34 and 9-40).
struct Kind {
    coded: usize,
    significant: [usize; 2],
    last: [usize; 2],
    absolute: usize,
    /// How many contexts there are for magnitudes above 2, less one.
    most_above: usize,
}

const fn kind(category: usize, map: usize, absolute: usize) -> Kind {
    Kind {
        coded: 85 + 4 * category,
        significant: [105 + map, 277 + map],
        last: [166 + map, 338 + map],
        absolute: 227 + absolute,
        most_above: if category == 3 { 3 } else { 4 },
    }
}

static KINDS: [Kind; 6] = [
    kind(0, 0, 0),
    kind(1, 15, 10),
    kind(2, 29, 20),
    kind(3, 44, 30),
    kind(4, 47, 39),
    Kind {
        coded: 0,
        significant: [402, 436],
        last: [417, 451],
        absolute: 426,
        most_above: 4,
    },
];

/// `residual_block_cabac()`; gives `coded_block_flag`. The levels of an 8x8 block must not all
/// be 0.
#[inline]
pub(super) fn block<B: Bins>(
    bins: &mut B,
    block: Block,
    field: bool,
    (left, above): (u8, u8),
    levels: &mut [i32],
) -> Result<u8, Fault> {
    let kind = &KINDS[block as usize];
    let end = if B::WRITES {
        levels.iter().rposition(|level| *level != 0)
    } else {
        None
    };
    if block != Block::Luma8x8 {
        let increment = usize::from(left != 0) + 2 * usize::from(above != 0);
        if !bins.bin(kind.coded + increment, end.is_some()) {
            return Ok(0);
        }
    }
    let end = end.unwrap_or(0);
    let (significant, last) = (
        kind.significant[usize::from(field)],
        kind.last[usize::from(field)],
    );
    let mut places = [0; 64];
    let count = match block {
        Block::ChromaDc => {
            // NumC8x8 is a quarter of the levels of a component.
            let divisor = (levels.len() / 4).max(1);
            let contexts = |at: usize| {
                let increment = (at / divisor).min(2);
                (significant + increment, last + increment)
            };
            map(bins, levels, end, contexts, &mut places)
        }
        Block::Luma8x8 => {
            let table = match field {
                true => &map_8x8::FIELD,
                false => &map_8x8::FRAME,
            };
            let contexts = |at: usize| {
                let at = at.min(62);
                let (first, second) = (table[at], map_8x8::LAST[at]);
                (significant + usize::from(first), last + usize::from(second))
            };
            map(bins, levels, end, contexts, &mut places)
        }
        _ => map(
            bins,
            levels,
            end,
            |at| (significant + at, last + at),
            &mut places,
        ),
    };
    magnitudes(bins, kind, places.get(..count).unwrap_or_default(), levels)?;
    Ok(1)
}

/// The significance map: the places of levels that are not 0, in scan order; gives how many.
#[inline(always)]
fn map<B: Bins>(
    bins: &mut B,
    levels: &[i32],
    end: usize,
    contexts: impl Fn(usize) -> (usize, usize),
    places: &mut [u8; 64],
) -> usize {
    let mut count = 0;
    let most = levels.len().min(64);
    for (at, level) in levels.iter().enumerate().take(most.saturating_sub(1)) {
        let (significant, last) = contexts(at);
        if bins.bin(significant, *level != 0) {
            places[count % 64] = at as u8;
            count += 1;
            if bins.bin(last, at == end) {
                return count;
            }
        }
    }
    // If it is none of the others, it is the last one.
    places[count % 64] = most.saturating_sub(1) as u8;
    count + 1
}

/// `coeff_abs_level_minus1` and `coeff_sign_flag`, from the last level to the first.
#[inline(always)]
fn magnitudes<B: Bins>(
    bins: &mut B,
    kind: &Kind,
    places: &[u8],
    levels: &mut [i32],
) -> Result<(), Fault> {
    let (mut ones, mut above) = (0, 0);
    for place in places.iter().rev() {
        let Some(level) = levels.get_mut(usize::from(*place)) else {
            continue;
        };
        let wanted = level.unsigned_abs().saturating_sub(1);
        let first = if above > 0 { 0 } else { (1 + ones).min(4) };
        let mut value = 0;
        if bins.bin(kind.absolute + first, wanted > 0) {
            value = 1;
            let context = kind.absolute + 5 + above.min(kind.most_above);
            while value < 14 && bins.bin(context, wanted > value) {
                value += 1;
            }
            if value == 14 {
                value += suffix(bins, wanted.saturating_sub(14))?;
            }
            above += 1;
        } else {
            ones += 1;
        }
        let negative = bins.bypass(*level < 0);
        let magnitude = value as i32 + 1;
        *level = if negative { -magnitude } else { magnitude };
    }
    Ok(())
}

/// Exp-Golomb of order 0 in bypass bins, 9.3.2.3.
fn suffix<B: Bins>(bins: &mut B, wanted: u32) -> Result<u32, Fault> {
    let mut rest = wanted;
    let (mut value, mut length) = (0, 0);
    while bins.bypass(rest >= 1 << length) {
        rest = rest.saturating_sub(1 << length);
        value += 1 << length;
        length += 1;
        let element = "coeff_abs_level_minus1 (bits of the suffix)";
        check(element, length.into(), 0, MAX_SUFFIX.into())?;
    }
    for bit in (0..length).rev() {
        if bins.bypass(rest >> bit & 1 != 0) {
            value += 1 << bit;
        }
    }
    Ok(value)
}
