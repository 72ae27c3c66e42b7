//! Which level a coefficient gets: the one with the least error and rate.

use super::rate::bits;

/// Levels beyond which none are changed to: profiles below High cannot code much larger ones
/// with CAVLC, H.264 9.2.2.1.
const LARGEST_LEVEL: i32 = 2000;

/// What a change may do and cost.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// What a bit is worth, in squared grey levels.
    pub(super) lambda: f32,
    /// How far a coefficient may move, in grey levels of the amplitude of its basis picture.
    pub(super) reach: f32,
}

/// What one level of a coefficient does.
#[derive(Clone, Copy, Default)]
pub(super) struct Step {
    /// Levels in one unit of the forward transform of errors, which are fractions of grey levels.
    pub(super) levels: f32,
    /// Squared grey levels, summed over the block, of one level.
    pub(super) energy: f32,
    /// Levels in one grey level of the amplitude of its basis picture.
    pub(super) per_grey: f32,
}

/// The best level of those around the wanted one and the one there is, which is `level`.
///
/// `error` is the forward transform of what the block is to become, without prediction; `first`
/// is what the first level of its block costs on top, 0 where the block has others.
#[inline]
pub(super) fn choose(terms: Terms, step: Step, level: i32, error: i32, first: f32) -> i32 {
    let wanted = error as f32 * step.levels;
    let apart = wanted - level as f32;
    // Most blocks: there is nothing to gain, neither by a level nor by the bits of one.
    let enough = if level == 0 { 0.5 } else { 0.25 };
    if apart.abs() < enough && (level == 0 || step.energy > 4.0 * terms.lambda) {
        return level;
    }
    let cost = |level: i32| {
        let error = wanted - level as f32;
        let first = if level == 0 { 0.0 } else { first };
        error * error * step.energy + terms.lambda * (bits(level) + first)
    };
    let reach = (terms.reach * step.per_grey).max(1.0);
    let nearest = level + apart.clamp(-reach, reach) as i32;
    let mut best = (cost(level), level);
    // The cast rounds towards the level there is: the next one may be nearer.
    let next = nearest + if apart < 0.0 { -1 } else { 1 };
    for candidate in [nearest, next, nearest - nearest.signum()] {
        let cost = cost(candidate);
        if cost < best.0 && candidate.abs() <= LARGEST_LEVEL {
            best = (cost, candidate);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms {
        lambda: 4.0,
        reach: 2.5,
    };
    const STEP: Step = Step {
        levels: 1.0,
        energy: 64.0,
        per_grey: 1.0,
    };

    #[test]
    fn nothing_changes_where_nothing_is_wanted() {
        for level in -30..30 {
            assert_eq!(choose(TERMS, STEP, level, level, 0.0), level);
        }
    }

    #[test]
    fn a_level_follows_what_is_wanted_within_its_reach() {
        assert_eq!(choose(TERMS, STEP, 5, 6, 0.0), 6);
        assert_eq!(choose(TERMS, STEP, -5, -7, 0.0), -7);
        assert_eq!(choose(TERMS, STEP, 0, 1, 0.0), 1);
        assert_eq!(choose(TERMS, STEP, 1, -1, 0.0), -1);
        assert_eq!(choose(TERMS, STEP, 5, 50, 0.0), 8);
        assert_eq!(choose(TERMS, STEP, 5, -50, 0.0), 2);
    }

    #[test]
    fn dear_bits_keep_blocks_empty_and_remove_levels() {
        let dear = Terms {
            lambda: 1000.0,
            ..TERMS
        };
        assert_eq!(choose(dear, STEP, 0, 2, 3.0), 0);
        assert_eq!(choose(dear, STEP, 1, 1, 3.0), 0);
    }

    #[test]
    fn levels_stay_within_what_every_profile_codes() {
        assert!(choose(TERMS, STEP, 1999, 2010, 0.0) <= LARGEST_LEVEL);
        assert_eq!(choose(TERMS, STEP, 40_000, 40_100, 0.0), 40_000);
    }
}
