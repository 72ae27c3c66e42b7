//! Prediction inside a picture: from the samples reconstructed so far.

use super::neighbours::{Done, Map, Neighbours};
use super::{
    Edge, Edge16, Intra16x16PredMode, IntraNxNPredMode, Luma, NotAvailable, Place, Structure,
};
use crate::h264::transform::{Block4x4, Block8x8};

/// A frame being reconstructed, macroblock by macroblock in coding order, and what prediction
/// has to remember of it. One value serves any number of pictures of one size; both fields of a
/// frame go to the same one.
#[derive(Clone, Debug)]
pub struct Picture {
    luma: Luma,
    map: Map,
    width_in_mbs: usize,
    bit_depth_minus8: u8,
    slice: u64,
}

/// A macroblock about to be predicted.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    place: Place,
    address: usize,
    mb_field: bool,
    neighbours: Neighbours,
}

impl Site {
    /// Where it lies.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The modes left of the four rows of 4x4 blocks; `None`: no macroblock is available there.
    pub fn left_modes(&self) -> Option<[IntraNxNPredMode; 4]> {
        self.neighbours.left
    }

    /// The modes above the four columns of 4x4 blocks; `None` as on the left.
    pub fn above_modes(&self) -> Option<[IntraNxNPredMode; 4]> {
        self.neighbours.above
    }
}

/// Modes of the 16 4x4 blocks of a macroblock, in rows; those of an 8x8 block are all alike.
pub type Modes = [[IntraNxNPredMode; 4]; 4];

impl Picture {
    /// For frames of this many macroblocks and samples of 8 bits and `bit_depth_minus8` more.
    pub(super) fn new(width_in_mbs: usize, height_in_mbs: usize, bit_depth_minus8: u8) -> Picture {
        Picture {
            luma: Luma::new(16 * width_in_mbs, 16 * height_in_mbs),
            map: Map::new(width_in_mbs, height_in_mbs),
            width_in_mbs,
            bit_depth_minus8: bit_depth_minus8.min(6),
            slice: 0,
        }
    }

    /// The samples so far.
    pub fn luma(&self) -> &Luma {
        &self.luma
    }

    /// Whether frames are this large and deep.
    pub(super) fn fits(&self, width: usize, height: usize, bit_depth_minus8: u8) -> bool {
        let size = (self.luma.width(), self.luma.height());
        size == (16 * width, 16 * height) && self.bit_depth_minus8 == bit_depth_minus8
    }

    /// Starts a slice: nothing decoded so far is available to what follows.
    pub fn start_slice(&mut self) {
        self.slice += 1;
    }

    /// Looks around the next macroblock of the slice; `None` if it is not in the frame.
    ///
    /// `mb_field` is `mb_field_decoding_flag` of MBAFF frames, false elsewhere.
    pub fn site(&self, structure: Structure, address: usize, mb_field: bool) -> Option<Site> {
        let mb_field = mb_field && structure == Structure::Mbaff;
        if address >= self.map.len() {
            return None;
        }
        let place = structure.place(self.width_in_mbs, address, mb_field);
        let neighbours = self
            .map
            .neighbours(structure, address, mb_field, self.slice);
        self.luma.contains(place).then_some(Site {
            place,
            address,
            mb_field,
            neighbours,
        })
    }

    /// Ends a macroblock; `modes` are those of the NxN kinds, `None` for all others.
    pub fn finish(&mut self, site: &Site, modes: Option<&Modes>) {
        let dc = [[IntraNxNPredMode::Dc; 4]; 4];
        let modes = modes.unwrap_or(&dc);
        let done = Done {
            slice: self.slice,
            mb_field: site.mb_field,
            right: modes.map(|row| row[3]),
            bottom: modes[3],
        };
        self.map.set(site.address, done);
    }

    /// The prediction of 4x4 block `block` (0 to 15 in coding order).
    ///
    /// # Errors
    ///
    /// The mode uses samples that are not available.
    pub fn predict_4x4(
        &self,
        site: &Site,
        block: usize,
        mode: IntraNxNPredMode,
    ) -> Result<[[u16; 4]; 4], NotAvailable> {
        let (x, y) = at_4x4(block);
        let later = matches!(block, 3 | 7 | 11 | 13 | 15);
        mode.predict(&self.edge(site, x, y, later), self.bit_depth_minus8)
    }

    /// The prediction of 8x8 block `block` (0 to 3), its neighbours filtered.
    ///
    /// # Errors
    ///
    /// As [`predict_4x4`](Self::predict_4x4).
    pub fn predict_8x8(
        &self,
        site: &Site,
        block: usize,
        mode: IntraNxNPredMode,
    ) -> Result<[[u16; 8]; 8], NotAvailable> {
        let (x, y) = at_8x8(block);
        let edge: Edge<8> = self.edge(site, x, y, block == 3);
        mode.predict(&edge.filtered(), self.bit_depth_minus8)
    }

