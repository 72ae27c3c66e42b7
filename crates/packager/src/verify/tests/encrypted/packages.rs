//! Packages of the sample ladder, each made once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cenc::drm::System;
use cenc::policy::{Audio, ContentKey, HeightLimits, Policy};
use cenc::scheme::{IvSize, Scheme};
use cenc::{Key, Kid};
use keys::{GivenKeys, Source};
use media::Timescale;
use wm::{MasterKey, Strength};

use crate::job::{DrmSettings, Job, Protection, Schemes, VariantLayout, Watermark};
use crate::verify::{Finding, Verification, VerifyError, verify};
use crate::{MemorySink, Plan, Silent};

/// Folders of renditions.
pub(super) const VIDEO: &str = "cmaf/video/avc1/240p";
pub(super) const AUDIO: &str = "cmaf/audio/mp4a/en";

/// Files of a package.
pub(super) type Objects = BTreeMap<String, Vec<u8>>;

/// How a package is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Clear,
    Cenc,
    Cens,
    Cbc1,
    /// With a clear lead of two segments.
    Cbcs,
    Both,
    /// `cenc` with IVs of 8 bytes.
    Eight,
    /// `cbcs` in one file for each track.
    Single,
    /// Two videos and sound with a key each, and manifests for track types.
    MultiKey,
    /// `cenc`, in two variants.
    Marked,
    /// `cenc`, with a rendition of intra pictures.
    TrickPlay,
}

/// A package to be broken.
pub(super) struct Package {
    kind: Kind,
    pub(super) objects: Objects,
}

const KEYS: [(&str, [u8; 16], [u8; 16]); 5] = [
    (
        "all",
        *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
        [1; 16],
    ),
    ("cbcs/all", [0x22; 16], [2; 16]),
    ("sd", [0x33; 16], [3; 16]),
    ("hd", [0x44; 16], [4; 16]),
    ("audio", [0x55; 16], [5; 16]),
];

impl Kind {
    fn labels(self) -> &'static [&'static str] {
        match self {
            Kind::Clear => &[],
            Kind::Both => &["all", "cbcs/all"],
            Kind::MultiKey => &["sd", "hd", "audio"],
            _ => &["all"],
        }
    }

    fn schemes(self) -> Schemes {
        match self {
            Kind::Both => Schemes::Both,
            Kind::Cens => Schemes::One(Scheme::Cens),
            Kind::Cbc1 => Schemes::One(Scheme::Cbc1),
            Kind::Cbcs | Kind::Single => Schemes::One(Scheme::Cbcs),
            _ => Schemes::One(Scheme::Cenc),
        }
    }

    fn protection(self) -> Protection {
        let mut given = GivenKeys::default();
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for (label, kid, key) in KEYS
            .iter()
            .filter(|(label, ..)| self.labels().contains(label))
        {
            let [kid, key]: [String; 2] = [hex(kid), hex(key)];
            given
                .parse_argument(&format!("{label}={kid}:{key}"))
                .unwrap();
        }
        let limits = HeightLimits::new(300, 1080, 2160).ok();
        Protection {
            schemes: self.schemes(),
            source: Source::Given(given),
            policy: Policy {
                multi_key: limits.filter(|_| self == Kind::MultiKey),
                audio: Audio::Encrypt,
            },
            systems: vec![System::Widevine, System::PlayReady],
            drm: DrmSettings::default(),
            iv_size: if self == Kind::Eight {
                IvSize::Eight
            } else {
                IvSize::Sixteen
            },
            iv_seed: None,
            clear_lead: Timescale::MILLISECONDS.time(if self == Kind::Cbcs { 3000 } else { 0 }),
            tracktype_manifests: self == Kind::MultiKey,
        }
    }

    fn job(self) -> Job {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
        let names: &[&str] = match self {
            // With text, which has an initialization segment in DASH alone.
            Kind::MultiKey => &["240p.mp4", "360p.mp4", "subtitles_en.vtt"],
            _ => &["240p.mp4"],
        };
        let inputs = names
            .iter()
            .map(|name| folder.join(name).display().to_string());
        let watermark = Watermark {
            key: Arc::new(MasterKey::from_bytes([7; 32])),
            strength: Strength::Normal,
            layout: VariantLayout::Directory,
        };
        Job {
            protection: (self != Kind::Clear).then(|| self.protection()),
            content_id: Some("film".into()),
            single_file: self == Kind::Single,
            trick_play: self == Kind::TrickPlay,
            watermark: (self == Kind::Marked).then_some(watermark),
            ..Job::new(inputs)
        }
    }

    fn make(self) -> Objects {
        let sink = MemorySink::default();
        let plan = Plan::new(&self.job()).unwrap();
        match self {
            Kind::Marked => plan.run_marked(&sink, &MemorySink::default(), &Silent),
            _ => plan.run(&sink, &Silent),
        }
        .unwrap();
        let bytes = |path: String| (path.clone(), sink.object(&path).unwrap().to_vec());
        sink.paths().into_iter().map(bytes).collect()
    }
}

impl Package {
    pub(super) fn of(kind: Kind) -> Package {
        static MADE: Mutex<BTreeMap<Kind, Objects>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let objects = made.entry(kind).or_insert_with(|| kind.make()).clone();
        Package { kind, objects }
    }

    /// Every key of the package.
    pub(super) fn keys(&self) -> Vec<ContentKey> {
        let keys = KEYS
            .iter()
            .filter(|(label, ..)| self.kind.labels().contains(label));
        keys.map(|(_, kid, key)| ContentKey {
            kid: Kid(*kid),
            key: Key::from_bytes(*key),
            iv: None,
        })
        .collect()
    }

    pub(super) fn verify(&self, keys: &[ContentKey]) -> Result<Verification, VerifyError> {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in &self.objects {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        verify(folder.path(), keys)
    }

    /// What is found, checksums left out.
    pub(super) fn findings(&self, keys: &[ContentKey]) -> Vec<String> {
        let found = self.verify(keys).unwrap().findings;
        let found = found.iter().filter(|finding| finding.check != "files");
        found.map(Finding::to_string).collect()
    }
}

/// Where the body of the first box of `kind` begins.
pub(super) fn boxed(bytes: &[u8], kind: &[u8; 4]) -> usize {
    bytes.windows(4).position(|bytes| bytes == kind).unwrap() + 4
}

/// Replaces `from`, which must be there, in a text.
pub(super) fn edit(objects: &mut Objects, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(objects[path].clone()).unwrap();
    assert!(text.contains(from), "{from}");
    objects.insert(path.into(), text.replace(from, to).into_bytes());
}
