//! Encrypted presentations.

use std::collections::BTreeMap;

use isobmff::FourCc;
use mux::Presentation;
use mux::manifest::{FORMATS, format};
use mux::presentation::{
    DashProtection, HlsProtection, Protection, ProtectionSystem, Rendition, Role, TrackType,
    TrickPlay,
};

use super::{audio, of, text, video};

pub(crate) const WIDEVINE: [u8; 16] =
    *b"\xed\xef\x8b\xa9\x79\xd6\x4a\xce\xa3\xc8\x27\xdc\xd5\x1d\x21\xed";
pub(crate) const PLAYREADY: [u8; 16] =
    *b"\x9a\x04\xf0\x79\x98\x40\x42\x86\xab\x92\xe6\x5b\xe0\x88\x5f\x95";
pub(crate) const FAIRPLAY: [u8; 16] =
    *b"\x94\xce\x86\xfb\x07\xff\x4f\x43\xad\xb8\x93\xd2\xfa\x96\x8c\xa2";
pub(crate) const CLEARKEY: [u8; 16] =
    *b"\xe2\x71\x9d\x58\xa9\x85\xb3\xc9\x78\x1a\xb0\x30\xaf\x78\xd3\x0e";

/// A `pssh` box of version 0.
pub(crate) fn pssh(system_id: [u8; 16], data: &[u8]) -> Vec<u8> {
    let size = (32 + data.len()) as u32;
    let length = data.len() as u32;
    [
        &size.to_be_bytes()[..],
        b"pssh\0\0\0\0",
        &system_id,
        &length.to_be_bytes(),
        data,
    ]
    .concat()
}

/// The id of a key: all bytes the same but the first.
pub(crate) fn kid(key: u8) -> [u8; 16] {
    let mut kid = [key; 16];
    kid[0] = 0xab;
    kid
}

fn facts(
    pssh: Option<Vec<u8>>,
    object: Option<&[u8]>,
    url: Option<&str>,
) -> Option<DashProtection> {
    Some(DashProtection::Facts {
        pssh,
        playready_object: object.map(<[u8]>::to_vec),
        licence_url: url.map(String::from),
    })
}

fn key(uri: &str, key_format: &str, versions: &str, key_id: bool) -> Option<HlsProtection> {
    Some(HlsProtection::Key {
        uri: uri.into(),
        key_format: key_format.into(),
        key_format_versions: versions.into(),
        key_id,
    })
}

fn system(
    system_id: [u8; 16],
    name: &str,
    dash: Option<DashProtection>,
    hls: Option<HlsProtection>,
) -> ProtectionSystem {
    ProtectionSystem {
        system_id,
        name: name.into(),
        dash,
        hls,
    }
}

pub(crate) fn widevine(key: u8) -> ProtectionSystem {
    let pssh = pssh(WIDEVINE, &[key; 3]);
    // Not what a player would take, but as long, and a reader can tell them apart.
    let uri = format!("data:text/plain;base64,AAAA{key}");
    let format = "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
    let hls = self::key(&uri, format, "1", true);
    system(WIDEVINE, "Widevine", facts(Some(pssh), None, None), hls)
}

fn playready(key: u8) -> ProtectionSystem {
    let object = [key; 4];
    let dash = facts(Some(pssh(PLAYREADY, &object)), Some(&object), None);
    let uri = format!("data:text/plain;charset=UTF-16;base64,BBBB{key}");
    let hls = self::key(&uri, "com.microsoft.playready", "1", false);
    system(PLAYREADY, "MSPR 2.0", dash, hls)
}

fn fairplay(key: u8) -> ProtectionSystem {
    let uri = format!("skd://{key}");
    let hls = self::key(&uri, "com.apple.streamingkeydelivery", "1", false);
    system(FAIRPLAY, "FairPlay", None, hls)
}

fn clearkey() -> ProtectionSystem {
    let url = "https://keys.example/?title=1&all=yes";
    system(CLEARKEY, "ClearKey1.0", facts(None, None, Some(url)), None)
}

pub(crate) fn protection(scheme: &[u8; 4], key: u8, systems: Vec<ProtectionSystem>) -> Protection {
    Protection {
        scheme: FourCc::new(scheme),
        kid: kid(key),
        systems,
        clear_segments: 0,
    }
}

pub(crate) fn with(mut rendition: Rendition, protection: &Protection) -> Rendition {
    rendition.protection = Some(protection.clone());
    rendition
}

/// One key, and every system.
pub(super) fn one_key() -> Presentation {
    let systems = vec![widevine(1), playready(1), fairplay(1), clearkey()];
    let protection = protection(b"cbcs", 1, systems);
    of(vec![
        with(video("480p", 854, 480, 1_000), &protection),
        with(video("720p", 1280, 720, 3_000), &protection),
        with(audio("en", "en", 128), &protection),
        text("en", "en", Role::Subtitle),
    ])
}

