//! The mark after an attack, without the original.

use media::Mark;

use crate::arguments::Arguments;
use crate::blind::Normaliser;
use crate::frames::{Frames, transform};
use crate::stream::Marked;
use wm::MasterKey;

/// Blind d' per segment: the correlation with the segment's pattern over the spread of the
/// correlations with patterns of other keys, frames weighted by `exp(-t / 4)`.
pub(crate) fn measure(
    marked: &Marked,
    attack: &str,
    arguments: &Arguments,
) -> Result<String, String> {
    let (name, options) = attack
        .split_once('=')
        .ok_or("an attack is NAME=WIDTHxHEIGHT,ffmpeg options")?;
    let (size, options) = options.split_once(',').unwrap_or((options, ""));
    let (width, height) = size.split_once('x').ok_or("an attack needs a size")?;
    let number = |text: &str| text.parse::<u32>().map_err(|_| format!("size {size}"));
    let (width, height) = (number(width)?, number(height)?);
    let scale = format!("scale={width}:{height}");
    let mut after = vec!["-vf", &scale];
    after.extend(options.split(' ').filter(|word| !word.is_empty()));
    let delivered = match options {
        "" => marked.zero.clone(),
        _ => {
            after.extend(["-f", "h264"]);
            transform(&["-f", "h264"], marked.zero.clone(), &after)?
        }
    };
    let planes = format!("{scale},format=yuv420p,extractplanes=y");
    let rate = delivered.len();
    let mut frames = Frames::run(
        &["-f", "h264"],
        delivered,
        &["-vf", &planes, "-vsync", "passthrough"],
        (width * height) as usize,
    )?;
    // Cells in normalised coordinates: of the shape the source had.
    let grid = arguments.grid(marked.size.0, marked.size.1);
    let normaliser = Normaliser::new(width as usize, height as usize, grid);
    let mut results = Vec::new();
    for (position, count) in marked.segments.iter().enumerate() {
        let mut layers = vec![
            marked
                .key
                .pattern(position as u32, grid)
                .layers(width, height),
        ];
        for decoy in 0..DECOYS {
            let key = MasterKey::from_bytes([100 + decoy; 32]).content("decoy");
            layers.push(key.pattern(position as u32, grid).layers(width, height));
        }
        let mut sums = vec![0.0; layers.len()];
        for frame in 0..*count {
            let Some(frame_bytes) = frames.next() else {
                return Err(format!(
                    "{name}: segment {position}: frame {frame} is missing"
                ));
            };
            if frame >= 12 {
                continue;
            }
            let weight = (-(frame as f64) / 4.0).exp();
            let residual = normaliser.residual(&frame_bytes);
            for (sum, layers) in sums.iter_mut().zip(&layers) {
                let mut product = 0.0;
                for y in 0..height as usize {
                    let row = &residual[y * width as usize..(y + 1) * width as usize];
                    let (a, b) = (layers.row(Mark::Zero, y), layers.row(Mark::One, y));
                    let line: f32 = row
                        .iter()
                        .zip(a.iter().zip(b))
                        .map(|(r, (a, b))| r * (i32::from(*a) - i32::from(*b)) as f32)
                        .sum();
                    product += f64::from(line);
                }
                *sum += weight * product;
            }
        }
        let null = (sums[1..].iter().map(|s| s * s).sum::<f64>() / f64::from(DECOYS)).sqrt();
        results.push(sums[0] / null);
    }
    results.sort_by(f64::total_cmp);
    let mean = results.iter().sum::<f64>() / results.len().max(1) as f64;
    let median = results.get(results.len() / 2).copied().unwrap_or(0.0);
    let least = results.first().copied().unwrap_or(0.0);
    Ok(format!(
        "{name}({} B) d' {mean:.1} median {median:.1} min {least:.1}",
        rate
    ))
}

const DECOYS: u8 = 24;
