//! `SegmentTemplate` with `SegmentTimeline` or `@duration`.

use media::Timescale;

use super::{AnnouncedSegment, Context, Element, Findings, Listed, Location, MAX_SEGMENTS, time};

/// Initialization and media segments of a Representation that has a template.
pub(super) fn read(context: &Context<'_>, findings: &mut Findings) -> Option<Listed> {
    let templates: Vec<&Element> = context
        .elements
        .iter()
        .filter_map(|element| element.child("SegmentTemplate"))
        .collect();
    if templates.is_empty() {
        return None;
    }
    let attribute = |name| {
        templates
            .iter()
            .find_map(|template| template.attribute(name))
    };
    let number =
        |name, otherwise: u64| attribute(name).map_or(Some(otherwise), |text| text.parse().ok());
    let init = attribute("initialization").and_then(|name| {
        let url = expand(name, context, 0, 0);
        context.resolve(&url, findings).map(Location::whole)
    });
    let timescale =
        number("timescale", 1).and_then(|rate| Timescale::new(u32::try_from(rate).ok()?));
    let offset = number("presentationTimeOffset", 0);
    let first = number("startNumber", 1);
    let (Some(timescale), Some(offset), Some(first)) = (timescale, offset, first) else {
        let expected = "numbers in @timescale, @presentationTimeOffset and @startNumber";
        findings.add(context.at(), "SegmentTemplate", "unreadable", expected);
        return Some(Listed {
            init,
            ..Listed::default()
        });
    };
    let origin = time(offset.into(), timescale);
    let media = attribute("media");
    let timeline = templates
        .iter()
        .find_map(|template| template.child("SegmentTimeline"));
    let (Some(media), Some(timeline)) = (media, timeline) else {
        let expected = "@media and SegmentTimeline";
        findings.add(context.at(), "SegmentTemplate", "without them", expected);
        return Some(Listed {
            init,
            origin,
            segments: Vec::new(),
        });
    };
    let mut segments = Vec::new();
    for (start, duration) in spans(timeline, context, findings) {
        let index = segments.len() as u64;
        let url = expand(media, context, first.saturating_add(index), start);
        let Some(path) = context.resolve(&url, findings) else {
            break;
        };
        let start = time(start.into(), timescale);
        let Some(duration) = time(duration.into(), timescale) else {
            break;
        };
        segments.push(AnnouncedSegment {
            location: Location::whole(path),
            start,
            duration,
        });
    }
    Some(Listed {
        init,
        origin,
        segments,
    })
}

/// Start and duration of every segment, in ticks. A gap is a finding.
fn spans(timeline: &Element, context: &Context<'_>, findings: &mut Findings) -> Vec<(u64, u64)> {
    let mut spans: Vec<(u64, u64)> = Vec::new();
    for (index, element) in timeline.all("S").enumerate() {
        let field = |name| format!("SegmentTimeline S[{index}]@{name}");
        let number = |name, otherwise: Option<u64>| {
            element
                .attribute(name)
                .map_or(otherwise, |text| text.parse().ok())
        };
        let end = spans
            .last()
            .map(|(start, duration)| start.saturating_add(*duration));
        let start = number("t", Some(end.unwrap_or(0)));
        let (duration, repeat) = (number("d", None), number("r", Some(0)));
        let (Some(mut start), Some(duration), Some(repeat)) = (start, duration, repeat) else {
            findings.add(
                context.at(),
                field("d"),
                "unreadable",
                "numbers in @t, @d and @r",
            );
            break;
        };
        if let Some(end) = end.filter(|end| *end != start) {
            findings.add(
                context.at(),
                field("t"),
                start,
                format!("{end}, where the last ended"),
            );
        }
        if duration == 0 {
            findings.add(context.at(), field("d"), 0, "at least 1");
        }
        let count = repeat.saturating_add(1);
        if count > (MAX_SEGMENTS - spans.len()) as u64 {
            let expected = format!("at most {MAX_SEGMENTS} segments");
            findings.add(context.at(), field("r"), repeat, expected);
            break;
        }
        for _ in 0..count {
            spans.push((start, duration));
            start = start.saturating_add(duration);
        }
    }
    spans
}

/// A template with its identifiers replaced. ISO/IEC 23009-1 5.3.9.4.4.
fn expand(template: &str, context: &Context<'_>, number: u64, time: u64) -> String {
    let mut text = String::new();
    // Odd parts stand between dollar signs.
    for (index, part) in template.split('$').enumerate() {
        if index % 2 == 0 {
            text.push_str(part);
            continue;
        }
        let (name, width) = part.split_once('%').unwrap_or((part, ""));
        let width = width
            .trim_end_matches('d')
            .parse()
            .unwrap_or(1)
            .min(32usize);
        match name {
            "" => text.push('$'),
            "RepresentationID" => text.push_str(context.attribute("id").unwrap_or_default()),
            "Bandwidth" => text.push_str(context.attribute("bandwidth").unwrap_or_default()),
            "Number" => text.push_str(&format!("{number:0width$}")),
            "Time" => text.push_str(&format!("{time:0width$}")),
            _ => text.push_str(part),
        }
    }
    text
}
