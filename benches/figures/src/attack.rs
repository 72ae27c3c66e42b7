//! The mark after an attack, without the original.

use media::Mark;
use wm::{Grid, MasterKey};

use crate::arguments::Arguments;
use crate::blind::Normaliser;
use crate::error::Error;
use crate::frames::{Deblocking, Frames, transcode};
use crate::row::Row;
use crate::stream::Marked;

/// Patterns of other keys that say how large a correlation is by chance.
const DECOYS: u8 = 24;

/// Frames of a segment that are looked at, and by how many their weight falls to `1 / e`.
const FRAMES: usize = 12;
const DECAY: f64 = 4.0;

/// What is done to the delivered stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attack {
    name: String,
    /// Of the copy; `None`: as it is delivered.
    size: Option<(u32, u32)>,
    /// Of the encoder; none: no encoder, only scaling.
    options: Vec<String>,
}

impl Attack {
    /// From `NAME[=WIDTHxHEIGHT[,OPTIONS]]`.
    pub(crate) fn parse(text: &str) -> Result<Attack, String> {
        let (name, rest) = text.split_once('=').unwrap_or((text, ""));
        let (size, options) = rest.split_once(',').unwrap_or((rest, ""));
        let number = |text: &str| -> Option<u32> {
            let number = text.parse().ok()?;
            (16..=8192).contains(&number).then_some(number)
        };
        let size = match size {
            "" => None,
            size => {
                let parts = size.split_once('x');
                let parsed = parts.and_then(|(width, height)| number(width).zip(number(height)));
                Some(parsed.ok_or_else(|| format!("size: is {size}, expected WIDTHxHEIGHT"))?)
            }
        };
        Ok(Attack {
            name: name.to_owned(),
            size,
            options: options.split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// The copy.
    fn run(&self, marked: &Marked, (width, height): (u32, u32)) -> Result<Vec<u8>, Error> {
        let delivered = marked.alternating();
        if self.options.is_empty() {
            return Ok(delivered);
        }
        let scale = format!("scale={width}:{height}");
        let mut output = vec!["-vf", &scale, "-threads", "1"];
        output.extend(self.options.iter().map(String::as_str));
        output.extend(["-f", "h264"]);
        transcode(&marked.input(), delivered, &output)
    }
}

/// Blind d' per segment of variants 0 and 1 in turn: the correlation with the segment's pattern
/// over the spread of the correlations with patterns of other keys, frames weighted by
/// `exp(-t / 4)`; negative where the bit is wrong.
pub(crate) fn measure(
    marked: &Marked,
    attack: &Attack,
    arguments: &Arguments,
    row: &mut Row,
) -> Result<(), Error> {
    let size = attack.size.unwrap_or(marked.size);
    let copy = attack.run(marked, size)?;
    let bytes = copy.len() as u64;
    let mut frames = Frames::decode(&marked.input(), copy, size, Deblocking::On)?;
    // Cells in normalised coordinates: of the shape the source had.
    let grid = arguments.grid(marked.size);
    let normaliser = Normaliser::new(size.0 as usize, size.1 as usize, grid);
    let mut distances = Vec::new();
    for (position, segment) in marked.segments.iter().enumerate() {
        let mut evidence = vec![0.0f32; size.0 as usize * size.1 as usize];
        for number in 0..segment.frames {
            let frame = frames.next().ok_or_else(|| {
                let name = &attack.name;
                Error::new(format!(
                    "{name}: segment {position}: frame {number} is missing"
                ))
            })?;
            if number < FRAMES {
                let weight = (-(number as f64) / DECAY).exp() as f32;
                for (sum, residual) in evidence.iter_mut().zip(normaliser.residual(&frame)) {
                    *sum += weight * residual;
                }
            }
        }
        let sign = if position % 2 == 0 { 1.0 } else { -1.0 };
        distances.push(sign * distance(marked, position as u32, grid, size, &evidence));
    }
    distances.sort_by(f64::total_cmp);
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    let name = &attack.name;
    row.count(&format!("{name}_bytes"), bytes);
    row.number(&format!("{name}_d_mean"), mean, 1);
    let middle = distances.get(distances.len() / 2);
    row.number(
        &format!("{name}_d_median"),
        middle.copied().unwrap_or(f64::NAN),
        1,
    );
    let least = distances.first();
    row.number(
        &format!("{name}_d_min"),
        least.copied().unwrap_or(f64::NAN),
        1,
    );
    let wrong = distances
        .iter()
        .filter(|distance| **distance <= 0.0)
        .count();
    row.count(&format!("{name}_wrong_bits"), wrong as u64);
    Ok(())
}

/// How far the evidence for bit 0 is from chance, in standard deviations.
fn distance(marked: &Marked, position: u32, grid: Grid, size: (u32, u32), evidence: &[f32]) -> f64 {
    let correlation = |key: &wm::ContentKey| {
        let layers = key.pattern(position, grid).layers(size.0, size.1);
        let rows = evidence.chunks(layers.width().max(1)).enumerate();
        let sums = rows.map(|(y, row)| {
            let pattern = layers
                .row(Mark::Zero, y)
                .iter()
                .zip(layers.row(Mark::One, y));
            let products = row
                .iter()
                .zip(pattern)
                .map(|(value, (a, b))| value * (i32::from(*a) - i32::from(*b)) as f32);
            f64::from(products.sum::<f32>())
        });
        sums.sum::<f64>()
    };
    let mut squares = 0.0;
    for decoy in 0..DECOYS {
        let key = MasterKey::from_bytes([100 + decoy; 32]).content("decoy");
        squares += correlation(&key).powi(2);
    }
    correlation(&marked.key) / (squares / f64::from(DECOYS)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_size_and_options_are_told_apart() {
        let attack = Attack::parse("480p=854x480,-c:v libx264 -x264-params a=1,b=2").unwrap();
        assert_eq!(attack.name, "480p");
        assert_eq!(attack.size, Some((854, 480)));
        assert_eq!(
            attack.options,
            ["-c:v", "libx264", "-x264-params", "a=1,b=2"]
        );
        let clean = Attack::parse("clean").unwrap();
        assert_eq!((clean.size, clean.options.len()), (None, 0));
    }

    #[test]
    fn sizes_without_two_numbers_are_refused() {
        for text in ["a=854", "a=854x", "a=0x480", "a=x,-b:v 1M", "a=1e9x480"] {
            assert!(Attack::parse(text).is_err(), "{text}");
        }
    }
}
