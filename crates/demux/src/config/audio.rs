//! Sample entries of sound.

use bitstream::ac3::ChannelMap;
use bitstream::{aac, codec_string};
use isobmff::boxes::{AudioFields, Dac3, Dec3, Dfla, Dops, Esds, SampleEntry};
use isobmff::{BoxBody, Place};
use media::Codec;

use super::{Described, codec_error};
use crate::{AudioFacts, Error, Facts, Layout};

/// What an audio sample entry says; the inner error names a codec that is not carried.
pub(super) fn describe(
    entry: &SampleEntry,
    place: Place<'_>,
) -> Result<Result<Described, String>, Error> {
    let unsupported = || Ok(Err(entry.kind.to_string()));
    let Some(audio) = entry.audio() else {
        return unsupported();
    };
    match &entry.kind.0 {
        b"mp4a" => mpeg4(entry, audio, place),
        b"ac-3" => ac3(entry, place).map(Ok),
        b"ec-3" => eac3(entry, place).map(Ok),
        b"Opus" => opus(entry, place).map(Ok),
        b"fLaC" => flac(entry, audio, place).map(Ok),
        _ => unsupported(),
    }
}

fn required<'s, T: BoxBody<'s>>(entry: &'s SampleEntry, place: Place<'_>) -> Result<T, Error> {
    let found = entry.read_child::<T>(place)?;
    found.ok_or_else(|| Error::table(place, format!("has no {} box", T::KIND)))
}

fn facts(channels: u32, sampling_rate: u32, layout: Layout, joc: Option<u8>) -> Facts {
    Facts::Audio(AudioFacts {
        channels,
        sampling_rate,
        layout,
        joc_complexity: joc,
    })
}

/// The usual layout of so many channels, ISO/IEC 23091-3.
fn usual_layout(channels: u32) -> Layout {
    match channels {
        1..=3 | 5 | 6 => Layout::Cicp(channels as u8),
        8 => Layout::Cicp(12),
        _ => Layout::Unknown,
    }
}

/// `mp4a` holds anything that has an object type indication (MP4 registration authority), of which
/// MPEG-4 and MPEG-2 AAC are carried.
fn mpeg4(
    entry: &SampleEntry,
    audio: &AudioFields,
    place: Place<'_>,
) -> Result<Result<Described, String>, Error> {
    let esds: Esds<'_> = required(entry, place)?;
    let name = match esds.object_type_indication {
        0x40 | 0x66..=0x68 => None,
        0x69 | 0x6b => Some("MP3"),
        0xa5 => Some("AC-3 in mp4a"),
        0xa6 => Some("E-AC-3 in mp4a"),
        0xa9..=0xac => Some("DTS"),
        0xad => Some("Opus in mp4a"),
        0xdd => Some("Vorbis"),
        0xe1 => Some("QCELP"),
        _ => Some("unknown"),
    };
    if let Some(name) = name {
        return Ok(Err(format!(
            "mp4a.{:02x} ({name})",
            esds.object_type_indication
        )));
    }
    let rate = audio.rate() as u32;
    let info = esds.decoder_specific_info;
    if info.is_empty() {
        let string = codec_string::mp4a(esds.object_type_indication, None);
        let channels = audio.channels();
        return Ok(Ok((
            Codec::Aac,
            string,
            facts(channels, rate, usual_layout(channels), None),
        )));
    }
    let config = aac::AudioSpecificConfig::parse(info).map_err(codec_error(place))?;
    let string = match esds.object_type_indication {
        0x40 => config.codec_string(),
        other => codec_string::mp4a(other, None),
    };
    let channels = config.channels().map_or(audio.channels(), u32::from);
    let facts = facts(
        channels,
        config.sampling_rate(),
        usual_layout(channels),
        None,
    );
    Ok(Ok((Codec::Aac, string, facts)))
}

fn ac3(entry: &SampleEntry, place: Place<'_>) -> Result<Described, Error> {
    let dac3: Dac3 = required(entry, place)?;
    let Some(rate) = dac3.sample_rate() else {
        let text = format!("fscod: is {}, expected 0 to 2", dac3.fscod);
        return Err(Error::table(place.child(Dac3::KIND), text));
    };
    let map = ChannelMap::from_acmod(dac3.acmod, dac3.lfeon);
    let facts = facts(map.channels().into(), rate, Layout::Dolby(map.0), None);
    Ok((Codec::Ac3, codec_string::AC3.into(), facts))
}

fn eac3(entry: &SampleEntry, place: Place<'_>) -> Result<Described, Error> {
    let dec3: Dec3 = required(entry, place)?;
    let (Some(rate), Some(main)) = (dec3.sample_rate(), dec3.substreams.first()) else {
        return Err(Error::table(
            place.child(Dec3::KIND),
            "has no substream with a sampling rate",
        ));
    };
    let map = ChannelMap::from_acmod(main.acmod, main.lfeon).with_chan_loc(main.chan_loc);
    let joc = dec3.complexity_index_type_a;
    let facts = facts(map.channels().into(), rate, Layout::Dolby(map.0), joc);
    Ok((Codec::Eac3, codec_string::EAC3.into(), facts))
}

fn opus(entry: &SampleEntry, place: Place<'_>) -> Result<Described, Error> {
    let dops: Dops<'_> = required(entry, place)?;
    let channels = u32::from(dops.output_channel_count);
    let rate = bitstream::opus::OpusConfig::SAMPLING_RATE;
    let facts = facts(channels, rate, usual_layout(channels), None);
    Ok((Codec::Opus, codec_string::OPUS.into(), facts))
}

fn flac(entry: &SampleEntry, audio: &AudioFields, place: Place<'_>) -> Result<Described, Error> {
    let dfla: Dfla<'_> = required(entry, place)?;
    let (channels, rate) = match dfla.stream_info() {
        Some(info) => (u32::from(info.channels), info.sample_rate),
        None => (audio.channels(), audio.rate() as u32),
    };
    Ok((
        Codec::Flac,
        codec_string::FLAC.into(),
        facts(channels, rate, usual_layout(channels), None),
    ))
}
