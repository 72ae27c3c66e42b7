//! Sample entries of video.

use bitstream::codec_string::{self, Av1Profile, HevcProfile, Vp9Profile};
use bitstream::colour::Colour;
use bitstream::{av1, h264, hevc};
use isobmff::boxes::{Av1c, Avcc, Colr, Dvcc, Hvcc, Pasp, SampleEntry, Tkhd, VisualFields, Vpcc};
use isobmff::{BoxBody, Place};
use media::Codec;

use super::{Described, codec_error};
use crate::{DolbyVision, Error, Facts, VideoFacts};

/// What a video sample entry says; the inner error names a codec that is not carried.
pub(super) fn describe(
    entry: &SampleEntry,
    tkhd: &Tkhd,
    place: Place<'_>,
) -> Result<Result<Described, String>, Error> {
    let unsupported = || Ok(Err(entry.kind.to_string()));
    let Some(visual) = entry.visual() else {
        return unsupported();
    };
    let dolby_vision = entry.read_child::<Dvcc>(place)?;
    let container = Container {
        entry,
        visual,
        place,
        colour: colour(entry, place)?,
        pixel: entry.read_child::<Pasp>(place)?,
        rotation: tkhd.matrix.rotation().unwrap_or(0),
        dolby_vision: dolby_vision.as_ref().map(|dvcc| DolbyVision {
            profile: dvcc.dv_profile,
            level: dvcc.dv_level,
            compatibility: dvcc.dv_bl_signal_compatibility_id,
        }),
    };
    let described = match &entry.kind.0 {
        b"avc1" | b"avc3" | b"dva1" | b"dvav" => container.avc()?,
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => container.hevc()?,
        b"av01" => container.av1()?,
        b"vp09" => container.vp9()?,
        _ => return unsupported(),
    };
    Ok(Ok(described))
}

fn colour(entry: &SampleEntry, place: Place<'_>) -> Result<Option<Colour>, Error> {
    // Entries may carry several: an ICC profile beside code points is common.
    for child in entry.children(place) {
        let child = child?;
        if child.kind != Colr::KIND {
            continue;
        }
        let colr = Colr::parse(&child, &place)?;
        let code = |code: u16| u8::try_from(code).unwrap_or(2);
        let Some([primaries, transfer, matrix]) = colr.codes().map(|codes| codes.map(code)) else {
            continue;
        };
        let full_range = matches!(
            colr,
            Colr::Nclx {
                full_range_flag: true,
                ..
            }
        );
        return Ok(Some(Colour {
            primaries,
            transfer,
            matrix,
            full_range,
        }));
    }
    Ok(None)
}

/// What the boxes around a decoder configuration say.
struct Container<'a, 'p> {
    entry: &'a SampleEntry,
    visual: &'a VisualFields,
    place: Place<'p>,
    colour: Option<Colour>,
    pixel: Option<Pasp>,
    rotation: u32,
    dolby_vision: Option<DolbyVision>,
}

/// What a decoder configuration and its parameter sets say.
#[derive(Default)]
struct Coded {
    size: Option<(u32, u32)>,
    sample_aspect_ratio: Option<(u32, u32)>,
    colour: Option<Colour>,
    bit_depth: Option<u8>,
    frame_rate: Option<(u32, u32)>,
    interlaced: bool,
    nal_length_size: u8,
}

impl Container<'_, '_> {
    fn required<'s, T: BoxBody<'s>>(&'s self) -> Result<T, Error> {
        let found = self.entry.read_child::<T>(self.place)?;
        found.ok_or_else(|| Error::table(self.place, format!("has no {} box", T::KIND)))
    }

    fn entry_name(&self) -> String {
        self.entry.kind.to_string()
    }

    fn facts(&self, coded: Coded) -> Facts {
        let (width, height) = coded
            .size
            .filter(|(width, height)| *width > 0 && *height > 0)
            .unwrap_or((self.visual.width.into(), self.visual.height.into()));
        let pixel = self
            .pixel
            .as_ref()
            .map(|pasp| (pasp.h_spacing, pasp.v_spacing));
        let shape = pixel.or(coded.sample_aspect_ratio);
        let described = |colour: &Colour| *colour != Colour::UNSPECIFIED;
        Facts::Video(VideoFacts {
            width,
            height,
            sample_aspect_ratio: shape.filter(|(h, v)| *h > 0 && *v > 0).unwrap_or((1, 1)),
            colour: self.colour.or(coded.colour).filter(described),
            bit_depth: coded.bit_depth,
            coded_frame_rate: coded.frame_rate,
            interlaced: coded.interlaced,
            nal_length_size: coded.nal_length_size,
            dolby_vision: self.dolby_vision,
            rotation: u16::try_from(self.rotation).unwrap_or(0),
        })
    }

