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
                let means = Means::above(&above, &edge.right(&above));
                match self {
                    DiagonalDownLeft => means.diagonal_down_left(),
                    _ => means.vertical_left(),
                }
            }
            HorizontalUp => Means::left(&left?).horizontal_up(),
            DiagonalDownRight | VerticalRight | HorizontalDown => {
                let corner = edge.corner.ok_or(NotAvailable)?;
                let means = Means::around(&left?, corner, &above?);
                match self {
                    DiagonalDownRight => means.diagonal_down_right(),
                    VerticalRight => means.vertical_right(),
                    _ => means.horizontal_down(),
                }
            }
        })
    }
}

/// A block whose row `y` is `line` from `start(y)` on: in every directional mode each row is the
/// one above it, or the second above it, moved along one line of filtered samples.
#[inline(always)]
fn rows<const N: usize>(line: &[u16; 32], start: impl Fn(usize) -> usize) -> [[u16; N]; N] {
    let mut block = [[0; N]; N];
    for (y, row) in block.iter_mut().enumerate() {
        let start = start(y);
        if let Some(from) = line.get(start..start + N) {
            row.copy_from_slice(from);
        }
    }
    block
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

/// The means of neighbours in a line of samples.
struct Means {
    /// Of samples k and k + 1.
    two: [u16; 16],
    /// Of samples k to k + 2, the middle one twice.
    three: [u16; 16],
}

impl Means {
    #[inline(always)]
    fn of(line: &[u16; 18]) -> Means {
        let mut means = Means {
            two: [0; 16],
            three: [0; 16],
        };
        for k in 0..16 {
            means.two[k] = two(line[k], line[k + 1]);
            means.three[k] = three(line[k], line[k + 1], line[k + 2]);
        }
        means
    }

    /// Of the samples above and above right, the last of them repeated.
    fn above<const N: usize>(above: &[u16; N], right: &[u16; N]) -> Means {
        let mut line = [right[N - 1]; 18];
        line[..N].copy_from_slice(above);
        line[N..2 * N].copy_from_slice(right);
        Means::of(&line)
    }

    /// Of the samples on the left from the top, the last of them repeated.
    fn left<const N: usize>(left: &[u16; N]) -> Means {
        let mut line = [left[N - 1]; 18];
        line[..N].copy_from_slice(left);
        Means::of(&line)
    }

    /// Of the samples from the lowest on the left up to the corner and on to the last above.
    fn around<const N: usize>(left: &[u16; N], corner: u16, above: &[u16; N]) -> Means {
        let mut line = [corner; 18];
        for (to, from) in line.iter_mut().zip(left.iter().rev()) {
            *to = *from;
        }
        line[N + 1..2 * N + 1].copy_from_slice(above);
        Means::of(&line)
    }

    fn diagonal_down_left<const N: usize>(&self) -> [[u16; N]; N] {
        let mut line = [0; 32];
        line[..16].copy_from_slice(&self.three);
        rows(&line, |y| y)
    }

    fn vertical_left<const N: usize>(&self) -> [[u16; N]; N] {
        let mut line = [0; 32];
        line[..16].copy_from_slice(&self.two);
        line[16..].copy_from_slice(&self.three);
        rows(&line, |y| y / 2 + 16 * (y % 2))
    }

    fn horizontal_up<const N: usize>(&self) -> [[u16; N]; N] {
        let mut line = [0; 32];
        for k in 0..16 {
            line[2 * k] = self.two[k];
            line[2 * k + 1] = self.three[k];
        }
        rows(&line, |y| 2 * y)
    }

    /// In the line of [`around`](Self::around) the corner is sample `N`, so that the mean of
    /// three around it is `three[N - 1]`.
    fn diagonal_down_right<const N: usize>(&self) -> [[u16; N]; N] {
        let mut line = [0; 32];
        line[..16].copy_from_slice(&self.three);
        rows(&line, |y| N - 1 - y)
    }

    fn vertical_right<const N: usize>(&self) -> [[u16; N]; N] {
        // Even rows in the first half, odd ones in the second; before the means along the top
        // lies every second mean down the left side.
        let most = N / 2 - 1;
        let mut line = [0; 32];
        line[most..most + N].copy_from_slice(&self.two[N..2 * N]);
        line[16 + most..16 + most + N].copy_from_slice(&self.three[N - 1..2 * N - 1]);
        for k in 1..=most {
            line[most - k] = self.three[N - 2 * k];
            line[16 + most - k] = self.three[N - 1 - 2 * k];
        }
        rows(&line, |y| most - y / 2 + 16 * (y % 2))
    }

    fn horizontal_down<const N: usize>(&self) -> [[u16; N]; N] {
        // Up the left side both means in turn, then along the top those of three.
        let mut line = [0; 32];
        for k in 0..N {
            line[2 * k] = self.two[k];
            line[2 * k + 1] = self.three[k];
        }
        line[2 * N..3 * N - 2].copy_from_slice(&self.three[N..2 * N - 2]);
        rows(&line, |y| 2 * (N - 1 - y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntraNxNPredMode::*;

    fn block<const N: usize>(sample: impl Fn(usize, usize) -> u16) -> [[u16; N]; N] {
        std::array::from_fn(|y| std::array::from_fn(|x| sample(x, y)))
    }

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
