//! `packager verify`: a package against its own promises.

use std::path::PathBuf;

use clap::Args;
use packager::verify::{Verification, VerifyError, verify};

use super::Failure;
use super::output::{one_line, print, print_json, size};

#[derive(Debug, Args)]
#[command(
    after_help = "One line per finding: file, place, field, value, expected. Exit code 1 if \
there is any.

Example:
  packager verify out"
)]
pub(super) struct VerifyArgs {
    /// Folder of a package, as `packager pack` wrote it
    #[arg(value_name = "PACKAGE")]
    package: PathBuf,

    /// Print findings as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let name = args.package.display();
    let verification = verify(&args.package, &[]).map_err(|error| {
        let asked = match &error {
            VerifyError::Io(error) => matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ),
            _ => true,
        };
        let error = anyhow::Error::new(error).context(name.to_string());
        if asked {
            Failure::Asked(error)
        } else {
            Failure::Wrong(error)
        }
    })?;
    if args.json {
        print_json(&verification)?;
    } else {
        print(&lines(&verification, &name.to_string()))?;
    }
    if verification.findings.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

fn lines(verification: &Verification, name: &str) -> String {
    let findings = verification.findings.iter();
    let mut text: String = findings
        .map(|finding| one_line(&finding.to_string()) + "\n")
        .collect();
    let (files, bytes) = (verification.files, size(verification.bytes));
    let (renditions, segments) = (verification.renditions, verification.segments);
    let verdict = match verification.findings.len() {
        0 if verification.checksum.is_none() => {
            "holds; media bytes unchecked: the package has no checksums".to_string()
        }
        0 => "holds".to_string(),
        1 => "1 finding".to_string(),
        count => format!("{count} findings"),
    };
    text.push_str(&format!(
        "{name}: {verdict}; {files} files, {bytes}, {renditions} renditions announced, \
         {segments} media segments read\n"
    ));
    text
}
