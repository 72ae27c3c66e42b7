//! The pattern of one bit, in cells.

mod band;
mod chips;
mod edge;
mod raster;
mod tile;

pub(crate) use chips::Chips;
pub(crate) use edge::Taps;
pub(crate) use raster::Raster;

use crate::grid::Grid;
use crate::layers::Layers;
use media::Mark;
use std::fmt;

/// Of the energy, 0.8 is in the layer of the bit: square root of that.
const BIT_SHARE: f64 = 0.894_427_190_999_915_9;
/// And 0.2, a quarter of that, in the sync layer.
const SYNC_SHARE: f64 = BIT_SHARE / 2.0;

/// What is added to pictures in one variant and subtracted in the other, and what is added in
/// both.
///
/// # Layer of the bit
///
/// One chip for each cell, +1 or -1 with equal odds, from ChaCha20; minus its neighbourhood
/// (a Gaussian of sigma 2 cells), so that no large areas become brighter or darker and little of
/// what pictures are made of looks like it; scaled to a root mean square of 1.
///
/// # Sync layer
///
/// A tile of 12 x 12 such chips, repeated over the picture, each copy with a keyed sign, then
/// filtered and scaled alike. It does not depend on the bit, and is the same for
/// [`Pattern::POSITIONS_PER_SYNC`] positions: a detector that does not know how pictures were
/// scaled, turned or cut can
/// * high-pass and average pictures of these positions, which takes away what moves;
/// * look at the autocorrelation of that: it peaks at the period of the tile, 12 cells across and
///   12 down, and at its multiples, whatever the tile looks like. The sign of the bit does not
///   enter, because bit layers of different positions have nothing in common. Where the peaks are
///   says scale and rotation in both directions; how high each is, is known from the signs. They
///   are a cell wide, what is left of the picture's own autocorrelation is wider: compare with the
///   surroundings;
/// * with that undone, correlate with the whole layer, which is aperiodic through its signs, so
///   that it matches at one shift only.
///
/// Signs are products of one for the column and one for the row of the tile. Of the steps from
/// one to the next a quarter, rounded down, are changes of sign: neighbours agree often enough
/// that the peak at one period keeps at least half its height.
#[derive(Clone, PartialEq)]
pub struct Pattern {
    grid: Grid,
    bit: Vec<f32>,
    sync: Vec<f32>,
}

impl Pattern {
    /// So many bits in a row share a sync layer.
    pub const POSITIONS_PER_SYNC: u32 = 8;

    /// Width and height of the tile of the sync layer, in cells.
    pub const TILE: u16 = 12;

    pub(crate) fn new(grid: Grid, bit: &mut Chips, sync: &mut Chips) -> Pattern {
        Pattern {
            grid,
            bit: band::pass(grid, &bit.signs(grid.cells())),
            sync: band::pass(grid, &tile::repeated(grid, sync)),
        }
    }

    /// How many cells there are.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// The layer of the bit: rows of cells, root mean square 1, sum 0.
    pub fn bit(&self) -> &[f32] {
        &self.bit
    }

    /// The sync layer, in the same form.
    pub fn sync(&self) -> &[f32] {
        &self.sync
    }

    /// The cells of both variants in 1/4096 of the amplitude, so scaled that pictures rendered
    /// from them have a root mean square of 1.
    pub(crate) fn variants(&self) -> [Vec<i16>; 2] {
        let columns = usize::from(self.grid.columns);
        let bit_gain = BIT_SHARE * edge::gain(&self.bit, columns);
        let sync_gain = SYNC_SHARE * edge::gain(&self.sync, columns);
        Mark::BOTH.map(|mark| {
            let bit_gain = match mark {
                Mark::Zero => bit_gain,
                Mark::One => -bit_gain,
            };
            let pairs = self.bit.iter().zip(&self.sync);
            pairs
                .map(|(&bit, &sync)| {
                    let cell = f64::from(sync) * sync_gain + f64::from(bit) * bit_gain;
                    // To the nearest whole number, ties upwards.
                    (cell * 4096.0 + 0.5).floor() as i16
                })
                .collect()
        })
    }

    /// Both variants for pictures of this size.
    ///
    /// Takes memory for two 16-bit planes: check a size that comes from outside first.
    pub fn layers(&self, width: u32, height: u32) -> Layers {
        Layers::new(self, width, height)
    }
}

