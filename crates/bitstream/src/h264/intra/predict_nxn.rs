//! Intra_4x4 and Intra_8x8 prediction: the nine modes are the same at both sizes.

use super::NotAvailable;
use super::edge::{Edge, three, two};

/// `Intra4x4PredMode` and `Intra8x8PredMode`, H.264 tables 8-2 and 8-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum IntraNxNPredMode {
    /// 0.
    Vertical = 0,
    /// 1.
    Horizontal = 1,
    /// 2.
    Dc = 2,
    /// 3.
    DiagonalDownLeft = 3,
    /// 4.
    DiagonalDownRight = 4,
    /// 5.
    VerticalRight = 5,
    /// 6.
    HorizontalDown = 6,
    /// 7.
    VerticalLeft = 7,
    /// 8.
    HorizontalUp = 8,
}

impl IntraNxNPredMode {
    /// All modes, by number.
    pub const ALL: [IntraNxNPredMode; 9] = {
        use IntraNxNPredMode::*;
        [
            Vertical,
            Horizontal,
            Dc,
            DiagonalDownLeft,
            DiagonalDownRight,
            VerticalRight,
            HorizontalDown,
            VerticalLeft,
            HorizontalUp,
        ]
    };

    /// The mode of a block from those of the blocks left and above (`None`: not available, or
    /// inter with `constrained_intra_pred_flag`; DC where the macroblock is intra but not of the
    /// NxN kinds) and `rem_intra_pred_mode`, `None` where `prev_intra_pred_mode_flag` is 1;
    /// H.264 8.3.1.1 and 8.3.2.1.
    pub fn derive(left: Option<Self>, above: Option<Self>, rem: Option<u8>) -> Self {
        let predicted = match (left, above) {
            (Some(left), Some(above)) => left.min(above),
            _ => IntraNxNPredMode::Dc,
        };
        match rem {
            None => predicted,
            Some(rem) => {
                // Three bits number the modes other than the predicted one.
                let rem = rem & 7;
                let number = rem + u8::from(rem >= predicted as u8);
                Self::ALL
                    .get(usize::from(number))
                    .copied()
                    .unwrap_or(predicted)
            }
        }
    }

    /// The prediction of a block of `N` by `N` samples (4 or 8) from its neighbours; those of
    /// Intra_8x8 are given [filtered](Edge::filtered). `bit_depth_minus8` decides the value of
    /// DC without neighbours.
    ///
    /// # Errors
    ///
    /// The mode uses a neighbour that is not available.
    #[inline]
    pub fn predict<const N: usize>(
        self,
        edge: &Edge<N>,
        bit_depth_minus8: u8,
    ) -> Result<[[u16; N]; N], NotAvailable> {
        use IntraNxNPredMode::*;
        let above = edge.above.ok_or(NotAvailable);
        let left = edge.left.ok_or(NotAvailable);
        Ok(match self {
            Vertical => [above?; N],
            Horizontal => left?.map(|sample| [sample; N]),
            Dc => [[dc(edge, bit_depth_minus8); N]; N],
            DiagonalDownLeft | VerticalLeft => {
                let above = above?;
                let line = [above, edge.right(&above)];
                let line = line.as_flattened();
                match self {
                    DiagonalDownLeft => diagonal_down_left(line),
                    _ => vertical_left(line),
                }
            }
            HorizontalUp => horizontal_up(&left?),
            DiagonalDownRight | VerticalRight | HorizontalDown => {
                let around = Around::new(&left?, edge.corner.ok_or(NotAvailable)?, &above?);
                match self {
                    DiagonalDownRight => around.diagonal_down_right(),
                    VerticalRight => around.vertical_right(),
                    _ => around.horizontal_down(),
                }
            }
        })
    }
}

fn block<const N: usize>(sample: impl Fn(usize, usize) -> u16) -> [[u16; N]; N] {
    std::array::from_fn(|y| std::array::from_fn(|x| sample(x, y)))
}

fn dc<const N: usize>(edge: &Edge<N>, bit_depth_minus8: u8) -> u16 {
    let sum = |samples: &[u16; N]| samples.iter().map(|sample| u32::from(*sample)).sum::<u32>();
    let size = N as u32;
    let value = match (&edge.left, &edge.above) {
        (Some(left), Some(above)) => (sum(left) + sum(above) + size) / (2 * size),
        (Some(side), None) | (None, Some(side)) => (sum(side) + size / 2) / size,
        (None, None) => 128 << bit_depth_minus8.min(8),
    };
    value as u16
}

