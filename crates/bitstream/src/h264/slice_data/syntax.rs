//! The syntax of macroblocks, H.264 7.3.5, for both coders and both directions.

use super::coder::{Around, Block, Coder};
use super::edges::{DcAround, Edges};
use super::error::{Fault, check};
use super::{CHROMA_DC, CodedMode, LUMA_LEVELS, Layout, Macroblock, MbType, Neighbours};

/// Levels of the two chroma components of 4:2:2.
const CHROMA_LEVELS: usize = 2 * (CHROMA_DC + 128);

/// A neighbouring block that is not there, for CAVLC.
pub(super) const NO_BLOCK: u8 = 0x80;

/// The macroblock being coded with its levels, laid out as in [`SliceData`](super::SliceData).
pub(super) struct Work {
    pub(super) mb: Macroblock,
    pub(super) dc: [i32; 16],
    pub(super) luma: [i32; LUMA_LEVELS],
    pub(super) chroma: [i32; CHROMA_LEVELS],
}

impl Work {
    pub(super) fn new() -> Self {
        Work {
            mb: Macroblock::empty(),
            dc: [0; 16],
            luma: [0; LUMA_LEVELS],
            chroma: [0; CHROMA_LEVELS],
        }
    }
}

/// How far a slice is coded.
pub(super) struct Progress<'a> {
    layout: &'a Layout,
    edges: Vec<Edges>,
    /// QPY of the macroblock before.
    qp: i32,
    /// The macroblock before has an `mb_qp_delta` that is not 0.
    changed_qp: bool,
}

impl<'a> Progress<'a> {
    pub(super) fn new(layout: &'a Layout) -> Self {
        Progress {
            layout,
            edges: Vec::new(),
            qp: layout.slice_qp.into(),
            changed_qp: false,
        }
    }

    /// `macroblock_layer()` of the macroblock after those in `done`, with its
    /// `mb_field_decoding_flag`.
    pub(super) fn macroblock<C: Coder>(
        &mut self,
        coder: &mut C,
        done: &[Macroblock],
        work: &mut Work,
    ) -> Result<(), Fault> {
        let layout = self.layout;
        let index = done.len();
        work.mb.field = match done.last() {
            _ if !layout.mbaff => layout.field_pic,
            Some(first) if index % 2 == 1 => first.field,
            _ => coder.mb_field(layout.field_pairs_around(done), work.mb.field),
        };
        let neighbours = Neighbours::of(layout, done, index, work.mb.field);
        let around = Around::new(done, &neighbours);
        coder.mb_type(&around, &mut work.mb)?;
        let edges = if work.mb.is_pcm() {
            self.samples(coder, work)
        } else {
            self.prediction(coder, &around, &mut work.mb)?;
            self.quantiser(coder, &mut work.mb)?;
            let absent = if C::CABAC { 1 } else { NO_BLOCK };
            let rows = layout.chroma_blocks() / 2;
            let (edges, dc) = Edges::around(&self.edges, &neighbours, rows, absent);
            residual(coder, layout, edges, &dc, work)?
        };
        self.edges.push(edges);
        if coder.overrun() {
            let element = "macroblock_layer";
            return Err(Fault::Truncated { element });
        }
        Ok(())
    }

    /// I_PCM.
    fn samples<C: Coder>(&mut self, coder: &mut C, work: &mut Work) -> Edges {
        let layout = self.layout;
        coder.pcm_start();
        for sample in &mut work.luma {
            *sample = coder.pcm_sample(layout.bit_depth_luma.into(), *sample);
        }
        for sample in work.chroma.iter_mut().take(layout.chroma_samples()) {
            *sample = coder.pcm_sample(layout.bit_depth_chroma.into(), *sample);
        }
        coder.pcm_end();
        // Contexts take all of its blocks to be coded.
        work.mb.cbp_luma = 15;
        work.mb.cbp_chroma = if layout.chroma_array_type == 0 { 0 } else { 2 };
        work.mb.qp = self.qp as i8;
        self.changed_qp = false;
        Edges::all(if C::CABAC { 1 } else { 16 })
    }