/// Without cells: who knows them can wash the mark.
impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern")
            .field("grid", &self.grid)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MasterKey;

    fn pattern(content: &str, position: u32) -> Pattern {
        let key = MasterKey::from_bytes([7; 32]).content(content);
        key.pattern(position, Grid::of_display(1920, 1080))
    }

    fn correlation(one: &[f32], other: &[f32]) -> f64 {
        let sum: f64 = one
            .iter()
            .zip(other)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum();
        sum / one.len() as f64
    }

    #[test]
    fn layers_have_unit_power_and_no_mean() {
        for position in [0, 9, 1_000_000] {
            let pattern = pattern("title", position);
            for layer in [pattern.bit(), pattern.sync()] {
                assert_eq!(layer.len(), 6420);
                assert!((correlation(layer, layer) - 1.0).abs() < 1e-6);
                let mean = layer.iter().map(|&cell| f64::from(cell)).sum::<f64>() / 6420.0;
                assert!(mean.abs() < 1e-6);
            }
        }
    }

    #[test]
    fn large_areas_become_neither_brighter_nor_darker() {
        let pattern = pattern("title", 3);
        for layer in [pattern.bit(), pattern.sync()] {
            let corners = (0..45).flat_map(|y| (0..92).map(move |x| y * 107 + x));
            let areas = corners.map(|corner| -> f32 {
                (0..16).flat_map(|y| &layer[corner + y * 107..][..16]).sum()
            });
            let power = areas.map(|area| area * area).sum::<f32>() / (45.0 * 92.0);
            // Of 256 cells; it would be 256 if they were independent.
            assert!(power < 100.0, "{power}");
        }
    }

    /// 6420 cells: a standard deviation of 0.0125, a little more for what the filter leaves.
    #[test]
    fn other_positions_and_contents_have_nothing_in_common() {
        let all: Vec<Pattern> = (0..60)
            .map(|position| pattern("title", position))
            .chain((0..60).map(|position| pattern("other", position)))
            .collect();
        let (mut sum, mut squares, mut count) = (0.0, 0.0, 0);
        for (at, one) in all.iter().enumerate() {
            for other in &all[..at] {
                let rho = correlation(one.bit(), other.bit());
                assert!(rho.abs() < 0.07, "{rho}");
                (sum, squares, count) = (sum + rho, squares + rho * rho, count + 1);
            }
            // The layers of one pattern neither.
            assert!(correlation(one.bit(), one.sync()).abs() < 0.07);
        }
        assert!((sum / f64::from(count)).abs() < 0.001);
        let deviation = (squares / f64::from(count)).sqrt();
        assert!((0.011..0.015).contains(&deviation), "{deviation}");
    }

    #[test]
    fn sync_layer_repeats_with_the_period_of_its_tile() {
        let mut shares = [0.0; 4];
        for group in 0..32 {
            let pattern = pattern("title", group * Pattern::POSITIONS_PER_SYNC);
            let at = |x: usize, y: usize| f64::from(pattern.sync()[y * 107 + x]);
            let shifted = |right: usize, down: usize| {
                let (width, height) = (107 - right, 60 - down);
                let pairs = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
                let sum: f64 = pairs.map(|(x, y)| at(x, y) * at(x + right, y + down)).sum();
                sum / (width * height) as f64
            };
            for (share, (right, down)) in
                shares.iter_mut().zip([(12, 0), (0, 12), (12, 12), (5, 7)])
            {
                *share += shifted(right, down) / 32.0;
            }
        }
        let [across, down, both, elsewhere] = shares;
        assert!((0.4..0.6).contains(&across), "{across}");
        assert!((0.4..0.6).contains(&down), "{down}");
        assert!((0.15..0.35).contains(&both), "{both}");
        assert!(elsewhere.abs() < 0.05, "{elsewhere}");
    }

    /// Frozen: packages that exist are looked for with these. Expected values from a program of
    /// its own, written in Python after the documentation.
    #[test]
    fn cells_stay_what_they_are() {
        let pattern = pattern("title", 5);
        let bits = |layer: &[f32]| [0, 1, 2, 3000, 6418, 6419].map(|at| layer[at].to_bits());
        assert_eq!(
            bits(pattern.bit()),
            [
                3_214_817_196,
                1_062_089_956,
                1_061_807_400,
                3_211_257_428,
                3_218_095_156,
                1_054_298_349
            ]
        );
        assert_eq!(
            bits(pattern.sync()),
            [
                1_063_496_804,
                3_214_108_964,
                3_213_704_205,
                3_215_107_390,
                1_066_021_778,
                1_065_600_030
            ]
        );
    }

    #[test]
    fn empty_and_tiny_grids_give_empty_and_silent_layers() {
        let key = MasterKey::from_bytes([7; 32]).content("title");
        for (columns, rows) in [(0, 0), (0, 3), (3, 0), (1, 1), (1, 2), (2, 1), (13, 1)] {
            let grid = Grid { columns, rows };
            let pattern = key.pattern(0, grid);
            assert_eq!(pattern.bit().len(), grid.cells());
            assert_eq!(pattern.sync().len(), grid.cells());
            assert!(pattern.bit().iter().all(|cell| cell.is_finite()));
            let layers = pattern.layers(16, 9);
            assert_eq!(layers.row(media::Mark::One, 8).len(), 16);
        }
    }

    #[test]
    fn debug_shows_no_cells() {
        assert_eq!(
            format!("{:?}", pattern("title", 0)),
            "Pattern { grid: Grid { columns: 107, rows: 60 }, .. }"
        );
    }
}
