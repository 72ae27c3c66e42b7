//! Time expressions. TTML1, 10.3; their relation to media time, TTML1 appendix N.

use super::xml::Element;
use crate::error::{Error, excerpt};
use crate::timestamp::{MAX_MS, number};

/// The end of what has none, in nanoseconds.
pub(super) const INDEFINITE: i64 = i64::MAX;

const EXPECTED: &str =
    "hh:mm:ss.fraction, hh:mm:ss:frames or a number with h, m, s, ms, f or t, below 1000000 h";

const BILLION: u128 = 1_000_000_000;

/// How a document counts time: its `ttp:` parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    frame_rate: u32,
    /// `ttp:frameRateMultiplier`, as numerator and denominator.
    multiplier: (u32, u32),
    sub_frame_rate: u32,
    tick_rate: u32,
    smpte: bool,
    drop_mode: DropMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DropMode {
    NonDrop,
    Ntsc,
    Pal,
}

impl Clock {
    /// From the attributes of the root element.
    pub(super) fn new(root: &Element<'_>) -> Result<Clock, Error> {
        let rate = |name: &str, field: &'static str| match root.attribute(name) {
            None => Ok(None),
            Some(value) => match value.trim().parse::<u32>() {
                Ok(rate) if rate > 0 => Ok(Some(rate)),
                _ => Err(bad(root, field, value, "a whole number from 1")),
            },
        };
        let frame_rate = rate("frameRate", "ttp:frameRate")?;
        let sub_frame_rate = rate("subFrameRate", "ttp:subFrameRate")?.unwrap_or(1);
        let tick_rate = rate("tickRate", "ttp:tickRate")?;
        let multiplier = match root.attribute("frameRateMultiplier") {
            None => (1, 1),
            Some(value) => multiplier(value).ok_or_else(|| {
                bad(
                    root,
                    "ttp:frameRateMultiplier",
                    value,
                    "two whole numbers such as 1000 1001",
                )
            })?,
        };
        let default_ticks = frame_rate.map_or(1, |rate| rate.saturating_mul(sub_frame_rate));
        let smpte = match root.attribute("timeBase").map(str::trim) {
            None | Some("media") => false,
            Some("smpte") => true,
            Some(value) => return Err(bad(root, "ttp:timeBase", value, "media or smpte")),
        };
        let drop_mode = match root.attribute("dropMode").map(str::trim) {
            Some("dropNTSC") => DropMode::Ntsc,
            Some("dropPAL") => DropMode::Pal,
            _ => DropMode::NonDrop,
        };
        Ok(Clock {
            frame_rate: frame_rate.unwrap_or(30),
            multiplier,
            sub_frame_rate,
            tick_rate: tick_rate.unwrap_or(default_ticks),
            smpte,
            drop_mode,
        })
    }

    /// The attribute `name` of `element` as nanoseconds.
    pub(super) fn attribute(
        &self,
        element: &Element<'_>,
        name: &'static str,
    ) -> Result<Option<i64>, Error> {
        let Some(value) = element.attribute(name) else {
            return Ok(None);
        };
        let value = value.trim();
        if name != "begin" && value == "indefinite" {
            return Ok(Some(INDEFINITE));
        }
        let time = self
            .time(value)
            .ok_or_else(|| bad(element, name, value, EXPECTED))?;
        Ok(Some(time))
    }

    fn time(&self, text: &str) -> Option<i64> {
        let nanoseconds = self.clock_time(text).or_else(|| self.offset_time(text))?;
        let limit = u128::from(MAX_MS.unsigned_abs()) * 1_000_000;
        i64::try_from(nanoseconds)
            .ok()
            .filter(|_| nanoseconds <= limit)
    }

    /// `hh:mm:ss`, then `.fraction`, or `:frames` and `.subframes`.
    fn clock_time(&self, text: &str) -> Option<u128> {
        let (hours, _, rest) = number(text)?;
        let (minutes, _, rest) = number(rest.strip_prefix(':')?)?;
        let (seconds, _, rest) = number(rest.strip_prefix(':')?)?;
        if minutes > 59 || seconds > 60 {
            return None;
        }
        let whole = u128::from(hours) * 3_600 + u128::from(minutes) * 60 + u128::from(seconds);
        if let Some(fraction) = rest.strip_prefix('.') {
            return Some(whole * BILLION + billionths(fraction)?);
        }
        let frames = match rest.strip_prefix(':') {
            None if rest.is_empty() => 0,
            None => return None,
            Some(rest) => {
                let (frames, _, rest) = number(rest)?;
                let sub_frames = match rest.strip_prefix('.') {
                    None if rest.is_empty() => 0,
                    None => return None,
                    Some(rest) => number(rest).filter(|(_, _, rest)| rest.is_empty())?.0,
                };
                let part = u128::from(sub_frames) * BILLION / u128::from(self.sub_frame_rate);
                u128::from(frames) * BILLION + part
            }
        };
        if !self.smpte {
            return Some(whole * BILLION + self.frames(frames)?);
        }
        let (hours, minutes) = (u128::from(hours), u128::from(minutes));
        let dropped = match self.drop_mode {
            DropMode::NonDrop => 0,
            DropMode::Ntsc => (hours * 54 + minutes - minutes / 10) * 2,
            DropMode::Pal => (hours * 27 + minutes / 2 - minutes / 20) * 4,
        };
        let counted = (whole * u128::from(self.frame_rate)).checked_sub(dropped)?;
        self.frames(counted.checked_mul(BILLION)?.checked_add(frames)?)
    }

    /// A number, whole or not, and its unit.
    fn offset_time(&self, text: &str) -> Option<u128> {
        let (whole, _, rest) = number(text)?;
        let (fraction, metric) = match rest.strip_prefix('.') {
            None => ("0", rest),
            Some(rest) => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                rest.split_at_checked(digits)?
            }
        };
        let value = u128::from(whole) * BILLION + billionths(fraction)?;
        match metric {
            "h" => value.checked_mul(3_600),
            "m" => value.checked_mul(60),
            "s" => Some(value),
            "ms" => Some(value / 1_000),
            "f" => self.frames(value),
            "t" => Some(value / u128::from(self.tick_rate)),
            _ => None,
        }
    }

    /// Nanoseconds of so many billionths of a frame.
    fn frames(&self, billionths: u128) -> Option<u128> {
        let (numerator, denominator) = self.multiplier;
        let rate = u128::from(self.frame_rate) * u128::from(numerator);
        Some(billionths.checked_mul(u128::from(denominator))? / rate.max(1))
    }
}