/// `line` is above and above right.
fn diagonal_down_left<const N: usize>(line: &[u16]) -> [[u16; N]; N] {
    let at = |k: usize| line[k.min(2 * N - 1)];
    block(|x, y| three(at(x + y), at(x + y + 1), at(x + y + 2)))
}

fn vertical_left<const N: usize>(line: &[u16]) -> [[u16; N]; N] {
    let at = |k: usize| line[k.min(2 * N - 1)];
    block(|x, y| {
        let k = x + y / 2;
        match y % 2 {
            0 => two(at(k), at(k + 1)),
            _ => three(at(k), at(k + 1), at(k + 2)),
        }
    })
}

fn horizontal_up<const N: usize>(left: &[u16; N]) -> [[u16; N]; N] {
    // Below the last sample the line goes on with it.
    let at = |k: usize| left[k.min(N - 1)];
    block(|x, y| {
        let k = y + x / 2;
        match x % 2 {
            0 => two(at(k), at(k + 1)),
            _ => three(at(k), at(k + 1), at(k + 2)),
        }
    })
}

/// The samples from the lowest on the left up to the corner and on to the last above.
struct Around<const N: usize>([u16; 17]);

impl<const N: usize> Around<N> {
    fn new(left: &[u16; N], corner: u16, above: &[u16; N]) -> Self {
        let mut line = [corner; 17];
        line.iter_mut()
            .zip(left.iter().rev())
            .for_each(|(to, from)| *to = *from);
        line.iter_mut()
            .skip(N + 1)
            .zip(above)
            .for_each(|(to, from)| *to = *from);
        Around(line)
    }

    /// `k` after the corner, which is 0.
    fn at(&self, k: isize) -> u16 {
        self.0[N.wrapping_add_signed(k).min(16)]
    }

    fn two(&self, k: isize) -> u16 {
        two(self.at(k), self.at(k + 1))
    }

    /// Around `k`.
    fn three(&self, k: isize) -> u16 {
        three(self.at(k - 1), self.at(k), self.at(k + 1))
    }

    fn diagonal_down_right(&self) -> [[u16; N]; N] {
        block(|x, y| self.three(x as isize - y as isize))
    }

    fn vertical_right(&self) -> [[u16; N]; N] {
        block(|x, y| {
            let (x, y) = (x as isize, y as isize);
            match 2 * x - y {
                z if z < -1 => self.three(2 * x - y + 1),
                z if z % 2 == 0 => self.two(x - y / 2),
                _ => self.three(x - y / 2),
            }
        })
    }

