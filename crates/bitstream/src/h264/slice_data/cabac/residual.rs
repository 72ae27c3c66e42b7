//! The levels of one block, H.264 7.3.5.3.3 and 9.3.3.1.3.

mod read;
mod write;

use super::map_8x8;
use crate::h264::slice_data::coder::Block;

pub(super) use read::read;
pub(super) use write::write;

/// Bits of the Exp-Golomb suffix of a level, at most: levels of about 20 bits.
const MAX_SUFFIX: u32 = 20;

/// First contexts of a kind of block (H.264 tables 9-34 and 9-40).
struct Kind {
    coded: usize,
    significant: [usize; 2],
    last: [usize; 2],
    absolute: usize,
    /// How many contexts there are for magnitudes above 2, less one.
    most_above: usize,
}

const fn kind(category: usize, map: usize, absolute: usize) -> Kind {
    Kind {
        coded: 85 + 4 * category,
        significant: [105 + map, 277 + map],
        last: [166 + map, 338 + map],
        absolute: 227 + absolute,
        most_above: if category == 3 { 3 } else { 4 },
    }
}

const KINDS: [Kind; 6] = [
    kind(0, 0, 0),
    kind(1, 15, 10),
    kind(2, 29, 20),
    kind(3, 44, 30),
    kind(4, 47, 39),
    Kind {
        coded: 0,
        significant: [402, 436],
        last: [417, 451],
        absolute: 426,
        most_above: 4,
    },
];

/// The contexts of `significant_coeff_flag` and `last_significant_coeff_flag` by place in the scan.
type Flags = [[u16; 2]; 64];

/// By kind of block, those of 4:2:2 chroma DC last; frame coded, then field coded.
static FLAGS: [[Flags; 2]; 7] = flags();

/// The contexts of the flags of a block of `places` levels.
fn flags_of(block: Block, field: bool, places: usize) -> &'static Flags {
    let row = match block {
        Block::ChromaDc if places > 4 => 6,
        _ => block as usize,
    };
    &FLAGS[row][usize::from(field)]
}

const fn flags() -> [[Flags; 2]; 7] {
    let mut flags = [[[[0; 2]; 64]; 2]; 7];
    let mut at = 0;
    while at < 7 * 2 * 63 {
        let (row, field, place) = (at / 126, at / 63 % 2, at % 63);
        let (significant, last) = match row {
            // A third of its places after the second has no context of its own.
            3 if place < 2 => (place, place),
            3 => (2, 2),
            6 if place < 4 => (place / 2, place / 2),
            6 => (2, 2),
            5 if field == 0 => (
                map_8x8::FRAME[place] as usize,
                map_8x8::LAST[place] as usize,
            ),
            5 => (
                map_8x8::FIELD[place] as usize,
                map_8x8::LAST[place] as usize,
            ),
            _ => (place, place),
        };
        let kind = &KINDS[if row == 6 { 3 } else { row }];
        flags[row][field][place] = [
            (kind.significant[field] + significant) as u16,
            (kind.last[field] + last) as u16,
        ];
        at += 1;
    }
    flags
}

/// How far the levels of a block are coded, as the contexts of the next magnitude depend on it:
/// how many are 1 (up to 3), or how many are greater (up to 4).
#[derive(Clone, Copy)]
struct Node {
    /// The context of the first bin of `coeff_abs_level_minus1`.
    first: u16,
    /// That of all others.
    others: u16,
    /// What follows a magnitude of 1, and one above.
    next: [u8; 2],
}

/// By kind of block; blocks start with the first.
static NODES: [[Node; 8]; 6] = nodes();

const fn nodes() -> [[Node; 8]; 6] {
    let none = Node {
        first: 0,
        others: 0,
        next: [0; 2],
    };
    let mut nodes = [[none; 8]; 6];
    let mut at = 0;
    while at < 6 * 8 {
        let (kind, node) = (&KINDS[at / 8], at % 8);
        let (first, above) = if node < 4 {
            (1 + node, 0)
        } else {
            (0, node - 3)
        };
        let above = if above < kind.most_above {
            above
        } else {
            kind.most_above
        };
        nodes[at / 8][node] = Node {
            first: (kind.absolute + first) as u16,
            others: (kind.absolute + 5 + above) as u16,
            next: [
                if node >= 3 {
                    node as u8
                } else {
                    node as u8 + 1
                },
                if node < 4 {
                    4
                } else if node < 7 {
                    node as u8 + 1
                } else {
                    7
                },
            ],
        };
        at += 1;
    }
    nodes
}
