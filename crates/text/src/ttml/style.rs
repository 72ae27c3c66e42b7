//! Style attributes that have a counterpart in WebVTT.

use super::xml::Element;
use crate::markup::Tag;

/// The styles of an element, as far as specified. Lengths are percent of the root container.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Style {
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
    pub(super) underline: Option<bool>,
    pub(super) hidden: Option<bool>,
    pub(super) color: Option<Option<&'static str>>,
    pub(super) ruby: Option<Ruby>,
    pub(super) align: Option<Align>,
    pub(super) right_to_left: Option<bool>,
    pub(super) display_align: Option<DisplayAlign>,
    pub(super) vertical: Option<Option<Vertical>>,
    /// Left and top.
    pub(super) origin: Option<(f64, f64)>,
    /// Width and height.
    pub(super) extent: Option<(f64, f64)>,
}

/// `tts:textAlign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
    Start,
    End,
}

/// `tts:displayAlign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DisplayAlign {
    Before,
    Center,
    After,
}

/// `tts:writingMode` of vertical text, by where lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vertical {
    RightToLeft,
    LeftToRight,
}

/// `tts:ruby`, as far as it matters to text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruby {
    None,
    Base,
    Text,
    /// Shown only where ruby is not.
    Delimiter,
}

/// What lengths are relative to: the root element's `tts:extent` and `ttp:cellResolution`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Root {
    pixels: Option<(f64, f64)>,
    cells: (f64, f64),
}

impl Root {
    pub(super) fn new(root: &Element<'_>) -> Root {
        let pixel = |text: &str| text.strip_suffix("px").and_then(decimal);
        let pixels = root
            .attribute("extent")
            .and_then(|extent| pair(extent, pixel, pixel));
        let cells = root
            .attribute("cellResolution")
            .and_then(|cells| pair(cells, decimal, decimal));
        let positive = |(x, y): &(f64, f64)| *x > 0.0 && *y > 0.0;
        Root {
            pixels: pixels.filter(positive),
            cells: cells.filter(positive).unwrap_or((32.0, 15.0)),
        }
    }

    /// A pair of lengths as percent of width and height.
    fn lengths(&self, text: &str) -> Option<(f64, f64)> {
        let (wide, high) = self.pixels.unzip();
        let (columns, rows) = self.cells;
        pair(
            text,
            |length| percent(length, "rw", wide, columns),
            |length| percent(length, "rh", high, rows),
        )
    }
}

fn percent(length: &str, root_unit: &str, pixels: Option<f64>, cells: f64) -> Option<f64> {
    if let Some(value) = length
        .strip_suffix('%')
        .or_else(|| length.strip_suffix(root_unit))
    {
        return decimal(value);
    }
    if let Some(value) = length.strip_suffix("px") {
        return Some(decimal(value)? * 100.0 / pixels?);
    }
    Some(decimal(length.strip_suffix('c')?)? * 100.0 / cells)
}

fn pair(
    text: &str,
    first: impl Fn(&str) -> Option<f64>,
    second: impl Fn(&str) -> Option<f64>,
) -> Option<(f64, f64)> {
    let mut parts = text.split_ascii_whitespace();
    let both = (first(parts.next()?)?, second(parts.next()?)?);
    parts.next().is_none().then_some(both)
}

/// A plain decimal number, never infinite.
fn decimal(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    text.parse::<f64>()
        .ok()
        .filter(|value| plain && value.is_finite())
}

impl Style {
    /// The style attributes of `element`; what is not known is passed over.
    pub(super) fn new(element: &Element<'_>, root: &Root) -> Style {
        let mut style = Style::default();
        for (name, value) in &element.attributes {
            let value = value.trim();
            match name.as_str() {
                "fontWeight" => style.bold = Some(value == "bold"),
                "fontStyle" => style.italic = Some(matches!(value, "italic" | "oblique")),
                "textDecoration" => {
                    for word in value.split_ascii_whitespace() {
                        match word {
                            "underline" => style.underline = Some(true),
                            "noUnderline" | "none" => style.underline = Some(false),
                            _ => {}
                        }
                    }
                }
                "display" if value == "none" => style.hidden = Some(true),
                "visibility" => style.hidden = Some(value == "hidden"),
                "color" => style.color = color(value),
                "ruby" => style.ruby = ruby(value),
                "textAlign" => style.align = align(value),
                "direction" => style.right_to_left = Some(value == "rtl"),
                "displayAlign" => style.display_align = display_align(value),
                "writingMode" => style.vertical = vertical(value),
                "origin" => style.origin = root.lengths(value),
                "extent" => style.extent = root.lengths(value),
                _ => {}
            }
        }
        style
    }

