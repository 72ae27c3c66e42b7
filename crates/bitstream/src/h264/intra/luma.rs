//! The luma samples of a frame.

use super::Place;

/// The luma samples of a frame in whole macroblocks, not cropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Luma {
    width: usize,
    height: usize,
    samples: Vec<u16>,
}

impl Luma {
    /// All samples 0.
    pub(super) fn new(width: usize, height: usize) -> Luma {
        Luma {
            width,
            height,
            samples: vec![0; width * height],
        }
    }

    /// In samples, a multiple of 16.
    pub fn width(&self) -> usize {
        self.width
    }

    /// In samples, a multiple of 16, of both fields together.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Line by line, fields interleaved.
    pub fn samples(&self) -> &[u16] {
        &self.samples
    }

    /// The samples of line `y`; none where there is no such line.
    pub fn line(&self, y: usize) -> &[u16] {
        let start = y.saturating_mul(self.width);
        let line = self.samples.get(start..start.saturating_add(self.width));
        line.unwrap_or_default()
    }

    /// The whole macroblock lies inside.
    pub(super) fn contains(&self, macroblock: Place) -> bool {
        let last = macroblock.block(15, 15);
        last.x < self.width && last.y < self.height
    }

    /// The samples of a block, which lies inside.
    pub fn block<const N: usize>(&self, place: Place) -> [[u16; N]; N] {
        let mut block = [[0; N]; N];
        for (row, to) in block.iter_mut().enumerate() {
            *to = self.row(place, row);
        }
        block
    }

    #[inline]
    pub(super) fn set_block<const N: usize>(&mut self, place: Place, block: &[[u16; N]; N]) {
        for (row, from) in block.iter().enumerate() {
            let start = (place.y + place.step * row) * self.width + place.x;
            if let Some(to) = self.samples.get_mut(start..start + N) {
                to.copy_from_slice(from);
            }
        }
    }

    #[inline]
    fn row<const N: usize>(&self, place: Place, row: usize) -> [u16; N] {
        let start = (place.y + place.step * row) * self.width + place.x;
        let samples = self.samples.get(start..start + N);
        samples
            .and_then(|row| row.try_into().ok())
            .unwrap_or([0; N])
    }

    /// `N` samples above a block, from `x` samples right of its left edge.
    #[inline]
    pub(super) fn above<const N: usize>(&self, place: Place, x: usize) -> [u16; N] {
        let y = place.y.saturating_sub(place.step);
        let x = place.x + x;
        let step = place.step;
        self.row(Place { x, y, step }, 0)
    }

    /// The samples left of a block.
    #[inline]
    pub(super) fn left<const N: usize>(&self, place: Place) -> [u16; N] {
        // In MBAFF frames too: whichever way the left pair is coded, the neighbour of a row is
        // on the same line of the frame.
        let first = place.y * self.width + place.x.saturating_sub(1);
        let lines = place.step * self.width;
        let mut samples = [0; N];
        let column = self.samples.get(first..).unwrap_or_default();
        for (to, from) in samples.iter_mut().zip(column.iter().step_by(lines)) {
            *to = *from;
        }
        samples
    }

    /// The sample above the first of [`left`](Self::left).
    pub(super) fn corner(&self, place: Place) -> u16 {
        let y = place.y.saturating_sub(place.step);
        self.at(y * self.width + place.x.saturating_sub(1))
    }

    fn at(&self, index: usize) -> u16 {
        self.samples.get(index).copied().unwrap_or(0)
    }
}
