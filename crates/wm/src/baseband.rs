//! The carrier of pipelines that encode afterwards: samples.

use crate::kernel::{self, Depth, Level, Rows};
use crate::mask::Mask;
use crate::pattern::{Pattern, Raster};
use crate::plane::{Plane, PlaneMut, Sample, Shape};
use crate::strength::Strength;
use media::Mark;
use thiserror::Error;

/// Adds one pattern to luma planes of one size: to every picture of a segment.
///
/// ```
/// use media::Mark;
/// use wm::{Baseband, Grid, MasterKey, Mask, Plane, PlaneMut, Shape, Strength};
///
/// let shape = Shape { width: 640, height: 360, stride: 704, bit_depth: 8 };
/// let picture = vec![128u8; 704 * 360];
/// let (mut zero, mut one) = (picture.clone(), picture.clone());
///
/// let grid = Grid::of_display(640, 360);
/// let key = MasterKey::from_bytes([0; 32]).content("title");
/// // Once for a segment and a rendition.
/// let baseband = Baseband::new(&key.pattern(0, grid), 640, 360);
/// // For every picture.
/// let source = Plane::new(shape, &picture)?;
/// let mask = Mask::of_cells(&source, grid, Baseband::amplitude(Strength::Normal));
/// baseband.mark_both(
///     &mask,
///     &source,
///     &mut PlaneMut::new(shape, &mut zero)?,
///     &mut PlaneMut::new(shape, &mut one)?,
/// )?;
/// assert_ne!(zero, one);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Baseband {
    level: Level,
    raster: Raster,
    /// Columns and rows of the pattern.
    grid: [usize; 2],
    /// Of both variants, in 1/4096 of the amplitude.
    cells: [Vec<i16>; 2],
}

impl Baseband {
    /// For pictures of this displayed size.
    ///
    /// Takes memory for some rows of the picture.
    pub fn new(pattern: &Pattern, width: u32, height: u32) -> Baseband {
        let grid = pattern.grid();
        Baseband {
            level: Level::best(),
            raster: Raster::new(grid, width as usize, height as usize),
            grid: [grid.columns.into(), grid.rows.into()],
            cells: pattern.variants(),
        }
    }

    /// The same with other instructions, which changes nothing but the time it takes.
    pub fn at_level(mut self, level: Level) -> Baseband {
        self.level = level;
        self
    }

    /// What the profile means here, in grey levels of 8 bits: less than for intra slices, since
    /// every picture carries the mark.
    pub fn amplitude(strength: Strength) -> f32 {
        match strength {
            Strength::None => 0.0,
            Strength::Light => 0.35,
            Strength::Normal => 0.5,
            Strength::Strong => 1.0,
        }
    }

    /// Writes both variants of `source`, passing over it once.
    ///
    /// # Errors
    ///
    /// [`BasebandError`] if the planes or the mask are not those of this size and pattern.
    pub fn mark_both<S: Sample>(
        &self,
        mask: &Mask,
        source: &Plane<S>,
        zero: &mut PlaneMut<S>,
        one: &mut PlaneMut<S>,
    ) -> Result<(), BasebandError> {
        let depth = self.check(mask, source.shape())?;
        for marked in [zero.shape(), one.shape()] {
            same_format(source.shape(), marked)?;
        }
        let mut zero_rows = Wide::new(self, Mark::Zero, mask);
        let mut one_rows = Wide::new(self, Mark::One, mask);
        for y in 0..self.raster.height() {
            let rows = [zero_rows.rows(y), one_rows.rows(y)];
            let marked = [zero.row(y), one.row(y)];
            kernel::mark_both(self.level, rows, depth, source.row(y), marked);
        }
        Ok(())
    }

    /// Writes one variant of `source`.
    ///
    /// # Errors
    ///
    /// As [`Baseband::mark_both`].
    pub fn mark<S: Sample>(
        &self,
        mask: &Mask,
        mark: Mark,
        source: &Plane<S>,
        marked: &mut PlaneMut<S>,
    ) -> Result<(), BasebandError> {
        self.check(mask, source.shape())?;
        same_format(source.shape(), marked.shape())?;
        for y in 0..self.raster.height() {
            marked.row(y).copy_from_slice(source.row(y));
        }
        self.mark_in_place(mask, mark, marked)
    }

