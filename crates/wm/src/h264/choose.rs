//! Which level a coefficient gets.

use super::rule::{Choice, Rule};

/// A coefficient that may change.
#[derive(Clone, Copy)]
pub(super) struct Coefficient {
    /// The level it has.
    pub(super) level: i32,
    /// The level that would hit the target.
    pub(super) wanted: f32,
    /// What an error of one level costs, in squared grey levels of the block's samples.
    pub(super) energy: f32,
    /// How many levels it may move at most.
    pub(super) reach: f32,
}

impl Coefficient {
    /// The better level of those around the wanted one and the one there is.
    #[inline]
    pub(super) fn choose(&self, rule: &Rule, rate: impl Fn(i32) -> f32) -> i32 {
        let reach = self.reach as i32;
        let (least, most) = (self.level - reach, self.level + reach);
        match rule.choice {
            Choice::Absolute(add) => {
                let magnitude = (self.wanted.abs() + add) as i32;
                let level = if self.wanted < 0.0 {
                    -magnitude
                } else {
                    magnitude
                };
                level.clamp(least, most)
            }
            Choice::RateDistortion(lambda) => {
                let cost = |level: i32| {
                    let error = self.wanted - level as f32;
                    error * error * self.energy + lambda * rate(level)
                };
                let below = self.wanted.floor() as i32;
                let mut best = (cost(self.level), self.level);
                let mut consider = |level: i32| {
                    let level = level.clamp(least, most);
                    if level != best.1 {
                        let cost = cost(level);
                        if cost < best.0 {
                            best = (cost, level);
                        }
                    }
                };
                consider(below);
                consider(below + 1);
                if below > 0 {
                    consider(below - 1);
                } else if below < -1 {
                    consider(below + 2);
                }
                best.1
            }
        }
    }
}
