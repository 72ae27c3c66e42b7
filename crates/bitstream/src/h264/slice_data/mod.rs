//! The slice data of intra slices, H.264 7.3.4 and 7.3.5: parsed to levels, and written again.
//!
//! [`SliceData::parse`] reads every macroblock of an I slice, coded with CAVLC or CABAC;
//! [`SliceData::write`] gives the NAL unit back, with whatever levels, coded block patterns and QPs
//! have become. An unchanged slice is written to the bytes it was read from.

mod bit_sink;
mod bit_source;
mod cabac;
mod cavlc;
mod coder;
mod edges;
mod error;
mod layout;
mod macroblock;
mod neighbours;
mod parse;
mod syntax;
mod write;

pub use error::{Error, Fault, Feature};
pub use layout::Layout;
pub use macroblock::{CodedMode, Macroblock, MbType};
pub use neighbours::{LeftBlock, Neighbours};
pub use write::Ending;

/// Luma levels of a macroblock.
const LUMA_LEVELS: usize = 256;
/// Slots for the DC levels of a chroma component.
const CHROMA_DC: usize = 8;

/// The macroblocks of an intra slice and their levels.
///
/// Slices are equal if their macroblocks are and the levels these code, whatever their bytes.
#[derive(Clone, Debug)]
pub struct SliceData {
    layout: Layout,
    /// The macroblocks in decoding order, from `first_mb_in_slice` on without a gap.
    pub macroblocks: Vec<Macroblock>,
    /// Where the levels of each macroblock are.
    areas: Vec<Areas>,
    levels: Vec<i32>,
    /// What comes before slice data, and what comes after.
    frame: Frame,
}

/// Where levels of a macroblock start, or [`ABSENT`].
#[derive(Clone, Copy, Debug)]
struct Areas {
    dc: u32,
    luma: u32,
    chroma: u32,
}

/// No levels are kept: all of them are 0.
const ABSENT: u32 = u32::MAX;

/// The rest of the NAL unit, without emulation prevention bytes.
#[derive(Clone, Debug)]
struct Frame {
    /// The headers, and with CABAC the alignment after them.
    head: Vec<u8>,
    /// In bits.
    head_bits: u64,
    /// Those of them that are headers.
    header_bits: u64,
    /// From the stop bit on (with CABAC the last bit of the arithmetic code): bits after it, and
    /// `cabac_zero_words`.
    tail: Vec<u8>,
    /// Where the tail starts in the unit, in bits.
    tail_at: u64,
}

impl SliceData {
    /// What parameter sets and slice header say.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Macroblock address of the macroblock at `index`.
    pub fn address(&self, index: usize) -> usize {
        self.layout.first_address + index
    }

    /// Bytes of the unit after the byte in which the slice data ends, without emulation
    /// prevention: `cabac_zero_words`, or zeros that a container added. Anything else says
    /// that the slice was not what it seemed.
    pub fn bytes_after(&self) -> &[u8] {
        let tail = &self.frame.tail;
        // With CABAC the tail starts with the stop bit, else the stop bit is the next one.
        tail.get(1..).unwrap_or_default()
    }

    /// The neighbours of the macroblock at `index` that lie in this slice.
    pub fn neighbours(&self, index: usize) -> Neighbours {
        let field = self.macroblocks.get(index).is_some_and(|mb| mb.field);
        Neighbours::of(&self.layout, &self.macroblocks, index, field)
    }

    /// The 16 DC levels of I_16x16 in coding order; `None` where all are 0 and none are kept.
    pub fn dc(&self, index: usize) -> Option<&[i32]> {
        self.area(self.areas.get(index)?.dc, 16)
    }

    /// The 256 luma levels of a macroblock; `None` where all are 0 and none are kept.
    ///
    /// Blocks follow each other in coding order (6.4.3: of four 8x8 blocks, the four 4x4 blocks of
    /// each): 4x4 block `k` from `16 * k`, 8x8 block `k` from `64 * k`, the levels of a block in
    /// the order of its scan. The 15 AC levels of block `k` of I_16x16 start at `16 * k`, and
    /// the 16th place is 0. Of I_PCM these are the samples, row by row.
    pub fn luma(&self, index: usize) -> Option<&[i32]> {
        self.area(self.areas.get(index)?.luma, LUMA_LEVELS)
    }

    /// The chroma levels of a macroblock, Cb and then Cr; `None` where all are 0 and none are kept.
    ///
    /// A component has 8 places for DC levels (of which 4:2:0 uses 4) and 16 for each of its
    /// blocks, 15 AC levels and a 0. Of I_PCM these are the samples of Cb and then of Cr, row by
    /// row, without gaps.
    pub fn chroma(&self, index: usize) -> Option<&[i32]> {
        let size = self.chroma_levels();
        self.area(self.areas.get(index)?.chroma, size)
    }

    /// [`dc`](Self::dc) to be changed; zeros are made where none were kept. Empty beyond the
    /// last macroblock.
    pub fn dc_mut(&mut self, index: usize) -> &mut [i32] {
        let Some(areas) = self.areas.get_mut(index) else {
            return &mut [];
        };
        area_mut(&mut self.levels, &mut areas.dc, 16)
    }

