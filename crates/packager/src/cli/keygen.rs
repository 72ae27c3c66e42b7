//! `packager keygen`: a new watermark master key.

use std::path::PathBuf;

use clap::Args;
use packager::key_file;

use super::Failure;
use super::output::{complain, one_line};

#[derive(Debug, Args)]
#[command(
    after_help = "The file holds 64 hexadecimal digits and is readable by its owner alone. Who has \
the key can find the mark and remove it, and without it no copy can be traced: keep it, keep it \
secret, and use one key for all titles.

Example:
  packager keygen -o watermark.key"
)]
pub(super) struct KeygenArgs {
    /// File for the key; must not exist
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// No message on success
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
pub(super) fn run(args: &KeygenArgs) -> Result<(), Failure> {
    key_file::create(&args.output)?;
    if !args.quiet {
        let name = one_line(&args.output.display().to_string());
        complain(
            "note",
            &format!("{name}: a new key; keep a copy in a safe place"),
        );
    }
    Ok(())
}