    /// The prediction of the whole macroblock.
    ///
    /// # Errors
    ///
    /// As [`predict_4x4`](Self::predict_4x4).
    pub fn predict_16x16(
        &self,
        site: &Site,
        mode: Intra16x16PredMode,
    ) -> Result<[[u16; 16]; 16], NotAvailable> {
        let (luma, place, neighbours) = (&self.luma, site.place, &site.neighbours);
        let edge = Edge16 {
            left: neighbours.left.map(|_| luma.left(place)),
            corner: neighbours.corner.then(|| luma.corner(place)),
            above: neighbours.above.map(|_| luma.above(place, 0)),
        };
        mode.predict(&edge, self.bit_depth_minus8)
    }

    /// The samples around a block `x`, `y` samples into the macroblock; `later`: what lies above
    /// it on the right is decoded after it.
    #[inline]
    fn edge<const N: usize>(&self, site: &Site, x: usize, y: usize, later: bool) -> Edge<N> {
        let (luma, place, n) = (&self.luma, site.place.block(x, y), &site.neighbours);
        let (left, above) = (n.left.is_some(), n.above.is_some());
        let corner = match (x, y) {
            (0, 0) => n.corner,
            (0, _) => left,
            (_, 0) => above,
            _ => true,
        };
        let right = match y {
            0 if x + N == 16 => n.above_right,
            0 => above,
            _ => true,
        };
        Edge {
            left: (x > 0 || left).then(|| luma.left(place)),
            corner: corner.then(|| luma.corner(place)),
            above: (y > 0 || above).then(|| luma.above(place, 0)),
            above_right: (right && !later).then(|| luma.above(place, N)),
        }
    }

    /// Sets 4x4 block `block` to its prediction and residual, clipped; `None`: no residual.
    pub fn set_4x4(
        &mut self,
        site: &Site,
        block: usize,
        prediction: &[[u16; 4]; 4],
        residual: Option<&Block4x4>,
    ) {
        let (x, y) = at_4x4(block);
        let depth = self.bit_depth_minus8;
        let samples = residual.map_or(*prediction, |residual| add(prediction, residual, depth));
        self.luma.set_block(site.place.block(x, y), &samples);
    }

    /// Sets 8x8 block `block` to its prediction and residual, clipped; `None`: no residual.
    pub fn set_8x8(
        &mut self,
        site: &Site,
        block: usize,
        prediction: &[[u16; 8]; 8],
        residual: Option<&Block8x8>,
    ) {
        let (x, y) = at_8x8(block);
        let depth = self.bit_depth_minus8;
        let samples = residual.map_or(*prediction, |residual| add(prediction, residual, depth));
        self.luma.set_block(site.place.block(x, y), &samples);
    }

    /// Sets the whole macroblock, to `pcm_sample_luma` or to a prediction that blocks follow.
    pub fn set_16x16(&mut self, site: &Site, samples: &[[u16; 16]; 16]) {
        self.luma.set_block(site.place, samples);
    }
}

/// Column and row of the first sample of a 4x4 block in its macroblock, H.264 6.4.3: four blocks
/// in each 8x8 block.
pub fn at_4x4(block: usize) -> (usize, usize) {
    let (x, y) = at_8x8(block / 4);
    (x + 4 * (block % 2), y + 4 * (block / 2 % 2))
}

/// Column and row of the first sample of an 8x8 block in its macroblock.
pub fn at_8x8(block: usize) -> (usize, usize) {
    (8 * (block % 2), 8 * (block / 2 % 2))
}

