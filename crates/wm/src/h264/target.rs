//! What a marked picture is to become.

use bitstream::h264::intra::{Luma, Place};
use media::Mark;

use crate::Layers;

/// The original picture and what one variant adds to it.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) original: &'a Luma,
    pub(super) layers: &'a Layers,
    pub(super) mark: Mark,
    /// Columns and lines of the coded picture left of and above what is displayed.
    pub(super) offset: (usize, usize),
    /// Amplitude in grey levels of the samples.
    pub(super) amplitude: f32,
    /// Above 8.
    pub(super) bit_depth_minus8: u8,
}

impl Target<'_> {
    /// Bits of a grey level's fraction: errors of samples of 14 bits still fit 16.
    pub(super) fn fraction_bits(&self) -> u32 {
        4u32.min(6 - u32::from(self.bit_depth_minus8.min(6)))
    }

    /// The factor of [`wanted`](Self::wanted) for an amplitude: of a product of 16 bits each the
    /// upper half is taken.
    fn factor(&self) -> i16 {
        // Layers are in 1/256 of the amplitude.
        (self.amplitude * (256 << self.fraction_bits()) as f32).min(32_767.0) as i16
    }

    /// The change wanted in `N` samples of a line, in fractions.
    #[inline]
    fn wanted<const N: usize>(&self, place: Place, factor: i16) -> [i16; N] {
        let mut wanted = [0; N];
        let (left, top) = self.offset;
        if let (Some(x), Some(y)) = (place.x.checked_sub(left), place.y.checked_sub(top)) {
            let row = self.layers.row(self.mark, y);
            if let Some(row) = row.get(x..x + N) {
                wanted.copy_from_slice(row);
            } else {
                // Across the right edge of the display.
                let row = row.get(x..).unwrap_or_default();
                wanted
                    .iter_mut()
                    .zip(row)
                    .for_each(|(to, from)| *to = *from);
            }
        }
        for value in &mut wanted {
            *value = ((i32::from(*value) * i32::from(factor)) >> 16) as i16;
        }
        wanted
    }

    /// What has to be added to a prediction to hit the target, in fractions of a grey level.
    #[inline]
    pub(super) fn error<const N: usize>(
        &self,
        place: Place,
        prediction: &[[u16; N]; N],
    ) -> [[i16; N]; N] {
        let bits = self.fraction_bits();
        let max = (((256i32 << self.bit_depth_minus8.min(6)) - 1) << bits) as i16;
        let factor = self.factor();
        let mut error = [[0; N]; N];
        for (row, (error, prediction)) in error.iter_mut().zip(prediction).enumerate() {
            let original: [u16; N] = self.original.row(place, row);
            let wanted = self.wanted::<N>(place.block(0, row), factor);
            for column in 0..N {
                let target = ((original[column] << bits) as i16).saturating_add(wanted[column]);
                let predicted = (prediction[column] << bits) as i16;
                error[column] = target.clamp(0, max).wrapping_sub(predicted);
            }
        }
        error
    }

    /// How much of what was wanted has got into a macroblock.
    pub(super) fn meter(&self, marked: &Luma, place: Place, sums: &mut Sums) {
        let factor = self.factor();
        for row in 0..16 {
            let wanted: [i16; 16] = self.wanted(place.block(0, row), factor);
            let before: [u16; 16] = self.original.row(place, row);
            let after: [u16; 16] = marked.row(place, row);
            let (mut products, mut squares, mut changes) = (0i32, 0i32, 0i32);
            for column in 0..16 {
                let change = i32::from(after[column] as i16 - before[column] as i16);
                let wanted = i32::from(wanted[column]);
                products = products.wrapping_add(change * wanted);
                squares = squares.wrapping_add(wanted * wanted);
                changes = changes.wrapping_add(change * change);
            }
            sums.products += i64::from(products);
            sums.wanted += i64::from(squares);
            sums.changes += i64::from(changes);
        }
        sums.samples += 256;
    }

    /// From sums to what a record says: gain, and root mean square of the change in grey levels
    /// of 8-bit samples.
    pub(super) fn summary(&self, sums: &Sums) -> (f32, f32) {
        let fraction = f64::from(1u32 << self.fraction_bits());
        let gain = sums.products as f64 * fraction / (sums.wanted as f64).max(1.0);
        let rms = (sums.changes as f64 / (sums.samples as f64).max(1.0)).sqrt();
        let depth = f64::from(1u32 << self.bit_depth_minus8.min(6));
        (gain as f32, (rms / depth) as f32)
    }
}

/// Sums over samples: change times wanted change, squared wanted change, squared change.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    samples: u64,
    products: i64,
    wanted: i64,
    changes: i64,
}
