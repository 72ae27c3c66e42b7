//! WebVTT timestamps.

/// The latest time a cue may have: a million hours. Keeps all arithmetic on times far from the
/// ends of `i64`.
pub(crate) const MAX_MS: i64 = 1_000_000 * 3_600_000;

/// `hh:mm:ss.mmm`, with as many digits of hours as it takes.
pub(crate) fn format(ms: i64) -> String {
    let ms = ms.max(0);
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{ms:03}")
}

/// Takes a timestamp off the front of `text`: "collect a WebVTT timestamp" of the WebVTT parsing
/// rules. `None` for what is no timestamp or lies beyond [`MAX_MS`].
pub(crate) fn take(text: &str) -> Option<(i64, &str)> {
    let (first, digits, rest) = number(text)?;
    let hours_first = digits > 2 || first > 59;
    let rest = rest.strip_prefix(':')?;
    let (second, rest) = exactly(rest, 2)?;
    let (hours, minutes, seconds, rest) = match rest.strip_prefix(':') {
        Some(rest) => {
            let (third, rest) = exactly(rest, 2)?;
            (first, second, third, rest)
        }
        None if hours_first => return None,
        None => (0, first, second, rest),
    };
    let rest = rest.strip_prefix('.')?;
    let (ms, rest) = exactly(rest, 3)?;
    if minutes > 59 || seconds > 59 {
        return None;
    }
    Some((compose(hours, minutes, seconds, ms)?, rest))
}

/// Milliseconds of a clock time; `None` beyond [`MAX_MS`].
pub(crate) fn compose(hours: u64, minutes: u64, seconds: u64, ms: u64) -> Option<i64> {
    let total = hours.checked_mul(60)?.checked_add(minutes)?;
    let total = total.checked_mul(60)?.checked_add(seconds)?;
    let total = i64::try_from(total.checked_mul(1_000)?.checked_add(ms)?).ok()?;
    (total <= MAX_MS).then_some(total)
}

/// A run of digits: its value (saturating), its length and what follows.
pub(crate) fn number(text: &str) -> Option<(u64, usize, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (run, rest) = text.split_at_checked(digits)?;
    if run.is_empty() {
        return None;
    }
    let value = run.bytes().fold(0_u64, |value, digit| {
        value
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    Some((value, digits, rest))
}

fn exactly(text: &str, digits: usize) -> Option<(u64, &str)> {
    number(text)
        .filter(|(_, length, _)| *length == digits)
        .map(|(value, _, rest)| (value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_optional_and_may_have_many_digits() {
        for (text, ms) in [
            ("00:00.000", 0),
            ("00:01.500", 1_500),
            ("59:59.999", 3_599_999),
            ("00:59:59.999", 3_599_999),
            ("1:00:00.000", 3_600_000),
            ("100:00:00.001", 360_000_001),
            ("1000000:00:00.000", MAX_MS),
        ] {
            assert_eq!(take(text), Some((ms, "")), "{text}");
        }
        assert_eq!(take("00:01.500 x"), Some((1_500, " x")));
    }

    #[test]
    fn what_the_parsing_rules_refuse_is_no_timestamp() {
        for text in [
            "",
            "1",
            "00:01",
            "00:01,500",
            "0:1.500",
            "00:01.5",
            "00:01.5000",
            "00:60.000",
            "00:60:00.000",
            "60:00.000",
            "001:00.000",
            "-00:01.000",
            ":00:01.000",
            "00:00:00:01.000",
            "1000000:00:00.001",
            "99999999999999999999999:00:00.000",
        ] {
            assert_eq!(take(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_written_as_they_are_read() {
        for ms in [0, 1, 999, 3_599_999, 360_000_000, MAX_MS] {
            assert_eq!(take(&format(ms)), Some((ms, "")));
        }
        assert_eq!(format(359_999_999), "99:59:59.999");
    }
}