    /// `transform_size_8x8_flag`, `mb_pred()` and `coded_block_pattern`.
    fn prediction<C: Coder>(
        &self,
        coder: &mut C,
        around: &Around,
        mb: &mut Macroblock,
    ) -> Result<(), Fault> {
        let is_nxn = mb.mb_type == MbType::INxN;
        let chroma = self.layout.chroma_array_type != 0;
        if is_nxn {
            mb.transform_8x8 =
                self.layout.transform_8x8_mode && coder.transform_8x8(around, mb.transform_8x8);
            let count = if mb.transform_8x8 { 4 } else { 16 };
            for mode in mb.modes.iter_mut().take(count) {
                *mode = coder.mode(*mode);
            }
        }
        if chroma {
            mb.intra_chroma_pred_mode = coder.chroma_mode(around, mb.intra_chroma_pred_mode)?;
        }
        if is_nxn {
            coder.cbp(around, chroma, mb)?;
        }
        Ok(())
    }

    /// `mb_qp_delta`.
    fn quantiser<C: Coder>(&mut self, coder: &mut C, mb: &mut Macroblock) -> Result<(), Fault> {
        let follows = std::mem::take(&mut self.changed_qp);
        if mb.codes_qp() {
            let offset = 6 * (i32::from(self.layout.bit_depth_luma) - 8);
            let (min, max) = (-(26 + offset / 2), 25 + offset / 2);
            // The range of deltas is as long as that of QPs, so each QP has one delta.
            let mut delta = i32::from(mb.qp) - self.qp;
            if delta < min {
                delta += 52 + offset;
            } else if delta > max {
                delta -= 52 + offset;
            }
            let delta = coder.qp_delta(follows, delta)?;
            check("mb_qp_delta", delta.into(), min.into(), max.into())?;
            self.qp = (self.qp + delta + 52 + 2 * offset) % (52 + offset) - offset;
            self.changed_qp = delta != 0;
        }
        mb.qp = self.qp as i8;
        Ok(())
    }
}

/// `residual()`, H.264 7.3.5.3.
#[inline]
fn residual<C: Coder>(
    coder: &mut C,
    layout: &Layout,
    mut edges: Edges,
    dc: &DcAround,
    work: &mut Work,
) -> Result<Edges, Fault> {
    edges.dc = [0; 3];
    let is_16x16 = work.mb.is_16x16();
    if is_16x16 {
        let (left, above) = if C::CABAC {
            (dc.left[0], dc.above[0])
        } else {
            (edges.left[0], edges.above[0])
        };
        edges.dc[0] = coder.block(Block::LumaDc, left, above, &mut work.dc)?;
    }
    for (k, levels) in work.luma.chunks_exact_mut(64).enumerate() {
        let (row, column) = (k / 2 * 2, k % 2 * 2);
        if work.mb.cbp_luma >> k & 1 == 0 {
            edges.left[row] = 0;
            edges.left[row + 1] = 0;
            edges.above[column] = 0;
            edges.above[column + 1] = 0;
        } else if work.mb.transform_8x8 && C::CABAC {
            block_8x8(coder, &mut edges, k, levels)?;
        } else if work.mb.transform_8x8 {
            interleaved(coder, &mut edges, k, levels)?;
        } else {
            let (block, length) = match is_16x16 {
                true => (Block::LumaAc, 15),
                false => (Block::Luma4x4, 16),
            };
            for (k, levels) in levels.chunks_exact_mut(16).enumerate() {
                let (row, column) = (row + k / 2, column + k % 2);
                let (left, above) = (edges.left[row], edges.above[column]);
                let coded = coder.block(block, left, above, &mut levels[..length])?;
                edges.left[row] = coded;
                edges.above[column] = coded;
            }
        }
    }
    if layout.chroma_array_type != 0 {
        residual_chroma(coder, layout, &mut edges, dc, work)?;
    }
    Ok(edges)
}

/// An 8x8 block of CABAC, whose `coded_block_flag` is inferred to be 1.
fn block_8x8<C: Coder>(
    coder: &mut C,
    edges: &mut Edges,
    k: usize,
    levels: &mut [i32],
) -> Result<(), Fault> {
    if C::WRITES && levels.iter().all(|level| *level == 0) {
        return Err(Fault::EmptyBlock8x8 { block: k as u8 });
    }
    coder.block(Block::Luma8x8, 1, 1, levels)?;
    let (row, column) = (k / 2 * 2, k % 2 * 2);
    edges.left[row] = 1;
    edges.left[row + 1] = 1;
    edges.above[column] = 1;
    edges.above[column + 1] = 1;
    Ok(())
}

