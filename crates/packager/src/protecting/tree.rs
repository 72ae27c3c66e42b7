//! A set of segments with its manifests, and what encrypts it.

use std::collections::BTreeMap;

use cenc::iv::Seed;
use cenc::policy::{ContentKey, Label};
use cenc::scheme::{Iv, IvSize, Scheme};
use media::TrackKind;
use mux::cmaf::InitProtection;
use mux::presentation::{Protection, ProtectionSystem};

use super::{BoxBytes, Counters, Protector, Rules};
use crate::job::Formats;

/// One set of segments, with the manifests that announce it.
#[derive(Debug)]
pub(crate) struct Tree {
    /// Its folder in the package.
    pub(crate) folder: &'static str,
    /// The manifests in it.
    pub(crate) formats: Formats,
    /// What encrypts its renditions, by their position; those that stay clear are not here.
    pub(crate) tracks: BTreeMap<usize, TrackProtection>,
}

/// What encrypts a rendition in one set of segments.
#[derive(Debug)]
pub(crate) struct TrackProtection {
    pub(crate) kind: TrackKind,
    pub(crate) scheme: Scheme,
    pub(crate) key: ContentKey,
    /// What the key is for.
    pub(crate) label: Label,
    /// What DRM systems are told.
    pub(crate) signalled: Signalled,
    /// So many segments at the start are clear.
    pub(crate) clear_segments: usize,
}

/// What DRM systems are told of a key.
#[derive(Debug)]
pub(crate) struct Signalled {
    /// Whole `pssh` boxes, for the init segment.
    pub(crate) pssh: Vec<u8>,
    /// In the order manifests list them.
    pub(crate) systems: Vec<ProtectionSystem>,
}

/// Where the IVs of a run come from.
pub(crate) struct IvSource<'r> {
    /// Random, the same for all of a run.
    pub(crate) salt: &'r [u8],
    /// The user's, in place of the salt.
    pub(crate) seed: Option<&'r [u8]>,
    /// Bytes of an IV of a counter.
    pub(crate) size: IvSize,
    /// Most segments of a rendition.
    pub(crate) segments: usize,
    /// Of what the content is called and of the sizes and times of all samples: with the user's seed,
    /// other content gets another IV.
    pub(crate) digest: [u8; 32],
}

/// A set of segments that is being encrypted.
#[derive(Debug)]
pub(crate) struct Protected<'p> {
    pub(crate) tree: &'p Tree,
    protectors: BTreeMap<usize, Protector<'p>>,
    /// What boxes were seen to take, by rendition.
    boxes: BTreeMap<usize, BoxBytes>,
}

impl<'p> Protected<'p> {
    /// Everything that encrypts a tree.
    pub(crate) fn new(
        tree: &'p Tree,
        rules: &'p BTreeMap<usize, Rules>,
        ivs: &IvSource<'_>,
    ) -> Protected<'p> {
        let protector = |(at, track): (&usize, &'p TrackProtection)| {
            let counters = counters(track, ivs);
            let (scheme, kind) = (track.scheme, track.kind);
            let protector = Protector::new(scheme, kind, &track.key, counters, rules.get(at)?);
            Some((*at, protector))
        };
        Protected {
            tree,
            protectors: tree.tracks.iter().filter_map(protector).collect(),
            boxes: BTreeMap::new(),
        }
    }

    /// What encrypts a rendition.
    pub(crate) fn protector(&self, rendition: usize) -> Option<&Protector<'p>> {
        self.protectors.get(&rendition)
    }

    /// Whether a segment of an encrypted rendition stays clear.
    pub(crate) fn is_clear(&self, rendition: usize, segment: usize) -> bool {
        let track = self.tree.tracks.get(&rendition);
        track.is_none_or(|track| segment < track.clear_segments)
    }

    /// What the init segment of a rendition says of encryption.
    pub(crate) fn init(&self, rendition: usize) -> Option<InitProtection<'_>> {
        let track = self.tree.tracks.get(&rendition)?;
        Some(InitProtection {
            scheme: track.scheme.four_cc(),
            tenc: self.protector(rendition)?.tenc(),
            pssh: &track.signalled.pssh,
        })
    }

    /// The IV of all samples of a rendition, where they share one.
    pub(crate) fn constant_iv(&self, rendition: usize) -> Option<&Iv> {
        self.protector(rendition)?.constant_iv()
    }

    /// What manifests say of a rendition's encryption.
    pub(crate) fn announced(&self, rendition: usize) -> Option<Protection> {
        let track = self.tree.tracks.get(&rendition)?;
        Some(Protection {
            scheme: track.scheme.four_cc(),
            kid: track.key.kid.0,
            systems: track.signalled.systems.clone(),
            clear_segments: track.clear_segments,
        })
    }

    /// How long the boxes of a rendition's fragments are, as far as they are made.
    pub(crate) fn boxes(&self, rendition: usize) -> &BoxBytes {
        self.boxes.get(&rendition).unwrap_or(BoxBytes::none())
    }

    /// Takes down how long the boxes of a segment's fragments are.
    pub(crate) fn set_boxes(&mut self, rendition: usize, segment: usize, fragments: Box<[u32]>) {
        let boxes = self.boxes.entry(rendition).or_default();
        boxes.set(segment, fragments);
    }
}

fn counters(track: &TrackProtection, ivs: &IvSource<'_>) -> Counters {
    let (key, kid) = (track.key.key.fingerprint(), track.key.kid);
    let seed = ivs.seed.unwrap_or(ivs.salt);
    match (track.scheme, ivs.seed) {
        (Scheme::Cenc | Scheme::Cens, Some(seed)) => {
            Counters::seeded(key, kid, seed, ivs.size, track.scheme)
        }
        (Scheme::Cenc | Scheme::Cens, None) => {
            Counters::planned(key, kid, ivs.salt, ivs.size, ivs.segments)
        }
        (Scheme::Cbc1, _) => Counters::chained(key, kid, seed),
        (Scheme::Cbcs, _) => {
            let seed = Seed {
                seed,
                key,
                kid,
                digest: &ivs.digest,
            };
            let iv = track.key.iv.unwrap_or_else(|| seed.constant());
            Counters::constant_iv(key, kid, iv)
        }
    }
}
