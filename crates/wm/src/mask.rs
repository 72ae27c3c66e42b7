//! How much a picture can bear, and where.

use crate::grid::Grid;
use crate::kernel::{self, Level};
use crate::plane::{Plane, Sample};

/// An amplitude for every cell or macroblock of one picture, in grey levels of 8 bits.
///
/// What the eye forgives is estimated from the original's luma alone, by two figures of each
/// area:
/// * its mean: a little less in the dark, a little more in the bright;
/// * its activity, the mean difference of neighbouring samples: texture hides more.
///
/// Texture gets little more than flat areas: a blind detector divides by the activity again, so
/// that more of it would be seen and not found.
///
/// Amplitudes are then smoothed over the neighbours. Flat areas never get more than
/// [`Mask::FLAT`] or 0.6 of the profile, whichever is more, and no area less than
/// [`Mask::FAINT`]. Over a typical film the root mean square is about the amplitude asked for; a
/// picture of flat areas stays below, and one of leaves goes above.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    columns: usize,
    rows: usize,
    amplitudes: Vec<f32>,
}

impl Mask {
    /// The largest amplitude that nobody sees where there is nothing else to see, in grey levels
    /// of 8 bits. Profiles above 0.67 ask for more.
    pub const FLAT: f32 = 0.4;

    /// No area gets less than this, unless the profile asks for less everywhere: rounded to whole
    /// grey levels of 8 bits, next to nothing would be left of it.
    pub const FAINT: f32 = 0.35;

    /// The same everywhere, whatever the picture.
    pub fn uniform(grid: Grid, amplitude: f32) -> Mask {
        Mask {
            columns: grid.columns.into(),
            rows: grid.rows.into(),
            amplitudes: vec![amplitude; grid.cells()],
        }
    }

    /// One amplitude for each cell of `grid` over the displayed picture.
    ///
    /// `amplitude` is what a typical picture gets, in grey levels of 8 bits.
    pub fn of_cells<S: Sample>(picture: &Plane<S>, grid: Grid, amplitude: f32) -> Mask {
        let shape = picture.shape();
        let borders = |length: usize, cells: u16| -> Vec<usize> {
            let cells = usize::from(cells);
            (0..=cells)
                .map(|cell| cell * length / cells.max(1))
                .collect()
        };
        let across = borders(shape.width, grid.columns);
        let down = borders(shape.height, grid.rows);
        Mask::of(Level::best(), picture, &across, &down, amplitude)
    }

    /// One amplitude for each macroblock of 16 x 16 samples, those at the right and at the bottom
    /// perhaps cut off.
    pub fn of_macroblocks<S: Sample>(picture: &Plane<S>, amplitude: f32) -> Mask {
        let shape = picture.shape();
        let borders = |length: usize| -> Vec<usize> {
            (0..=length.div_ceil(16))
                .map(|at| (16 * at).min(length))
                .collect()
        };
        let (across, down) = (borders(shape.width), borders(shape.height));
        Mask::of(Level::best(), picture, &across, &down, amplitude)
    }

    /// Areas in a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Rows of areas.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Row by row, in grey levels of 8 bits.
    pub fn amplitudes(&self) -> &[f32] {
        &self.amplitudes
    }

    fn of<S: Sample>(
        level: Level,
        picture: &Plane<S>,
        across: &[usize],
        down: &[usize],
        amplitude: f32,
    ) -> Mask {
        let areas = areas(level, picture, across, down);
        let columns = across.len().saturating_sub(1);
        let borne: Vec<f32> = areas.iter().map(|area| area.borne(amplitude)).collect();
        let smooth = smoothed(&borne, columns);
        let amplitudes = (smooth.iter().zip(&areas))
            .map(|(&smooth, area)| smooth.min(area.limit(amplitude)))
            .collect();
        Mask {
            columns,
            rows: down.len().saturating_sub(1),
            amplitudes,
        }
    }
}

