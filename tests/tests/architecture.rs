//! The house holds: which crate may stand on which, and what each must do without.
//!
//! The arrows of `ARCHITECTURE.md` are written down once more here, as the table [`ARROWS`], and
//! compared with the manifests. The other invariants are those which the text of the sources can
//! show: no input or output, clock, randomness or thread in the pure crates, `unsafe` in two
//! folders only, one set of lints, and files short enough to read.

#[path = "architecture/manifest.rs"]
mod manifest;
#[path = "architecture/source.rs"]
mod source;

use manifest::Manifest;
use source::Source;
use std::path::{Path, PathBuf};

/// A crate of ours and those it may depend on. `None`: on all of them.
const ARROWS: &[(&str, Option<&[&str]>)] = &[
    ("media", Some(&[])),
    ("isobmff", Some(&["media"])),
    ("bitstream", Some(&["media"])),
    ("text", Some(&["media", "isobmff"])),
    ("demux", Some(&["media", "isobmff", "bitstream"])),
    ("mux", Some(&["media", "isobmff", "bitstream"])),
    ("wm", Some(&["media", "bitstream"])),
    ("cenc", Some(&["media", "isobmff", "bitstream"])),
    ("keys", Some(&["media", "cenc"])),
    ("detect", Some(&["media", "wm"])),
    ("attacks", Some(&["media"])),
    ("packager", None),
];

/// Linked by nothing but tests and benches.
const DEVELOPMENT_ONLY: &[&str] = &["attacks", "benches", "tests"];

/// Crates of pure functions: the same arguments give the same result, and nothing else happens.
const PURE: &[&str] = &["media", "isobmff", "bitstream", "text", "mux", "wm", "cenc"];

/// What pure functions do without, as modules of `std` and as names.
const IMPURE_MODULES: &[&str] = &["env", "fs", "net", "process", "thread"];
const IMPURE_NAMES: &[&str] = &[
    "File",
    "Instant",
    "Path",
    "PathBuf",
    "SystemTime",
    "thread_rng",
];
const IMPURE_CRATES: &[&str] = &["getrandom", "rand", "rayon", "tokio", "ureq"];

/// The folders that may hold `unsafe` code.
const UNSAFE_FOLDERS: &[&str] = &["crates/wm/src/kernel/", "crates/cenc/src/kernel/"];

/// Lines of a source file, its tests at the end not counted.
const MAX_LINES: usize = 500;

/// Longer files, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The manifests of the crates under `crates/`.
fn manifests() -> Vec<Manifest> {
    let found = manifest::read_all(&root().join("crates"));
    assert!(found.len() >= 7, "found only {} manifests", found.len());
    found
}

fn sources() -> Vec<Source> {
    let found = source::read_all(&root(), "crates");
    assert!(found.len() >= 50, "found only {} source files", found.len());
    found
}

/// What is wrong with the arrows of one crate.
fn wrong_arrows(manifest: &Manifest) -> Vec<String> {
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == manifest.name) else {
        return vec![format!(
            "{} has no row in the table of arrows",
            manifest.name
        )];
    };
    let ours = |name: &&String| {
        ARROWS.iter().any(|(each, _)| each == name) || DEVELOPMENT_ONLY.contains(&name.as_str())
    };
    manifest
        .dependencies
        .iter()
        .filter(ours)
        .filter(|name| {
            DEVELOPMENT_ONLY.contains(&name.as_str())
                || allowed.is_some_and(|allowed| !allowed.contains(&name.as_str()))
        })
        .map(|name| format!("{} must not depend on {name}", manifest.name))
        .collect()
}

/// Where a pure crate reaches for the world.
fn impurities(source: &Source) -> Vec<String> {
    let modules = IMPURE_MODULES.iter().filter(|name| source.uses_std(name));
    let names = IMPURE_NAMES.iter().filter(|name| source.has_word(name));
    modules
        .map(|name| format!("{}: uses std::{name}", source.path))
        .chain(names.map(|name| format!("{}: uses {name}", source.path)))
        .collect()
}

/// `unsafe` outside of its folders.
fn misplaced_unsafe(source: &Source) -> Option<String> {
    let allowed = UNSAFE_FOLDERS
        .iter()
        .any(|folder| source.path.starts_with(folder));
    let found = source.has_word("unsafe") || source.has_word("unsafe_code");
    (found && !allowed).then(|| {
        format!(
            "{}: unsafe is allowed in {UNSAFE_FOLDERS:?} only",
            source.path
        )
    })
}

/// A file that outgrew its list, or a row of the list that has no reason any more.
fn wrong_length(source: &Source, list: &[(&str, &str)]) -> Option<String> {
    let listed = list.iter().any(|(path, _)| *path == source.path);
    let lines = source.lines_without_tests;
    match (lines > MAX_LINES, listed) {
        (true, false) => Some(format!(
            "{}: {lines} lines, expected at most {MAX_LINES}: split it, or list it with a reason",
            source.path
        )),
        (false, true) => Some(format!(
            "{}: {lines} lines, needs no row in the list",
            source.path
        )),
        _ => None,
    }
}

fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn crates_depend_on_those_the_house_allows() {
    assert_none(manifests().iter().flat_map(wrong_arrows).collect());
}

#[test]
fn every_crate_inherits_the_lints_of_the_workspace() {
    let mut all = manifests();
    all.extend(["tests", "benches"].map(|name| manifest::read(&root().join(name))));
    let without = all.iter().filter(|manifest| !manifest.inherits_lints);
    assert_none(
        without
            .map(|manifest| format!("{}: needs `lints.workspace = true`", manifest.name))
            .collect(),
    );
}

