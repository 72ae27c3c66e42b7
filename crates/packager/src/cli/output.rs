//! Printing that survives a reader who leaves, as `packager probe x | head -1` does.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use super::Failure;
use super::slip::without_keys;

/// Prints `text` to standard output. A closed pipe is no failure: the reader has what it wanted.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Wrong(
            anyhow::Error::new(error).context("standard output"),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints `value` as JSON to standard output.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value);
    let mut text = text.map_err(|error| Failure::Wrong(error.into()))?;
    text.push('\n');
    print(&text)
}

/// Prints `word: text` as one line to standard error; what fails there cannot be told anywhere.
pub(super) fn complain(word: &str, text: &str) {
    let text = without_keys(&one_line(text));
    let _ = writeln!(io::stderr().lock(), "{word}: {text}");
}

/// Prints a warning to standard error.
pub(super) fn warn(text: &str) {
    complain("warning", text);
}

/// `text` with control characters escaped: a file name must not write to the terminal.
pub(super) fn one_line(text: &str) -> String {
    let escape = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(escape).collect()
}

/// `bytes` for people, in MB (10^6) or smaller units.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        1_000_000.. => format!("{:.1} MB", bytes as f64 / 1e6),
        1_000.. => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_on_its_line_and_off_the_terminal() {
        assert_eq!(one_line("a\nb\u{1b}[2Jü"), "a\\nb\\u{1b}[2Jü");
    }

    #[test]
    fn sizes_are_in_powers_of_ten() {
        assert_eq!(size(391_249_999), "391.2 MB");
        assert_eq!(size(12_345), "12.3 kB");
        assert_eq!(size(999), "999 bytes");
    }
}
