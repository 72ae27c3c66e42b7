//! WebVTT cue text written piece by piece: escaped, its tags balanced, no line empty.

use std::borrow::Cow;

/// A WebVTT cue tag other formats have a counterpart for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tag {
    Bold,
    Italic,
    Underline,
    /// The base and text of ruby annotation.
    Ruby,
    /// The text of ruby annotation, inside [`Tag::Ruby`].
    RubyText,
    /// A default text colour class.
    Color(&'static str),
}

/// Whether `&` may already begin an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entities {
    /// `&amp;` is five characters of text.
    Escape,
    /// `&amp;` is an ampersand already escaped.
    Keep,
}

/// Cue text in the making.
///
/// Tags are opened and closed only where text follows, so that neither empty pairs nor pairs
/// around a line break alone arise, and always in nesting order.
#[derive(Debug, Default)]
pub(crate) struct Markup {
    out: String,
    open: Vec<Tag>,
    wanted: Vec<Tag>,
    space: String,
    line: LineState,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum LineState {
    /// Nothing on the first line yet.
    #[default]
    First,
    /// A line break is due before the next text.
    Break,
    /// The current line has text.
    Inked,
}

impl Markup {
    /// Sets the tags of what follows, outermost first. At most a handful are expected.
    pub(crate) fn tags(&mut self, tags: impl IntoIterator<Item = Tag>) {
        self.wanted.clear();
        for tag in tags {
            if !self.wanted.contains(&tag) {
                self.wanted.push(tag);
            }
        }
    }

    /// Adds text; `\n` breaks the line, spaces at either end of a line are dropped.
    pub(crate) fn text(&mut self, text: &str, entities: Entities) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break();
            }
            let ink = line.trim_start_matches(is_space);
            let lead = line.get(..line.len() - ink.len()).unwrap_or_default();
            if self.line == LineState::Inked {
                self.space.push_str(lead);
            }
            let body = ink.trim_end_matches(is_space);
            if !body.is_empty() {
                self.flush();
                self.escape(body, entities);
                self.space
                    .push_str(ink.get(body.len()..).unwrap_or_default());
            }
        }
    }

    /// Ends the line; several in a row are one.
    pub(crate) fn line_break(&mut self) {
        self.space.clear();
        if self.line == LineState::Inked {
            self.line = LineState::Break;
        }
    }

    /// The whole text, its tags closed.
    pub(crate) fn finish(mut self) -> String {
        self.close_to(0);
        self.out
    }

    /// Brings line breaks, tags and spaces up to where text comes next.
    fn flush(&mut self) {
        let keep = self
            .open
            .iter()
            .zip(&self.wanted)
            .take_while(|(a, b)| a == b)
            .count();
        self.close_to(keep);
        if self.line == LineState::Break {
            self.out.push('\n');
        }
        self.line = LineState::Inked;
        self.out.push_str(&self.space);
        self.space.clear();
        for tag in self.wanted.iter().skip(keep) {
            self.out.push('<');
            self.out.push_str(tag.name());
            if let Tag::Color(color) = tag {
                self.out.push('.');
                self.out.push_str(color);
            }
            self.out.push('>');
            self.open.push(*tag);
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some(tag) = self.open.pop() {
                self.out.push_str("</");
                self.out.push_str(tag.name());
                self.out.push('>');
            }
        }
    }

    fn escape(&mut self, text: &str, entities: Entities) {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '\r', '\0']) {
            let (plain, special) = rest.split_at(at);
            self.out.push_str(plain);
            let (first, after) = special.split_at(1);
            rest = after;
            match first {
                "&" if entities == Entities::Keep && begins_entity(after) => self.out.push('&'),
                "&" => self.out.push_str("&amp;"),
                "<" => self.out.push_str("&lt;"),
                // Only an arrow would be taken for a cue timing.
                ">" if self.out.ends_with("--") => self.out.push_str("&gt;"),
                ">" => self.out.push('>'),
                "\0" => self.out.push('\u{fffd}'),
                _ => self.out.push(' '),
            }
        }
        self.out.push_str(rest);
    }
}

