//! The fields of an audio sample entry, in its ISO and QuickTime forms.

use crate::{Error, Reader, Writer};

/// Fields of an audio sample entry. ISO/IEC 14496-12 12.2.3; QuickTime File Format
/// Specification, "Sound Sample Descriptions".
#[derive(Clone, Debug, PartialEq)]
pub struct AudioFields {
    /// 0; in QuickTime 0, 1 or 2; in an ISO `stsd` of version 1 also 1.
    pub version: u16,
    /// Zero in ISO files.
    pub revision: u16,
    /// Zero in ISO files.
    pub vendor: u32,
    /// Channels; QuickTime version 2 always says 3. See [`channels`](Self::channels).
    pub channel_count: u16,
    /// Bits of a decoded sample; usually 16, whatever the truth.
    pub sample_size: u16,
    /// -2 for compressed audio in QuickTime; zero in ISO files.
    pub compression_id: i16,
    /// Zero.
    pub packet_size: u16,
    /// Hertz, 16.16. See [`rate`](Self::rate).
    pub sample_rate: u32,
    /// What QuickTime adds.
    pub extension: SoundExtension,
}

/// What later versions of QuickTime's sound description add before the child boxes.
#[derive(Clone, Debug, PartialEq)]
pub enum SoundExtension {
    /// Nothing: an ISO entry, or version 0.
    None,
    /// Version 1.
    V1 {
        /// Frames per packet.
        samples_per_packet: u32,
        /// Bytes of a packet of one channel.
        bytes_per_packet: u32,
        /// Bytes of a packet of all channels.
        bytes_per_frame: u32,
        /// Bytes of an uncompressed sample.
        bytes_per_sample: u32,
    },
    /// Version 2.
    V2(SoundV2),
}

/// The fields of version 2 of QuickTime's sound description.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundV2 {
    /// Bytes from the start of the entry to its child boxes; 72 unless there is `more`.
    pub size_of_struct_only: u32,
    /// Hertz.
    pub audio_sample_rate: f64,
    /// Channels.
    pub num_audio_channels: u32,
    /// 0x7f000000.
    pub always_7f000000: u32,
    /// Of uncompressed audio.
    pub const_bits_per_channel: u32,
    /// Of uncompressed audio.
    pub format_specific_flags: u32,
    /// Where it is constant.
    pub const_bytes_per_audio_packet: u32,
    /// Where it is constant.
    pub const_lpcm_frames_per_audio_packet: u32,
    /// What `size_of_struct_only` leaves room for and nothing is known of.
    pub more: Vec<u8>,
}

/// Bytes of version 2 from the start of the entry to its child boxes.
const V2_SIZE: u32 = 72;

impl AudioFields {
    /// For `channels` channels at `rate` hertz, all else as ISO files have it.
    pub fn new(channels: u16, rate: u32) -> AudioFields {
        AudioFields {
            version: 0,
            revision: 0,
            vendor: 0,
            channel_count: channels,
            sample_size: 16,
            compression_id: 0,
            packet_size: 0,
            // A rate beyond 16 bits cannot be said here; the codec's configuration has it.
            sample_rate: u16::try_from(rate).map_or(0, |rate| u32::from(rate) << 16),
            extension: SoundExtension::None,
        }
    }

    /// Number of channels, as far as the entry tells; the codec's configuration knows better.
    pub fn channels(&self) -> u32 {
        match &self.extension {
            SoundExtension::V2(v2) => v2.num_audio_channels,
            SoundExtension::None | SoundExtension::V1 { .. } => u32::from(self.channel_count),
        }
    }

    /// Sampling rate in hertz, as far as the entry tells; 0 where it does not fit its field. The
    /// codec's configuration knows better.
    pub fn rate(&self) -> f64 {
        match &self.extension {
            SoundExtension::V2(v2) => v2.audio_sample_rate,
            SoundExtension::None | SoundExtension::V1 { .. } => {
                f64::from(self.sample_rate) / 65_536.0
            }
        }
    }

