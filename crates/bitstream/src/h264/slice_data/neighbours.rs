//! Which macroblocks and blocks lie to the left of a macroblock and above it.

use super::{Layout, Macroblock};

/// The neighbours A (left) and B (above) of a macroblock, H.264 6.4.11: of its own slice, by
/// index in [`SliceData::macroblocks`](super::SliceData::macroblocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbours {
    /// For each row of 4x4 luma blocks: the macroblock to its left, and the row of 4x4 blocks in
    /// it that is the neighbour. Rows differ, and so may the macroblocks, where one of a field
    /// pair lies beside a frame pair. The first is mbAddrA.
    pub left: Option<[LeftBlock; 4]>,
    /// The macroblock above, mbAddrB: the neighbours are its last row of blocks.
    pub above: Option<usize>,
}

/// A 4x4 block to the left, in the last column of its macroblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftBlock {
    /// Index of the macroblock.
    pub macroblock: usize,
    /// Row of 4x4 blocks in it, 0 to 3.
    pub row: u8,
}

impl Neighbours {
    /// Of the macroblock at `index`, a field macroblock if `field`; `done` are those before it.
    pub(super) fn of(layout: &Layout, done: &[Macroblock], index: usize, field: bool) -> Self {
        if layout.mbaff {
            return Neighbours::of_pair(layout, done, index, field);
        }
        let width = layout.width_in_mbs;
        let address = layout.first_address + index;
        let left = (!address.is_multiple_of(width)).then(|| index.checked_sub(1));
        Neighbours {
            left: left.flatten().map(same_rows),
            above: index.checked_sub(width),
        }
    }

    /// H.264 6.4.12.2, table 6-4.
    fn of_pair(layout: &Layout, done: &[Macroblock], index: usize, field: bool) -> Self {
        let width = layout.width_in_mbs;
        let pair = index / 2;
        let bottom = index % 2;
        let first = layout.first_address / 2;
        let is_field = |top: usize| done.get(top).is_some_and(|mb| mb.field);
        let left_pair = (!(first + pair).is_multiple_of(width)).then(|| pair.checked_sub(1));
        let left = left_pair.flatten().map(|left| {
            let top = 2 * left;
            match (field, is_field(top)) {
                (false, false) | (true, true) => same_rows(top + bottom),
                // The first line of each block of a frame pair lies in the top field.
                (false, true) => [0, 1, 2, 3].map(|row: u8| LeftBlock {
                    macroblock: top,
                    row: row / 2 + 2 * bottom as u8,
                }),
                (true, false) => [0, 1, 2, 3].map(|row: u8| LeftBlock {
                    macroblock: top + usize::from(row / 2),
                    row: 2 * row % 4,
                }),
            }
        });
        let above_pair = pair.checked_sub(width).map(|above| 2 * above);
        let above = match (field, bottom) {
            (false, 1) => Some(index - 1),
            (false, _) => above_pair.map(|top| top + 1),
            (true, 0) => above_pair.map(|top| top + usize::from(!is_field(top))),
            (true, _) => above_pair.map(|top| top + 1),
        };
        Neighbours { left, above }
    }

    /// mbAddrA.
    pub fn a(&self) -> Option<usize> {
        self.left.map(|left| left[0].macroblock)
    }

    /// The same as `left` for rows of 4x4 chroma blocks, of which a macroblock has two (4:2:0) or
    /// four.
    pub(super) fn left_chroma(&self, rows: usize) -> Option<[LeftBlock; 4]> {
        let left = self.left?;
        if rows == 4 {
            return Some(left);
        }
        // 8 lines instead of 16: a chroma row is as high as two luma rows.
        Some([0, 1, 0, 1].map(|row: usize| LeftBlock {
            macroblock: left[2 * row].macroblock,
            row: left[2 * row].row / 2,
        }))
    }
}

fn same_rows(macroblock: usize) -> [LeftBlock; 4] {
    [0, 1, 2, 3].map(|row| LeftBlock { macroblock, row })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pairs in a row, two rows: the pair of interest is the last, its neighbours are `field`
    /// or not.
    fn of_last_pair(field: bool, around_field: bool, bottom: usize) -> Neighbours {
        let layout = Layout {
            mbaff: true,
            width_in_mbs: 2,
            height_in_mbs: 4,
            ..Layout::default()
        };
        let mut done = [Macroblock::empty(); 7];
        done.iter_mut()
            .take(6)
            .for_each(|mb| mb.field = around_field);
        Neighbours::of(&layout, &done[..6 + bottom], 6 + bottom, field)
    }

    fn left(neighbours: &Neighbours) -> [(usize, u8); 4] {
        neighbours
            .left
            .unwrap()
            .map(|left| (left.macroblock, left.row))
    }

    #[test]
    fn pairs_of_one_kind_lie_beside_each_other() {
        for bottom in [0, 1] {
            for field in [false, true] {
                let found = of_last_pair(field, field, bottom);
                let expected = [0, 1, 2, 3].map(|row| (4 + bottom, row));
                assert_eq!(left(&found), expected);
                let above = match (field, bottom) {
                    (false, 0) => 3,
                    (false, _) => 6,
                    (true, _) => 2 + bottom,
                };
                assert_eq!(found.above, Some(above));
            }
        }
    }

    #[test]
    fn pairs_of_different_kinds_lie_beside_each_other_as_in_table_6_4() {
        // A frame macroblock beside fields: its lines alternate, and blocks start on even ones.
        let top = of_last_pair(false, true, 0);
        assert_eq!(left(&top), [(4, 0), (4, 0), (4, 1), (4, 1)]);
        assert_eq!(top.above, Some(3));
        let bottom = of_last_pair(false, true, 1);
        assert_eq!(left(&bottom), [(4, 2), (4, 2), (4, 3), (4, 3)]);
        assert_eq!(bottom.above, Some(6));
        // A field beside frames: every second line of both.
        for bottom in [0, 1] {
            let found = of_last_pair(true, false, bottom);
            assert_eq!(left(&found), [(4, 0), (4, 2), (5, 0), (5, 2)]);
            assert_eq!(found.above, Some(3));
        }
    }

    #[test]
    fn chroma_rows_of_420_are_as_high_as_two_luma_rows() {
        let rows = |neighbours: Neighbours| {
            let left = neighbours.left_chroma(2).unwrap();
            [0, 1].map(|row: usize| (left[row].macroblock, left[row].row))
        };
        assert_eq!(rows(of_last_pair(false, true, 1)), [(4, 1), (4, 1)]);
        assert_eq!(rows(of_last_pair(false, true, 0)), [(4, 0), (4, 0)]);
        assert_eq!(rows(of_last_pair(true, false, 0)), [(4, 0), (5, 0)]);
        assert_eq!(rows(of_last_pair(true, true, 1)), [(5, 0), (5, 1)]);
    }

    #[test]
    fn a_slice_has_no_neighbours_before_its_first_macroblock() {
        let layout = Layout {
            width_in_mbs: 3,
            height_in_mbs: 3,
            first_address: 2,
            ..Layout::default()
        };
        let done = [Macroblock::empty(); 4];
        let of = |index: usize| {
            let found = Neighbours::of(&layout, &done[..index], index, false);
            (found.a(), found.above)
        };
        // Addresses 2 (end of a row), 3, 4 and 5 (below the first).
        let expected = [
            (None, None),
            (None, None),
            (Some(1), None),
            (Some(2), Some(0)),
        ];
        assert_eq!([0, 1, 2, 3].map(of), expected);
    }
}
