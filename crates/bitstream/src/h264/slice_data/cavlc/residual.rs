//! Levels and runs of one block, H.264 9.2.

use super::coeff_token::{self, Token, Tokens};
use super::zeros;
use crate::h264::slice_data::bit_sink::BitSink;
use crate::h264::slice_data::bit_source::BitSource;
use crate::h264::slice_data::coder::Block;
use crate::h264::slice_data::error::{Fault, check};
use crate::h264::slice_data::syntax::NO_BLOCK;

/// The longest `level_prefix` read; it stands for levels of about 20 bits.
const MAX_PREFIX: u32 = 24;

/// Which codes a block uses, by what lies around it.
enum Column {
    Table(&'static Tokens),
    Fixed,
}

impl Column {
    #[inline(always)]
    fn of(block: Block, left: u8, above: u8, length: usize) -> Column {
        if block == Block::ChromaDc {
            return Column::Table(if length == 4 {
                &coeff_token::OF_CHROMA_DC_420
            } else {
                &coeff_token::OF_CHROMA_DC_422
            });
        }
        let n = match (left < NO_BLOCK, above < NO_BLOCK) {
            (true, true) => (left + above).div_ceil(2),
            (true, false) => left,
            (false, true) => above,
            (false, false) => 0,
        };
        match n {
            0 | 1 => Column::Table(&coeff_token::BY_NEIGHBOURS[0]),
            2 | 3 => Column::Table(&coeff_token::BY_NEIGHBOURS[1]),
            4..=7 => Column::Table(&coeff_token::BY_NEIGHBOURS[2]),
            _ => Column::Fixed,
        }
    }
}

/// Reads a block into `levels`, all 0 before; gives TotalCoeff.
#[inline]
pub(super) fn read(
    source: &mut BitSource,
    block: Block,
    (left, above): (u8, u8),
    max_prefix: u32,
    levels: &mut [i32],
) -> Result<u8, Fault> {
    let length = levels.len();
    let word = source.peek();
    let token = match Column::of(block, left, above, length) {
        Column::Table(tokens) => tokens.find(word),
        Column::Fixed => coeff_token::find_fixed(word),
    };
    let Token { total, ones, .. } = token;
    if token.length == 0 || usize::from(total) > length {
        let element = "coeff_token";
        return Err(Fault::NoCode { element });
    }
    source.skip(token.length.into());
    if total == 0 {
        return Ok(0);
    }
    let mut found = [0; 16];
    let found = &mut found[..usize::from(total)];
    read_levels(source, ones.into(), max_prefix, found)?;
    place_runs(source, found, levels)?;
    Ok(total)
}

/// The levels that are not 0, the last in the scan first.
#[inline(always)]
fn read_levels(
    source: &mut BitSource,
    ones: usize,
    max_prefix: u32,
    found: &mut [i32],
) -> Result<(), Fault> {
    let mut suffix_length = u32::from(found.len() > 10 && ones < 3);
    for (at, level) in found.iter_mut().enumerate() {
        if at < ones {
            *level = 1 - 2 * source.bits(1) as i32;
            continue;
        }
        let prefix = source.peek().leading_zeros();
        check("level_prefix", prefix.into(), 0, max_prefix.into())?;
        source.skip(prefix + 1);
        let mut code = prefix.min(15) << suffix_length;
        let suffix_size = match prefix {
            14 if suffix_length == 0 => 4,
            0..=14 => suffix_length,
            _ => prefix - 3,
        };
        if suffix_size > 0 {
            code += source.bits(suffix_size);
        }
        if prefix >= 15 && suffix_length == 0 {
            code += 15;
        }
        if prefix >= 16 {
            code += (1 << (prefix - 3)) - 4096;
        }
        if at == ones && ones < 3 {
            code += 2;
        }
        // Even codes are positive levels from 1, odd codes negative ones from -1.
        let magnitude = (code / 2 + 1) as i32;
        *level = if code.is_multiple_of(2) {
            magnitude
        } else {
            -magnitude
        };
        suffix_length = next_suffix_length(suffix_length, magnitude);
    }
    Ok(())
}

#[inline(always)]
fn next_suffix_length(suffix_length: u32, magnitude: i32) -> u32 {
    let length = suffix_length.max(1);
    length + u32::from(magnitude > 3 << (length - 1) && length < 6)
}

/// `total_zeros` and `run_before`: puts the levels where they belong.
#[inline(always)]
fn place_runs(source: &mut BitSource, found: &[i32], levels: &mut [i32]) -> Result<(), Fault> {
    let (length, total) = (levels.len(), found.len());
    let mut zeros_left = 0;
    if total < length {
        let (row, word) = (total - 1, source.peek());
        let (bits, zeros) = match length {
            4 => zeros::OF_CHROMA_DC_420.find(row, word),
            8 => zeros::OF_CHROMA_DC_422.find(row, word),
            _ => zeros::OF_BLOCKS.find(row, word),
        };
        if bits == 0 {
            let element = "total_zeros";
            return Err(Fault::NoCode { element });
        }
        source.skip(bits);
        zeros_left = zeros;
    }
    check("total_zeros", zeros_left as i64, 0, (length - total) as i64)?;
    // From here on `at` is the place of a level and `zeros_left` of those below it are 0.
    let mut at = zeros_left + total;
    for level in found {
        at = at.saturating_sub(1);
        if let Some(place) = levels.get_mut(at) {
            *place = *level;
        }
        // The run before the first level is what is left.
        if zeros_left > 0 && at > zeros_left {
            let (bits, run) = zeros::find_run(zeros_left, source.peek());
            check("run_before", run as i64, 0, zeros_left as i64)?;
            source.skip(bits);
            zeros_left -= run;
            at -= run;
        }
    }
    Ok(())
}

/// Writes a block; gives TotalCoeff.
pub(super) fn write(
    sink: &mut BitSink,
    block: Block,
    (left, above): (u8, u8),
    max_prefix: u32,
    levels: &[i32],
) -> Result<u8, Fault> {
    let length = levels.len();
    let mut found = [0; 16];
    let mut runs = [0; 16];
    let (mut total, mut run, mut zeros) = (0, 0, 0);
    // From the last level to the first; a run is entered with the level after it.
    for level in levels.iter().rev() {
        if *level == 0 {
            run += usize::from(total > 0);
            continue;
        }
        if total > 0 {
            runs[total - 1] = run;
            zeros += run;
            run = 0;
        }
        found[total] = *level;
        total += 1;
    }
    zeros += run;
    let found = &found[..total];
    let ones = found.iter().take(3).take_while(|level| level.abs() == 1);
    let ones = ones.count();
    let code = match Column::of(block, left, above, length) {
        Column::Table(tokens) => tokens.code(total as u8, ones as u8),
        Column::Fixed => coeff_token::fixed_code(total as u8, ones as u8),
    };
    sink.bits(code.length.into(), code.bits.into());
    if total == 0 {
        return Ok(0);
    }
    write_levels(sink, ones, max_prefix, found)?;
    if total < length {
        let code = match length {
            4 => zeros::OF_CHROMA_DC_420.code(total - 1, zeros),
            8 => zeros::OF_CHROMA_DC_422.code(total - 1, zeros),
            _ => zeros::OF_BLOCKS.code(total - 1, zeros),
        };
        sink.bits(code.length.into(), code.bits.into());
    }
    for run in runs.iter().take(total - 1) {
        if zeros == 0 {
            break;
        }
        let code = zeros::run_code(zeros, *run);
        sink.bits(code.length.into(), code.bits.into());
        zeros -= run;
    }
    Ok(total as u8)
}

fn write_levels(
    sink: &mut BitSink,
    ones: usize,
    max_prefix: u32,
    found: &[i32],
) -> Result<(), Fault> {
    let mut suffix_length = u32::from(found.len() > 10 && ones < 3);
    for (at, level) in found.iter().enumerate() {
        let negative = u32::from(*level < 0);
        if at < ones {
            sink.bits(1, negative);
            continue;
        }
        check("coefficient level", (*level).into(), -(1 << 22), 1 << 22)?;
        let mut code = 2 * (level.unsigned_abs() - 1) + negative;
        if at == ones && ones < 3 {
            code = code.saturating_sub(2);
        }
        let escape = if suffix_length == 0 {
            30
        } else {
            15 << suffix_length
        };
        let (prefix, suffix_size, suffix) = if code >= escape {
            // Prefixes from 15 on have 12 bits and one more each.
            let above = code - escape + 4096;
            let size = above.ilog2();
            (size + 3, size, above - (1 << size))
        } else if suffix_length == 0 && code >= 14 {
            (14, 4, code - 14)
        } else {
            let suffix = code & ((1 << suffix_length) - 1);
            (code >> suffix_length, suffix_length, suffix)
        };
        check("level_prefix", prefix.into(), 0, max_prefix.into())?;
        sink.bits(prefix + 1, 1);
        sink.bits(suffix_size, suffix);
        suffix_length = next_suffix_length(suffix_length, level.abs());
    }
    Ok(())
}

/// The longest `level_prefix`: 15 but in the High profiles.
pub(super) fn max_prefix(long_levels: bool) -> u32 {
    if long_levels { MAX_PREFIX } else { 15 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_every_size_come_back() {
        let sizes = (0..20).flat_map(|bits| [1 << bits, (1 << bits) + 1, 3 << bits]);
        for size in sizes.filter(|size| *size < 1 << 20) {
            for sign in [1, -1] {
                for others in [0, 1, 7, 300] {
                    let mut levels = [0; 16];
                    levels[..4].copy_from_slice(&[sign * size, others, -sign * size, sign]);
                    let mut sink = BitSink::default();
                    write(&mut sink, Block::Luma4x4, (0, 0), MAX_PREFIX, &levels).unwrap();
                    sink.bits(1, 1);
                    let length = sink.position() as usize - 1;
                    let bytes = sink.into_bytes();
                    let mut source = BitSource::new(&bytes, 0);
                    let mut again = [0; 16];
                    read(&mut source, Block::Luma4x4, (0, 0), MAX_PREFIX, &mut again).unwrap();
                    assert_eq!((again, source.position()), (levels, length));
                }
            }
        }
    }

    #[test]
    fn main_profile_levels_are_limited() {
        let mut sink = BitSink::default();
        let error = write(&mut sink, Block::Luma4x4, (0, 0), 15, &[3000; 16]).unwrap_err();
        let text = "level_prefix: is 16, expected 0 to 15";
        assert_eq!(error.to_string(), text);
    }
}