/// What is known of one area, in grey levels of 8 bits.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Area {
    mean: f32,
    activity: f32,
}

impl Area {
    /// The amplitude for a profile of this amplitude.
    fn borne(self, amplitude: f32) -> f32 {
        let texture = (0.9 + 0.08 * self.activity).min(1.3);
        let light = if self.mean < 64.0 {
            0.7 + 0.3 * self.mean.max(16.0) / 64.0
        } else {
            1.0 + 0.15 * ((self.mean - 160.0) / 75.0).clamp(0.0, 1.0)
        };
        (amplitude * texture * light).max(Mask::FAINT.min(amplitude))
    }

    /// What is too much for a profile of this amplitude.
    fn limit(self, amplitude: f32) -> f32 {
        Mask::FLAT.max(0.6 * amplitude) + 0.5 * (self.activity - 0.5).max(0.0)
    }
}

/// Rows that are looked at in one row of areas, at most.
const ROWS_MEASURED: usize = 8;

/// The areas between neighbouring borders.
fn areas<S: Sample>(
    level: Level,
    picture: &Plane<S>,
    across: &[usize],
    down: &[usize],
) -> Vec<Area> {
    let shape = picture.shape();
    let unit = (1u32 << shape.bit_depth.saturating_sub(8)) as f32;
    let mut areas = Vec::new();
    let mut sums = vec![0; shape.width];
    let mut steps = vec![0; shape.width];
    for band in down.windows(2) {
        sums.fill(0);
        steps.fill(0);
        let rows = band[0]..band[1];
        let step = rows.len().div_ceil(ROWS_MEASURED).max(1);
        let measured = rows.step_by(step);
        let count = measured.len();
        for y in measured {
            // The last row has none below.
            let below = (y + 1).min(shape.height - 1);
            kernel::measure(
                level,
                picture.row(y),
                picture.row(below),
                &mut sums,
                &mut steps,
            );
        }
        for columns in across.windows(2) {
            // The last sample of a row has none at its right and is not measured.
            let end = columns[1].min(shape.width.saturating_sub(1));
            let range = columns[0].min(end)..end;
            let samples = (range.len() * count).max(1) as f32 * unit;
            let total = |of: &[u32]| -> f32 {
                let of = of.get(range.clone()).unwrap_or(&[]);
                of.iter().map(|&each| u64::from(each)).sum::<u64>() as f32
            };
            areas.push(Area {
                mean: total(&sums) / samples,
                activity: total(&steps) / (2.0 * samples),
            });
        }
    }
    areas
}