    fn horizontal_down(&self) -> [[u16; N]; N] {
        block(|x, y| {
            let (x, y) = (x as isize, y as isize);
            match 2 * y - x {
                z if z < -1 => self.three(x - 2 * y - 1),
                z if z % 2 == 0 => self.two(x / 2 - y - 1),
                _ => self.three(x / 2 - y),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntraNxNPredMode::*;

    fn edge() -> Edge<4> {
        Edge {
            left: Some([50, 60, 70, 84]),
            corner: Some(40),
            above: Some([30, 20, 10, 100]),
            above_right: Some([120, 140, 160, 200]),
        }
    }

    #[test]
    fn modes_predict_what_the_formulas_of_the_standard_say() {
        let predict = |mode: IntraNxNPredMode| mode.predict(&edge(), 0).unwrap();
        assert_eq!(predict(Vertical), [[30, 20, 10, 100]; 4]);
        assert_eq!(predict(Horizontal), [[50; 4], [60; 4], [70; 4], [84; 4]]);
        // (160 + 264 + 4) / 8.
        assert_eq!(predict(Dc), [[53; 4]; 4]);
        assert_eq!(
            predict(DiagonalDownLeft),
            [
                [20, 35, 83, 120],
                [35, 83, 120, 140],
                [83, 120, 140, 165],
                [120, 140, 165, 190]
            ]
        );
        assert_eq!(
            predict(DiagonalDownRight),
            [
                [40, 30, 20, 35],
                [50, 40, 30, 20],
                [60, 50, 40, 30],
                [71, 60, 50, 40]
            ]
        );
        assert_eq!(
            predict(VerticalRight),
            [
                [35, 25, 15, 55],
                [40, 30, 20, 35],
                [50, 35, 25, 15],
                [60, 40, 30, 20]
            ]
        );
        assert_eq!(
            predict(HorizontalDown),
            [
                [45, 40, 30, 20],
                [55, 50, 45, 40],
                [65, 60, 55, 50],
                [77, 71, 65, 60]
            ]
        );
        assert_eq!(
            predict(VerticalLeft),
            [
                [25, 15, 55, 110],
                [20, 35, 83, 120],
                [15, 55, 110, 130],
                [35, 83, 120, 140]
            ]
        );
        assert_eq!(
            predict(HorizontalUp),
            [
                [55, 60, 65, 71],
                [65, 71, 77, 81],
                [77, 81, 84, 84],
                [84; 4]
            ]
        );
    }

    #[test]
    fn the_last_sample_above_stands_for_those_right_of_it() {
        let mut edge = edge();
        edge.above_right = None;
        let block = DiagonalDownLeft.predict(&edge, 0).unwrap();
        // (20 + 2 * 10 + 100 + 2) / 4, (10 + 2 * 100 + 100 + 2) / 4, 100 ...
        assert_eq!(block[0], [20, 35, 78, 100]);
        assert_eq!(block[3], [100; 4]);
    }

    #[test]
    fn dc_uses_what_is_there() {
        let mut edge = edge();
        edge.left = None;
        assert_eq!(Dc.predict(&edge, 0), Ok([[40; 4]; 4]));
        edge.above = None;
        assert_eq!(Dc.predict(&edge, 0), Ok([[128; 4]; 4]));
        assert_eq!(Dc.predict(&edge, 2), Ok([[512; 4]; 4]));
        edge.left = Some([50, 60, 70, 84]);
        assert_eq!(Dc.predict(&edge, 0), Ok([[66; 4]; 4]));
    }

    #[test]
    fn a_mode_without_its_neighbours_is_refused() {
        let needs = |mode: IntraNxNPredMode| {
            let without = |change: fn(&mut Edge<4>)| {
                let mut edge = edge();
                change(&mut edge);
                mode.predict(&edge, 0).is_err()
            };
            [
                without(|edge| edge.left = None),
                without(|edge| edge.corner = None),
                without(|edge| edge.above = None),
                without(|edge| edge.above_right = None),
            ]
        };
        for mode in IntraNxNPredMode::ALL {
            let expected = match mode {
                Vertical | DiagonalDownLeft | VerticalLeft => [false, false, true, false],
                Horizontal | HorizontalUp => [true, false, false, false],
                Dc => [false; 4],
                DiagonalDownRight | VerticalRight | HorizontalDown => [true, true, true, false],
            };
            assert_eq!(needs(mode), expected, "{mode:?}");
        }
    }

    /// Tables 8-2 and 8-3 with p[x, y] as the standard writes it, for both sizes.
    fn by_the_letter<const N: usize>(mode: IntraNxNPredMode, edge: &Edge<N>) -> [[u16; N]; N] {
        let p = |x: i32, y: i32| -> i32 {
            let sample = match (x, y) {
                (-1, -1) => edge.corner.unwrap(),
                (-1, y) => edge.left.unwrap()[y as usize],
                (x, -1) if x < N as i32 => edge.above.unwrap()[x as usize],
                (x, -1) => edge.above_right.unwrap()[x as usize - N],
                _ => unreachable!(),
            };
            sample.into()
        };
        let last = N as i32 - 1;
        block(|x, y| {
            let (x, y) = (x as i32, y as i32);
            let value = match mode {
                DiagonalDownLeft if x == last && y == last => {
                    (p(2 * last, -1) + 3 * p(2 * last + 1, -1) + 2) >> 2
                }
                DiagonalDownLeft => {
                    (p(x + y, -1) + 2 * p(x + y + 1, -1) + p(x + y + 2, -1) + 2) >> 2
                }
                DiagonalDownRight if x > y => {
                    let above = |k: i32| p(x - y - k, -1);
                    (above(2) + 2 * above(1) + above(0) + 2) >> 2
                }
                DiagonalDownRight if x < y => {
                    let left = |k: i32| p(-1, y - x - k);
                    (left(2) + 2 * left(1) + left(0) + 2) >> 2
                }
                DiagonalDownRight => (p(0, -1) + 2 * p(-1, -1) + p(-1, 0) + 2) >> 2,
                VerticalRight => match 2 * x - y {
                    -1 => (p(-1, 0) + 2 * p(-1, -1) + p(0, -1) + 2) >> 2,
                    z if z >= 0 && z % 2 == 0 => {
                        (p(x - (y >> 1) - 1, -1) + p(x - (y >> 1), -1) + 1) >> 1
                    }
                    z if z >= 0 => {
                        let above = |k: i32| p(x - (y >> 1) - k, -1);
                        (above(2) + 2 * above(1) + above(0) + 2) >> 2
                    }
                    _ => {
                        let left = |k: i32| p(-1, y - 2 * x - k);
                        (left(1) + 2 * left(2) + left(3) + 2) >> 2
                    }
                },
                HorizontalDown => match 2 * y - x {
                    -1 => (p(-1, 0) + 2 * p(-1, -1) + p(0, -1) + 2) >> 2,
                    z if z >= 0 && z % 2 == 0 => {
                        (p(-1, y - (x >> 1) - 1) + p(-1, y - (x >> 1)) + 1) >> 1
                    }
                    z if z >= 0 => {
                        let left = |k: i32| p(-1, y - (x >> 1) - k);
                        (left(2) + 2 * left(1) + left(0) + 2) >> 2
                    }
                    _ => {
                        let above = |k: i32| p(x - 2 * y - k, -1);
                        (above(1) + 2 * above(2) + above(3) + 2) >> 2
                    }
                },
                VerticalLeft if y % 2 == 0 => {
                    (p(x + (y >> 1), -1) + p(x + (y >> 1) + 1, -1) + 1) >> 1
                }
                VerticalLeft => {
                    let above = |k: i32| p(x + (y >> 1) + k, -1);
                    (above(0) + 2 * above(1) + above(2) + 2) >> 2
                }
                HorizontalUp => match x + 2 * y {
                    z if z > 2 * last - 1 => p(-1, last),
                    z if z == 2 * last - 1 => (p(-1, last - 1) + 3 * p(-1, last) + 2) >> 2,
                    z if z % 2 == 0 => (p(-1, y + (x >> 1)) + p(-1, y + (x >> 1) + 1) + 1) >> 1,
                    _ => {
                        let left = |k: i32| p(-1, y + (x >> 1) + k);
                        (left(0) + 2 * left(1) + left(2) + 2) >> 2
                    }
                },
                Vertical => p(x, -1),
                Horizontal => p(-1, y),
                Dc => {
                    let sum: i32 = (0..N as i32).map(|k| p(k, -1) + p(-1, k)).sum();
                    (sum + N as i32) / (2 * N as i32)
                }
            };
            value as u16
        })
    }

    proptest::proptest! {
        #[test]
        fn both_sizes_follow_the_letter(
            left in proptest::array::uniform8(0..=1023u16),
            corner in 0..=1023u16,
            above in proptest::array::uniform16(0..=1023u16),
        ) {
            let eight = Edge::<8> {
                left: Some(left),
                corner: Some(corner),
                above: Some(std::array::from_fn(|k| above[k])),
                above_right: Some(std::array::from_fn(|k| above[8 + k])),
            };
            let four = Edge::<4> {
                left: Some(std::array::from_fn(|k| left[k])),
                corner: Some(corner),
                above: Some(std::array::from_fn(|k| above[k])),
                above_right: Some(std::array::from_fn(|k| above[4 + k])),
            };
            for mode in IntraNxNPredMode::ALL {
                proptest::prop_assert_eq!(mode.predict(&eight, 0), Ok(by_the_letter(mode, &eight)));
                proptest::prop_assert_eq!(mode.predict(&four, 0), Ok(by_the_letter(mode, &four)));
            }
        }
    }

    #[test]
    fn a_mode_is_the_lesser_of_its_neighbours_unless_coded() {
        let derive = IntraNxNPredMode::derive;
        assert_eq!(
            derive(Some(Horizontal), Some(HorizontalUp), None),
            Horizontal
        );
        assert_eq!(derive(Some(Horizontal), None, None), Dc);
        assert_eq!(derive(None, None, Some(2)), DiagonalDownLeft);
        assert_eq!(derive(None, None, Some(1)), Horizontal);
        assert_eq!(derive(Some(Vertical), Some(Dc), Some(0)), Horizontal);
        assert_eq!(
            derive(Some(HorizontalUp), Some(HorizontalUp), Some(7)),
            VerticalLeft
        );
        assert_eq!(derive(None, None, Some(255)), HorizontalUp);
    }
}
