//! What the eye may see where one segment follows another.

use crate::row::Row;

/// How fast that which marking added changes, in grey levels RMS from one frame to the next.
///
/// With `D = marked - unmarked`, frame by frame: `D(first of a segment) - D(last of the one
/// before)` at borders, `D(n) - D(n - 1)` everywhere else. A pattern that is replaced at once
/// shows at borders; one that changes all the time shows as noise. Beside it the change of the
/// pictures themselves at borders, without the mark and with it: what hides the flicker, and by
/// how much it is exceeded.
#[derive(Debug, Default)]
pub(crate) struct Flicker {
    before: Option<[Vec<u8>; 2]>,
    border: Power,
    inside: Power,
    unmarked: Power,
    marked: Power,
}

/// Where a frame stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The first of its segment.
    First,
    /// A later one.
    Later,
}

impl Flicker {
    /// Takes the next frame in the order of display.
    pub(crate) fn add(&mut self, frame: Frame, unmarked: &[u8], marked: &[u8]) {
        if let Some([old_unmarked, old_marked]) = &self.before {
            let mut change = Power::default();
            for (now, before) in unmarked
                .iter()
                .zip(marked)
                .zip(old_unmarked.iter().zip(old_marked))
            {
                let difference = |(u, m): (&u8, &u8)| i64::from(*m) - i64::from(*u);
                change.add(difference(now) - difference(before));
            }
            match frame {
                Frame::First => {
                    self.border.merge(&change);
                    self.unmarked.merge(&Power::between(unmarked, old_unmarked));
                    self.marked.merge(&Power::between(marked, old_marked));
                }
                Frame::Later => self.inside.merge(&change),
            }
        }
        self.before = Some([unmarked.to_vec(), marked.to_vec()]);
    }

    /// The four figures.
    pub(crate) fn describe(&self, row: &mut Row) {
        row.number("flicker_border", self.border.rms(), 2);
        row.number("flicker_inside", self.inside.rms(), 2);
        row.number("border_change_unmarked", self.unmarked.rms(), 2);
        row.number("border_change_marked", self.marked.rms(), 2);
    }
}

/// A mean of squares in the making.
#[derive(Debug, Default)]
struct Power {
    squares: u64,
    samples: u64,
}

impl Power {
    fn between(a: &[u8], b: &[u8]) -> Power {
        let mut power = Power::default();
        for (a, b) in a.iter().zip(b) {
            power.add(i64::from(*a) - i64::from(*b));
        }
        power
    }

    fn add(&mut self, value: i64) {
        self.squares += value.unsigned_abs().pow(2);
        self.samples += 1;
    }

    fn merge(&mut self, other: &Power) {
        self.squares += other.squares;
        self.samples += other.samples;
    }

    /// Not a number where there was nothing to measure.
    fn rms(&self) -> f64 {
        (self.squares as f64 / self.samples as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_marks_flicker_at_borders_alone() {
        let mut flicker = Flicker::default();
        // The picture brightens by 3 a frame, the mark is +2, then -2.
        for (n, (frame, mark)) in [
            (Frame::First, 2),
            (Frame::Later, 2),
            (Frame::First, -2),
            (Frame::Later, -2),
        ]
        .into_iter()
        .enumerate()
        {
            let unmarked = 100 + 3 * n as u8;
            let marked = unmarked.wrapping_add_signed(mark);
            flicker.add(frame, &[unmarked; 5], &[marked; 5]);
        }
        assert_eq!(flicker.inside.rms(), 0.0);
        assert_eq!(flicker.border.rms(), 4.0);
        assert_eq!(flicker.unmarked.rms(), 3.0);
        assert_eq!(flicker.marked.rms(), 1.0);
    }

    #[test]
    fn one_frame_has_no_change() {
        let mut flicker = Flicker::default();
        flicker.add(Frame::First, &[1], &[2]);
        assert!(flicker.border.rms().is_nan());
    }
}
