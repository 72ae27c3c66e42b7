//! The samples around a block.

/// The neighbours of a 4x4 or 8x8 block (`N` is 4 or 8) that prediction may use.
///
/// A neighbour that is not available is `None`: outside the picture, in another slice, decoded
/// later, or, with `constrained_intra_pred_flag`, in an inter macroblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge<const N: usize> {
    /// From the top.
    pub left: Option<[u16; N]>,
    /// Left of the first sample above.
    pub corner: Option<u16>,
    /// From the left.
    pub above: Option<[u16; N]>,
    /// What follows them; where it is not available and `above` is, the last sample of `above`
    /// takes its place.
    pub above_right: Option<[u16; N]>,
}

/// The neighbours of a macroblock predicted as a whole; `None` as in [`Edge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge16 {
    /// From the top.
    pub left: Option<[u16; 16]>,
    /// Left of the first sample above.
    pub corner: Option<u16>,
    /// From the left.
    pub above: Option<[u16; 16]>,
}

// In 16 bits, of which vector registers hold twice as many as of 32: samples have 14 at most.

/// (a + 2 b + c) / 4, rounded.
#[inline(always)]
pub(super) fn three(a: u16, b: u16, c: u16) -> u16 {
    a.wrapping_add(b)
        .wrapping_add(b)
        .wrapping_add(c)
        .wrapping_add(2)
        >> 2
}

/// (a + b) / 2, rounded.
#[inline(always)]
pub(super) fn two(a: u16, b: u16) -> u16 {
    a.wrapping_add(b).wrapping_add(1) >> 1
}

impl<const N: usize> Edge<N> {
    /// The samples right of `above`, substituted where they are not available.
    pub(super) fn right(&self, above: &[u16; N]) -> [u16; N] {
        self.above_right
            .unwrap_or_else(|| [above.last().copied().unwrap_or(0); N])
    }

    /// Reference sample filtering of Intra_8x8, H.264 8.3.2.2.1.
    pub fn filtered(&self) -> Edge<N> {
        let mut out = *self;
        let first = |samples: Option<[u16; N]>| samples.map(|samples| samples[0]);
        out.corner = self
            .corner
            .map(|c| match (first(self.left), first(self.above)) {
                (Some(left), Some(above)) => three(left, c, above),
                (Some(beside), None) | (None, Some(beside)) => three(c, c, beside),
                (None, None) => c,
            });
        if let Some(above) = self.above {
            let right = self.right(&above);
            // Past its ends a line goes on with its own last sample.
            let before = self.corner.unwrap_or(above[0]);
            out.above = Some(smooth(before, &above, right[0]));
            out.above_right = Some(smooth(above[N - 1], &right, right[N - 1]));
        }
        if let Some(left) = self.left {
            let before = self.corner.unwrap_or(left[0]);
            out.left = Some(smooth(before, &left, left[N - 1]));
        }
        out
    }
}

#[inline]
fn smooth<const N: usize>(before: u16, samples: &[u16; N], after: u16) -> [u16; N] {
    let mut out = *samples;
    out[0] = three(before, samples[0], samples[1]);
    for (to, window) in out[1..].iter_mut().zip(samples.windows(3)) {
        *to = three(window[0], window[1], window[2]);
    }
    out[N - 1] = three(samples[N - 2], samples[N - 1], after);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOVE: [u16; 8] = [10, 20, 30, 40, 50, 60, 70, 80];

    #[test]
    fn a_line_is_smoothed_with_the_corner_before_it_and_itself_after_it() {
        let edge = Edge {
            left: Some([100, 100, 100, 100, 100, 100, 100, 104]),
            corner: Some(40),
            above: Some(ABOVE),
            above_right: None,
        };
        let filtered = edge.filtered();
        // (40 + 2 * 10 + 20 + 2) / 4, then itself, then (70 + 2 * 80 + 80 + 2) / 4.
        assert_eq!(filtered.above, Some([20, 20, 30, 40, 50, 60, 70, 78]));
        assert_eq!(filtered.above_right, Some([80; 8]));
        // (100 + 2 * 40 + 10 + 2) / 4.
        assert_eq!(filtered.corner, Some(48));
        // (40 + 2 * 100 + 100 + 2) / 4, ..., (100 + 2 * 100 + 104 + 2) / 4, (100 + 3 * 104 + 2) / 4.
        let left = [85, 100, 100, 100, 100, 100, 101, 103];
        assert_eq!(filtered.left, Some(left));
    }

    #[test]
    fn without_corner_a_line_starts_with_its_own_first_sample() {
        let edge = Edge {
            left: None,
            corner: None,
            above: Some(ABOVE),
            above_right: Some([90, 100, 110, 120, 130, 140, 150, 160]),
        };
        let filtered = edge.filtered();
        // (3 * 10 + 20 + 2) / 4.
        assert_eq!(filtered.above.unwrap()[..2], [13, 20]);
        // (150 + 3 * 160 + 2) / 4.
        assert_eq!(filtered.above_right.unwrap()[6..], [150, 158]);
        assert_eq!((filtered.corner, filtered.left), (None, None));
    }

    #[test]
    fn a_corner_with_one_neighbour_weighs_three_times() {
        let mut edge = Edge::<8> {
            left: None,
            corner: Some(40),
            above: Some(ABOVE),
            above_right: None,
        };
        // (3 * 40 + 10 + 2) / 4.
        assert_eq!(edge.filtered().corner, Some(33));
        edge.above = None;
        assert_eq!(edge.filtered().corner, Some(40));
        edge.left = Some([80; 8]);
        assert_eq!(edge.filtered().corner, Some(50));
    }
}