    /// The codec string, which Dolby Vision replaces where the base layer cannot be played alone.
    fn string(&self, base: String) -> String {
        let name = self.entry_name();
        match self.dolby_vision {
            Some(dolby) if name.starts_with("dv") => {
                codec_string::dolby_vision(&name, dolby.profile, dolby.level)
            }
            Some(_) | None => base,
        }
    }

    fn avc(&self) -> Result<Described, Error> {
        let avcc: Avcc<'_> = self.required()?;
        let mut coded = Coded {
            nal_length_size: avcc.length_size_minus_one + 1,
            ..Coded::default()
        };
        if let Some(nal) = avcc.sequence_parameter_sets.first() {
            let sps = h264::Sps::parse(nal).map_err(codec_error(self.place))?;
            coded.size = Some((sps.width(), sps.height()));
            coded.sample_aspect_ratio =
                sps.sample_aspect_ratio().map(|(h, v)| (h.into(), v.into()));
            coded.colour = Some(sps.colour());
            coded.bit_depth = Some(sps.bit_depth_luma());
            coded.frame_rate = sps.frame_rate();
            coded.interlaced = !sps.frame_mbs_only;
        }
        let (profile, flags) = (avcc.profile_indication, avcc.profile_compatibility);
        let base = codec_string::avc(&self.entry_name(), profile, flags, avcc.level_indication);
        Ok((Codec::Avc, self.string(base), self.facts(coded)))
    }

    fn hevc(&self) -> Result<Described, Error> {
        let hvcc: Hvcc<'_> = self.required()?;
        let mut coded = Coded {
            nal_length_size: hvcc.length_size_minus_one + 1,
            ..Coded::default()
        };
        let sps_type = hevc::NalUnitType::SPS.0;
        if let Some(nal) = hvcc.nal_units(sps_type).next() {
            let sps = hevc::Sps::parse(nal).map_err(codec_error(self.place))?;
            coded.size = Some((sps.width(), sps.height()));
            coded.sample_aspect_ratio =
                sps.sample_aspect_ratio().map(|(h, v)| (h.into(), v.into()));
            coded.colour = Some(sps.colour());
            coded.bit_depth = Some(sps.bit_depth_luma());
            coded.frame_rate = sps.frame_rate();
        }
        let base = codec_string::hevc(
            &self.entry_name(),
            &HevcProfile {
                profile_space: hvcc.general_profile_space,
                high_tier: hvcc.general_tier_flag,
                profile_idc: hvcc.general_profile_idc,
                compatibility_flags: hvcc.general_profile_compatibility_flags,
                constraint_flags: hvcc.general_constraint_indicator_flags,
                level_idc: hvcc.general_level_idc,
            },
        );
        Ok((Codec::Hevc, self.string(base), self.facts(coded)))
    }

    fn av1(&self) -> Result<Described, Error> {
        let av1c: Av1c<'_> = self.required()?;
        let header =
            av1::SequenceHeader::find(av1c.config_obus).map_err(codec_error(self.place))?;
        let mut coded = Coded {
            bit_depth: Some(av1c.bit_depth()),
            ..Coded::default()
        };
        let mut colour = self.colour.unwrap_or(Colour::UNSPECIFIED);
        if let Some(header) = &header {
            coded.size = Some((header.width(), header.height()));
            coded.colour = Some(header.colour());
            coded.frame_rate = header.frame_rate();
            if header.colour() != Colour::UNSPECIFIED {
                colour = header.colour();
            }
        }
        let string = codec_string::av1(&Av1Profile {
            profile: av1c.seq_profile,
            level_idx: av1c.seq_level_idx_0,
            high_tier: av1c.seq_tier_0 == 1,
            bit_depth: av1c.bit_depth(),
            monochrome: av1c.monochrome,
            subsampling_x: av1c.chroma_subsampling_x,
            subsampling_y: av1c.chroma_subsampling_y,
            chroma_sample_position: av1c.chroma_sample_position,
            colour,
        });
        Ok((Codec::Av1, string, self.facts(coded)))
    }

    fn vp9(&self) -> Result<Described, Error> {
        let vpcc: Vpcc<'_> = self.required()?;
        let colour = Colour {
            primaries: vpcc.colour_primaries,
            transfer: vpcc.transfer_characteristics,
            matrix: vpcc.matrix_coefficients,
            full_range: vpcc.video_full_range_flag,
        };
        let coded = Coded {
            colour: Some(colour),
            bit_depth: Some(vpcc.bit_depth),
            ..Coded::default()
        };
        let string = codec_string::vp9(&Vp9Profile {
            profile: vpcc.profile,
            level: vpcc.level,
            bit_depth: vpcc.bit_depth,
            chroma_subsampling: vpcc.chroma_subsampling,
            colour,
        });
        Ok((Codec::Vp9, string, self.facts(coded)))
    }
}
