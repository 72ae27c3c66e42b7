//! From a NAL unit to macroblocks and levels.

use super::bit_source::BitSource;
use super::cabac::{Cabac, Decoder};
use super::cavlc::Cavlc;
use super::coder::Coder;
use super::error::{Error, Fault, Feature};
use super::syntax::{Progress, Work};
use super::{ABSENT, Areas, Frame, Layout, Macroblock, SliceData};
use crate::h264::{Pps, SliceHeader, Sps};
use crate::nal;

impl SliceData {
    /// Reads the slice data of a whole NAL unit of type 1 or 5, given with its header and
    /// emulation prevention bytes; `header` is its slice header, `sps` and `pps` are those it
    /// refers to.
    ///
    /// Memory is bounded by the macroblocks found, and those by the size of the picture.
    pub fn parse(
        nal: &[u8],
        header: &SliceHeader,
        sps: &Sps,
        pps: &Pps,
    ) -> Result<SliceData, Error> {
        let layout = Layout::new(header, sps, pps)?;
        let unit = nal::unescape(nal);
        let start = match layout.cabac {
            true => header.slice_data_bit.next_multiple_of(8),
            false => header.slice_data_bit,
        };
        let head = unit.get(..start.div_ceil(8) as usize);
        let head = head.ok_or(Error::Header("the unit ends inside its slice header"))?;
        let mut slice = SliceData {
            layout,
            macroblocks: Vec::new(),
            areas: Vec::new(),
            levels: Vec::new(),
            frame: Frame {
                head: head.to_vec(),
                head_bits: start,
                header_bits: header.slice_data_bit,
                tail: Vec::new(),
                tail_at: 0,
            },
        };
        let end = if slice.layout.cabac {
            let decoder = Decoder::new(&unit, head.len(), slice.layout.slice_qp);
            let mut coder = Cabac::new(decoder, slice.layout.field_pic);
            slice.read(&mut coder)?;
            // The last bit of the code is not part of any bin.
            coder.position() - 1
        } else {
            let source = BitSource::new(&unit, start as usize);
            let mut coder = Cavlc::new(source, slice.layout.long_levels);
            slice.read(&mut coder)?;
            coder.position()
        };
        slice.frame.tail_at = end;
        let tail = unit.get((end / 8) as usize..).unwrap_or_default();
        slice.frame.tail = tail.to_vec();
        Ok(slice)
    }

    fn read<C: Coder>(&mut self, coder: &mut C) -> Result<(), Error> {
        let layout = self.layout.clone();
        let mut progress = Progress::new(&layout);
        let mut work = Work::new();
        let most = layout.most_macroblocks();
        loop {
            let index = self.macroblocks.len();
            let result = match index < most {
                true => progress.macroblock(coder, &self.macroblocks, &mut work),
                false => Err(Fault::BeyondPicture),
            };
            let first_of_pair = layout.mbaff && index.is_multiple_of(2);
            let result = result.and_then(|()| {
                let ends = coder.end(first_of_pair, false);
                if ends && first_of_pair {
                    return Err(Fault::HalfPair);
                }
                Ok(ends)
            });
            let ends = result.map_err(|fault| Error::Macroblock {
                bit: coder.position(),
                macroblock: layout.first_address + index,
                fault,
            })?;
            check_bypass(&layout, &work.mb)?;
            self.keep(&mut work);
            if ends {
                return Ok(());
            }
        }
    }

    /// Takes a macroblock and its levels, and leaves room for the next.
    fn keep(&mut self, work: &mut Work) {
        let mb = std::mem::replace(&mut work.mb, Macroblock::empty());
        let chroma = self.chroma_levels();
        let levels = &mut self.levels;
        let mut keep = |area: &mut [i32]| {
            let at = levels.len() as u32;
            // Levels are most of a slice's memory: growing by an eighth leaves little unused.
            if levels.capacity() - levels.len() < area.len() {
                levels.reserve_exact(levels.len() / 8 + (1 << 14));
            }
            levels.extend_from_slice(area);
            area.fill(0);
            at
        };
        let mut areas = Areas {
            dc: ABSENT,
            luma: ABSENT,
            chroma: ABSENT,
        };
        if mb.is_16x16() && work.dc.iter().any(|level| *level != 0) {
            areas.dc = keep(&mut work.dc);
        }
        if mb.cbp_luma != 0 {
            areas.luma = keep(&mut work.luma);
        }
        if mb.cbp_chroma != 0
            && let Some(area) = work.chroma.get_mut(..chroma)
        {
            areas.chroma = keep(area);
        }
        self.macroblocks.push(mb);
        self.areas.push(areas);
    }
}

/// Refuses a macroblock whose samples are coded without a transform.
fn check_bypass(layout: &Layout, mb: &Macroblock) -> Result<(), Error> {
    let offset = 6 * (i32::from(layout.bit_depth_luma) - 8);
    if layout.transform_bypass && i32::from(mb.qp) == -offset && !mb.is_pcm() {
        return Err(Error::Unsupported(Feature::TransformBypass));
    }
    Ok(())
}
