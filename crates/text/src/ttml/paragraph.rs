//! One paragraph into cues: more than one where its spans have times of their own.

use super::clock::INDEFINITE;
use super::head::Head;
use super::layout;
use super::milliseconds;
use super::style::Style;
use crate::document::Cue;
use crate::error::Error;
use crate::format::MAX_BYTES;
use crate::markup::{Entities, Markup};
use crate::timestamp;

/// The text of a paragraph.
pub(super) struct Paragraph {
    line: u64,
    fragments: Vec<Fragment>,
}

/// A run of text, or a line break where `text` is `None`. Times are nanoseconds.
pub(super) struct Fragment {
    pub(super) begin: i64,
    pub(super) end: i64,
    pub(super) text: Option<String>,
    pub(super) preserve: bool,
    pub(super) style: Style,
    pub(super) region: Option<usize>,
}

impl Fragment {
    fn is_shown(&self, begin: i64, end: i64) -> bool {
        self.begin <= begin && end <= self.end
    }
}

impl Paragraph {
    pub(super) fn new(line: u64) -> Paragraph {
        Paragraph {
            line,
            fragments: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, fragment: Fragment) {
        if fragment.begin < fragment.end {
            self.fragments.push(fragment);
        }
    }

    /// The cues: one for each stretch of time in which the same text is shown.
    ///
    /// # Errors
    ///
    /// [`Error::TooDense`] when so many spans have times that the work would explode.
    pub(super) fn cues(&self, head: &Head) -> Result<Vec<Cue>, Error> {
        /// Passes over a paragraph, and fragments passed over in more passes than that.
        const PASSES: usize = 16;
        const VISITS: usize = 100_000;

        let mut instants: Vec<i64> = self
            .fragments
            .iter()
            .filter(|fragment| fragment.text.is_some())
            .flat_map(|fragment| [fragment.begin, fragment.end])
            .collect();
        instants.sort_unstable();
        instants.dedup();
        if instants.len() > PASSES && instants.len().saturating_mul(self.fragments.len()) > VISITS {
            return Err(self.too_dense());
        }
        let mut cues: Vec<Cue> = Vec::new();
        let mut written = 0_usize;
        for stretch in instants.windows(2) {
            let &[begin, end] = stretch else { continue };
            let Some((settings, text)) = self.text(begin, end, head) else {
                continue;
            };
            let (start_ms, end_ms) = (milliseconds(begin), milliseconds(end));
            if end_ms <= start_ms {
                continue;
            }
            written = written.saturating_add(text.len());
            if written > MAX_BYTES {
                return Err(self.too_dense());
            }
            match cues.last_mut() {
                Some(last)
                    if last.end_ms == start_ms
                        && last.text == text
                        && last.settings == settings =>
                {
                    last.end_ms = end_ms;
                }
                _ => cues.push(Cue {
                    id: None,
                    start_ms,
                    end_ms,
                    settings,
                    text,
                }),
            }
        }
        Ok(cues)
    }

    pub(super) fn too_dense(&self) -> Error {
        let begin = self
            .fragments
            .iter()
            .map(|fragment| fragment.begin)
            .min()
            .unwrap_or(0);
        let at = timestamp::format(milliseconds(begin.min(INDEFINITE - 1)));
        Error::TooDense {
            at: format!("{at} (line {})", self.line),
            limit: MAX_BYTES as u64,
        }
    }

    /// Settings and text of what is shown from `begin` to `end`; `None` for nothing.
    fn text(&self, begin: i64, end: i64, head: &Head) -> Option<(String, String)> {
        let mut markup = Markup::default();
        let mut first: Option<&Fragment> = None;
        // Spaces run together across the borders of spans.
        let mut after_space = true;
        for fragment in self
            .fragments
            .iter()
            .filter(|fragment| fragment.is_shown(begin, end))
        {
            let Some(text) = &fragment.text else {
                markup.line_break();
                after_space = true;
                continue;
            };
            let style = region_style(fragment, head)
                .inherited()
                .with(fragment.style);
            markup.tags(style.tags());
            if fragment.preserve {
                markup.text(text, Entities::Escape);
                after_space = false;
            } else {
                markup.text(&collapse(text, &mut after_space), Entities::Escape);
            }
            if first.is_none() && !text.trim().is_empty() {
                first = Some(fragment);
            }
        }
        let fragment = first?;
        let text = markup.finish();
        let lines = text.matches('\n').count() + 1;
        let style = region_style(fragment, head).with(fragment.style);
        Some((layout::settings(&style, lines), text))
    }
}

/// What the region of `fragment` specifies, over the initial values.
fn region_style(fragment: &Fragment, head: &Head) -> Style {
    let region = fragment.region.and_then(|region| head.region_style(region));
    head.initial.with(region.unwrap_or_default())
}

/// `text` with each run of spaces and line ends as one space.
fn collapse(text: &str, after_space: &mut bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, ' ' | '\t' | '\n' | '\r') {
            if !*after_space {
                out.push(' ');
            }
            *after_space = true;
        } else {
            out.push(character);
            *after_space = false;
        }
    }
    out
}
