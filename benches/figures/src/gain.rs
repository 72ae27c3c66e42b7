//! How much of the pattern is in decoded pictures.

use media::Mark;
use wm::Layers;

/// The mean of a gain over pictures.
#[derive(Debug, Default)]
pub(crate) struct Gain {
    sum: f64,
    pictures: u32,
}

impl Gain {
    /// Adds a picture: the projection of the difference of both variants on the difference of
    /// their patterns, 1 where everything that `amplitude` asks for is there.
    pub(crate) fn add(&mut self, layers: &Layers, amplitude: f32, zero: &[u8], one: &[u8]) {
        let (mut products, mut squares) = (0i64, 0i64);
        let width = layers.width().max(1);
        for (y, (zero, one)) in zero.chunks(width).zip(one.chunks(width)).enumerate() {
            let pattern = layers
                .row(Mark::Zero, y)
                .iter()
                .zip(layers.row(Mark::One, y));
            for ((a, b), (zero, one)) in pattern.zip(zero.iter().zip(one)) {
                let pattern = i64::from(*a) - i64::from(*b);
                products += pattern * (i64::from(*zero) - i64::from(*one));
                squares += pattern * pattern;
            }
        }
        let unit = f64::from(1u32 << Layers::FRACTION_BITS);
        if squares > 0 && amplitude > 0.0 {
            self.sum += products as f64 * unit / (squares as f64 * f64::from(amplitude));
            self.pictures += 1;
        }
    }

    /// Not a number without pictures.
    pub(crate) fn mean(&self) -> f64 {
        self.sum / f64::from(self.pictures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wm::{Grid, MasterKey};

    #[test]
    fn pictures_that_got_the_pattern_have_gain_one() {
        let key = MasterKey::from_bytes([7; 32]).content("title");
        let layers = key.pattern(0, Grid::of_display(640, 360)).layers(640, 360);
        let picture = |mark| -> Vec<u8> {
            let rows = (0..360).flat_map(|y| layers.row(mark, y));
            rows.map(|value| (128.0 + f64::from(*value) * 4.0 / 256.0).round() as u8)
                .collect()
        };
        let mut gain = Gain::default();
        let (zero, one) = (picture(Mark::Zero), picture(Mark::One));
        gain.add(&layers, 4.0, &zero, &one);
        assert!((gain.mean() - 1.0).abs() < 0.01, "{}", gain.mean());
        let mut none = Gain::default();
        none.add(&layers, 4.0, &zero, &zero);
        assert_eq!(none.mean(), 0.0);
    }
}
