//! Everything a package says about itself, read once for all checks.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use super::announced::{Announced, Content};
use super::encryption::EncryptedInit;
use super::files::Files;
use super::finding::Findings;
use super::fragment::Fragment;
use super::hls::{self, Master};
use super::init::Init;
use super::location::Location;
use super::movie::Movie;
use super::mpd::{self, Mpd};
use super::playlist::Playlist;
use super::report::{self, Report};
use crate::protecting::Rules;

/// Largest initialization segment read, in bytes.
pub(super) const MAX_INIT_BYTES: u64 = 64 << 20;

/// A package, read.
pub(super) struct Package {
    pub(super) files: Files,
    /// `package.json`.
    pub(super) report: Option<Report>,
    pub(super) mpds: Vec<Mpd>,
    pub(super) masters: Vec<Master>,
    /// Every initialization segment announced, or what is wrong with it.
    pub(super) inits: BTreeMap<Location, Result<Init, String>>,
    /// Every media segment announced that has an initialization segment.
    pub(super) fragments: BTreeMap<Location, Result<Fragment, String>>,
    /// What every initialization segment that could be read says of encryption.
    pub(super) encrypted: BTreeMap<Location, EncryptedInit>,
    /// How samples behind initialization segments are divided into clear and protected bytes.
    pub(super) rules: BTreeMap<Location, Rules>,
    /// What is behind every initialization segment that could be read.
    movies: BTreeMap<Location, Result<Movie, String>>,
}

impl Package {
    /// Reads the package in `root`.
    pub(super) fn load(root: &Path, findings: &mut Findings) -> io::Result<Package> {
        let mut files = Files::list(root)?;
        let report = report(&files, findings);
        for (name, path) in report.iter().flat_map(Report::neutral_names) {
            files.stand_in(name, path);
        }
        let mut package = Package {
            report,
            files,
            mpds: Vec::new(),
            masters: Vec::new(),
            inits: BTreeMap::new(),
            fragments: BTreeMap::new(),
            encrypted: BTreeMap::new(),
            rules: BTreeMap::new(),
            movies: BTreeMap::new(),
        };
        package.read_manifests(findings);
        package.read_media();
        Ok(package)
    }

    /// Every file of the package with its size: what the report lists, and the report. Without
    /// one, every file in the folders that are delivered.
    pub(super) fn own_files(&self) -> BTreeMap<&str, u64> {
        let Some(report) = &self.report else {
            return self.files.all().collect();
        };
        let listed = report.objects().map(|object| object.path.as_str());
        let paths = listed.chain([report::PATH]);
        paths
            .filter_map(|path| Some((path, self.files.size(path)?)))
            .collect()
    }

    /// Every rendition as every manifest announces it.
    pub(super) fn announced(&self) -> impl Iterator<Item = &Announced> {
        let mpds = self.mpds.iter().flat_map(|mpd| &mpd.announced);
        mpds.chain(self.masters.iter().flat_map(|master| master.media.values()))
    }

    /// What is in the segment at `location`, where that could be read.
    pub(super) fn fragment(&self, location: &Location) -> Option<&Fragment> {
        self.fragments.get(location)?.as_ref().ok()
    }

    /// The initialization segment of a rendition, where it has one that could be read.
    pub(super) fn init(&self, announced: &Announced) -> Option<&Init> {
        self.inits.get(announced.init.as_ref()?)?.as_ref().ok()
    }

    /// What a rendition is, where it has an initialization segment that could be read.
    pub(super) fn movie(&self, announced: &Announced) -> Option<&Result<Movie, String>> {
        self.movies.get(announced.init.as_ref()?)
    }

    /// The initialization segment in the file at `path`, and what is behind it.
    pub(super) fn init_in(&self, path: &str) -> Option<(&Init, &Movie)> {
        let found = self.inits.iter().find(|(location, init)| {
            let is_read = init.is_ok() && self.movies.contains_key(location);
            is_read && self.files.real(&location.path) == path
        });
        let (location, init) = found?;
        let movie = self.movies.get(location)?.as_ref().ok()?;
        Some((init.as_ref().ok()?, movie))
    }

