//! Structural similarity, measured by ffmpeg.

use std::io::Write;

use tempfile::NamedTempFile;

use crate::error::Error;
use crate::frames::ffmpeg;
use crate::row::Row;
use crate::stream::Marked;

/// The SSIM of luma of variant 0 to the original: mean and least of all frames.
pub(crate) fn measure(bytes: &[u8], marked: &Marked, row: &mut Row) -> Result<(), Error> {
    let mut command = ffmpeg();
    // Files, for a process has only one standard input.
    let mut files = Vec::new();
    for stream in [&marked.variants[0], bytes] {
        let mut file = NamedTempFile::new()?;
        file.write_all(stream)?;
        command.args(marked.input()).arg("-i").arg(file.path());
        files.push(file);
    }
    // Frames are paired by number: times of byte streams are guesses.
    let pair = "[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];[a][b]ssim=stats_file=-";
    command.args(["-filter_complex", pair, "-vsync", "passthrough"]);
    let output = command.args(["-f", "null", "-"]).output()?;
    if !output.status.success() {
        return Err(Error::new(format!("ffmpeg: {}", output.status)));
    }
    let similarities = luma(&String::from_utf8_lossy(&output.stdout));
    let mean = similarities.iter().sum::<f64>() / similarities.len() as f64;
    row.number("ssim_mean", mean, 5);
    let least = similarities.iter().copied().fold(f64::INFINITY, f64::min);
    row.number("ssim_min", least, 5);
    Ok(())
}

/// From lines as `n:1 Y:0.995531 U:1.000000 V:1.000000 All:0.997021 (25.258871)`.
fn luma(lines: &str) -> Vec<f64> {
    let values = lines.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.find_map(|word| word.strip_prefix("Y:")?.parse().ok())
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luma_is_read_from_every_line() {
        let lines = "n:1 Y:0.995531 U:1.000000 V:1.000000 All:0.997021 (25.258871)\n\
                     n:2 Y:0.5 U:1.0 V:1.0 All:0.7 (3.1)\n";
        assert_eq!(luma(lines), [0.995531, 0.5]);
    }
}
