//! Shaka Packager: a second encryptor and a second decryptor.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::{media, process};

/// Key id and key of tests, in hex.
pub const KEY: (&str, &str) = (
    "00112233445566778899aabbccddeeff",
    "000102030405060708090a0b0c0d0e0f",
);

/// Encrypts a track (`video`, `audio`) of a file from its first sample on, with [`KEY`].
///
/// # Errors
/// The first thing it complains of.
pub fn encrypt(input: &Path, stream: &str, scheme: &str, output: &Path) -> Result<(), String> {
    let keys = format!("label=:key_id={}:key={}", KEY.0, KEY.1);
    let options = [
        "--enable_raw_key_encryption",
        "--keys",
        &keys,
        "--clear_lead",
        "0",
        "--protection_scheme",
        scheme,
    ];
    run(input, stream, output, &options)
}

/// Decrypts a track with keys (key id, key), all in hex.
///
/// # Errors
/// The first thing it complains of.
pub fn decrypt(
    input: &Path,
    stream: &str,
    keys: &[(String, String)],
    output: &Path,
) -> Result<(), String> {
    let entry = |(index, (kid, key)): (usize, &(String, String))| {
        format!("label=L{index}:key_id={kid}:key={key}")
    };
    let keys: Vec<_> = keys.iter().enumerate().map(entry).collect();
    let options = ["--enable_raw_key_decryption", "--keys", &keys.join(",")];
    run(input, stream, output, &options)
}

fn run(input: &Path, stream: &str, output: &Path, options: &[&str]) -> Result<(), String> {
    let program = media::shaka().ok_or("Shaka Packager is missing")?;
    let mut descriptor = OsString::from("in=");
    descriptor.push(input);
    descriptor.push(format!(",stream={stream},output="));
    descriptor.push(output);
    let mut command = Command::new(program);
    command.arg(descriptor).args(options);
    let output = process::run(&mut command, Duration::from_secs(60));
    match output.status.success() {
        true => Ok(()),
        false => Err(complaint(&output.stderr)),
    }
}

/// The first error in a log, without its time and thread.
fn complaint(log: &str) -> String {
    let mut lines = log.lines().filter(|line| line.starts_with('E'));
    let line = lines.next().or(log.lines().last()).unwrap_or_default();
    let text = line.split_once("] ").map_or(line, |(_, text)| text);
    text.trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_the_first_error_without_where_and_when() {
        let log = "I1122 23:49:58.1   14820 x.cc:1] fine\n\
                   E1122 23:49:58.2   14820 h264_parser.cc:1007] Interlaced streams not supported\n\
                   E1122 23:49:58.3   14820 y.cc:362] Failed\n";
        assert_eq!(complaint(log), "Interlaced streams not supported");
        assert_eq!(complaint("no\nsuch file"), "such file");
    }
}
