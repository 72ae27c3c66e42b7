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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex};
    use crate::boxes::{Esds, SampleEntry};
    use crate::{FourCc, Place, RawBox};

    const FILE: Place<'static> = Place::FILE;

    fn entry(text: &str) -> SampleEntry {
        let entry = SampleEntry::from_bytes(hex(text)).unwrap();
        assert_eq!(
            entry.to_bytes().unwrap(),
            hex(text),
            "is not written back to its bytes"
        );
        entry
    }

    /// What Lavf 59 writes for QuickTime: version 1 for AAC at 44.1 kHz, with `wave` and `chan`.
    const VERSION_1: &str = "000000aa 6d703461 000000000000 0001 0001 0000 00000000 0001 0010 fffe
        0000 ac440000 00000400 00000000 00000000 00000002
        0000005e 77617665 0000000c 66726d61 6d703461 0000000c 6d703461 00000000
        00000036 65736473 00000000 0380808025 0001 00 0480808017 40 15 000000 0001151d 0001151d
        0580808005 120856e500 0680808001 02 00000008 00000000
        00000018 6368616e 00000000 00640001 00000000 00000000";

    /// The same at 96 kHz: version 2.
    const VERSION_2: &str = "000000be 6d703461 000000000000 0001 0002 0000 00000000 0003 0010 fffe
        0000 00010000 00000048 40f7700000000000 00000001 7f000000 00000000 00000000 00000000
        00000000
        0000005e 77617665 0000000c 66726d61 6d703461 0000000c 6d703461 00000000
        00000036 65736473 00000000 0380808025 0001 00 0480808017 40 15 000000 0001198d 0001198d
        0580808005 100856e500 0680808001 02 00000008 00000000
        00000018 6368616e 00000000 00640001 00000000 00000000";

    #[test]
    fn an_iso_entry_is_read() {
        // "h264.mp4" of mp4-atom (MIT or Apache-2.0).
        let entry = entry(
            "0000006b 6d703461 000000000000 0001 0000 0000 00000000 0002 0010 0000 0000 bb800000
             00000033 65736473 00000000 0380808022 0002 00 0480808014 40 14 000000 00027100
             00027100 0580808002 1190 0680808001 02 00000014 62747274 00000000 00027100 00027100",
        );
        let audio = entry.audio().unwrap();
        assert_eq!((audio.channels(), audio.rate()), (2, 48_000.0));
        assert_eq!(audio.extension, SoundExtension::None);
        let esds = entry.read_child::<Esds<'_>>(FILE).unwrap().unwrap();
        assert_eq!(esds.decoder_specific_info, [0x11, 0x90]);
        assert_eq!(entry.to_iso(FILE).unwrap(), entry);
    }

    #[test]
    fn a_quicktime_entry_of_version_1_becomes_an_iso_one() {
        let entry = entry(VERSION_1);
        let audio = entry.audio().unwrap();
        assert_eq!((audio.channels(), audio.rate()), (1, 44_100.0));
        let esds = entry.read_child::<Esds<'_>>(FILE).unwrap().unwrap();
        assert_eq!(esds.max_bitrate, 70_941);
        let iso = entry.to_iso(FILE).unwrap().to_bytes().unwrap();
        let expected = hex(
            "0000005a 6d703461 000000000000 0001 0000 0000 00000000 0001 0010 0000 0000 ac440000
             00000036 65736473 00000000 0380808025 0001 00 0480808017 40 15 000000 0001151d
             0001151d 0580808005 120856e500 0680808001 02",
        );
        assert_eq!(iso, expected);
    }

    #[test]
    fn a_quicktime_entry_of_version_2_becomes_an_iso_one() {
        let entry = entry(VERSION_2);
        let audio = entry.audio().unwrap();
        assert_eq!((audio.channels(), audio.rate()), (1, 96_000.0));
        let iso = entry.to_iso(FILE).unwrap();
        let audio = iso.audio().unwrap();
        assert_eq!(
            (audio.version, audio.channel_count, audio.sample_size),
            (0, 1, 16)
        );
        // 96 kHz does not fit 16 bits; AudioSpecificConfig has it.
        assert_eq!(audio.sample_rate, 0);
        let kinds: Vec<FourCc> = iso
            .children(FILE)
            .map(|child| child.map(|child| child.kind))
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(kinds, [FourCc::new(b"esds")]);
    }

    #[test]
    fn what_version_2_has_room_for_is_kept() {
        let longer = VERSION_2
            .replacen("000000be", "000000c0", 1)
            .replacen("00000048", "0000004a", 1)
            .replacen("0000005e 77617665", "abcd 0000005e 77617665", 1);
        let entry = entry(&longer);
        let SoundExtension::V2(v2) = &entry.audio().unwrap().extension else {
            panic!("is not version 2");
        };
        assert_eq!(
            (v2.size_of_struct_only, &v2.more[..]),
            (74, &[0xab, 0xcd][..])
        );
        assert!(entry.read_child::<Esds<'_>>(FILE).unwrap().is_some());
    }

    #[test]
    fn a_cut_entry_of_any_version_names_its_field() {
        for (text, fixed) in [(VERSION_1, 44), (VERSION_2, 64)] {
            let bytes = hex(text);
            for cut in 0..fixed {
                let raw = RawBox::parse(around(FourCc::new(b"mp4a"), &bytes[8..8 + cut]), 0, &FILE);
                let message = SampleEntry::read(&raw.unwrap(), 0, &FILE)
                    .unwrap_err()
                    .to_string();
                assert!(message.starts_with("mp4a at byte "), "{message}");
                assert!(message.contains(": needs "), "{message}");
            }
            let raw = RawBox::parse(around(FourCc::new(b"mp4a"), &bytes[8..8 + fixed]), 0, &FILE);
            assert!(SampleEntry::read(&raw.unwrap(), 0, &FILE).is_ok());
        }
    }

    #[test]
    fn version_1_in_an_stsd_of_version_1_is_isos_own() {
        let bytes = hex(
            "00000034 6d703461 000000000000 0001 0001 0000 00000000 0002 0010 0000 0000 00010000
             00000010 73726174 00000000 00017700",
        );
        let raw = RawBox::parse(bytes, 0, &FILE).unwrap();
        let entry = SampleEntry::read(&raw, 1, &FILE).unwrap();
        assert_eq!(entry.audio().unwrap().extension, SoundExtension::None);
        assert!(entry.child(FourCc::new(b"srat"), FILE).unwrap().is_some());
        assert_eq!(entry.to_bytes().unwrap(), bytes);
    }
}
