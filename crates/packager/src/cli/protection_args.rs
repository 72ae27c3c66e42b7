//! The options of `packager pack` that are about encryption, and what they make of a job.

use std::path::{Path, PathBuf};

use cenc::drm::System;
use cenc::policy::{Audio, HeightLimits, Label, Policy};
use cenc::scheme::{IvSize, Scheme};
use clap::{ArgGroup, Args, ValueEnum};
use keys::{CpixFile, GivenKeys, Recipient, Source, SpekeServer, SpekeUrl, SpekeVersion};
use media::{Time, Timescale};
use packager::job::api::DrmOption;
use packager::job::{DrmSettings, IvSeed, Protection, Schemes, seconds};

use super::Failure;

/// The name of [`STDIN`] in options.
const STDIN: &str = "-";

/// Options about encryption.
#[derive(Debug, Args)]
#[command(
    next_help_heading = "Encryption",
    group = ArgGroup::new("key_source").args(["key", "key_file", "cpix", "speke"]).multiple(true)
)]
pub(super) struct ProtectionArgs {
    /// How samples are encrypted; both: cenc for DASH and cbcs for HLS [default: cbcs]
    #[arg(long, value_name = "SCHEME", requires = "key_source")]
    pub(super) scheme: Option<SchemeWord>,

    /// Content key in hexadecimal digits, for the tracks of LABEL: all, audio, sd, hd, uhd1 or
    /// uhd2; repeatable. With two schemes a KID belongs to one: SCHEME/ says which. Other users of
    /// the machine can read it in the process list; --key-file avoids that
    #[arg(long, value_name = "[SCHEME/]LABEL=KID:KEY[:IV]")]
    pub(super) key: Vec<String>,

    /// The same from a file, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Vec<PathBuf>,

    /// Content keys from a CPIX document
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "key_file", "speke"])]
    pub(super) cpix: Option<PathBuf>,

    /// RSA private key in PEM for which the keys of the document, or of the server's answer, are
    /// encrypted
    #[arg(long, value_name = "FILE", requires = "key_source", conflicts_with_all = ["key", "key_file"])]
    pub(super) cpix_private_key: Option<PathBuf>,

    /// Content keys from a SPEKE key server, which needs --content-id
    #[arg(long, value_name = "URL", conflicts_with_all = ["key", "key_file"])]
    pub(super) speke: Option<String>,

    /// Version of SPEKE [default: 2]
    #[arg(long, value_name = "1|2", requires = "speke", value_parser = speke_version)]
    pub(super) speke_version: Option<SpekeVersion>,

    /// Header of requests to the key server; repeatable. Other users of the machine can read it in
    /// the process list; --speke-header-file avoids that
    #[arg(long, value_name = "NAME: VALUE", requires = "speke")]
    pub(super) speke_header: Vec<String>,

    /// The same from a file, one a line
    #[arg(long, value_name = "FILE", requires = "speke")]
    pub(super) speke_header_file: Vec<PathBuf>,

    /// Certificates in PEM to trust at the key server, beside those of the system
    #[arg(long, value_name = "FILE", requires = "speke")]
    pub(super) speke_ca_file: Option<PathBuf>,

    /// Certificate in PEM for which the key server shall encrypt keys; --cpix-private-key opens them
    #[arg(long, value_name = "FILE", requires_all = ["speke", "cpix_private_key"])]
    pub(super) speke_certificate: Option<PathBuf>,

    /// DRM systems to tell, separated by commas; none: players get keys elsewhere
    #[arg(
        long,
        value_name = "SYSTEM",
        value_delimiter = ',',
        requires = "key_source"
    )]
    pub(super) drm: Vec<SystemWord>,

    /// Licence server in the PlayReady header
    #[arg(long, value_name = "URL", requires = "key_source")]
    pub(super) playready_url: Option<String>,

    /// XML for the custom attributes of the PlayReady header
    #[arg(long, value_name = "XML", requires = "key_source")]
    pub(super) playready_custom_attributes: Option<String>,

    /// Provider in the Widevine data
    #[arg(long, value_name = "NAME", requires = "key_source")]
    pub(super) widevine_provider: Option<String>,

    /// Licence server of ClearKey
    #[arg(long, value_name = "URL", requires = "key_source")]
    pub(super) clearkey_url: Option<String>,

    /// Key URI of FairPlay; {kid} stands for the KID, {uuid} for the KID with hyphens [default:
    /// skd://{kid}]
    #[arg(long, value_name = "URI", requires = "key_source")]
    pub(super) fairplay_uri: Option<String>,

    /// Bytes of an IV of cenc and cens, 8 or 16 [default: 16]
    #[arg(long, value_name = "BYTES", requires = "key_source", value_parser = iv_size)]
    pub(super) iv_size: Option<IvSize>,

    /// Makes IVs reproducible: they follow from this seed (2 to 128 hexadecimal digits) and from
    /// what they protect [default: random]
    #[arg(long, value_name = "HEX", requires = "key_source")]
    pub(super) iv_seed: Option<String>,

    /// A key for each track type, audio, sd, hd, uhd1 and uhd2, instead of one for all
    #[arg(long, requires = "key_source")]
    pub(super) multi_key: bool,

    /// Greatest height of sd video, with --multi-key [default: 480]
    #[arg(long, value_name = "LINES", requires = "key_source")]
    pub(super) max_sd_height: Option<u32>,

    /// Greatest height of hd video, with --multi-key [default: 1080]
    #[arg(long, value_name = "LINES", requires = "key_source")]
    pub(super) max_hd_height: Option<u32>,

    /// Greatest height of uhd1 video, with --multi-key [default: 2160]
    #[arg(long, value_name = "LINES", requires = "key_source")]
    pub(super) max_uhd1_height: Option<u32>,

    /// Leave sound in the clear
    #[arg(long, requires = "key_source")]
    pub(super) skip_audio_encryption: bool,

    /// Leave so much of the beginning in the clear, in whole segments
    #[arg(long, value_name = "SECONDS", requires = "key_source", value_parser = clear_lead)]
    pub(super) clear_lead: Option<Time>,

    /// Also write manifests SD_ONLY, SD_HD and SD_UHD, each with the keys it needs
    #[arg(long, requires = "key_source")]
    pub(super) tracktype_manifests: bool,
}

