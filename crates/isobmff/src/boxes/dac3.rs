//! `dac3`: configuration of AC-3.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// AC-3 specific box. ETSI TS 102 366 F.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dac3 {
    /// Sampling rate: 0: 48, 1: 44.1, 2: 32 kHz.
    pub fscod: u8,
    /// Version of the bitstream.
    pub bsid: u8,
    /// Kind of service: 0: main.
    pub bsmod: u8,
    /// Channels: 2: left and right, 7: five.
    pub acmod: u8,
    /// Has low frequency effects.
    pub lfeon: bool,
    /// Index of the bit rate.
    pub bit_rate_code: u8,
    /// Five bits, zero.
    pub reserved: u8,
}

impl Dac3 {
    /// Number of channels, low frequency effects included.
    pub fn channels(&self) -> u32 {
        channels(self.acmod, self.lfeon)
    }

    /// Sampling rate in hertz; `None` for the reserved code.
    pub fn sample_rate(&self) -> Option<u32> {
        sample_rate(self.fscod)
    }
}

pub(crate) fn channels(acmod: u8, lfeon: bool) -> u32 {
    let main = match acmod & 7 {
        1 => 1,
        0 | 2 => 2,
        3 | 4 => 3,
        5 | 6 => 4,
        _ => 5,
    };
    main + u32::from(lfeon)
}

pub(crate) fn sample_rate(fscod: u8) -> Option<u32> {
    match fscod {
        0 => Some(48_000),
        1 => Some(44_100),
        2 => Some(32_000),
        _ => None,
    }
}

impl<'a> BoxBody<'a> for Dac3 {
    const KIND: FourCc = FourCc::new(b"dac3");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let bits = reader.u24("fscod")?;
        let field = |shift: u32, width: u32| (bits >> shift & ((1 << width) - 1)) as u8;
        Ok(Dac3 {
            fscod: field(22, 2),
            bsid: field(17, 5),
            bsmod: field(14, 3),
            acmod: field(11, 3),
            lfeon: field(10, 1) != 0,
            bit_rate_code: field(5, 5),
            reserved: field(0, 5),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u24(
            u32::from(self.fscod & 3) << 22
                | u32::from(self.bsid & 31) << 17
                | u32::from(self.bsmod & 7) << 14
                | u32::from(self.acmod & 7) << 11
                | u32::from(self.lfeon) << 10
                | u32::from(self.bit_rate_code & 31) << 5
                | u32::from(self.reserved & 31),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, whole};

    #[test]
    fn surround_is_read() {
        // Written by Lavf 59.
        let dac3: Dac3 = whole(hex("0000000b 64616333 503de0"));
        assert_eq!((dac3.fscod, dac3.bsid, dac3.bsmod), (1, 8, 0));
        assert_eq!((dac3.acmod, dac3.lfeon, dac3.bit_rate_code), (7, true, 15));
        assert_eq!((dac3.channels(), dac3.sample_rate()), (6, Some(44_100)));
    }

    #[test]
    fn every_value_of_every_field_survives() {
        for value in 0..=255u32 {
            for shift in [0, 8, 16] {
                let bytes = (value << shift).to_be_bytes();
                let dac3: Dac3 = whole(around(Dac3::KIND, &bytes[1..]));
                assert!((1..=6).contains(&dac3.channels()));
            }
        }
    }

    #[test]
    fn channels_are_counted_by_mode() {
        let counts: Vec<u32> = (0..8).map(|acmod| channels(acmod, false)).collect();
        assert_eq!(counts, [2, 1, 2, 3, 3, 4, 4, 5]);
        assert_eq!(channels(7, true), 6);
        assert_eq!(sample_rate(3), None);
    }
}
