//! How a rendition is encrypted, as manifests announce it.

mod check;
mod fragment;
mod tag;

use isobmff::FourCc;

pub(super) use check::{check, check_keys};
pub(crate) use tag::Tag;

/// How a rendition is encrypted, as manifests announce it. No key is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// `schm.scheme_type`: `cenc`, `cens`, `cbc1` or `cbcs`.
    pub scheme: FourCc,
    /// `tenc.default_KID`: the id of the key of every encrypted sample.
    pub kid: [u8; 16],
    /// In the order in which manifests list them. Without any, players have to know from elsewhere
    /// where keys come from; HLS cannot say so.
    pub systems: Vec<ProtectionSystem>,
    /// As many segments at the start are clear. One init segment serves them and the encrypted ones:
    /// their fragments say that they are clear, and the players tested go on without a
    /// discontinuity.
    pub clear_segments: usize,
}

/// A protection system that has the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectionSystem {
    /// `pssh.SystemID`.
    pub system_id: [u8; 16],
    /// `ContentProtection@value`, such as `Widevine`; none where empty.
    pub name: String,
    /// What an MPD says; `None`: it does not list the system.
    pub dash: Option<DashProtection>,
    /// What playlists say; `None`: they do not list the system.
    pub hls: Option<HlsProtection>,
}

/// What stands within a system's `ContentProtection` in an MPD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DashProtection {
    /// What this project knows of the system.
    Facts {
        /// A whole `pssh` box: `cenc:pssh`.
        pssh: Option<Vec<u8>>,
        /// A PlayReady object: `mspr:pro`.
        playready_object: Option<Vec<u8>>,
        /// Where licences come from: `dashif:Laurl`.
        licence_url: Option<String>,
    },
    /// Elements as a key server gave them, written as they are. They declare their namespaces or
    /// use the prefixes `cenc`, `mspr` and `dashif`.
    Xml(String),
}

/// What playlists say of a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HlsProtection {
    /// What this project knows of the system.
    Key {
        /// `URI`.
        uri: String,
        /// `KEYFORMAT`.
        key_format: String,
        /// `KEYFORMATVERSIONS`, such as `1`; not written where empty.
        key_format_versions: String,
        /// Whether `KEYID` is written, which Widevine's players look for.
        key_id: bool,
    },
    /// Whole lines as a key server gave them, without line ends.
    Lines {
        /// `#EXT-X-KEY:...`, for media playlists.
        media: Vec<String>,
        /// `#EXT-X-SESSION-KEY:...`, for the master playlist. Made from `media` where there is
        /// none.
        master: Vec<String>,
    },
}

impl Protection {
    /// Whether both are encrypted with one key and say the same of it, so that players need to be
    /// told once.
    pub fn has_key_of(&self, other: &Protection) -> bool {
        (self.scheme, self.kid) == (other.scheme, other.kid) && self.systems == other.systems
    }

    /// [`kid`](Self::kid) as manifests write it: `01234567-89ab-cdef-0123-456789abcdef`.
    pub fn kid_uuid(&self) -> String {
        uuid(&self.kid)
    }

    /// `METHOD` of `EXT-X-KEY`.
    pub(crate) fn hls_method(&self) -> &'static str {
        if is_cipher_block_chaining(self.scheme) {
            "SAMPLE-AES"
        } else {
            "SAMPLE-AES-CTR"
        }
    }

    /// Whether media playlists would have at least one `EXT-X-KEY`.
    pub fn has_hls_key(&self) -> bool {
        self.systems.iter().any(|system| match &system.hls {
            Some(HlsProtection::Key { .. }) => true,
            Some(HlsProtection::Lines { media, .. }) => !media.is_empty(),
            None => false,
        })
    }
}

/// A namespace that children of `ContentProtection` are of.
pub(crate) struct Namespace {
    /// Its prefix in an MPD.
    pub(crate) prefix: &'static str,
    /// The attribute that declares it.
    pub(crate) declaration: &'static str,
    pub(crate) uri: &'static str,
}

/// The namespaces that an MPD declares where they are used.
pub(crate) const NAMESPACES: [Namespace; 3] = [
    Namespace {
        prefix: "cenc",
        declaration: "xmlns:cenc",
        uri: "urn:mpeg:cenc:2013",
    },
    Namespace {
        prefix: "mspr",
        declaration: "xmlns:mspr",
        uri: "urn:microsoft:playready",
    },
    Namespace {
        prefix: "dashif",
        declaration: "xmlns:dashif",
        uri: "https://dashif.org/CPS",
    },
];

/// The schemes there are, with whether they chain cipher blocks (or count them).
const SCHEMES: [(FourCc, bool); 4] = [
    (FourCc::new(b"cenc"), false),
    (FourCc::new(b"cens"), false),
    (FourCc::new(b"cbc1"), true),
    (FourCc::new(b"cbcs"), true),
];

fn is_cipher_block_chaining(scheme: FourCc) -> bool {
    SCHEMES.contains(&(scheme, true))
}

/// A UUID in lower case.
pub(crate) fn uuid(bytes: &[u8; 16]) -> String {
    let mut out = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push_str(&format!("{byte:02x}"));
    }
    out
}