    /// [`luma`](Self::luma) to be changed; zeros are made where none were kept. Empty beyond the
    /// last macroblock.
    ///
    /// Set [`cbp_luma`](Macroblock::cbp_luma) as well, or call
    /// [`update_cbp_luma`](Self::update_cbp_luma)
    /// afterwards: levels of blocks it leaves out are not written.
    pub fn luma_mut(&mut self, index: usize) -> &mut [i32] {
        let Some(areas) = self.areas.get_mut(index) else {
            return &mut [];
        };
        area_mut(&mut self.levels, &mut areas.luma, LUMA_LEVELS)
    }

    /// [`chroma`](Self::chroma) to be changed, as [`luma_mut`](Self::luma_mut).
    pub fn chroma_mut(&mut self, index: usize) -> &mut [i32] {
        let size = self.chroma_levels();
        let Some(areas) = self.areas.get_mut(index) else {
            return &mut [];
        };
        area_mut(&mut self.levels, &mut areas.chroma, size)
    }

    /// Makes the luma coded block pattern of a macroblock that of its levels: of I_NxN one bit
    /// for each 8x8 block that has a level, of I_16x16 15 if any AC level is there, else 0.
    pub fn update_cbp_luma(&mut self, index: usize) {
        let coded = |levels: &[i32]| levels.iter().any(|level| *level != 0);
        let bits = self.luma(index).map_or(0, |luma| {
            luma.chunks(64)
                .enumerate()
                .fold(0, |bits, (k, block)| bits | u8::from(coded(block)) << k)
        });
        if let Some(mb) = self.macroblocks.get_mut(index) {
            mb.cbp_luma = match mb.mb_type {
                MbType::INxN => bits,
                MbType::I16x16 { .. } if bits != 0 => 15,
                MbType::I16x16 { .. } => 0,
                MbType::IPcm => mb.cbp_luma,
            };
        }
    }

    /// Gives every macroblock that does not code its QP the QP before it, which is what a
    /// decoder takes it to have; needed after coded block patterns became 0.
    pub fn settle_qp(&mut self) {
        let mut qp = self.layout.slice_qp;
        for mb in &mut self.macroblocks {
            if !mb.codes_qp() {
                mb.qp = qp;
            }
            qp = mb.qp;
        }
    }

    /// The same macroblocks and levels for a picture parameter set whose
    /// `entropy_coding_mode_flag` is the other one. Not all can be written: CABAC has no code for
    /// an 8x8 block without levels.
    pub fn recoded(&self) -> SliceData {
        let mut slice = self.clone();
        let cabac = !slice.layout.cabac;
        slice.layout.cabac = cabac;
        let frame = &mut slice.frame;
        frame.head_bits = match cabac {
            true => frame.header_bits.next_multiple_of(8),
            false => frame.header_bits,
        };
        // The alignment before CABAC is bits that are 1.
        let ones = 0xff >> (frame.header_bits % 8);
        if let Some(last) = frame.head.last_mut().filter(|_| ones != 0xff) {
            *last |= ones;
        }
        frame.tail.clear();
        frame.tail_at = 0;
        slice
    }

    fn chroma_levels(&self) -> usize {
        2 * (CHROMA_DC + 16 * self.layout.chroma_blocks())
    }

    fn area(&self, at: u32, size: usize) -> Option<&[i32]> {
        if at == ABSENT {
            return None;
        }
        self.levels.get(at as usize..)?.get(..size)
    }
}

/// `size` levels at `at`, made where there are none.
fn area_mut<'a>(levels: &'a mut Vec<i32>, at: &mut u32, size: usize) -> &'a mut [i32] {
    if *at == ABSENT {
        *at = levels.len() as u32;
        levels.resize(levels.len() + size, 0);
    }
    let levels = levels.get_mut(*at as usize..).unwrap_or_default();
    levels.get_mut(..size).unwrap_or_default()
}

impl PartialEq for SliceData {
    fn eq(&self, other: &Self) -> bool {
        let same = |index: usize| {
            let (own, others) = (self.written(index), other.written(index));
            own.zip(others).all(|(a, b)| a == b)
        };
        self.layout == other.layout
            && self.macroblocks == other.macroblocks
            && (0..self.macroblocks.len()).all(same)
    }
}

impl Eq for SliceData {}

impl SliceData {
    /// The levels of a macroblock that are written, 0 in the place of others.
    fn written(&self, index: usize) -> impl Iterator<Item = i32> {
        let mb = self.macroblocks.get(index).copied();
        let mb = mb.unwrap_or(Macroblock::empty());
        let samples = mb.is_pcm().then(|| self.layout.chroma_samples());
        let component = self.chroma_levels() / 2;
        let is_written = move |at: usize| match (samples, mb.cbp_chroma) {
            (Some(samples), _) => at < samples,
            (None, 0) => false,
            (None, 1) => at % component.max(1) < CHROMA_DC,
            (None, _) => true,
        };
        let level = |levels: Option<&[i32]>, at: usize| {
            let level = levels.and_then(|levels| levels.get(at));
            level.copied().unwrap_or(0)
        };
        let (dc, luma, chroma) = (self.dc(index), self.luma(index), self.chroma(index));
        let dc = (0..16).map(move |at| level(dc.filter(|_| mb.is_16x16()), at));
        let luma = (0..LUMA_LEVELS)
            .map(move |at| level(luma.filter(|_| mb.cbp_luma >> (at / 64) & 1 != 0), at));
        let chroma = (0..2 * component).map(move |at| level(chroma.filter(|_| is_written(at)), at));
        dc.chain(luma).chain(chroma)
    }
}
