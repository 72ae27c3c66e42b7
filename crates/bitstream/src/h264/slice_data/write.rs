//! From macroblocks and levels to a NAL unit.

use super::bit_sink::BitSink;
use super::cabac::{Cabac, Encoder};
use super::cavlc::Cavlc;
use super::coder::Coder;
use super::error::Error;
use super::syntax::{Progress, Work, check_writable};
use super::{MbType, SliceData};
use crate::nal;

/// What is to follow the last macroblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The bits of the slice that was parsed, which need not be those of [`Standard`]: encoders
    /// end the arithmetic code in different ways, and write bits after the stop bit.
    ///
    /// If the slice has become longer or shorter, or did not end with a stop bit, [`Standard`].
    ///
    /// [`Standard`]: Ending::Standard
    Original,
    /// The stop bit and zeros to the end of the byte, and the `cabac_zero_words` of the slice
    /// that was parsed.
    Standard,
}

impl SliceData {
    /// The NAL unit, with its header and emulation prevention bytes: the headers of the slice that
    /// was parsed, the macroblocks and levels there are now.
    ///
    /// `mb_qp_delta` follows from QPs, see [`Macroblock::qp`](super::Macroblock::qp).
    pub fn write(&self, ending: Ending) -> Result<Vec<u8>, Error> {
        let frame = &self.frame;
        let mut sink = BitSink::with_capacity(self.levels.len() / 8 + frame.head.len());
        sink.copy(&frame.head, 0, frame.head_bits);
        let layout = &self.layout;
        let mut sink = if layout.cabac {
            let encoder = Encoder::new(sink, layout.slice_qp);
            let mut coder = Cabac::new(encoder, layout.field_pic);
            self.write_macroblocks(&mut coder)?;
            coder.bins.finish()
        } else {
            let mut coder = Cavlc::new(sink, layout.long_levels);
            self.write_macroblocks(&mut coder)?;
            let mut sink = coder.codes;
            sink.bits(1, 1);
            sink
        };
        // Both have a stop bit now; it is the first bit of the tail. An arithmetic code may go on with
        // a 0 there, which says other bits before it than the encoder does.
        let stop = frame
            .tail
            .first()
            .map_or(0, |byte| byte << (frame.tail_at % 8));
        let same_end = sink.position() == frame.tail_at + 1 && stop & 0x80 != 0;
        if ending == Ending::Original && same_end {
            sink.replace_last(&frame.tail, frame.tail_at);
        } else {
            sink.align(0);
            let length = sink.position() as usize / 8 + self.zero_bytes();
            sink.bytes_mut().resize(length, 0);
        }
        Ok(nal::escape(&sink.into_bytes()).into_owned())
    }

    fn write_macroblocks<C: Coder>(&self, coder: &mut C) -> Result<(), Error> {
        let layout = &self.layout;
        let mut progress = Progress::new(layout);
        let mut work = Work::new();
        for index in 0..self.macroblocks.len() {
            self.load(index, &mut work);
            let (done, _) = self.macroblocks.split_at(index);
            check_writable(layout, &work)
                .and_then(|()| progress.macroblock(coder, done, &mut work))
                .map_err(|fault| Error::Macroblock {
                    bit: coder.position(),
                    macroblock: self.address(index),
                    fault,
                })?;
            let first_of_pair = layout.mbaff && index.is_multiple_of(2);
            coder.end(first_of_pair, index + 1 == self.macroblocks.len());
        }
        Ok(())
    }

    /// Makes `work` the macroblock at `index`; levels it does not write may be anything.
    fn load(&self, index: usize, work: &mut Work) {
        let Some(mb) = self.macroblocks.get(index) else {
            return;
        };
        work.mb = *mb;
        let load = |to: &mut [i32], from: Option<&[i32]>| match from {
            Some(from) => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
            None => to.fill(0),
        };
        if mb.mb_type != MbType::INxN {
            load(&mut work.dc, self.dc(index));
        }
        if mb.cbp_luma != 0 {
            load(&mut work.luma, self.luma(index));
        }
        if mb.cbp_chroma != 0 {
            load(&mut work.chroma, self.chroma(index));
        }
    }

    /// Bytes of `cabac_zero_words` in the tail.
    fn zero_bytes(&self) -> usize {
        let tail = &self.frame.tail;
        let zeros = tail.iter().rev().take_while(|byte| **byte == 0).count();
        // The first byte may be no more than the end of the slice data.
        if self.layout.cabac && zeros < tail.len() {
            zeros & !1
        } else {
            0
        }
    }
}
