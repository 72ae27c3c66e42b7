//! `dec3`: configuration of Enhanced AC-3.

use super::dac3;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Enhanced AC-3 specific box. ETSI TS 102 366 F.6; the extension for object audio is of ETSI TS
/// 103 420.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dec3 {
    /// In kilobits per second; 13 bits.
    pub data_rate: u16,
    /// The independent substreams, one to eight; the first is what every decoder plays.
    pub substreams: Vec<Dec3Substream>,
    /// `complexity_index_type_a`, where the stream carries objects (Atmos): their number, 1 to
    /// 16.
    pub complexity_index_type_a: Option<u8>,
}

/// An independent substream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dec3Substream {
    /// Sampling rate: 0: 48, 1: 44.1, 2: 32 kHz.
    pub fscod: u8,
    /// Version of the bitstream; 16.
    pub bsid: u8,
    /// An associated service.
    pub asvc: bool,
    /// Kind of service: 0: main.
    pub bsmod: u8,
    /// Channels: 2: left and right, 7: five.
    pub acmod: u8,
    /// Has low frequency effects.
    pub lfeon: bool,
    /// Substreams that depend on this one.
    pub num_dep_sub: u8,
    /// Where their channels are, nine bits; 0 without any.
    pub chan_loc: u16,
}

impl Dec3 {
    /// Channels of the first independent substream and those its dependent ones add.
    pub fn channels(&self) -> u32 {
        self.substreams.first().map_or(0, Dec3Substream::channels)
    }

    /// Sampling rate in hertz; `None` for the reserved code.
    pub fn sample_rate(&self) -> Option<u32> {
        self.substreams
            .first()
            .and_then(|substream| dac3::sample_rate(substream.fscod))
    }
}

impl Dec3Substream {
    /// Number of channels, low frequency effects and dependent substreams included.
    pub fn channels(&self) -> u32 {
        // Bits for pairs of channels: Lc/Rc, Lrs/Rrs, Lsd/Rsd, Lw/Rw, Lvh/Rvh; the others (Cs,
        // Ts, Cvh, LFE2) are for one.
        const PAIRS: u16 = 0b0_0111_0011;
        let pairs = (self.chan_loc & PAIRS).count_ones();
        let singles = (self.chan_loc & !PAIRS & 0x1ff).count_ones();
        dac3::channels(self.acmod, self.lfeon) + 2 * pairs + singles
    }

    fn read(reader: &mut Reader<'_, '_>) -> Result<Dec3Substream, Error> {
        let bits = reader.u24("fscod")?;
        let field = |shift: u32, width: u32| (bits >> shift & ((1 << width) - 1)) as u8;
        let num_dep_sub = field(1, 4);
        let chan_loc = match num_dep_sub {
            0 => 0,
            _ => u16::from(field(0, 1)) << 8 | u16::from(reader.u8("chan_loc")?),
        };
        Ok(Dec3Substream {
            fscod: field(22, 2),
            bsid: field(17, 5),
            asvc: field(15, 1) != 0,
            bsmod: field(12, 3),
            acmod: field(9, 3),
            lfeon: field(8, 1) != 0,
            num_dep_sub,
            chan_loc,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let located = if self.num_dep_sub & 15 == 0 {
            0
        } else {
            self.chan_loc
        };
        writer.u24(
            u32::from(self.fscod & 3) << 22
                | u32::from(self.bsid & 31) << 17
                | u32::from(self.asvc) << 15
                | u32::from(self.bsmod & 7) << 12
                | u32::from(self.acmod & 7) << 9
                | u32::from(self.lfeon) << 8
                | u32::from(self.num_dep_sub & 15) << 1
                | u32::from(located >> 8 & 1),
        );
        if self.num_dep_sub & 15 != 0 {
            writer.u8(located as u8);
        }
    }
}

impl<'a> BoxBody<'a> for Dec3 {
    const KIND: FourCc = FourCc::new(b"dec3");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let head = reader.u16("data_rate")?;
        let mut substreams = Vec::new();
        for _ in 0..=(head & 7) {
            substreams.push(Dec3Substream::read(reader)?);
        }
        let mut ahead = reader.clone();
        let complexity_index_type_a = match ahead.array("flag_ec3_extension_type_a") {
            Ok([flag, index]) if flag & 1 != 0 => {
                *reader = ahead;
                Some(index)
            }
            _ => None,
        };
        Ok(Dec3 {
            data_rate: head >> 3,
            substreams,
            complexity_index_type_a,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let last = self.substreams.len().saturating_sub(1) as u64;
        let last = writer.fit("num_ind_sub", last, 7) as u16;
        writer.u16(self.data_rate << 3 | last);
        self.substreams
            .iter()
            .for_each(|substream| substream.write(writer));
        if let Some(index) = self.complexity_index_type_a {
            writer.bytes(&[1, index]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, checked, hex, whole};

    #[test]
    fn surround_is_read() {
        // Written by Lavf 59.
        let dec3: Dec3 = whole(hex("0000000d 64656333 0e00 600f00"));
        assert_eq!(dec3.data_rate, 448);
        let expected = Dec3Substream {
            fscod: 1,
            bsid: 16,
            asvc: false,
            bsmod: 0,
            acmod: 7,
            lfeon: true,
            num_dep_sub: 0,
            chan_loc: 0,
        };
        assert_eq!(dec3.substreams, [expected]);
        assert_eq!((dec3.channels(), dec3.sample_rate()), (6, Some(44_100)));
        assert_eq!(dec3.complexity_index_type_a, None);
    }

    #[test]
    fn objects_are_announced_by_the_extension() {
        // The layout of ETSI TS 103 420: 5.1 at 48 kHz with 16 objects.
        let dec3: Dec3 = checked(hex("0000000f 64656333 1800 200f00 01 10"), 5);
        assert_eq!((dec3.data_rate, dec3.channels()), (768, 6));
        assert_eq!(dec3.complexity_index_type_a, Some(16));
    }

    #[test]
    fn dependent_substreams_add_their_channels() {
        // 7.1: 5.1 and a dependent substream with left and right rear surround.
        let dec3: Dec3 = whole(hex("0000000e 64656333 1400 200f02 02"));
        assert_eq!(dec3.substreams[0].num_dep_sub, 1);
        assert_eq!(dec3.substreams[0].chan_loc, 2);
        assert_eq!(dec3.channels(), 8);
        let all: Dec3 = whole(hex("0000000e 64656333 1400 200f03 ff"));
        assert_eq!(all.substreams[0].chan_loc, 0x1ff);
        assert_eq!(all.channels(), 6 + 5 * 2 + 4);
    }

    #[test]
    fn eight_independent_substreams_are_read_and_nine_refused() {
        let substream = [0x20, 0x0f, 0];
        let body = [&[0, 7][..], &substream.repeat(8)].concat();
        let dec3: Dec3 = whole(around(Dec3::KIND, &body));
        assert_eq!(dec3.substreams.len(), 8);
        let nine = Dec3 {
            substreams: vec![dec3.substreams[0]; 9],
            ..dec3
        };
        let message = nine.to_bytes().unwrap_err().to_string();
        assert_eq!(message, "dec3: num_ind_sub: is 8, expected at most 7");
    }
}
