//! What a source of keys says to DRM systems.

use cenc::Kid;

/// What a source wants to be said of one key to one DRM system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signalling {
    /// The key.
    pub kid: Kid,
    /// The system.
    pub system_id: [u8; 16],
    /// A whole `pssh` box.
    pub pssh: Option<Vec<u8>>,
    /// Children of DASH's `ContentProtection`: well-formed XML.
    pub content_protection_data: Option<String>,
    /// Lines for HLS media playlists, without line ends.
    pub hls_media: Vec<String>,
    /// Lines for HLS multivariant playlists, without line ends.
    pub hls_master: Vec<String>,
    /// `URI` of `EXT-X-KEY`.
    pub uri_ext_x_key: Option<String>,
}

impl Signalling {
    /// Whether nothing is to be said.
    pub(crate) fn is_empty(&self) -> bool {
        self.pssh.is_none()
            && self.content_protection_data.is_none()
            && self.hls_media.is_empty()
            && self.hls_master.is_empty()
            && self.uri_ext_x_key.is_none()
    }
}