/// An 8x8 block of CAVLC: four blocks of every fourth level.
fn interleaved<C: Coder>(
    coder: &mut C,
    edges: &mut Edges,
    k: usize,
    levels: &mut [i32],
) -> Result<(), Fault> {
    for part in 0..4 {
        let mut own = [0; 16];
        if C::WRITES {
            for (to, from) in own.iter_mut().zip(levels.iter().skip(part).step_by(4)) {
                *to = *from;
            }
        }
        let (row, column) = (k / 2 * 2 + part / 2, k % 2 * 2 + part % 2);
        let (left, above) = (edges.left[row], edges.above[column]);
        let coded = coder.block(Block::Luma4x4, left, above, &mut own)?;
        edges.left[row] = coded;
        edges.above[column] = coded;
        for (to, from) in levels.iter_mut().skip(part).step_by(4).zip(own) {
            *to = from;
        }
    }
    Ok(())
}

fn residual_chroma<C: Coder>(
    coder: &mut C,
    layout: &Layout,
    edges: &mut Edges,
    dc: &DcAround,
    work: &mut Work,
) -> Result<(), Fault> {
    let blocks = layout.chroma_blocks();
    let size = CHROMA_DC + 16 * blocks;
    if work.mb.cbp_chroma != 0 {
        for (component, levels) in work.chroma.chunks_exact_mut(size).take(2).enumerate() {
            let (left, above) = (dc.left[1 + component], dc.above[1 + component]);
            let coded = coder.block(Block::ChromaDc, left, above, &mut levels[..blocks])?;
            edges.dc[1 + component] = coded;
        }
    }
    if work.mb.cbp_chroma != 2 {
        edges.chroma_left = [[0; 4]; 2];
        edges.chroma_above = [[0; 2]; 2];
        return Ok(());
    }
    for (component, levels) in work.chroma.chunks_exact_mut(size).take(2).enumerate() {
        let blocks = levels[CHROMA_DC..].chunks_exact_mut(16);
        for (k, levels) in blocks.enumerate() {
            let left = &mut edges.chroma_left[component][k / 2 % 4];
            let above = &mut edges.chroma_above[component][k % 2];
            let coded = coder.block(Block::ChromaAc, *left, *above, &mut levels[..15])?;
            *left = coded;
            *above = coded;
        }
    }
    Ok(())
}

/// An error unless a macroblock can be written at all.
pub(super) fn check_writable(layout: &Layout, work: &Work) -> Result<(), Fault> {
    let mb = &work.mb;
    let offset = 6 * (i64::from(layout.bit_depth_luma) - 8);
    check("QPY", mb.qp.into(), -offset, 51)?;
    check("coded_block_pattern", mb.cbp_luma.into(), 0, 15)?;
    check("coded_block_pattern", mb.cbp_chroma.into(), 0, 2)?;
    check(
        "intra_chroma_pred_mode",
        mb.intra_chroma_pred_mode.into(),
        0,
        3,
    )?;
    for mode in mb.modes {
        if let CodedMode::Remaining(mode) = mode {
            check("rem_intra4x4_pred_mode", mode.into(), 0, 7)?;
        }
    }
    match mb.mb_type {
        MbType::INxN => {
            let most = layout.transform_8x8_mode.into();
            check("transform_size_8x8_flag", mb.transform_8x8.into(), 0, most)
        }
        MbType::I16x16 { pred_mode } => {
            check("Intra16x16PredMode", pred_mode.into(), 0, 3)?;
            check("transform_size_8x8_flag", mb.transform_8x8.into(), 0, 0)?;
            let partial = i64::from(!mb.cbp_luma.is_multiple_of(15));
            check(
                "coded_block_pattern of I_16x16 with some blocks",
                partial,
                0,
                0,
            )
        }
        MbType::IPcm => {
            // What contexts of its neighbours take it to be.
            check("coded_block_pattern of I_PCM", mb.cbp_luma.into(), 15, 15)?;
            check("transform_size_8x8_flag", mb.transform_8x8.into(), 0, 0)?;
            let (luma, chroma) = (1 << layout.bit_depth_luma, 1 << layout.bit_depth_chroma);
            for sample in work.luma {
                check("pcm_sample_luma", sample.into(), 0, luma - 1)?;
            }
            for sample in work.chroma.iter().take(layout.chroma_samples()) {
                check("pcm_sample_chroma", (*sample).into(), 0, chroma - 1)?;
            }
            Ok(())
        }
    }
}