    /// Makes one variant of a plane. The mask has to be made before, of the plane as it was.
    ///
    /// # Errors
    ///
    /// As [`Baseband::mark_both`].
    pub fn mark_in_place<S: Sample>(
        &self,
        mask: &Mask,
        mark: Mark,
        plane: &mut PlaneMut<S>,
    ) -> Result<(), BasebandError> {
        let depth = self.check(mask, plane.shape())?;
        let mut rows = Wide::new(self, mark, mask);
        for y in 0..self.raster.height() {
            kernel::mark(self.level, rows.rows(y), depth, plane.row(y));
        }
        Ok(())
    }

    fn check(&self, mask: &Mask, shape: Shape) -> Result<Depth, BasebandError> {
        let expected = [self.raster.width(), self.raster.height()];
        if [shape.width, shape.height] != expected {
            return Err(BasebandError::Size {
                width: shape.width,
                height: shape.height,
                expected,
            });
        }
        if [mask.columns(), mask.rows()] != self.grid {
            return Err(BasebandError::Mask {
                columns: mask.columns(),
                rows: mask.rows(),
                expected: self.grid,
            });
        }
        Ok(Depth::new(shape.bit_depth))
    }
}

/// Without the pattern: who knows it can wash the mark.
impl std::fmt::Debug for Baseband {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Baseband")
            .field("width", &self.raster.width())
            .field("height", &self.raster.height())
            .finish_non_exhaustive()
    }
}

/// Strides may differ.
fn same_format(source: Shape, marked: Shape) -> Result<(), BasebandError> {
    let format = |shape: Shape| (shape.width, shape.height, shape.bit_depth);
    if format(source) != format(marked) {
        return Err(BasebandError::Marked {
            original: source,
            marked,
        });
    }
    Ok(())
}

/// Rows of cells of one variant as rows of samples, each made when it is first needed: no more
/// than three are needed at a time, so that they stay in the fastest memory.
struct Wide<'a> {
    level: Level,
    raster: &'a Raster,
    /// In 1/4096 grey level.
    cells: Vec<i16>,
    /// Row `at` of cells is in `rows[at % 3]`.
    rows: [Vec<i16>; 3],
    /// Rows of cells made so far.
    made: usize,
}

impl<'a> Wide<'a> {
    fn new(baseband: &'a Baseband, mark: Mark, mask: &Mask) -> Wide<'a> {
        let [zero, one] = &baseband.cells;
        let cells = match mark {
            Mark::Zero => zero,
            Mark::One => one,
        };
        let cells = (cells.iter().zip(mask.amplitudes()))
            .map(|(&cell, &amplitude)| (f32::from(cell) * amplitude) as i16)
            .collect();
        Wide {
            level: baseband.level,
            raster: &baseband.raster,
            cells,
            rows: [const { Vec::new() }; 3],
            made: 0,
        }
    }

    /// What lies around row `y` of samples. Rows have to be asked for in order.
    fn rows(&mut self, y: usize) -> Rows<'_> {
        let Some(taps) = self.raster.down().get(y) else {
            return Rows {
                rows: [&[]; 3],
                weights: [0; 3],
            };
        };
        while self.made <= usize::from(taps.cells[2]) {
            let wide = &mut self.rows[self.made % 3];
            self.raster.widen(self.level, &self.cells, self.made, wide);
            self.made += 1;
        }
        Rows {
            rows: taps.cells.map(|cell| &self.rows[usize::from(cell) % 3][..]),
            weights: taps.weights,
        }
    }
}

/// Why planes cannot be marked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BasebandError {
    /// A picture of another size than that the pattern was made for.
    #[error("picture: is {width}x{height}, expected {}x{}", .expected[0], .expected[1])]
    Size {
        /// In samples.
        width: usize,
        /// In samples.
        height: usize,
        /// Width and height.
        expected: [usize; 2],
    },
    /// A mask of other cells than the pattern's.
    #[error("mask: has {columns}x{rows} areas, expected {}x{} cells", .expected[0], .expected[1])]
    Mask {
        /// Areas in a row.
        columns: usize,
        /// Rows of areas.
        rows: usize,
        /// Columns and rows of the pattern.
        expected: [usize; 2],
    },
    /// A marked picture has another size or bit depth than its source.
    #[error(
        "marked picture: is {}x{} of {} bits, expected {}x{} of {} bits like the source",
        .marked.width, .marked.height, .marked.bit_depth,
        .original.width, .original.height, .original.bit_depth
    )]
    Marked {
        /// Of the source.
        original: Shape,
        /// Of what is to be written.
        marked: Shape,
    },
}

#[cfg(test)]
mod tests;
