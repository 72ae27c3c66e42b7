//! By how much pictures may grow.

/// Finds the multiplier of rate that keeps a segment within its growth.
///
/// Growth falls by about the same amount each time the multiplier doubles, so a few trials with a
/// straight line through the last two find it. Everything is a function of the segment alone, in
/// whole steps, so that every machine finds the same.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    /// Bytes by which slices may still grow.
    left: i64,
    /// Bytes of intra slices still to come.
    to_come: i64,
    /// The step to begin the next picture with.
    last: Option<Step>,
    /// Pictures may not grow.
    held: bool,
}

/// One byte in so many by which pictures become smaller where they may not grow: what variants
/// differ in size, and filler data.
const RESERVE: i64 = 256;
/// Bytes of filler data and what is left of a small picture's reserve.
const LEAST_RESERVE: i64 = 16;

/// A multiplier as its number among [`MULTIPLIERS`].
pub(super) type Step = usize;

/// Four to an octave, from where the mark gains nothing more to where next to nothing is added.
const MULTIPLIERS: [f32; 33] = [
    1.0, 1.189, 1.414, 1.682, 2.0, 2.378, 2.828, 3.364, 4.0, 4.757, 5.657, 6.727, 8.0, 9.514,
    11.314, 13.454, 16.0, 19.027, 22.627, 26.909, 32.0, 38.055, 45.255, 53.817, 64.0, 76.109,
    90.51, 107.635, 128.0, 152.219, 181.019, 215.269, 256.0,
];

/// Trials of a picture at most.
const TRIALS: usize = 4;

/// By how much a step makes slices smaller, before it is known: bytes of a slice for each byte of
/// growth. Measured: 0.3 to 1 %.
const SLOPE: i64 = 120;

impl Budget {
    /// For intra slices of `intra` bytes in all that may grow by `growth` bytes.
    pub(super) fn new(intra: u64, growth: u64) -> Budget {
        Budget {
            left: growth.min(1 << 40) as i64,
            to_come: intra.min(1 << 40) as i64,
            last: None,
            held: false,
        }
    }

    /// Whether the next picture may not grow at all, filler data included.
    pub(super) fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// The multiplier of a step, in squared grey levels per bit.
    pub(super) fn multiplier(step: Step) -> f32 {
        MULTIPLIERS[step.min(MULTIPLIERS.len() - 1)]
    }

    /// The step to try first on a picture of `bytes` with this mean QP.
    pub(super) fn first(&self, bytes: u64, qp: f32) -> Step {
        if let Some(step) = self.last.filter(|_| !self.held) {
            return step;
        }
        let bytes = bytes.clamp(1, 1 << 40) as i64;
        let allowed = (100 * self.allowance(bytes)) as f32 / bytes as f32;
        // Through what veryfast to slow encodes needed at QPs of 11 to 30. Below 17 levels are worth
        // so little that a dear bit would remove texture.
        let by_qp = if qp < 17.0 {
            qp - 17.0
        } else {
            0.55 * (qp - 17.0)
        };
        (14.8 - 1.15 * allowed + by_qp).clamp(0.0, 28.0) as Step
    }

    /// The bytes by which a picture of `bytes` may grow.
    fn allowance(&self, bytes: i64) -> i64 {
        if self.held {
            return -(bytes / RESERVE + LEAST_RESERVE);
        }
        self.left * bytes / self.to_come.max(bytes).max(1)
    }

    /// The step to try after `trials`, steps and the growth they gave; `None`: the last will do.
    pub(super) fn next(&self, bytes: u64, trials: &[(Step, i64)]) -> Option<Step> {
        let bytes = bytes.min(1 << 40) as i64;
        let (step, growth) = *trials.last()?;
        let over = growth - self.allowance(bytes);
        if over <= 0 || step + 1 >= MULTIPLIERS.len() || trials.len() >= TRIALS {
            return None;
        }
        if trials.len() + 1 == TRIALS {
            // The last trial has to succeed if any can.
            return Some(MULTIPLIERS.len() - 1);
        }
        // Bytes saved by a step.
        let slope = match trials {
            [.., (before, more), _] => {
                let steps = (step - before).max(1) as i64;
                ((more - growth) / steps).clamp(bytes / 400, bytes / 50)
            }
            _ => bytes / SLOPE,
        };
        let mut steps = over / slope.max(1) + 1;
        if trials.len() + 2 == TRIALS {
            // The one after it would leave hardly anything of the mark.
            steps += steps / 4 + 1;
        }
        Some((step + steps.clamp(1, 64) as usize).min(MULTIPLIERS.len() - 1))
    }

    /// Settles a picture of `bytes` that grew by `growth`, filler data included, at `step`.
    pub(super) fn spend(&mut self, bytes: u64, growth: i64, step: Step) {
        let bytes = bytes.min(1 << 40) as i64;
        let spare = self.allowance(bytes) - growth;
        self.left -= growth;
        self.to_come -= bytes;
        // The next picture of the segment is like this one; what is left over is for it.
        let steps = (spare * SLOPE / bytes.max(1)).clamp(0, 4);
        self.last = Some(step.saturating_sub(steps as usize));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose growth falls by 3 % of its bytes with every octave, from 10 %.
    fn growth(bytes: i64, step: Step) -> i64 {
        bytes / 10 - bytes * 3 * step as i64 / 400
    }

    #[test]
    fn pictures_stay_within_the_growth_of_their_segment() {
        for share in [0, 1, 2, 5, 10, 50, 100] {
            let pictures = [40_000u64, 50_000, 10_000, 90_000];
            let total: u64 = pictures.iter().sum();
            let allowed = (total * share / 1000) as i64;
            let mut budget = Budget::new(total, allowed as u64);
            let mut spent = 0;
            for bytes in pictures {
                let mut trials = vec![];
                let mut step = budget.first(bytes, 20.0);
                loop {
                    trials.push((step, growth(bytes as i64, step)));
                    match budget.next(bytes, &trials) {
                        Some(next) => step = next,
                        None => break,
                    }
                }
                assert!(trials.len() <= TRIALS);
                let (step, growth) = *trials.last().unwrap();
                budget.spend(bytes, growth, step);
                spent += growth;
            }
            assert!(spent <= allowed, "{share}: {spent} of {allowed}");
        }
    }

    #[test]
    fn multipliers_grow_by_a_quarter_of_an_octave() {
        for (place, pair) in MULTIPLIERS.windows(2).enumerate() {
            assert!((pair[1] / pair[0] - 1.189_2).abs() < 0.001, "{place}");
        }
        assert_eq!(Budget::multiplier(99), 256.0);
    }

    #[test]
    fn nothing_to_mark_is_no_trouble() {
        let mut budget = Budget::new(0, 0);
        assert_eq!(budget.next(0, &[]), None);
        budget.spend(0, 0, 0);
        assert_eq!(budget.first(0, 20.0), 0);
        assert!(budget.next(0, &[(0, 1)]).is_some());
    }
}
