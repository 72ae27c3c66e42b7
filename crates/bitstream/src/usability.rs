//! The parts of video usability information that H.264 and HEVC write alike.

use crate::Error;
use crate::bits::{BitReader, BitWriter};
use crate::colour::Colour;

/// `aspect_ratio_idc` and what may follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleAspectRatio {
    /// A code point of H.264 table E-1.
    Idc(u8),
    /// `sar_width` and `sar_height`.
    Extended(u16, u16),
}

impl SampleAspectRatio {
    /// Width to height of a sample; `None` where unspecified or reserved.
    pub fn ratio(self) -> Option<(u16, u16)> {
        const TABLE: [(u16, u16); 16] = [
            (1, 1),
            (12, 11),
            (10, 11),
            (16, 11),
            (40, 33),
            (24, 11),
            (20, 11),
            (32, 11),
            (80, 33),
            (18, 11),
            (15, 11),
            (64, 33),
            (160, 99),
            (4, 3),
            (3, 2),
            (2, 1),
        ];
        match self {
            SampleAspectRatio::Idc(idc) => usize::from(idc)
                .checked_sub(1)
                .and_then(|place| TABLE.get(place))
                .copied(),
            SampleAspectRatio::Extended(0, _) | SampleAspectRatio::Extended(_, 0) => None,
            SampleAspectRatio::Extended(width, height) => Some((width, height)),
        }
    }

    pub(crate) fn read(r: &mut BitReader) -> Result<SampleAspectRatio, Error> {
        Ok(match r.byte("aspect_ratio_idc")? {
            255 => {
                let width = r.bits(16, "sar_width")? as u16;
                SampleAspectRatio::Extended(width, r.bits(16, "sar_height")? as u16)
            }
            idc => SampleAspectRatio::Idc(idc),
        })
    }

    pub(crate) fn write(self, w: &mut BitWriter) {
        match self {
            SampleAspectRatio::Idc(idc) => w.bits(8, idc.into()),
            SampleAspectRatio::Extended(width, height) => {
                w.bits(8, 255);
                w.bits(16, width.into());
                w.bits(16, height.into());
            }
        }
    }
}

/// `video_signal_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoSignal {
    /// `video_format`.
    pub video_format: u8,
    /// `video_full_range_flag`.
    pub full_range: bool,
    /// `colour_primaries`, `transfer_characteristics` and `matrix_coefficients`, where told.
    pub description: Option<(u8, u8, u8)>,
}

impl VideoSignal {
    /// As a colour description; unspecified where there is none.
    pub fn colour(&self) -> Colour {
        let (primaries, transfer, matrix) = self.description.unwrap_or((2, 2, 2));
        Colour {
            primaries,
            transfer,
            matrix,
            full_range: self.full_range,
        }
    }

    pub(crate) fn read(r: &mut BitReader) -> Result<VideoSignal, Error> {
        let video_format = r.small(3, "video_format")?;
        let full_range = r.flag("video_full_range_flag")?;
        let description = if r.flag("colour_description_present_flag")? {
            let primaries = r.byte("colour_primaries")?;
            let transfer = r.byte("transfer_characteristics")?;
            Some((primaries, transfer, r.byte("matrix_coefficients")?))
        } else {
            None
        };
        Ok(VideoSignal {
            video_format,
            full_range,
            description,
        })
    }

    pub(crate) fn write(&self, w: &mut BitWriter) {
        w.bits(3, self.video_format.into());
        w.flag(self.full_range);
        w.flag(self.description.is_some());
        if let Some((primaries, transfer, matrix)) = self.description {
            w.bits(8, primaries.into());
            w.bits(8, transfer.into());
            w.bits(8, matrix.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_and_explicit_ratios_are_told_and_nonsense_is_not() {
        assert_eq!(SampleAspectRatio::Idc(1).ratio(), Some((1, 1)));
        assert_eq!(SampleAspectRatio::Idc(14).ratio(), Some((4, 3)));
        assert_eq!(SampleAspectRatio::Idc(16).ratio(), Some((2, 1)));
        assert_eq!(SampleAspectRatio::Idc(0).ratio(), None);
        assert_eq!(SampleAspectRatio::Idc(17).ratio(), None);
        assert_eq!(SampleAspectRatio::Extended(64, 45).ratio(), Some((64, 45)));
        assert_eq!(SampleAspectRatio::Extended(0, 45).ratio(), None);
    }
}
