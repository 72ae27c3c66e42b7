//! Which macroblocks around a macroblock prediction may use, and their prediction modes.
//!
//! A neighbour is available if it belongs to the same slice and was decoded before. In I slices
//! that is all: every macroblock is intra, so `constrained_intra_pred_flag` excludes none.

use super::{IntraNxNPredMode, Structure};

/// What later macroblocks need to know of the macroblocks of a picture.
#[derive(Clone, Debug)]
pub(super) struct Map {
    width: usize,
    macroblocks: Vec<Done>,
}

/// A decoded macroblock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    /// Its slice; numbers are not used again, so that a picture need not be cleared.
    pub slice: u64,
    /// A field macroblock of an MBAFF frame.
    pub mb_field: bool,
    /// The modes of its last column of 4x4 blocks; DC if it is not of the NxN kinds.
    pub right: [IntraNxNPredMode; 4],
    /// The modes of its last row.
    pub bottom: [IntraNxNPredMode; 4],
}

/// The neighbours of a macroblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Neighbours {
    /// The modes left of the four rows of 4x4 blocks, if there is a macroblock on the left.
    pub left: Option<[IntraNxNPredMode; 4]>,
    /// The modes above the four columns, if there is a macroblock above.
    pub above: Option<[IntraNxNPredMode; 4]>,
    /// There is one above on the left.
    pub corner: bool,
    /// There is one above on the right.
    pub above_right: bool,
}

impl Map {
    /// For frames of this many macroblocks.
    pub(super) fn new(width: usize, height: usize) -> Map {
        let none = Done {
            slice: 0,
            mb_field: false,
            right: [IntraNxNPredMode::Dc; 4],
            bottom: [IntraNxNPredMode::Dc; 4],
        };
        Map {
            width: width.max(1),
            macroblocks: vec![none; width * height],
        }
    }

    /// Macroblocks in a frame.
    pub(super) fn len(&self) -> usize {
        self.macroblocks.len()
    }

    /// Remembers a macroblock.
    pub(super) fn set(&mut self, address: usize, done: Done) {
        if let Some(to) = self.macroblocks.get_mut(address) {
            *to = done;
        }
    }

    /// The macroblock `address`, if it was decoded as part of `slice`.
    fn get(&self, address: Option<usize>, slice: u64) -> Option<&Done> {
        let done = self.macroblocks.get(address?)?;
        (done.slice == slice).then_some(done)
    }

    /// The neighbours of the next macroblock of `slice`, H.264 6.4.9, 6.4.10 and 6.4.12.
    pub(super) fn neighbours(
        &self,
        structure: Structure,
        address: usize,
        mb_field: bool,
        slice: u64,
    ) -> Neighbours {
        // In MBAFF frames the same rules hold for the first macroblocks of pairs.
        let pairs = structure == Structure::Mbaff;
        let unit = if pairs { address / 2 } else { address };
        let scale = 1 + usize::from(pairs);
        let first_column = unit % self.width == 0;
        let last_column = (unit + 1) % self.width == 0;
        let before = |count: usize, exists: bool| {
            let unit = unit.checked_sub(count).filter(|_| exists)?;
            let address = scale * unit;
            self.get(Some(address), slice).map(|_| address)
        };
        let left = before(1, !first_column);
        let above = before(self.width, true);
        let above_right = before(self.width - 1, !last_column && self.width > 1);
        let corner = before(self.width + 1, !first_column);
        if !pairs {
            return Neighbours {
                left: self.get(left, slice).map(|done| done.right),
                above: self.get(above, slice).map(|done| done.bottom),
                corner: corner.is_some(),
                above_right: above_right.is_some(),
            };
        }
        let second = address % 2;
        let inside = second == 1 && !mb_field;
        let above = match above {
            _ if inside => Some(address - 1),
            Some(first) if mb_field && second == 0 && self.is_field(first) => Some(first),
            other => other.map(|first| first + 1),
        };
        Neighbours {
            left: left.map(|left| self.left_of_pair(left, second, mb_field)),
            above: self.get(above, slice).map(|done| done.bottom),
            corner: if inside { left } else { corner }.is_some(),
            above_right: !inside && above_right.is_some(),
        }
    }

    fn is_field(&self, address: usize) -> bool {
        self.macroblocks
            .get(address)
            .is_some_and(|done| done.mb_field)
    }

