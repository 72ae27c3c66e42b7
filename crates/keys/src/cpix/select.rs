//! The keys of a document that are needed.

use std::collections::BTreeMap;

use cenc::policy::{ContentKey, Label};
use cenc::scheme::Scheme;
use cenc::{Key, Kid};

use super::CpixError;
use super::delivery::{Delivery, Opened};
use super::document::{Document, DocumentContentKey};
use super::pixels::Pixels;
use super::private_key::PrivateKey;
use super::rule::{Share, UsageRule};
use super::secret::{Secret, field};
use crate::{Error, Obtained, Place, Request};

/// A key that a server was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) scheme: Scheme,
    pub(crate) label: Label,
    pub(crate) kid: Kid,
}

/// Adds to `obtained` the keys of `document`, which is from `place`, that `request` needs. `asked`
/// is what a server was asked for; its answer goes before usage rules.
pub(crate) fn select(
    document: &Document,
    private_key: Option<&PrivateKey>,
    request: &Request<'_>,
    asked: &[Asked],
    place: &Place,
    obtained: &mut Obtained,
) -> Result<(), Error> {
    let failed = |error| Error::Cpix {
        place: place.clone(),
        error,
    };
    let mut warn = |warning: String| {
        let warning = format!("{place}: {warning}");
        if !obtained.warnings.contains(&warning) {
            obtained.warnings.push(warning);
        }
    };
    if document.is_signed {
        warn("its signature is not verified".to_owned());
    }
    if let (Some(own), Some(wanted)) = (document.content_id.as_deref(), request.content_id)
        && own != wanted
    {
        warn("its contentId is not that of the content".to_owned());
    }
    let mut opened = None;
    for scheme in request.schemes {
        let usable = Usable::of(document, *scheme, request).map_err(failed)?;
        let mut taken: Vec<(Label, Kid)> = Vec::new();
        for label in request.labels {
            let (label, key) = usable.find(*label, asked).map_err(failed)?;
            if taken.contains(&(label, key.kid)) {
                continue;
            }
            let asked = asked
                .iter()
                .find(|each| each.label == label && each.scheme == *scheme);
            if let Some(asked) = asked.filter(|asked| asked.kid != key.kid) {
                warn(format!(
                    "key {label} ({scheme}) has KID {} instead of {} that was asked for",
                    key.kid, asked.kid
                ));
            }
            if let (Some(Secret::Encrypted(_)), None) = (&key.value, &opened) {
                let found = Delivery::open(&document.deliveries, private_key).map_err(failed)?;
                if !found.has_mac() {
                    warn("its encrypted keys are not authenticated (MACMethod)".to_owned());
                }
                opened = Some(found);
            }
            let content_key = content_key(key, opened.as_ref()).map_err(failed)?;
            obtained.ring.add(scheme.algorithm(), label, content_key)?;
            if taken.iter().all(|(_, kid)| *kid != key.kid) {
                let systems: Vec<_> = request.systems.iter().map(|each| each.id()).collect();
                let (signalling, warnings) =
                    document.signalling(key.kid, &systems).map_err(failed)?;
                obtained.signalling.extend(signalling);
                warnings.into_iter().for_each(&mut warn);
            }
            taken.push((label, key.kid));
        }
    }
    Ok(())
}

/// The value of a key.
fn content_key(key: &DocumentContentKey, opened: Option<&Opened>) -> Result<ContentKey, CpixError> {
    let kid = key.kid;
    if key.is_leaf {
        return Err(CpixError::Hierarchy { kid });
    }
    let place = format!("ContentKey {kid}");
    let opening;
    let value = match (&key.value, opened) {
        (Some(Secret::Plain(value)), _) => value,
        (Some(Secret::Encrypted(encrypted)), Some(opened)) => {
            opening = opened.value(kid, encrypted, &place)?;
            &opening
        }
        (Some(Secret::Encrypted(_)), None) | (None, _) => {
            return Err(CpixError::NoValue { kid });
        }
    };
    let bytes = <[u8; 16]>::try_from(value.as_slice())
        .map_err(|_| field(&place, "value", "is not of 16 bytes"))?;
    Ok(ContentKey {
        kid,
        key: Key::from_bytes(bytes),
        iv: key.iv,
    })
}

/// What of a document can be used with a scheme.
struct Usable<'a> {
    scheme: Scheme,
    keys: BTreeMap<Kid, &'a DocumentContentKey>,
    rules: Vec<&'a UsageRule>,
    request: &'a Request<'a>,
    /// Keys that cannot be used with the scheme.
    others: usize,
}

