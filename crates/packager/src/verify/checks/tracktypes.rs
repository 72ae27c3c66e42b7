//! Manifests of a track type announce some of the videos, and everything else.

use std::collections::{BTreeMap, BTreeSet};

use crate::verify::Check;
use crate::verify::announced::{Announced, Content};
use crate::verify::finding::Findings;
use crate::verify::location::Location;
use crate::verify::package::Package;

pub(super) const CHECK: Check = Check {
    name: "tracktypes",
    run,
};

/// A manifest: its path, and the initialization segments it leads to.
struct Manifest<'p> {
    path: &'p str,
    inits: BTreeSet<&'p Location>,
}

/// Manifests of one format, by folder and track type; the type of those of all tracks is empty.
type Manifests<'p> = BTreeMap<(&'p str, &'p str), Manifest<'p>>;

fn run(package: &Package, findings: &mut Findings) {
    let mpds = package.mpds.iter();
    let mpds = mpds.map(|mpd| manifest(&mpd.path, mpd.announced.iter()));
    let mpds = by_type(mpds, "stream", ".mpd");
    let masters = package.masters.iter();
    let masters = masters.map(|master| manifest(&master.path, master.media.values()));
    let masters = by_type(masters, "master", ".m3u8");
    for (own, other, name) in [(&mpds, &masters, "master"), (&masters, &mpds, "stream")] {
        for ((folder, kind), manifest) in own.iter().filter(|((_, kind), _)| !kind.is_empty()) {
            let at = (manifest.path, "");
            match own.get(&(*folder, "")) {
                Some(whole) => within(package, manifest, whole, findings),
                None => findings.add(at, "manifest of all tracks", "missing", "one beside it"),
            }
            // Of both formats, where there are both.
            match (other.get(&(*folder, "")), other.get(&(*folder, *kind))) {
                (Some(_), None) => {
                    let expected = format!("{name}_{kind} beside it");
                    findings.add(at, "manifest of the other format", "missing", expected);
                }
                (Some(whole), Some(twin)) if !agree(manifest, twin, whole) => {
                    let expected = format!("those of {}", twin.path);
                    findings.add(at, "tracks", "different", expected);
                }
                _ => {}
            }
        }
    }
}

/// Whether two manifests of a track type, one of each format, lead to the same tracks, as far as
/// both formats have them: text has an initialization segment in DASH alone. `whole` is the manifest
/// of all tracks of the other format.
fn agree(manifest: &Manifest<'_>, twin: &Manifest<'_>, whole: &Manifest<'_>) -> bool {
    let is_shared = |init: &&&Location| whole.inits.contains(*init);
    let own: BTreeSet<_> = manifest.inits.iter().filter(is_shared).collect();
    twin.inits.is_superset(&own.into_iter().copied().collect())
}

/// All tracks are of the manifest of all, and only video is left out.
fn within(
    package: &Package,
    manifest: &Manifest<'_>,
    whole: &Manifest<'_>,
    findings: &mut Findings,
) {
    let at = (manifest.path, "");
    for init in manifest.inits.difference(&whole.inits) {
        let expected = format!("a track of {}", whole.path);
        findings.add(at, "track", init.text(), expected);
    }
    for init in whole.inits.difference(&manifest.inits) {
        let is_video = package
            .init_in(&init.path)
            .is_none_or(|(_, movie)| movie.picture.is_some());
        if !is_video {
            let expected = "every track that is no video";
            findings.add(at, "tracks", format!("without {}", init.text()), expected);
        }
    }
}

fn manifest<'p>(path: &'p str, announced: impl Iterator<Item = &'p Announced>) -> Manifest<'p> {
    let whole = announced.filter(|announced| announced.content == Content::Whole);
    Manifest {
        path,
        inits: whole
            .filter_map(|announced| announced.init.as_ref())
            .collect(),
    }
}

fn by_type<'p>(
    manifests: impl Iterator<Item = Manifest<'p>>,
    stem: &str,
    end: &str,
) -> Manifests<'p> {
    let named = manifests.filter_map(|manifest| {
        let (folder, name) = manifest
            .path
            .rsplit_once('/')
            .unwrap_or(("", manifest.path));
        let kind = name.strip_prefix(stem)?.strip_suffix(end)?;
        let kind = if kind.is_empty() {
            kind
        } else {
            kind.strip_prefix('_')?
        };
        Some(((folder, kind), manifest))
    });
    named.collect()
}
