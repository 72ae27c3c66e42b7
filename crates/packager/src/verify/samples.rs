//! Samples are encrypted where that is promised and nowhere else, and as it is said.
//!
//! Every media segment is read whole, sample by sample, both variants where there are two: the
//! protected ranges are found again from the headers, which are clear; counters are held against
//! each other over the whole package; encrypted bytes have to look like noise, and what a given
//! key makes of them has to look like what its codec writes.

mod coded;
mod counters;
mod noise;
mod pieces;
mod segment;
mod tracks;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cenc::policy::ContentKey;
use cenc::scheme::{Algorithm, IvSize};
use cenc::{Key, Kid};
use serde::Serialize;

use super::encryption::SampleIv;
use super::finding::{Finding, Findings};
use super::package::Package;
use counters::Counters;
use tracks::Track;

/// The name of this check.
const NAME: &str = "samples";

/// Slices after which noise would have had a first byte that slices do not begin with:
/// (255/256)^5400 is less than 10^-9.
const SLICES: usize = 5400;

/// What was found out about encryption. Both variants of a segment count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Encrypted {
    /// Media segments with encrypted samples.
    pub segments: usize,
    /// Media segments that are clear though their tracks are encrypted: a clear lead.
    pub clear: usize,
    /// Encrypted segments that were decrypted.
    pub decrypted: usize,
    /// Encrypted segments of which nothing told whether their bytes are encrypted, or decrypted
    /// to what they were.
    pub untold: usize,
    /// Key ids of encrypted tracks whose keys were not given, as UUIDs.
    pub without_key: Vec<String>,
}

/// Keys by their ids.
pub(super) type Keys = BTreeMap<Kid, Key>;

/// Keys as they were given.
pub(super) fn by_kid(keys: &[ContentKey]) -> Keys {
    keys.iter().map(|key| (key.kid, key.key.clone())).collect()
}

/// Key ids of encrypted tracks.
pub(super) fn kids(package: &Package) -> BTreeSet<Kid> {
    let inits = package.encrypted.values();
    inits
        .filter_map(|init| Some(init.encryption?.kid))
        .collect()
}

/// What is known of the whole package.
struct Whole<'p> {
    package: &'p Package,
    keys: &'p Keys,
    counters: Counters,
    found: Encrypted,
}

/// What is known of a track.
#[derive(Default)]
struct OfTrack {
    /// First blocks of slices that are encrypted.
    firsts: HashSet<[u8; noise::BLOCK]>,
    /// Whether one of them began as none can.
    is_told: bool,
    /// Segments whose intra slices were read without a key.
    slices: Vec<ReadSlices>,
    /// Segments whose intra slices were to be read.
    tried: usize,
}

/// Intra slices that were read without a key.
struct ReadSlices {
    /// The segment.
    path: String,
    /// How improbable that is, in bits.
    bits: f64,
    /// Whether the segment was found clear by other means.
    is_told: bool,
}

/// What encrypted bytes are to be.
const NOISE: &str = "noise, as encrypted ones are";

/// Bits of improbability at which chance is out of question: 2^-30 is 10^-9.
const IMPROBABLE: f64 = 30.0;

/// Reads every segment, and finds what is wrong.
pub(super) fn check(package: &Package, keys: &Keys) -> (Vec<Finding>, Encrypted) {
    let mut findings = Findings::new(NAME);
    let encryptions = || {
        package
            .encrypted
            .values()
            .filter_map(|init| init.encryption)
    };
    let counting = encryptions().filter(|each| each.scheme.algorithm() == Algorithm::AesCtr);
    let eight = SampleIv::Each(IvSize::Eight);
    let without = kids(package)
        .into_iter()
        .filter(|kid| !keys.contains_key(kid));
    let mut whole = Whole {
        package,
        keys,
        counters: Counters::new(counting.map(|each| each.iv).all(|iv| iv == eight)),
        found: Encrypted {
            without_key: without.map(|kid| kid.to_string()).collect(),
            ..Encrypted::default()
        },
    };
    for track in tracks::all(package) {
        whole.track(&track, &mut findings);
    }
    let Whole {
        counters, found, ..
    } = whole;
    counters.prove(&mut findings);
    (findings.into_list(), found)
}

impl Whole<'_> {
    fn track(&mut self, track: &Track<'_>, findings: &mut Findings) {
        let mut of_track = OfTrack::default();
        for segment in &track.segments {
            self.segment(track, segment, &mut of_track, findings);
        }
        if !of_track.is_told && of_track.firsts.len() >= SLICES {
            let value = format!("none of {SLICES} slices begins with byte 255");
            findings.add((&track.at.path, ""), "encrypted slices", value, NOISE);
        }
        // Any of those that were tried, by the union bound.
        let bits: f64 = of_track.slices.iter().map(|slices| slices.bits).sum();
        if bits - noise::choices(of_track.tried, of_track.slices.len()) > IMPROBABLE {
            for ReadSlices { path, .. } in of_track.slices.iter().filter(|slices| !slices.is_told) {
                let value = "intra slices that can be read without a key";
                findings.add((path, ""), "protected bytes", value, NOISE);
            }
        }
    }
}
