//! What to measure.

use wm::h264::{Choice, CodedBits, Rule};
use wm::{Grid, Strength};

/// The command line.
pub struct Arguments {
    pub streams: Vec<String>,
    pub strength: Strength,
    /// Grey levels RMS; `None`: that of the strength.
    pub amplitude: Option<f32>,
    /// Columns of cells; `None`: the default grid.
    pub cells: Option<u16>,
    pub rule: Rule,
    pub budget: f32,
    /// Frames of a segment at least.
    pub frames: usize,
    pub quality: bool,
    /// Arguments of ffmpeg.
    pub attacks: Vec<String>,
    pub content_id: String,
    /// A fixed file name to keep variant 0 and 1 under.
    pub keep: Option<String>,
    words: Vec<String>,
}

impl Arguments {
    /// From the words of the command line.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments {
            streams: Vec::new(),
            strength: Strength::Normal,
            amplitude: None,
            cells: None,
            rule: Rule::default(),
            budget: 1.0,
            frames: 50,
            quality: false,
            attacks: Vec::new(),
            content_id: "measured".to_owned(),
            keep: None,
            words: Vec::new(),
        };
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                arguments.streams.push(word);
                continue;
            };
            if name == "quality" {
                arguments.quality = true;
                continue;
            }
            let value = words
                .next()
                .ok_or_else(|| format!("--{name} needs a value"))?;
            let number = || {
                value
                    .parse::<f32>()
                    .map_err(|_| format!("--{name}: is {value}"))
            };
            if !matches!(name, "attack" | "keep") {
                arguments.words.push(format!("{name}={value}"));
            }
            let rule = &mut arguments.rule;
            match name {
                "strength" => {
                    arguments.strength = match value.as_str() {
                        "none" => Strength::None,
                        "light" => Strength::Light,
                        "normal" => Strength::Normal,
                        "strong" => Strength::Strong,
                        _ => return Err(format!("--strength: is {value}")),
                    }
                }
                "amplitude" => arguments.amplitude = Some(number()?),
                "cells" => arguments.cells = Some(number()? as u16),
                "budget" => arguments.budget = number()?,
                "frames" => arguments.frames = number()? as usize,
                "attack" => arguments.attacks.push(value),
                "keep" => arguments.keep = Some(value),
                "content-id" => arguments.content_id = value,
                "lambda" => rule.choice = Choice::RateDistortion(number()?),
                "absolute" => rule.choice = Choice::Absolute(number()?),
                "reach" => rule.reach = number()?,
                "diffusion" => rule.diffusion = number()?,
                "dc-weight" => rule.dc_weight = number()?,
                "candidates-4x4" => rule.candidates_4x4 = number()? as usize,
                "candidates-8x8" => rule.candidates_8x8 = number()? as usize,
                "coded-bits" => {
                    rule.coded_bits = match value.as_str() {
                        "frozen" => CodedBits::Frozen,
                        "free" => CodedBits::Free,
                        _ => return Err(format!("--coded-bits: is {value}")),
                    }
                }
                _ => return Err(format!("--{name} is not an option")),
            }
        }
        Ok(arguments)
    }

    /// What was asked for, for the line of results.
    pub fn words(&self) -> String {
        self.words.join(" ")
    }

    /// The grid for pictures of this size.
    pub fn grid(&self, width: u32, height: u32) -> Grid {
        match self.cells {
            Some(columns) => Grid {
                columns,
                rows: (u32::from(columns) * height / width.max(1)) as u16,
            },
            None => Grid::of_display(width, height),
        }
    }
}
