//! What DRM systems are told of a key, in init segments and manifests.

use cenc::drm::playready::{HeaderVersion, PlayReadyHeader};
use cenc::drm::widevine::WidevineData;
use cenc::drm::{DrmError, PsshVersion, System, common, fairplay};
use cenc::policy::ContentKey;
use cenc::scheme::Scheme;
use keys::Signalling;
use mux::presentation::{DashProtection, HlsProtection, ProtectionSystem};

use crate::job::{DrmSettings, FAIRPLAY_URI, Formats};
use crate::protecting::Signalled;

/// What is asked of every key of a set of segments.
pub(super) struct Asked<'j> {
    pub(super) systems: &'j [System],
    pub(super) settings: &'j DrmSettings,
    pub(super) content_id: &'j str,
    pub(super) scheme: Scheme,
    pub(super) formats: Formats,
}

/// What one system is told.
#[derive(Default)]
struct Told {
    pssh: Option<Vec<u8>>,
    playready_object: Option<Vec<u8>>,
    licence_url: Option<String>,
    key: Option<Key>,
}

/// A key as HLS names it.
struct Key {
    uri: String,
    /// Write `KEYID`.
    key_id: bool,
}

/// What the systems are told of `key`; what a key server said of it goes before what would be
/// said otherwise.
///
/// # Errors
/// A system that does not decrypt the scheme.
pub(super) fn of(
    asked: &Asked<'_>,
    key: &ContentKey,
    served: &[Signalling],
) -> Result<Signalled, DrmError> {
    let mut out = Signalled {
        pssh: Vec::new(),
        systems: Vec::new(),
    };
    for system in asked.systems {
        // Of two schemes, FairPlay is told of its own.
        if *system == System::FairPlay && !asked.formats.hls {
            continue;
        }
        let mut told = told(*system, asked, key)?;
        let is_of = |served: &&Signalling| served.kid == key.kid && served.system_id == system.id();
        let served = served.iter().find(is_of);
        if let Some(pssh) = served.and_then(|served| served.pssh.clone()) {
            told.pssh = Some(pssh);
        }
        if let Some(uri) = served.and_then(|served| served.uri_ext_x_key.clone()) {
            told.key = Some(Key { uri, key_id: false });
        }
        // A box that two systems share is written once.
        let pssh = told.pssh.as_deref().unwrap_or_default();
        if !out
            .pssh
            .windows(pssh.len().max(1))
            .any(|earlier| earlier == pssh)
        {
            out.pssh.extend_from_slice(pssh);
        }
        out.systems
            .push(announced(*system, asked.formats, told, served));
    }
    // A playlist of encrypted segments has to say so, to whoever brings the keys along. The format
    // that says where a key itself is (`identity`) would be wrong, and players would fetch it.
    let has_key = |system: &ProtectionSystem| system.hls.is_some();
    if asked.formats.hls && !out.systems.iter().any(has_key) {
        let key_format = System::ClearKey.hls_key_format().unwrap_or_default();
        let hls = Some(HlsProtection::Key {
            uri: kid_uri(key),
            key_format,
            key_format_versions: "1".into(),
            key_id: true,
        });
        match out.systems.first_mut() {
            Some(system) => system.hls = hls,
            None => out.systems.push(ProtectionSystem {
                system_id: System::Common.id(),
                name: String::new(),
                dash: None,
                hls,
            }),
        }
    }
    Ok(out)
}

/// A URI that is the key's id, for players that ask for keys by it.
fn kid_uri(key: &ContentKey) -> String {
    format!("data:text/plain;base64,{}", cenc::base64(&key.kid.0))
}

fn told(system: System, asked: &Asked<'_>, key: &ContentKey) -> Result<Told, DrmError> {
    let kids = [key.kid];
    Ok(match system {
        System::Widevine => {
            let data = WidevineData {
                kids: &kids,
                provider: asked.settings.widevine_provider.as_deref().unwrap_or(""),
                content_id: asked.content_id.as_bytes(),
                scheme: asked.scheme,
            };
            let pssh = data.pssh(PsshVersion::V0)?;
            Told {
                key: Some(Key {
                    uri: format!("data:text/plain;base64,{}", cenc::base64(&pssh)),
                    key_id: true,
                }),
                pssh: Some(pssh),
                ..Told::default()
            }
        }
        System::PlayReady => {
            let algorithm = asked.scheme.algorithm();
            let header = PlayReadyHeader {
                version: HeaderVersion::least(1, algorithm),
                keys: &[(key.kid, &key.key)],
                algorithm,
                licence_url: asked.settings.playready_url.as_deref(),
                custom_attributes: asked.settings.playready_custom_attributes.as_deref(),
            };
            let object = header.object()?;
            let coded = cenc::base64(&object);
            Told {
                pssh: Some(header.pssh(PsshVersion::V0)?),
                key: Some(Key {
                    uri: format!("data:text/plain;charset=UTF-16;base64,{coded}"),
                    key_id: false,
                }),
                playready_object: Some(object),
                ..Told::default()
            }
        }
        System::FairPlay => {
            let template = asked
                .settings
                .fairplay_uri
                .as_deref()
                .unwrap_or(FAIRPLAY_URI);
            let uris = fairplay::key_uris(template, &kids, asked.scheme)?;
            Told {
                key: uris
                    .into_iter()
                    .next()
                    .map(|uri| Key { uri, key_id: false }),
                ..Told::default()
            }
        }
        System::Common => Told {
            pssh: Some(common::pssh(&kids)?),
            ..Told::default()
        },
        // Browsers find the key's id in the common box.
        System::ClearKey => Told {
            pssh: Some(common::pssh(&kids)?),
            licence_url: asked.settings.clearkey_url.clone(),
            // Not the licence server: hls.js takes keys with one URI for one key.
            key: Some(Key {
                uri: kid_uri(key),
                key_id: true,
            }),
            ..Told::default()
        },
    })
}

/// What manifests say of a system.
fn announced(
    system: System,
    formats: Formats,
    told: Told,
    served: Option<&Signalling>,
) -> ProtectionSystem {
    let data = served.and_then(|served| served.content_protection_data.clone());
    let dash = match data {
        Some(xml) => DashProtection::Xml(xml),
        None => DashProtection::Facts {
            // The box that ClearKey shares is the common system's.
            pssh: told.pssh.filter(|_| system != System::ClearKey),
            playready_object: told.playready_object,
            licence_url: told.licence_url,
        },
    };
    let lines = served
        .map(|served| (served.hls_media.clone(), served.hls_master.clone()))
        .filter(|(media, _)| !media.is_empty());
    let hls = match (lines, told.key, system.hls_key_format()) {
        (Some((media, master)), _, _) => Some(HlsProtection::Lines { media, master }),
        (None, Some(Key { uri, key_id }), Some(key_format)) => Some(HlsProtection::Key {
            uri,
            key_format,
            key_format_versions: "1".into(),
            key_id,
        }),
        (None, _, _) => None,
    };
    ProtectionSystem {
        system_id: system.id(),
        name: name(system).into(),
        dash: Some(dash).filter(|_| formats.dash && system != System::FairPlay),
        hls: hls.filter(|_| formats.hls),
    }
}

/// `ContentProtection@value`.
fn name(system: System) -> &'static str {
    match system {
        System::Widevine => "Widevine",
        System::PlayReady => "MSPR 2.0",
        System::FairPlay => "FairPlay",
        System::Common => "cenc",
        System::ClearKey => "ClearKey1.0",
    }
}
