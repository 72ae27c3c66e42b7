//! What kind of picture a sample begins with.

use std::io;

use bitstream::av1::{ObuType, SequenceHeader};
use bitstream::bits::BitReader;
use bitstream::vp9::KeyFrameHeader;
use demux::{Source, Track};
use media::{Codec, Sample};

use super::nal;
use super::window::Window;

/// What a decoder that begins with a sample makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Picture {
    /// Decoding begins anew: nothing from here on depends on anything before.
    Closed,
    /// Decodes alone; pictures presented before it may depend on others before.
    Open,
    /// Decodes alone, but something else is shown in its place.
    Hidden,
    /// Depends on others, but a recovery point says that pictures become right some time later.
    Gradual,
    /// Depends on others: what it is.
    Dependent(String),
    /// Nothing readable says what it is.
    Unknown,
}

/// The first picture of a sample of a video track, from its first bytes.
///
/// # Errors
/// Bytes that cannot be read.
pub(super) fn of<S: Source + ?Sized>(
    track: &Track,
    source: &S,
    sample: Sample,
) -> io::Result<Picture> {
    let mut window = Window::new(source, sample);
    let length_size = track.video().map_or(0, |video| video.nal_length_size);
    match track.codec {
        Codec::Avc => nal::avc(&mut window, length_size),
        Codec::Hevc => nal::hevc(&mut window, length_size),
        Codec::Av1 => av1(&mut window),
        Codec::Vp9 => Ok(vp9(window.bytes(0, 32)?)),
        Codec::Aac
        | Codec::Ac3
        | Codec::Eac3
        | Codec::Opus
        | Codec::Flac
        | Codec::WebVtt
        | Codec::Ttml
        | Codec::TimedText => Ok(Picture::Unknown),
    }
}

fn vp9(frame: &[u8]) -> Picture {
    match KeyFrameHeader::parse(frame) {
        Ok(Some(_)) => Picture::Closed,
        Ok(None) => Picture::Dependent("a VP9 inter frame".into()),
        Err(_) => Picture::Unknown,
    }
}

/// Units of a temporal unit looked at.
const MAX_OBUS: u32 = 64;

/// The first frame header, AV1 5.9.2.
fn av1<S: Source + ?Sized>(window: &mut Window<'_, S>) -> io::Result<Picture> {
    let mut at = 0u32;
    let mut is_reduced = false;
    for _ in 0..MAX_OBUS {
        let Some(obu) = Obu::read(window.bytes(at, 16)?) else {
            break;
        };
        let payload = at.saturating_add(obu.header);
        match obu.kind {
            ObuType::SEQUENCE_HEADER => {
                let header = SequenceHeader::parse(window.bytes(payload, obu.size as usize)?);
                is_reduced = header.is_ok_and(|header| header.reduced_still_picture_header);
            }
            ObuType::FRAME | ObuType::FRAME_HEADER if is_reduced => return Ok(Picture::Closed),
            ObuType::FRAME | ObuType::FRAME_HEADER => {
                return Ok(av1_frame(window.bytes(payload, 1)?));
            }
            _ => {}
        }
        at = payload.saturating_add(obu.size);
    }
    Ok(Picture::Unknown)
}

fn av1_frame(header: &[u8]) -> Picture {
    const KEY_FRAME: u8 = 0;
    let mut r = BitReader::new("uncompressed_header", header);
    let mut fields = || {
        let shows_existing = r.flag("show_existing_frame")?;
        let kind = r.small(2, "frame_type")?;
        Ok::<_, bitstream::Error>((shows_existing, kind, r.flag("show_frame")?))
    };
    match fields() {
        Ok((true, ..)) => Picture::Dependent("an AV1 frame coded before".into()),
        Ok((false, KEY_FRAME, true)) => Picture::Closed,
        Ok((false, KEY_FRAME, false)) => Picture::Hidden,
        Ok((false, 2, _)) => Picture::Dependent("an AV1 intra-only frame".into()),
        Ok((false, ..)) => Picture::Dependent("an AV1 inter frame".into()),
        Err(_) => Picture::Unknown,
    }
}

/// The header of a unit whose content need not be there: AV1 5.3.
struct Obu {
    kind: ObuType,
    /// Bytes of header and size.
    header: u32,
    /// Bytes of content; all there are where it does not say.
    size: u32,
}

impl Obu {
    fn read(bytes: &[u8]) -> Option<Obu> {
        let first = *bytes.first()?;
        let has = |bit: u8| first & bit != 0;
        let mut header = if has(0x04) { 2 } else { 1 };
        let mut size = u64::from(u32::MAX);
        if has(0x02) {
            size = 0;
            for place in 0..8 {
                let byte = *bytes.get(header)?;
                header += 1;
                size |= u64::from(byte & 0x7f) << (7 * place);
                if byte & 0x80 == 0 {
                    break;
                }
            }
        }
        Some(Obu {
            kind: ObuType(first >> 3 & 0x0f),
            header: header as u32,
            size: u32::try_from(size).unwrap_or(u32::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use media::SampleFlags;

    use super::*;

    /// What a temporal unit of these bytes begins with.
    fn av1_of(bytes: &[u8]) -> Picture {
        let bytes = bytes.to_vec();
        let sample = Sample {
            offset: 0,
            dts: 0,
            size: bytes.len() as u32,
            duration: 1,
            composition_offset: 0,
            flags: SampleFlags::SYNC,
        };
        av1(&mut Window::new(&bytes, sample)).unwrap()
    }

    /// `configOBUs` of Firefox's test file bipbop-clearkey-video-av1.mp4: 400x300.
    const SEQUENCE: [u8; 13] = [
        0x0a, 0x0b, 0x00, 0x00, 0x00, 0x04, 0x3c, 0xff, 0xbc, 0x6e, 0xe6, 0x01, 0x01,
    ];

    #[test]
    fn an_av1_frame_is_told_by_its_first_four_bits() {
        // A frame of more bytes than are there: sample tables are believed about sizes.
        let unit = |frame: u8| [&SEQUENCE[..], &[0x32, 0xff, 0x7f, frame]].concat();
        assert_eq!(av1_of(&unit(0x10)), Picture::Closed);
        assert_eq!(av1_of(&unit(0x00)), Picture::Hidden);
        let is_dependent = |frame| matches!(av1_of(&unit(frame)), Picture::Dependent(_));
        assert!(is_dependent(0x30) && is_dependent(0x50) && is_dependent(0x80));
        assert_eq!(av1_of(&SEQUENCE), Picture::Unknown);
        for length in 0..17 {
            let cut = unit(0x10);
            let picture = av1_of(&cut[..length]);
            let expected = [Picture::Unknown, Picture::Closed];
            assert!(expected.contains(&picture), "{length}: {picture:?}");
        }
    }

    #[test]
    fn a_vp9_frame_is_told_by_its_type() {
        // First bytes of Firefox's test file tv.yuv420p10, a key frame.
        let mut frame = [0x92, 0x49, 0x83, 0x42, 0x20, 0x27, 0xf8, 0x16, 0x7b, 0x00];
        assert_eq!(vp9(&frame), Picture::Closed);
        // frame_type.
        frame[0] |= 0x04;
        assert_eq!(vp9(&frame), Picture::Dependent("a VP9 inter frame".into()));
        assert_eq!(vp9(&[]), Picture::Unknown);
    }
}
