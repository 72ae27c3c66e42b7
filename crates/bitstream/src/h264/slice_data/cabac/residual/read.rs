//! Reading the levels of one block.

use super::{KINDS, MAX_SUFFIX, NODES, flags_of};
use crate::h264::slice_data::cabac::contexts::Contexts;
use crate::h264::slice_data::cabac::decoder::Code;
use crate::h264::slice_data::coder::Block;
use crate::h264::slice_data::error::{Fault, check};

/// Reads `residual_block_cabac()` into `levels`, which are all 0; gives `coded_block_flag`, whose
/// ctxIdxInc is `increment`.
#[inline]
pub(in super::super) fn read(
    code: &mut Code,
    contexts: &mut Contexts,
    block: Block,
    field: bool,
    increment: usize,
    levels: &mut [i32],
) -> Result<u8, Fault> {
    let kind = &KINDS[block as usize];
    if block != Block::Luma8x8 && !code.bin(&mut contexts[(kind.coded + increment) % 512]) {
        return Ok(0);
    }
    let mut places = [0; 64];
    let mut local = *code;
    let count = map(
        &mut local,
        contexts,
        block,
        field,
        levels.len(),
        &mut places,
    );
    let places = places.get(..count).unwrap_or_default();
    let result = magnitudes(&mut local, contexts, block, places, levels);
    *code = local;
    result?;
    Ok(1)
}

/// The significance map: the places of levels that are not 0, in scan order; gives how many.
#[inline(always)]
fn map(
    code: &mut Code,
    contexts: &mut Contexts,
    block: Block,
    field: bool,
    places: usize,
    found: &mut [u8; 64],
) -> usize {
    let flags = flags_of(block, field, places);
    let mut count = 0;
    let end = places.saturating_sub(1).min(63);
    for (at, [significant, last]) in flags.iter().enumerate().take(end) {
        if code.bin(&mut contexts[usize::from(*significant) % 512]) {
            found[count % 64] = at as u8;
            count += 1;
            if code.bin(&mut contexts[usize::from(*last) % 512]) {
                return count;
            }
        }
    }
    // If it is none of the others, it is the last one.
    found[count % 64] = end as u8;
    count + 1
}

/// `coeff_abs_level_minus1` and `coeff_sign_flag`, from the last level to the first.
#[inline(always)]
fn magnitudes(
    code: &mut Code,
    contexts: &mut Contexts,
    block: Block,
    places: &[u8],
    levels: &mut [i32],
) -> Result<(), Fault> {
    let nodes = &NODES[block as usize];
    let mut node = 0;
    for place in places.iter().rev() {
        let Some(level) = levels.get_mut(usize::from(*place)) else {
            continue;
        };
        let contexts_of = &nodes[node % 8];
        let mut magnitude = 1;
        let above = code.bin(&mut contexts[usize::from(contexts_of.first) % 512]);
        if above {
            magnitude = 2;
            let state = &mut contexts[usize::from(contexts_of.others) % 512];
            while magnitude < 15 && code.bin(state) {
                magnitude += 1;
            }
            if magnitude == 15 {
                magnitude += suffix(code)?;
            }
        }
        node = usize::from(contexts_of.next[usize::from(above)]);
        let negative = -i32::from(code.bypass());
        *level = (magnitude ^ negative) - negative;
    }
    Ok(())
}

/// Exp-Golomb of order 0 in bypass bins, 9.3.2.3.
fn suffix(code: &mut Code) -> Result<i32, Fault> {
    let (mut value, mut length) = (0, 0);
    while code.bypass() {
        value += 1 << length;
        length += 1;
        let element = "coeff_abs_level_minus1 (bits of the suffix)";
        check(element, length.into(), 0, MAX_SUFFIX.into())?;
    }
    for bit in (0..length).rev() {
        if code.bypass() {
            value += 1 << bit;
        }
    }
    Ok(value)
}
