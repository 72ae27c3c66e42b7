//! The intra pictures of a film, decoded by ours.

use bitstream::h264::intra::Picture;
use bitstream::h264::slice_data::SliceData;
use bitstream::h264::{ParameterSets, SliceHeader, SliceType, Sps};

use super::access_units::is_next;
use super::decoders::hash;
use super::film::{Film, is_slice};

/// One frame of nothing but I slices.
#[derive(Clone, Debug)]
pub struct Rebuilt {
    /// The sample it ends in.
    pub sample: usize,
    /// SHA-256 of what is displayed of its luma before the loop filter, samples beyond 8 bits as
    /// two bytes, the less significant first.
    pub hash: String,
}

struct Rebuilder {
    out: Vec<Rebuilt>,
    picture: Option<Picture>,
    last: Option<SliceHeader>,
    /// Macroblocks of this frame so far; `None` where it is no intra frame.
    macroblocks: Option<usize>,
    sps: Option<Sps>,
    sample: usize,
}

/// Decodes every frame that has I slices only.
pub fn rebuild(film: &Film) -> Vec<Rebuilt> {
    let mut rebuilder = Rebuilder {
        out: Vec::new(),
        picture: None,
        last: None,
        macroblocks: None,
        sps: None,
        sample: 0,
    };
    film.walk(|sample, unit, sets| {
        if is_slice(unit) {
            rebuilder.slice(sample, unit, sets);
        }
    });
    rebuilder.finish();
    rebuilder.out
}

impl Rebuilder {
    fn slice(&mut self, sample: usize, unit: &[u8], sets: &ParameterSets) {
        let Ok(header) = SliceHeader::parse(unit, sets) else {
            self.macroblocks = None;
            return;
        };
        if header.redundant_pic_cnt > 0 {
            return;
        }
        let pps = sets.pps(header.pps_id).expect("the slice's parameter set");
        let sps = sets.sps(pps.sps_id).expect("its sequence parameter set");
        if self.last.as_ref().is_none_or(|last| is_next(last, &header)) {
            let is_second = self.last.as_ref().is_some_and(|last| {
                last.field_pic
                    && header.field_pic
                    && last.bottom_field != header.bottom_field
                    && last.frame_num == header.frame_num
            });
            if !is_second {
                self.finish();
                self.macroblocks = Some(0);
            }
        }
        self.last = Some(header.clone());
        self.sample = sample;
        let parsed = match header.slice_type {
            SliceType::I => SliceData::parse(unit, &header, sps, pps).ok(),
            _ => None,
        };
        let picture = match self.picture.take() {
            Some(picture) if picture.is_of(sps) => Some(picture),
            _ => Picture::of(sps).ok(),
        };
        self.sps = Some(sps.clone());
        self.macroblocks = match (parsed, picture, self.macroblocks) {
            (Some(data), Some(mut picture), Some(macroblocks)) => {
                let result = picture.reconstruct(sps, pps, &header, &data);
                self.picture = Some(picture);
                result.is_ok().then(|| macroblocks + data.macroblocks.len())
            }
            (_, picture, _) => {
                self.picture = picture;
                None
            }
        };
    }

    /// Ends a frame.
    fn finish(&mut self) {
        let (Some(count), Some(picture), Some(sps)) =
            (self.macroblocks.take(), &self.picture, &self.sps)
        else {
            return;
        };
        if count != (sps.pic_width_in_mbs() * sps.frame_height_in_mbs()) as usize {
            return;
        }
        let (left, top) = sps.display_offset();
        let (left, top) = (left as usize, top as usize);
        let mut bytes = Vec::new();
        for y in top..top + sps.height() as usize {
            let line = picture.luma().line(y);
            for sample in &line[left..left + sps.width() as usize] {
                let count = if sps.bit_depth_luma() > 8 { 2 } else { 1 };
                bytes.extend_from_slice(&sample.to_le_bytes()[..count]);
            }
        }
        self.out.push(Rebuilt {
            sample: self.sample,
            hash: hash(&[&bytes]),
        });
    }
}
