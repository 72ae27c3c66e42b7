//! What levels cost.

/// Rough bits of a level in a block that has others. The entropy coders adapt, so all that counts
/// is how much dearer one level is than another.
#[inline]
pub(super) fn bits(level: i32) -> f32 {
    match level.unsigned_abs() {
        0 => 0.6,
        1 => 3.2,
        2 => 4.4,
        magnitude => 4.4 + 0.7 * (magnitude.min(20) - 2) as f32,
    }
}

/// The first level of a block on top of [`bits`]: the block is no longer empty.
pub(super) const FIRST_OF_BLOCK: f32 = 2.5;

/// The first level of an 8x8 block that was left out, on top: its bit of the coded block pattern
/// and the flags of the blocks in it.
pub(super) const FIRST_OF_PATTERN: f32 = 3.0;
