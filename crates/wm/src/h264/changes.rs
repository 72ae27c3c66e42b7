//! Which levels of a slice are others in a variant.

use bitstream::h264::slice_data::{Error, Macroblock, SliceData};

/// The changes of a slice, kept apart from it: both variants are written from the same levels.
#[derive(Debug, Default)]
pub(super) struct Changes {
    list: Vec<Change>,
}

#[derive(Clone, Copy, Debug)]
struct Change {
    /// Index of the macroblock in its slice.
    macroblock: u32,
    /// Place among its luma levels, or [`DC`] and the place among its DC levels.
    place: u16,
    level: i32,
}

/// Where DC levels are counted from.
const DC: u16 = 256;

impl Changes {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.list.clear();
    }

    /// A luma level, or a sample of I_PCM.
    #[inline]
    pub(super) fn luma(&mut self, macroblock: usize, place: usize, level: i32) {
        self.list.push(Change {
            macroblock: macroblock as u32,
            place: place as u16,
            level,
        });
    }

    /// A DC level of Intra_16x16.
    #[inline]
    pub(super) fn dc(&mut self, macroblock: usize, place: usize, level: i32) {
        self.luma(macroblock, usize::from(DC) + place, level);
    }

    /// What `write` gives with the changes made; they are taken back afterwards.
    pub(super) fn with<T>(
        &mut self,
        data: &mut SliceData,
        write: impl FnOnce(&SliceData) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let macroblocks: Vec<Macroblock> = data.macroblocks.clone();
        self.swap(data);
        let mut last = None;
        for change in &self.list {
            let index = change.macroblock as usize;
            if last != Some(index) && change.place < DC {
                data.update_cbp_luma(index);
                last = Some(index);
            }
        }
        // Macroblocks that begin to code their QP code the one they had all along; those that
        // cease to have the one before.
        data.settle_qp();
        let written = write(data);
        self.swap(data);
        data.macroblocks = macroblocks;
        written
    }

    /// Puts the levels kept here in the slice, and those of the slice here.
    fn swap(&mut self, data: &mut SliceData) {
        for change in &mut self.list {
            let index = change.macroblock as usize;
            let level = match change.place.checked_sub(DC) {
                Some(place) => data.dc_mut(index).get_mut(usize::from(place)),
                None => data.luma_mut(index).get_mut(usize::from(change.place)),
            };
            if let Some(level) = level {
                std::mem::swap(level, &mut change.level);
            }
        }
    }
}
