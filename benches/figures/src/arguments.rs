//! What to measure.

use wm::{Grid, Strength};

/// The command line.
pub(crate) struct Arguments {
    pub(crate) streams: Vec<String>,
    pub(crate) strength: Strength,
    /// Grey levels RMS; `None`: that of the strength.
    pub(crate) amplitude: Option<f32>,
    /// Columns of cells; `None`: the default grid.
    pub(crate) cells: Option<u16>,
    pub(crate) multiplier: Option<f32>,
    pub(crate) budget: f32,
    /// Frames of a segment at least.
    pub(crate) frames: usize,
    pub(crate) quality: bool,
    /// Arguments of ffmpeg.
    pub(crate) attacks: Vec<String>,
    pub(crate) content_id: String,
    /// A fixed file name to keep variant 0 and 1 under.
    pub(crate) keep: Option<String>,
    words: Vec<String>,
}

impl Arguments {
    /// From the words of the command line.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments {
            streams: Vec::new(),
            strength: Strength::Normal,
            amplitude: None,
            cells: None,
            multiplier: None,
            budget: 0.005,
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
                "multiplier" => arguments.multiplier = Some(number()?),
                _ => return Err(format!("--{name} is not an option")),
            }
        }
        Ok(arguments)
    }

    /// What was asked for, for the line of results.
    pub(crate) fn words(&self) -> String {
        self.words.join(" ")
    }

    /// The grid for pictures of this size.
    pub(crate) fn grid(&self, width: u32, height: u32) -> Grid {
        match self.cells {
            Some(columns) => Grid {
                columns,
                rows: (u32::from(columns) * height / width.max(1)) as u16,
            },
            None => Grid::of_display(width, height),
        }
    }
}