/// A scheme, or two, as the user writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemeWord {
    /// AES-CTR, everything
    Cenc,
    /// AES-CTR, one block in ten of video
    Cens,
    /// AES-CBC, everything
    Cbc1,
    /// AES-CBC, one block in ten of video: what all current players decrypt
    #[default]
    Cbcs,
    /// Two sets of segments: cenc for DASH, cbcs for HLS
    Both,
}

/// A DRM system as the user writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SystemWord {
    /// Widevine
    Widevine,
    /// PlayReady
    Playready,
    /// FairPlay, with cbcs in HLS
    Fairplay,
    /// ClearKey, for tests
    Clearkey,
    /// The W3C's common box with key IDs
    Common,
    /// No system at all
    None,
}

impl SchemeWord {
    fn schemes(self) -> Schemes {
        match self {
            SchemeWord::Cenc => Schemes::One(Scheme::Cenc),
            SchemeWord::Cens => Schemes::One(Scheme::Cens),
            SchemeWord::Cbc1 => Schemes::One(Scheme::Cbc1),
            SchemeWord::Cbcs => Schemes::One(Scheme::Cbcs),
            SchemeWord::Both => Schemes::Both,
        }
    }
}

impl SystemWord {
    fn system(self) -> Option<System> {
        match self {
            SystemWord::Widevine => Some(System::Widevine),
            SystemWord::Playready => Some(System::PlayReady),
            SystemWord::Fairplay => Some(System::FairPlay),
            SystemWord::Clearkey => Some(System::ClearKey),
            SystemWord::Common => Some(System::Common),
            SystemWord::None => None,
        }
    }
}

impl ProtectionArgs {
    /// What is to be encrypted, with what the job file says where options say nothing.
    pub(super) fn protection(&self, file: &DrmOption) -> Result<Option<Protection>, Failure> {
        let Some(source) = self.source()? else {
            return Ok(None);
        };
        Ok(Some(Protection {
            schemes: self.scheme.unwrap_or_default().schemes(),
            source,
            policy: self.policy(file)?,
            systems: self.systems()?,
            drm: DrmSettings {
                playready_url: self.playready_url.clone(),
                playready_custom_attributes: self.playready_custom_attributes.clone(),
                widevine_provider: self.widevine_provider.clone(),
                clearkey_url: self.clearkey_url.clone(),
                fairplay_uri: self.fairplay_uri.clone(),
            },
            iv_size: self.iv_size.unwrap_or(IvSize::Sixteen),
            iv_seed: self.iv_seed.as_deref().map(iv_seed).transpose()?,
            clear_lead: self.clear_lead.unwrap_or(file.clear_lead),
            tracktype_manifests: self.tracktype_manifests || file.generate_tracktype_manifests,
        }))
    }

    fn source(&self) -> Result<Option<Source>, Failure> {
        let files = [
            ("--cpix", &self.cpix),
            ("--cpix-private-key", &self.cpix_private_key),
            ("--speke-ca-file", &self.speke_ca_file),
            ("--speke-certificate", &self.speke_certificate),
        ];
        for (option, path) in files {
            path.iter()
                .try_for_each(|path| refuse_secret(option, path))?;
        }
        if let Some(path) = &self.cpix {
            return Ok(Some(Source::Cpix(CpixFile {
                path: path.clone(),
                private_key: self.cpix_private_key.clone(),
            })));
        }
        if let Some(url) = &self.speke {
            return Ok(Some(Source::Speke(Box::new(self.server(url)?))));
        }
        let mut given = GivenKeys::default();
        for text in &self.key {
            given.parse_argument(text)?;
        }
        for path in &self.key_file {
            refuse_secret("--key-file", path)?;
            if path.as_os_str() == STDIN {
                given.read(std::io::stdin().lock())?;
            } else {
                given.read_file(path)?;
            }
        }
        Ok((!given.is_empty()).then_some(Source::Given(given)))
    }

