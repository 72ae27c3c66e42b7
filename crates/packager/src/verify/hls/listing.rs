//! A media playlist: what it lists, segment by segment.

use media::Time;

use super::keys;
use crate::verify::announced::{AnnouncedKey, AnnouncedSegment, Content};
use crate::verify::finding::Findings;
use crate::verify::location::{Location, resolve};
use crate::verify::playlist::{Item, Playlist, attribute, byte_range, extinf};

/// What a media playlist lists.
pub(super) struct Media {
    pub(super) target_duration: Option<u64>,
    pub(super) init: Option<Location>,
    pub(super) segments: Vec<AnnouncedSegment>,
    pub(super) content: Content,
    pub(super) keys: Vec<AnnouncedKey>,
}

impl Media {
    /// Reads the media playlist at `path`.
    pub(super) fn read(path: &str, playlist: &Playlist, findings: &mut Findings) -> Media {
        let target = playlist
            .tag("EXT-X-TARGETDURATION")
            .and_then(|value| value.parse().ok());
        if target.is_none() {
            findings.add(
                (path, ""),
                "EXT-X-TARGETDURATION",
                "missing",
                "whole seconds",
            );
        }
        if playlist.tag("EXT-X-PLAYLIST-TYPE") != Some("VOD") {
            let value = playlist.tag("EXT-X-PLAYLIST-TYPE").unwrap_or("missing");
            findings.add((path, ""), "EXT-X-PLAYLIST-TYPE", value, "VOD");
        }
        if playlist.tag("EXT-X-ENDLIST").is_none() {
            findings.add(
                (path, ""),
                "EXT-X-ENDLIST",
                "missing",
                "the end of the title",
            );
        }
        let frames = playlist.tag("EXT-X-I-FRAMES-ONLY").is_some();
        let content = if frames {
            Content::FrameRanges
        } else {
            Content::Whole
        };
        let mut media = Media {
            target_duration: target,
            init: None,
            segments: Vec::new(),
            content,
            keys: Vec::new(),
        };
        let mut duration: Option<Time> = None;
        let mut range: Option<(u64, Option<u64>)> = None;
        for line in &playlist.lines {
            let place = format!("line {}", line.number);
            let at = (path, place.as_str());
            match &line.item {
                Item::Tag { name, value } if name == "EXTINF" => {
                    duration = extinf(value);
                    if duration.is_none() {
                        findings.add(at, "EXTINF", format!("{value:?}"), "seconds");
                    }
                }
                Item::Tag { name, value } if name == "EXT-X-BYTERANGE" => {
                    range = byte_range(value);
                    if range.is_none() {
                        findings.add(at, "EXT-X-BYTERANGE", format!("{value:?}"), "n[@o]");
                    }
                }
                Item::Tag { name, value } if name == "EXT-X-MAP" => {
                    let init = media.map(path, value);
                    if let Err(expected) = &init {
                        findings.add(at, "EXT-X-MAP", format!("{value:?}"), expected);
                    }
                    if media.init.is_some() {
                        findings.add(at, "EXT-X-MAP", "given twice", "one per playlist");
                    }
                    media.init = init.ok();
                }
                Item::Tag { name, value } if name == "EXT-X-KEY" => {
                    let from = media.segments.len();
                    media.keys.push(keys::read(value, line.number, from));
                }
                Item::Tag { .. } => {}
                Item::Uri(url) => {
                    let Some(duration) = duration.take() else {
                        findings.add(at, "EXTINF", "missing", "the duration of the segment");
                        continue;
                    };
                    let location = media.locate(path, url, range.take());
                    match location {
                        Ok(location) => {
                            media.segments.push(AnnouncedSegment {
                                location,
                                start: None,
                                duration,
                            });
                        }
                        Err(expected) => findings.add(at, "URI", url, expected),
                    }
                }
            }
        }
        if media.segments.is_empty() {
            findings.add((path, ""), "segments", "none", "at least one");
        }
        media
    }

    fn map(&self, path: &str, list: &str) -> Result<Location, &'static str> {
        let url = attribute(list, "URI").ok_or("the attribute URI")?;
        let range = match attribute(list, "BYTERANGE") {
            Some(range) => Some(byte_range(range).ok_or("BYTERANGE=\"n@o\"")?),
            None => None,
        };
        self.locate(path, url, range)
    }

    /// Where a URI with a byte range points. A range without offset goes on where the one before
    /// ended. RFC 8216 4.3.2.2.
    fn locate(
        &self,
        path: &str,
        url: &str,
        range: Option<(u64, Option<u64>)>,
    ) -> Result<Location, &'static str> {
        let path = resolve(path, url)?;
        let Some((length, offset)) = range else {
            return Ok(Location::whole(path));
        };
        let before = self.segments.last().map(|segment| &segment.location);
        let before = before.filter(|location| location.path == path);
        let end = before
            .and_then(|location| location.range)
            .map(|(_, end)| end);
        let start = offset.or(end).ok_or("a byte range with an offset")?;
        let end = start.checked_add(length).ok_or("a byte range that ends")?;
        Ok(Location {
            path,
            range: Some((start, end)),
        })
    }
}
