//! What files say of their protection: counters, and what both variants say alike.

use std::collections::{BTreeMap, BTreeSet};

use tests::fragments::{self, Sample};

use crate::case::{Case, Protected};

/// The tracks with what is read from each variant.
fn read(case: &Case) -> Vec<(Protected, Vec<fragments::Track>)> {
    let read = |protected: Protected| {
        let mut variants = vec![protected.track.bytes()];
        if protected.track.marked {
            variants.push(protected.track.twin_bytes());
        }
        let read = |bytes: &Vec<u8>| {
            fragments::read(bytes)
                .unwrap_or_else(|error| panic!("{}: {error}", protected.track.folder))
        };
        let variants = variants.iter().map(read).collect();
        (protected, variants)
    };
    case.tracks().into_iter().map(read).collect()
}

/// `sinf` says what `package.json` does, and the clear lead, nothing else, is said to be clear.
pub(crate) fn protection(case: &Case) {
    for (protected, variants) in read(case) {
        let folder = &protected.track.folder;
        let expected_lead = protected.track.times.iter().take(protected.clear_segments);
        for track in variants {
            let said = track.protection.expect("is protected");
            let kid: String = said.kid.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(
                (&kid, &said.scheme),
                (&protected.kid, &protected.scheme),
                "{folder}"
            );
            let is_video = protected.track.kind == "video";
            let has_pattern = is_video && matches!(&*said.scheme, "cens" | "cbcs");
            assert_eq!(
                said.pattern,
                if has_pattern { (1, 9) } else { (0, 0) },
                "{folder}"
            );
            let constant = if said.scheme == "cbcs" { 16 } else { 0 };
            assert_eq!(said.constant_iv.len(), constant, "{folder}: constant IV");
            let codec = protected.track.codec.split('.').next().unwrap_or_default();
            assert!(
                codec.eq_ignore_ascii_case(&said.original),
                "{folder}: {}",
                said.original
            );
            let clear = track
                .samples
                .iter()
                .take_while(|sample| sample.is_clear)
                .count();
            let rest = track.samples.iter().skip(clear);
            assert!(
                rest.clone().all(|sample| !sample.is_clear),
                "{folder}: clear behind the lead"
            );
            assert!(rest.count() > 0, "{folder}: all of it is clear");
            assert_eq!(
                clear > 0,
                expected_lead.clone().next().is_some(),
                "{folder}: clear lead"
            );
        }
    }
}

/// No block of a counter is used twice under a KID, in the whole package.
pub(crate) fn disjoint(case: &Case) {
    let mut used: BTreeMap<String, Vec<Used>> = BTreeMap::new();
    for (protected, variants) in read(case) {
        if !matches!(&*protected.scheme, "cenc" | "cens") {
            continue;
        }
        let list = used.entry(protected.kid.clone()).or_default();
        for (variant, track) in variants.iter().enumerate() {
            let place = format!("{} variant {variant}", protected.track.folder);
            list.extend(Used::of(track, &place));
        }
    }
    assert!(!used.is_empty(), "no track has counters");
    used.into_values()
        .for_each(|list| assert_disjoint(list, Overlap::Never));
}

/// In `cbc1`, where nothing is counted, no IV is used twice under a KID.
pub(crate) fn ivs(case: &Case) {
    let mut used = BTreeSet::new();
    for (protected, variants) in read(case) {
        for sample in variants.iter().flat_map(|track| &track.samples) {
            if let Some(aux) = sample.aux.as_ref().filter(|_| protected.scheme == "cbc1") {
                assert_eq!(aux.iv.len(), 16, "{}", protected.track.folder);
                let is_new = used.insert((protected.kid.clone(), aux.iv.clone()));
                assert!(is_new, "{}: {:?} again", protected.track.folder, aux.iv);
            }
        }
    }
    assert!(!used.is_empty(), "no sample has an IV");
}

