//! The keys of a job, by label.

use std::collections::BTreeMap;
use thiserror::Error;

use super::{Label, Policy, TrackFacts};
use crate::scheme::{Algorithm, Iv};
use crate::{Key, Kid};

/// A key with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentKey {
    /// Its id.
    pub kid: Kid,
    /// The key.
    pub key: Key,
    /// Given along with it.
    pub iv: Option<Iv>,
}

/// Keys by label, for one algorithm or both.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: BTreeMap<(Algorithm, Label), ContentKey>,
}

/// What is wrong with keys. Key ids are named, keys never.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// A label is given twice.
    #[error("key {label}: given twice, as {first} and {second}")]
    Twice {
        /// The label.
        label: Label,
        /// The id given first.
        first: Kid,
        /// The id given then.
        second: Kid,
    },
    /// One id, two keys.
    #[error("keys {first} and {second}: are different keys with the same KID {kid}")]
    TwoKeys {
        /// The id.
        kid: Kid,
        /// Label of one.
        first: Label,
        /// Label of the other.
        second: Label,
    },
    /// A key for both CTR and CBC, under one id or two.
    #[error(
        "key {first} ({first_kid}) of one scheme and key {second} ({second_kid}) of the other: are \
         one key or have one KID, expected a key of its own for each of AES-CTR and AES-CBC"
    )]
    BothAlgorithms {
        /// Label of one.
        first: Label,
        /// Id of one.
        first_kid: Kid,
        /// Label of the other.
        second: Label,
        /// Id of the other.
        second_kid: Kid,
    },
    /// Tracks without a key.
    #[error("key {label}: none given, needed by {}", tracks.join(", "))]
    Missing {
        /// The label.
        label: Label,
        /// Their names.
        tracks: Vec<String>,
    },
    /// A key without tracks.
    #[error("key {label}: no track uses it; tracks need {}", needed.join(", "))]
    Unused {
        /// The label.
        label: Label,
        /// What each track needs, as `name: label`.
        needed: Vec<String>,
    },
}

impl KeyRing {
    /// Adds a key.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] where a label has a key already, a key id another key, or a key is used
    /// with the other algorithm; nothing is added then.
    pub fn add(
        &mut self,
        algorithm: Algorithm,
        label: Label,
        added: ContentKey,
    ) -> Result<(), PolicyError> {
        if let Some(present) = self.keys.get(&(algorithm, label)) {
            return Err(PolicyError::Twice {
                label,
                first: present.kid,
                second: added.kid,
            });
        }
        for ((other, first), present) in &self.keys {
            let (kid, first, second) = (added.kid, *first, label);
            if present.kid == kid && present.key != added.key {
                return Err(PolicyError::TwoKeys { kid, first, second });
            }
            let same = present.kid == kid || present.key == added.key;
            if same && *other != algorithm {
                return Err(PolicyError::BothAlgorithms {
                    first,
                    first_kid: present.kid,
                    second,
                    second_kid: kid,
                });
            }
        }
        self.keys.insert((algorithm, label), added);
        Ok(())
    }

    /// The key of each track under `algorithm`, in order; none for those that stay clear.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Missing`] and [`PolicyError::Unused`].
    pub fn assign(
        &self,
        policy: &Policy,
        algorithm: Algorithm,
        tracks: &[TrackFacts],
    ) -> Result<Vec<Option<&ContentKey>>, PolicyError> {
        let find = |label| self.keys.get_key_value(&(algorithm, label));
        let mut used = Vec::new();
        let mut missing: BTreeMap<Label, Vec<String>> = BTreeMap::new();
        let mut assigned = Vec::with_capacity(tracks.len());
        for track in tracks {
            let Some(label) = policy.label(track) else {
                assigned.push(None);
                continue;
            };
            match find(label).or_else(|| find(Label::All)) {
                Some(((_, label), key)) => {
                    used.push(*label);
                    assigned.push(Some(key));
                }
                None => missing.entry(label).or_default().push(track.name.clone()),
            }
        }
        if let Some((label, tracks)) = missing.pop_first() {
            return Err(PolicyError::Missing { label, tracks });
        }
        let given = self.keys.keys().filter(|(each, _)| *each == algorithm);
        for (_, label) in given {
            if !used.contains(label) {
                let name = |track: &TrackFacts| match policy.label(track) {
                    Some(label) => format!("{}: {label}", track.name),
                    None => format!("{}: none", track.name),
                };
                return Err(PolicyError::Unused {
                    label: *label,
                    needed: tracks.iter().map(name).collect(),
                });
            }
        }
        Ok(assigned)
    }

    /// The labels `tracks` need under `policy`, each once: what to ask a key server for.
    pub fn labels(policy: &Policy, tracks: &[TrackFacts]) -> Vec<Label> {
        let mut labels: Vec<Label> = tracks
            .iter()
            .filter_map(|each| policy.label(each))
            .collect();
        labels.sort();
        labels.dedup();
        labels
    }
}
