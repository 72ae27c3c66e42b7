//! The `body` element: what is shown when.

use super::clock::{Clock, INDEFINITE};
use super::head::Head;
use super::paragraph::{Fragment, Paragraph};
use super::style::{Root, Ruby, Style};
use super::xml::{Element, Node, Xml};
use crate::document::Cue;
use crate::error::{Error, excerpt};
use crate::format::MAX_BYTES;
use crate::warning::Warnings;

/// The cues of a body in the making.
pub(super) struct Body<'c> {
    clock: &'c Clock,
    preserve: bool,
    cues: Vec<Cue>,
    /// Bytes of text in `cues`, which spans with times of their own repeat.
    written: usize,
}

/// An element whose end has not come. Times are nanoseconds.
struct Open {
    begin: i64,
    end: i64,
    /// Whether `dur` or `end` say when it ends.
    has_end: bool,
    sequential: bool,
    /// Whether text in it takes no time: a part of a sequence without an end.
    instant: bool,
    /// In a sequence: when the next child begins.
    next: i64,
    /// When the last child wants to end.
    wanted_end: i64,
    preserve: bool,
    style: Style,
    region: Option<usize>,
    is_paragraph: bool,
}

impl<'c> Body<'c> {
    pub(super) fn new(clock: &'c Clock, preserve: bool) -> Body<'c> {
        Body {
            clock,
            preserve,
            cues: Vec::new(),
            written: 0,
        }
    }

    pub(super) fn finish(self) -> Vec<Cue> {
        self.cues
    }

    /// Reads what stands between the start of `body`, which was just read, and its end.
    pub(super) fn read(
        &mut self,
        xml: &mut Xml<'_>,
        body: Element<'_>,
        head: &Head,
        root: &Root,
        warnings: &mut Warnings,
    ) -> Result<(), Error> {
        let document = Open {
            begin: 0,
            end: INDEFINITE,
            has_end: false,
            sequential: false,
            instant: false,
            next: 0,
            wanted_end: 0,
            preserve: self.preserve,
            style: Style::default(),
            region: None,
            is_paragraph: false,
        };
        let mut stack = vec![self.open(&document, &body, head, root, warnings)?];
        let mut paragraph: Option<Paragraph> = None;
        while let Some(parent) = stack.last() {
            match xml.next()? {
                Node::Start(element) => match element.name.as_str() {
                    "div" | "p" | "span" => {
                        let mut open = self.open(parent, &element, head, root, warnings)?;
                        if element.name == "p" && paragraph.is_none() {
                            open.is_paragraph = true;
                            paragraph = Some(Paragraph::new(element.line));
                        }
                        stack.push(open);
                    }
                    "br" => {
                        if let Some(paragraph) = &mut paragraph {
                            paragraph.push(fragment(parent, None));
                        }
                        xml.skip()?;
                    }
                    "image" => {
                        return Err(Error::Images {
                            line: element.line,
                            what: "image".into(),
                        });
                    }
                    _ => xml.skip()?,
                },
                Node::Text(text) => self.text(&mut stack, paragraph.as_mut(), &text),
                Node::End => {
                    let Some(closed) = stack.pop() else { break };
                    close(&closed, stack.last_mut());
                    if closed.is_paragraph
                        && let Some(paragraph) = paragraph.take()
                    {
                        self.paragraph(&paragraph, head)?;
                    }
                }
                Node::Eof => break,
            }
        }
        Ok(())
    }

    /// The times, style and region of `element`. TTML1, 10.4: `begin` and `end` count from the
    /// begin of the parent or, in a sequence, from the end of the element before.
    fn open(
        &self,
        parent: &Open,
        element: &Element<'_>,
        head: &Head,
        root: &Root,
        warnings: &mut Warnings,
    ) -> Result<Open, Error> {
        if let Some(image) = element.attribute("backgroundImage") {
            let what = format!("{} backgroundImage {}", element.name, excerpt(image));
            return Err(Error::Images {
                line: element.line,
                what,
            });
        }
        let base = if parent.sequential {
            parent.next
        } else {
            parent.begin
        };
        let offset = self.clock.attribute(element, "begin")?;
        let begin = base.saturating_add(offset.unwrap_or(0)).min(parent.end);
        let duration = self.clock.attribute(element, "dur")?;
        let end = self.clock.attribute(element, "end")?;
        let ends = [
            duration.map(|duration| begin.saturating_add(duration)),
            end.map(|end| base.saturating_add(end)),
        ];
        let own_end = ends.into_iter().flatten().min();
        let has_end = own_end.is_some_and(|end| end != INDEFINITE);
        let end = own_end.unwrap_or(INDEFINITE).min(parent.end);
        if has_end && end <= begin {
            let what = format!(
                "{} is not shown: it ends where or before it begins",
                element.name
            );
            warnings.line(element.line, "times", what);
        }
        let mut style = parent.style.inherited();
        if let Some(names) = element.attribute("style") {
            style = style.with(head.referenced(names));
        }
        let sequential = element.attribute("timeContainer").map(str::trim) == Some("seq");
        Ok(Open {
            begin,
            end,
            has_end,
            sequential,
            instant: parent.sequential && !has_end && element.name == "span",
            next: begin,
            wanted_end: begin,
            preserve: match element.attribute("space") {
                Some(space) => space == "preserve",
                None => parent.preserve,
            },
            style: style.with(Style::new(element, root)),
            region: element
                .attribute("region")
                .and_then(|name| head.region(name))
                .or(parent.region),
            is_paragraph: false,
        })
    }

    /// Text counts in a paragraph alone, and not directly in a sequence, where it takes no time.
    fn text(&self, stack: &mut [Open], paragraph: Option<&mut Paragraph>, text: &str) {
        let (Some(parent), Some(paragraph)) = (stack.last_mut(), paragraph) else {
            return;
        };
        if parent.sequential || parent.instant {
            return;
        }
        parent.wanted_end = INDEFINITE;
        if parent.style.hidden != Some(true) && parent.style.ruby != Some(Ruby::Delimiter) {
            paragraph.push(fragment(parent, Some(text)));
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph, head: &Head) -> Result<(), Error> {
        let before = self.cues.len();
        for cue in paragraph.cues(head)? {
            self.written = self.written.saturating_add(cue.text.len());
            if self.written > MAX_BYTES {
                return Err(paragraph.too_dense());
            }
            // Lines of one caption are often paragraphs of their own; as separate cues players
            // would stack them the other way round.
            let first_new = self.cues.len() == before;
            match self.cues.last_mut() {
                Some(last)
                    if first_new
                        && (last.start_ms, last.end_ms) == (cue.start_ms, cue.end_ms)
                        && last.settings == cue.settings =>
                {
                    last.text.push('\n');
                    last.text.push_str(&cue.text);
                }
                _ => self.cues.push(cue),
            }
        }
        Ok(())
    }
}

fn fragment(parent: &Open, text: Option<&str>) -> Fragment {
    Fragment {
        begin: parent.begin,
        end: parent.end,
        text: text.map(str::to_owned),
        preserve: parent.preserve,
        style: parent.style,
        region: parent.region,
    }
}

/// Tells the parent when a child ends: where it says so, else when its last child does.
fn close(closed: &Open, parent: Option<&mut Open>) {
    let Some(parent) = parent else { return };
    let end = if closed.has_end {
        closed.end
    } else {
        closed.wanted_end.min(closed.end)
    };
    parent.wanted_end = if parent.sequential {
        end
    } else {
        parent.wanted_end.max(end)
    };
    parent.next = end;
}
