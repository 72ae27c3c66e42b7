//! What an initialization segment says of encryption, and what it says without it.
//!
//! Everything but encryption is checked as in clear packages, on the same bytes with `encv` and
//! `enca` called what they were and `sinf` called `free`: nothing moves.

mod fragment;
mod kids;

use cenc::Kid;
use cenc::scheme::{Iv, IvSize, Pattern, Scheme};
use isobmff::boxes::{Pssh, SampleEntry, Schm, Sinf, Tenc};
use isobmff::{BoxBody, Boxes, FourCc, Place, RawBox};

use super::boxes::one;

pub(super) use fragment::{FragmentEncryption, Said, SampleEncryption};
pub(super) use kids::kids;

/// How the samples of a track are encrypted unless something else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encryption {
    /// `schm.scheme_type`.
    pub(super) scheme: Scheme,
    /// Of blocks, from `tenc`.
    pub(super) pattern: Pattern,
    /// Where IVs are.
    pub(super) iv: SampleIv,
    /// `tenc.default_KID`.
    pub(super) kid: Kid,
}

/// Where the IV of a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SampleIv {
    /// In `tenc`, the same for all.
    Constant(Iv),
    /// In `senc`.
    Each(IvSize),
}

/// A `pssh` box, in a file or a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SystemHeader {
    /// The protection system.
    pub(super) system_id: [u8; 16],
    /// The key ids it names; `None` where nothing can be told of them.
    pub(super) kids: Option<Vec<Kid>>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) expected: String,
}

/// What an initialization segment says of encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EncryptedInit {
    /// What its sample entries say; `None` where they are clear, or wrong beyond reading.
    pub(super) encryption: Option<Encryption>,
    /// Whether any sample entry looks encrypted.
    pub(super) is_protected: bool,
    /// `pssh` boxes of `moov`.
    pub(super) systems: Vec<SystemHeader>,
    /// What is unknown or contradictory.
    pub(super) wrong: Vec<Wrong>,
    /// The segment as if nothing was encrypted.
    pub(super) clear: Vec<u8>,
}

/// Sample entries of encrypted tracks.
const PROTECTED: [&[u8; 4]; 5] = [b"encv", b"enca", b"enct", b"encs", b"encu"];

const SINF: FourCc = FourCc::new(b"sinf");

/// What a sample entry of an encrypted track says, and where its boxes are to be renamed.
struct Entry {
    original_format: FourCc,
    sinf: u64,
    is_video: bool,
    encryption: Option<Encryption>,
}

fn wrong(field: &'static str, value: impl ToString, expected: impl ToString) -> Wrong {
    Wrong {
        field,
        value: value.to_string(),
        expected: expected.to_string(),
    }
}

impl EncryptedInit {
    /// Reads an initialization segment of one track. What cannot be walked is left as it is.
    pub(super) fn read(bytes: Vec<u8>) -> EncryptedInit {
        let mut init = EncryptedInit::default();
        let mut renamed = Vec::new();
        if let Err(error) = init.walk(&bytes, &mut renamed) {
            init.wrong.push(wrong("boxes", error, "whole boxes"));
        }
        init.clear = bytes;
        for (offset, kind) in renamed {
            // The type of a box stands behind its 32-bit size, whatever follows.
            let at = usize::try_from(offset)
                .unwrap_or(usize::MAX)
                .saturating_add(4);
            if let Some(bytes) = init.clear.get_mut(at..at.saturating_add(4)) {
                bytes.copy_from_slice(&kind.0);
            }
        }
        init
    }

