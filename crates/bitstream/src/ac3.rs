//! AC-3 and Enhanced AC-3: channels and rate, from the fields of `dac3` and `dec3`.

/// The channels of a stream, as the 16-bit custom channel map of ETSI TS 102 366 E.1.3.1.8 with
/// L as the most significant bit: the mask manifests print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChannelMap(pub u16);

const L: u16 = 0x8000;
const C: u16 = 0x4000;
const R: u16 = 0x2000;
const LS: u16 = 0x1000;
const RS: u16 = 0x0800;
const LRS_RRS: u16 = 0x0200;
const CS: u16 = 0x0100;
const TS: u16 = 0x0080;
const LSD_RSD: u16 = 0x0040;
const LW_RW: u16 = 0x0020;
const LVH_RVH: u16 = 0x0010;
const CVH: u16 = 0x0008;
const LTS_RTS: u16 = 0x0004;
const LFE2: u16 = 0x0002;
const LFE: u16 = 0x0001;
/// The bits that stand for two channels.
const PAIRS: u16 = 0x0400 | LRS_RRS | LSD_RSD | LW_RW | LVH_RVH | LTS_RTS;

impl ChannelMap {
    /// The scheme of DASH AudioChannelConfiguration descriptors whose value is the mask.
    pub const DASH_SCHEME: &'static str =
        "tag:dolby.com,2014:dash:audio_channel_configuration:2011";

    /// The channels of an AC-3 stream or of an independent E-AC-3 substream.
    ///
    /// `acmod` is a three-bit field: higher bits are not looked at. Dual mono (0) is told as left
    /// and right, since every player makes stereo of it.
    pub fn from_acmod(acmod: u8, lfeon: bool) -> ChannelMap {
        let main = match acmod & 7 {
            1 => C,
            3 => L | C | R,
            // One surround channel, of acmod 4 and 5, is the rear centre.
            4 => L | R | CS,
            5 => L | C | R | CS,
            6 => L | R | LS | RS,
            7 => L | C | R | LS | RS,
            _ => L | R,
        };
        ChannelMap(if lfeon { main | LFE } else { main })
    }

    /// Adds what dependent substreams carry: `chan_loc` of `dec3`, bit 0 Lc/Rc to bit 8 LFE2.
    pub fn with_chan_loc(self, chan_loc: u16) -> ChannelMap {
        let mut map = self.0;
        // Lc/Rc to Cvh stand in the map in the same order, the other way round.
        for place in (0..8).filter(|place| chan_loc >> place & 1 == 1) {
            map |= 0x0400 >> place;
        }
        ChannelMap(if chan_loc & 0x100 == 0 {
            map
        } else {
            map | LFE2
        })
    }

    /// How many channels.
    pub fn channels(self) -> u8 {
        // At most 16 + 6.
        (self.0.count_ones() + (self.0 & PAIRS).count_ones()) as u8
    }

    /// The value under [`DASH_SCHEME`](Self::DASH_SCHEME): four hexadecimal digits, `F801`.
    pub fn dash_value(self) -> String {
        format!("{:04X}", self.0)
    }

    /// The same as a ChannelConfiguration of ISO/IEC 23091-3
    /// (`urn:mpeg:mpegB:cicp:ChannelConfiguration`), where there is one. ETSI TS 102 366 I.1.
    pub fn cicp(self) -> Option<u8> {
        const STEREO: u16 = L | R;
        const FRONT: u16 = L | C | R;
        const SURROUND: u16 = FRONT | LS | RS | LFE;
        Some(match self.0 {
            C => 1,
            STEREO => 2,
            FRONT => 3,
            map if map == FRONT | CS => 4,
            map if map == FRONT | LS | RS => 5,
            SURROUND => 6,
            map if map == SURROUND | LW_RW => 7,
            map if map == STEREO | CS => 9,
            map if map == STEREO | LS | RS => 10,
            map if map == FRONT | LRS_RRS | CS | LFE => 11,
            map if map == SURROUND | LRS_RRS => 12,
            map if map == SURROUND | LVH_RVH => 14,
            map if map == SURROUND | LVH_RVH | LTS_RTS => 16,
            map if map == SURROUND | LVH_RVH | CVH | LTS_RTS | TS => 17,
            map if map == FRONT | LSD_RSD | LRS_RRS | LFE | LVH_RVH | LTS_RTS => 19,
            _ => return None,
        })
    }
}

