//! Every document of every scenario, byte for byte.
//!
//! `UPDATE_GOLDEN=1 cargo test -p mux` writes the files anew; read the difference before keeping
//! it.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod scenarios;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use mux::manifest::FORMATS;

fn folder(scenario: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(scenario)
}

/// What is there, by path relative to `folder`.
fn read(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_string();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn manifests_of_every_scenario_are_the_golden_ones() {
    for scenario in scenarios::all() {
        let documents = FORMATS.iter().flat_map(|format| {
            let written = (format.write)(&scenario.presentation);
            written.unwrap_or_else(|error| panic!("{}: {}: {error}", scenario.name, format.name))
        });
        let written: BTreeMap<String, String> = documents
            .map(|document| (document.path, document.text))
            .collect();
        let folder = folder(scenario.name);
        if env::var_os("UPDATE_GOLDEN").is_some() {
            let _ = fs::remove_dir_all(&folder);
            for (path, text) in &written {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        let golden = read(&folder);
        let paths = |documents: &BTreeMap<String, String>| -> Vec<String> {
            documents.keys().cloned().collect()
        };
        assert_eq!(paths(&written), paths(&golden), "{}", scenario.name);
        for (path, text) in &written {
            assert_eq!(text, &golden[path], "{}: {path}", scenario.name);
        }
    }
}