/// Each value with its eight neighbours, 1 2 1 in both directions; the outermost stand for those
/// outside.
fn smoothed(values: &[f32], columns: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = values.chunks_exact(columns.max(1)).collect();
    let mut smooth = Vec::with_capacity(values.len());
    for (y, row) in rows.iter().enumerate() {
        let above = rows[y.saturating_sub(1)];
        let below = rows[(y + 1).min(rows.len() - 1)];
        let down = |x: usize| above[x] + 2.0 * row[x] + below[x];
        smooth.extend((0..row.len()).map(|x| {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(row.len() - 1));
            (down(left) + 2.0 * down(x) + down(right)) / 16.0
        }));
    }
    smooth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Shape;

    const SHAPE: Shape = Shape {
        width: 428,
        height: 240,
        stride: 440,
        bit_depth: 8,
    };

    fn grid() -> Grid {
        Grid::of_display(428, 240)
    }

    /// A plane of what `sample` says of column and row.
    fn plane(sample: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        let at = |at: usize| sample(at % SHAPE.stride, at / SHAPE.stride);
        (0..SHAPE.stride * SHAPE.height).map(at).collect()
    }

    fn mask(samples: &[u8], amplitude: f32) -> Mask {
        Mask::of_cells(&Plane::new(SHAPE, samples).unwrap(), grid(), amplitude)
    }

    /// Between 0 and 24, like leaves.
    fn leaf(x: usize, y: usize) -> u8 {
        ((x * 7_919 + y * 104_729 + x * y * 31) % 25) as u8
    }

    #[test]
    fn flat_areas_are_limited_and_texture_is_not() {
        let half = plane(|x, y| 100 + if x < 214 { 0 } else { leaf(x, y) });
        for (amplitude, flat) in [(2.0, 1.2), (0.5, Mask::FLAT), (0.4, 0.36)] {
            let mask = mask(&half, amplitude);
            let at = |x: usize, y: usize| mask.amplitudes()[y * 107 + x];
            assert_eq!(mask.amplitudes().len(), 107 * 60);
            assert!((at(20, 30) - flat).abs() < 1e-6, "{}", at(20, 30));
            assert!((1.1..=1.3).contains(&(at(90, 30) / amplitude)));
            // Without a halo on the flat side.
            assert!(at(52, 30) <= flat.max(Mask::FLAT) && at(53, 30) > at(52, 30));
        }
    }

    #[test]
    fn dark_areas_bear_less_than_bright_ones() {
        let amplitudes = [10, 40, 120, 230].map(|level| {
            let picture = plane(|x, y| level + leaf(x, y));
            mask(&picture, 1.0).amplitudes()[3_000]
        });
        assert!(
            amplitudes.is_sorted_by(|one, next| one < next),
            "{amplitudes:?}"
        );
    }

    #[test]
    fn more_bits_of_the_same_picture_give_the_same_mask() {
        let bytes = plane(|x, y| 60 + leaf(x / 3, y / 2));
        let words: Vec<u16> = bytes.iter().map(|&byte| u16::from(byte) << 2).collect();
        let shape = Shape {
            bit_depth: 10,
            ..SHAPE
        };
        let wide = Mask::of_cells(&Plane::new(shape, &words).unwrap(), grid(), 1.0);
        assert_eq!(wide, mask(&bytes, 1.0));
    }

    #[test]
    fn macroblocks_at_the_edges_may_be_cut_off() {
        let samples = plane(|x, y| 100 + if y < 224 { 0 } else { leaf(x, y) });
        let mask = Mask::of_macroblocks(&Plane::new(SHAPE, &samples).unwrap(), 1.0);
        assert_eq!((mask.columns(), mask.rows()), (27, 15));
        assert_eq!(mask.amplitudes()[0], 0.6);
        assert!(mask.amplitudes()[14 * 27 + 26] > 1.0);
    }

    #[test]
    fn levels_measure_the_same() {
        let samples = plane(|x, y| leaf(x / 2, y).wrapping_mul(9));
        let plane = Plane::new(SHAPE, &samples).unwrap();
        let borders = [0, 1, 50, 50, 333, 428];
        assert_eq!(
            areas(Level::SCALAR, &plane, &borders, &[0, 3, 240]),
            areas(Level::best(), &plane, &borders, &[0, 3, 240])
        );
    }

    #[test]
    fn pictures_and_grids_of_nothing_have_a_mask() {
        for (width, height) in [(0, 0), (1, 1), (0, 5), (5, 0), (3, 2)] {
            let shape = Shape {
                width,
                height,
                stride: 5,
                bit_depth: 8,
            };
            let plane = Plane::new(shape, &[100u8; 25]).unwrap();
            let mask = Mask::of_cells(&plane, grid(), 1.0);
            assert_eq!(mask.amplitudes().len(), 107 * 60);
            assert!(mask.amplitudes().iter().all(|each| *each <= 0.6));
            let empty = Grid {
                columns: 0,
                rows: 3,
            };
            assert!(Mask::of_cells(&plane, empty, 1.0).amplitudes().is_empty());
            let blocks = Mask::of_macroblocks(&plane, 1.0);
            assert_eq!(blocks.amplitudes().len(), blocks.columns() * blocks.rows());
        }
    }
}
