//! The order in which the coefficients of a block are coded.

/// How the levels of a block follow each other, H.264 8.5.6 and 8.5.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// Zig-zag: frame macroblocks, and scaling lists always.
    Frame,
    /// The field scan: macroblocks of field pictures and field macroblocks of MBAFF frames.
    Field,
}

impl Scan {
    /// The scan of a macroblock.
    pub fn of_field(field: bool) -> Scan {
        if field { Scan::Field } else { Scan::Frame }
    }

    /// For each coded level of a 4x4 block its place, 4 times the row plus the column.
    pub fn places_4x4(self) -> &'static [u8; 16] {
        match self {
            Scan::Frame => &ZIG_ZAG_4X4,
            Scan::Field => &FIELD_4X4,
        }
    }

    /// For each coded level of an 8x8 block its place, 8 times the row plus the column.
    pub fn places_8x8(self) -> &'static [u8; 64] {
        match self {
            Scan::Frame => &ZIG_ZAG_8X8,
            Scan::Field => &FIELD_8X8,
        }
    }
}

const ZIG_ZAG_4X4: [u8; 16] = zig_zag::<4, 16>();
const ZIG_ZAG_8X8: [u8; 64] = zig_zag::<8, 64>();

/// Diagonal by diagonal, the first step to the right, turning at each edge.
const fn zig_zag<const N: usize, const N2: usize>() -> [u8; N2] {
    let mut places = [0; N2];
    let (mut row, mut column, mut next) = (0, 0, 0);
    while next < N2 {
        places[next] = (row * N + column) as u8;
        next += 1;
        let up = (row + column) % 2 == 0;
        if up && column + 1 == N {
            row += 1;
        } else if up && row == 0 {
            column += 1;
        } else if up {
            row -= 1;
            column += 1;
        } else if row + 1 == N {
            column += 1;
        } else if column == 0 {
            row += 1;
        } else {
            row += 1;
            column -= 1;
        }
    }
    places
}

const FIELD_4X4: [u8; 16] = [0, 4, 1, 8, 12, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];

#[rustfmt::skip]
const FIELD_8X8: [u8; 64] = [
     0,  8, 16,  1,  9, 24, 32, 17,
     2, 25, 40, 48, 56, 33, 10,  3,
    18, 41, 49, 57, 26, 11,  4, 19,
    34, 42, 50, 58, 27, 12,  5, 20,
    35, 43, 51, 59, 28, 13,  6, 21,
    36, 44, 52, 60, 29, 14, 22, 37,
    45, 53, 61, 30,  7, 15, 38, 46,
    54, 62, 23, 31, 39, 47, 55, 63,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zig_zag_starts_to_the_right_and_ends_in_the_corner() {
        let expected = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
        assert_eq!(Scan::Frame.places_4x4(), &expected);
        let places = Scan::Frame.places_8x8();
        assert_eq!(places[..10], [0, 1, 8, 16, 9, 2, 3, 10, 17, 24]);
        assert_eq!(places[54..], [39, 46, 53, 60, 61, 54, 47, 55, 62, 63][..]);
    }

    #[test]
    fn every_scan_visits_every_place_once() {
        for scan in [Scan::Frame, Scan::Field] {
            let mut places = scan.places_4x4().to_vec();
            places.sort_unstable();
            assert_eq!(places, (0..16).collect::<Vec<u8>>());
            let mut places = scan.places_8x8().to_vec();
            places.sort_unstable();
            assert_eq!(places, (0..64).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn a_field_scan_goes_down_before_it_goes_right() {
        // In each column the rows are visited from the top.
        for column in 0..8 {
            let places = Scan::Field.places_8x8();
            let rows: Vec<u8> = places
                .iter()
                .filter(|p| *p % 8 == column)
                .copied()
                .collect();
            assert!(rows.is_sorted(), "column {column}");
        }
        assert_eq!(Scan::of_field(true).places_4x4()[..3], [0, 4, 1]);
    }
}
