//! HLS playlists, read line by line (RFC 8216).

use media::Time;

use crate::job::seconds;

/// A playlist: its tags and URIs in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Playlist {
    pub(super) lines: Vec<Line>,
}

/// A tag or a URI, with the number of its line, from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) item: Item,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// `#EXT-X-NAME:value`; the name without `#`.
    Tag { name: String, value: String },
    /// A URI.
    Uri(String),
}

impl Playlist {
    /// Reads a playlist; comments and blank lines are dropped.
    ///
    /// # Errors
    ///
    /// Text that does not start with `#EXTM3U`.
    pub(super) fn parse(text: &str) -> Result<Playlist, &'static str> {
        let mut lines = text.lines().enumerate();
        if lines.next().is_none_or(|(_, first)| first != "#EXTM3U") {
            return Err("#EXTM3U");
        }
        let line = |(index, text): (usize, &str)| {
            let number = index + 1;
            if let Some(tag) = text.strip_prefix("#EXT") {
                let (name, value) = tag.split_once(':').unwrap_or((tag, ""));
                let item = Item::Tag {
                    name: format!("EXT{name}"),
                    value: value.into(),
                };
                return Some(Line { number, item });
            }
            let uri = !text.is_empty() && !text.starts_with('#');
            uri.then(|| Line {
                number,
                item: Item::Uri(text.into()),
            })
        };
        Ok(Playlist {
            lines: lines.filter_map(line).collect(),
        })
    }

    /// The value of the first tag called `name`.
    pub(super) fn tag(&self, name: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| match &line.item {
            Item::Tag { name: tag, value } if tag == name => Some(value.as_str()),
            Item::Tag { .. } | Item::Uri(_) => None,
        })
    }

    /// Whether this lists variants rather than segments.
    pub(super) fn is_master(&self) -> bool {
        self.tag("EXT-X-STREAM-INF").is_some() || self.tag("EXT-X-MEDIA").is_some()
    }
}

/// The value of attribute `name` in an attribute list, without quotes. RFC 8216 4.2.
pub(super) fn attribute<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = list;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"')?;
                (value, after.strip_prefix(',').unwrap_or(after))
            }
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.trim() == name {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// The duration of an `EXTINF` value: what stands before the first comma.
pub(super) fn extinf(value: &str) -> Option<Time> {
    seconds(value.split(',').next().unwrap_or_default()).ok()
}

/// Length and, where given, offset of a byte range `n[@o]`.
pub(super) fn byte_range(value: &str) -> Option<(u64, Option<u64>)> {
    match value.split_once('@') {
        Some((length, offset)) => Some((length.parse().ok()?, Some(offset.parse().ok()?))),
        None => Some((value.parse().ok()?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_uris_keep_their_lines() {
        let text = "#EXTM3U\r\n# a comment\n\n#EXTINF:2.002,title\nseg 1.m4s\n#EXT-X-ENDLIST";
        let playlist = Playlist::parse(text).unwrap();
        assert_eq!(playlist.tag("EXTINF"), Some("2.002,title"));
        assert_eq!(playlist.lines.last().unwrap().number, 6);
        assert_eq!(playlist.lines[1].item, Item::Uri("seg 1.m4s".into()));
        assert!(!playlist.is_master());
        assert!(Playlist::parse("").is_err());
        assert!(Playlist::parse("#EXTM3U8").is_err());
    }

    #[test]
    fn attributes_may_hold_commas_in_quotes() {
        let list = "BANDWIDTH=12,CODECS=\"avc1.64001f,mp4a.40.2\",NAME=\"a=b\",LAST=YES";
        assert_eq!(attribute(list, "CODECS"), Some("avc1.64001f,mp4a.40.2"));
        assert_eq!(attribute(list, "BANDWIDTH"), Some("12"));
        assert_eq!(attribute(list, "NAME"), Some("a=b"));
        assert_eq!(attribute(list, "LAST"), Some("YES"));
        assert_eq!(attribute(list, "WIDTH"), None);
        assert_eq!(attribute("A=\"open", "A"), None);
    }

    #[test]
    fn durations_and_ranges_are_exact() {
        assert_eq!(extinf("2.002,").map(|time| time.ticks), Some(2002));
        assert_eq!(extinf("-1,"), None);
        assert_eq!(byte_range("10@20"), Some((10, Some(20))));
        assert_eq!(byte_range("10"), Some((10, None)));
        assert_eq!(byte_range("x@1"), None);
    }
}
