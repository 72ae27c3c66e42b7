//! Intra_16x16 prediction.

use super::NotAvailable;
use super::edge::Edge16;

/// `Intra16x16PredMode`, H.264 table 8-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Intra16x16PredMode {
    /// 0.
    Vertical = 0,
    /// 1.
    Horizontal = 1,
    /// 2.
    Dc = 2,
    /// 3.
    Plane = 3,
}

impl Intra16x16PredMode {
    /// The mode with this number, 0 to 3.
    pub fn new(number: u8) -> Option<Self> {
        use Intra16x16PredMode::*;
        [Vertical, Horizontal, Dc, Plane]
            .get(usize::from(number))
            .copied()
    }

    /// The prediction of a macroblock from its neighbours; samples have 8 bits and
    /// `bit_depth_minus8` more.
    ///
    /// # Errors
    ///
    /// The mode uses a neighbour that is not available.
    pub fn predict(
        self,
        edge: &Edge16,
        bit_depth_minus8: u8,
    ) -> Result<[[u16; 16]; 16], NotAvailable> {
        let above = edge.above.ok_or(NotAvailable);
        let left = edge.left.ok_or(NotAvailable);
        Ok(match self {
            Intra16x16PredMode::Vertical => [above?; 16],
            Intra16x16PredMode::Horizontal => left?.map(|sample| [sample; 16]),
            Intra16x16PredMode::Dc => [[dc(edge, bit_depth_minus8); 16]; 16],
            Intra16x16PredMode::Plane => {
                let corner = edge.corner.ok_or(NotAvailable)?;
                plane(&left?, corner, &above?, bit_depth_minus8)
            }
        })
    }
}

fn dc(edge: &Edge16, bit_depth_minus8: u8) -> u16 {
    let sum = |samples: &[u16; 16]| samples.iter().map(|sample| u32::from(*sample)).sum::<u32>();
    let value = match (&edge.left, &edge.above) {
        (Some(left), Some(above)) => (sum(left) + sum(above) + 16) >> 5,
        (Some(side), None) | (None, Some(side)) => (sum(side) + 8) >> 4,
        (None, None) => 128 << bit_depth_minus8.min(8),
    };
    value as u16
}

/// H.264 8.3.3.4.
fn plane(left: &[u16; 16], corner: u16, above: &[u16; 16], depth_minus8: u8) -> [[u16; 16]; 16] {
    let slope = |samples: &[u16; 16]| {
        let mut sum = 0;
        for k in 0..8 {
            let low = 6usize.checked_sub(k).map_or(corner, |low| samples[low]);
            sum += (k as i32 + 1) * (i32::from(samples[8 + k]) - i32::from(low));
        }
        (5 * sum + 32) >> 6
    };
    let a = 16 * (i32::from(left[15]) + i32::from(above[15]));
    let (b, c) = (slope(above), slope(left));
    let max = (256 << depth_minus8.min(8)) - 1;
    let mut block = [[0; 16]; 16];
    for (y, row) in block.iter_mut().enumerate() {
        let start = a + c * (y as i32 - 7) + 16;
        for (x, sample) in row.iter_mut().enumerate() {
            *sample = ((start + b * (x as i32 - 7)) >> 5).clamp(0, max) as u16;
        }
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(start: u16, step: u16) -> [u16; 16] {
        std::array::from_fn(|k| start + step * k as u16)
    }

    #[test]
    fn a_plane_goes_on_as_its_edges_do() {
        // Samples 100 + 2 x + 3 y around the block are the same plane inside it.
        let edge = Edge16 {
            left: Some(ramp(98, 3)),
            corner: Some(95),
            above: Some(ramp(97, 2)),
        };
        let block = Intra16x16PredMode::Plane.predict(&edge, 0).unwrap();
        for (y, row) in block.iter().enumerate() {
            for (x, sample) in row.iter().enumerate() {
                let exact = 100 + 2 * x + 3 * y;
                assert!(
                    usize::from(*sample).abs_diff(exact) <= 1,
                    "{x} {y} {sample}"
                );
            }
        }
        // H = 2 * 408 = 816, b = (5 * 816 + 32) >> 6 = 64; V = 3 * 408 = 1224, c = 96;
        // a = 16 * (143 + 127) = 4320; the first sample (4320 - 7 * 160 + 16) >> 5 = 100.
        assert_eq!((block[0][0], block[15][15]), (100, 175));
    }

    #[test]
    fn a_plane_is_clipped_to_the_bit_depth() {
        let mut edge = Edge16 {
            left: Some([255; 16]),
            corner: Some(0),
            above: Some(ramp(0, 17)),
        };
        let block = Intra16x16PredMode::Plane.predict(&edge, 0).unwrap();
        assert_eq!(block[15][15], 255);
        edge.left = Some([1023; 16]);
        edge.above = Some(ramp(3, 68));
        let block = Intra16x16PredMode::Plane.predict(&edge, 2).unwrap();
        assert_eq!(block[15][15], 1023);
        edge.above = Some([0; 16]);
        edge.left = Some(std::array::from_fn(|k| 15 - k as u16));
        let block = Intra16x16PredMode::Plane.predict(&edge, 0).unwrap();
        assert_eq!(block[15][0], 0);
    }

    #[test]
    fn lines_are_repeated_and_dc_uses_what_is_there() {
        let mut edge = Edge16 {
            left: Some(ramp(0, 1)),
            corner: None,
            above: Some(ramp(10, 1)),
        };
        let predict =
            |mode: u8, edge: &Edge16| Intra16x16PredMode::new(mode)?.predict(edge, 0).ok();
        assert_eq!(predict(0, &edge), Some([ramp(10, 1); 16]));
        assert_eq!(
            predict(1, &edge),
            Some(ramp(0, 1).map(|sample| [sample; 16]))
        );
        // Sums 120 and 280.
        assert_eq!(predict(2, &edge), Some([[13; 16]; 16]));
        assert_eq!(predict(3, &edge), None);
        edge.left = None;
        assert_eq!(predict(2, &edge), Some([[18; 16]; 16]));
        assert_eq!(predict(1, &edge), None);
        edge.above = None;
        assert_eq!(predict(2, &edge), Some([[128; 16]; 16]));
        assert_eq!(predict(0, &edge), None);
        assert_eq!(
            Intra16x16PredMode::Dc.predict(&edge, 6),
            Ok([[8192; 16]; 16])
        );
        assert_eq!(Intra16x16PredMode::new(4), None);
    }
}
