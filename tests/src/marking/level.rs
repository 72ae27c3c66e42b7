//! What a level promises a decoder.

use bitstream::h264::Sps;

/// Limits of a level, H.264 table A-1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// `MaxMBPS`: macroblocks per second.
    pub macroblocks_per_second: f64,
    /// `MaxBR` of the profile, in bits per second.
    pub bit_rate: f64,
    /// `MaxCPB` of the profile, in bits.
    pub cpb_size: f64,
    /// `MinCR`.
    pub compression_ratio: f64,
}

/// `level_idc`, `MaxMBPS`, `MaxBR`, `MaxCPB`, `MinCR`.
const LEVELS: [(u8, f64, f64, f64, f64); 20] = [
    (9, 1485.0, 128.0, 350.0, 2.0),
    (10, 1485.0, 64.0, 175.0, 2.0),
    (11, 3000.0, 192.0, 500.0, 2.0),
    (12, 6000.0, 384.0, 1000.0, 2.0),
    (13, 11_880.0, 768.0, 2000.0, 2.0),
    (20, 11_880.0, 2000.0, 2000.0, 2.0),
    (21, 19_800.0, 4000.0, 4000.0, 2.0),
    (22, 20_250.0, 4000.0, 4000.0, 2.0),
    (30, 40_500.0, 10_000.0, 10_000.0, 2.0),
    (31, 108_000.0, 14_000.0, 14_000.0, 4.0),
    (32, 216_000.0, 20_000.0, 20_000.0, 4.0),
    (40, 245_760.0, 20_000.0, 25_000.0, 4.0),
    (41, 245_760.0, 50_000.0, 62_500.0, 2.0),
    (42, 522_240.0, 50_000.0, 62_500.0, 2.0),
    (50, 589_824.0, 135_000.0, 135_000.0, 2.0),
    (51, 983_040.0, 240_000.0, 240_000.0, 2.0),
    (52, 2_073_600.0, 240_000.0, 240_000.0, 2.0),
    (60, 4_177_920.0, 240_000.0, 240_000.0, 2.0),
    (61, 8_355_840.0, 480_000.0, 480_000.0, 2.0),
    (62, 16_711_680.0, 800_000.0, 800_000.0, 2.0),
];

/// `constraint_set3_flag` among the constraint flags.
const CONSTRAINT_SET_3: u8 = 0x10;

impl Level {
    /// Of a sequence; none for levels that are in no table.
    pub fn of(sps: &Sps) -> Option<Level> {
        let is_high = sps.profile_idc >= 100;
        let is_1b = sps.level_idc == 11 && !is_high && sps.constraint_flags & CONSTRAINT_SET_3 != 0;
        let level = if is_1b { 9 } else { sps.level_idc };
        let row = LEVELS.iter().find(|row| row.0 == level)?;
        // cpbBrNalFactor, H.264 table A-2.
        let factor = match sps.profile_idc {
            100 => 1500.0,
            110 => 3600.0,
            122 | 244 | 44 => 4800.0,
            _ => 1200.0,
        };
        Some(Level {
            macroblocks_per_second: row.1,
            bit_rate: row.2 * factor,
            cpb_size: row.3 * factor,
            compression_ratio: row.4,
        })
    }

    /// Bytes of the NAL units of a picture that is removed `seconds` after the one before,
    /// H.264 A.3.1 and A.3.3.
    pub fn picture_bytes(&self, seconds: f64) -> f64 {
        384.0 * self.macroblocks_per_second * seconds / self.compression_ratio
    }
}
