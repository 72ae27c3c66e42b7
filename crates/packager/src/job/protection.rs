//! What a job says about encryption.

use std::fmt;

use cenc::drm::System;
use cenc::policy::Policy;
use cenc::scheme::{IvSize, Scheme};
use media::Time;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Formats, JobError};
use crate::hex;

/// Most bytes of a seed for IVs.
pub const MAX_IV_SEED_BYTES: usize = 64;

/// Asks for encryption of video and sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// How samples are encrypted.
    pub schemes: Schemes,
    /// Where keys come from.
    pub source: keys::Source,
    /// Which track gets which key.
    pub policy: Policy,
    /// Which DRM systems are told, in the order manifests list them.
    pub systems: Vec<System>,
    /// What they are told.
    pub drm: DrmSettings,
    /// Bytes of an IV of `cenc` and `cens`.
    pub iv_size: IvSize,
    /// Makes IVs follow from it and from what they protect, instead of new ones for every run.
    pub iv_seed: Option<IvSeed>,
    /// How much at the start stays clear; whole segments. Zero for nothing.
    pub clear_lead: Time,
    /// Manifests for players that may have some of the keys only: `SD_ONLY`, `SD_HD`, `SD_UHD`.
    pub tracktype_manifests: bool,
}

/// How samples are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schemes {
    /// One set of segments for DASH and HLS.
    One(Scheme),
    /// `cenc` for DASH and `cbcs` for HLS: two sets from one read of the inputs.
    Both,
}

/// What DRM systems are told besides the ids of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrmSettings {
    /// Licence server in the PlayReady header.
    pub playready_url: Option<String>,
    /// XML for the `CUSTOMATTRIBUTES` of the PlayReady header.
    pub playready_custom_attributes: Option<String>,
    /// `provider` in the Widevine data.
    pub widevine_provider: Option<String>,
    /// Licence server of ClearKey.
    pub clearkey_url: Option<String>,
    /// Key URI of FairPlay, with `{kid}` for the key's id; [`FAIRPLAY_URI`] where there is none.
    pub fairplay_uri: Option<String>,
}

/// Key URI of FairPlay unless a job says otherwise.
pub const FAIRPLAY_URI: &str = "skd://{kid}";

/// A seed for IVs. It is printed nowhere: who knows it can foresee IVs.
#[derive(Clone, PartialEq, Eq)]
pub struct IvSeed(Vec<u8>);

impl IvSeed {
    /// The seed of these bytes, 1 to 64.
    pub fn new(bytes: Vec<u8>) -> Option<IvSeed> {
        (1..=MAX_IV_SEED_BYTES)
            .contains(&bytes.len())
            .then_some(IvSeed(bytes))
    }

    /// Reads 2 to 128 hexadecimal digits.
    pub fn parse(text: &str) -> Option<IvSeed> {
        IvSeed::new(hex::decode(text)?)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for IvSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IvSeed(..)")
    }
}

impl Schemes {
    /// The schemes, that of DASH first.
    pub fn list(self) -> Vec<Scheme> {
        match self {
            Schemes::One(scheme) => vec![scheme],
            Schemes::Both => vec![Scheme::Cenc, Scheme::Cbcs],
        }
    }

    fn uses_counters(self) -> bool {
        match self {
            Schemes::One(Scheme::Cenc | Scheme::Cens) | Schemes::Both => true,
            Schemes::One(Scheme::Cbc1 | Scheme::Cbcs) => false,
        }
    }
}

impl Protection {
    /// Checks what can be checked without keys and tracks.
    ///
    /// # Errors
    /// Options that contradict each other or cannot have an effect.
    pub(super) fn validate(&self, formats: Formats) -> Result<(), JobError> {
        if self.schemes == Schemes::Both && !(formats.dash && formats.hls) {
            let expected = "dash and hls: each has its own scheme with scheme both";
            let format = if formats.dash { "dash" } else { "hls" };
            return Err(JobError::value("format", format, expected));
        }
        if self.iv_size == IvSize::Eight && !self.schemes.uses_counters() {
            let expected = "16: only cenc and cens have IVs of 8 bytes";
            return Err(JobError::value("iv_size", 8, expected));
        }
        self.validate_systems(formats)?;
        if self.clear_lead.ticks < 0 {
            let expected = "0 seconds or more";
            return Err(JobError::value("clear_lead", self.clear_lead, expected));
        }
        if self.tracktype_manifests && self.policy.multi_key.is_none() {
            let expected = "multi_key beside it: one key opens all tracks otherwise";
            return Err(JobError::value("tracktype_manifests", "true", expected));
        }
        Ok(())
    }