/// Three keys of video and one of audio, the first segment clear, and manifests of some of the
/// video.
pub(super) fn key_per_quality() -> Presentation {
    let protection = |key| Protection {
        clear_segments: 1,
        ..protection(b"cbcs", key, vec![widevine(key), fairplay(key)])
    };
    let (sd, hd, uhd) = (protection(1), protection(2), protection(3));
    let low = with(video("480p", 854, 480, 1_000), &sd);
    let mut trick_play = with(video("480p-trick", 854, 480, 100), &sd);
    trick_play.trick_play = Some(TrickPlay {
        of: low.id.clone(),
        max_playout_rate: 8,
    });
    let renditions = vec![
        with(video("360p", 640, 360, 500), &sd),
        low,
        with(video("720p", 1280, 720, 3_000), &hd),
        with(video("1080p", 1920, 1080, 5_000), &hd),
        with(video("2160p", 3840, 2160, 15_000), &uhd),
        trick_play,
        with(audio("en", "en", 128), &protection(4)),
        text("en", "en", Role::Subtitle),
    ];
    let of_heights = |name: &str, videos: usize| TrackType {
        name: name.into(),
        renditions: renditions
            .iter()
            .take(videos)
            .map(|video| video.id.clone())
            .collect(),
    };
    let tracktypes = vec![
        of_heights("SD_ONLY", 2),
        of_heights("SD_HD", 4),
        of_heights("SD_UHD", 5),
    ];
    Presentation {
        tracktypes,
        ..of(renditions)
    }
}

/// Counter mode, the first two segments clear; so is the audio.
pub(super) fn clear_lead_beside_clear_audio() -> Presentation {
    let protection = Protection {
        clear_segments: 2,
        ..protection(b"cenc", 1, vec![widevine(1)])
    };
    of(vec![
        with(video("720p", 1280, 720, 3_000), &protection),
        audio("en", "en", 128),
        text("en", "en", Role::Subtitle),
    ])
}

/// What a key server says, as it says it, and single files.
pub(super) fn key_server() -> Presentation {
    let object = "<mspr:pro xmlns:mspr=\"urn:microsoft:playready\">AQEB</mspr:pro>";
    let xml = format!("<pssh xmlns=\"urn:mpeg:cenc:2013\">AAAA</pssh>\n{object}\n");
    let lines = HlsProtection::Lines {
        media: vec![
            "#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"https://a.example/1,2\",KEYFORMAT=\"a\"".into(),
        ],
        master: Vec::new(),
    };
    let both = HlsProtection::Lines {
        media: vec!["#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"b\",KEYFORMAT=\"b\"".into()],
        master: vec![
            "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES-CTR,URI=\"b\",KEYFORMAT=\"b\",C=1".into(),
        ],
    };
    let dashif = "<dashif:Laurl licenseType=\"EME-1.0\">https://a.example</dashif:Laurl>";
    let systems = vec![
        system(PLAYREADY, "", Some(DashProtection::Xml(xml)), Some(lines)),
        system(
            [7; 16],
            "Other",
            Some(DashProtection::Xml(dashif.into())),
            Some(both),
        ),
    ];
    let protection = protection(b"cens", 1, systems);
    let mut presentation = super::single_files();
    for rendition in &mut presentation.renditions {
        if rendition.webvtt().is_none() {
            rendition.protection = Some(protection.clone());
        }
    }
    presentation
}

/// One video encrypted so that `system` is all there is to say.
pub(crate) fn of_system(scheme: &[u8; 4], system: ProtectionSystem) -> Presentation {
    let protection = protection(scheme, 1, vec![system]);
    of(vec![with(video("720p", 1280, 720, 3_000), &protection)])
}

pub(crate) fn of_hls(hls: HlsProtection) -> Presentation {
    let mut system = widevine(1);
    system.hls = Some(hls);
    of_system(b"cbcs", system)
}

pub(crate) fn of_dash(dash: DashProtection) -> Presentation {
    let mut system = widevine(1);
    system.dash = Some(dash);
    of_system(b"cbcs", system)
}

pub(crate) fn documents(presentation: &Presentation, name: &str) -> BTreeMap<String, String> {
    let written = (format(name).unwrap().write)(presentation).unwrap();
    let pair = |document: mux::manifest::Document| (document.path, document.text);
    written.into_iter().map(pair).collect()
}

pub(crate) fn refused(presentation: &Presentation) -> Vec<String> {
    let write = |format: &mux::manifest::Format| (format.write)(presentation);
    FORMATS
        .iter()
        .filter_map(|format| write(format).err())
        .map(|error| error.to_string())
        .collect()
}

/// Three segments of video and audio, the first two clear.
pub(crate) fn clear_lead(audio_too: bool) -> Presentation {
    let protection = Protection {
        clear_segments: 2,
        ..protection(b"cbcs", 1, vec![widevine(1)])
    };
    let mut sound = audio("en", "en", 128);
    sound.protection = audio_too.then(|| protection.clone());
    of(vec![
        with(video("720p", 1280, 720, 3_000), &protection),
        sound,
        text("en", "en", Role::Subtitle),
    ])
}