    fn walk(&mut self, bytes: &[u8], renamed: &mut Vec<(u64, FourCc)>) -> Result<(), String> {
        let file = Place::FILE;
        let moov = Boxes::new(bytes, 0, file).find_kind(FourCc::new(b"moov"));
        // Without one there is nothing to say of encryption; other checks say the rest.
        let Ok(Some(moov)) = moov else { return Ok(()) };
        let place = file.child(moov.kind);
        for child in moov.children(place).flatten() {
            if child.kind == Pssh::KIND {
                self.pssh(&child, &place);
            }
        }
        let mut stsd = one(&moov, &place, b"trak")?;
        for kind in [b"mdia", b"minf", b"stbl", b"stsd"] {
            stsd = one(&stsd, &file.child(stsd.kind), kind)?;
        }
        let version = stsd.body().first().copied().unwrap_or(0);
        let entries = stsd.body().get(8..).unwrap_or_default();
        let place = file.child(stsd.kind);
        let mut found: Vec<Option<Encryption>> = Vec::new();
        for raw in Boxes::new(entries, stsd.body_offset().saturating_add(8), place) {
            let raw = raw.map_err(|error| error.to_string())?;
            match self.entry(&raw, version, &place)? {
                None => found.push(None),
                Some(entry) => {
                    self.is_protected = true;
                    self.check(&entry);
                    renamed.push((raw.offset, entry.original_format));
                    renamed.push((entry.sinf, FourCc::new(b"free")));
                    found.push(entry.encryption);
                }
            }
        }
        let first = found.first().copied().flatten();
        if found.iter().any(|entry| *entry != first) {
            let expected = "the same encryption for all samples";
            self.wrong
                .push(wrong("sample entries", "different", expected));
        }
        self.encryption = first;
        Ok(())
    }

    fn pssh(&mut self, raw: &RawBox<'_>, place: &Place<'_>) {
        match SystemHeader::of(raw, place) {
            Ok(header) => self.systems.push(header),
            Err(error) => self.wrong.push(wrong("pssh", error, "a whole box")),
        }
    }

    /// Reads a sample entry; `None` where it is clear.
    fn entry(
        &mut self,
        raw: &RawBox<'_>,
        version: u8,
        parent: &Place<'_>,
    ) -> Result<Option<Entry>, String> {
        let text = |error: isobmff::Error| error.to_string();
        let is_protected = PROTECTED.contains(&&raw.kind.0);
        let entry = SampleEntry::read(raw, version, parent).map_err(text)?;
        let place = parent.child(raw.kind);
        // What is no box is padding, or found by whoever reads the entry.
        let sinfs = entry.children(place).flatten();
        let sinfs: Vec<RawBox<'_>> = sinfs.filter(|child| child.kind == SINF).collect();
        let Some(first) = sinfs.first().filter(|_| is_protected) else {
            if is_protected || !sinfs.is_empty() {
                let value = if is_protected { "missing" } else { "there" };
                let expected = format!("one in encv or enca alone, not in {}", raw.kind);
                let expected = if is_protected {
                    "how the samples are encrypted"
                } else {
                    &expected
                };
                self.wrong.push(wrong("sinf", value, expected));
            }
            self.is_protected |= is_protected;
            return Ok(None);
        };
        if sinfs.len() > 1 {
            self.wrong.push(wrong("sinf boxes", sinfs.len(), "1"));
        }
        let sinf = Sinf::parse(first, &place).map_err(text)?;
        let is_video = entry.visual().is_some();
        Ok(Some(Entry {
            original_format: sinf.original_format,
            sinf: first.offset,
            is_video,
            encryption: self.sinf(&sinf),
        }))
    }

    /// What `sinf` says, as far as it can be understood.
    fn sinf(&mut self, sinf: &Sinf<'_>) -> Option<Encryption> {
        if PROTECTED.contains(&&sinf.original_format.0) {
            let expected = "the coding before encryption";
            self.wrong
                .push(wrong("frma", sinf.original_format, expected));
        }
        let Some(schm) = &sinf.scheme else {
            self.wrong.push(wrong("schm", "missing", "a scheme"));
            return None;
        };
        let scheme = self.scheme(schm);
        let Some(tenc) = &sinf.tenc else {
            self.wrong.push(wrong("tenc", "missing", "KID and IV"));
            return None;
        };
        if tenc.default_is_protected != 1 {
            let value = tenc.default_is_protected;
            self.wrong.push(wrong("default_isProtected", value, "1"));
        }
        let scheme = scheme?;
        Some(Encryption {
            scheme,
            pattern: Pattern {
                crypt: tenc.default_crypt_byte_block,
                skip: tenc.default_skip_byte_block,
            },
            iv: self.iv(scheme, tenc)?,
            kid: Kid(tenc.default_kid),
        })
    }

