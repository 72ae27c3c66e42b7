//! The first picture of a sample of NAL units.

use std::io;

use bitstream::bits::BitReader;
use bitstream::sei::SeiMessages;
use bitstream::{h264, hevc};
use demux::Source;

use super::picture::Picture;
use super::window::Window;

/// NAL units of a sample looked at.
const MAX_UNITS: u32 = 64;

/// Bytes of a NAL unit looked at.
const UNIT_BYTES: usize = 1024;

/// `payloadType` of a recovery point in both H.264 and HEVC.
const RECOVERY_POINT: u32 = 6;

/// Walks the units of a sample, each after its length.
struct Units<'w, 's, S: Source + ?Sized> {
    window: &'w mut Window<'s, S>,
    length_size: u8,
    at: u32,
    count: u32,
}

impl<S: Source + ?Sized> Units<'_, '_, S> {
    /// The beginning of the next unit; `None` behind the last.
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let size = usize::from(self.length_size);
        self.count += 1;
        if !(1..=4).contains(&size) || self.count > MAX_UNITS {
            return Ok(None);
        }
        let field = self.window.bytes(self.at, size)?;
        if field.len() < size {
            return Ok(None);
        }
        let length = field
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte));
        let start = self.at.saturating_add(size as u32);
        self.at = start.saturating_add(length);
        let most = UNIT_BYTES.min(length as usize);
        self.window.bytes(start, most).map(Some)
    }
}

fn units<'w, 's, S: Source + ?Sized>(
    window: &'w mut Window<'s, S>,
    length_size: u8,
) -> Units<'w, 's, S> {
    Units {
        window,
        length_size,
        at: 0,
        count: 0,
    }
}

/// Whether a recovery point is among messages.
fn has_recovery_point(messages: &SeiMessages<'_>) -> bool {
    let mut messages = messages.iter().map_while(Result::ok);
    messages.any(|message| message.payload_type == RECOVERY_POINT)
}

/// H.264: an IDR picture, else what its slices are. Of two fields, the first one counts: the second
/// may be predicted from it.
pub(super) fn avc<S: Source + ?Sized>(
    window: &mut Window<'_, S>,
    length_size: u8,
) -> io::Result<Picture> {
    use h264::NalUnitType;
    let mut units = units(window, length_size);
    let mut recovers = false;
    let mut intra_slices = 0;
    while let Some(nal) = units.next()? {
        let Ok(header) = h264::NalHeader::parse(nal) else {
            continue;
        };
        match header.nal_unit_type {
            NalUnitType::IDR => return Ok(Picture::Closed),
            NalUnitType::SEI => recovers |= has_recovery_point(&SeiMessages::h264(nal)),
            NalUnitType::SLICE | NalUnitType::PARTITION_A => {
                let Some((first_mb, slice_type)) = slice(nal) else {
                    break;
                };
                if intra_slices > 0 && first_mb == 0 {
                    break;
                }
                let dependent = |what: &str| match recovers {
                    true => Picture::Gradual,
                    false => Picture::Dependent(what.into()),
                };
                // Types from 5 on are those of all slices of the picture.
                match slice_type {
                    2 | 4 => intra_slices += 1,
                    7 | 9 => return Ok(Picture::Open),
                    0 | 3 | 5 | 8 => return Ok(dependent("a P picture")),
                    1 | 6 => return Ok(dependent("a B picture")),
                    _ => break,
                }
            }
            _ => {}
        }
    }
    Ok(match intra_slices {
        0 => Picture::Unknown,
        _ => Picture::Open,
    })
}

/// `first_mb_in_slice` and `slice_type`.
fn slice(nal: &[u8]) -> Option<(u32, u32)> {
    let mut r = BitReader::nal_prefix("slice_header", nal);
    r.bits(8, "nal_unit_header").ok()?;
    let first_mb = r.ue("first_mb_in_slice").ok()?;
    Some((first_mb, r.ue("slice_type").ok()?))
}

/// HEVC: the type of the first slice of the base layer.
pub(super) fn hevc<S: Source + ?Sized>(
    window: &mut Window<'_, S>,
    length_size: u8,
) -> io::Result<Picture> {
    use hevc::NalUnitType;
    let mut units = units(window, length_size);
    let mut recovers = false;
    while let Some(nal) = units.next()? {
        let Ok(header) = hevc::NalHeader::parse(nal) else {
            continue;
        };
        let kind = header.nal_unit_type;
        if kind == NalUnitType::PREFIX_SEI {
            recovers |= has_recovery_point(&SeiMessages::hevc(nal));
        }
        if !kind.is_vcl() || header.nuh_layer_id != 0 {
            continue;
        }
        return Ok(match kind {
            NalUnitType::CRA | NalUnitType::BLA_W_LP => Picture::Open,
            _ if kind.is_irap() => Picture::Closed,
            _ if recovers => Picture::Gradual,
            NalUnitType(number) => {
                let what = "a picture of nal_unit_type";
                Picture::Dependent(format!("{what} {number}, which is no random access point"))
            }
        });
    }
    Ok(Picture::Unknown)
}

#[cfg(test)]
mod tests {
    use media::{Sample, SampleFlags};

