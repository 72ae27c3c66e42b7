//! What of a plan is encrypted, with which keys, and in which sets of segments.

use std::collections::BTreeMap;

use cenc::drm::System;
use cenc::policy::{Audio, ContentKey, KeyRing, Label, PolicyError, TrackFacts};
use cenc::scheme::{Algorithm, Scheme};
use keys::{Obtained, Request, Source};
use media::{Time, TrackKind};

use super::{Input, Rendition, clear_lead, signalling};
use crate::Error;
use crate::job::{Formats, Job, JobError, Protection, Schemes};
use crate::protecting::{Rules, Signalled, TrackProtection, Tree};

/// What a plan encrypts.
#[derive(Debug)]
pub(crate) struct Protecting {
    pub(crate) trees: Vec<Tree>,
    /// How samples are divided, by the position of their rendition.
    pub(crate) rules: BTreeMap<usize, Rules>,
}

/// The folder of the one set of segments that DASH and HLS share.
const SHARED: &str = "cmaf";

/// What a job encrypts, and the sets of segments it makes of it.
///
/// # Errors
/// Keys that cannot be had, tracks without a key, keys without a track, samples that cannot be
/// encrypted.
pub(super) fn plan(
    job: &Job,
    inputs: &[Input],
    renditions: &[Rendition],
    boundaries: Option<&[Time]>,
    warnings: &mut Vec<String>,
) -> Result<Protecting, Error> {
    let Some(protection) = &job.protection else {
        return Ok(Protecting {
            trees: vec![Tree {
                folder: SHARED,
                formats: job.formats,
                tracks: BTreeMap::new(),
            }],
            rules: BTreeMap::new(),
        });
    };
    let facts: Vec<TrackFacts> = renditions.iter().map(facts).collect();
    let labels = KeyRing::labels(&protection.policy, &facts);
    if labels.is_empty() {
        return Err(Error::NothingToProtect);
    }
    check_effect(protection, &facts)?;
    let mut obtained = protection.source.obtain(&Request {
        content_id: job.content_id.as_deref(),
        schemes: &protection.schemes.list(),
        labels: &labels,
        limits: protection.policy.multi_key,
        systems: &protection.systems,
    })?;
    warnings.append(&mut obtained.warnings);
    let label = |at: usize| {
        facts
            .get(at)
            .and_then(|facts| protection.policy.label(facts))
    };
    let clear = clear_lead::segments(
        protection.clear_lead,
        renditions,
        boundaries,
        &|at| label(at).is_some(),
        warnings,
    )?;
    let trees = trees(job, protection)
        .into_iter()
        .map(|(folder, formats, scheme)| {
            let assigned = obtained
                .ring
                .assign(&protection.policy, scheme.algorithm(), &facts)
                .map_err(|error| missing(error, protection, scheme))?;
            warn_of_scheme(protection, formats, scheme, warnings);
            let mut tree = Tree {
                folder,
                formats,
                tracks: BTreeMap::new(),
            };
            for (at, key) in assigned.into_iter().enumerate() {
                let (Some(key), Some(label)) = (key, label(at)) else {
                    continue;
                };
                check_iv(protection, scheme, label, key, warnings)?;
                warn_of_iv(protection, (formats, scheme), label, key, warnings);
                let signalled = signalled(job, protection, (formats, scheme), key, &obtained)?;
                tree.tracks.insert(
                    at,
                    TrackProtection {
                        kind: facts.get(at).map_or(TrackKind::Video, |facts| facts.kind),
                        scheme,
                        key: key.clone(),
                        label,
                        signalled,
                        clear_segments: clear.get(at).copied().unwrap_or(0),
                    },
                );
            }
            check_key_uris(&tree)?;
            Ok(tree)
        })
        .collect::<Result<Vec<Tree>, Error>>()?;
    let mut rules = BTreeMap::new();
    for at in trees.iter().flat_map(|tree| tree.tracks.keys()) {
        if let (Some(rendition), false) = (renditions.get(*at), rules.contains_key(at)) {
            let input = inputs.get(rendition.input).map(Input::name);
            let found = Rules::of(&input.unwrap_or_default(), &rendition.track)?;
            rules.insert(*at, found);
        }
    }
    Ok(Protecting { trees, rules })
}

/// The sets of segments: folder, manifests and scheme of each.
fn trees(job: &Job, protection: &Protection) -> Vec<(&'static str, Formats, Scheme)> {
    let only = |dash, hls| Formats { dash, hls };
    match protection.schemes {
        Schemes::One(scheme) => vec![(SHARED, job.formats, scheme)],
        Schemes::Both => vec![
            ("dash", only(true, false), Scheme::Cenc),
            ("hls", only(false, true), Scheme::Cbcs),
        ],
    }
}

fn signalled(
    job: &Job,
    protection: &Protection,
    (formats, scheme): (Formats, Scheme),
    key: &ContentKey,
    obtained: &Obtained,
) -> Result<Signalled, Error> {
    let asked = signalling::Asked {
        systems: &protection.systems,
        settings: &protection.drm,
        content_id: job.content_id.as_deref().unwrap_or_default(),
        scheme,
        formats,
    };
    Ok(signalling::of(&asked, key, &obtained.signalling)?)
}

