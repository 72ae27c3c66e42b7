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

    /// The samples of a block; 0 where it does not lie inside.
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
            let start = self.start(place, row);
            if let Some(to) = self.samples.get_mut(start..start.saturating_add(N)) {
                to.copy_from_slice(from);
            }
        }
    }

    /// Where row `row` of a block starts.
    #[inline]
    fn start(&self, place: Place, row: usize) -> usize {
        let first = place.block(0, row);
        first.y.saturating_mul(self.width).saturating_add(first.x)
    }

    /// Row `row` of a block; 0 where it does not lie inside.
    #[inline]
    pub fn row<const N: usize>(&self, place: Place, row: usize) -> [u16; N] {
        let start = self.start(place, row);
        let samples = self.samples.get(start..start.saturating_add(N));
        samples
            .and_then(|row| row.try_into().ok())
            .unwrap_or([0; N])
    }

    /// `N` samples above a block, from `x` samples right of its left edge.
    #[inline]
    pub(super) fn above<const N: usize>(&self, place: Place, x: usize) -> [u16; N] {
        let y = place.y.saturating_sub(place.step);
        let x = place.x.saturating_add(x);
        self.row(Place { x, y, ..place }, 0)
    }

    /// The samples left of a block.
    #[inline]
    pub(super) fn left<const N: usize>(&self, place: Place) -> [u16; N] {
        // In MBAFF frames too: whichever way the left pair is coded, the neighbour of a row is
        // on the same line of the frame.
        let first = self.start(place, 0).saturating_sub(1);
        let lines = place.step.saturating_mul(self.width).max(1);
        let mut samples = [0; N];
        let mut at = first;
        for to in &mut samples {
            *to = self.samples.get(at).copied().unwrap_or(0);
            at = at.saturating_add(lines);
        }
        samples
    }

    /// The sample above the first of [`left`](Self::left).
    pub(super) fn corner(&self, place: Place) -> u16 {
        let y = place.y.saturating_sub(place.step);
        let start = self.start(Place { y, ..place }, 0).saturating_sub(1);
        self.samples.get(start).copied().unwrap_or(0)
    }
}
