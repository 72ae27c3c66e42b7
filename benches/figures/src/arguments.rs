//! What to measure.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use wm::h264::Settings;
use wm::{Grid, Strength};

use crate::attack::Attack;

/// Marks H.264 byte streams and measures what became of the mark.
///
/// Streams are Annex B with progressive pictures. A segment starts at the first IDR picture after
/// its duration. Figures of pictures are of luma. Runs ffmpeg.
#[derive(Debug, Parser)]
#[command(name = "marking", max_term_width = 100)]
pub(crate) struct Arguments {
    /// Byte streams to mark, one after the other
    #[arg(required = true, value_name = "STREAM")]
    pub(crate) streams: Vec<PathBuf>,

    /// What figures are printed as
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// How strong the mark is
    #[arg(long, value_enum, default_value_t = StrengthWord::Normal)]
    pub(crate) strength: StrengthWord,

    /// Another amplitude than that of the strength, in grey levels RMS
    #[arg(long, value_name = "LEVELS")]
    pub(crate) amplitude: Option<f32>,

    /// By how much a segment may grow, as a share of its bytes
    #[arg(long, value_name = "SHARE")]
    budget: Option<f32>,

    /// What a bit is worth in squared grey levels, whatever the budget
    #[arg(long, value_name = "LEVELS")]
    multiplier: Option<f32>,

    /// Columns of cells; rows follow from the shape of the picture
    #[arg(long, value_name = "COLUMNS")]
    cells: Option<u16>,

    /// Seconds of a segment at least
    #[arg(long, default_value_t = 2.0)]
    pub(crate) seconds: f64,

    /// Frames of a segment at least, instead of seconds
    #[arg(long)]
    pub(crate) frames: Option<usize>,

    /// What keys are derived for
    #[arg(long, value_name = "ID", default_value = "measured")]
    pub(crate) content_id: String,

    /// Decode everything: PSNR, SSIM, flicker, decoded gain
    #[arg(long)]
    pub(crate) quality: bool,

    /// Decode for PSNR, flicker and later gain without the deblocking filter
    #[arg(long)]
    pub(crate) no_deblocking: bool,

    /// Correlate blindly after an attack: a name, the size of the copy, options of the encoder,
    /// as 480p=854x480,-c:v libx264 -b:v 1M; the name alone is the delivered stream itself
    #[arg(
        long = "attack",
        value_name = "NAME[=WIDTHxHEIGHT,OPTIONS]",
        value_parser = Attack::parse,
        allow_hyphen_values = true
    )]
    pub(crate) attacks: Vec<Attack>,

    /// Keep both variants as PREFIX_0.264 and PREFIX_1.264
    #[arg(long, value_name = "PREFIX")]
    pub(crate) keep: Option<String>,
}

/// How figures are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Names and values on a line for each stream
    Text,
    /// Comma-separated, under a line of names
    Csv,
    /// An object on a line for each stream
    Json,
}

/// A strength as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StrengthWord {
    /// Half a grey level
    Light,
    /// One grey level
    Normal,
    /// One and a half
    Strong,
}

impl StrengthWord {
    fn strength(self) -> Strength {
        match self {
            StrengthWord::Light => Strength::Light,
            StrengthWord::Normal => Strength::Normal,
            StrengthWord::Strong => Strength::Strong,
        }
    }
}

impl Arguments {
    /// In grey levels RMS.
    pub(crate) fn amplitude(&self) -> f32 {
        self.amplitude
            .unwrap_or_else(|| self.strength.strength().amplitude())
    }

    /// The grid for pictures of this size.
    pub(crate) fn grid(&self, (width, height): (u32, u32)) -> Grid {
        match self.cells {
            Some(columns) => {
                let rows = u32::from(columns) * height / width.max(1);
                let rows = u16::try_from(rows.max(1)).unwrap_or(u16::MAX);
                Grid { columns, rows }
            }
            None => Grid::of_display(width, height),
        }
    }

    /// How pictures of this size are marked.
    pub(crate) fn settings(&self, size: (u32, u32)) -> Settings {
        let mut settings = Settings::new(self.strength.strength());
        settings.amplitude = self.amplitude();
        settings.multiplier = self.multiplier;
        settings.grid = Some(self.grid(size));
        if let Some(budget) = self.budget {
            settings.budget = budget;
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_hangs_together() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn attacks_may_hold_options_that_begin_with_hyphens() {
        let words = [
            "marking",
            "in.264",
            "--attack",
            "a=640x360,-c:v libx264",
            "--attack",
            "b",
        ];
        let arguments = Arguments::try_parse_from(words).unwrap();
        assert_eq!(arguments.attacks.len(), 2);
    }

    #[test]
    fn cells_keep_the_shape_of_the_picture() {
        let words = ["marking", "in.264", "--cells", "160"];
        let grid = Arguments::try_parse_from(words).unwrap().grid((1280, 720));
        assert_eq!((grid.columns, grid.rows), (160, 90));
    }
}
