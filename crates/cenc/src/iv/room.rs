//! Counters set aside for one unit of work.

use thiserror::Error;

use super::CounterRange;
use crate::scheme::{Iv, IvSize};

/// Counters of one unit of work, taken sample by sample.
#[derive(Debug)]
pub struct Room {
    size: IvSize,
    high: u64,
    low: u64,
    /// Blocks with IVs of 16 bytes, samples with IVs of 8.
    left: u64,
}

/// Why there is no counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RoomError {
    /// The room starts or ends where there are no counters.
    #[error("counters: room {index} of {capacity} is beyond the last")]
    Beyond {
        /// Which room.
        index: u64,
        /// Of each room.
        capacity: u64,
    },
    /// A unit of work needs more than was set aside.
    #[error("counters: needs {needs}, {left} left in the room")]
    Full {
        /// Blocks, or samples.
        needs: u64,
        /// Of these.
        left: u64,
    },
}

impl Room {
    pub(super) fn of_blocks(high: u64, low: u64, left: u64) -> Room {
        let size = IvSize::Sixteen;
        Room {
            size,
            high,
            low,
            left,
        }
    }

    pub(super) fn of_samples(high: u64, left: u64) -> Room {
        let size = IvSize::Eight;
        Room {
            size,
            high,
            low: 0,
            left,
        }
    }

    /// The IV of a sample of `blocks` encrypted blocks, and the counters it takes.
    ///
    /// # Errors
    ///
    /// [`RoomError::Full`]; nothing is taken then.
    pub fn take(&mut self, blocks: u64) -> Result<(Iv, CounterRange), RoomError> {
        let needs = match self.size {
            IvSize::Eight => 1,
            // Two samples never get the same IV, even those without an encrypted block.
            IvSize::Sixteen => blocks.max(1),
        };
        let left = self.left;
        self.left = left
            .checked_sub(needs)
            .ok_or(RoomError::Full { needs, left })?;
        let range = CounterRange {
            high: self.high,
            low: self.low,
            blocks,
        };
        let iv = match self.size {
            IvSize::Eight => {
                self.high = self.high.wrapping_add(1);
                Iv::Eight(range.high.to_be_bytes())
            }
            IvSize::Sixteen => {
                // Within what `Base::room` checked.
                self.low = self.low.saturating_add(needs);
                let block = u128::from(range.high) << 64 | u128::from(range.low);
                Iv::Sixteen(block.to_be_bytes())
            }
        };
        Ok((iv, range))
    }
}
