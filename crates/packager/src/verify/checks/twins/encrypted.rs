//! What encryption hides of both variants: what is protected of their samples, and their IVs.

use std::ops::Range;

use cenc::ranges::Rule;
use cenc::scheme::Scheme;
use isobmff::boxes::Subsample;

use crate::protecting::Rules;
use crate::verify::encryption::{Encryption, FragmentEncryption, Said};
use crate::verify::fragment::Traf;
use crate::verify::package::Package;
use crate::verify::report::Track;

/// How the samples of a track are encrypted.
pub(super) enum Encrypted<'p> {
    /// They are not.
    Clear,
    /// In this way.
    By(Encryption, &'p Rules),
}

impl<'p> Encrypted<'p> {
    /// `None` where that could not be read, which other checks say.
    pub(super) fn of(package: &'p Package, track: &Track) -> Option<Encrypted<'p>> {
        let path = track.init.path.as_str();
        let mut inits = package.encrypted.iter();
        let (location, init) = inits.find(|(location, _)| location.path == path)?;
        match init.encryption {
            Some(encryption) => Some(Encrypted::By(encryption, package.rules.get(location)?)),
            None => (!init.is_protected).then_some(Encrypted::Clear),
        }
    }

    pub(super) fn hiding(&self) -> Option<Hiding<'p>> {
        match self {
            Encrypted::Clear => None,
            Encrypted::By(encryption, rules) => Some(Hiding::new(*encryption, rules)),
        }
    }
}

/// Hides from a comparison what encryption makes different.
pub(super) struct Hiding<'p> {
    encryption: Encryption,
    rules: &'p Rules,
    /// The sample entry at hand, and the rules for samples of both variants.
    at_hand: Option<(u32, [Rule; 2])>,
    /// The first sample of each fragment and its sample entry; `None` where samples are clear.
    fragments: Vec<(usize, Option<u32>)>,
    /// Where IVs and subsamples are, in order.
    senc: Vec<Range<u64>>,
}

impl<'p> Hiding<'p> {
    pub(super) fn new(encryption: Encryption, rules: &'p Rules) -> Hiding<'p> {
        Hiding {
            encryption,
            rules,
            at_hand: None,
            fragments: Vec::new(),
            senc: Vec::new(),
        }
    }

    /// Takes up a fragment whose first sample is at `first` of the segment.
    pub(super) fn fragment(&mut self, traf: &Traf<'_>, first: usize) {
        let read = FragmentEncryption::read(traf, Some(&self.encryption));
        let is_clear = read.as_ref().is_ok_and(|read| read.said == Said::Clear);
        self.fragments
            .push((first, Some(traf.entry).filter(|_| !is_clear)));
        let senc = read.ok().and_then(|read| read.senc);
        self.senc.extend(senc.map(|(start, end)| start..end));
    }

    /// The parts of a run of bytes that both variants have alike.
    pub(super) fn visible(&self, range: Range<u64>) -> Vec<Range<u64>> {
        let (mut at, mut visible) = (range.start, Vec::new());
        let hidden = self.senc.iter().filter(|senc| senc.end > range.start);
        for senc in hidden.take_while(|senc| senc.start < range.end) {
            visible.push(at..senc.start.max(at));
            at = at.max(senc.end.min(range.end));
        }
        visible.push(at..range.end.max(at));
        visible
    }

    /// Whether nobody sees which samples of a segment are the same: IVs make all of them different.
    pub(super) fn hides_sameness(&self) -> bool {
        let is_encrypted = self.fragments.iter().any(|(_, entry)| entry.is_some());
        is_encrypted && self.encryption.scheme != Scheme::Cbcs
    }

    /// Overwrites what is protected in both variants of the sample at `index`. Where it cannot be
    /// divided, which other checks find, all of it.
    pub(super) fn hide(&mut self, index: usize, variants: [&mut [u8]; 2]) {
        let before = self
            .fragments
            .iter()
            .take_while(|(first, _)| *first <= index);
        let Some((_, Some(entry))) = before.last().copied() else {
            return;
        };
        if self
            .at_hand
            .as_ref()
            .is_none_or(|(at_hand, _)| *at_hand != entry)
        {
            let rule = self.rules.of_entry(entry);
            self.at_hand = rule.map(|rule| (entry, [rule.clone(), rule]));
        }
        let scheme = self.encryption.scheme;
        let Some((_, rules)) = &mut self.at_hand else {
            variants.into_iter().for_each(|sample| sample.fill(0));
            return;
        };
        for (sample, rule) in variants.into_iter().zip(rules) {
            let mut subsamples = Vec::new();
            match rule.divide(sample, scheme, &mut subsamples) {
                Ok(()) => overwrite(sample, &subsamples),
                Err(_) => sample.fill(0),
            }
        }
    }
}

fn overwrite(sample: &mut [u8], subsamples: &[Subsample]) {
    if subsamples.is_empty() {
        sample.fill(0);
    }
    let mut at = 0usize;
    for subsample in subsamples {
        at = at.saturating_add(subsample.bytes_of_clear_data.into());
        let length = usize::try_from(subsample.bytes_of_protected_data).unwrap_or(usize::MAX);
        let end = at.saturating_add(length);
        if let Some(protected) = sample.get_mut(at..end) {
            protected.fill(0);
        }
        at = end;
    }
}
