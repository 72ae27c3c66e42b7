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
