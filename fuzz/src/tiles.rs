//! Samples of AV1 and VP9.

use cenc::ranges::Rule;
use cenc::scheme::Scheme;

/// Samples, each behind its length in two bytes; the last may be shorter.
pub fn samples(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (length, data) = rest.split_first_chunk()?;
        let (sample, others) = data.split_at(usize::from(u16::from_be_bytes(*length)).min(data.len()));
        rest = others;
        Some(sample)
    })
}

/// Divides samples in two schemes: subsamples add up to the sample, and are in whole blocks where
/// they have to be.
pub fn divided(rule: Rule, data: &[u8]) {
    let mut found = Vec::new();
    for scheme in [Scheme::Cbcs, Scheme::Cenc] {
        let mut rule = rule.clone();
        for sample in samples(data) {
            if rule.divide(sample, scheme, &mut found).is_err() {
                assert!(found.is_empty());
                continue;
            }
            let bytes: u64 = found.iter().map(|each| each.bytes()).sum();
            assert_eq!(bytes, sample.len() as u64);
            let whole = found.iter().all(|each| each.bytes_of_protected_data % 16 == 0);
            assert!(whole || scheme == Scheme::Cbcs);
        }
    }
}
