//! What manifests say about sound.

/// What manifests say about sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFacts {
    /// Channels as heard, low-frequency effects included: 6 for 5.1.
    pub channels: u32,
    /// In Hz.
    pub sampling_rate: u32,
    /// The layout, as DASH announces it.
    pub configuration: ChannelConfiguration,
    /// E-AC-3 with joint object coding (Atmos): `complexity_index_type_a` of `dec3`, which is the
    /// number of objects.
    pub joc_complexity: Option<u8>,
}

/// A layout of loudspeakers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChannelConfiguration {
    /// `ChannelConfiguration` of ISO/IEC 23091-3, scheme
    /// `urn:mpeg:mpegB:cicp:ChannelConfiguration`: 1 mono, 2 stereo, 6 5.1.
    Cicp(u8),
    /// Dolby's bit mask of channel locations, the first of them in the highest bit: 0xA000 stereo,
    /// 0xF801 5.1. Scheme `tag:dolby.com,2014:dash:audio_channel_configuration:2011`.
    Dolby(u16),
    /// Only the number of channels is known.
    Unknown,
}