/// A part of a counter, from its first block to the one after the last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Used {
    start: u128,
    end: u128,
    place: String,
    /// What was made with it.
    encrypted: Vec<u8>,
}

/// Whether a part of a counter may be used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overlap {
    Never,
    /// To make the same of the same.
    OfTheSame,
}

impl Used {
    /// What the samples of a track use.
    pub(crate) fn of(track: &fragments::Track, place: &str) -> Vec<Used> {
        let said = track.protection.as_ref().expect("is protected");
        let samples = track.samples.iter().enumerate();
        let samples = samples.filter(|(_, sample)| !sample.is_clear);
        let used = samples.map(|(index, sample)| {
            let place = format!("{place} sample {index}");
            let aux = sample.aux.as_ref();
            let aux = aux.unwrap_or_else(|| panic!("{place}: has no IV"));
            let mut block = [0; 16];
            block[..aux.iv.len()].copy_from_slice(&aux.iv);
            let start = u128::from_be_bytes(block);
            let blocks = blocks(sample, &said.scheme, said.pattern);
            // A counter is 64 bits that do not carry.
            let room = u128::from(u64::MAX - start as u64) + 1;
            assert!(blocks <= room, "{place}: runs over its counter");
            let ranges = sample.protected().into_iter();
            Used {
                start,
                end: start + blocks,
                place,
                encrypted: ranges
                    .flat_map(|range| sample.bytes[range].to_vec())
                    .collect(),
            }
        });
        used.filter(|used| used.start < used.end).collect()
    }
}

/// No block is used twice, or as it may be.
pub(crate) fn assert_disjoint(mut used: Vec<Used>, overlap: Overlap) {
    used.sort();
    assert!(!used.is_empty(), "no sample has a counter");
    for pair in used.windows(2) {
        let is_same = overlap == Overlap::OfTheSame
            && (pair[0].start, &pair[0].encrypted) == (pair[1].start, &pair[1].encrypted);
        let is_disjoint = pair[0].end <= pair[1].start;
        assert!(
            is_disjoint || is_same,
            "{} and {}",
            pair[0].place,
            pair[1].place
        );
    }
}

/// How many blocks of the counter a sample takes, from the rules of the schemes alone.
fn blocks(sample: &Sample, scheme: &str, (crypt, skip): (u8, u8)) -> u128 {
    let ranges = sample.protected();
    let lengths = ranges.iter().map(|range| range.len() as u128);
    if scheme == "cenc" {
        return lengths.sum::<u128>().div_ceil(16);
    }
    let (crypt, skip) = (u128::from(crypt), u128::from(skip));
    let in_range = |length: u128| match crypt + skip {
        0 => length / 16,
        period => (length / 16) / period * crypt + ((length / 16) % period).min(crypt),
    };
    // Entries, not ranges, begin a pattern; those that are split have no protected bytes.
    lengths.map(in_range).sum()
}

/// Both variants of a marked track are of equal size, and say as much of every sample.
pub(crate) fn twins(case: &Case) {
    let mut count = 0;
    for (protected, variants) in read(case) {
        let [a, b] = &variants[..] else {
            continue;
        };
        let folder = &protected.track.folder;
        for (path, twin) in protected.track.segments.iter().zip(&protected.track.twins) {
            let bytes = |path| std::fs::metadata(path).expect("the segment is there").len();
            assert_eq!(bytes(path), bytes(twin), "{}", path.display());
        }
        assert_eq!(a.samples.len(), b.samples.len(), "{folder}");
        for (index, (a, b)) in a.samples.iter().zip(&b.samples).enumerate() {
            let shape = |sample: &Sample| {
                let aux = sample.aux.as_ref();
                let aux = aux.map(|aux| (aux.iv.len(), aux.subsamples.len()));
                (sample.bytes.len(), aux, sample.is_clear)
            };
            assert_eq!(shape(a), shape(b), "{folder}: sample {index}");
            count += 1;
        }
    }
    assert!(count > 0, "no track has variants");
}
