//! What blocks missed of their targets, for their neighbours to make up for.

use bitstream::h264::intra::{Luma, Place};

use super::target::FRACTION;

/// Mean errors of the 4x4 blocks of a frame.
pub(super) struct Missed {
    /// In rows of blocks, in fractions of a grey level; empty without diffusion.
    errors: Vec<i32>,
    width: usize,
    /// Share of an error that is passed on, in 256ths.
    share: i32,
}

impl Missed {
    pub(super) fn new(luma: &Luma, diffusion: f32) -> Missed {
        let share = (diffusion.clamp(0.0, 1.0) * 256.0) as i32;
        let (width, height) = (luma.width() / 4, luma.height() / 4);
        let count = if share == 0 { 0 } else { width * height };
        Missed {
            errors: vec![0; count],
            width,
            share,
        }
    }

    /// Adds what the blocks left and above missed to the errors of a block.
    #[inline]
    pub(super) fn add<const N: usize>(&self, place: Place, samples: &mut [[i32; N]; N]) {
        if self.share == 0 {
            return;
        }
        let (x, y) = (place.x / 4, place.y / 4);
        let at = |x: Option<usize>, y: Option<usize>| {
            let index = y.zip(x).map(|(y, x)| y * self.width + x);
            index.and_then(|i| self.errors.get(i)).copied().unwrap_or(0)
        };
        let (left, up) = (x.checked_sub(1), y.checked_sub(1));
        let blocks = N / 4;
        let (mut lefts, mut ups) = (0, 0);
        for k in 0..blocks {
            lefts += at(left, Some(y + k));
            ups += at(Some(x + k), up);
        }
        let sum = 7 * lefts + 6 * ups;
        let shift = (sum * self.share / (16 * blocks as i32)) >> 8;
        for sample in samples.as_flattened_mut() {
            *sample += shift;
        }
    }

    /// Keeps what is left of a block's errors after its residual.
    #[inline]
    pub(super) fn keep<const N: usize>(
        &mut self,
        place: Place,
        samples: &[[i32; N]; N],
        residual: Option<&[[i32; N]; N]>,
    ) {
        if self.share == 0 {
            return;
        }
        let (x, y) = (place.x / 4, place.y / 4);
        for by in 0..N / 4 {
            for bx in 0..N / 4 {
                let mut sum = 0;
                for row in 4 * by..4 * by + 4 {
                    for column in 4 * bx..4 * bx + 4 {
                        sum += samples[row][column];
                        sum -= residual.map_or(0, |residual| residual[row][column] * FRACTION);
                    }
                }
                if let Some(error) = self.errors.get_mut((y + by) * self.width + x + bx) {
                    *error = sum / 16;
                }
            }
        }
    }
}
