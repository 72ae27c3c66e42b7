//! Writing the levels of one block.

use super::{KINDS, MAX_SUFFIX, NODES, flags_of};
use crate::h264::slice_data::cabac::encoder::{Bin, Encoder};
use crate::h264::slice_data::coder::Block;
use crate::h264::slice_data::error::{Fault, check};

/// Writes `residual_block_cabac()`; gives `coded_block_flag`, whose ctxIdxInc is `increment`. The
/// levels of an 8x8 block must not all be 0.
#[inline]
pub(in super::super) fn write(
    encoder: &mut Encoder,
    block: Block,
    field: bool,
    increment: usize,
    levels: &[i32],
) -> Result<u8, Fault> {
    let end = levels.iter().rposition(|level| *level != 0);
    if block != Block::Luma8x8 {
        let context = KINDS[block as usize].coded + increment;
        encoder.push(Bin::new(context as u16, end.is_some()));
    }
    let Some(end) = end else {
        return Ok(0);
    };
    let mut coded = [0; 64];
    let count = map(encoder, block, field, levels, end, &mut coded);
    magnitudes(encoder, block, coded.get(..count).unwrap_or_default())?;
    Ok(1)
}

/// The significance map up to the last level at `end`; gives the levels that are not 0 and how many
/// they are.
///
/// No branch hangs on a level: it would be mispredicted for every third of them.
#[inline(always)]
fn map(
    encoder: &mut Encoder,
    block: Block,
    field: bool,
    levels: &[i32],
    end: usize,
    coded: &mut [i32; 64],
) -> usize {
    let flags = flags_of(block, field, levels.len());
    let room: &mut [Bin; 128] = encoder.room();
    let (mut taken, mut count) = (0, 0);
    for (level, [significant, last]) in levels.iter().zip(flags).take(end) {
        let is_significant = *level != 0;
        room[taken % 128] = Bin::new(*significant, is_significant);
        room[(taken + 1) % 128] = Bin::new(*last, false);
        taken += 1 + usize::from(is_significant);
        coded[count % 64] = *level;
        count += usize::from(is_significant);
    }
    // What is not the last of all places has to say that it is the last level.
    if end + 1 < levels.len() {
        let [significant, last] = flags[end % 64];
        room[taken % 128] = Bin::new(significant, true);
        room[(taken + 1) % 128] = Bin::new(last, true);
        taken += 2;
    }
    encoder.took(taken);
    coded[count % 64] = levels.get(end).copied().unwrap_or(0);
    count + 1
}

/// `coeff_abs_level_minus1` and `coeff_sign_flag`, from the last level to the first.
#[inline(always)]
fn magnitudes(encoder: &mut Encoder, block: Block, levels: &[i32]) -> Result<(), Fault> {
    let nodes = &NODES[block as usize];
    let mut node = 0;
    for level in levels.iter().rev() {
        let contexts = &nodes[node % 8];
        let above = level.unsigned_abs().saturating_sub(1) as usize;
        let room: &mut [Bin; 16] = encoder.room();
        // A 1 for each above, then a 0: the first of them with a context of its own.
        room.fill(Bin::new(contexts.others, true));
        room[0] = Bin::new(contexts.first, true);
        if above < 14 {
            let context = if above == 0 {
                contexts.first
            } else {
                contexts.others
            };
            room[above] = Bin::new(context, false).and_sign(*level < 0);
            encoder.took(above + 1);
        } else {
            encoder.took(14);
            suffix(encoder, above as u32 - 14)?;
            encoder.push(Bin::bypass(*level < 0));
        }
        node = usize::from(contexts.next[usize::from(above > 0)]);
    }
    Ok(())
}

/// Exp-Golomb of order 0 in bypass bins, 9.3.2.3.
#[cold]
fn suffix(encoder: &mut Encoder, value: u32) -> Result<(), Fault> {
    let mut rest = value;
    let mut length = 0;
    while rest >= 1 << length {
        encoder.push(Bin::bypass(true));
        rest -= 1 << length;
        length += 1;
        let element = "coeff_abs_level_minus1 (bits of the suffix)";
        check(element, length.into(), 0, MAX_SUFFIX.into())?;
    }
    encoder.push(Bin::bypass(false));
    for bit in (0..length).rev() {
        encoder.push(Bin::bypass(rest >> bit & 1 != 0));
    }
    Ok(())
}
