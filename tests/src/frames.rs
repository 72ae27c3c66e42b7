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

/// Decodes streams (`0:v:0`) of a file, MPD or playlist: no frame dropped, repeated, turned or moved
/// in time. Sound before the beginning of the presentation, which is decoded only to start the
/// decoder, is left away to the sample. Gives the frames of each stream.
///
/// # Errors
/// What ffmpeg complained about.
pub fn decode(input: &Path, maps: &[String]) -> Result<Vec<Vec<Frame>>, String> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-copyts", "-noautorotate", "-threads", "1"]);
    if input.extension().is_some_and(|end| end == "m3u8") {
        command.args(["-allowed_extensions", "ALL"]);
    }
    command.arg("-i").arg(input);
    for map in maps {
        command.args(["-map", map]);
    }
    command.args(["-vsync", "passthrough", "-enc_time_base", "-1"]);
    command.args(["-af", "atrim=start=0", "-f", "framemd5", "-"]);
    let output = process::run(&mut command, Duration::from_secs(120));
    if !output.status.success() || !output.stderr.is_empty() {
        return Err(format!("{command:?}: {}\n{}", output.status, output.stderr));
    }
    Ok(parse(&output.text(), maps.len()))
}

fn parse(text: &str, streams: usize) -> Vec<Vec<Frame>> {
    let mut time_bases = vec![(1.0, 1.0); streams];
    let mut frames = vec![Vec::new(); streams];
    let number = |text: &str| text.parse::<f64>().ok();
    for line in text.lines() {
        if let Some((stream, fraction)) = line
            .strip_prefix("#tb ")
            .and_then(|rest| rest.split_once(": "))
            && let Some((numerator, denominator)) = fraction.split_once('/')
            && let (Some(numerator), Some(denominator)) = (number(numerator), number(denominator))
            && let Some(time_base) = stream
                .parse()
                .ok()
                .and_then(|index: usize| time_bases.get_mut(index))
        {
            *time_base = (numerator, denominator);
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        if let [stream, _, pts, _, size, hash, ..] = cells[..]
            && let (Ok(stream), Some(pts), Ok(size)) =
                (stream.parse::<usize>(), number(pts), size.parse())
            && let (Some(frames), Some(time_base)) =
                (frames.get_mut(stream), time_bases.get(stream))
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
        let text = "#format: frame checksums\n#tb 0: 1/90000\n#tb 1: 1/48000\n\
                    1, 0, 1024, 1024, 4096, d41d8d\n0, 0, 8550, 3003, 180000, d41d8c\n";
        let frames = parse(text, 2);
        assert_eq!((frames[0].len(), frames[1].len()), (1, 1));
        assert_eq!((frames[0][0].pts, frames[0][0].size), (0.095, 180_000));
        assert_eq!(frames[1][0].pts, 1024.0 / 48000.0);
    }
}
