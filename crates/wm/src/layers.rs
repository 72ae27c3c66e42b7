//! The pattern in samples.

use crate::pattern::{Pattern, Taps, gain};
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

/// Of the energy, 0.8 is in the layer of the bit: square root of that.
const BIT_SHARE: f64 = 0.894_427_190_999_915_9;
/// And 0.2, a quarter of that, in the sync layer.
const SYNC_SHARE: f64 = BIT_SHARE / 2.0;

impl Layers {
    /// Binary digits after the point of what [`Layers::row`] gives.
    pub const FRACTION_BITS: u32 = 8;

    /// Digits after the point of cells while they are rendered.
    const CELL_BITS: u32 = 12;

    pub(crate) fn new(pattern: &Pattern, width: u32, height: u32) -> Layers {
        let (width, height) = (width as usize, height as usize);
        let columns = usize::from(pattern.grid().columns);
        let bit_gain = BIT_SHARE * gain(pattern.bit(), columns);
        let sync_gain = SYNC_SHARE * gain(pattern.sync(), columns);
        let across: Vec<Taps> = (0..width)
            .map(|x| Taps::of(x, width, pattern.grid().columns))
            .collect();
        let down: Vec<Taps> = (0..height)
            .map(|y| Taps::of(y, height, pattern.grid().rows))
            .collect();
        let render = |bit_gain: f64| {
            let cells: Vec<i16> = (pattern.bit().iter().zip(pattern.sync()))
                .map(|(&bit, &sync)| {
                    let value = f64::from(sync) * sync_gain + f64::from(bit) * bit_gain;
                    rounded(value * f64::from(1 << Layers::CELL_BITS))
                })
                .collect();
            let wide = widened(&cells, columns, &across);
            heightened(&wide, width, &down)
        };
        Layers {
            width,
            height,
            zero: render(bit_gain),
            one: render(-bit_gain),
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

/// To the nearest whole number, ties upwards.
fn rounded(value: f64) -> i16 {
    (value + 0.5).floor() as i16
}

/// Rows of cells as rows of samples.
fn widened(cells: &[i16], columns: usize, across: &[Taps]) -> Vec<i16> {
    let mut wide = Vec::with_capacity(cells.len() / columns.max(1) * across.len());
    for row in cells.chunks_exact(columns.max(1)) {
        wide.extend(across.iter().map(|taps| {
            let terms = (taps.cells.iter().zip(taps.weights))
                .map(|(&cell, weight)| i32::from(row[usize::from(cell)]) * i32::from(weight));
            ((terms.sum::<i32>() + (1 << (Taps::BITS - 1))) >> Taps::BITS) as i16
        }));
    }
    wide
}

/// The rows of samples between rows of cells.
fn heightened(wide: &[i16], width: usize, down: &[Taps]) -> Vec<i16> {
    const SHIFT: u32 = Taps::BITS + Layers::CELL_BITS - Layers::FRACTION_BITS;
    let mut plane = Vec::with_capacity(width * down.len());
    for taps in down {
        let [above, at, below] = taps.cells.map(|cell| {
            let start = usize::from(cell) * width;
            wide.get(start..start + width).unwrap_or(&[])
        });
        let [first, second, third] = taps.weights.map(i32::from);
        plane.extend(above.iter().zip(at).zip(below).map(|((&a, &b), &c)| {
            let sum = i32::from(a) * first + i32::from(b) * second + i32::from(c) * third;
            ((sum + (1 << (SHIFT - 1))) >> SHIFT) as i16
        }));
    }
    // Nothing to render: a grid without cells.
    plane.resize(width * down.len(), 0);
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
        let cell = |x: usize, y: usize| {
            let at = y * 8 + x;
            f64::from(pattern.bit()[at]) * BIT_SHARE * gain(pattern.bit(), 8)
                + f64::from(pattern.sync()[at]) * SYNC_SHARE * gain(pattern.sync(), 8)
        };
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
