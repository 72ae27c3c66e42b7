//! Lists of subsamples made equally long.

use isobmff::boxes::Subsample;

/// Makes the lists of two variants of a sample equally long, so that what `senc` and `saiz` say of
/// either takes as many bytes. The protected bytes stay where they are.
///
/// Variants are of equal size, but a slice of one may be a few bytes longer: where only one of them
/// has a whole block to protect, its list has an entry more. The shorter list gets entries without
/// protected bytes, one clear byte each, split from the front of its entry with the most clear bytes:
/// {9, 32} becomes {1, 0}, {8, 32}. No entry is left empty, and neither list grows beyond
/// the longer one, so what fits `saiz` still does.
///
/// False where that cannot be: the shorter list has too few clear bytes, or is empty, which says
/// that all of the sample is protected. Both lists are as they were then.
#[must_use = "the lists are of different lengths where this is false"]
pub fn equalise(a: &mut Vec<Subsample>, b: &mut Vec<Subsample>) -> bool {
    let (count_a, count_b) = (a.len(), b.len());
    lengthen(a, count_b) && lengthen(b, count_a)
}

/// Splits clear bytes off until there are `count` entries, if there are fewer.
fn lengthen(subsamples: &mut Vec<Subsample>, count: usize) -> bool {
    let missing = count.saturating_sub(subsamples.len());
    if missing == 0 {
        return true;
    }
    let clear = |each: &Subsample| each.bytes_of_clear_data;
    // Of entries with as many, the first: what comes before slices is clear.
    let most = subsamples.iter().enumerate().rev();
    let Some((place, entry)) = most.max_by_key(|(_, each)| clear(each)) else {
        return false;
    };
    // One byte stays with the entry.
    let Some(left) = u16::try_from(missing)
        .ok()
        .and_then(|missing| clear(entry).checked_sub(missing))
        .filter(|left| *left > 0)
    else {
        return false;
    };
    if let Some(entry) = subsamples.get_mut(place) {
        entry.bytes_of_clear_data = left;
    }
    let split = Subsample {
        bytes_of_clear_data: 1,
        bytes_of_protected_data: 0,
    };
    subsamples.splice(place..place, std::iter::repeat_n(split, missing));
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(pairs: &[(u16, u32)]) -> Vec<Subsample> {
        let entry = |&(clear, protected): &(u16, u32)| Subsample {
            bytes_of_clear_data: clear,
            bytes_of_protected_data: protected,
        };
        pairs.iter().map(entry).collect()
    }

    #[test]
    fn the_shorter_list_is_split_where_most_is_clear() {
        let long = [(10, 32), (10, 16), (10, 16)];
        let mut lists = [list(&long), list(&[(10, 32), (46, 16)])];
        let [a, b] = &mut lists;
        assert!(equalise(a, b));
        let expected = list(&[(10, 32), (1, 0), (45, 16)]);
        assert_eq!((&*a, &*b), (&list(&long), &expected));
        // The other way round.
        let mut lists = [list(&[(9, 64)]), list(&long)];
        let [a, b] = &mut lists;
        assert!(equalise(a, b));
        let expected = list(&[(1, 0), (1, 0), (7, 64)]);
        assert_eq!((&*a, &*b), (&expected, &list(&long)));
    }

    #[test]
    fn equally_long_lists_stay_as_they_are() {
        for pairs in [&[][..], &[(5, 0)], &[(0, 16), (0, 16)]] {
            let (mut a, mut b) = (list(pairs), list(pairs));
            assert!(equalise(&mut a, &mut b));
            assert_eq!((a, b), (list(pairs), list(pairs)));
        }
    }

    #[test]
    fn of_entries_with_as_many_clear_bytes_the_first_is_split() {
        let (mut a, mut b) = (list(&[(9, 16), (9, 16)]), list(&[(6, 16), (6, 16), (6, 0)]));
        assert!(equalise(&mut a, &mut b));
        assert_eq!(a, list(&[(1, 0), (8, 16), (9, 16)]));
    }

    #[test]
    fn lists_without_clear_bytes_enough_are_refused_and_kept() {
        let long = list(&[(5, 16), (5, 16), (5, 16)]);
        for short in [&[][..], &[(2, 40)], &[(0, 16), (1, 16)]] {
            let (mut a, mut b) = (list(short), long.clone());
            assert!(!equalise(&mut a, &mut b));
            assert_eq!((&a, &b), (&list(short), &long));
            assert!(!equalise(&mut b, &mut a));
            assert_eq!((&a, &b), (&list(short), &long));
        }
    }
    /// The protected bytes, by their places.
    fn protected(subsamples: &[Subsample]) -> Vec<(u64, u64)> {
        let mut at = 0;
        let places = subsamples.iter().map(|each| {
            let start = at + u64::from(each.bytes_of_clear_data);
            at += each.bytes();
            (start, at)
        });
        places.filter(|(start, end)| start < end).collect()
    }

    proptest! {
        #[test]
        fn protected_bytes_stay_in_place_and_no_entry_is_empty(
            a in proptest::collection::vec((0u16..9, 0u32..3), 0..6),
            b in proptest::collection::vec((0u16..9, 0u32..3), 0..6),
        ) {
            let some = |&(clear, protected): &(u16, u32)| clear > 0 || protected > 0;
            let (a, b): (Vec<_>, Vec<_>) =
                (a.into_iter().filter(some).collect(), b.into_iter().filter(some).collect());
            let (mut one, mut other) = (list(&a), list(&b));
            let done = equalise(&mut one, &mut other);
            prop_assert_eq!(done, one.len() == other.len());
            for (was, is) in [(list(&a), one), (list(&b), other)] {
                prop_assert_eq!(protected(&was), protected(&is));
                let bytes = |list: &[Subsample]| list.iter().map(Subsample::bytes).sum::<u64>();
                prop_assert_eq!(bytes(&was), bytes(&is));
                prop_assert!(is.iter().all(|each| each.bytes() > 0));
                prop_assert!(is.len() <= a.len().max(b.len()));
            }
        }
    }
}