    fn read_manifests(&mut self, findings: &mut Findings) {
        let files = &self.files;
        let mut playlists = Vec::new();
        for (path, _) in files.all() {
            if path.ends_with(".mpd") {
                self.mpds.extend(mpd::read(files, path, findings));
            } else if path.ends_with(".m3u8") {
                let text = files.text(path).unwrap_or_default();
                let master = Playlist::parse(&text).is_ok_and(|playlist| playlist.is_master());
                if master {
                    self.masters.extend(hls::read(files, path, findings));
                } else {
                    playlists.push(path);
                }
            }
        }
        if self.mpds.is_empty() && self.masters.is_empty() {
            let expected = "an MPD or a multivariant playlist";
            findings.add(("", ""), "manifests", "none", expected);
        }
        for path in playlists {
            if !self
                .masters
                .iter()
                .any(|master| master.media.contains_key(path))
            {
                let expected = "a multivariant playlist that leads to it";
                findings.add((path, ""), "media playlist", "unreachable", expected);
            }
        }
    }

    fn read_media(&mut self) {
        let mpds = self.mpds.iter().flat_map(|mpd| &mpd.announced);
        let announced = mpds.chain(self.masters.iter().flat_map(|master| master.media.values()));
        let mut open: Option<(String, File)> = None;
        for announced in announced {
            let Some(at) = &announced.init else { continue };
            if !self.inits.contains_key(at) {
                let bytes = self.files.bytes(at, MAX_INIT_BYTES);
                let init = bytes.and_then(|bytes| {
                    let init = Init::parse(&bytes)?;
                    self.encrypted
                        .insert(at.clone(), EncryptedInit::read(bytes));
                    Ok(init)
                });
                self.inits.insert(at.clone(), init);
            }
            let Some(init) = self.inits.get(at) else {
                continue;
            };
            let (Ok(init), true) = (init, announced.content != Content::FrameRanges) else {
                continue;
            };
            let is_read = self.movies.contains_key(at) || self.rules.contains_key(at);
            if !is_read {
                let encrypted = self.encrypted.get(at).ok_or("empty".to_string());
                let read = encrypted.and_then(|init| Movie::read(&self.files, announced, init));
                let movie = read.map(|(movie, rules)| {
                    self.rules.extend(rules.map(|rules| (at.clone(), rules)));
                    movie
                });
                // Of trick play, only how its samples are divided counts.
                if announced.content == Content::Whole {
                    self.movies.insert(at.clone(), movie);
                }
            }
            for segment in &announced.segments {
                let location = &segment.location;
                if self.fragments.contains_key(location) {
                    continue;
                }
                let fragment = read_segment(&self.files, location, init, &mut open);
                self.fragments.insert(location.clone(), fragment);
            }
        }
    }
}

/// Reads a segment; keeps its file open for the next, which may lie in the same.
fn read_segment(
    files: &Files,
    location: &Location,
    init: &Init,
    open: &mut Option<(String, File)>,
) -> Result<Fragment, String> {
    let size = files.size(&location.path).ok_or("missing")?;
    let range = location
        .bytes(size)
        .ok_or_else(|| format!("beyond the file's {size} bytes"))?;
    if open.as_ref().is_none_or(|(path, _)| *path != location.path) {
        let file = files
            .open(&location.path)
            .map_err(|error| error.to_string())?;
        *open = Some((location.path.clone(), file));
    }
    let (_, file) = open.as_ref().ok_or("missing")?;
    Fragment::read(file, range, init)
}

fn report(files: &Files, findings: &mut Findings) -> Option<Report> {
    let report = files
        .text(report::PATH)
        .and_then(|text| Report::parse(&text));
    let expected = "the report of a finished run";
    report
        .map_err(|error| findings.add((report::PATH, ""), "report", error, expected))
        .ok()
}
