//! Decoded pictures and sound as `ffmpeg` gives them.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process;

/// One decoded picture, or one frame of sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Presentation time in seconds.
    pub pts: f64,
    /// Bytes.
    pub size: u64,
    /// MD5 of the bytes.
    pub hash: String,
}

/// Decodes one stream (`0:v:0`) of a file, MPD or playlist: no frame dropped, repeated, turned or
/// moved in time. Sound before the beginning of the presentation, which is decoded only to start the
/// decoder, is left away to the sample.
///
/// # Errors
/// What ffmpeg complained about.
pub fn decode(input: &Path, map: &str) -> Result<Vec<Frame>, String> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-copyts", "-noautorotate", "-threads", "1"]);
    if input.extension().is_some_and(|end| end == "m3u8") {
        command.args(["-allowed_extensions", "ALL"]);
    }
    command.arg("-i").arg(input);
    command.args(["-map", map, "-vsync", "passthrough", "-enc_time_base", "-1"]);
    command.args(["-af", "atrim=start=0"]);
    command.args(["-f", "framemd5", "-"]);
    let output = process::run(&mut command, Duration::from_secs(120));
    if !output.status.success() || !output.stderr.is_empty() {
        return Err(format!("{command:?}: {}\n{}", output.status, output.stderr));
    }
    Ok(parse(&output.text()))
}

fn parse(text: &str) -> Vec<Frame> {
    let mut time_base = (1.0, 1.0);
    let mut frames = Vec::new();
    for line in text.lines() {
        if let Some(fraction) = line.strip_prefix("#tb 0: ") {
            let parts = fraction.split_once('/');
            let number = |text: &str| text.parse::<f64>().ok();
            time_base = parts
                .and_then(|(n, d)| Some((number(n)?, number(d)?)))
                .unwrap_or(time_base);
        }
        if line.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        if let [_, _, pts, _, size, hash, ..] = cells[..]
            && let (Ok(pts), Ok(size)) = (pts.parse::<f64>(), size.parse())
        {
            frames.push(Frame {
                pts: pts * time_base.0 / time_base.1,
                size,
                hash: hash.to_string(),
            });
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_in_the_time_base() {
        let text = "#format: frame checksums\n#tb 0: 1/90000\n0, 0, 8550, 3003, 180000, d41d8c\n";
        let frames = parse(text);
        assert_eq!(frames.len(), 1);
        assert_eq!((frames[0].pts, frames[0].size), (0.095, 180_000));
    }
}
