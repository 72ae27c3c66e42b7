//! How much of the pattern has got into a picture.

use bitstream::h264::intra::{Luma, Site};

use super::target::Target;

/// Sums over samples.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meter {
    samples: u64,
    /// Change times wanted change, squared wanted change, squared change.
    products: i64,
    wanted: i64,
    changes: i64,
}

impl Meter {
    /// Counts a macroblock in.
    pub(super) fn add(&mut self, target: &Target, marked: &Luma, site: &Site) {
        let place = site.place();
        for row in 0..16 {
            let line = place.block(0, row);
            let wanted: [i32; 16] = target.wanted(line);
            let before: [u16; 16] = target.original.row(place, row);
            let after: [u16; 16] = marked.row(place, row);
            let (mut products, mut squares, mut changes) = (0i32, 0i32, 0i64);
            for column in 0..16 {
                let change = i32::from(after[column]) - i32::from(before[column]);
                products = products.wrapping_add(change.wrapping_mul(wanted[column]));
                squares = squares.wrapping_add(wanted[column].wrapping_mul(wanted[column]));
                changes += i64::from(change * change);
            }
            self.products += i64::from(products);
            self.wanted += i64::from(squares);
            self.changes += changes;
        }
        self.samples += 256;
    }

    /// The projection of the change on what was wanted: 1 when all of it is there.
    pub(super) fn gain(&self) -> f32 {
        if self.wanted == 0 {
            return 0.0;
        }
        (self.products as f64 * 16.0 / self.wanted as f64) as f32
    }

    /// Root mean square of the change.
    pub(super) fn rms(&self) -> f32 {
        (self.changes as f64 / self.samples.max(1) as f64).sqrt() as f32
    }
}