    /// This style with what `over` specifies in place of its own.
    pub(super) fn with(self, over: Style) -> Style {
        Style {
            bold: over.bold.or(self.bold),
            italic: over.italic.or(self.italic),
            underline: over.underline.or(self.underline),
            hidden: over.hidden.or(self.hidden),
            color: over.color.or(self.color),
            ruby: over.ruby.or(self.ruby),
            align: over.align.or(self.align),
            right_to_left: over.right_to_left.or(self.right_to_left),
            display_align: over.display_align.or(self.display_align),
            vertical: over.vertical.or(self.vertical),
            origin: over.origin.or(self.origin),
            extent: over.extent.or(self.extent),
        }
    }

    /// What children have of this style.
    pub(super) fn inherited(self) -> Style {
        Style {
            display_align: None,
            vertical: None,
            origin: None,
            extent: None,
            ..self
        }
    }

    /// The WebVTT tags of text in this style, outermost first.
    pub(super) fn tags(&self) -> impl Iterator<Item = Tag> + use<> {
        let ruby = matches!(self.ruby, Some(Ruby::Base | Ruby::Text));
        [
            self.color.flatten().map(Tag::Color),
            ruby.then_some(Tag::Ruby),
            (self.ruby == Some(Ruby::Text)).then_some(Tag::RubyText),
            (self.bold == Some(true)).then_some(Tag::Bold),
            (self.italic == Some(true)).then_some(Tag::Italic),
            (self.underline == Some(true)).then_some(Tag::Underline),
        ]
        .into_iter()
        .flatten()
    }
}

/// The WebVTT colour class; white is the default and needs none, nor do other colours have one.
fn color(value: &str) -> Option<Option<&'static str>> {
    const CLASSES: [(&str, &str); 7] = [
        ("#00ff00", "lime"),
        ("#00ffff", "cyan"),
        ("#ff0000", "red"),
        ("#ffff00", "yellow"),
        ("#ff00ff", "magenta"),
        ("#0000ff", "blue"),
        ("#000000", "black"),
    ];
    let value = value.to_ascii_lowercase();
    let value = match value.as_str() {
        "aqua" => "cyan",
        "fuchsia" => "magenta",
        // With an alpha channel.
        long if long.len() == 9 => long.get(..7).unwrap_or(long),
        other => other,
    };
    let found = CLASSES
        .iter()
        .find(|(code, name)| *code == value || *name == value);
    Some(found.map(|(_, name)| *name))
}

fn ruby(value: &str) -> Option<Ruby> {
    Some(match value {
        "container" | "base" | "baseContainer" => Ruby::Base,
        "text" | "textContainer" => Ruby::Text,
        "delimiter" => Ruby::Delimiter,
        "none" => Ruby::None,
        _ => return None,
    })
}

fn align(value: &str) -> Option<Align> {
    Some(match value {
        "left" => Align::Left,
        "center" => Align::Center,
        "right" => Align::Right,
        "start" | "justify" => Align::Start,
        "end" => Align::End,
        _ => return None,
    })
}

fn display_align(value: &str) -> Option<DisplayAlign> {
    Some(match value {
        "before" => DisplayAlign::Before,
        "center" => DisplayAlign::Center,
        "after" => DisplayAlign::After,
        _ => return None,
    })
}

fn vertical(value: &str) -> Option<Option<Vertical>> {
    Some(match value {
        "tbrl" | "tb" => Some(Vertical::RightToLeft),
        "tblr" => Some(Vertical::LeftToRight),
        "lrtb" | "rltb" | "lr" | "rl" => None,
        _ => return None,
    })
}
