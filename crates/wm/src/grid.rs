//! How many cells the pattern has.

/// Cells across and down a picture as it is displayed.
///
/// Every rendition of a title has the same cells, larger or smaller in samples: positions are
/// counted in parts of the picture, so that whoever scales a picture scales the pattern with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grid {
    /// Cells in a row.
    pub columns: u16,
    /// Rows of cells.
    pub rows: u16,
}

impl Grid {
    const LONG: u16 = 107;
    const SHORT: u16 = 60;

    /// The grid of pictures that are displayed with this many luma samples.
    ///
    /// 107 x 60 cells, 18 samples wide and high at 1080 lines, 6 at 360; upright for pictures that
    /// are higher than wide. Smaller cells drown in the deblocking filter and in the quantisers of
    /// the next encoder, larger ones give fewer chips to add up.
    pub fn of_display(width: u32, height: u32) -> Grid {
        if width >= height {
            Grid {
                columns: Grid::LONG,
                rows: Grid::SHORT,
            }
        } else {
            Grid {
                columns: Grid::SHORT,
                rows: Grid::LONG,
            }
        }
    }

    /// Number of cells.
    pub fn cells(self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upright_pictures_have_an_upright_grid_and_square_ones_do_not() {
        let across = Grid {
            columns: 107,
            rows: 60,
        };
        let upright = Grid {
            columns: 60,
            rows: 107,
        };
        assert_eq!(Grid::of_display(1920, 1080), across);
        assert_eq!(Grid::of_display(640, 640), across);
        assert_eq!(Grid::of_display(1080, 1920), upright);
        assert_eq!(across.cells(), 6420);
    }
}
