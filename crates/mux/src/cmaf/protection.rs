//! Sample entries of encrypted tracks.

use isobmff::boxes::{SampleEntry, Schm, Sinf, Tenc};
use isobmff::{BoxBody, Error, FourCc, Place};
use media::TrackKind;

/// What an init segment says of encryption. No key is in it.
#[derive(Clone, Debug)]
pub struct InitProtection<'a> {
    /// `schm.scheme_type`: `cenc`, `cens`, `cbc1` or `cbcs`.
    pub scheme: FourCc,
    /// The defaults of all samples, in every sample entry.
    pub tenc: Tenc<'a>,
    /// Whole `pssh` boxes, for the end of `moov`; may be empty.
    pub pssh: &'a [u8],
}

/// The only version there is, ISO/IEC 23001-7 4.1.
const SCHEME_VERSION: u32 = 0x1_0000;

impl InitProtection<'_> {
    /// `entry` of samples that are encrypted: `encv`, `enca` or `enct`, with `sinf` behind its
    /// children.
    pub(super) fn entry(&self, entry: &SampleEntry, kind: TrackKind) -> Result<SampleEntry, Error> {
        let mut entry = entry.clone();
        let place = Place::FILE.child(entry.kind);
        if [b"encv", b"enca", b"enct"].contains(&&entry.kind.0) {
            return Err(Error::Value {
                place: place.to_string(),
                offset: 0,
                field: "type",
                value: entry.kind.to_string(),
                expected: "an entry that is not encrypted yet",
            });
        }
        // Padding behind the last child would be taken for the header of `sinf`.
        let mut whole = 0usize;
        for child in entry.children(place) {
            whole = whole.saturating_add(child?.bytes.len());
        }
        entry.child_bytes.truncate(whole);
        let sinf = Sinf {
            original_format: entry.kind,
            scheme: Some(Schm {
                scheme_type: self.scheme,
                scheme_version: SCHEME_VERSION,
                scheme_uri: None,
            }),
            tenc: Some(self.tenc.clone()),
        };
        entry.push_child(&sinf.to_bytes()?);
        entry.kind = FourCc::new(match kind {
            TrackKind::Video => b"encv",
            TrackKind::Audio => b"enca",
            TrackKind::Text => b"enct",
        });
        Ok(entry)
    }
}
