//! What marking does to planes.

use super::*;
use crate::{Grid, MasterKey, PlaneError};

const WIDTH: usize = 640;
const HEIGHT: usize = 360;

fn grid() -> Grid {
    Grid::of_display(640, 360)
}

fn pattern() -> Pattern {
    MasterKey::from_bytes([7; 32])
        .content("title")
        .pattern(3, grid())
}

fn baseband() -> Baseband {
    Baseband::new(&pattern(), WIDTH as u32, HEIGHT as u32)
}

fn shape(stride: usize, bit_depth: u8) -> Shape {
    Shape {
        width: WIDTH,
        height: HEIGHT,
        stride,
        bit_depth,
    }
}

/// A plane of one value, and another one between the rows.
fn grey<S: Sample>(stride: usize, inside: S, outside: S) -> Vec<S> {
    let at = |at: usize| if at % stride < WIDTH { inside } else { outside };
    (0..stride * HEIGHT).map(at).collect()
}

/// Both variants of `source`, at a stride of their own.
fn both<S: Sample>(
    baseband: &Baseband,
    mask: &Mask,
    bit_depth: u8,
    source: &[S],
    stride: usize,
    filling: S,
) -> [Vec<S>; 2] {
    let mut zero = vec![filling; stride * HEIGHT];
    let mut one = vec![filling; stride * HEIGHT];
    baseband
        .mark_both(
            mask,
            &Plane::new(shape(WIDTH + 24, bit_depth), source).unwrap(),
            &mut PlaneMut::new(shape(stride, bit_depth), &mut zero).unwrap(),
            &mut PlaneMut::new(shape(stride, bit_depth), &mut one).unwrap(),
        )
        .unwrap();
    [zero, one]
}

#[test]
fn change_is_the_rendered_pattern_in_samples_of_any_depth() {
    let layers = pattern().layers(WIDTH as u32, HEIGHT as u32);
    for (bit_depth, unit) in [(10, 4.0), (12, 16.0), (16, 256.0)] {
        let source = grey(WIDTH + 24, 100u16 << (bit_depth - 8), 9);
        let mask = Mask::uniform(grid(), 1.0);
        let marked = both(&baseband(), &mask, bit_depth, &source, WIDTH + 3, 77);
        for (mark, marked) in Mark::BOTH.into_iter().zip(marked) {
            for (y, row) in marked.chunks_exact(WIDTH + 3).enumerate() {
                for (sample, expected) in row.iter().zip(layers.row(mark, y)) {
                    let change = f64::from(*sample) - 100.0 * unit;
                    let expected = f64::from(*expected) / 256.0 * unit;
                    // Half a sample, and what is rounded on the way.
                    assert!((change - expected).abs() < 0.51 + unit / 64.0);
                }
                assert_eq!(row[WIDTH..], [77; 3]);
            }
        }
    }
}

/// Whole grey levels are coarse; what comes out of them is still about what was asked for.
#[test]
fn eight_bits_carry_every_profile() {
    let layers = pattern().layers(WIDTH as u32, HEIGHT as u32);
    let source = grey(WIDTH + 24, 100u8, 9);
    for strength in [Strength::Light, Strength::Normal, Strength::Strong] {
        let amplitude = Baseband::amplitude(strength);
        let mask = Mask::uniform(grid(), amplitude);
        let [zero, one] = both(&baseband(), &mask, 8, &source, WIDTH, 0);
        let (mut product, mut power) = (0.0, 0.0);
        for (at, (zero, one)) in zero.iter().zip(&one).enumerate() {
            let (y, x) = (at / WIDTH, at % WIDTH);
            let [rendered_zero, rendered_one] =
                Mark::BOTH.map(|mark| f64::from(layers.row(mark, y)[x]) / 256.0);
            let rendered = (rendered_zero - rendered_one) / 2.0;
            let change = (f64::from(*zero) - f64::from(*one)) / 2.0;
            product += change * rendered;
            power += rendered * rendered;
        }
        let gain = product / power / f64::from(amplitude);
        assert!((0.7..1.35).contains(&gain), "{strength:?}: {gain}");
    }
}