impl Tag {
    fn name(self) -> &'static str {
        match self {
            Tag::Bold => "b",
            Tag::Italic => "i",
            Tag::Underline => "u",
            Tag::Ruby => "ruby",
            Tag::RubyText => "rt",
            Tag::Color(_) => "c",
        }
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r')
}

/// Whether what stands after a `&` makes it one of the WebVTT entities.
fn begins_entity(after: &str) -> bool {
    ["amp;", "lt;", "gt;", "lrm;", "rlm;", "nbsp;"]
        .iter()
        .any(|name| after.starts_with(name))
}

/// Cue text fit to stand in a file: no empty line, no arrow, no other line end than `\n`.
pub(crate) fn fit_for_file(text: &str) -> Cow<'_, str> {
    let fits = !text.contains(['\r', '\0'])
        && !text.contains("\n\n")
        && !text.starts_with('\n')
        && !text.ends_with('\n')
        && !text.contains("-->");
    if fits {
        return Cow::Borrowed(text);
    }
    let text = text.replace('\0', "\u{fffd}").replace("-->", "--&gt;");
    let lines = text.split(['\n', '\r']).filter(|line| !line.is_empty());
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// A cue identifier or settings fit to stand on a line of their own.
pub(crate) fn fit_for_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\r', '\n', '\0']) && !text.contains("-->") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.replace(['\r', '\n', '\0'], " ")
            .replace("-->", "\u{2192}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_a_line_of_its_own_holds_no_arrow_however_it_was_written() {
        for text in ["line:0 -->>s", "---->>>", "--\0>", "-->-->", "a-->"] {
            let fit = fit_for_line(text);
            assert!(
                !fit.contains("-->") && !fit.contains('\0'),
                "{text:?} became {fit:?}"
            );
        }
    }

    #[test]
    fn tags_are_closed_in_nesting_order() {
        let mut markup = Markup::default();
        markup.tags([Tag::Bold, Tag::Italic]);
        markup.text("a", Entities::Escape);
        markup.tags([Tag::Italic]);
        markup.text(" b ", Entities::Escape);
        markup.tags([]);
        markup.text("c", Entities::Escape);
        markup.tags([Tag::Color("yellow")]);
        markup.text("d", Entities::Escape);
        assert_eq!(markup.finish(), "<b><i>a</i></b> <i>b</i> c<c.yellow>d</c>");
    }

    #[test]
    fn line_breaks_neither_open_nor_close_tags_and_never_double() {
        let mut markup = Markup::default();
        markup.text("\n \n", Entities::Escape);
        markup.tags([Tag::Italic]);
        markup.text("a  \n\n", Entities::Escape);
        markup.tags([]);
        markup.line_break();
        markup.tags([Tag::Italic]);
        markup.text("  b\n", Entities::Escape);
        assert_eq!(markup.finish(), "<i>a\nb</i>");
    }

    #[test]
    fn what_webvtt_reads_as_markup_is_escaped() {
        let mut markup = Markup::default();
        markup.text("a < b & c > d --", Entities::Escape);
        markup.text("> &amp;", Entities::Escape);
        markup.text(" &amp; &c", Entities::Keep);
        assert_eq!(
            markup.finish(),
            "a &lt; b &amp; c > d --&gt; &amp;amp; &amp; &amp;c"
        );
    }

    #[test]
    fn text_is_made_fit_for_files_and_lines() {
        assert_eq!(fit_for_file("a\nb"), "a\nb");
        assert_eq!(fit_for_file("\r\na\r\n\r\nb --> c\n"), "a\nb --&gt; c");
        assert_eq!(fit_for_line("a\nb --> c"), "a b \u{2192} c");
    }
}