    /// The same facts in the form of an ISO file.
    pub(crate) fn to_iso(&self) -> AudioFields {
        let channels = u16::try_from(self.channels()).unwrap_or(u16::MAX);
        // `as` saturates, so no rate of a hostile file goes wrong.
        let mut iso = AudioFields::new(channels, self.rate().round() as u32);
        if self.extension == SoundExtension::None {
            iso.sample_rate = self.sample_rate;
            if self.sample_size != 0 {
                iso.sample_size = self.sample_size;
            }
        }
        iso
    }

    pub(crate) fn read(reader: &mut Reader<'_, '_>, stsd_version: u8) -> Result<Self, Error> {
        let version = reader.u16("version")?;
        let mut fields = AudioFields {
            version,
            revision: reader.u16("revision")?,
            vendor: reader.u32("vendor")?,
            channel_count: reader.u16("channelcount")?,
            sample_size: reader.u16("samplesize")?,
            compression_id: reader.i16("pre_defined")?,
            packet_size: reader.u16("reserved")?,
            sample_rate: reader.u32("samplerate")?,
            extension: SoundExtension::None,
        };
        // In an `stsd` of version 1 the entry is ISO's own version 1, which adds no field.
        if stsd_version == 0 {
            fields.extension = match version {
                1 => SoundExtension::V1 {
                    samples_per_packet: reader.u32("samplesPerPacket")?,
                    bytes_per_packet: reader.u32("bytesPerPacket")?,
                    bytes_per_frame: reader.u32("bytesPerFrame")?,
                    bytes_per_sample: reader.u32("bytesPerSample")?,
                },
                2 => SoundExtension::V2(SoundV2::read(reader)?),
                _ => SoundExtension::None,
            };
        }
        Ok(fields)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u16(self.version);
        writer.u16(self.revision);
        writer.u32(self.vendor);
        writer.u16(self.channel_count);
        writer.u16(self.sample_size);
        writer.i16(self.compression_id);
        writer.u16(self.packet_size);
        writer.u32(self.sample_rate);
        match &self.extension {
            SoundExtension::None => {}
            SoundExtension::V1 {
                samples_per_packet,
                bytes_per_packet,
                bytes_per_frame,
                bytes_per_sample,
            } => {
                writer.u32(*samples_per_packet);
                writer.u32(*bytes_per_packet);
                writer.u32(*bytes_per_frame);
                writer.u32(*bytes_per_sample);
            }
            SoundExtension::V2(v2) => v2.write(writer),
        }
    }
}

impl SoundV2 {
    fn read(reader: &mut Reader<'_, '_>) -> Result<SoundV2, Error> {
        let mut v2 = SoundV2 {
            size_of_struct_only: reader.u32("sizeOfStructOnly")?,
            audio_sample_rate: reader.f64("audioSampleRate")?,
            num_audio_channels: reader.u32("numAudioChannels")?,
            always_7f000000: reader.u32("always7F000000")?,
            const_bits_per_channel: reader.u32("constBitsPerChannel")?,
            format_specific_flags: reader.u32("formatSpecificFlags")?,
            const_bytes_per_audio_packet: reader.u32("constBytesPerAudioPacket")?,
            const_lpcm_frames_per_audio_packet: reader.u32("constLPCMFramesPerAudioPacket")?,
            more: Vec::new(),
        };
        let more = v2.size_of_struct_only.saturating_sub(V2_SIZE);
        v2.more = reader.rows(more, 1, "sizeOfStructOnly")?.to_vec();
        Ok(v2)
    }

    fn write(&self, writer: &mut Writer) {
        writer.u32(self.size_of_struct_only);
        writer.f64(self.audio_sample_rate);
        writer.u32(self.num_audio_channels);
        writer.u32(self.always_7f000000);
        writer.u32(self.const_bits_per_channel);
        writer.u32(self.format_specific_flags);
        writer.u32(self.const_bytes_per_audio_packet);
        writer.u32(self.const_lpcm_frames_per_audio_packet);
        writer.bytes(&self.more);
    }
}
