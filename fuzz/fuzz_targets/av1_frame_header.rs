//! AV1 samples: frame headers and tiles, and the subsamples made of them. The first byte says how
//! long `configOBUs` are; samples behind them begin with their length.

#![no_main]

use bitstream::av1::TemporalUnits;
use fuzz::tiles::{divided, samples};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((length, data)) = data.split_first() else { return };
    let (config_obus, data) = data.split_at(usize::from(*length).min(data.len()));
    let Ok(mut units) = TemporalUnits::new(config_obus) else { return };
    let rule = cenc::ranges::Rule::av1(config_obus).expect("was read before");
    let mut tiles = Vec::new();
    for sample in samples(data) {
        let done = units.tiles(sample, &mut tiles);
        let mut end = 0;
        for tile in &tiles {
            assert!(tile.start >= end && tile.start < tile.end && tile.end <= sample.len());
            end = tile.end;
        }
        assert!(done.is_ok() || tiles.is_empty());
    }
    divided(rule, data);
});