    use super::*;

    fn sample(units: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for unit in units {
            out.extend((unit.len() as u32).to_be_bytes());
            out.extend_from_slice(unit);
        }
        out
    }

    fn whole(bytes: &[u8]) -> Sample {
        Sample {
            offset: 0,
            dts: 0,
            size: bytes.len() as u32,
            duration: 1,
            composition_offset: 0,
            flags: SampleFlags::SYNC,
        }
    }

    fn avc_of(units: &[&[u8]]) -> Picture {
        let bytes = sample(units);
        avc(&mut Window::new(&bytes, whole(&bytes)), 4).unwrap()
    }

    fn hevc_of(units: &[&[u8]]) -> Picture {
        let bytes = sample(units);
        hevc(&mut Window::new(&bytes, whole(&bytes)), 4).unwrap()
    }

    const DELIMITER: &[u8] = &[0x09, 0xf0];
    /// recovery_frame_cnt 0, exact_match_flag 0, broken_link_flag 0, changing_slice_group_idc 0.
    const RECOVERY: &[u8] = &[0x06, 6, 1, 0xc4, 0x80];
    /// first_mb_in_slice 0 (`1`), slice_type 7 (`0001000`).
    const ALL_I: &[u8] = &[0x41, 0x88, 0x84];
    /// first_mb_in_slice 0 (`1`), slice_type 2 (`011`).
    const I: &[u8] = &[0x41, 0b1011_0000, 0x84];
    /// first_mb_in_slice 1 (`010`), slice_type 0 (`1`).
    const LATER_P: &[u8] = &[0x41, 0b0101_0000, 0x84];
    /// first_mb_in_slice 0, slice_type 5 (`00110`).
    const P: &[u8] = &[0x41, 0b1001_1000, 0x84];
    /// first_mb_in_slice 0, slice_type 1 (`010`).
    const B: &[u8] = &[0x01, 0b1010_0000, 0x84];

    #[test]
    fn avc_pictures_are_told_by_their_slices() {
        let dependent = |what: &str| Picture::Dependent(what.into());
        assert_eq!(avc_of(&[DELIMITER, &[0x65, 0x88]]), Picture::Closed);
        assert_eq!(avc_of(&[DELIMITER, ALL_I]), Picture::Open);
        assert_eq!(avc_of(&[RECOVERY, I]), Picture::Open);
        assert_eq!(avc_of(&[RECOVERY, P]), Picture::Gradual);
        assert_eq!(avc_of(&[P]), dependent("a P picture"));
        assert_eq!(avc_of(&[B]), dependent("a B picture"));
        assert_eq!(avc_of(&[DELIMITER]), Picture::Unknown);
    }

    #[test]
    fn every_slice_of_the_first_field_counts_and_none_of_the_second() {
        assert_eq!(
            avc_of(&[I, LATER_P]),
            Picture::Dependent("a P picture".into())
        );
        assert_eq!(avc_of(&[I, P]), Picture::Open);
    }

    #[test]
    fn a_slice_behind_long_messages_is_found() {
        let mut message = vec![0x06, 5];
        message.extend([255; 16]);
        message.push(4);
        message.extend([0x11; 16 * 255 + 4]);
        message.push(0x80);
        assert_eq!(avc_of(&[&message, &[0x65, 0x88]]), Picture::Closed);
        assert_eq!(
            avc_of(&[&message, P]),
            Picture::Dependent("a P picture".into())
        );
    }

    #[test]
    fn hevc_pictures_are_told_by_their_type() {
        let unit = |kind: u8, layer: u8| vec![kind << 1, layer << 3 | 1, 0x80];
        let of = |kind| hevc_of(&[&unit(35, 0), &unit(kind, 0)]);
        for closed in [17, 18, 19, 20] {
            assert_eq!(of(closed), Picture::Closed, "{closed}");
        }
        for open in [16, 21] {
            assert_eq!(of(open), Picture::Open, "{open}");
        }
        for dependent in [0, 1, 7, 9] {
            assert!(
                matches!(of(dependent), Picture::Dependent(_)),
                "{dependent}"
            );
        }
        // Dolby Vision metadata and other layers are passed over.
        assert_eq!(
            hevc_of(&[&unit(62, 0), &unit(1, 1), &unit(19, 0)]),
            Picture::Closed
        );
        let recovery = [39 << 1, 1, 6, 1, 0xd0, 0x80];
        assert_eq!(hevc_of(&[&recovery, &unit(1, 0)]), Picture::Gradual);
    }

    #[test]
    fn a_sample_cut_anywhere_is_unknown_at_worst() {
        let whole_bytes = sample(&[DELIMITER, RECOVERY, ALL_I]);
        for length in 0..whole_bytes.len() {
            let bytes = whole_bytes[..length].to_vec();
            let picture = avc(&mut Window::new(&bytes, whole(&bytes)), 4).unwrap();
            assert!(
                matches!(picture, Picture::Unknown | Picture::Open),
                "{length}"
            );
            let none = avc(&mut Window::new(&bytes, whole(&bytes)), 0).unwrap();
            assert_eq!(none, Picture::Unknown);
        }
    }
}
