//! Attribute lists, RFC 8216 4.2.

use std::fmt::{self, Display};

/// `NAME=value` pairs in the order in which they were added.
#[derive(Default)]
pub(super) struct Attributes(String);

impl Attributes {
    /// A number or an enumerated word.
    pub(super) fn plain(mut self, name: &str, value: impl Display) -> Attributes {
        let comma = if self.0.is_empty() { "" } else { "," };
        self.0.push_str(&format!("{comma}{name}={value}"));
        self
    }

    /// A quoted string. It has no way to hold a double quote, which becomes a single one; line
    /// breaks were refused by [`Presentation::check`](crate::Presentation::check).
    pub(super) fn quoted(self, name: &str, value: &str) -> Attributes {
        let value = value.replace('"', "'");
        self.plain(name, format_args!("\"{value}\""))
    }

    /// A quoted string, where there is one.
    pub(super) fn maybe_quoted(self, name: &str, value: Option<&str>) -> Attributes {
        match value {
            Some(value) => self.quoted(name, value),
            None => self,
        }
    }
}

impl Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_quote_cannot_end_a_quoted_string() {
        let list = Attributes::default()
            .plain("A", 1)
            .quoted("NAME", "the \"best\",B=2");
        assert_eq!(list.to_string(), "A=1,NAME=\"the 'best',B=2\"");
    }
}
