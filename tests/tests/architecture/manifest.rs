//! What the checks need of a `Cargo.toml`.

use std::path::Path;
use toml::Table;

/// One crate's manifest.
pub(crate) struct Manifest {
    /// `package.name`.
    pub(crate) name: String,
    /// The packages it is built with, on any platform; those of tests left out.
    pub(crate) dependencies: Vec<String>,
    /// Whether `lints.workspace` is set.
    pub(crate) inherits_lints: bool,
}

impl Manifest {
    /// Reads the text of a manifest; panics when it is none.
    pub(crate) fn parse(text: &str) -> Manifest {
        let table: Table = text.parse().expect("a manifest is TOML");
        let name = table["package"]["name"]
            .as_str()
            .expect("a package has a name")
            .to_owned();
        let platforms = table.get("target").and_then(|target| target.as_table());
        let tables = platforms
            .into_iter()
            .flatten()
            .filter_map(|(_, platform)| platform.as_table());
        let mut dependencies = Vec::new();
        for table in tables.chain([&table]) {
            for kind in ["dependencies", "build-dependencies"] {
                let Some(entries) = table.get(kind).and_then(|entries| entries.as_table()) else {
                    continue;
                };
                dependencies.extend(entries.iter().map(|(key, entry)| {
                    let package = entry.get("package").and_then(|package| package.as_str());
                    package.unwrap_or(key).to_owned()
                }));
            }
        }
        let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
        let inherits_lints = lints.and_then(|inherits| inherits.as_bool()) == Some(true);
        Manifest {
            name,
            dependencies,
            inherits_lints,
        }
    }
}

/// The manifest of the crate in `folder`.
pub(crate) fn read(folder: &Path) -> Manifest {
    let path = folder.join("Cargo.toml");
    Manifest::parse(&std::fs::read_to_string(path).expect("a crate has a manifest"))
}

/// The manifests of the crates in the folders of `parent`, sorted by name.
pub(crate) fn read_all(parent: &Path) -> Vec<Manifest> {
    let entries = std::fs::read_dir(parent).expect("the crates have a folder");
    let folders = entries.map(|entry| entry.expect("the folder can be listed").path());
    let mut found: Vec<Manifest> = folders
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .map(|folder| read(&folder))
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
