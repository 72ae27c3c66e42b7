//! What weighted prediction makes of a mark.
//!
//! In a fade from black every picture is predicted from the one before times a weight, and so is
//! the mark in it: weights of 5.4, 1.4 and 1.3 in a row make ten grey levels of one.

use bitstream::h264::{NalHeader, NalUnitType, SliceHeader, SliceType};

use super::segment::units;
use super::stream::Stream;

/// For each sample by how much the largest weights in a row multiply what is added to it, before
/// the next sample with an intra slice; 1 where nothing does.
///
/// The largest weight of a picture counts, below 1 only if all are. Headers that cannot be read have
/// no weights; marking stops at them or does not look at them.
pub(super) fn amplifications(stream: &Stream, samples: &[&[u8]]) -> Vec<f32> {
    let mut stream = stream.clone();
    let mut worst = vec![1.0; samples.len()];
    let mut marked = None;
    let mut running = 1.0f32;
    for (place, sample) in samples.iter().enumerate() {
        let mut weight = Weight::default();
        for unit in units(stream.framing(), sample).flatten() {
            let kind = NalHeader::parse(unit.bytes).map(|header| header.nal_unit_type);
            match kind {
                Ok(NalUnitType::SPS | NalUnitType::PPS) => {
                    // Marking reports what is wrong with it.
                    let _ = stream.insert_parameter_set(unit.bytes);
                }
                Ok(kind) if kind.is_vcl() => {
                    if let Ok(Some((_, _, header))) = stream.slice(unit.bytes) {
                        weight.add(&header);
                    }
                }
                _ => {}
            }
        }
        if weight.intra {
            marked = Some(place);
            running = 1.0;
        }
        // Pictures of B slices alone are taken for the last that are predicted from them.
        let here = running * weight.of_p.max(weight.of_b);
        if weight.of_p > 0.0 {
            running *= weight.of_p;
        }
        if let Some(worst) = marked.and_then(|marked| worst.get_mut(marked)) {
            *worst = here.max(*worst);
        }
    }
    worst
}

/// The largest weights of an access unit.
#[derive(Default)]
struct Weight {
    intra: bool,
    of_p: f32,
    of_b: f32,
}

impl Weight {
    fn add(&mut self, header: &SliceHeader) {
        let largest = match header.slice_type {
            SliceType::I | SliceType::Si => {
                self.intra = true;
                return;
            }
            SliceType::P | SliceType::Sp => &mut self.of_p,
            SliceType::B => &mut self.of_b,
        };
        let Some(table) = &header.pred_weight_table else {
            *largest = largest.max(1.0);
            return;
        };
        let unit = f32::from(1u8 << table.luma_log2_weight_denom.min(7));
        for entry in table.weights.iter().flatten() {
            let weight = entry
                .luma
                .map_or(1.0, |(weight, _)| f32::from(weight.unsigned_abs()) / unit);
            *largest = largest.max(weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use bitstream::nal::AnnexB;

    use super::*;
    use crate::h264::Framing;
    use crate::h264::testing::access_units;

    /// x264 of 64 by 64 samples that fade in from black over eight pictures: an IDR picture and
    /// P pictures with explicit weights. Its parameter sets come first. From Big Buck Bunny, (c)
    /// Blender Foundation, CC BY 3.0.
    const FADE: &[u8] = include_bytes!("fades/fade_in.264");

    #[test]
    fn a_fade_from_black_multiplies_the_mark() {
        let samples: Vec<&[u8]> = access_units(FADE);
        let found = amplifications(&Stream::new(Framing::AnnexB), &samples);
        assert!(found[0] > 2.5, "{found:?}");
        assert!(found[1..].iter().all(|each| *each == 1.0), "{found:?}");
        // Without the pictures that follow, nothing happens to the first.
        let found = amplifications(&Stream::new(Framing::AnnexB), &samples[..1]);
        assert_eq!(found, [1.0]);
    }

    #[test]
    fn weights_of_the_pictures_in_a_row_are_multiplied() {
        let mut stream = Stream::new(Framing::AnnexB);
        let (mut product, mut pictures) = (1.0f32, 0);
        for unit in AnnexB::new(FADE) {
            if stream.insert_parameter_set(unit.bytes).is_ok() {
                continue;
            }
            let Ok(Some((_, _, header))) = stream.slice(unit.bytes) else {
                continue;
            };
            if let Some(table) = header.pred_weight_table {
                pictures += 1;
                let unit = (1 << table.luma_log2_weight_denom) as f32;
                let weights = table.weights[0].iter();
                let weights = weights.map(|w| w.luma.map_or(1.0, |(w, _)| f32::from(w) / unit));
                product *= weights.fold(1.0, f32::max);
            }
        }
        assert!(pictures > 2);
        let found = amplifications(&Stream::new(Framing::AnnexB), &access_units(FADE));
        assert!((found[0] - product).abs() < 0.001, "{found:?} {product}");
    }
}
