//! The `head` element: styles and regions by name.

use super::style::{Root, Style};
use super::xml::{Element, Node, Xml};
use crate::error::Error;
use crate::warning::Warnings;
use std::collections::HashMap;

/// Styles and regions with all references resolved.
#[derive(Debug, Default)]
pub(super) struct Head {
    styles: Definitions,
    regions: Definitions,
    /// What `initial` elements make of the values nothing specifies (TTML2).
    pub(super) initial: Style,
}

/// Elements with names.
#[derive(Debug, Default)]
struct Definitions {
    names: HashMap<String, usize>,
    list: Vec<Definition>,
}

#[derive(Debug)]
struct Definition {
    line: u64,
    /// Names of the styles this one builds on.
    references: String,
    /// What it specifies itself, and later all it comes to.
    style: Style,
}

impl Definitions {
    fn add(&mut self, element: &Element<'_>, root: &Root) {
        if let Some(name) = element.attribute("id") {
            self.names.insert(name.to_owned(), self.list.len());
        }
        self.list.push(Definition {
            line: element.line,
            references: element.attribute("style").unwrap_or_default().to_owned(),
            style: Style::new(element, root),
        });
    }
}

impl Head {
    /// Reads what stands between the start of `head`, which was just read, and its end.
    pub(super) fn read(
        &mut self,
        xml: &mut Xml<'_>,
        root: &Root,
        warnings: &mut Warnings,
    ) -> Result<(), Error> {
        // Depth of the region being read; styles inside belong to it.
        let mut region_depth = None;
        let mut depth = 0_usize;
        loop {
            match xml.next()? {
                Node::Start(element) => {
                    depth += 1;
                    match element.name.as_str() {
                        "region" => {
                            self.regions.add(&element, root);
                            region_depth.get_or_insert(depth);
                        }
                        "style" if region_depth.is_some() => self.nested_style(&element, root),
                        "style" => self.styles.add(&element, root),
                        "initial" => self.initial = self.initial.with(Style::new(&element, root)),
                        "styling" | "layout" => {}
                        _ => {
                            xml.skip()?;
                            depth -= 1;
                        }
                    }
                }
                Node::End => {
                    if region_depth == Some(depth) {
                        region_depth = None;
                    }
                    match depth.checked_sub(1) {
                        Some(outside) => depth = outside,
                        None => break,
                    }
                }
                Node::Text(_) => {}
                Node::Eof => break,
            }
        }
        self.resolve_styles(warnings);
        for index in 0..self.regions.list.len() {
            if let Some(region) = self.regions.list.get(index) {
                let style = self.referenced(&region.references).with(region.style);
                if let Some(region) = self.regions.list.get_mut(index) {
                    region.style = style;
                }
            }
        }
        Ok(())
    }

    /// A style element inside a region counts less than the region's own attributes.
    fn nested_style(&mut self, element: &Element<'_>, root: &Root) {
        if let Some(region) = self.regions.list.last_mut() {
            region.style = Style::new(element, root).with(region.style);
            if let Some(references) = element.attribute("style") {
                region.references.push(' ');
                region.references.push_str(references);
            }
        }
    }

    /// The styles with these names, later ones over earlier ones.
    pub(super) fn referenced(&self, names: &str) -> Style {
        let indices = names
            .split_ascii_whitespace()
            .filter_map(|name| self.styles.names.get(name));
        indices
            .filter_map(|index| self.styles.list.get(*index))
            .fold(Style::default(), |style, definition| {
                style.with(definition.style)
            })
    }

    /// The region of this name.
    pub(super) fn region(&self, name: &str) -> Option<usize> {
        self.regions.names.get(name).copied()
    }

    /// What a region specifies.
    pub(super) fn region_style(&self, index: usize) -> Option<Style> {
        self.regions.list.get(index).map(|region| region.style)
    }

    /// Replaces each style by all it comes to, those it builds on first. A reference that leads
    /// back to where it came from is left out.
    fn resolve_styles(&mut self, warnings: &mut Warnings) {
        let Definitions { names, list } = &mut self.styles;
        let references = |definition: &Definition| -> Vec<usize> {
            let words = definition.references.split_ascii_whitespace();
            words.filter_map(|name| names.get(name).copied()).collect()
        };
        let references: Vec<Vec<usize>> = list.iter().map(references).collect();
        let mut states = vec![State::New; list.len()];
        // Styles being resolved, each with how many of its references are done.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for start in 0..list.len() {
            open.push((start, 0));
            while let Some((style, done)) = open.pop() {
                let Some(state) = states.get_mut(style) else {
                    continue;
                };
                if *state == State::Done {
                    continue;
                }
                *state = State::Open;
                let built_on = references.get(style).map_or(&[][..], Vec::as_slice);
                if let Some(next) = built_on.get(done).copied() {
                    open.push((style, done + 1));
                    match states.get(next) {
                        Some(State::New) => open.push((next, 0)),
                        Some(State::Open) => {
                            let line = list.get(style).map_or(0, |definition| definition.line);
                            warnings.line(line, "style", "builds on itself; reference left out");
                        }
                        Some(State::Done) | None => {}
                    }
                    continue;
                }
                let resolved = built_on
                    .iter()
                    .filter(|index| states.get(**index) == Some(&State::Done))
                    .filter_map(|index| list.get(*index))
                    .fold(Style::default(), |style, definition| {
                        style.with(definition.style)
                    });
                if let Some(definition) = list.get_mut(style) {
                    definition.style = resolved.with(definition.style);
                }
                if let Some(state) = states.get_mut(style) {
                    *state = State::Done;
                }
            }
        }
    }
}

/// How far a style is resolved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}
