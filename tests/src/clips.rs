//! Small films made with `ffmpeg` when a test runs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process;

/// A film of moving test bars and a tone, `seconds` long, written to `path` by these further
/// arguments of `ffmpeg`; input 0 is the picture, input 1 the sound.
///
/// # Errors
/// What ffmpeg complained about, as where it lacks an encoder.
pub fn make(path: &Path, seconds: u32, rate: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("ffmpeg");
    command.args([
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-t",
        &seconds.to_string(),
    ]);
    command.args(["-i", &format!("testsrc2=size=192x108:rate={rate}")]);
    command.args(["-f", "lavfi", "-t", &seconds.to_string()]);
    command.args(["-i", "sine=frequency=440:sample_rate=48000"]);
    command.args(arguments);
    command.args([
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-threads",
        "1",
    ]);
    command.arg(path);
    let output = process::run(&mut command, Duration::from_secs(120));
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {}", output.stderr))
    }
}

/// Whether this `ffmpeg` has an encoder.
pub fn has_encoder(name: &str) -> bool {
    let mut command = Command::new("ffmpeg");
    command.args([
        "-v",
        "error",
        "-hide_banner",
        "-h",
        &format!("encoder={name}"),
    ]);
    let output = process::run(&mut command, Duration::from_secs(20));
    output.text().contains(&format!("Encoder {name} "))
}
