//! From rows of cells to rows of samples.

use super::Taps;
use crate::grid::Grid;
use crate::kernel::{self, CHUNK, Level, Spread};

/// Which samples of a row have the same three cells, and where they lie between them.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    cells: [u16; 3],
}

/// How the cells of one grid become samples of one size.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    width: usize,
    columns: usize,
    rows: usize,
    runs: Vec<Run>,
    /// Of the samples of each run, filled up with zeros to whole chunks.
    spreads: Vec<Spread>,
    /// Chunks to a run.
    pitch: usize,
    down: Vec<Taps>,
}

impl Raster {
    pub(crate) fn new(grid: Grid, width: usize, height: usize) -> Raster {
        let across: Vec<Taps> = (0..width)
            .map(|x| Taps::of(x, width, grid.columns))
            .collect();
        let mut runs = Vec::new();
        let mut longest = 0;
        let same = across.chunk_by(|one, next| one.cells == next.cells);
        let mut start = 0;
        for run in same.clone() {
            runs.push(Run {
                start,
                cells: run.first().map_or([0; 3], |taps| taps.cells),
            });
            start += run.len();
            longest = longest.max(run.len());
        }
        let pitch = longest.div_ceil(CHUNK);
        let nothing = Spread {
            weights: [[0; CHUNK]; 3],
        };
        let mut spreads = vec![nothing; runs.len() * pitch];
        for (run, spreads) in same.zip(spreads.chunks_exact_mut(pitch.max(1))) {
            for (taps, spread) in run.chunks(CHUNK).zip(spreads) {
                for (at, each) in taps.iter().enumerate() {
                    for (weights, weight) in spread.weights.iter_mut().zip(each.weights) {
                        weights[at] = weight;
                    }
                }
            }
        }
        Raster {
            width,
            columns: grid.columns.into(),
            rows: grid.rows.into(),
            runs,
            spreads,
            pitch,
            down: (0..height)
                .map(|y| Taps::of(y, height, grid.rows))
                .collect(),
        }
    }

    /// Samples in a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows of samples.
    pub(crate) fn height(&self) -> usize {
        self.down.len()
    }

    /// Rows of cells.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Which rows of cells make each row of samples.
    pub(crate) fn down(&self) -> &[Taps] {
        &self.down
    }

    /// Row `y` of `cells` with its samples; zeros where there are no such cells.
    pub(crate) fn widen(&self, level: Level, cells: &[i16], y: usize, wide: &mut Vec<i16>) {
        wide.clear();
        // Runs write whole chunks; what is too much is overwritten by the next.
        wide.resize(self.width + self.pitch * CHUNK, 0);
        let start = y * self.columns;
        let Some(row) = cells.get(start..start + self.columns) else {
            return;
        };
        let spreads = self.spreads.chunks_exact(self.pitch.max(1));
        for (run, spreads) in self.runs.iter().zip(spreads) {
            let cells = run
                .cells
                .map(|cell| row.get(usize::from(cell)).copied().unwrap_or(0));
            let out = wide.get_mut(run.start..).unwrap_or(&mut []);
            kernel::widen(level, cells, spreads, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_the_weighted_sum_of_its_cells() {
        for (columns, width) in [
            (107, 1920),
            (107, 640),
            (60, 1080),
            (5, 333),
            (40, 17),
            (1, 9),
        ] {
            let grid = Grid { columns, rows: 2 };
            let cells: Vec<i16> = (0..2 * i32::from(columns))
                .map(|at| (at * 7_919 % 20_011 - 10_000) as i16)
                .collect();
            let raster = Raster::new(grid, width, 3);
            let mut wide = vec![1; 3];
            raster.widen(Level::best(), &cells, 1, &mut wide);
            for (x, sample) in wide[..width].iter().enumerate() {
                let taps = Taps::of(x, width, columns);
                let sum: f64 = (taps.cells.iter().zip(taps.weights))
                    .map(|(&cell, weight)| {
                        let cell = cells[usize::from(columns) + usize::from(cell)];
                        f64::from(cell) * f64::from(weight) / 16_384.0
                    })
                    .sum();
                assert!(
                    (sum - f64::from(*sample)).abs() <= 0.5,
                    "{columns} {width} {x}"
                );
            }
            raster.widen(Level::best(), &cells, 2, &mut wide);
            assert!(wide[..width].iter().all(|&sample| sample == 0));
        }
    }

    #[test]
    fn weights_add_up_to_one_and_favour_the_middle() {
        for (cells, length) in [(107, 1920), (60, 360), (60, 59), (1, 100), (3, 1)] {
            for at in 0..length {
                let Taps { cells, weights } = Taps::of(at, length, cells);
                assert_eq!(weights.iter().sum::<i16>(), 1 << Taps::BITS);
                assert!(weights.iter().all(|&weight| weight >= 0));
                assert!(cells[0] <= cells[1] && cells[1] <= cells[2]);
            }
        }
        // The middle of a cell: 2 sigma to its edges, averaged over a 101st of it.
        let middle = Taps::of(50, 101, 1);
        assert_eq!(middle.weights[0], middle.weights[2]);
        assert!((370..380).contains(&middle.weights[0]), "{middle:?}");
    }
}
