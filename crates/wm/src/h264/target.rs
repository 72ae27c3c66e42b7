//! What a marked picture is to become.

use bitstream::h264::intra::{Luma, Place};
use media::Mark;

use crate::Layers;

/// What one variant adds to the original picture.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
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

    /// The change wanted in a line of a macroblock, in fractions.
    #[inline]
    fn wanted(&self, place: Place, factor: i16) -> [i16; 16] {
        let mut wanted = [0; 16];
        let (left, top) = self.offset;
        if let (Some(x), Some(y)) = (place.x.checked_sub(left), place.y.checked_sub(top)) {
            let row = self.layers.row(self.mark, y);
            if let Some(row) = row.get(x..x + 16) {
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

    /// What a macroblock is to become, in fractions of a grey level.
    #[inline]
    pub(super) fn macroblock(&self, original: &Luma, place: Place) -> Wanted {
        let bits = self.fraction_bits();
        let max = (((256i32 << self.bit_depth_minus8.min(6)) - 1) << bits) as i16;
        let factor = self.factor();
        let mut samples = [[0; 16]; 16];
        for (row, samples) in samples.iter_mut().enumerate() {
            let original: [u16; 16] = original.row(place, row);
            let wanted = self.wanted(place.block(0, row), factor);
            for column in 0..16 {
                let sum = ((original[column] << bits) as i16).saturating_add(wanted[column]);
                samples[column] = sum.clamp(0, max);
            }
        }
        Wanted { samples }
    }

    /// Counts in how much of what was wanted has got into a macroblock. Every fourth row is looked
    /// at, one further down from macroblock to macroblock.
    #[inline]
    pub(super) fn meter(&self, original: &Luma, marked: &Luma, place: Place, sums: &mut Sums) {
        let factor = self.factor();
        for row in (place.x / 16 % 4..16).step_by(4) {
            let wanted = self.wanted(place.block(0, row), factor);
            let before: [u16; 16] = original.row(place, row);
            let after: [u16; 16] = marked.row(place, row);
            let (mut products, mut squares, mut changes) = (0i32, 0i32, 0i32);
            for column in 0..16 {
                let change = (after[column] as i16).wrapping_sub(before[column] as i16);
                let (change, wanted) = (i32::from(change), i32::from(wanted[column]));
                products = products.wrapping_add(change * wanted);
                squares = squares.wrapping_add(wanted * wanted);
                changes = changes.wrapping_add(change * change);
            }
            sums.products += i64::from(products);
            sums.wanted += i64::from(squares);
            sums.changes += i64::from(changes);
            sums.samples += 16;
        }
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

/// What the samples of a macroblock are to become, in fractions of a grey level.
pub(super) struct Wanted {
    pub(super) samples: [[i16; 16]; 16],
}

/// The weights of the first basis vector after DC of 8 samples, times 8: that of
/// [`forward_8x8`](bitstream::h264::transform::forward_8x8).
const FIRST_8: [i16; 8] = [12, 10, 6, 3, -3, -6, -10, -12];

impl Wanted {
    /// The sums of the 4x4 blocks.
    #[inline]
    pub(super) fn sums_4x4(&self) -> [[i32; 4]; 4] {
        let mut sums = [[0; 4]; 4];
        for (y, rows) in self.samples.chunks_exact(4).enumerate() {
            let mut columns = [0i32; 16];
            for row in rows {
                for (sum, sample) in columns.iter_mut().zip(row) {
                    *sum += i32::from(*sample);
                }
            }
            for (sum, columns) in sums[y].iter_mut().zip(columns.chunks_exact(4)) {
                *sum = columns.iter().sum();
            }
        }
        sums
    }

    /// The forward transform of the 8x8 block at column `x` and row `y`, less that of its
    /// prediction, as far as it is used: DC, the first across and the first down.
    #[inline]
    pub(super) fn lowest_8x8(
        &self,
        (x, y): (usize, usize),
        prediction: &[[u16; 8]; 8],
        bits: u32,
    ) -> [i32; 3] {
        let (mut sum, mut across, mut down) = (0, 0, 0);
        for ((row, prediction), weight) in self.samples[y..].iter().zip(prediction).zip(FIRST_8) {
            let (mut of_row, mut of_row_across) = (0, 0);
            let errors = row[x..].iter().zip(prediction).zip(FIRST_8);
            for ((sample, prediction), weight) in errors {
                let error = sample.wrapping_sub((prediction << bits) as i16);
                of_row += i32::from(error);
                of_row_across += i32::from(error) * i32::from(weight);
            }
            sum += of_row;
            across += of_row_across;
            down += of_row * i32::from(weight);
        }
        [64 * sum, 8 * across, 8 * down]
    }
}

impl Sums {
    /// Adds the sums of other samples.
    pub(super) fn add(&mut self, other: &Sums) {
        self.samples += other.samples;
        self.products += other.products;
        self.wanted += other.wanted;
        self.changes += other.changes;
    }
}

/// Sums over some samples: change times wanted change, squared wanted change, squared change.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    samples: u64,
    products: i64,
    wanted: i64,
    changes: i64,
}

#[cfg(test)]
mod tests {
    use bitstream::h264::transform::{forward_4x4, forward_8x8};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_are_the_lowest_frequencies_of_the_whole_transform(
            samples in proptest::collection::vec(0..4080i16, 256),
            prediction in proptest::collection::vec(0..256u16, 64),
        ) {
            let mut wanted = Wanted { samples: [[0; 16]; 16] };
            wanted.samples.as_flattened_mut().copy_from_slice(&samples);
            let mut predicted = [[0; 8]; 8];
            predicted.as_flattened_mut().copy_from_slice(&prediction);
            let error: [[i32; 8]; 8] = std::array::from_fn(|y| {
                std::array::from_fn(|x| {
                    i32::from(wanted.samples[8 + y][x]) - 16 * i32::from(predicted[y][x])
                })
            });
            let whole = forward_8x8(&error);
            let lowest = wanted.lowest_8x8((0, 8), &predicted, 4);
            prop_assert_eq!(lowest, [whole[0][0], whole[0][1], whole[1][0]]);
            let block: [[i32; 4]; 4] = std::array::from_fn(|y| {
                std::array::from_fn(|x| i32::from(wanted.samples[4 + y][12 + x]))
            });
            prop_assert_eq!(wanted.sums_4x4()[1][3], forward_4x4(&block)[0][0]);
        }
    }
}
