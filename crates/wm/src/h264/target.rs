//! What a marked picture is to become.

use bitstream::h264::intra::{Luma, Place};
use media::Mark;

use crate::Layers;

/// Fractions of a grey level: targets are in sixteenths.
pub(super) const FRACTION: i32 = 16;

/// The original picture and what one variant adds to it.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) original: &'a Luma,
    pub(super) layers: &'a Layers,
    pub(super) mark: Mark,
    /// Columns and lines of the coded picture left of and above what is displayed.
    pub(super) left: usize,
    pub(super) top: usize,
    /// Amplitude in 1/256 grey level of the bit depth of the samples.
    pub(super) amplitude: i32,
    /// The largest sample.
    pub(super) max: i32,
}

impl Target<'_> {
    /// What has to be added to a prediction to hit the target, in sixteenths of a grey level.
    #[inline]
    pub(super) fn error<const N: usize>(
        &self,
        place: Place,
        prediction: &[[u16; N]; N],
    ) -> [[i32; N]; N] {
        let mut error = [[0; N]; N];
        let original: [[u16; N]; N] = self.original.block(place);
        for row in 0..N {
            let wanted = self.wanted::<N>(place.block(0, row));
            for column in 0..N {
                let sample = i32::from(original[row][column]) * FRACTION;
                let target = (sample + wanted[column]).clamp(0, self.max * FRACTION);
                let predicted = i32::from(prediction[row][column]) * FRACTION;
                error[row][column] = target - predicted;
            }
        }
        error
    }

    /// The change wanted in `N` samples of a line, in sixteenths.
    #[inline]
    pub(super) fn wanted<const N: usize>(&self, place: Place) -> [i32; N] {
        let mut wanted = [0; N];
        let Some(y) = place.y.checked_sub(self.top) else {
            return wanted;
        };
        let row = self.layers.row(self.mark, y);
        for (column, to) in wanted.iter_mut().enumerate() {
            let x = (place.x + column).wrapping_sub(self.left);
            if let Some(value) = row.get(x) {
                // Both factors are in 256ths.
                *to = (i32::from(*value) * self.amplitude + (1 << 11)) >> 12;
            }
        }
        wanted
    }
}
