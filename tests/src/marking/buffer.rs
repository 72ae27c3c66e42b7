//! The coded picture buffer, H.264 annex C, as a checker.

use super::level::Level;
use super::timing::{Access, Schedule};

/// Seconds that rounding may take.
const ROUNDING: f64 = 1e-6;

/// What is wrong with an access unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// It has not arrived when it is removed.
    Underflow {
        /// Its number.
        unit: usize,
        /// By so many seconds.
        late: f64,
    },
    /// The buffer is too full when it is removed.
    Overflow {
        /// Its number.
        unit: usize,
        /// By so many bits.
        bits: f64,
    },
    /// A buffering period announces another delay than the schedule has.
    Delay {
        /// Its number.
        unit: usize,
        /// `initial_cpb_removal_delay` in seconds.
        announced: f64,
        /// From the arrival of what is before it to its removal, in seconds.
        found: f64,
    },
    /// It is larger than its level allows.
    Large {
        /// Its number.
        unit: usize,
        /// Bytes of its NAL units.
        bytes: f64,
        /// Bytes at most.
        most: f64,
    },
}

/// The faults of an announced schedule, H.264 C.1.1 and C.3.
pub fn check(schedule: &Schedule) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut arrivals: Vec<(f64, f64)> = Vec::new();
    let (mut last, mut wait) = (0.0f64, 0.0);
    for (unit, access) in schedule.units.iter().enumerate() {
        let earliest = match access.initial {
            Some((delay, offset)) => {
                wait = delay + offset;
                if unit > 0 {
                    let found = access.removal - last;
                    // In ticks of 90 kHz: at most the next, and without pauses at least the one
                    // before.
                    let ticks = |seconds: f64| seconds * 90_000.0;
                    let is_late = ticks(delay) > ticks(found + ROUNDING).ceil();
                    let is_early = ticks(delay) < ticks(found - ROUNDING).floor();
                    if is_late || schedule.is_constant && is_early {
                        faults.push(Fault::Delay {
                            unit,
                            announced: delay,
                            found,
                        });
                    }
                }
                access.removal - delay
            }
            None => access.removal - wait,
        };
        let start = match schedule.is_constant || unit == 0 {
            true => last,
            false => last.max(earliest),
        };
        last = start + access.bits / schedule.rate;
        arrivals.push((start, last));
        if last > access.removal + ROUNDING {
            let late = last - access.removal;
            faults.push(Fault::Underflow { unit, late });
        }
    }
    for (unit, access) in schedule.units.iter().enumerate() {
        let ahead = arrivals.iter().zip(&schedule.units).skip(unit);
        let inside = ahead.map(|((start, end), other)| {
            let share = (access.removal - start) / (end - start).max(1e-12);
            other.bits * share.clamp(0.0, 1.0)
        });
        let bits = inside.sum::<f64>() - schedule.size;
        if bits > 8.0 {
            faults.push(Fault::Overflow { unit, bits });
        }
    }
    faults
}

/// The faults of access units against their level: in the level's buffer, full when the first is
/// removed and filled at the level's rate, and alone.
pub fn check_level(level: &Level, units: &[Access]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut inside = level.cpb_size;
    let mut last: Option<f64> = None;
    for (unit, access) in units.iter().enumerate() {
        if let Some(last) = last {
            let seconds = access.removal - last;
            inside = level.cpb_size.min(inside + level.bit_rate * seconds);
            let most = level.picture_bytes(seconds);
            if access.nal_bytes > most {
                let bytes = access.nal_bytes;
                faults.push(Fault::Large { unit, bytes, most });
            }
        }
        last = Some(access.removal);
        inside -= access.bits;
        // Less than a bit is rounding.
        if inside < -1.0 {
            let late = -inside / level.bit_rate;
            faults.push(Fault::Underflow { unit, late });
            inside = 0.0;
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1,000 bit/s, pictures of 100 bits ten times a second, the first after half a second.
    fn schedule(is_constant: bool, bits: &[f64]) -> Schedule {
        let units = bits.iter().enumerate().map(|(place, bits)| Access {
            bits: *bits,
            nal_bytes: bits / 8.0,
            removal: 0.5 + place as f64 / 10.0,
            initial: (place % 4 == 0).then_some((0.5, 0.0)),
        });
        Schedule {
            rate: 1000.0,
            size: 500.0,
            is_constant,
            units: units.collect(),
        }
    }

    #[test]
    fn pictures_of_the_announced_rate_fit() {
        assert_eq!(check(&schedule(true, &[100.0; 12])), []);
        assert_eq!(check(&schedule(false, &[100.0; 12])), []);
        assert_eq!(check(&schedule(false, &[90.0; 12])), []);
    }

    #[test]
    fn a_picture_that_has_not_arrived_is_an_underflow() {
        let mut bits = [100.0; 4];
        bits[1] = 520.0;
        let faults = check(&schedule(true, &bits));
        let Some(Fault::Underflow { unit: 1, late }) = faults.first() else {
            unreachable!("{faults:?}")
        };
        assert!((late - 0.02).abs() < 1e-9);
    }

    #[test]
    fn constant_arrival_overflows_where_pictures_are_small() {
        let faults = check(&schedule(true, &[60.0, 60.0, 60.0, 600.0, 100.0, 100.0]));
        assert!(
            matches!(faults.first(), Some(Fault::Delay { .. })),
            "{faults:?}"
        );
        let overflow = |fault: &Fault| matches!(fault, Fault::Overflow { .. });
        let full = [60.0, 60.0, 60.0, 300.0, 300.0, 300.0, 300.0];
        assert!(check(&schedule(true, &full)).iter().any(overflow));
        assert!(!check(&schedule(false, &full)).iter().any(overflow));
    }

    #[test]
    fn buffering_periods_say_when_the_picture_before_arrived() {
        let mut bits = [100.0; 8];
        bits[2] = 90.0;
        let faults = check(&schedule(true, &bits));
        assert!(
            matches!(faults[..], [Fault::Delay { unit: 4, .. }]),
            "{faults:?}"
        );
        assert_eq!(check(&schedule(false, &bits)), []);
        bits[2] = 110.0;
        let faults = check(&schedule(false, &bits));
        assert!(
            matches!(faults[..], [Fault::Delay { unit: 4, .. }]),
            "{faults:?}"
        );
    }

    #[test]
    fn levels_bound_pictures_alone_and_together() {
        let level = Level {
            macroblocks_per_second: 10.0,
            bit_rate: 1000.0,
            cpb_size: 500.0,
            compression_ratio: 2.0,
        };
        let units = |bits: &[f64]| schedule(false, bits).units;
        assert_eq!(check_level(&level, &units(&[500.0, 100.0, 100.0])), []);
        let faults = check_level(&level, &units(&[500.0, 110.0]));
        assert!(
            matches!(faults[..], [Fault::Underflow { unit: 1, .. }]),
            "{faults:?}"
        );
        let small = Level {
            macroblocks_per_second: 0.5,
            ..level
        };
        let faults = check_level(&small, &units(&[100.0, 100.0]));
        assert!(
            matches!(faults[..], [Fault::Large { unit: 1, .. }]),
            "{faults:?}"
        );
    }
}