impl<'a> Usable<'a> {
    fn of(
        document: &'a Document,
        scheme: Scheme,
        request: &'a Request<'a>,
    ) -> Result<Usable<'a>, CpixError> {
        let mut keys = BTreeMap::new();
        let mut others = 0;
        for key in &document.keys {
            let own = key.content_id.as_deref().zip(request.content_id);
            if own.is_some_and(|(own, wanted)| own != wanted) || !key.is_for(scheme) {
                others += 1;
            } else if keys.insert(key.kid, key).is_some() {
                let place = format!("ContentKey {}", key.kid);
                return Err(field(&place, "kid", "is there twice"));
            }
        }
        let rules = document.rules.iter();
        let rules = rules.filter(|rule| keys.contains_key(&rule.kid)).collect();
        Ok(Usable {
            scheme,
            keys,
            rules,
            request,
            others,
        })
    }

    /// The key for `label`, and the label it is for: that, or all.
    fn find(
        &self,
        label: Label,
        asked: &[Asked],
    ) -> Result<(Label, &'a DocumentContentKey), CpixError> {
        let is_asked = |each: &&Asked| each.label == label && each.scheme == self.scheme;
        let as_asked = asked.iter().find(is_asked).map(|each| each.kid);
        if let Some(key) = as_asked.and_then(|kid| self.keys.get(&kid)) {
            return Ok((label, key));
        }
        for label in [label, Label::All] {
            if let Some(key) = self.by_rules(label)? {
                return Ok((label, key));
            }
        }
        // Nothing is said of what a single key is for.
        let mut keys = self.keys.values();
        match (keys.next(), keys.next(), self.request.labels) {
            (Some(key), None, [_]) if self.rules.is_empty() => Ok((label, key)),
            _ => Err(CpixError::NoKey {
                label,
                scheme: self.scheme,
                has: self.has(),
            }),
        }
    }

    /// The key that the usage rules give `label`.
    fn by_rules(&self, label: Label) -> Result<Option<&'a DocumentContentKey>, CpixError> {
        let covering = |label| self.rules.iter().filter(move |rule| rule.covers(label));
        let named = self.only(label, covering(label))?;
        if named.is_some() {
            return Ok(named);
        }
        if label == Label::All {
            return Ok(self.by_parts());
        }
        let limits = self.request.limits;
        let Some(pixels) = limits.and_then(|limits| Pixels::of(label, limits)) else {
            return Ok(None);
        };
        let sharing = self
            .rules
            .iter()
            .filter(|rule| rule.share(pixels) > Share::None);
        let key = self.only(label, sharing)?;
        let reaches = |rule: &&UsageRule| rule.share(pixels) == Share::ToTheTop;
        Ok(key.filter(|_| self.rules.iter().any(reaches)))
    }

    /// The one key that all parts of a content have.
    fn by_parts(&self) -> Option<&'a DocumentContentKey> {
        let covering = |label| self.rules.iter().filter(move |rule| rule.covers(label));
        let of = |label| self.only(label, covering(label)).ok().flatten();
        let audio = of(Label::Audio)?;
        let video = [Label::Sd, Label::Hd, Label::Uhd1, Label::Uhd2].map(of);
        let is_same =
            |key: &Option<&DocumentContentKey>| key.is_some_and(|key| key.kid == audio.kid);
        video.iter().all(is_same).then_some(audio)
    }

    /// The one key that `rules` are about; none where there is none.
    fn only<'r>(
        &self,
        label: Label,
        rules: impl Iterator<Item = &'r &'a UsageRule>,
    ) -> Result<Option<&'a DocumentContentKey>, CpixError>
    where
        'a: 'r,
    {
        let rules: Vec<_> = rules.collect();
        let Some(first) = rules.first() else {
            return Ok(None);
        };
        if rules.iter().any(|rule| rule.kid != first.kid) {
            return Err(CpixError::Divided {
                label,
                scheme: self.scheme,
                has: listed(&rules),
            });
        }
        Ok(self.keys.get(&first.kid).copied())
    }

    /// What there are keys for.
    fn has(&self) -> Vec<String> {
        let mut has = listed(&self.rules.iter().collect::<Vec<_>>());
        let ruled = |kid: &&Kid| self.rules.iter().all(|rule| rule.kid != **kid);
        match self.keys.keys().take(MOST_LISTED).filter(ruled).count() {
            0 => {}
            count => has.push(format!("{count} keys without usage rules")),
        }
        if self.others > 0 {
            has.push(format!("{} keys of other schemes or contents", self.others));
        }
        has
    }
}

/// Most rules that a message lists.
const MOST_LISTED: usize = 12;

/// What rules are for, each once.
fn listed(rules: &[&&UsageRule]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for rule in rules {
        if names.len() >= MOST_LISTED {
            names.push("and more".to_owned());
            break;
        }
        if !names.contains(&rule.shown) {
            names.push(rule.shown.clone());
        }
    }
    names
}
