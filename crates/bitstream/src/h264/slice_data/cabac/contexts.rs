//! The states of all contexts.

use super::ranges::State;
use super::start::{CONTEXTS, START};

/// A state for each context; a few more places, so that an index of 9 bits is always one of them.
pub(super) type Contexts = [State; 512];

/// The states a slice starts with, H.264 9.3.1.1.
pub(super) fn start(slice_qp: i8) -> Contexts {
    let qp = i32::from(slice_qp).clamp(0, 51);
    let mut contexts = [0; 512];
    for (state, (m, n)) in contexts.iter_mut().zip(START) {
        let value = ((i32::from(m) * qp) >> 4) + i32::from(n);
        let value = value.clamp(1, 126);
        *state = if value <= 63 {
            2 * (63 - value) as u8
        } else {
            2 * (value - 64) as u8 + 1
        };
    }
    debug_assert!(CONTEXTS <= contexts.len());
    contexts
}
