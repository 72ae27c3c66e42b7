//! Lines of a text, however they end.

/// The lines of a text with their numbers from 1, ended by LF, CR LF or CR.
#[derive(Clone)]
pub(crate) struct Lines<'t> {
    rest: Option<&'t str>,
    number: u64,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Lines<'t> {
        Lines {
            rest: Some(text),
            number: 0,
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = (u64, &'t str);

    fn next(&mut self) -> Option<(u64, &'t str)> {
        let rest = self.rest.take()?;
        self.number += 1;
        let end = rest.bytes().position(|byte| byte == b'\n' || byte == b'\r');
        let Some((line, after)) = end.and_then(|end| rest.split_at_checked(end)) else {
            return (!rest.is_empty()).then_some((self.number, rest));
        };
        let after = after.strip_prefix("\r\n").or_else(|| after.get(1..));
        self.rest = after;
        Some((self.number, line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_counts_once() {
        let lines: Vec<_> = Lines::new("a\r\nb\rc\n\n\rd").collect();
        assert_eq!(
            lines,
            [(1, "a"), (2, "b"), (3, "c"), (4, ""), (5, ""), (6, "d")]
        );
        assert_eq!(Lines::new("a\n").count(), 1);
        assert_eq!(Lines::new("").count(), 0);
    }
}
