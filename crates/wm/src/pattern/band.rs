//! Chips without what is common to a neighbourhood.
//!
//! All in whole numbers up to the last division, which IEEE 754 defines to the bit, as it does the
//! square root: every machine gets the same cells.

use crate::grid::Grid;

/// A Gaussian of sigma 2 cells, from its middle outwards, in parts of 4096.
const GAUSSIAN: [i32; 8] = [816, 721, 496, 265, 111, 36, 9, 2];

/// `chips` less their Gaussian neighbourhood and less the mean that remains, scaled to a root mean
/// square of 1. The neighbourhood continues beyond the edges as in a mirror.
pub(super) fn pass(grid: Grid, chips: &[i8]) -> Vec<f32> {
    let (columns, rows) = (usize::from(grid.columns), usize::from(grid.rows));
    let along_rows = blurred(chips.iter().map(|&chip| chip.into()), columns, rows);
    // Rows and columns have changed places, and change them again.
    let blurred = blurred(along_rows.into_iter(), rows, columns);
    let mut band: Vec<i32> = chips
        .iter()
        .zip(blurred)
        .map(|(&chip, low)| (i32::from(chip) << 24) - low)
        .collect();

    let count = band.len().max(1) as i64;
    let mean = band.iter().map(|&each| i64::from(each)).sum::<i64>() / count;
    band.iter_mut().for_each(|each| *each -= mean as i32);
    let power: u128 = band
        .iter()
        .map(|&each| u128::from(i64::from(each).pow(2).unsigned_abs()))
        .sum();
    if power == 0 {
        return vec![0.0; band.len()];
    }
    let scale = (power as f64 / count as f64).sqrt();
    band.iter()
        .map(|&each| (f64::from(each) / scale) as f32)
        .collect()
}

/// 4096 times the rows of `width` values, blurred, as columns.
fn blurred(values: impl Iterator<Item = i32>, width: usize, height: usize) -> Vec<i32> {
    let values: Vec<i32> = values.collect();
    let reach = GAUSSIAN.len() - 1;
    let mut columns = vec![0; values.len()];
    let mut padded = Vec::with_capacity(width + 2 * reach);
    for (y, row) in values.chunks_exact(width.max(1)).enumerate() {
        padded.clear();
        padded.extend((0..width + 2 * reach).map(|at| row[mirrored(at, reach, width)]));
        for (x, window) in padded.windows(2 * reach + 1).enumerate() {
            let sum = window.iter().enumerate().map(|(at, value)| {
                let distance = at.abs_diff(reach);
                value * GAUSSIAN[distance]
            });
            if let Some(cell) = columns.get_mut(x * height + y) {
                *cell = sum.sum();
            }
        }
    }
    columns
}

/// The index in `0..width` that is seen at `at - reach`, with mirrors at both edges.
fn mirrored(at: usize, reach: usize, width: usize) -> usize {
    let period = 2 * width;
    let at = (at + reach.div_ceil(period) * period - reach) % period;
    at.min(period - 1 - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_to_one() {
        let sum: i32 = GAUSSIAN[0] + 2 * GAUSSIAN[1..].iter().sum::<i32>();
        assert_eq!(sum, 4096);
        for (distance, &weight) in GAUSSIAN.iter().enumerate() {
            let gaussian =
                (-(distance as f64).powi(2) / 8.0).exp() / (8.0 * std::f64::consts::PI).sqrt();
            assert!((f64::from(weight) / 4096.0 - gaussian).abs() < 5e-4);
        }
    }

    #[test]
    fn mirrors_stand_at_both_edges() {
        let seen = |width| (0..10).map(|at| mirrored(at, 3, width)).collect::<Vec<_>>();
        assert_eq!(seen(4), [2, 1, 0, 0, 1, 2, 3, 3, 2, 1]);
        assert_eq!(seen(1), [0; 10]);
        assert_eq!(seen(2), [1, 1, 0, 0, 1, 1, 0, 0, 1, 1]);
    }

    #[test]
    fn one_chip_stands_in_its_negative_neighbourhood() {
        let grid = Grid {
            columns: 31,
            rows: 21,
        };
        let mut chips = vec![0; grid.cells()];
        chips[10 * 31 + 15] = 1;
        let band = pass(grid, &chips);
        let at = |x: usize, y: usize| band[y * 31 + x];
        assert!(at(15, 10) > 20.0);
        assert!(at(14, 10) < 0.0 && at(15, 9) < 0.0);
        assert_eq!(at(13, 9), at(17, 11));
        assert_eq!(at(14, 8), at(16, 12));
        // Only the mean is left far from it.
        assert_eq!(at(0, 0), at(30, 20));
    }

    #[test]
    fn constant_and_empty_layers_give_nothing() {
        let grid = |columns, rows| Grid { columns, rows };
        assert_eq!(pass(grid(5, 4), &[1; 20]), [0.0; 20]);
        assert_eq!(pass(grid(1, 1), &[-1]), [0.0]);
        assert_eq!(pass(grid(0, 7), &[]), [0.0; 0]);
        assert_eq!(pass(grid(7, 0), &[]), [0.0; 0]);
    }
}