    fn scheme(&mut self, schm: &Schm<'_>) -> Option<Scheme> {
        if schm.scheme_version != 0x1_0000 {
            let value = format!("{:#010x}", schm.scheme_version);
            self.wrong
                .push(wrong("scheme_version", value, "0x00010000"));
        }
        let known = |scheme: &Scheme| scheme.four_cc() == schm.scheme_type;
        let scheme = Scheme::ALL.into_iter().find(known);
        if scheme.is_none() {
            let expected = "cenc, cens, cbc1 or cbcs";
            self.wrong
                .push(wrong("scheme_type", schm.scheme_type, expected));
        }
        scheme
    }

    fn iv(&mut self, scheme: Scheme, tenc: &Tenc<'_>) -> Option<SampleIv> {
        let size = tenc.default_per_sample_iv_size;
        let constant = tenc.default_constant_iv.and_then(Iv::from_bytes);
        let expected = match scheme {
            Scheme::Cenc | Scheme::Cens => "8 or 16",
            Scheme::Cbc1 => "16",
            Scheme::Cbcs => "0, and a constant IV of 16 bytes",
        };
        let iv = match (scheme, size, constant) {
            (Scheme::Cenc | Scheme::Cens, 8, _) => Some(SampleIv::Each(IvSize::Eight)),
            (Scheme::Cenc | Scheme::Cens | Scheme::Cbc1, 16, _) => {
                Some(SampleIv::Each(IvSize::Sixteen))
            }
            (Scheme::Cbcs, 0, Some(iv @ Iv::Sixteen(_))) => Some(SampleIv::Constant(iv)),
            _ => None,
        };
        if iv.is_none() {
            let expected = format!("{expected}, as {scheme} has it");
            self.wrong
                .push(wrong("default_Per_Sample_IV_Size", size, expected));
        }
        iv
    }

    /// The pattern fits scheme and kind of track.
    fn check(&mut self, entry: &Entry) {
        let Some(Encryption {
            scheme, pattern, ..
        }) = entry.encryption
        else {
            return;
        };
        let expected = match entry.is_video {
            true => scheme.video_pattern(),
            false => Pattern::NONE,
        };
        if pattern != expected {
            let text = |Pattern { crypt, skip }| format!("{crypt}:{skip}");
            let what = if entry.is_video { "video" } else { "sound" };
            let expected = format!("{} for {what} in {scheme}", text(expected));
            self.wrong.push(wrong("pattern", text(pattern), expected));
        }
    }
}

impl SystemHeader {
    /// A whole `pssh` box that stands alone.
    ///
    /// # Errors
    ///
    /// What is wrong, as a finding's value.
    pub(super) fn parse(bytes: &[u8]) -> Result<SystemHeader, String> {
        let raw = RawBox::parse(bytes, 0, &Place::FILE).map_err(|error| error.to_string())?;
        if raw.kind != Pssh::KIND || raw.bytes.len() != bytes.len() {
            return Err("something else".into());
        }
        SystemHeader::of(&raw, &Place::FILE)
    }

    fn of(raw: &RawBox<'_>, place: &Place<'_>) -> Result<SystemHeader, String> {
        let pssh = Pssh::parse(raw, place).map_err(|error| error.to_string())?;
        let listed: Vec<Kid> = pssh.kids.iter().map(Kid).collect();
        let told = kids(pssh.system_id, pssh.data);
        Ok(SystemHeader {
            system_id: pssh.system_id,
            kids: match (pssh.version, told) {
                (0, told) => told,
                // Data that names other keys than the box does shows as keys of both.
                (_, told) => {
                    let mut all = listed;
                    all.extend(told.unwrap_or_default());
                    all.sort();
                    all.dedup();
                    Some(all)
                }
            },
        })
    }
}

#[cfg(test)]
mod tests;
