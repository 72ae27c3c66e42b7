//! How samples are coded and coloured.

use crate::Error;
use crate::bits::BitReader;
use crate::colour::ChromaFormat;

/// `color_config()`, VP9 6.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ColorConfig {
    pub(super) bit_depth: u8,
    pub(super) color_space: u8,
    pub(super) full_range: bool,
    pub(super) chroma_format: Option<ChromaFormat>,
}

/// `CS_RGB`.
pub(super) const RGB: u8 = 7;

impl ColorConfig {
    pub(super) fn read(r: &mut BitReader, profile: u8) -> Result<ColorConfig, Error> {
        let bit_depth = match profile {
            0 | 1 => 8,
            _ if r.flag("ten_or_twelve_bit")? => 12,
            _ => 10,
        };
        let odd = profile & 1 == 1;
        let bit = r.position();
        let color_space = r.small(3, "color_space")?;
        let (full_range, subsampling) = if color_space == RGB {
            // Profiles 0 and 2 are 4:2:0 alone.
            let most = if odd { 7 } else { 6 };
            r.check(bit, "color_space", color_space.into(), 0, most)?;
            (true, (false, false))
        } else {
            let full_range = r.flag("color_range")?;
            let subsampling = match odd {
                true => (r.flag("subsampling_x")?, r.flag("subsampling_y")?),
                false => (true, true),
            };
            (full_range, subsampling)
        };
        if odd {
            r.bits_range(1, (0, 0), "reserved_zero")?;
        }
        Ok(ColorConfig {
            bit_depth,
            color_space,
            full_range,
            chroma_format: match subsampling {
                (true, true) => Some(ChromaFormat::Yuv420),
                (true, false) => Some(ChromaFormat::Yuv422),
                (false, false) => Some(ChromaFormat::Yuv444),
                (false, true) => None,
            },
        })
    }
}
