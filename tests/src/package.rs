//! A package, read as an outsider reads it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A finished package in a folder.
#[derive(Clone, Debug)]
pub struct Package {
    root: PathBuf,
    report: Value,
}

/// One track of a package, as `package.json` names it.
#[derive(Clone, Debug)]
pub struct Track {
    /// `video`, `audio` or `text`.
    pub kind: String,
    /// Its folder, relative to the package.
    pub folder: String,
    /// Name of the input it comes from.
    pub source: String,
    /// RFC 6381 codec string.
    pub codec: String,
    /// Coded samples.
    pub samples: u64,
    /// Whether it holds the sync samples of another track only.
    pub trick_play: bool,
    /// Whether its segments exist in two variants.
    pub marked: bool,
    /// The init segment, or the one file of a single-file track.
    pub init: PathBuf,
    /// Media segments in order, of variant 0 where there are two; empty for single files.
    pub segments: Vec<PathBuf>,
    /// The same of variant 1; empty for tracks without.
    pub twins: Vec<PathBuf>,
    /// Which bit of a code each segment carries; empty for tracks without variants.
    pub positions: Vec<u64>,
    /// Each segment's beginning and length in ticks of `timescale`.
    pub times: Vec<(u64, u64)>,
    /// Ticks per second.
    pub timescale: u32,
}

impl Package {
    /// Reads `package.json`.
    ///
    /// # Panics
    /// Where it cannot be read.
    #[expect(clippy::panic, reason = "a helper of tests")]
    pub fn read(root: &Path) -> Package {
        let path = root.join("package.json");
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let report = serde_json::from_slice(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Package {
            root: root.into(),
            report,
        }
    }

    /// `package.json`.
    pub fn report(&self) -> &Value {
        &self.report
    }

    /// A file of the package.
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The MPD.
    pub fn mpd(&self) -> PathBuf {
        self.file("cmaf/stream.mpd")
    }

    /// Every document that a player opens first.
    pub fn entries(&self) -> Vec<PathBuf> {
        let manifests = self.report["manifests"].as_array().into_iter().flatten();
        let paths = manifests.filter_map(|manifest| manifest["path"].as_str());
        let is_entry = |path: &&str| path.ends_with(".mpd") || path.ends_with("master.m3u8");
        paths.filter(is_entry).map(|path| self.file(path)).collect()
    }

    /// The master playlist.
    pub fn master(&self) -> PathBuf {
        self.file("cmaf/master.m3u8")
    }

    /// Every track.
    pub fn tracks(&self) -> Vec<Track> {
        let tracks = self.report["tracks"].as_array();
        tracks
            .into_iter()
            .flatten()
            .map(|track| self.track(track))
            .collect()
    }

    /// The tracks of one kind, trick play left out.
    pub fn of_kind(&self, kind: &str) -> Vec<Track> {
        let mut tracks = self.tracks();
        tracks.retain(|track| track.kind == kind && !track.trick_play);
        tracks
    }

    fn track(&self, track: &Value) -> Track {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let single = track.get("file").is_some_and(Value::is_object);
        let segments = || track["segments"].as_array().into_iter().flatten();
        let paths = segments().map(|segment| self.file(&text(&segment["path"])));
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        Track {
            kind: text(&track["kind"]),
            folder: text(&track["folder"]),
            source: text(&track["source"]),
            codec: text(&track["codec"]),
            samples: number(&track["samples"]),
            trick_play: track["trick_play"].as_bool().unwrap_or(false),
            marked: track["marked"].as_bool().unwrap_or(false),
            twins: segments()
                .filter(|segment| segment["twin"].is_object())
                .map(|segment| self.file(&text(&segment["twin"]["path"])))
                .collect(),
            positions: segments()
                .filter_map(|segment| segment["position"].as_u64())
                .collect(),
            init: self.file(&text(&track["init"]["path"])),
            segments: if single { Vec::new() } else { paths.collect() },
            times: segments()
                .map(|segment| (number(&segment["start"]), number(&segment["duration"])))
                .collect(),
            timescale: u32::try_from(number(&track["timescale"])).unwrap_or(1),
        }
    }
}

impl Track {
    /// Init segment and media segments one after the other: a whole fragmented MP4.
    ///
    /// # Panics
    /// Where a file cannot be read.
    #[expect(clippy::panic, reason = "a helper of tests")]
    pub fn bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for path in std::iter::once(&self.init).chain(&self.segments) {
            let bytes =
                fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            all.extend(bytes);
        }
        all
    }

    /// The same of variant 1.
    ///
    /// # Panics
    /// Where a file cannot be read.
    pub fn twin_bytes(&self) -> Vec<u8> {
        let other = Track {
            segments: self.twins.clone(),
            ..self.clone()
        };
        other.bytes()
    }

    /// Writes [`Track::bytes`] to a file and gives its path.
    ///
    /// # Panics
    /// Where that fails.
    #[expect(clippy::panic, reason = "a helper of tests")]
    pub fn join_in(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{}.mp4", self.folder.replace('/', "-")));
        fs::write(&path, self.bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }
}

/// Every file below a folder with its bytes, by relative path.
pub fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .into_owned();
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

/// What below a folder looks like a finished package: manifests, playlists and `package.json`.
pub fn looks_finished(root: &Path) -> Vec<String> {
    let finished = |name: &String| {
        name.ends_with(".mpd") || name.ends_with(".m3u8") || name.ends_with("package.json")
    };
    tree(root).into_keys().filter(finished).collect()
}
