//! What DRM systems need in boxes and manifests, a file each.

pub mod clearkey;
pub mod common;
pub mod fairplay;
pub mod playready;
pub mod widevine;

use isobmff::boxes::Pssh;
use isobmff::{BoxBody, Table};
use thiserror::Error;

use crate::Kid;
use crate::scheme::Scheme;

/// A DRM system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum System {
    /// Google's.
    Widevine,
    /// Microsoft's.
    PlayReady,
    /// Apple's.
    FairPlay,
    /// Key ids alone, for whatever system: the W3C's common `pssh`.
    Common,
    /// Keys from a server in the clear, as DASH-IF has it.
    ClearKey,
}

/// What cannot be said to a DRM system.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DrmError {
    /// A field is too small for what it should hold.
    #[error(transparent)]
    Box(#[from] isobmff::Error),
    /// Headers of that version are about one key.
    #[error("PlayReady header {version}: is for one KID, {kids} given")]
    PlayReadyKids {
        /// Of the header.
        version: &'static str,
        /// How many there are.
        kids: usize,
    },
    /// Headers of that version know AES-CTR alone.
    #[error("PlayReady header {version}: cannot say AES-CBC, 4.3 can")]
    PlayReadyAlgorithm {
        /// Of the header.
        version: &'static str,
    },
    /// Longer than players read.
    #[error("PlayReady object: is of {bytes} bytes, expected at most 15360")]
    PlayReadyLength {
        /// Its length.
        bytes: usize,
    },
    /// FairPlay decrypts `cbcs` alone.
    #[error("FairPlay: does not decrypt {scheme}, expected cbcs")]
    FairPlayScheme {
        /// The scheme asked for.
        scheme: Scheme,
    },
    /// Several keys would get the same URI.
    #[error("FairPlay key URI: has no {{kid}}, but {kids} keys need one each")]
    FairPlayUri {
        /// How many there are.
        kids: usize,
    },
}

impl System {
    /// Every system.
    pub const ALL: [System; 5] = [
        System::Widevine,
        System::PlayReady,
        System::FairPlay,
        System::Common,
        System::ClearKey,
    ];

    /// As in options.
    pub fn name(self) -> &'static str {
        match self {
            System::Widevine => "widevine",
            System::PlayReady => "playready",
            System::FairPlay => "fairplay",
            System::Common => "common",
            System::ClearKey => "clearkey",
        }
    }

    /// The system of that name.
    pub fn from_name(name: &str) -> Option<System> {
        System::ALL.into_iter().find(|system| system.name() == name)
    }

    /// `SystemID` of `pssh`, and in manifests.
    pub fn id(self) -> [u8; 16] {
        match self {
            System::Widevine => widevine::SYSTEM_ID,
            System::PlayReady => playready::SYSTEM_ID,
            System::FairPlay => fairplay::SYSTEM_ID,
            System::Common => common::SYSTEM_ID,
            System::ClearKey => clearkey::SYSTEM_ID,
        }
    }

    /// `urn:uuid:` and the id: `ContentProtection@schemeIdUri` of DASH.
    pub fn urn(self) -> String {
        format!("urn:uuid:{}", Kid(self.id()))
    }

    /// `KEYFORMAT` of HLS; none where there is none.
    pub fn hls_key_format(self) -> Option<String> {
        match self {
            System::Widevine => Some(self.urn()),
            System::PlayReady => Some("com.microsoft.playready".into()),
            System::FairPlay => Some("com.apple.streamingkeydelivery".into()),
            System::ClearKey => Some("org.w3.clearkey".into()),
            System::Common => None,
        }
    }

    /// An error where the system cannot decrypt `scheme` at all.
    ///
    /// # Errors
    ///
    /// [`DrmError::FairPlayScheme`].
    pub fn check(self, scheme: Scheme) -> Result<(), DrmError> {
        match (self, scheme) {
            (System::FairPlay, Scheme::Cenc | Scheme::Cens | Scheme::Cbc1) => {
                Err(DrmError::FairPlayScheme { scheme })
            }
            _ => Ok(()),
        }
    }
}

/// Version of a `pssh` box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PsshVersion {
    /// Without key ids of its own.
    V0,
    /// With key ids.
    V1,
}

/// A `pssh` box.
fn pssh(
    system_id: [u8; 16],
    version: PsshVersion,
    kids: &[Kid],
    data: &[u8],
) -> Result<Vec<u8>, DrmError> {
    let rows: Vec<u8> = match version {
        PsshVersion::V0 => Vec::new(),
        PsshVersion::V1 => kids.iter().flat_map(|kid| kid.0).collect(),
    };
    let pssh = Pssh {
        version: u8::from(version == PsshVersion::V1),
        system_id,
        kids: Table::new(&rows),
        data,
    };
    Ok(pssh.to_bytes()?)
}

#[cfg(test)]
mod tests;