/// Sampling rate by `fscod` of `dac3` or `dec3`, in hertz; `None` for 3, which is reserved (in
/// E-AC-3 it announces half rates that `dec3` does not name).
pub fn sampling_rate(fscod: u8) -> Option<u32> {
    match fscod {
        0 => Some(48_000),
        1 => Some(44_100),
        2 => Some(32_000),
        _ => None,
    }
}

/// Bit rate by `bit_rate_code` of `dac3` (half of `frmsizecod`), in bits per second.
pub fn bit_rate(bit_rate_code: u8) -> Option<u32> {
    const KILOBITS: [u32; 19] = [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
    ];
    KILOBITS
        .get(usize::from(bit_rate_code))
        .map(|rate| rate * 1000)
}

/// `CHANNELS` of HLS: the count, or for Dolby Atmos in E-AC-3 the number of objects, `16/JOC`.
///
/// `joc_complexity` is `complexity_index_type_a` of `dec3`, where the JOC extension is flagged.
pub fn hls_channels(channels: u8, joc_complexity: Option<u8>) -> String {
    match joc_complexity {
        Some(objects) => format!("{objects}/JOC"),
        None => channels.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_those_of_the_delivery_kit() {
        let surround = ChannelMap::from_acmod(7, true);
        assert_eq!(
            (surround.dash_value().as_str(), surround.channels()),
            ("F801", 6)
        );
        assert_eq!(surround.cicp(), Some(6));
        let stereo = ChannelMap::from_acmod(2, false);
        assert_eq!(
            (stereo.dash_value().as_str(), stereo.channels()),
            ("A000", 2)
        );
        assert_eq!(stereo.cicp(), Some(2));
        assert_eq!(ChannelMap::from_acmod(0, false), stereo);
        assert_eq!(ChannelMap::from_acmod(1, false).dash_value(), "4000");
    }

    #[test]
    fn every_mode_has_its_number_of_channels() {
        let counts: Vec<u8> = (0..8)
            .map(|acmod| ChannelMap::from_acmod(acmod, false).channels())
            .collect();
        assert_eq!(counts, [2, 1, 2, 3, 3, 4, 4, 5]);
        for acmod in 1..8 {
            assert!(
                ChannelMap::from_acmod(acmod, false).cicp().is_some(),
                "{acmod}"
            );
        }
    }

    #[test]
    fn dependent_substreams_add_their_channels() {
        // 7.1 is 5.1 and Lrs/Rrs, bit 1 of chan_loc.
        let map = ChannelMap::from_acmod(7, true).with_chan_loc(0x002);
        assert_eq!(
            (map.dash_value().as_str(), map.channels(), map.cicp()),
            ("FA01", 8, Some(12))
        );
        let all = ChannelMap::from_acmod(7, true).with_chan_loc(0x1ff);
        assert_eq!((all.dash_value().as_str(), all.channels()), ("FFFB", 20));
    }

    #[test]
    fn rates_by_code_and_none_for_the_reserved() {
        assert_eq!((sampling_rate(0), sampling_rate(3)), (Some(48_000), None));
        assert_eq!((bit_rate(14), bit_rate(19)), (Some(384_000), None));
    }

    #[test]
    fn atmos_tells_its_objects() {
        assert_eq!(hls_channels(6, None), "6");
        assert_eq!(hls_channels(6, Some(16)), "16/JOC");
    }
}
