//! What manifests say about pictures.

/// A quotient of whole numbers: a frame rate, or a sample aspect ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// Above the line.
    pub numerator: u32,
    /// Below the line; not 0.
    pub denominator: u32,
}

impl Ratio {
    /// Square samples.
    pub const ONE: Ratio = Ratio {
        numerator: 1,
        denominator: 1,
    };

    /// In lowest terms; `None` where either part is 0.
    pub fn reduced(numerator: u64, denominator: u64) -> Option<Ratio> {
        let divisor = gcd(numerator, denominator);
        if numerator == 0 || denominator == 0 {
            return None;
        }
        Some(Ratio {
            numerator: u32::try_from(numerator / divisor).ok()?,
            denominator: u32::try_from(denominator / divisor).ok()?,
        })
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// What manifests say about pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoFacts {
    /// Luma samples across a picture, cropped.
    pub width: u32,
    /// Luma samples down a picture, cropped.
    pub height: u32,
    /// Width of a luma sample to its height.
    pub sample_aspect_ratio: Ratio,
    /// Pictures per second: the nominal rate where it varies. `None` where nobody knows.
    pub frame_rate: Option<Ratio>,
    /// Dynamic range.
    pub range: VideoRange,
    /// Colour, where the track says it.
    pub colour: Option<Colour>,
    /// Whether pictures are frames or fields.
    pub scan: Scan,
}

impl VideoFacts {
    /// Width in square samples, rounded to the nearest; the height stays as it is.
    pub fn display_width(&self) -> u32 {
        let Ratio {
            numerator,
            denominator,
        } = self.sample_aspect_ratio;
        let denominator = u64::from(denominator.max(1));
        let scaled = u64::from(self.width) * u64::from(numerator) + denominator / 2;
        u32::try_from(scaled / denominator).unwrap_or(u32::MAX)
    }
}

/// Dynamic range, from the transfer characteristics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VideoRange {
    /// Standard.
    Sdr,
    /// Hybrid log-gamma.
    Hlg,
    /// Perceptual quantizer: HDR10, Dolby Vision 5 and 8.1.
    Pq,
}

/// Code points of ISO/IEC 23091-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Colour {
    /// `ColourPrimaries`.
    pub primaries: u8,
    /// `TransferCharacteristics`.
    pub transfer: u8,
    /// `MatrixCoefficients`.
    pub matrix: u8,
}

/// Whether pictures are frames or fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scan {
    /// Frames.
    Progressive,
    /// Fields.
    Interlaced,
}
