//! Reading HLS playlists back: which renditions they announce, segment by segment.

mod keys;
mod listing;

use std::collections::BTreeMap;

use media::{Time, Timescale};

use self::listing::Media;
use super::announced::{Announced, AnnouncedKey};
use super::files::Files;
use super::finding::Findings;
use super::location::resolve;
use super::playlist::{Item, Playlist, attribute};

/// A multivariant playlist, read.
#[derive(Clone, Debug)]
pub(super) struct Master {
    /// The file, relative to the package.
    pub(super) path: String,
    /// `EXT-X-STREAM-INF` and `EXT-X-I-FRAME-STREAM-INF`.
    pub(super) variants: Vec<Variant>,
    /// Media playlists by group type and ID: `("AUDIO", "aac")`.
    pub(super) groups: BTreeMap<(String, String), Vec<String>>,
    /// Every `EXT-X-MEDIA` that leads to a playlist.
    pub(super) renditions: Vec<Rendition>,
    /// `EXT-X-SESSION-KEY`.
    pub(super) session_keys: Vec<AnnouncedKey>,
    /// The media playlists it leads to, by path.
    pub(super) media: BTreeMap<String, Announced>,
    /// `EXT-X-TARGETDURATION` of the media playlists, by path.
    pub(super) target_durations: BTreeMap<String, u64>,
}

/// A variant stream.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    /// Line of its tag, from 1.
    pub(super) line: usize,
    /// The attribute list.
    pub(super) attributes: String,
    /// Its media playlist, relative to the package.
    pub(super) path: String,
    /// Only an I-frame playlist.
    pub(super) iframes: bool,
}

/// A rendition that is chosen by its language or name.
#[derive(Clone, Debug)]
pub(super) struct Rendition {
    /// Line of its tag, from 1.
    pub(super) line: usize,
    /// `LANGUAGE`; `und` without one.
    pub(super) language: String,
    /// Its media playlist, relative to the package.
    pub(super) path: String,
}

/// The kinds of rendition groups a variant can name.
const GROUPS: [&str; 4] = ["AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"];

impl Variant {
    /// The variant's own and its groups' media playlists, group by group.
    pub(super) fn playlists<'a>(&'a self, master: &'a Master) -> Vec<Vec<&'a str>> {
        let group = |kind: &&str| {
            let id = attribute(&self.attributes, kind)?;
            let paths = master.groups.get(&(kind.to_string(), id.to_string()))?;
            Some(paths.iter().map(String::as_str).collect())
        };
        let groups: Vec<Vec<&str>> = GROUPS.iter().filter_map(group).collect();
        // A variant of audio alone leads to a playlist of its own audio group.
        let own = Some(vec![self.path.as_str()]);
        let own = own.filter(|own| !groups.iter().flatten().any(|path| own.contains(path)));
        own.into_iter().chain(groups).collect()
    }
}

/// Reads the multivariant playlist at `path` and every media playlist it leads to.
pub(super) fn read(files: &Files, path: &str, findings: &mut Findings) -> Option<Master> {
    let playlist = playlist(files, path, findings)?;
    let mut master = Master {
        path: path.into(),
        variants: Vec::new(),
        groups: BTreeMap::new(),
        renditions: Vec::new(),
        session_keys: Vec::new(),
        media: BTreeMap::new(),
        target_durations: BTreeMap::new(),
    };
    let mut stream: Option<(usize, &str)> = None;
    for line in &playlist.lines {
        let place = format!("line {}", line.number);
        let mut point = |url: &str| {
            let found = resolve(path, url);
            found
                .map_err(|expected| findings.add((path, &place), "URI", url, expected))
                .ok()
        };
        match &line.item {
            Item::Tag { name, value } if name == "EXT-X-STREAM-INF" => {
                stream = Some((line.number, value));
            }
            Item::Uri(url) => {
                if let (Some((line, attributes)), Some(path)) = (stream.take(), point(url)) {
                    let attributes = attributes.to_string();
                    master.variants.push(Variant {
                        line,
                        attributes,
                        path,
                        iframes: false,
                    });
                }
            }
            Item::Tag { name, value } if name == "EXT-X-I-FRAME-STREAM-INF" => {
                if let Some(path) = attribute(value, "URI").and_then(point) {
                    let (line, attributes) = (line.number, value.clone());
                    master.variants.push(Variant {
                        line,
                        attributes,
                        path,
                        iframes: true,
                    });
                }
            }
            Item::Tag { name, value } if name == "EXT-X-MEDIA" => {
                let (kind, id) = (attribute(value, "TYPE"), attribute(value, "GROUP-ID"));
                let path = attribute(value, "URI").and_then(point);
                master.renditions.extend(path.clone().map(|path| Rendition {
                    line: line.number,
                    language: attribute(value, "LANGUAGE").unwrap_or("und").into(),
                    path,
                }));
                if let (Some(kind), Some(id)) = (kind, id) {
                    let group = master.groups.entry((kind.into(), id.into())).or_default();
                    group.extend(path);
                }
            }
            Item::Tag { name, value } if name == "EXT-X-SESSION-KEY" => {
                master.session_keys.push(keys::read(value, line.number, 0));
            }
            Item::Tag { .. } => {}
        }
    }
    if master.variants.iter().all(|variant| variant.iframes) {
        findings.add(
            (path, ""),
            "EXT-X-STREAM-INF",
            "missing",
            "at least one variant",
        );
    }
    master.check_groups(findings);
    master.read_media(files, findings);
    Some(master)
}

