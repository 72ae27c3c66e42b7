//! How a frame is cut into tiles.

use super::descriptor::ns;
use super::{FrameSize, SequenceHeader};
use crate::Error;
use crate::bits::BitReader;

/// `tile_info()`, AV1 5.9.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileInfo {
    /// `TileCols`: 1 to 64.
    pub cols: u8,
    /// `TileRows`: 1 to 64.
    pub rows: u8,
    /// `TileColsLog2` + `TileRowsLog2`: bits of the number of a tile.
    pub number_bits: u8,
    /// `TileSizeBytes`: 1 to 4; 1 where there is one tile.
    pub size_bytes: u8,
}

/// `MAX_TILE_COLS` and `MAX_TILE_ROWS`.
const MOST: u32 = 64;
/// `MAX_TILE_WIDTH`.
const MAX_WIDTH: u32 = 4096;
/// `MAX_TILE_AREA`.
const MAX_AREA: u32 = 4096 * 2304;

impl TileInfo {
    /// Tiles of the frame: 1 to 4096.
    pub fn count(&self) -> u16 {
        u16::from(self.cols) * u16::from(self.rows)
    }

    pub(super) fn read(
        r: &mut BitReader,
        sequence: &SequenceHeader,
        size: &FrameSize,
    ) -> Result<TileInfo, Error> {
        // In superblocks from here on; there are at most 1024 in a row or column.
        let log2 = if sequence.tools.use_128x128_superblock {
            7
        } else {
            6
        };
        let superblocks = |blocks: u32| (blocks + (1 << (log2 - 2)) - 1) >> (log2 - 2);
        let (mi_cols, mi_rows) = size.in_blocks();
        let frame = Superblocks {
            cols: superblocks(mi_cols),
            rows: superblocks(mi_rows),
            max_width: MAX_WIDTH >> log2,
            max_area: MAX_AREA >> (2 * log2),
        };
        let bit = r.position();
        let (cols, cols_log2, rows, rows_log2) = match r.flag("uniform_tile_spacing_flag")? {
            true => frame.read_uniform(r)?,
            false => frame.read_each(r)?,
        };
        r.check(bit, "TileCols", cols.into(), 1, MOST.into())?;
        r.check(bit, "TileRows", rows.into(), 1, MOST.into())?;
        let number_bits = cols_log2 + rows_log2;
        let mut size_bytes = 1;
        if number_bits > 0 {
            let last = cols * rows - 1;
            r.bits_range(number_bits, (0, last), "context_update_tile_id")?;
            size_bytes += r.small(2, "tile_size_bytes_minus_1")?;
        }
        Ok(TileInfo {
            // Checked above.
            cols: cols as u8,
            rows: rows as u8,
            number_bits: number_bits as u8,
            size_bytes,
        })
    }
}

/// A frame, and what its tiles may be.
struct Superblocks {
    cols: u32,
    rows: u32,
    max_width: u32,
    max_area: u32,
}

/// `TileCols`, `TileColsLog2`, `TileRows`, `TileRowsLog2`.
type Counts = (u32, u32, u32, u32);

impl Superblocks {
    /// `minLog2TileCols`.
    fn min_log2_cols(&self) -> u32 {
        tile_log2(self.max_width, self.cols)
    }

    /// `minLog2Tiles`.
    fn min_log2_tiles(&self) -> u32 {
        let by_area = tile_log2(self.max_area, self.rows * self.cols);
        self.min_log2_cols().max(by_area)
    }

    fn read_uniform(&self, r: &mut BitReader) -> Result<Counts, Error> {
        let count = |length: u32, log2: u32| {
            let each = (length + (1 << log2) - 1) >> log2;
            length.div_ceil(each.max(1))
        };
        let most = tile_log2(1, self.cols.min(MOST));
        let cols_log2 = increment(r, self.min_log2_cols(), most, "increment_tile_cols_log2")?;
        let least = self.min_log2_tiles().saturating_sub(cols_log2);
        let most = tile_log2(1, self.rows.min(MOST));
        let rows_log2 = increment(r, least, most, "increment_tile_rows_log2")?;
        Ok((
            count(self.cols, cols_log2),
            cols_log2,
            count(self.rows, rows_log2),
            rows_log2,
        ))
    }

    fn read_each(&self, r: &mut BitReader) -> Result<Counts, Error> {
        let (cols, widest) = lengths(r, self.cols, self.max_width, "width_in_sbs_minus_1")?;
        let all = self.rows * self.cols;
        let max_area = match self.min_log2_tiles() {
            0 => all,
            log2 => all >> (log2 + 1),
        };
        let max_height = (max_area / widest.max(1)).max(1);
        let (rows, _) = lengths(r, self.rows, max_height, "height_in_sbs_minus_1")?;
        Ok((cols, tile_log2(1, cols), rows, tile_log2(1, rows)))
    }
}

/// How many tiles lie along a side, and the longest of them.
fn lengths(
    r: &mut BitReader,
    side: u32,
    max_length: u32,
    element: &'static str,
) -> Result<(u32, u32), Error> {
    let (mut count, mut longest, mut left) = (0, 0, side);
    while left > 0 {
        let bit = r.position();
        let length = 1 + ns(r, left.min(max_length), element)?;
        count += 1;
        r.check(bit, "TileCols or TileRows", count.into(), 1, MOST.into())?;
        longest = longest.max(length);
        left = left.saturating_sub(length);
    }
    Ok((count, longest))
}

/// Counts up from `least` while bits are set, to `most`.
fn increment(
    r: &mut BitReader,
    least: u32,
    most: u32,
    element: &'static str,
) -> Result<u32, Error> {
    let mut log2 = least;
    while log2 < most && r.flag(element)? {
        log2 += 1;
    }
    Ok(log2)
}

/// `tile_log2()`, AV1 5.9.16: the least k with `size << k` not below `target`.
fn tile_log2(size: u32, target: u32) -> u32 {
    (0..32)
        .find(|k| u64::from(size) << k >= u64::from(target))
        .unwrap_or(0)
}