#[test]
fn one_variant_in_place_or_copied_is_that_of_both() {
    let source: Vec<u8> = (0..(WIDTH + 24) * HEIGHT)
        .map(|at| (at * 7 % 251) as u8)
        .collect();
    let read = Plane::new(shape(WIDTH + 24, 8), &source).unwrap();
    let mask = Mask::of_cells(&read, grid(), 1.0);
    let expected = both(&baseband(), &mask, 8, &source, WIDTH, 0);
    for (mark, expected) in Mark::BOTH.into_iter().zip(expected) {
        let mut copied = vec![0; WIDTH * HEIGHT];
        let mut plane = PlaneMut::new(shape(WIDTH, 8), &mut copied).unwrap();
        baseband().mark(&mask, mark, &read, &mut plane).unwrap();
        assert_eq!(copied, expected);

        let mut inside = source.clone();
        let mut plane = PlaneMut::new(shape(WIDTH + 24, 8), &mut inside).unwrap();
        baseband().mark_in_place(&mask, mark, &mut plane).unwrap();
        for (y, expected) in expected.chunks_exact(WIDTH).enumerate() {
            let start = y * (WIDTH + 24);
            assert_eq!(inside[start..start + WIDTH], *expected);
            let between = start + WIDTH..start + WIDTH + 24;
            assert_eq!(inside[between.clone()], source[between]);
        }
    }
}

#[test]
fn black_and_white_stay_within_the_full_range() {
    let mask = Mask::uniform(grid(), 2.0);
    for (level, limit) in [(0u16, 0), (1_023, 1_023)] {
        let source = grey(WIDTH + 24, level, level);
        for marked in both(&baseband(), &mask, 10, &source, WIDTH, 500) {
            assert!(marked.iter().all(|&sample| sample <= 1_023));
            let clipped = marked.iter().filter(|&&sample| sample == limit).count();
            let share = clipped as f64 / marked.len() as f64;
            assert!((0.4..0.7).contains(&share), "{share}");
        }
    }
}

#[test]
fn no_strength_changes_nothing() {
    let source = grey(WIDTH + 24, 100u8, 9);
    let mask = Mask::uniform(grid(), Baseband::amplitude(Strength::None));
    for marked in both(&baseband(), &mask, 8, &source, WIDTH, 0) {
        assert!(marked.iter().all(|&sample| sample == 100));
    }
}

#[test]
fn levels_mark_the_same() {
    let source: Vec<u8> = (0..(WIDTH + 24) * HEIGHT)
        .map(|at| (at * 13 % 256) as u8)
        .collect();
    let mask = Mask::uniform(grid(), 1.5);
    let scalar = baseband().at_level(Level::SCALAR);
    assert_eq!(
        both(&scalar, &mask, 8, &source, WIDTH, 0),
        both(&baseband(), &mask, 8, &source, WIDTH, 0)
    );
}