    /// The modes left of a macroblock from the pair `left`, table 6-4.
    fn left_of_pair(&self, left: usize, second: usize, mb_field: bool) -> [IntraNxNPredMode; 4] {
        let mode = |address: usize, row: usize| {
            let done = self.macroblocks.get(address);
            done.map_or(IntraNxNPredMode::Dc, |done| done.right[row % 4])
        };
        std::array::from_fn(|row| match (mb_field, self.is_field(left)) {
            (false, false) | (true, true) => mode(left + second, row),
            // A frame macroblock covers half of both fields; its blocks start on even lines.
            (false, true) => mode(left, (4 * second + row) / 2),
            // A field macroblock covers every second line of both frame macroblocks.
            (true, false) => mode(left + row / 2, 2 * row),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntraNxNPredMode::*;

    const RIGHT: [IntraNxNPredMode; 4] = [Vertical, Horizontal, DiagonalDownLeft, HorizontalUp];
    const BOTTOM: [IntraNxNPredMode; 4] = [VerticalLeft; 4];

    fn done(slice: u64, mb_field: bool) -> Done {
        Done {
            slice,
            mb_field,
            right: RIGHT,
            bottom: BOTTOM,
        }
    }

    #[test]
    fn edges_of_the_picture_and_of_the_slice_are_not_available() {
        let mut map = Map::new(3, 2);
        for address in 0..3 {
            map.set(address, done(1, false));
        }
        let there = |map: &Map, address, slice| {
            let n = map.neighbours(Structure::Frame, address, false, slice);
            [n.left.is_some(), n.corner, n.above.is_some(), n.above_right]
        };
        assert_eq!(there(&map, 0, 1), [false; 4]);
        assert_eq!(there(&map, 1, 1), [true, false, false, false]);
        assert_eq!(there(&map, 3, 1), [false, false, true, true]);
        map.set(3, done(1, false));
        assert_eq!(there(&map, 4, 1), [true; 4]);
        assert_eq!(there(&map, 5, 1), [false, true, true, false]);
        assert_eq!(there(&map, 4, 2), [false; 4]);
        // A slice that starts with the last macroblock of the first row.
        map.set(2, done(3, false));
        map.set(3, done(3, false));
        assert_eq!(there(&map, 4, 3), [true, false, false, true]);
        assert_eq!(
            map.neighbours(Structure::Frame, 4, false, 3).left,
            Some(RIGHT)
        );
    }

    #[test]
    fn a_picture_of_one_column_has_neighbours_above_alone() {
        let mut map = Map::new(1, 2);
        map.set(0, done(1, false));
        let n = map.neighbours(Structure::Frame, 1, false, 1);
        assert_eq!((n.left, n.above), (None, Some(BOTTOM)));
        assert!(!n.corner && !n.above_right);
    }

    #[test]
    fn pairs_take_the_modes_of_the_lines_beside_them() {
        let mut map = Map::new(2, 2);
        let other = [Dc; 4];
        let left = |map: &Map, address, field| {
            map.neighbours(Structure::Mbaff, address, field, 1)
                .left
                .unwrap()
        };
        map.set(0, done(1, true));
        map.set(
            1,
            Done {
                right: other,
                ..done(1, true)
            },
        );
        assert_eq!(left(&map, 2, true), RIGHT);
        assert_eq!(left(&map, 3, true), other);
        // Half of the first field macroblock each.
        assert_eq!(
            left(&map, 2, false),
            [Vertical, Vertical, Horizontal, Horizontal]
        );
        let lower = [
            DiagonalDownLeft,
            DiagonalDownLeft,
            HorizontalUp,
            HorizontalUp,
        ];
        assert_eq!(left(&map, 3, false), lower);
        map.set(0, done(1, false));
        map.set(
            1,
            Done {
                right: other,
                ..done(1, false)
            },
        );
        assert_eq!(left(&map, 2, false), RIGHT);
        // Every second line of both.
        assert_eq!(left(&map, 2, true), [Vertical, DiagonalDownLeft, Dc, Dc]);
        assert_eq!(left(&map, 3, true), [Vertical, DiagonalDownLeft, Dc, Dc]);
    }

    #[test]
    fn above_a_pair_a_field_macroblock_takes_its_own_field() {
        let mut map = Map::new(1, 4);
        let above =
            |map: &Map, address, field| map.neighbours(Structure::Mbaff, address, field, 1).above;
        let first = Done {
            bottom: [Dc; 4],
            ..done(1, true)
        };
        map.set(0, first);
        map.set(1, done(1, true));
        assert_eq!(above(&map, 2, true), Some([Dc; 4]));
        assert_eq!(above(&map, 3, true), Some(BOTTOM));
        assert_eq!(above(&map, 2, false), Some(BOTTOM));
        map.set(
            0,
            Done {
                mb_field: false,
                ..first
            },
        );
        assert_eq!(above(&map, 2, true), Some(BOTTOM));
        // The second frame macroblock of a pair lies under the first.
        map.set(2, first);
        assert_eq!(above(&map, 3, false), Some([Dc; 4]));
        let n = map.neighbours(Structure::Mbaff, 3, false, 1);
        assert!(!n.corner && !n.above_right);
    }
}