#[inline]
fn add<const N: usize>(
    prediction: &[[u16; N]; N],
    residual: &[[i32; N]; N],
    bit_depth_minus8: u8,
) -> [[u16; N]; N] {
    // In 16 bits, which hold every sample and clip the residual as its vector instructions do.
    let max = ((256 << bit_depth_minus8.min(6)) - 1) as i16;
    let mut samples = *prediction;
    let flat = samples.as_flattened_mut().iter_mut();
    for (sample, residual) in flat.zip(residual.as_flattened()) {
        let residual = (*residual).clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        let sum = (*sample as i16).saturating_add(residual);
        *sample = sum.clamp(0, max) as u16;
    }
    samples
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The right neighbour above of each 4x4 block is available in this picture and position.
    fn above_right(picture: &Picture, address: usize) -> Vec<usize> {
        let site = picture.site(Structure::Frame, address, false).unwrap();
        let there = |block: &usize| {
            let (x, y) = at_4x4(*block);
            let later = matches!(block, 3 | 7 | 11 | 13 | 15);
            let edge: Edge<4> = picture.edge(&site, x, y, later);
            edge.above_right.is_some()
        };
        (0..16).filter(there).collect()
    }

    #[test]
    fn blocks_decoded_later_are_not_above_on_the_right() {
        let mut picture = Picture::new(3, 2, 0);
        picture.start_slice();
        assert_eq!(above_right(&picture, 0), [2, 6, 8, 9, 10, 12, 14]);
        for address in 0..4 {
            let site = picture.site(Structure::Frame, address, false).unwrap();
            picture.finish(&site, None);
        }
        let all = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 14];
        assert_eq!(above_right(&picture, 4), all);
        // In the last column block 5 has none.
        let without = [0, 1, 2, 4, 6, 8, 9, 10, 12, 14];
        assert_eq!(above_right(&picture, 5), without);
        assert!(picture.site(Structure::Frame, 6, false).is_none());
        assert!(picture.site(Structure::Frame, usize::MAX, false).is_none());
    }

    #[test]
    fn blocks_follow_each_other_in_quarters() {
        let places: Vec<_> = (0..16).map(at_4x4).collect();
        assert_eq!(
            places[..6],
            [(0, 0), (4, 0), (0, 4), (4, 4), (8, 0), (12, 0)]
        );
        assert_eq!(places[10..13], [(0, 12), (4, 12), (8, 8)]);
        assert_eq!(at_8x8(2), (0, 8));
    }

    #[test]
    fn samples_are_clipped_to_the_bit_depth() {
        let mut picture = Picture::new(1, 1, 2);
        let site = picture.site(Structure::Frame, 0, false).unwrap();
        let residual = [[100, -2000, 1 << 30, 1]; 4];
        picture.set_4x4(&site, 3, &[[1000; 4]; 4], Some(&residual));
        let block: [[u16; 4]; 4] = picture.luma().block(site.place.block(4, 4));
        assert_eq!(block, [[1023, 0, 1023, 1001]; 4]);
    }

    #[test]
    fn fields_of_a_frame_predict_from_their_own_lines() {
        let mut picture = Picture::new(1, 4, 0);
        picture.start_slice();
        let top = picture.site(Structure::TopField, 0, false).unwrap();
        picture.set_16x16(&top, &[[10; 16]; 16]);
        picture.finish(&top, None);
        let below = picture.site(Structure::TopField, 1, false).unwrap();
        let vertical = Intra16x16PredMode::Vertical;
        assert_eq!(picture.predict_16x16(&below, vertical), Ok([[10; 16]; 16]));
        picture.start_slice();
        let bottom = picture.site(Structure::BottomField, 0, false).unwrap();
        assert!(picture.predict_16x16(&bottom, vertical).is_err());
        picture.set_16x16(&bottom, &[[20; 16]; 16]);
        assert_eq!(picture.luma().line(30), [10; 16]);
        assert_eq!(picture.luma().line(31), [20; 16]);
        assert_eq!(picture.luma().line(64), []);
    }

    fn structure() -> impl Strategy<Value = Structure> {
        prop_oneof![
            Just(Structure::Frame),
            Just(Structure::Mbaff),
            Just(Structure::TopField),
            Just(Structure::BottomField),
        ]
    }

    proptest! {
        #[test]
        fn any_macroblocks_in_any_order_give_samples_within_the_bit_depth(
            size in (1..4usize, 1..3usize),
            depth in 0..7u8,
            steps in proptest::collection::vec(
                (structure(), 0..40usize, any::<[bool; 2]>(), 0..9usize, any::<[i32; 4]>()),
                1..30,
            ),
        ) {
            let mut picture = Picture::new(size.0, 2 * size.1, depth);
            picture.start_slice();
            for (structure, address, [mb_field, starts], mode, values) in steps {
                if starts {
                    picture.start_slice();
                }
                let Some(site) = picture.site(structure, address, mb_field) else {
                    continue;
                };
                let mode = IntraNxNPredMode::ALL[mode];
                let whole = Intra16x16PredMode::new(mode as u8);
                if let Some(Ok(samples)) = whole.map(|whole| picture.predict_16x16(&site, whole)) {
                    picture.set_16x16(&site, &samples);
                }
                for block in 0..16 {
                    if let Ok(prediction) = picture.predict_4x4(&site, block, mode) {
                        picture.set_4x4(&site, block, &prediction, Some(&[values; 4]));
                    }
                    if let Ok(prediction) = picture.predict_8x8(&site, block % 4, mode) {
                        let residual = [[values[block % 4]; 8]; 8];
                        picture.set_8x8(&site, block % 4, &prediction, Some(&residual));
                    }
                }
                picture.finish(&site, Some(&[[mode; 4]; 4]));
            }
            let max = (256 << depth) - 1;
            prop_assert!(picture.luma().samples().iter().all(|sample| *sample <= max));
        }
    }
}
