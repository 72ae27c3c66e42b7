//! Tags with attribute lists, RFC 8216 4.2.

/// Where a tag stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// `EXT-X-KEY`, in media playlists.
    Key,
    /// `EXT-X-SESSION-KEY`, in the master playlist.
    SessionKey,
}

impl Tag {
    /// What a line with it begins with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Tag::Key => "#EXT-X-KEY:",
            Tag::SessionKey => "#EXT-X-SESSION-KEY:",
        }
    }

    /// The attributes of a line with this tag; `None` if it is no such line.
    pub(crate) fn attributes_of(self, line: &str) -> Option<Vec<(&str, &str)>> {
        attributes(line.strip_prefix(self.prefix())?)
    }
}

/// Names and values in order, quotes included; `None` where the list is malformed.
fn attributes(list: &str) -> Option<Vec<(&str, &str)>> {
    let mut out: Vec<(&str, &str)> = Vec::new();
    let mut rest = list;
    loop {
        let (name, after) = rest.split_once('=')?;
        let legal = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(legal) {
            return None;
        }
        let end = match after.strip_prefix('"') {
            // Both quotes, and what is between them.
            Some(quoted) => quoted.find('"')?.checked_add(2)?,
            None => after.find(',').unwrap_or(after.len()),
        };
        let (value, after) = after.split_at_checked(end)?;
        let unquoted = value.strip_prefix('"').is_none();
        let illegal = |c: char| c.is_whitespace() || c == '"';
        if unquoted && (value.is_empty() || value.contains(illegal)) {
            return None;
        }
        out.push((name, value));
        if after.is_empty() {
            return Some(out);
        }
        rest = after.strip_prefix(',')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_equals_signs_in_quotes_are_part_of_the_value() {
        let line = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a,b=c\",KEYFORMATVERSIONS=\"1\"";
        let expected = vec![
            ("METHOD", "SAMPLE-AES"),
            ("URI", "\"skd://a,b=c\""),
            ("KEYFORMATVERSIONS", "\"1\""),
        ];
        assert_eq!(Tag::Key.attributes_of(line), Some(expected));
        assert_eq!(Tag::SessionKey.attributes_of(line), None);
    }

    #[test]
    fn malformed_lists_are_no_lists() {
        for list in [
            "",
            "METHOD",
            "METHOD=",
            "=1",
            "METHOD=SAMPLE-AES,",
            "URI=\"open",
            "URI=\"a\"b",
            "uri=\"a\"",
            "METHOD=SAMPLE AES",
            "METHOD=a\"b\"",
        ] {
            assert_eq!(attributes(list), None, "{list}");
        }
    }
}
