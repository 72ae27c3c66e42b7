//! Commands, exit codes and messages.
//!
//! Results go to standard output, everything else to standard error. Exit code 0: done; 1: it
//! went wrong; 2: asked wrongly.

mod failure;
mod keygen;
mod mark;
mod output;
mod pack;
mod pack_args;
mod probe;
mod progress;
mod protection_args;
mod slip;
mod table;
mod verify;
mod watermark_args;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Packages MP4 and MOV files into DASH and HLS.
#[derive(Debug, Parser)]
#[command(
    name = "packager",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  packager pack 480p.mp4 720p.mp4 1080p.mp4 -o out
  packager probe movie.mp4
  packager verify out

Exit codes: 0 done, 1 it went wrong, 2 asked wrongly.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Show tracks, codecs, durations and the segments an input would be cut into
    Probe(probe::ProbeArgs),
    /// Package inputs into a folder with DASH and HLS manifests
    Pack(Box<pack_args::PackArgs>),
    /// Check a package against its own promises
    Verify(verify::VerifyArgs),
    /// Mark files for other packagers: both variants of each, and where the bit may change
    Mark(mark::MarkArgs),
    /// Make a watermark master key
    Keygen(keygen::KeygenArgs),
}

/// Runs the command named by `arguments`, the program's name first.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are errors to clap as well; a closed pipe is nobody's fault.
            let text = error.render().to_string();
            let shown = slip::without_keys(&text);
            let _ = match shown == text {
                true => error.print(),
                false => write!(std::io::stderr().lock(), "{shown}"),
            };
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let done = match cli.command {
        Command::Probe(args) => probe::run(&args),
        Command::Pack(args) => pack::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Mark(args) => mark::run(&args),
        Command::Keygen(args) => keygen::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_hangs_together() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_has_a_help_text() {
        use clap::CommandFactory;
        for command in Cli::command().get_subcommands() {
            for argument in command.get_arguments() {
                let name = argument.get_id();
                assert!(
                    argument.get_help().is_some(),
                    "{} {name}",
                    command.get_name()
                );
            }
        }
    }
}
