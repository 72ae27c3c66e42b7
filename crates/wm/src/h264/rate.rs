//! What levels cost.

/// Rough bits of a level in a block that has others. The entropy coders adapt, so all that counts
/// is how much dearer one level is than another.
#[inline]
pub(super) fn bits(level: i32) -> f32 {
    BITS[(level.unsigned_abs() as usize).min(BITS.len() - 1)]
}

/// By magnitude.
const BITS: [f32; 16] = [
    0.6, 3.2, 4.4, 5.1, 5.8, 6.5, 7.2, 7.9, 8.6, 9.3, 10.0, 10.7, 11.4, 12.1, 12.8, 13.5,
];

/// The first level of a block on top of [`bits`]: the block is no longer empty.
pub(super) const FIRST_OF_BLOCK: f32 = 2.5;

/// The first level of an 8x8 block that was left out, on top: its bit of the coded block pattern
/// and the flags of the blocks in it.
pub(super) const FIRST_OF_PATTERN: f32 = 3.0;
