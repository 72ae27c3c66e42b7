//! The sync layer before it is filtered.

use super::{Chips, Pattern};
use crate::grid::Grid;

/// The tile, repeated over the grid from its first cell on, each copy with its sign.
pub(super) fn repeated(grid: Grid, chips: &mut Chips) -> Vec<i8> {
    let side = usize::from(Pattern::TILE);
    let tile = chips.signs(side * side);
    let across = signs(usize::from(grid.columns).div_ceil(side), chips);
    let down = signs(usize::from(grid.rows).div_ceil(side), chips);
    let mut layer = Vec::with_capacity(grid.cells());
    for y in 0..usize::from(grid.rows) {
        let row = tile.iter().skip(y % side * side).take(side);
        let sign = down.get(y / side).copied().unwrap_or(1);
        let copies = across
            .iter()
            .flat_map(|each| row.clone().map(move |chip| chip * each * sign));
        layer.extend(copies.take(usize::from(grid.columns)));
    }
    layer
}

/// Signs of the tiles in one direction, beginning with 1. Of the steps between them a quarter,
/// rounded down, change the sign; all choices are equally likely.
fn signs(count: usize, chips: &mut Chips) -> Vec<i8> {
    let mut steps = count.saturating_sub(1) as u32;
    let mut changes = steps / 4;
    let mut sign = 1;
    let mut signs = Vec::with_capacity(count);
    for _ in 0..count {
        signs.push(sign);
        // Whether the next step is among the changes that are left.
        if steps > 0 && chips.below(steps) < changes {
            sign = -sign;
            changes -= 1;
        }
        steps = steps.saturating_sub(1);
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_quarter_of_the_steps_changes_the_sign_and_every_choice_occurs() {
        let mut chips = Chips::new(&[3; 32]);
        let mut seen = HashSet::new();
        for _ in 0..1_000 {
            let signs = signs(9, &mut chips);
            let changes = signs.windows(2).filter(|pair| pair[0] != pair[1]).count();
            assert_eq!((signs.len(), signs[0], changes), (9, 1, 2));
            seen.insert(signs);
        }
        assert_eq!(seen.len(), 28);
        for count in 0..=4 {
            assert_eq!(signs(count, &mut chips), vec![1; count]);
        }
    }

    #[test]
    fn tiles_repeat_with_their_signs() {
        let grid = Grid::of_display(16, 9);
        let layer = repeated(grid, &mut Chips::new(&[4; 32]));
        assert_eq!(layer.len(), grid.cells());
        let at = |x: usize, y: usize| layer[y * 107 + x];
        let mut changed = 0;
        for y in 0..60 {
            for x in 0..95 {
                // The same step of all tiles of a column.
                let step = at(x, y) * at(x + 12, y);
                assert_eq!(step, at(x / 12 * 12, 0) * at(x / 12 * 12 + 12, 0));
                changed += usize::from(step < 0);
            }
        }
        // Two of eight steps; the last one has 11 cells.
        assert!([60 * 24, 60 * 23].contains(&changed));
    }
}
