//! What a job says about the mark.

use std::sync::Arc;

use wm::{MasterKey, Strength};

/// Asks for both variants of every video segment.
#[derive(Clone, Debug)]
pub struct Watermark {
    /// The master key; patterns follow from it and the job's content ID.
    pub key: Arc<MasterKey>,
    /// How strong the mark is; [`Strength::None`] is no strength to package with.
    pub strength: Strength,
    /// Where the variants lie in the package.
    pub layout: VariantLayout,
}

impl PartialEq for Watermark {
    fn eq(&self, other: &Watermark) -> bool {
        self.strength == other.strength
            && self.layout == other.layout
            && *self.key.to_text() == *other.key.to_text()
    }
}

impl Eq for Watermark {}

/// Where the two variants of a segment lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VariantLayout {
    /// Two sets that play as they stand, in the folders `0` and `1`. Set 1 refers to set 0 for
    /// everything that exists once.
    #[default]
    Directory,
    /// Variant 0 under the plain name, variant 1 beside it with `b.` before its name.
    UnlabeledA,
    /// `A.` and `B.` before the name. Manifests list the plain name, which does not exist: an
    /// edge chooses.
    Prefix,
}

impl VariantLayout {
    /// The word of the command line and of the report.
    pub fn word(self) -> &'static str {
        match self {
            VariantLayout::Directory => "directory",
            VariantLayout::UnlabeledA => "unlabeled-a",
            VariantLayout::Prefix => "prefix",
        }
    }

    /// The layout with this [`word`](VariantLayout::word).
    pub fn from_word(word: &str) -> Option<VariantLayout> {
        [
            VariantLayout::Directory,
            VariantLayout::UnlabeledA,
            VariantLayout::Prefix,
        ]
        .into_iter()
        .find(|layout| layout.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_has_its_word() {
        for word in ["directory", "unlabeled-a", "prefix"] {
            assert_eq!(
                VariantLayout::from_word(word).map(VariantLayout::word),
                Some(word)
            );
        }
        assert_eq!(VariantLayout::from_word("Directory"), None);
    }

    #[test]
    fn a_job_with_a_key_prints_without_it() {
        let key = Arc::new(MasterKey::from_bytes([0xab; 32]));
        let text = key.to_text().trim().to_string();
        let job = crate::job::Job {
            watermark: Some(Watermark {
                key,
                strength: Strength::Normal,
                layout: VariantLayout::Directory,
            }),
            ..crate::job::Job::default()
        };
        let printed = format!("{job:?}");
        assert!(
            printed.contains("MasterKey(..)") && !printed.contains(&text),
            "{printed}"
        );
    }
}
