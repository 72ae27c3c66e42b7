//! How many pixels the pictures of a label have.
//!
//! Labels go by height, documents by pixels. Pictures are taken to be as wide as 16:9, and those
//! of 2160 rows as 4096, so that the usual limits are those of the presets of SPEKE 2: 589,824
//! for 576 rows, 921,600 for 720, 2,073,600 for 1080, 8,847,360 for 2160.

use cenc::policy::{HeightLimits, Label};

/// Pixels from and up to, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pixels {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// Of the largest picture that anybody sends: 8192 x 4320.
const MOST: u64 = 8192 * 4320;

impl Pixels {
    /// Any number.
    pub(crate) const ANY: Pixels = Pixels {
        from: 0,
        to: u64::MAX,
    };

    /// Those of video with a label; none of what is not video alone.
    pub(crate) fn of(label: Label, limits: HeightLimits) -> Option<Pixels> {
        let (below, to) = match label {
            Label::Sd => (None, pixels(limits.sd)),
            Label::Hd => (Some(limits.sd), pixels(limits.hd)),
            Label::Uhd1 => (Some(limits.hd), pixels(limits.uhd1)),
            Label::Uhd2 => (Some(limits.uhd1), MOST.max(pixels(limits.uhd1) + 1)),
            Label::All | Label::Audio => return None,
        };
        let from = below.map_or(0, |below| pixels(below) + 1);
        Some(Pixels { from, to })
    }

    /// Whether some pixels are in both.
    pub(crate) fn overlaps(self, other: Pixels) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// Of a picture that high.
fn pixels(height: u32) -> u64 {
    let height = u64::from(height);
    let width = match height {
        2160 => 4096,
        _ => (height * 16).div_ceil(9).next_multiple_of(2),
    };
    // Half of all numbers, so that there is one beyond.
    width.saturating_mul(height).min(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_limits_are_those_of_speke() {
        assert_eq!(
            [576, 720, 1080, 2160].map(pixels),
            [589_824, 921_600, 2_073_600, 8_847_360]
        );
    }

    #[test]
    fn labels_follow_one_another_without_a_gap() {
        let limits = HeightLimits::USUAL;
        let of = |label| Pixels::of(label, limits).unwrap();
        let pixels = [Label::Sd, Label::Hd, Label::Uhd1, Label::Uhd2].map(of);
        assert_eq!(pixels[0].from, 0);
        for pair in pixels.windows(2) {
            assert_eq!(pair[0].to + 1, pair[1].from);
            assert!(!pair[0].overlaps(pair[1]));
        }
        assert_eq!(Pixels::of(Label::Audio, limits), None);
        let vast = HeightLimits::new(1, 2, u32::MAX).unwrap();
        let beyond = Pixels::of(Label::Uhd2, vast).unwrap();
        assert!(beyond.from <= beyond.to);
    }
}
