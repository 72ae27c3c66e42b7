//! Marks H.264 byte streams and measures what became of the mark: growth, gain before and after
//! deblocking, quality, flicker, and blind correlation after attacks.
//!
//! `marking --help` says what can be asked, `scripts/figures` asks it of many encodes. Pictures
//! are decoded and attacked by the `ffmpeg` program.

mod access_units;
mod arguments;
mod attack;
mod blind;
mod error;
mod flicker;
mod frames;
mod gain;
mod psnr;
mod quality;
mod row;
mod ssim;
mod stream;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use error::Error;
use row::Row;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    for (number, path) in arguments.streams.iter().enumerate() {
        match measure(path, &arguments) {
            Ok(row) => row.print(arguments.format, number == 0),
            Err(error) => {
                eprintln!("marking: {}: {error}", path.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn measure(path: &Path, arguments: &Arguments) -> Result<Row, Error> {
    let bytes = std::fs::read(path)?;
    let marked = stream::mark(&bytes, arguments)?;
    if let Some(prefix) = &arguments.keep {
        std::fs::write(format!("{prefix}_0.264"), &marked.variants[0])?;
        std::fs::write(format!("{prefix}_1.264"), &marked.variants[1])?;
    }
    let mut row = Row::new();
    row.text("stream", &path.display().to_string());
    marked.describe(&bytes, &mut row);
    if arguments.quality {
        quality::measure(&bytes, &marked, arguments, &mut row)?;
        ssim::measure(&bytes, &marked, &mut row)?;
    }
    for attack in &arguments.attacks {
        attack::measure(&marked, attack, arguments, &mut row)?;
    }
    Ok(row)
}
