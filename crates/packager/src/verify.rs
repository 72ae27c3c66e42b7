//! A package against its own promises.
//!
//! What players rely on is read back from the files alone: manifests, playlists and segments,
//! and the report that lists them. Each promise is a [`Check`] in a file of its own under
//! `verify/checks`; a new one is a file and a line in the list there.

mod announced;
mod boxes;
mod checks;
mod files;
mod finding;
mod fragment;
mod hls;
mod init;
mod location;
mod movie;
mod mpd;
mod package;
mod playlist;
mod report;
mod xml;

use std::io;
use std::path::Path;

use serde::Serialize;

pub use finding::Finding;

use finding::Findings;
use package::Package;

/// One promise of a package.
struct Check {
    /// One word, as findings name it.
    name: &'static str,
    /// Finds where the promise does not hold.
    run: fn(&Package, &mut Findings),
}

/// What verifying a package found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// Every promise that does not hold; empty for a sound package.
    pub findings: Vec<Finding>,
    /// Files of the package: what its report lists, and the report. Without one, every file in
    /// the folders that are delivered.
    pub files: usize,
    /// Bytes of those files.
    pub bytes: u64,
    /// The checksum that every file was compared with; `None` where the package has none, and the
    /// bytes of samples could not be compared with anything.
    pub checksum: Option<String>,
    /// Renditions announced, counted once per manifest.
    pub renditions: usize,
    /// Media segments read.
    pub segments: usize,
}

/// Verifies the package in the folder `package`.
///
/// # Errors
///
/// A folder that cannot be listed. Everything else that is wrong is a [`Finding`].
pub fn verify(package: &Path) -> io::Result<Verification> {
    let mut findings = Findings::new("manifests");
    let package = Package::load(package, &mut findings)?;
    let mut list = findings.into_list();
    for check in checks::CHECKS {
        let mut findings = Findings::new(check.name);
        (check.run)(&package, &mut findings);
        list.extend(findings.into_list());
    }
    let sizes = package.own_files();
    let checksum = package.report.as_ref().map(|report| &report.checksum);
    Ok(Verification {
        findings: list,
        files: sizes.len(),
        bytes: sizes
            .values()
            .fold(0, |sum, size| sum.saturating_add(*size)),
        checksum: checksum.filter(|name| *name != "none").cloned(),
        renditions: package.announced().count(),
        segments: package.fragments.len(),
    })
}

#[cfg(test)]
mod tests;
