//! How sample values become light: colour description by code points.

/// Colour description by the code points of ISO/IEC 23091-2 (CICP, ITU-T H.273), which H.264,
/// HEVC, AV1, VP9 and the `colr` box of type `nclx` share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    /// `colour_primaries`; 2 is unspecified.
    pub primaries: u8,
    /// `transfer_characteristics`; 2 is unspecified.
    pub transfer: u8,
    /// `matrix_coefficients`; 2 is unspecified.
    pub matrix: u8,
    /// `video_full_range_flag`.
    pub full_range: bool,
}

impl Colour {
    /// Nothing is known; narrow range, as every codec infers.
    pub const UNSPECIFIED: Colour = Colour {
        primaries: 2,
        transfer: 2,
        matrix: 2,
        full_range: false,
    };
    /// BT.709, narrow range.
    pub const BT709: Colour = Colour {
        primaries: 1,
        transfer: 1,
        matrix: 1,
        full_range: false,
    };

    /// What HLS calls the transfer function.
    pub fn video_range(&self) -> VideoRange {
        match self.transfer {
            16 => VideoRange::Pq,
            18 => VideoRange::Hlg,
            _ => VideoRange::Sdr,
        }
    }

    /// A word for `primaries`, as people write it; `None` for reserved code points.
    pub fn primaries_word(&self) -> Option<&'static str> {
        Some(match self.primaries {
            1 => "BT.709",
            2 => "unspecified",
            4 => "BT.470 M",
            5 => "BT.470 B/G",
            6 => "SMPTE 170M",
            7 => "SMPTE 240M",
            8 => "film",
            9 => "BT.2020",
            10 => "XYZ",
            11 => "DCI-P3",
            12 => "P3-D65",
            22 => "EBU Tech 3213",
            _ => return None,
        })
    }

    /// A word for `transfer`, as people write it; `None` for reserved code points.
    pub fn transfer_word(&self) -> Option<&'static str> {
        Some(match self.transfer {
            1 => "BT.709",
            2 => "unspecified",
            4 => "gamma 2.2",
            5 => "gamma 2.8",
            6 => "SMPTE 170M",
            7 => "SMPTE 240M",
            8 => "linear",
            9 => "log 100:1",
            10 => "log 316:1",
            11 => "IEC 61966-2-4",
            12 => "BT.1361",
            13 => "sRGB",
            14 => "BT.2020 10-bit",
            15 => "BT.2020 12-bit",
            16 => "PQ",
            17 => "SMPTE ST 428-1",
            18 => "HLG",
            _ => return None,
        })
    }

    /// A word for `matrix`, as people write it; `None` for reserved code points.
    pub fn matrix_word(&self) -> Option<&'static str> {
        Some(match self.matrix {
            0 => "identity",
            1 => "BT.709",
            2 => "unspecified",
            4 => "FCC",
            5 => "BT.470 B/G",
            6 => "SMPTE 170M",
            7 => "SMPTE 240M",
            8 => "YCgCo",
            9 => "BT.2020 non-constant luminance",
            10 => "BT.2020 constant luminance",
            11 => "SMPTE ST 2085",
            12 => "chromaticity-derived non-constant luminance",
            13 => "chromaticity-derived constant luminance",
            14 => "ICtCp",
            _ => return None,
        })
    }
}

/// The value of `VIDEO-RANGE` in an HLS multivariant playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VideoRange {
    /// Standard dynamic range.
    Sdr,
    /// Hybrid log-gamma.
    Hlg,
    /// Perceptual quantisation (SMPTE ST 2084).
    Pq,
}

impl VideoRange {
    /// As written in a playlist.
    pub fn word(self) -> &'static str {
        match self {
            VideoRange::Sdr => "SDR",
            VideoRange::Hlg => "HLG",
            VideoRange::Pq => "PQ",
        }
    }
}

/// How much colour is kept against luma.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChromaFormat {
    /// No colour.
    Monochrome,
    /// 4:2:0.
    Yuv420,
    /// 4:2:2.
    Yuv422,
    /// 4:4:4.
    Yuv444,
}

impl ChromaFormat {
    /// From `chroma_format_idc` of H.264 and HEVC.
    pub fn from_idc(chroma_format_idc: u8) -> Option<ChromaFormat> {
        match chroma_format_idc {
            0 => Some(ChromaFormat::Monochrome),
            1 => Some(ChromaFormat::Yuv420),
            2 => Some(ChromaFormat::Yuv422),
            3 => Some(ChromaFormat::Yuv444),
            _ => None,
        }
    }

    /// Luma samples per chroma sample, horizontally (`SubWidthC`); 1 for monochrome.
    pub fn sub_width(self) -> u32 {
        match self {
            ChromaFormat::Yuv420 | ChromaFormat::Yuv422 => 2,
            ChromaFormat::Monochrome | ChromaFormat::Yuv444 => 1,
        }
    }

    /// Luma samples per chroma sample, vertically (`SubHeightC`); 1 for monochrome.
    pub fn sub_height(self) -> u32 {
        match self {
            ChromaFormat::Yuv420 => 2,
            ChromaFormat::Monochrome | ChromaFormat::Yuv422 | ChromaFormat::Yuv444 => 1,
        }
    }

    /// As people write it: `4:2:0`.
    pub fn word(self) -> &'static str {
        match self {
            ChromaFormat::Monochrome => "4:0:0",
            ChromaFormat::Yuv420 => "4:2:0",
            ChromaFormat::Yuv422 => "4:2:2",
            ChromaFormat::Yuv444 => "4:4:4",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn video_range_follows_the_transfer_function() {
        let range = |transfer| {
            Colour {
                transfer,
                ..Colour::BT709
            }
            .video_range()
            .word()
        };
        assert_eq!(range(1), "SDR");
        assert_eq!(range(14), "SDR");
        assert_eq!(range(16), "PQ");
        assert_eq!(range(18), "HLG");
        assert_eq!(Colour::UNSPECIFIED.video_range(), VideoRange::Sdr);
    }

    #[test]
    fn reserved_code_points_have_no_word() {
        let colour = Colour {
            primaries: 3,
            transfer: 3,
            matrix: 3,
            full_range: false,
        };
        assert_eq!(colour.primaries_word(), None);
        assert_eq!(colour.transfer_word(), None);
        assert_eq!(colour.matrix_word(), None);
        assert_eq!(Colour::BT709.matrix_word(), Some("BT.709"));
    }
}
