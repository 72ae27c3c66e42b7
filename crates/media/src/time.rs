//! Time as media files count it: whole ticks of a timescale, compared exactly.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU32;

/// Ticks per second of a track or movie (`mdhd.timescale`, `mvhd.timescale`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timescale(NonZeroU32);

impl Timescale {
    /// Nanoseconds.
    pub const NANOSECONDS: Timescale = match NonZeroU32::new(1_000_000_000) {
        Some(rate) => Timescale(rate),
        None => unreachable!(),
    };
    /// Milliseconds, the timescale subtitle documents are written in.
    pub const MILLISECONDS: Timescale = match NonZeroU32::new(1_000) {
        Some(rate) => Timescale(rate),
        None => unreachable!(),
    };

    /// A timescale of `rate` ticks per second; `None` for 0.
    pub fn new(rate: u32) -> Option<Timescale> {
        NonZeroU32::new(rate).map(Timescale)
    }

    /// Ticks per second.
    pub fn rate(self) -> u32 {
        self.0.get()
    }

    /// `ticks` of this timescale as a [`Time`].
    pub fn time(self, ticks: i64) -> Time {
        Time {
            ticks,
            timescale: self,
        }
    }

    /// `ticks` of this timescale in seconds, for people and for ratios, never for comparing.
    pub fn seconds(self, ticks: i64) -> f64 {
        ticks as f64 / f64::from(self.rate())
    }
}

/// A point or distance on a timeline: exact, comparable across timescales.
///
/// Equality and order are those of the rational number `ticks / timescale`, so 1 second is the
/// same at 90 000 and at 48 000 ticks.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// In ticks of `timescale`; negative before the origin.
    pub ticks: i64,
    /// Ticks per second.
    pub timescale: Timescale,
}

impl Time {
    /// In seconds, for people and for ratios, never for comparing.
    pub fn seconds(self) -> f64 {
        self.timescale.seconds(self.ticks)
    }

    /// In ticks of `timescale`, rounded to the nearest (halves away from zero), saturating at the
    /// ends of `i64`.
    pub fn rescale(self, timescale: Timescale) -> i64 {
        if timescale == self.timescale {
            return self.ticks;
        }
        let numerator = i128::from(self.ticks) * i128::from(timescale.rate());
        let denominator = i128::from(self.timescale.rate());
        let half = denominator / 2 * numerator.signum();
        saturate((numerator + half) / denominator)
    }

    /// In ticks of `timescale`, rounded towards negative infinity, saturating.
    pub fn rescale_floor(self, timescale: Timescale) -> i64 {
        let numerator = i128::from(self.ticks) * i128::from(timescale.rate());
        saturate(numerator.div_euclid(i128::from(self.timescale.rate())))
    }

    /// Whether this time is a whole number of ticks of `timescale`.
    pub fn is_exact_in(self, timescale: Timescale) -> bool {
        let numerator = i128::from(self.ticks) * i128::from(timescale.rate());
        numerator % i128::from(self.timescale.rate()) == 0
    }
}

fn saturate(value: i128) -> i64 {
    value.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

impl PartialEq for Time {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = i128::from(self.ticks) * i128::from(other.timescale.rate());
        let right = i128::from(other.ticks) * i128::from(self.timescale.rate());
        left.cmp(&right)
    }
}

impl fmt::Display for Time {
    /// Seconds to the millisecond, as in `24.000 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ticks: i64, rate: u32) -> Time {
        Timescale::new(rate).unwrap().time(ticks)
    }

    #[test]
    fn one_second_is_equal_in_every_timescale() {
        assert_eq!(at(90_000, 90_000), at(48_000, 48_000));
        assert!(at(1_001, 30_000) > at(1_000, 30_000));
        assert!(at(-1, 1_000) < at(0, 1));
    }

    #[test]
    fn rescaling_rounds_to_the_nearest_and_floors_on_request() {
        let third = at(1, 3);
        assert_eq!(third.rescale(Timescale::MILLISECONDS), 333);
        assert_eq!(at(2, 3).rescale(Timescale::MILLISECONDS), 667);
        assert_eq!(at(-2, 3).rescale(Timescale::MILLISECONDS), -667);
        assert_eq!(at(2, 3).rescale_floor(Timescale::MILLISECONDS), 666);
        assert_eq!(at(-1, 3).rescale_floor(Timescale::MILLISECONDS), -334);
        assert!(!third.is_exact_in(Timescale::MILLISECONDS));
    }

    #[test]
    fn rescaling_saturates_instead_of_wrapping() {
        assert_eq!(at(i64::MAX, 1).rescale(Timescale::NANOSECONDS), i64::MAX);
        assert_eq!(
            at(i64::MIN, 1).rescale_floor(Timescale::NANOSECONDS),
            i64::MIN
        );
    }
}
