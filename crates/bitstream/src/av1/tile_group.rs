//! Where the tiles of a tile group lie.

use std::ops::Range;

use super::descriptor::{byte_alignment, le};
use super::{FrameError, TileInfo};
use crate::Error;
use crate::bits::BitReader;

/// `tile_group_obu()`, AV1 5.11.1: appends the range of each tile in the bytes of `r` to `tiles`.
///
/// The range of a tile is what `decode_tile()` reads with its trailing bits, without
/// `tile_size_minus_1`. Gives the number of the tile behind the last.
pub(super) fn read(
    r: &mut BitReader,
    tile_info: &TileInfo,
    first: u16,
    tiles: &mut Vec<Range<usize>>,
) -> Result<u16, FrameError> {
    r.set_structure("tile_group_obu");
    let count = tile_info.count();
    let last = u32::from(count - 1);
    let mut end = last;
    let mut tg_start = 0;
    let bit = r.position();
    if count > 1 && r.flag("tile_start_and_end_present_flag")? {
        let bits = tile_info.number_bits.into();
        tg_start = r.bits(bits, "tg_start")?;
        end = r.bits_range(bits, (tg_start, last), "tg_end")?;
    }
    let next = first.into();
    r.check(bit, "tg_start", tg_start.into(), next, next)?;
    byte_alignment(r)?;
    for _ in tg_start..end {
        let size = 1 + u64::from(le(r, tile_info.size_bytes, "tile_size_minus_1")?);
        push(r, size, tiles)?;
    }
    // Of at least one byte: init_symbol() cannot do with less.
    let left = r.left() / 8;
    push(r, left.max(1), tiles)?;
    // Below 4096.
    Ok(end as u16 + 1)
}

fn push(r: &mut BitReader, bytes: u64, tiles: &mut Vec<Range<usize>>) -> Result<(), Error> {
    let start = (r.position() / 8) as usize;
    r.skip(8 * bytes, "tile")?;
    tiles.push(start..(r.position() / 8) as usize);
    Ok(())
}
