//! Durations as people write them, kept exactly.

use std::fmt;
use std::str::FromStr;

use media::{Time, Timescale};

use super::{JobError, MAX_SECONDS, whole_seconds};

/// Shortest segment duration, in milliseconds.
const MIN_SEGMENT_MILLISECONDS: i64 = 100;

/// Where to cut segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentDuration {
    /// At the first sync time common to all video renditions at or after each multiple of this;
    /// 0.1 s to an hour.
    Target(Time),
    /// At every sync time common to all video renditions.
    EveryGop,
}

impl SegmentDuration {
    /// Whether the duration is in its range.
    pub(crate) fn validate(self) -> Result<(), JobError> {
        let SegmentDuration::Target(target) = self else {
            return Ok(());
        };
        let least = Timescale::MILLISECONDS.time(MIN_SEGMENT_MILLISECONDS);
        if target < least || target > whole_seconds(MAX_SECONDS) {
            let expected = "0 (every common GOP) or 0.1 to 3600 seconds";
            return Err(JobError::value("segment_duration", target, expected));
        }
        Ok(())
    }
}

impl Default for SegmentDuration {
    /// 2 seconds.
    fn default() -> SegmentDuration {
        SegmentDuration::Target(whole_seconds(2))
    }
}

impl FromStr for SegmentDuration {
    type Err = InvalidSeconds;

    /// Reads [`seconds`]; 0 is every common GOP.
    fn from_str(text: &str) -> Result<SegmentDuration, InvalidSeconds> {
        let target = seconds(text)?;
        if target.ticks == 0 {
            return Ok(SegmentDuration::EveryGop);
        }
        let duration = SegmentDuration::Target(target);
        duration
            .validate()
            .map_err(|_| InvalidSeconds(text.into()))?;
        Ok(duration)
    }
}

impl fmt::Display for SegmentDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SegmentDuration::Target(target) => target.fmt(f),
            SegmentDuration::EveryGop => f.write_str("every common GOP"),
        }
    }
}

/// Text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is {0:?}, expected seconds such as 2, 1.92 or 48048/24000")]
pub struct InvalidSeconds(pub String);

/// Reads seconds exactly: a decimal with up to nine places (`2`, `1.92`) or a fraction
/// (`48048/24000`). Never negative.
///
/// # Errors
///
/// Anything else, and values beyond the range of [`Time`].
pub fn seconds(text: &str) -> Result<Time, InvalidSeconds> {
    let invalid = || InvalidSeconds(text.into());
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((ticks, rate)) = text.split_once('/') {
        if !digits(ticks) || !digits(rate) {
            return Err(invalid());
        }
        let rate = rate
            .parse()
            .ok()
            .and_then(Timescale::new)
            .ok_or_else(invalid)?;
        return Ok(rate.time(ticks.parse().map_err(|_| invalid())?));
    }
    let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(places) || places.len() > 9 {
        return Err(invalid());
    }
    let timescale = if places.len() > 3 {
        Timescale::NANOSECONDS
    } else {
        Timescale::MILLISECONDS
    };
    let width = if places.len() > 3 { 9 } else { 3 };
    let ticks = format!("{whole}{places:0<width$}")
        .parse()
        .map_err(|_| invalid())?;
    Ok(timescale.time(ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_and_fractions_are_exact() {
        assert_eq!(seconds("2").unwrap().ticks, 2000);
        assert_eq!(seconds("1.92").unwrap().ticks, 1920);
        assert_eq!(seconds("0.0001").unwrap().ticks, 100_000);
        let ntsc = seconds("48048/24000").unwrap();
        assert_eq!((ntsc.ticks, ntsc.timescale.rate()), (48048, 24000));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "-2",
            "+2",
            "2s",
            "1e3",
            ".5",
            "2.",
            "1/0",
            "/",
            "2.0000000001",
            "inf",
            "NaN",
        ] {
            assert_eq!(seconds(text), Err(InvalidSeconds(text.into())));
        }
        assert!(seconds("99999999999999999999").is_err());
    }

    #[test]
    fn zero_is_every_common_gop_however_it_is_written() {
        for text in ["0", "0.0", "0/90000"] {
            assert_eq!(text.parse(), Ok(SegmentDuration::EveryGop));
        }
        assert!("0.05".parse::<SegmentDuration>().is_err());
        assert!("3601".parse::<SegmentDuration>().is_err());
        assert_eq!("2".parse(), Ok(SegmentDuration::default()));
    }
}