/// The IV that came with a key is for `cbcs`: of a counter nobody can say that it is used once.
///
/// # Errors
/// One that cannot be used, where the user gave it; a warning where a server did.
fn check_iv(
    protection: &Protection,
    scheme: Scheme,
    label: Label,
    key: &ContentKey,
    warnings: &mut Vec<String>,
) -> Result<(), Error> {
    let Some(iv) = &key.iv else {
        return Ok(());
    };
    let expected = match (scheme, iv.bytes().len()) {
        (Scheme::Cbcs, 16) => return Ok(()),
        (Scheme::Cbcs, _) => "16 bytes".to_string(),
        (Scheme::Cenc | Scheme::Cens, _) => {
            format!("none: counters of {scheme} are planned so that none is used twice")
        }
        (Scheme::Cbc1, _) => "none: every sample has an IV of its own in cbc1".to_string(),
    };
    if scheme.algorithm() == Algorithm::AesCtr && !matches!(protection.source, Source::Given(_)) {
        let text = format!("key {label}: the IV that came with it is not used: {expected}");
        if !warnings.contains(&text) {
            warnings.push(text);
        }
        return Ok(());
    }
    let field = format!("key {label}: IV");
    let value = format!("of {} bytes", iv.bytes().len());
    Err(JobError::value(field, value, expected).into())
}

/// Options that concern tracks there have to be.
fn check_effect(protection: &Protection, facts: &[TrackFacts]) -> Result<(), Error> {
    let has = |kind| facts.iter().any(|track| track.kind == kind);
    if protection.policy.audio == Audio::Skip && !has(TrackKind::Audio) {
        let expected = "an input with sound beside it";
        return Err(JobError::value("skip_audio_encryption", "true", expected).into());
    }
    if protection.tracktype_manifests && !has(TrackKind::Video) {
        let expected = "an input with video beside it";
        return Err(JobError::value("tracktype_manifests", "true", expected).into());
    }
    Ok(())
}

/// A missing key with what to do about it.
fn missing(error: PolicyError, protection: &Protection, scheme: Scheme) -> Error {
    let PolicyError::Missing { label, tracks } = error else {
        return error.into();
    };
    let is_both = protection.schemes == Schemes::Both;
    let key = match is_both {
        true => format!("{scheme}/{label}"),
        false => label.to_string(),
    };
    Error::MissingKey {
        remedy: match (is_both, protection.policy.multi_key) {
            (true, _) => "each scheme of scheme both needs keys of its own",
            (false, None) => "without multi_key one key serves all tracks",
            (false, Some(_)) => {
                "with multi_key each track type needs a key, or all serves the rest"
            }
        },
        key,
        tracks,
    }
}

/// Says where a scheme is not what players of a format or a DRM system know.
fn warn_of_scheme(
    protection: &Protection,
    formats: Formats,
    scheme: Scheme,
    warnings: &mut Vec<String>,
) {
    if matches!(scheme, Scheme::Cenc | Scheme::Cbcs) {
        return;
    }
    if formats.hls {
        warnings.push(format!(
            "scheme: HLS has words for cenc and cbcs alone; players that do not look into the \
             media take {scheme} for one of them"
        ));
    }
    if protection.systems.contains(&System::PlayReady) {
        warnings.push(format!(
            "scheme: PlayReady clients are not known to decrypt {scheme}"
        ));
    }
}

/// FairPlay licences hold the IV, so whoever makes them has to know it.
fn warn_of_iv(
    protection: &Protection,
    (formats, scheme): (Formats, Scheme),
    label: Label,
    key: &ContentKey,
    warnings: &mut Vec<String>,
) {
    let is_told = key.iv.is_some() || scheme != Scheme::Cbcs || !formats.hls;
    if is_told || !protection.systems.contains(&System::FairPlay) {
        return;
    }
    let text = format!(
        "key {label}: no IV came with it; FairPlay licences hold the IV, so the licence server has to \
         learn the one in package.json, or give it: LABEL=KID:KEY:IV"
    );
    if !warnings.contains(&text) {
        warnings.push(text);
    }
}

/// Playlists have to tell keys apart: players ask once for each URI.
fn check_key_uris(tree: &Tree) -> Result<(), Error> {
    let mut seen: Vec<(String, &TrackProtection)> = Vec::new();
    for track in tree.tracks.values() {
        for system in &track.signalled.systems {
            let Some(hls) = &system.hls else {
                continue;
            };
            let name = format!("{:?} {hls:?}", system.system_id);
            let known = seen.iter().find(|(known, _)| *known == name);
            if let Some((_, other)) = known.filter(|(_, other)| other.key.kid != track.key.kid) {
                return Err(Error::SharedKeyUri {
                    system: system.name.clone(),
                    first: other.label,
                    second: track.label,
                });
            }
            seen.push((name, track));
        }
    }
    Ok(())
}

/// What the policy has to know of a rendition.
fn facts(rendition: &Rendition) -> TrackFacts {
    let kind = rendition.kind();
    TrackFacts {
        name: format!("{kind} {}", rendition.place.label),
        kind,
        height: rendition.track.video().map(|video| video.height),
    }
}
