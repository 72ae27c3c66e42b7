//! Marks an H.264 stream and measures what became of the mark: growth, quality, gain before and
//! after deblocking, and blind correlation after attacks.
//!
//! `marking STREAM.264 [--strength light|normal|strong] [--cells COLUMNS] [--rule ...]...`: one
//! line per stream and setting. It runs the `ffmpeg` program.

mod arguments;
mod attack;
mod blind;
mod frames;
mod quality;
mod stream;

use std::process::ExitCode;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("marking: {error}");
            return ExitCode::from(2);
        }
    };
    for path in &arguments.streams {
        if let Err(error) = measure(path, &arguments) {
            eprintln!("marking: {path}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(path: &str, arguments: &Arguments) -> Result<(), String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let marked = stream::mark(&bytes, arguments)?;
    print!("{path} {} {}", arguments.words(), marked.summary());
    if arguments.quality {
        print!(" {}", quality::measure(&bytes, &marked, arguments)?);
    }
    for attack in &arguments.attacks {
        print!(" {}", attack::measure(&marked, attack, arguments)?);
    }
    println!();
    Ok(())
}