impl Master {
    /// Every group a variant names must be there.
    fn check_groups(&self, findings: &mut Findings) {
        for variant in &self.variants {
            for kind in GROUPS {
                let Some(id) = attribute(&variant.attributes, kind) else {
                    continue;
                };
                let there = self
                    .groups
                    .contains_key(&(kind.to_string(), id.to_string()));
                if !there && id != "NONE" {
                    let place = format!("line {}", variant.line);
                    let expected = format!("the GROUP-ID of an EXT-X-MEDIA of TYPE {kind}");
                    findings.add((&self.path, &place), kind, id, expected);
                }
            }
        }
    }

    fn read_media(&mut self, files: &Files, findings: &mut Findings) {
        // A playlist can be reached through several variants; its segments hold what any of
        // their CODECS names.
        let mut reached: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        for variant in &self.variants {
            let codecs = attribute(&variant.attributes, "CODECS").unwrap_or_default();
            for paths in variant.playlists(self) {
                for path in paths {
                    // Variants are switched between; what a group holds is chosen from a menu.
                    let group = match path == variant.path && !variant.iframes {
                        true => format!("{} variants", self.path),
                        false => path.to_string(),
                    };
                    let entry = reached.entry(path.into()).or_insert((group, Vec::new()));
                    entry
                        .1
                        .extend(codecs.split(',').map(|codec| codec.trim().to_string()));
                }
            }
        }
        for paths in self.groups.values() {
            for path in paths {
                reached
                    .entry(path.clone())
                    .or_insert((path.clone(), Vec::new()));
            }
        }
        for (path, (group, mut codecs)) in reached {
            codecs.sort();
            codecs.dedup();
            codecs.retain(|codec| !codec.is_empty());
            let Some(playlist) = playlist(files, &path, findings) else {
                continue;
            };
            let media = Media::read(&path, &playlist, findings);
            self.target_durations
                .extend(media.target_duration.map(|target| (path.clone(), target)));
            let announced = Announced {
                manifest: path.clone(),
                place: String::new(),
                group,
                is_audio: false,
                codecs,
                bandwidth: None,
                size: None,
                language: None,
                origin: None,
                init: media.init,
                segments: media.segments,
                content: media.content,
                keys: media.keys,
            };
            self.media.insert(path, announced);
        }
    }
}

fn playlist(files: &Files, path: &str, findings: &mut Findings) -> Option<Playlist> {
    let text = files
        .text(path)
        .map_err(|error| findings.add((path, ""), "playlist", error, "a playlist"));
    let playlist = Playlist::parse(&text.ok()?);
    playlist
        .map_err(|expected| findings.add((path, ""), "first line", "something else", expected))
        .ok()
}

/// `time` in whole seconds, rounded to the nearest as RFC 8216 4.3.3.1 rounds `EXTINF`.
pub(super) fn rounded(time: Time) -> u64 {
    let half = Timescale::NANOSECONDS.rate() / 2;
    let nanoseconds = u64::try_from(time.rescale(Timescale::NANOSECONDS)).unwrap_or(0);
    nanoseconds.saturating_add(half.into()) / u64::from(Timescale::NANOSECONDS.rate())
}

#[cfg(test)]
mod tests;
