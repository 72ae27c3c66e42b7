//! Media playlists and I-frame playlists.

use media::TrackKind;

use super::super::written::{microseconds, reference, seconds};
use super::attributes::Attributes;
use super::keys;
use crate::Presentation;
use crate::bandwidth::Piece;
use crate::presentation::{ByteRange, Rendition, SegmentFacts, Storage};

/// `EXT-X-MAP` in a playlist of whole segments, RFC 8216 section 7.
pub(super) const VERSION_OF_MAPS: u32 = 6;
/// `EXT-X-MAP` in an I-frame playlist.
const VERSION_OF_IFRAME_MAPS: u32 = 5;
/// Fractions of seconds in `EXTINF`.
const VERSION_OF_FRACTIONS: u32 = 3;

/// Durations in microseconds, each the difference of the segment's rounded end and rounded start
/// (counted from the first segment's start). So the sum of the first n is off by half a
/// microsecond at most, whatever n is.
fn durations(rendition: &Rendition) -> impl Iterator<Item = u128> {
    let origin = rendition.segments.first().map_or(0, |first| first.start);
    let rounded = move |ticks: u64| microseconds(ticks.saturating_sub(origin), rendition.timescale);
    rendition
        .segments
        .iter()
        .map(move |segment| rounded(segment.end()) - rounded(segment.start))
}

/// The longest duration, rounded to whole seconds, at least 1: RFC 8216 4.3.3.1.
fn target(rendition: &Rendition) -> u64 {
    let longest = durations(rendition).max().unwrap_or_default();
    u64::try_from((longest + 500_000) / 1_000_000)
        .unwrap_or(u64::MAX)
        .max(1)
}

/// One target duration for the playlists of all variants and their audio, as RFC 8216 6.2.4 wants
/// it; of the text's where there is nothing else.
pub(super) fn common_target(presentation: &Presentation) -> u64 {
    let of_kind = |kind| presentation.of_kind(kind).map(target).max();
    of_kind(TrackKind::Video)
        .max(of_kind(TrackKind::Audio))
        .or_else(|| of_kind(TrackKind::Text))
        .unwrap_or(1)
}

/// The sizes of what the media playlist names: WebVTT files where there are some.
pub(super) fn pieces(rendition: &Rendition) -> Vec<Piece> {
    match rendition.webvtt() {
        Some(webvtt) => {
            let sized = rendition.segments.iter().zip(&webvtt.bytes);
            sized
                .map(|(segment, bytes)| segment.piece(*bytes))
                .collect()
        }
        None => rendition.pieces(),
    }
}

/// The sizes of what the I-frame playlist names; `None` where there is no such playlist, because
/// some segment has no picture that could be fetched alone.
pub(super) fn iframe_pieces(rendition: &Rendition) -> Option<Vec<Piece>> {
    let piece = |segment: &SegmentFacts| Some(segment.piece(segment.iframe?.length));
    rendition.segments.iter().map(piece).collect()
}

/// The playlist of all segments.
pub(super) fn media(presentation: &Presentation, rendition: &Rendition, target: u64) -> String {
    let target = target.max(self::target(rendition));
    if let Some(webvtt) = rendition.webvtt() {
        let mut out = header(rendition, VERSION_OF_FRACTIONS, target, "");
        out += &date(presentation, rendition);
        for (segment, duration) in rendition.segments.iter().zip(durations(rendition)) {
            entry(&mut out, duration, None, &webvtt.media.with(segment.number));
        }
        return out + END;
    }
    let mut out = header(rendition, VERSION_OF_MAPS, target, "") + &map(rendition);
    out += &date(presentation, rendition);
    let segments = rendition.segments.iter().zip(durations(rendition));
    for (place, (segment, duration)) in segments.enumerate() {
        out += &keys::before(rendition, place);
        let range = match rendition.storage {
            Storage::Segments { .. } => None,
            Storage::SingleFile { .. } => Some(ByteRange {
                offset: segment.offset,
                length: segment.bytes,
            }),
        };
        entry(
            &mut out,
            duration,
            range,
            &presentation.segment_file(rendition, segment),
        );
    }
    out + END
}

/// The playlist of one picture for each segment, as byte ranges.
pub(super) fn iframes(
    presentation: &Presentation,
    rendition: &Rendition,
    target: u64,
) -> Option<String> {
    if rendition.kind() != TrackKind::Video {
        return None;
    }
    iframe_pieces(rendition)?;
    let extra = "#EXT-X-I-FRAMES-ONLY\n";
    let mut out = header(rendition, VERSION_OF_IFRAME_MAPS, target, extra) + &map(rendition);
    let segments = rendition.segments.iter().zip(durations(rendition));
    for (place, (segment, duration)) in segments.enumerate() {
        out += &keys::before(rendition, place);
        let range = segment.iframe.map(|range| ByteRange {
            offset: segment.offset.saturating_add(range.offset),
            length: range.length,
        });
        entry(
            &mut out,
            duration,
            range,
            &presentation.segment_file(rendition, segment),
        );
    }
    Some(out + END)
}

/// The date of presentation time 0, for [`date`].
const EPOCH: &str = "1970-01-01";

/// When the first segment begins, where renditions begin at different times: RFC 8216 4.3.2.6.
/// Without it, Shaka Player takes the first segments of all playlists to begin together and plays
/// sound and pictures apart. The date itself means nothing.
fn date(presentation: &Presentation, rendition: &Rendition) -> String {
    let start = |rendition: &Rendition| {
        let first = rendition.segments.first().map_or(0, |first| first.start);
        microseconds(first, rendition.timescale)
    };
    let starts = || presentation.renditions.iter().map(start);
    let (least, most) = (starts().min(), starts().max());
    let differs = most.unwrap_or_default() - least.unwrap_or_default() > 1_000;
    let milliseconds = (start(rendition) + 500) / 1_000;
    let seconds = milliseconds / 1_000;
    let hours = seconds / 3_600;
    if !differs || hours >= 24 {
        return String::new();
    }
    format!(
        "#EXT-X-PROGRAM-DATE-TIME:{EPOCH}T{hours:02}:{:02}:{:02}.{:03}Z\n",
        seconds / 60 % 60,
        seconds % 60,
        milliseconds % 1_000
    )
}

const END: &str = "#EXT-X-ENDLIST\n";

fn header(rendition: &Rendition, version: u32, target: u64, extra: &str) -> String {
    let number = rendition.segments.first().map_or(0, |first| first.number);
    format!(
        "#EXTM3U\n\
         #EXT-X-VERSION:{version}\n\
         #EXT-X-TARGETDURATION:{target}\n\
         #EXT-X-MEDIA-SEQUENCE:{number}\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n\
         {extra}"
    )
}

fn map(rendition: &Rendition) -> String {
    let attributes = match &rendition.storage {
        Storage::Segments { init, .. } => Attributes::default().quoted("URI", &reference(init)),
        Storage::SingleFile { name, init, .. } => Attributes::default()
            .quoted("URI", &reference(name))
            .quoted("BYTERANGE", &format!("{}@{}", init.length, init.offset)),
    };
    format!("#EXT-X-MAP:{attributes}\n")
}

fn entry(out: &mut String, duration: u128, range: Option<ByteRange>, file: &str) {
    out.push_str(&format!("#EXTINF:{},\n", seconds(duration)));
    if let Some(ByteRange { offset, length }) = range {
        out.push_str(&format!("#EXT-X-BYTERANGE:{length}@{offset}\n"));
    }
    out.push_str(&reference(file));
    out.push('\n');
}
