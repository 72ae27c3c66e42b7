//! What files say of their protection: counters, and what both variants say alike.

use std::collections::BTreeMap;

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
    let mut used: BTreeMap<String, Vec<(u128, u128, String)>> = BTreeMap::new();
    for (protected, variants) in read(case) {
        if !matches!(&*protected.scheme, "cenc" | "cens") {
            continue;
        }
        let folder = &protected.track.folder;
        for (variant, track) in variants.iter().enumerate() {
            let pattern = track
                .protection
                .as_ref()
                .map_or((0, 0), |said| said.pattern);
            for (index, sample) in track.samples.iter().enumerate() {
                if sample.is_clear {
                    continue;
                }
                let aux = sample.aux.as_ref();
                let aux = aux.unwrap_or_else(|| panic!("{folder}: sample {index} has no IV"));
                let mut block = [0; 16];
                block[..aux.iv.len()].copy_from_slice(&aux.iv);
                let start = u128::from_be_bytes(block);
                let blocks = blocks(sample, &protected.scheme, pattern);
                // A counter is 64 bits that do not carry.
                let room = u128::from(u64::MAX - start as u64) + 1;
                assert!(
                    blocks <= room,
                    "{folder}: sample {index} runs over its counter"
                );
                let place = format!("{folder} variant {variant} sample {index}");
                let list = used.entry(protected.kid.clone()).or_default();
                list.push((start, start + blocks, place));
            }
        }
    }
    let mut count = 0;
    for (kid, mut list) in used {
        list.sort();
        count += list.len();
        for pair in list.windows(2) {
            assert!(
                pair[0].1 <= pair[1].0,
                "KID {kid}: {} and {}",
                pair[0].2,
                pair[1].2
            );
        }
    }
    assert!(count > 0, "no sample has a counter");
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
