//! What the blocks at the edges of a macroblock tell their neighbours.

use super::Neighbours;

/// Of each block at an edge, what [`Coder::block`](super::coder::Coder::block) gave for it:
/// `total_coeff` (CAVLC) or `coded_block_flag` (CABAC).
///
/// While a macroblock is coded, `left` and `above` hold for each row and column the last block
/// passed: at first those of the neighbours, at last its own right and lower edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edges {
    /// By row of luma blocks.
    pub(super) left: [u8; 4],
    /// By column of luma blocks.
    pub(super) above: [u8; 4],
    /// By component and row of chroma blocks.
    pub(super) chroma_left: [[u8; 4]; 2],
    /// By component and column of chroma blocks.
    pub(super) chroma_above: [[u8; 2]; 2],
    /// Blocks of DC levels: luma, Cb, Cr.
    pub(super) dc: [u8; 3],
}

/// The DC blocks of the neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct DcAround {
    pub(super) left: [u8; 3],
    pub(super) above: [u8; 3],
}

impl Edges {
    /// All blocks alike.
    pub(super) fn all(value: u8) -> Self {
        Edges {
            left: [value; 4],
            above: [value; 4],
            chroma_left: [[value; 4]; 2],
            chroma_above: [[value; 2]; 2],
            dc: [value; 3],
        }
    }

    /// What a macroblock starts from; `absent` stands for blocks outside the slice.
    #[inline]
    pub(super) fn around(
        done: &[Edges],
        neighbours: &Neighbours,
        chroma_rows: usize,
        absent: u8,
    ) -> (Edges, DcAround) {
        let mut edges = Edges::all(absent);
        let mut dc = DcAround {
            left: [absent; 3],
            above: [absent; 3],
        };
        if let Some(above) = neighbours.above.and_then(|index| done.get(index)) {
            edges.above = above.above;
            edges.chroma_above = above.chroma_above;
            dc.above = above.dc;
        }
        if let Some(left) = &neighbours.left {
            for (value, from) in edges.left.iter_mut().zip(left) {
                if let Some(mb) = done.get(from.macroblock) {
                    *value = mb.left[usize::from(from.row) % 4];
                }
            }
            if let Some(mb) = done.get(left[0].macroblock) {
                dc.left = mb.dc;
            }
        }
        if let Some(left) = neighbours.left_chroma(chroma_rows) {
            for (row, from) in left.iter().enumerate().take(chroma_rows) {
                if let Some(mb) = done.get(from.macroblock) {
                    edges.chroma_left[0][row] = mb.chroma_left[0][usize::from(from.row) % 4];
                    edges.chroma_left[1][row] = mb.chroma_left[1][usize::from(from.row) % 4];
                }
            }
        }
        (edges, dc)
    }
}