fn bad(element: &Element<'_>, field: &'static str, value: &str, expected: &'static str) -> Error {
    Error::Field {
        line: element.line,
        field,
        value: excerpt(value),
        expected,
    }
}

/// `1000 1001`, and `1000:1001` of the drafts before TTML1.
fn multiplier(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split([' ', ':', '\t']).filter(|part| !part.is_empty());
    let numerator: u32 = parts.next()?.parse().ok()?;
    let denominator: u32 = parts.next().map_or(Some(1), |part| part.parse().ok())?;
    (numerator > 0 && denominator > 0 && parts.next().is_none()).then_some((numerator, denominator))
}

/// The digits after a decimal point, as billionths; those beyond the ninth are cut.
fn billionths(digits: &str) -> Option<u128> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let places = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(places.fold(0, |value, digit| value * 10 + u128::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(attributes: &[(&str, &'static str)]) -> Clock {
        Clock::new(&root(attributes)).unwrap()
    }

    fn root(attributes: &[(&str, &'static str)]) -> Element<'static> {
        let attributes = attributes
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        Element {
            name: "tt".into(),
            line: 2,
            attributes,
        }
    }

    fn ms(clock: &Clock, text: &str) -> Option<f64> {
        clock.time(text).map(|nanoseconds| nanoseconds as f64 / 1e6)
    }

    #[test]
    fn every_form_of_time_is_read() {
        let plain = clock(&[]);
        let fast = clock(&[("frameRate", "25"), ("subFrameRate", "4")]);
        let ticks = clock(&[("tickRate", "10000000")]);
        for (clock, text, expected) in [
            (&plain, "00:00:01", 1_000.0),
            (&plain, "01:02:03.5", 3_723_500.0),
            (&plain, "100:00:00.001", 360_000_001.0),
            (&plain, "00:00:01:15", 1_500.0),
            (&plain, "1.5h", 5_400_000.0),
            (&plain, "2m", 120_000.0),
            (&plain, "3.25s", 3_250.0),
            (&plain, "40ms", 40.0),
            (&plain, "15f", 500.0),
            (&plain, "7t", 7_000.0),
            (&fast, "00:00:01:12", 1_480.0),
            (&fast, "00:00:00:01.2", 60.0),
            (&fast, "100t", 1_000.0),
            (&ticks, "12345678t", 1_234.567_8),
        ] {
            assert_eq!(ms(clock, text), Some(expected), "{text}");
        }
    }

    #[test]
    fn frames_follow_the_multiplier_on_the_media_time_base() {
        let clock = clock(&[("frameRate", "30"), ("frameRateMultiplier", "1000 1001")]);
        assert_eq!(clock.time("01:00:00:00"), Some(3_600_000_000_000));
        assert_eq!(clock.time("00:00:00:15"), Some(500_500_000));
        assert_eq!(clock.time("30f"), Some(1_001_000_000));
    }

    #[test]
    fn labels_of_the_smpte_time_base_are_counted_frames() {
        let ntsc = [
            ("timeBase", "smpte"),
            ("frameRate", "30"),
            ("frameRateMultiplier", "1000 1001"),
        ];
        assert_eq!(clock(&ntsc).time("01:00:00:00"), Some(3_603_600_000_000));
        let drop = [ntsc[0], ntsc[1], ntsc[2], ("dropMode", "dropNTSC")];
        // 107 892 frames of 1001/30000 s.
        assert_eq!(clock(&drop).time("01:00:00:00"), Some(3_599_996_400_000));
        assert_eq!(clock(&drop).time("00:01:00:02"), Some(60_060_000_000));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let clock = clock(&[]);
        for text in [
            "",
            "1",
            "1x",
            "00:01",
            "00:00:01,5",
            "00:00:01.",
            "00:60:00",
            "-1s",
            "1.s",
            "1 s",
            "00:00:01:02:03",
            "00:00:01:",
            "1000000.1h",
            "99999999999999999999999999h",
            "é",
        ] {
            assert_eq!(clock.time(text), None, "{text}");
        }
    }

    #[test]
    fn bad_parameters_are_refused_by_name() {
        for (name, value, message) in [
            (
                "frameRate",
                "0",
                "line 2: ttp:frameRate: is \"0\", expected a whole number from 1",
            ),
            (
                "tickRate",
                "x",
                "line 2: ttp:tickRate: is \"x\", expected a whole number from 1",
            ),
            (
                "frameRateMultiplier",
                "1 2 3",
                "line 2: ttp:frameRateMultiplier: is \"1 2 3\", expected two whole numbers such \
                 as 1000 1001",
            ),
            (
                "timeBase",
                "clock",
                "line 2: ttp:timeBase: is \"clock\", expected media or smpte",
            ),
        ] {
            let error = Clock::new(&root(&[(name, value)])).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