#[test]
fn levels_mark_the_same_at_every_small_width_and_stride() {
    let grid = Grid {
        columns: 5,
        rows: 2,
    };
    let key = MasterKey::from_bytes([7; 32]).content("title");
    let mask = Mask::uniform(grid, 2.0);
    for width in 0..=66 {
        let best = Baseband::new(&key.pattern(1, grid), width as u32, 3);
        let scalar = best.clone().at_level(Level::SCALAR);
        for stride in width..width + 4 {
            let shape = Shape {
                width,
                height: 3,
                stride,
                bit_depth: 10,
            };
            let source: Vec<u16> = (0..3 * stride).map(|at| (at * 89 % 1_024) as u16).collect();
            let marked = [&best, &scalar].map(|baseband| {
                let (mut zero, mut one) = (vec![7; 3 * stride], vec![8; 3 * stride]);
                let planes = [&mut zero, &mut one].map(|each| PlaneMut::new(shape, each));
                let [mut first, mut second] = planes.map(Result::unwrap);
                let read = Plane::new(shape, &source).unwrap();
                baseband
                    .mark_both(&mask, &read, &mut first, &mut second)
                    .unwrap();
                let mut inside = source.clone();
                let mut plane = PlaneMut::new(shape, &mut inside).unwrap();
                baseband
                    .mark_in_place(&mask, Mark::Zero, &mut plane)
                    .unwrap();
                for at in 0..3 * stride {
                    if at % stride < width {
                        assert_eq!(inside[at], zero[at]);
                    } else {
                        assert_eq!([zero[at], one[at], inside[at]], [7, 8, source[at]]);
                    }
                }
                [zero, one]
            });
            assert_eq!(marked[0], marked[1], "{width} at {stride}");
        }
    }
}

#[test]
fn planes_that_do_not_fit_each_other_are_refused() {
    let mut samples = grey(WIDTH + 24, 100u16, 9);
    let other = samples.clone();
    let wrong_size = Shape {
        height: HEIGHT - 1,
        ..shape(WIDTH, 10)
    };
    let mask = Mask::uniform(grid(), 1.0);
    let mut plane = PlaneMut::new(wrong_size, &mut samples).unwrap();
    let error = baseband()
        .mark_in_place(&mask, Mark::Zero, &mut plane)
        .unwrap_err();
    assert_eq!(error.to_string(), "picture: is 640x359, expected 640x360");

    let upright = Mask::uniform(Grid::of_display(9, 16), 1.0);
    let mut plane = PlaneMut::new(shape(WIDTH, 10), &mut samples).unwrap();
    let error = baseband()
        .mark_in_place(&upright, Mark::Zero, &mut plane)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "mask: has 60x107 areas, expected 107x60 cells"
    );

    let source = Plane::new(shape(WIDTH, 10), &other).unwrap();
    let mut plane = PlaneMut::new(shape(WIDTH, 12), &mut samples).unwrap();
    let error = baseband()
        .mark(&mask, Mark::Zero, &source, &mut plane)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "marked picture: is 640x360 of 12 bits, expected 640x360 of 10 bits like the source"
    );
    let too_deep = Plane::new(shape(WIDTH, 10), &[0u8; WIDTH * HEIGHT]).unwrap_err();
    assert!(matches!(too_deep, PlaneError::BitDepth { max: 8, .. }));
}

#[test]
fn pictures_smaller_than_the_grid_are_marked_without_harm() {
    for (width, height) in [(1, 1), (2, 9), (53, 30), (0, 4), (4, 0)] {
        let shape = Shape {
            width,
            height,
            stride: 64,
            bit_depth: 8,
        };
        let mut samples = vec![100u8; 64 * 30];
        let mut plane = PlaneMut::new(shape, &mut samples).unwrap();
        let baseband = Baseband::new(&pattern(), width as u32, height as u32);
        let mask = Mask::uniform(grid(), 1.0);
        baseband
            .mark_in_place(&mask, Mark::One, &mut plane)
            .unwrap();
        let mut empty = PlaneMut::new(shape, &mut samples).unwrap();
        let grid = Grid {
            columns: 0,
            rows: 0,
        };
        let none = MasterKey::from_bytes([7; 32]).content("").pattern(0, grid);
        let nothing = Baseband::new(&none, width as u32, height as u32);
        let mask = Mask::uniform(grid, 1.0);
        nothing.mark_in_place(&mask, Mark::One, &mut empty).unwrap();
    }
}

#[test]
fn debug_shows_no_pattern() {
    assert_eq!(
        format!("{:?}", baseband()),
        "Baseband { width: 640, height: 360, .. }"
    );
}
