//! The pattern in samples.

use crate::kernel::{self, Level, Rows};
use crate::pattern::{Pattern, Raster};
use media::Mark;
use std::fmt;

/// Both variants of one pattern, for pictures of one size.
///
/// Variant 0 is `s + p` and variant 1 `s - p`, with the sync layer `s` and the layer of the bit
/// `p`, scaled to a root mean square of 1 together.
///
/// Everything here is computed in whole numbers, so that every machine gets the same samples.
#[derive(Clone, PartialEq)]
pub struct Layers {
    width: usize,
    height: usize,
    zero: Vec<i16>,
    one: Vec<i16>,
}

impl Layers {
    /// Binary digits after the point of what [`Layers::row`] gives.
    pub const FRACTION_BITS: u32 = 8;

    pub(crate) fn new(pattern: &Pattern, width: u32, height: u32) -> Layers {
        let (width, height) = (width as usize, height as usize);
        let raster = Raster::new(pattern.grid(), width, height);
        let [zero, one] = pattern.variants().map(|cells| rendered(&raster, &cells));
        Layers {
            width,
            height,
            zero,
            one,
        }
    }

    /// In samples.
    pub fn width(&self) -> usize {
        self.width
    }

    /// In samples.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Row `y` of variant `mark`, `width` samples in 1/256 of the amplitude: what is added to
    /// pictures, divided by its root mean square. Empty below the picture.
    pub fn row(&self, mark: Mark, y: usize) -> &[i16] {
        let plane = match mark {
            Mark::Zero => &self.zero,
            Mark::One => &self.one,
        };
        if y >= self.height {
            return &[];
        }
        plane
            .get(y * self.width..(y + 1) * self.width)
            .unwrap_or(&[])
    }
}

fn rendered(raster: &Raster, cells: &[i16]) -> Vec<i16> {
    let level = Level::best();
    let mut wide = vec![Vec::new(); raster.rows()];
    for (y, wide) in wide.iter_mut().enumerate() {
        raster.widen(level, cells, y, wide);
    }
    let mut plane = vec![0; raster.width() * raster.height()];
    let rows = plane.chunks_exact_mut(raster.width().max(1));
    for (taps, row) in raster.down().iter().zip(rows) {
        let rows = taps
            .cells
            .map(|cell| wide.get(usize::from(cell)).map_or(&[][..], |wide| wide));
        let weights = taps.weights;
        kernel::blend(level, Rows { rows, weights }, row);
    }
    plane
}