    fn server(&self, url: &str) -> Result<SpekeServer, Failure> {
        let url = SpekeUrl::parse(url).map_err(|error| Failure::Asked(error.into()))?;
        let mut server = SpekeServer::new(url);
        server.version = self.speke_version.unwrap_or(SpekeVersion::Two);
        for text in &self.speke_header {
            server.headers.parse_argument(text)?;
        }
        for path in &self.speke_header_file {
            refuse_secret("--speke-header-file", path)?;
            server.headers.read_file(path)?;
        }
        server.ca_file.clone_from(&self.speke_ca_file);
        server.recipient = match (&self.speke_certificate, &self.cpix_private_key) {
            (Some(certificate), Some(private_key)) => Some(Recipient {
                certificate: certificate.clone(),
                private_key: private_key.clone(),
            }),
            (None, Some(_)) => {
                let text = "--cpix-private-key: has no effect without --speke-certificate";
                return Err(Failure::asked(text));
            }
            (_, None) => None,
        };
        Ok(server)
    }

    fn policy(&self, file: &DrmOption) -> Result<Policy, Failure> {
        let heights = [self.max_sd_height, self.max_hd_height, self.max_uhd1_height];
        let multi_key = self.multi_key || file.multi_key;
        if !multi_key && heights.iter().any(Option::is_some) {
            let text = "--max-sd-height, --max-hd-height, --max-uhd1-height: have no effect \
                        without --multi-key";
            return Err(Failure::asked(text));
        }
        let limits = HeightLimits::new(
            self.max_sd_height.unwrap_or(file.max_sd_height),
            self.max_hd_height.unwrap_or(file.max_hd_height),
            self.max_uhd1_height.unwrap_or(file.max_uhd1_height),
        );
        let limits = limits.map_err(|limit| {
            let text = format!("--max-{limit}-height: is not above the limit of the type below it");
            Failure::asked(text)
        })?;
        let skips = self.skip_audio_encryption || file.skip_audio_encryption;
        Ok(Policy {
            multi_key: multi_key.then_some(limits),
            audio: if skips { Audio::Skip } else { Audio::Encrypt },
        })
    }

    fn systems(&self) -> Result<Vec<System>, Failure> {
        let systems: Vec<System> = self.drm.iter().filter_map(|word| word.system()).collect();
        match (self.drm.as_slice(), systems.len()) {
            ([], _) => Err(Failure::asked(
                "--drm: is missing, expected widevine, playready, fairplay, clearkey, common or none",
            )),
            (words, count) if words.len() == count || (count == 0 && words.len() == 1) => {
                Ok(systems)
            }
            _ => Err(Failure::asked("--drm: none stands alone")),
        }
    }
}

impl From<keys::Error> for Failure {
    fn from(error: keys::Error) -> Failure {
        packager::Error::from(error).into()
    }
}

fn speke_version(text: &str) -> Result<SpekeVersion, &'static str> {
    match text {
        "1" | "1.0" => Ok(SpekeVersion::One),
        "2" | "2.0" => Ok(SpekeVersion::Two),
        _ => Err("expected 1 or 2"),
    }
}

fn iv_size(text: &str) -> Result<IvSize, &'static str> {
    match text {
        "8" => Ok(IvSize::Eight),
        "16" => Ok(IvSize::Sixteen),
        _ => Err("expected 8 or 16"),
    }
}

/// Refuses what is no file and looks like a secret that stands where its file belongs, and does not
/// repeat it.
fn refuse_secret(option: &str, path: &Path) -> Result<(), Failure> {
    let text = path.to_string_lossy();
    let looks_secret = text.contains([':', '=', '<', ' ']) || text.contains("-----");
    match looks_secret && !path.exists() {
        true => Err(Failure::asked(format!(
            "{option}: there is no such file; what it should hold does not belong here"
        ))),
        false => Ok(()),
    }
}

/// Whether what should be a path has the form of a key, so that no message may repeat it.
pub(super) fn holds_key(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let Some((label, rest)) = text.split_once('=') else {
        return false;
    };
    let label = label.rsplit('/').next().unwrap_or(label);
    Label::from_name(label).is_some() && rest.contains(':')
}

/// Read here rather than with the other options, whose errors repeat what was given.
fn iv_seed(text: &str) -> Result<IvSeed, Failure> {
    let refused = "--iv-seed: expected 2 to 128 hexadecimal digits, an even number of them";
    IvSeed::parse(text).ok_or_else(|| Failure::asked(refused))
}

fn clear_lead(text: &str) -> Result<Time, String> {
    let lead = seconds(text).map_err(|error| error.to_string())?;
    let most = Timescale::MILLISECONDS.time(packager::job::MAX_SECONDS * 1000);
    if lead > most {
        return Err("expected 0 to 3600 seconds".into());
    }
    Ok(lead)
}
