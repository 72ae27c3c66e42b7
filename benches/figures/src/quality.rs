//! What marking did to the decoded picture.

use media::Mark;

use crate::arguments::Arguments;
use crate::frames::Frames;
use crate::stream::Marked;

/// PSNR against the original over all frames, of the variants against each other, and the gain
/// after deblocking, at the first frame of segments and later.
pub(crate) fn measure(
    bytes: &[u8],
    marked: &Marked,
    arguments: &Arguments,
) -> Result<String, String> {
    let (width, height) = marked.size;
    let size = (width * height) as usize;
    let decode = |bytes: &[u8]| {
        Frames::run(
            &[
                "-skip_loop_filter",
                if std::env::var_os("NOLF").is_some() {
                    "all"
                } else {
                    "default"
                },
                "-f",
                "h264",
            ],
            bytes.to_vec(),
            &["-vf", "extractplanes=y", "-vsync", "passthrough"],
            size,
        )
    };
    let mut original = decode(bytes)?;
    let mut zero = decode(&marked.zero)?;
    let mut one = decode(&marked.one)?;
    let grid = arguments.grid(width, height);
    let mut psnr = Vec::new();
    let mut apart = Vec::new();
    let mut gains: [Vec<f64>; 3] = Default::default();
    for (position, count) in marked.segments.iter().enumerate() {
        let pattern = marked.key.pattern(position as u32, grid);
        let layers = pattern.layers(width, height);
        for frame in 0..*count {
            let (Some(original), Some(zero), Some(one)) =
                (original.next(), zero.next(), one.next())
            else {
                return Err(format!("segment {position}: frame {frame} is missing"));
            };
            psnr.push(psnr_of(&original, &zero));
            apart.push(psnr_of(&zero, &one));
            let at = match frame {
                0 => 0,
                5 => 1,
                20 => 2,
                _ => continue,
            };
            let (mut products, mut squares) = (0.0, 0.0);
            for y in 0..height as usize {
                let (a, b) = (layers.row(Mark::Zero, y), layers.row(Mark::One, y));
                let line = y * width as usize;
                for x in 0..width as usize {
                    let pattern = f64::from(a[x]) - f64::from(b[x]);
                    let change = f64::from(zero[line + x]) - f64::from(one[line + x]);
                    products += pattern * change;
                    squares += pattern * pattern;
                }
            }
            let amplitude = f64::from(
                arguments
                    .amplitude
                    .unwrap_or(arguments.strength.amplitude()),
            ) / 256.0;
            gains[at].push(products / (squares * amplitude));
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let least = psnr.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(format!(
        "decoded-gain {:.3} +5 {:.3} +20 {:.3} psnr {:.2} min {:.2} a-b {:.2}",
        mean(&gains[0]),
        mean(&gains[1]),
        mean(&gains[2]),
        mean(&psnr),
        least,
        mean(&apart)
    ))
}

fn psnr_of(a: &[u8], b: &[u8]) -> f64 {
    let squares: u64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2))
        .sum();
    if squares == 0 {
        return 100.0;
    }
    10.0 * (255.0f64.powi(2) * a.len() as f64 / squares as f64).log10()
}
