//! Where macroblocks lie in a frame.

use crate::h264::{SliceHeader, Sps};

/// How the macroblocks of a picture are laid over the lines of its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// A frame of frame macroblocks.
    Frame,
    /// A frame of macroblock pairs, each of two frame or two field macroblocks.
    Mbaff,
    /// The even lines.
    TopField,
    /// The odd lines.
    BottomField,
}

impl Structure {
    /// Of the picture a slice belongs to.
    pub fn of(sps: &Sps, header: &SliceHeader) -> Structure {
        match (header.field_pic, header.bottom_field) {
            (true, false) => Structure::TopField,
            (true, true) => Structure::BottomField,
            (false, _) if sps.mb_adaptive_frame_field => Structure::Mbaff,
            (false, _) => Structure::Frame,
        }
    }

    /// One of two fields.
    pub fn is_field(self) -> bool {
        matches!(self, Structure::TopField | Structure::BottomField)
    }

    /// Where a macroblock lies, H.264 6.4.1; `mb_field` (`mb_field_decoding_flag`) counts in
    /// MBAFF frames only.
    pub fn place(self, width_in_mbs: usize, address: usize, mb_field: bool) -> Place {
        // More columns than any picture has would not be pictures either.
        let width = width_in_mbs.clamp(1, 1 << 16);
        match self {
            Structure::Mbaff => {
                let (pair, second) = (address / 2, address % 2);
                let x = 16 * (pair % width);
                let top = (pair / width).saturating_mul(32);
                match mb_field {
                    true => Place {
                        x,
                        y: top.saturating_add(second),
                        step: 2,
                    },
                    false => Place {
                        x,
                        y: top.saturating_add(16 * second),
                        step: 1,
                    },
                }
            }
            Structure::Frame => Place {
                x: 16 * (address % width),
                y: (address / width).saturating_mul(16),
                step: 1,
            },
            Structure::TopField | Structure::BottomField => Place {
                x: 16 * (address % width),
                y: (address / width)
                    .saturating_mul(32)
                    .saturating_add(usize::from(self == Structure::BottomField)),
                step: 2,
            },
        }
    }
}

/// Where the samples of a macroblock lie in its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Column of the first sample.
    pub x: usize,
    /// Line of the first sample.
    pub y: usize,
    /// Lines from one row of the macroblock to the next: 2 in fields.
    pub step: usize,
}

impl Place {
    /// A block inside the macroblock.
    pub fn block(self, x: usize, y: usize) -> Place {
        Place {
            x: self.x.saturating_add(x),
            y: self.y.saturating_add(self.step.saturating_mul(y)),
            step: self.step,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macroblocks_lie_in_rows_fields_and_pairs() {
        let at = |structure: Structure, address, field| {
            let place = structure.place(3, address, field);
            (place.x, place.y, place.step)
        };
        assert_eq!(at(Structure::Frame, 4, false), (16, 16, 1));
        assert_eq!(at(Structure::TopField, 4, false), (16, 32, 2));
        assert_eq!(at(Structure::BottomField, 4, false), (16, 33, 2));
        assert_eq!(at(Structure::Mbaff, 8, false), (16, 32, 1));
        assert_eq!(at(Structure::Mbaff, 9, false), (16, 48, 1));
        assert_eq!(at(Structure::Mbaff, 8, true), (16, 32, 2));
        assert_eq!(at(Structure::Mbaff, 9, true), (16, 33, 2));
        let block = Structure::Mbaff.place(3, 9, true).block(4, 8);
        assert_eq!((block.x, block.y, block.step), (20, 49, 2));
    }

    #[test]
    fn any_address_has_a_place() {
        for structure in [Structure::Frame, Structure::Mbaff, Structure::BottomField] {
            let place = structure.place(0, usize::MAX, true).block(15, 15);
            assert_eq!((place.x, place.y), (15, usize::MAX));
        }
    }
}