    fn validate_systems(&self, formats: Formats) -> Result<(), JobError> {
        let has = |system| self.systems.contains(&system);
        for (at, system) in self.systems.iter().enumerate() {
            if self.systems.iter().take(at).any(|other| other == system) {
                let expected = "every system once";
                return Err(JobError::value("drm", system.name(), expected));
            }
        }
        if has(System::FairPlay) {
            if let Schemes::One(scheme) = self.schemes
                && System::FairPlay.check(scheme).is_err()
            {
                let expected = format!("cbcs: FairPlay does not decrypt {scheme}");
                return Err(JobError::value("scheme", scheme, expected));
            }
            if !formats.hls {
                let expected = "hls beside it: FairPlay is told in playlists alone";
                return Err(JobError::value("format", "dash", expected));
            }
        }
        let settings = [
            (
                "playready_url",
                self.drm.playready_url.is_some(),
                System::PlayReady,
            ),
            (
                "playready_custom_attributes",
                self.drm.playready_custom_attributes.is_some(),
                System::PlayReady,
            ),
            (
                "widevine_provider",
                self.drm.widevine_provider.is_some(),
                System::Widevine,
            ),
            (
                "clearkey_url",
                self.drm.clearkey_url.is_some(),
                System::ClearKey,
            ),
            (
                "fairplay_uri",
                self.drm.fairplay_uri.is_some(),
                System::FairPlay,
            ),
        ];
        self.drm.validate()?;
        for (field, is_given, system) in settings {
            if is_given && !has(system) {
                let expected = format!("{} among the DRM systems", system.name());
                return Err(JobError::value(field, "given", expected));
            }
        }
        Ok(())
    }
}

impl DrmSettings {
    /// Checks what goes into boxes and manifests as it stands.
    fn validate(&self) -> Result<(), JobError> {
        let uris = [
            ("playready_url", &self.playready_url),
            ("clearkey_url", &self.clearkey_url),
            ("fairplay_uri", &self.fairplay_uri),
        ];
        for (field, uri) in uris {
            if let Some(uri) = uri.as_deref().filter(|uri| !is_uri(uri)) {
                let expected = "a URI with its scheme, without spaces and quotes";
                return Err(JobError::value(field, format!("{uri:?}"), expected));
            }
        }
        if let Some(uri) = &self.fairplay_uri
            && uri
                .replace("{kid}", "")
                .replace("{uuid}", "")
                .contains(['{', '}'])
        {
            let expected = "{kid} or {uuid} as the only words in braces";
            return Err(JobError::value(
                "fairplay_uri",
                format!("{uri:?}"),
                expected,
            ));
        }
        if let Some(name) = &self.widevine_provider {
            super::api::check_name("widevine_provider", name, MAX_PROVIDER_BYTES)?;
        }
        if let Some(xml) = &self.playready_custom_attributes
            && !is_content(xml)
        {
            let expected = "well-formed XML elements";
            let value = "no such thing";
            return Err(JobError::value(
                "playready_custom_attributes",
                value,
                expected,
            ));
        }
        Ok(())
    }
}

/// Longest provider, in bytes.
const MAX_PROVIDER_BYTES: usize = 200;

/// Whether a text has the form of an absolute URI that can stand in quotes.
fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        let word = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(word)
    };
    let stands = |c: char| !c.is_control() && !c.is_whitespace() && !"\"<>".contains(c);
    scheme.is_some_and(is_scheme) && text.chars().all(stands)
}

/// Whether a text is what may stand between the tags of an element.
fn is_content(xml: &str) -> bool {
    let whole = format!("<content>{xml}</content>");
    let mut reader = Reader::from_str(&whole);
    let mut depth = 0usize;
    let mut roots = 0usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => {
                roots += usize::from(depth == 0);
                depth += 1;
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Empty(_) | Event::Text(_) | Event::CData(_) | Event::Comment(_)) => {
                // What stands behind the outermost element ended it too early.
                if depth == 0 {
                    return false;
                }
            }
            Ok(Event::GeneralRef(name)) => {
                let known = ["amp", "lt", "gt", "quot", "apos"];
                let is_known = known.iter().any(|known| *known == &name[..]);
                if !is_known && !matches!(name.resolve_char_ref(), Ok(Some(_))) {
                    return false;
                }
            }
            Ok(Event::Eof) => return depth == 0 && roots == 1,
            Ok(Event::Decl(_) | Event::PI(_) | Event::DocType(_)) | Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_headers_and_playlists_has_to_stand_there() {
        let refused = |settings: DrmSettings| settings.validate().unwrap_err().to_string();
        let fairplay = |uri: &str| DrmSettings {
            fairplay_uri: Some(uri.into()),
            ..DrmSettings::default()
        };
        for uri in ["", "film", "skd://a b", "skd://\"", "skd://\n", "1a:b"] {
            assert!(
                refused(fairplay(uri)).starts_with("fairplay_uri: is "),
                "{uri}"
            );
        }
        assert!(refused(fairplay("skd://{KID}")).contains("only words in braces"));
        fairplay("skd://{kid}?u={uuid}").validate().unwrap();
        let url = DrmSettings {
            playready_url: Some("https://a/\u{1}".into()),
            ..DrmSettings::default()
        };
        assert!(refused(url).starts_with("playready_url: is "));
    }

    #[test]
    fn custom_attributes_are_well_formed() {
        for xml in ["", "<a/>", "<a b=\"c\">d &amp; &#x41;</a><e/>", "text"] {
            assert!(is_content(xml), "{xml}");
        }
        for xml in [
            "</DATA><&",
            "a&b",
            "<a>",
            "</content><content>",
            "<?x y?>",
            "<!DOCTYPE a>",
            "&x;",
        ] {
            assert!(!is_content(xml), "{xml}");
        }
    }
}