#[test]
fn pure_crates_reach_for_nothing_outside() {
    let pure = |source: &&Source| {
        PURE.iter()
            .any(|name| source.path.starts_with(&format!("crates/{name}/src/")))
    };
    assert_none(sources().iter().filter(pure).flat_map(impurities).collect());
}

#[test]
fn pure_crates_depend_on_nothing_impure() {
    let pure = manifests()
        .into_iter()
        .filter(|manifest| PURE.contains(&manifest.name.as_str()));
    let problems = pure.flat_map(
        |Manifest {
             name, dependencies, ..
         }| {
            let impure = dependencies
                .into_iter()
                .filter(|each| IMPURE_CRATES.contains(&each.as_str()));
            impure
                .map(move |each| format!("{name} must not depend on {each}"))
                .collect::<Vec<_>>()
        },
    );
    assert_none(problems.collect());
}

#[test]
fn unsafe_stays_in_its_folders() {
    assert_none(sources().iter().filter_map(misplaced_unsafe).collect());
}

#[test]
fn files_are_short_enough_to_read() {
    let mut problems: Vec<String> = sources()
        .iter()
        .filter_map(|source| wrong_length(source, LONG_FILES))
        .collect();
    let gone = LONG_FILES
        .iter()
        .filter(|(path, _)| !root().join(path).is_file());
    problems.extend(gone.map(|(path, _)| format!("{path}: is listed, but there is no such file")));
    assert_none(problems);
}

#[test]
fn wrong_arrow_is_named() {
    let wrong = |text: &str| wrong_arrows(&Manifest::parse(text));
    assert_eq!(
        wrong(
            "[package]\nname = 'mux'\n[dependencies]\nwm.workspace = true\nmedia.workspace = true"
        ),
        ["mux must not depend on wm"]
    );
    // Under another name, for one platform, for the build script.
    let renamed = "[package]\nname = 'media'\n[dependencies]\nboxes = { package = 'isobmff', path = '../isobmff' }";
    assert_eq!(wrong(renamed), ["media must not depend on isobmff"]);
    let platform =
        "[package]\nname = 'media'\n[target.'cfg(unix)'.dependencies]\ntext = { path = '../text' }";
    assert_eq!(wrong(platform), ["media must not depend on text"]);
    let build = "[package]\nname = 'demux'\n[build-dependencies]\nmux.workspace = true";
    assert_eq!(wrong(build), ["demux must not depend on mux"]);
    // Even those who may use everything may not use what is for development.
    let attacks = "[package]\nname = 'packager'\n[dependencies]\nattacks.workspace = true\ndemux.workspace = true";
    assert_eq!(wrong(attacks), ["packager must not depend on attacks"]);
    let stranger = "[package]\nname = 'shortcut'\n[dependencies]";
    assert_eq!(
        wrong(stranger),
        ["shortcut has no row in the table of arrows"]
    );
}

#[test]
fn right_arrows_and_foreign_crates_pass() {
    let text = "[package]\nname = 'demux'\n[dependencies]\nisobmff.workspace = true\nthiserror = '2'\n\
                [dev-dependencies]\nmux.workspace = true";
    assert!(wrong_arrows(&Manifest::parse(text)).is_empty());
}

#[test]
fn missing_lints_are_seen() {
    let with = "[package]\nname = 'mux'\n[lints]\nworkspace = true";
    assert!(Manifest::parse(with).inherits_lints);
    assert!(!Manifest::parse("[package]\nname = 'mux'").inherits_lints);
    assert!(!Manifest::parse("[package]\nname = 'mux'\n[lints]\nworkspace = false").inherits_lints);
}

#[test]
fn reaching_outside_is_named() {
    let found = |text: &str| impurities(&Source::new("crates/mux/src/lib.rs", text));
    assert_eq!(
        found("use std::fs::read;"),
        ["crates/mux/src/lib.rs: uses std::fs"]
    );
    assert_eq!(
        found("use std::{fmt, fs::{self}};"),
        ["crates/mux/src/lib.rs: uses std::fs"]
    );
    assert_eq!(
        found("fn f() { ::std :: thread::yield_now() }"),
        ["crates/mux/src/lib.rs: uses std::thread"]
    );
    assert_eq!(
        found("use std::time::Instant;"),
        ["crates/mux/src/lib.rs: uses Instant"]
    );
    assert!(
        found("// std::fs and Instant\nconst TEXT: &str = \"std::fs Instant\"; fn instant() {}")
            .is_empty()
    );
    assert!(found("use std::fmt;\n#[cfg(test)]\nmod tests { use std::fs; }").is_empty());
}

#[test]
fn misplaced_unsafe_is_named() {
    let found = |path: &str, text: &str| misplaced_unsafe(&Source::new(path, text)).is_some();
    assert!(found("crates/mux/src/lib.rs", "fn f() { unsafe { g() } }"));
    assert!(found("crates/mux/src/lib.rs", "#![allow(unsafe_code)]"));
    assert!(!found(
        "crates/mux/src/lib.rs",
        "/* unsafe */ const A: &str = r#\"an \"unsafe\" one\"#;"
    ));
    assert!(!found("crates/wm/src/kernel/avx2.rs", "unsafe fn f() {}"));
}

#[test]
fn long_file_and_stale_row_are_named() {
    let long = Source::new(
        "crates/mux/src/long.rs",
        &"fn f() {}\n".repeat(MAX_LINES + 1),
    );
    let row: &[(&str, &str)] = &[("crates/mux/src/long.rs", "a table of the standard")];
    assert!(wrong_length(&long, &[]).is_some());
    assert!(wrong_length(&long, row).is_none());
    let tested = format!(
        "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
        "\n".repeat(400),
        "\n".repeat(400)
    );
    let short = Source::new("crates/mux/src/long.rs", &tested);
    assert!(wrong_length(&short, &[]).is_none());
    assert!(wrong_length(&short, row).is_some());
}
