//! Where objects lie in the package, and what each set of manifests says of them.

use std::borrow::Cow;

use media::Mark;
use mux::presentation::{KindFacts, Presentation, Storage};

use super::{Run, Task, What};
use crate::job::VariantLayout;

impl Run<'_> {
    fn layout(&self) -> Option<VariantLayout> {
        self.plan.marking.as_ref().map(|marking| marking.layout)
    }

    /// The folder of a set of manifests.
    pub(super) fn set(&self, tree: usize, mark: Mark) -> String {
        let folder = self.trees[tree].protected.tree.folder;
        match self.layout() {
            Some(VariantLayout::Directory) => format!("{mark}/{folder}"),
            Some(VariantLayout::UnlabeledA | VariantLayout::Prefix) | None => folder.into(),
        }
    }

    /// Where a variant of an object lies in the package. What exists once lies with variant 0.
    pub(super) fn path(&self, task: Task, mark: Mark) -> String {
        let announced = self.announced(task.tree, task.rendition);
        let name = match (task.what, &announced.storage) {
            (What::Init, Storage::Segments { init, .. }) => init.clone(),
            (What::Segment(index), Storage::Segments { .. }) => self.trees[task.tree]
                .presentation
                .segment_file(announced, &announced.segments[index]),
            (What::WebVtt(index), _) => match &announced.facts {
                KindFacts::Text {
                    webvtt: Some(webvtt),
                } => webvtt.media.with(announced.segments[index].number),
                KindFacts::Text { webvtt: None } | KindFacts::Video(_) | KindFacts::Audio(_) => {
                    String::new()
                }
            },
            (_, Storage::SingleFile { name, .. } | Storage::Segments { init: name, .. }) => {
                name.clone()
            }
        };
        let has_twin = self.is_marked(task.rendition)
            && matches!(task.what, What::Segment(_) | What::SingleFile);
        let (set, name) = match self.layout().filter(|_| has_twin) {
            Some(layout) => (self.set(task.tree, mark), variant_name(layout, mark, name)),
            None => (self.set(task.tree, Mark::Zero), name),
        };
        format!("{set}/{}/{name}", announced.folder)
    }

    /// Every set of manifests of a tree: its folder, and what it announces.
    pub(super) fn sets(&self, tree: usize) -> Vec<(String, Cow<'_, Presentation>)> {
        let presentation = &self.trees[tree].presentation;
        let first = (self.set(tree, Mark::Zero), Cow::Borrowed(presentation));
        match self.layout() {
            Some(VariantLayout::Directory) => {
                let other = self.presentation_of_one(tree);
                vec![first, (self.set(tree, Mark::One), Cow::Owned(other))]
            }
            Some(VariantLayout::UnlabeledA | VariantLayout::Prefix) | None => vec![first],
        }
    }

    /// What set 1 announces: its own segments, and everything else where set 0 has it.
    fn presentation_of_one(&self, tree: usize) -> Presentation {
        let mut presentation = self.trees[tree].presentation.clone();
        let set = self.set(tree, Mark::Zero);
        // From a folder of manifests to the package.
        let up = "../".repeat(depth(&set));
        for (at, rendition) in presentation.renditions.iter_mut().enumerate() {
            if !self.is_marked(at) {
                rendition.base = format!("{up}{set}/");
                continue;
            }
            let folder = &rendition.folder;
            if let Storage::Segments { init, .. } = &mut rendition.storage {
                let up = "../".repeat(depth(&set) + depth(folder));
                *init = format!("{up}{set}/{folder}/{init}");
            }
        }
        presentation
    }
}

/// Parts of a path.
fn depth(path: &str) -> usize {
    path.split('/').filter(|part| !part.is_empty()).count()
}

/// The name of a variant of a segment, by what players know it as.
fn variant_name(layout: VariantLayout, mark: Mark, name: String) -> String {
    match (layout, mark) {
        (VariantLayout::Directory, _) | (VariantLayout::UnlabeledA, Mark::Zero) => name,
        (VariantLayout::UnlabeledA, Mark::One) => format!("b.{name}"),
        (VariantLayout::Prefix, Mark::Zero) => format!("A.{name}"),
        (VariantLayout::Prefix, Mark::One) => format!("B.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_named_as_edges_expect_them() {
        let names = |layout| Mark::BOTH.map(|mark| variant_name(layout, mark, "seg_7.m4s".into()));
        assert_eq!(names(VariantLayout::Directory), ["seg_7.m4s"; 2]);
        assert_eq!(
            names(VariantLayout::UnlabeledA),
            ["seg_7.m4s", "b.seg_7.m4s"]
        );
        assert_eq!(names(VariantLayout::Prefix), ["A.seg_7.m4s", "B.seg_7.m4s"]);
    }

    #[test]
    fn a_set_lies_as_deep_as_its_path_has_parts() {
        assert_eq!(
            (depth("0/cmaf"), depth("video/avc1/480p"), depth("")),
            (2, 3, 0)
        );
    }
}
