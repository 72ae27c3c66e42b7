//! Films decoded by `ffmpeg`, and their pictures compared with the pattern.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use media::Mark;
use sha2::{Digest, Sha256};
use wm::Layers;

use super::film::Film;
use crate::process;

/// What ffmpeg made of a film.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// SHA-256 of the frames in the order they are shown.
    pub frames: Vec<String>,
    /// SHA-256 of their luma before the loop filter, where asked for.
    pub unfiltered: BTreeSet<String>,
    /// What was complained about, without addresses and numbers.
    pub messages: BTreeSet<String>,
    /// The luma samples of the frames of I pictures, in the order they are shown.
    pub intra: Vec<Vec<u16>>,
}

/// Which pictures are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decode {
    /// Every frame, and the luma of I pictures.
    Frames,
    /// These, and the luma of every frame before the loop filter.
    FramesAndUnfiltered,
}

/// Decodes a film; everything that is wrong with it ends the decoder's work on a picture.
pub fn decode(film: &Film, what: Decode) -> Decoded {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = |name| folder.path().join(name);
    let (input, frames, luma, unfiltered) = (
        name("film.264"),
        name("frames"),
        name("luma"),
        name("unfiltered"),
    );
    fs::write(&input, film.byte_stream()).expect("room for a film");
    let sps = film.sps();
    let size = sps.as_ref().map_or(0, |sps| sps.width() * sps.height()) as usize;

    let mut command = Command::new("ffmpeg");
    command.args(["-v", "warning", "-nostdin", "-y"]);
    let strict = [
        "-threads",
        "1",
        "-err_detect",
        "explode",
        "-flags",
        "unaligned",
        "-f",
        "h264",
    ];
    command.args(strict).arg("-i").arg(&input);
    if what == Decode::FramesAndUnfiltered {
        command
            .args(strict)
            .args(["-skip_loop_filter", "all", "-i"])
            .arg(&input);
    }
    let mut output = |input: &str, filter: &str, format: &[&str], path: &Path| {
        command.args(["-map", input, "-fps_mode", "passthrough", "-autoscale", "0"]);
        command.args(["-vf", filter]).args(format).arg(path);
    };
    let hashes = ["-f", "framehash", "-hash", "sha256"];
    output("0:v", "null", &hashes, &frames);
    let planes = "select=eq(pict_type\\,I),extractplanes=y";
    output("0:v", planes, &["-f", "rawvideo"], &luma);
    if what == Decode::FramesAndUnfiltered {
        output("1:v", "extractplanes=y", &hashes, &unfiltered);
    }
    let output = process::run(&mut command, Duration::from_secs(120));

    let mut messages: BTreeSet<String> = output.stderr.lines().filter_map(message).collect();
    if !output.status.success() {
        messages.insert("ffmpeg failed".into());
    }
    let planes = fs::read(&luma).unwrap_or_default();
    let samples: Vec<u16> = match sps.map_or(8, |sps| sps.bit_depth_luma()) {
        8 => planes.iter().map(|byte| u16::from(*byte)).collect(),
        _ => planes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect(),
    };
    let hashes = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    Decoded {
        frames: hashes(&frames).lines().filter_map(frame).collect(),
        unfiltered: hashes(&unfiltered).lines().filter_map(frame).collect(),
        messages,
        intra: samples
            .chunks_exact(size.max(1))
            .map(<[u16]>::to_vec)
            .collect(),
    }
}

/// The hash in a line of framehash.
fn frame(line: &str) -> Option<String> {
    let hash = line.rsplit(',').next().map(str::trim);
    hash.filter(|_| !line.starts_with('#')).map(str::to_string)
}

/// A line of ffmpeg without what differs from run to run.
fn message(line: &str) -> Option<String> {
    let mut text = line.trim();
    if let Some((_, rest)) = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        text = rest;
    }
    // Of the filter that asks for no frame, and of lines that repeat others.
    let is_noise = text.is_empty()
        || text.starts_with("Last message repeated")
        || text.starts_with("Output file is empty")
        || text.contains("do not form a valid timestamp")
        || text.contains("Timestamps are unset");
    let plain = |c: char| if c.is_ascii_digit() { '#' } else { c };
    (!is_noise).then(|| text.chars().map(plain).collect())
}

/// SHA-256 as framehash prints it.
pub fn hash(planes: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    planes.iter().for_each(|plane| hash.update(plane));
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The correlation of the difference of two pictures with that of the patterns: 1 where variant 0
/// minus variant 1 is a multiple of the two patterns' difference; none without any difference.
pub fn correlation(pictures: [&[u16]; 2], layers: &Layers) -> Option<f64> {
    let pattern = (0..layers.height()).flat_map(|y| {
        let (zero, one) = (layers.row(Mark::Zero, y), layers.row(Mark::One, y));
        let pairs = zero.iter().zip(one);
        pairs.map(|(zero, one)| f64::from(*zero) - f64::from(*one))
    });
    let change = pictures[0].iter().zip(pictures[1]);
    let change = change.map(|(zero, one)| f64::from(*zero) - f64::from(*one));
    let (mut count, mut sums, mut squares, mut products) = (0.0, [0.0; 2], [0.0; 2], 0.0);
    for (change, pattern) in change.zip(pattern) {
        count += 1.0;
        sums[0] += change;
        sums[1] += pattern;
        squares[0] += change * change;
        squares[1] += pattern * pattern;
        products += change * pattern;
    }
    let variance = |at: usize| squares[at] - sums[at] * sums[at] / count;
    let both = variance(0) * variance(1);
    let covariance = products - sums[0] * sums[1] / count;
    (both > 0.0).then(|| covariance / both.sqrt())
}
