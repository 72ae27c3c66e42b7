//! Where text stands: regions into WebVTT cue settings, as near as settings come.

use super::style::{Align, DisplayAlign, Style, Vertical};

/// Height of a line of text in percent of the video: what WebVTT renders by default.
const LINE_HEIGHT: f64 = 5.33;

/// A region that ends below this and stacks its lines from its bottom stands where WebVTT puts
/// cues by default; there players keep overlapping cues apart.
const BOTTOM: f64 = 85.0;

/// The cue settings of text of so many lines in this style, that of its region included.
///
/// Without a region's measures cues stand where WebVTT puts them, at the bottom. Percentages of
/// `line` give the top of the text, the one form every player knows, so text that is aligned to
/// the bottom or middle of its region is placed by its number of lines.
pub(super) fn settings(style: &Style, lines: usize) -> String {
    if let Some(Some(vertical)) = style.vertical {
        return match vertical {
            Vertical::RightToLeft => "vertical:rl".into(),
            Vertical::LeftToRight => "vertical:lr".into(),
        };
    }
    let mut settings = Vec::new();
    let placed = style.origin.is_some() || style.extent.is_some() || style.display_align.is_some();
    let (left, top) = style.origin.unwrap_or((0.0, 0.0));
    let (left, top) = (left.clamp(0.0, 100.0), top.clamp(0.0, 100.0));
    let (width, height) = style.extent.unwrap_or((100.0, 100.0));
    let (width, height) = (
        width.clamp(0.0, 100.0 - left),
        height.clamp(0.0, 100.0 - top),
    );
    if placed && let Some(line) = line(style.display_align, top, height, lines) {
        settings.push(format!("line:{}%", number(line)));
    }
    let align = match style.align {
        Some(align) => Some(align),
        None => placed.then_some(Align::Start),
    };
    let right_to_left = style.right_to_left == Some(true);
    // Where the text is anchored, and where it would be without a setting.
    let (anchor, default) = match align {
        Some(Align::Left) => (left, 0.0),
        Some(Align::Right) => (left + width, 100.0),
        Some(Align::Start) if right_to_left => (left + width, 0.0),
        Some(Align::Start) => (left, 0.0),
        Some(Align::End) if right_to_left => (left, 100.0),
        Some(Align::End) => (left + width, 100.0),
        Some(Align::Center) | None => (left + width / 2.0, 50.0),
    };
    if placed && (anchor - default).abs() >= 2.5 {
        settings.push(format!("position:{}%", number(anchor)));
    }
    if placed && width > 0.0 && width < 90.0 {
        settings.push(format!("size:{}%", number(width)));
    }
    match align {
        Some(Align::Left) => settings.push("align:left".into()),
        Some(Align::Right) => settings.push("align:right".into()),
        Some(Align::Start) => settings.push("align:start".into()),
        Some(Align::End) => settings.push("align:end".into()),
        Some(Align::Center) | None => {}
    }
    settings.join(" ")
}

/// The top of the text; `None` for the bottom of the video.
fn line(align: Option<DisplayAlign>, top: f64, height: f64, lines: usize) -> Option<f64> {
    let text = LINE_HEIGHT * lines.clamp(1, 20) as f64;
    let line = match align.unwrap_or(DisplayAlign::Before) {
        DisplayAlign::Before => top,
        DisplayAlign::Center => top + height / 2.0 - text / 2.0,
        DisplayAlign::After if top + height >= BOTTOM => return None,
        DisplayAlign::After => top + height - text,
    };
    // Never beyond where the last line would leave the picture.
    Some(line.min(100.0 - text).max(0.0))
}

/// To a hundredth, without zeros at the end.
fn number(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(origin: (f64, f64), extent: (f64, f64), align: DisplayAlign) -> Style {
        Style {
            origin: Some(origin),
            extent: Some(extent),
            display_align: Some(align),
            align: Some(Align::Center),
            ..Style::default()
        }
    }

    #[test]
    fn a_centred_region_at_the_bottom_needs_no_line() {
        let style = region((10.0, 10.0), (80.0, 80.0), DisplayAlign::After);
        assert_eq!(settings(&style, 2), "size:80%");
    }

    #[test]
    fn a_region_at_the_top_is_placed_by_its_top() {
        let style = region((10.0, 5.0), (90.0, 20.0), DisplayAlign::Before);
        assert_eq!(settings(&style, 1), "line:5% position:55%");
    }

    #[test]
    fn text_at_the_bottom_or_middle_of_a_region_is_placed_by_its_lines() {
        let low = region((0.0, 40.0), (100.0, 20.0), DisplayAlign::After);
        assert_eq!(settings(&low, 1), "line:54.67%");
        assert_eq!(settings(&low, 2), "line:49.34%");
        let middle = region((0.0, 40.0), (100.0, 20.0), DisplayAlign::Center);
        assert_eq!(settings(&middle, 2), "line:44.67%");
    }

    #[test]
    fn text_aligned_to_a_side_is_anchored_there() {
        let at = |align, right_to_left| {
            let style = region((10.0, 80.0), (50.0, 15.0), DisplayAlign::After);
            let right_to_left = Some(right_to_left);
            settings(
                &Style {
                    align: Some(align),
                    right_to_left,
                    ..style
                },
                1,
            )
        };
        assert_eq!(at(Align::Left, false), "position:10% size:50% align:left");
        assert_eq!(at(Align::Start, false), "position:10% size:50% align:start");
        assert_eq!(at(Align::Start, true), "position:60% size:50% align:start");
        assert_eq!(at(Align::End, false), "position:60% size:50% align:end");
        assert_eq!(at(Align::End, true), "position:10% size:50% align:end");
        assert_eq!(at(Align::Right, true), "position:60% size:50% align:right");
    }

    #[test]
    fn text_without_a_region_stands_where_webvtt_puts_it() {
        assert_eq!(settings(&Style::default(), 1), "");
        let left = Style {
            align: Some(Align::Left),
            ..Style::default()
        };
        assert_eq!(settings(&left, 1), "align:left");
    }

    #[test]
    fn absurd_measures_stay_in_the_picture() {
        let style = region((-1e300, 1e300), (1e300, -5.0), DisplayAlign::Before);
        assert_eq!(settings(&style, 1_000_000), "line:0%");
    }
}
