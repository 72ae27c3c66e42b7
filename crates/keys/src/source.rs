//! Asking for keys.

use cenc::drm::System;
use cenc::policy::{HeightLimits, KeyRing, Label};
use cenc::scheme::Scheme;

use crate::{CpixFile, Error, GivenKeys, Signalling, SpekeServer};

/// Where keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The user gave them.
    Given(GivenKeys),
    /// A CPIX document in a file.
    Cpix(CpixFile),
    /// A key server.
    Speke(Box<SpekeServer>),
}

/// What keys are needed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What the content is called at key servers.
    pub content_id: Option<&'a str>,
    /// One, or two of different algorithms, each with keys of its own.
    pub schemes: &'a [Scheme],
    /// Those in use, each once.
    pub labels: &'a [Label],
    /// By which videos have labels, where each has a key of its own.
    pub limits: Option<HeightLimits>,
    /// The DRM systems that will be announced.
    pub systems: &'a [System],
}

/// Keys, and what came with them.
#[derive(Clone, Debug, Default)]
pub struct Obtained {
    /// The keys.
    pub ring: KeyRing,
    /// What the source says of keys to DRM systems; of those asked for alone.
    pub signalling: Vec<Signalling>,
    /// What is odd without being wrong, for the user.
    pub warnings: Vec<String>,
}

impl Source {
    /// The keys that `request` needs.
    ///
    /// # Errors
    ///
    /// [`Error`], where the source has none, or wrong ones, or cannot be asked.
    pub fn obtain(&self, request: &Request<'_>) -> Result<Obtained, Error> {
        match self {
            Source::Given(given) => given.obtain(request),
            Source::Cpix(file) => file.obtain(request),
            Source::Speke(server) => server.obtain(request),
        }
    }
}