/// Without samples: who knows them can wash the mark.
impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layers")
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grid, MasterKey};

    fn layers(position: u32, width: u32, height: u32) -> Layers {
        let key = MasterKey::from_bytes([7; 32]).content("title");
        let pattern = key.pattern(position, Grid::of_display(width, height));
        pattern.layers(width, height)
    }

    fn samples(layers: &Layers, mark: Mark) -> Vec<f64> {
        let rows = (0..layers.height()).flat_map(|y| layers.row(mark, y));
        rows.map(|&sample| f64::from(sample) / 256.0).collect()
    }

    fn mean_product(one: &[f64], other: &[f64]) -> f64 {
        assert_eq!(one.len(), other.len());
        one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>() / one.len() as f64
    }

    fn correlation(one: &[f64], other: &[f64]) -> f64 {
        let powers = mean_product(one, one) * mean_product(other, other);
        mean_product(one, other) / powers.sqrt()
    }

    /// Averages over the source samples of each sample of a smaller picture.
    fn scaled_down(samples: &[f64], from: [usize; 2], to: [usize; 2]) -> Vec<f64> {
        let shares = |from: usize, to: usize| -> Vec<Vec<(usize, f64)>> {
            (0..to)
                .map(|at| {
                    let (start, end) = (at * from, (at + 1) * from);
                    let covered = start / to..end.div_ceil(to);
                    covered
                        .map(|source| {
                            let overlap = end.min((source + 1) * to) - start.max(source * to);
                            (source, overlap as f64 / from as f64)
                        })
                        .collect()
                })
                .collect()
        };
        let (across, down) = (shares(from[0], to[0]), shares(from[1], to[1]));
        let mut result = Vec::new();
        for rows in &down {
            for columns in &across {
                let terms = rows.iter().flat_map(|&(y, part)| {
                    columns
                        .iter()
                        .map(move |&(x, share)| samples[y * from[0] + x] * part * share)
                });
                result.push(terms.sum());
            }
        }
        result
    }

    #[test]
    fn amplitude_is_one_in_every_size() {
        for (width, height) in [(1920, 1080), (1280, 720), (1080, 1920), (720, 576)] {
            let layers = layers(1, width, height);
            for mark in Mark::BOTH {
                let samples = samples(&layers, mark);
                assert_eq!(samples.len(), (width * height) as usize);
                let rms = mean_product(&samples, &samples).sqrt();
                assert!((rms - 1.0).abs() < 0.03, "{width}x{height}: {rms}");
                let mean = samples.iter().sum::<f64>() / samples.len() as f64;
                assert!(mean.abs() < 0.003, "{width}x{height}: {mean}");
            }
        }
    }

    #[test]
    fn variants_are_opposite_around_the_sync_layer() {
        let layers = layers(2, 1280, 720);
        let [zero, one] = Mark::BOTH.map(|mark| samples(&layers, mark));
        let half = |combine: fn((&f64, &f64)) -> f64| -> Vec<f64> {
            zero.iter().zip(&one).map(combine).collect()
        };
        let sync = half(|(zero, one)| (zero + one) / 2.0);
        let bit = half(|(zero, one)| (zero - one) / 2.0);
        assert!((mean_product(&sync, &sync) - 0.2).abs() < 0.01);
        assert!((mean_product(&bit, &bit) - 0.8).abs() < 0.02);
        // All positions of a group have one sync layer.
        let other = super::tests::layers(3, 1280, 720);
        let [other_zero, other_one] = Mark::BOTH.map(|mark| samples(&other, mark));
        for (at, sync) in sync.iter().enumerate() {
            assert!((sync - (other_zero[at] + other_one[at]) / 2.0).abs() <= 1.0 / 256.0);
        }
    }

    #[test]
    fn small_pictures_have_what_is_left_of_large_ones() {
        let large = layers(1, 1920, 1080);
        for (width, height) in [(854, 480), (640, 360), (1280, 720)] {
            let small = layers(1, width, height);
            for mark in Mark::BOTH {
                let scaled = scaled_down(
                    &samples(&large, mark),
                    [1920, 1080],
                    [width as usize, height as usize],
                );
                let rho = correlation(&scaled, &samples(&small, mark));
                assert!(rho > 0.99, "{width}x{height}: {rho}");
            }
        }
    }

    #[test]
    fn middle_of_a_cell_is_the_cell_and_its_edge_the_mean_of_two() {
        let key = MasterKey::from_bytes([7; 32]).content("title");
        let grid = Grid {
            columns: 8,
            rows: 8,
        };
        let pattern = key.pattern(0, grid);
        // 101 samples to a cell: the middle one, and with 100 two beside the edge.
        let layers = pattern.layers(808, 808);
        let [zero, _] = pattern.variants();
        let cell = |x: usize, y: usize| f64::from(zero[y * 8 + x]) / 4096.0;
        let sample = |x: usize, y: usize| f64::from(layers.row(Mark::Zero, y)[x]) / 256.0;
        let middle = |at: usize| at * 101 + 50;
        for (x, y) in [(3, 4), (6, 2)] {
            // 2.3 % of each neighbour are seen at 2 sigma.
            let difference = (sample(middle(x), middle(y)) - cell(x, y)).abs();
            assert!(difference < 0.25, "{difference}");
            let edge = sample(x * 101, middle(y));
            let mean = (sample(middle(x - 1), middle(y)) + sample(middle(x), middle(y))) / 2.0;
            assert!((edge - mean).abs() < 0.15, "{edge} {mean}");
        }
    }

    /// Frozen, as the cells are. Expected values from a program of its own.
    #[test]
    fn samples_stay_what_they_are() {
        let layers = layers(5, 1280, 720);
        let row = |mark, y| [0, 1, 5, 6, 640, 641, 1278, 1279].map(|x| layers.row(mark, y)[x]);
        assert_eq!(
            row(Mark::Zero, 0),
            [-262, -262, -256, -250, 167, 163, 456, 457]
        );
        assert_eq!(
            row(Mark::One, 0),
            [546, 545, 530, 511, -518, -492, -156, -156]
        );
        assert_eq!(
            row(Mark::Zero, 362),
            [-331, -331, -319, -305, -231, -215, 320, 320]
        );
        assert_eq!(
            row(Mark::One, 719),
            [313, 313, 303, 290, -475, -456, 27, 27]
        );
    }

    #[test]
    fn rows_outside_and_pictures_without_samples_are_empty() {
        let layers = layers(0, 64, 36);
        assert_eq!(layers.row(Mark::Zero, 35).len(), 64);
        assert!(layers.row(Mark::Zero, 36).is_empty());
        assert!(layers.row(Mark::One, usize::MAX).is_empty());
        for (width, height) in [(0, 0), (0, 9), (16, 0)] {
            let layers = super::tests::layers(0, width, height);
            assert_eq!(
                (layers.width(), layers.height()),
                (width as usize, height as usize)
            );
            assert!(layers.row(Mark::Zero, 0).is_empty());
        }
    }

    #[test]
    fn debug_shows_no_samples() {
        assert_eq!(
            format!("{:?}", layers(0, 64, 36)),
            "Layers { width: 64, height: 36, .. }"
        );
    }
}
