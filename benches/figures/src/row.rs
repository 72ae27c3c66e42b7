//! The figures of one stream, by name and in order.

use std::fmt::Write;

use serde_json::Value;

use crate::arguments::Format;

/// Figures of one stream. Names carry their unit; the same questions give the same names.
#[derive(Debug, Default)]
pub(crate) struct Row {
    figures: Vec<(String, Value)>,
}

impl Row {
    /// Nothing measured yet.
    pub(crate) fn new() -> Row {
        Row::default()
    }

    /// Adds words.
    pub(crate) fn text(&mut self, name: &str, words: &str) {
        self.figures.push((name.to_owned(), words.into()));
    }

    /// Adds a count.
    pub(crate) fn count(&mut self, name: &str, count: u64) {
        self.figures.push((name.to_owned(), count.into()));
    }

    /// Adds a number, rounded to so many decimals; one that is not finite is null.
    pub(crate) fn number(&mut self, name: &str, number: f64, decimals: i32) {
        let unit = 10f64.powi(decimals);
        let rounded = (number * unit).round() / unit;
        self.figures.push((name.to_owned(), rounded.into()));
    }

    /// To standard output; with names above if it is the `first`.
    pub(crate) fn print(&self, format: Format, first: bool) {
        match format {
            Format::Text => println!("{}", self.line()),
            Format::Json => println!("{}", self.object()),
            Format::Csv => {
                if first {
                    let names: Vec<&str> = self.figures.iter().map(|(name, _)| &**name).collect();
                    println!("{}", names.join(","));
                }
                println!("{}", self.record());
            }
        }
    }

    fn line(&self) -> String {
        let figures = self.figures.iter().map(|(name, value)| match value {
            Value::String(words) => words.clone(),
            value => format!("{name} {value}"),
        });
        figures.collect::<Vec<_>>().join(" ")
    }

    fn record(&self) -> String {
        let fields = self.figures.iter().map(|(_, value)| match value {
            Value::Null => String::new(),
            Value::String(words) if words.contains([',', '"', '\n']) => {
                format!("\"{}\"", words.replace('"', "\"\""))
            }
            Value::String(words) => words.clone(),
            value => value.to_string(),
        });
        fields.collect::<Vec<_>>().join(",")
    }

    /// In the order of measurement, which a map would not keep.
    fn object(&self) -> String {
        let mut object = String::from("{");
        for (number, (name, value)) in self.figures.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(object, "{comma}{}: {value}", Value::from(&**name));
        }
        object.push('}');
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let mut row = Row::new();
        row.text("stream", "a \"b\", c");
        row.count("bytes", 12);
        row.number("growth_percent", 0.123_46, 3);
        row.number("psnr_min_db", f64::INFINITY, 2);
        row
    }

    #[test]
    fn object_keeps_the_order_and_escapes_words() {
        assert_eq!(
            row().object(),
            r#"{"stream": "a \"b\", c", "bytes": 12, "growth_percent": 0.123, "psnr_min_db": null}"#
        );
    }

    #[test]
    fn record_quotes_words_with_commas() {
        assert_eq!(row().record(), r#""a ""b"", c",12,0.123,"#);
    }

    #[test]
    fn line_names_every_number() {
        assert_eq!(
            row().line(),
            r#"a "b", c bytes 12 growth_percent 0.123 psnr_min_db null"#
        );
    }
}
