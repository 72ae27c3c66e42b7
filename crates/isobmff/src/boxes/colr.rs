//! `colr`: what the colours are.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Colour information. ISO/IEC 14496-12 12.1.5; `nclc` is of QuickTime.
///
/// The three codes are those of ISO/IEC 23091-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colr<'a> {
    /// `nclx`.
    Nclx {
        /// 1: BT.709, 9: BT.2020, ...
        colour_primaries: u16,
        /// 1: BT.709, 16: PQ, 18: HLG, ...
        transfer_characteristics: u16,
        /// 1: BT.709, 9: BT.2020 non-constant luminance, ...
        matrix_coefficients: u16,
        /// Full instead of limited range.
        full_range_flag: bool,
    },
    /// `nclc`, the same without the range.
    Nclc {
        /// 1: BT.709, 9: BT.2020, ...
        colour_primaries: u16,
        /// 1: BT.709, 16: PQ, 18: HLG, ...
        transfer_characteristics: u16,
        /// 1: BT.709, 9: BT.2020 non-constant luminance, ...
        matrix_coefficients: u16,
    },
    /// `rICC` or `prof`: an ICC profile, or anything else.
    Other {
        /// `colour_type`.
        colour_type: FourCc,
        /// What follows it.
        data: &'a [u8],
    },
}

const NCLX: FourCc = FourCc::new(b"nclx");
const NCLC: FourCc = FourCc::new(b"nclc");

impl Colr<'_> {
    /// An `nclc` as `nclx` with limited range, which is what it means for video; `None` for
    /// others.
    pub fn to_nclx(&self) -> Option<Colr<'static>> {
        match *self {
            Colr::Nclc {
                colour_primaries,
                transfer_characteristics,
                matrix_coefficients,
            } => Some(Colr::Nclx {
                colour_primaries,
                transfer_characteristics,
                matrix_coefficients,
                full_range_flag: false,
            }),
            Colr::Nclx { .. } | Colr::Other { .. } => None,
        }
    }

    /// Primaries, transfer characteristics and matrix, where they are given as codes.
    pub fn codes(&self) -> Option<[u16; 3]> {
        match *self {
            Colr::Nclx {
                colour_primaries,
                transfer_characteristics,
                matrix_coefficients,
                ..
            }
            | Colr::Nclc {
                colour_primaries,
                transfer_characteristics,
                matrix_coefficients,
            } => Some([
                colour_primaries,
                transfer_characteristics,
                matrix_coefficients,
            ]),
            Colr::Other { .. } => None,
        }
    }
}

impl<'a> BoxBody<'a> for Colr<'a> {
    const KIND: FourCc = FourCc::new(b"colr");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let colour_type = reader.fourcc("colour_type")?;
        if colour_type != NCLX && colour_type != NCLC {
            return Ok(Colr::Other {
                colour_type,
                data: reader.rest(),
            });
        }
        let colour_primaries = reader.u16("colour_primaries")?;
        let transfer_characteristics = reader.u16("transfer_characteristics")?;
        let matrix_coefficients = reader.u16("matrix_coefficients")?;
        if colour_type == NCLC {
            return Ok(Colr::Nclc {
                colour_primaries,
                transfer_characteristics,
                matrix_coefficients,
            });
        }
        Ok(Colr::Nclx {
            colour_primaries,
            transfer_characteristics,
            matrix_coefficients,
            full_range_flag: reader.u8("full_range_flag")? & 0x80 != 0,
        })
    }

    fn write(&self, writer: &mut Writer) {
        match *self {
            Colr::Nclx {
                full_range_flag, ..
            } => {
                writer.fourcc(NCLX);
                self.codes()
                    .iter()
                    .flatten()
                    .for_each(|code| writer.u16(*code));
                writer.u8(u8::from(full_range_flag) << 7);
            }
            Colr::Nclc { .. } => {
                writer.fourcc(NCLC);
                self.codes()
                    .iter()
                    .flatten()
                    .for_each(|code| writer.u16(*code));
            }
            Colr::Other { colour_type, data } => {
                writer.fourcc(colour_type);
                writer.bytes(data);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex, whole};

    #[test]
    fn codes_with_a_range_are_read() {
        // Written by Lavf 59: BT.2020 and PQ.
        let colr: Colr<'_> = whole(hex("00000013 636f6c72 6e636c78 0009 0010 0009 00"));
        assert_eq!(colr.codes(), Some([9, 16, 9]));
        assert!(matches!(
            colr,
            Colr::Nclx {
                full_range_flag: false,
                ..
            }
        ));
        assert_eq!(colr.to_nclx(), None);
        let full: Colr<'_> = whole(hex("00000013 636f6c72 6e636c78 0001 0001 0001 80"));
        assert!(matches!(
            full,
            Colr::Nclx {
                full_range_flag: true,
                ..
            }
        ));
    }

    #[test]
    fn codes_of_quicktime_become_those_of_iso() {
        // Written by Lavf 59.
        let colr: Colr<'_> = whole(hex("00000012 636f6c72 6e636c63 0001 0001 0001"));
        assert_eq!(colr.codes(), Some([1, 1, 1]));
        let nclx = colr.to_nclx().unwrap().to_bytes().unwrap();
        assert_eq!(nclx, hex("00000013 636f6c72 6e636c78 0001 0001 0001 00"));
    }

    #[test]
    fn a_profile_is_kept() {
        let colr: Colr<'_> = checked(hex("0000000e 636f6c72 70726f66 aabb"), 4);
        let expected = Colr::Other {
            colour_type: FourCc::new(b"prof"),
            data: &[0xaa, 0xbb],
        };
        assert_eq!(colr, expected);
        assert_eq!((colr.codes(), colr.to_nclx()), (None, None));
    }
}
