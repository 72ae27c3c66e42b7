//! A package against its own promises.
//!
//! What players rely on is read back from the files alone: manifests, playlists and segments,
//! and the report that lists them. Each promise is a [`Check`] in a file of its own under
//! `verify/checks`; a new one is a file and a line in the list there.

mod announced;
mod base64;
mod boxes;
mod checks;
mod encryption;
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
mod samples;
mod xml;

use std::io;
use std::path::Path;

use cenc::Kid;
use cenc::policy::ContentKey;
use serde::Serialize;
use thiserror::Error;

pub use finding::Finding;
pub use samples::Encrypted;

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
    /// What was found out about encryption; `None` where no track is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<Encrypted>,
}

/// Why a package cannot be verified at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Its folder cannot be listed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A key that was given is of no track.
    #[error("key of KID {kid}: no track uses it; {}", used(kids))]
    Unused {
        /// Its id.
        kid: Kid,
        /// Those of encrypted tracks.
        kids: Vec<Kid>,
    },
}

fn used(kids: &[Kid]) -> String {
    match kids {
        [] => "no track is encrypted".into(),
        kids => {
            let kids: Vec<String> = kids.iter().map(Kid::to_string).collect();
            format!("tracks use {}", kids.join(", "))
        }
    }
}

/// Verifies the package in the folder `package`; what `keys` decrypt is looked into.
///
/// # Errors
///
/// A folder that cannot be listed, a key that no track uses. Everything else that is wrong is a
/// [`Finding`].
pub fn verify(package: &Path, keys: &[ContentKey]) -> Result<Verification, VerifyError> {
    let mut findings = Findings::new("manifests");
    let package = Package::load(package, &mut findings)?;
    let kids = samples::kids(&package);
    if let Some(unused) = keys.iter().find(|key| !kids.contains(&key.kid)) {
        return Err(VerifyError::Unused {
            kid: unused.kid,
            kids: kids.into_iter().collect(),
        });
    }
    let mut list = findings.into_list();
    for check in checks::CHECKS {
        let mut findings = Findings::new(check.name);
        (check.run)(&package, &mut findings);
        list.extend(findings.into_list());
    }
    let (found, encrypted) = samples::check(&package, &samples::by_kid(keys));
    list.extend(found);
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
        encrypted: (!kids.is_empty()).then_some(encrypted),
    })
}

#[cfg(test)]
mod tests;
