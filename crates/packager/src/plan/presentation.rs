//! The plan as plain facts, for manifests.

use demux::{Facts, Layout, Track};
use media::{Codec, TrackKind};
use mux::presentation::{
    Addressing, AudioFacts, BandwidthPolicy, ByteRange, ChannelConfiguration, Colour, KindFacts,
    Presentation, Ratio, Rendition as Announced, Role, Scan, SegmentFacts, SegmentName, Storage,
    SupplementalCodec, TrickPlay, VideoFacts, VideoRange, WebVtt,
};

use super::{Plan, Rendition, SingleFileLayout, TextRendition};
use crate::Error;
use crate::job::Formats;
use crate::protecting::Protected;

impl Plan {
    /// What the manifests of a set of segments will say: of renditions whose samples have the sizes
    /// they have by now, and of boxes as far as they are made.
    ///
    /// # Errors
    /// Segments that cannot be expressed in boxes.
    pub(crate) fn presentation_of<'r>(
        &self,
        protected: &Protected<'_>,
        media: impl Iterator<Item = &'r Rendition>,
    ) -> Result<Presentation, Error> {
        let mut renditions = Vec::with_capacity(self.renditions.len() + self.texts.len());
        for (at, rendition) in media.enumerate() {
            renditions.push(self.announce(at, rendition, protected)?);
        }
        for text in &self.texts {
            renditions.push(self.announce_text(text, protected.tree.formats)?);
        }
        Ok(Presentation {
            duration: self.duration,
            min_buffer_time: self.job.min_buffer_time,
            bandwidth: match self.job.average_bandwidth {
                true => BandwidthPolicy::Average,
                false => BandwidthPolicy::MinBuffer,
            },
            addressing: match self.job.time_template {
                true => Addressing::Time,
                false => Addressing::Number,
            },
            tracktypes: self.tracktypes(protected.tree),
            renditions,
        })
    }

    fn announce(
        &self,
        at: usize,
        rendition: &Rendition,
        protected: &Protected<'_>,
    ) -> Result<Announced, Error> {
        let track = &rendition.track;
        let number_from = self.job.number_from;
        let boxes = protected.boxes(at);
        let (storage, segments) = if self.job.single_file {
            let init = rendition.init(protected.init(at))?;
            let layout = rendition.single_file(init, boxes)?;
            let offset = layout.head.len() as u64;
            (
                single_file(rendition.kind(), &layout),
                rendition.facts(number_from, offset, boxes)?,
            )
        } else {
            (
                in_segments(rendition.kind()),
                rendition.facts(number_from, 0, boxes)?,
            )
        };
        Ok(Announced {
            id: rendition.place.id.clone(),
            codec: track.codec,
            codec_string: track.codec_string.clone(),
            supplemental_codec: supplemental(track),
            facts: facts(track),
            content: rendition.content,
            language: rendition.language.clone(),
            name: rendition.name.clone(),
            roles: rendition.roles.clone(),
            accessibility: Vec::new(),
            default: rendition.default,
            timescale: track.timescale,
            presentation_time_offset: 0,
            folder: rendition.place.folder.clone(),
            base: String::new(),
            storage,
            segments,
            trick_play: rendition.trick_play_of.clone().map(|of| TrickPlay {
                of,
                max_playout_rate: trick_play_rate(track),
            }),
            events: rendition.events.schemes().to_vec(),
            continuous_rate: match self.job.average_bandwidth {
                true => None,
                false => Some(rendition.continuous_rate(self.job.min_buffer_time, boxes)?),
            },
            protection: protected.announced(at),
        })
    }

    fn announce_text(&self, text: &TextRendition, formats: Formats) -> Result<Announced, Error> {
        let mut offset = 0;
        let mut storage = in_segments(TrackKind::Text);
        if self.job.single_file {
            let layout = text.single_file()?;
            offset = layout.head.len() as u64;
            storage = single_file(TrackKind::Text, &layout);
        }
        let segments = text.facts(self.job.number_from, offset);
        let webvtt = formats.hls.then(|| WebVtt {
            media: SegmentName::new("seg_", ".vtt"),
            bytes: text
                .segments
                .iter()
                .map(|segment| segment.webvtt.len() as u64)
                .collect(),
        });
        let roles = match text.roles.as_slice() {
            [] => vec![Role::Subtitle],
            roles => roles.to_vec(),
        };
        Ok(Announced {
            id: text.place.id.clone(),
            codec: Codec::WebVtt,
            codec_string: bitstream::codec_string::WEBVTT.into(),
            supplemental_codec: None,
            facts: KindFacts::Text { webvtt },
            content: text.content,
            language: text.language.clone(),
            name: text.name.clone(),
            roles,
            accessibility: Vec::new(),
            default: text.default,
            timescale: super::subtitle::TIMESCALE,
            presentation_time_offset: 0,
            folder: text.place.folder.clone(),
            base: String::new(),
            storage,
            segments,
            trick_play: None,
            events: Vec::new(),
            // A few bytes, and whole segments need no less than their samples do.
            continuous_rate: None,
            protection: None,
        })
    }
}

impl TextRendition {
    pub(crate) fn facts(&self, number_from: u32, offset: u64) -> Vec<SegmentFacts> {
        let mut at = offset;
        let facts = |(index, segment): (usize, &super::subtitle::TextSegment)| {
            let facts = SegmentFacts {
                number: u64::from(number_from) + index as u64,
                start: segment.start,
                duration: segment.duration,
                bytes: segment.mp4.len() as u64,
                offset: at,
                iframe: None,
                sap: 1,
            };
            at += if offset > 0 { facts.bytes } else { 0 };
            facts
        };
        self.segments.iter().enumerate().map(facts).collect()
    }

    pub(crate) fn single_file(&self) -> Result<SingleFileLayout, Error> {
        let entry = |segment: &super::subtitle::TextSegment| mux::cmaf::IndexEntry {
            bytes: segment.mp4.len() as u64,
            duration: segment.duration,
            sap: 1,
        };
        let entries: Vec<_> = self.segments.iter().map(entry).collect();
        let index = mux::cmaf::segment_index(&entries, 0, super::subtitle::TIMESCALE).map_err(
            |source| Error::Boxes {
                object: self.place.folder.clone(),
                source,
            },
        )?;
        Ok(SingleFileLayout::new(self.init.clone(), &index))
    }
}

fn in_segments(kind: TrackKind) -> Storage {
    Storage::Segments {
        init: format!("{kind}_init.mp4"),
        media: SegmentName::new("seg_", ".m4s"),
    }
}

fn single_file(kind: TrackKind, layout: &SingleFileLayout) -> Storage {
    let whole = |range: ByteRange| ByteRange {
        offset: range.offset,
        length: range.length,
    };
    Storage::SingleFile {
        name: format!("{kind}.mp4"),
        init: whole(layout.init),
        index: whole(layout.index),
    }
}

fn facts(track: &Track) -> KindFacts {
    match &track.facts {
        Facts::Video(video) => {
            let (h, v) = video.sample_aspect_ratio;
            let colour = video.colour;
            KindFacts::Video(VideoFacts {
                width: video.width,
                height: video.height,
                sample_aspect_ratio: Ratio::reduced(h.into(), v.into()).unwrap_or(Ratio::ONE),
                frame_rate: frame_rate(track),
                range: video_range(video),
                colour: colour.map(|colour| Colour {
                    primaries: colour.primaries,
                    transfer: colour.transfer,
                    matrix: colour.matrix,
                }),
                scan: if video.interlaced {
                    Scan::Interlaced
                } else {
                    Scan::Progressive
                },
            })
        }
        Facts::Audio(audio) => KindFacts::Audio(AudioFacts {
            channels: audio.channels,
            sampling_rate: audio.sampling_rate,
            configuration: match audio.layout {
                Layout::Cicp(value) => ChannelConfiguration::Cicp(value),
                Layout::Dolby(mask) => ChannelConfiguration::Dolby(mask),
                Layout::Unknown => ChannelConfiguration::Unknown,
            },
            joc_complexity: audio.joc_complexity,
        }),
        Facts::Text(_) => KindFacts::Text { webvtt: None },
    }
}

fn video_range(video: &demux::VideoFacts) -> VideoRange {
    use bitstream::colour::VideoRange as Coded;
    // Dolby Vision 5 has no base layer that says anything; it is PQ.
    if video.dolby_vision.is_some_and(|dolby| dolby.profile == 5) {
        return VideoRange::Pq;
    }
    match video.colour.map(|colour| colour.video_range()) {
        Some(Coded::Pq) => VideoRange::Pq,
        Some(Coded::Hlg) => VideoRange::Hlg,
        Some(Coded::Sdr) | None => VideoRange::Sdr,
    }
}

/// Dolby Vision over a base layer that plays alone, by its compatibility ID.
fn supplemental(track: &Track) -> Option<SupplementalCodec> {
    let dolby = track.video()?.dolby_vision?;
    let entry = match (track.codec, dolby.profile) {
        (Codec::Hevc, 8) if !track.codec_string.starts_with("dv") => "dvh1",
        (Codec::Av1, 10) => "dav1",
        (Codec::Avc, 9) if !track.codec_string.starts_with("dv") => "dva1",
        _ => return None,
    };
    let brand = match dolby.compatibility {
        1 => "db1p",
        2 => "db2g",
        4 => "db4h",
        _ => return None,
    };
    let string = bitstream::codec_string::dolby_vision(entry, dolby.profile, dolby.level);
    Some(SupplementalCodec {
        codec_string: string,
        brand: brand.into(),
    })
}

/// Pictures per second as presented: the average over the track, brought to the nearest usual
/// rate where it is within 0.05 % of one.
pub(crate) fn frame_rate(track: &Track) -> Option<Ratio> {
    let ticks: u64 = track
        .samples
        .iter()
        .map(|sample| u64::from(sample.duration))
        .sum();
    let count = track.samples.len() as u64;
    if ticks == 0 || count == 0 {
        return None;
    }
    let average = count as f64 * f64::from(track.timescale.rate()) / ticks as f64;
    let coded = track.video().and_then(|video| video.coded_frame_rate);
    let coded = coded.and_then(|(n, d)| Ratio::reduced(n.into(), d.into()));
    let usual = USUAL_RATES.iter().map(|(n, d)| Ratio {
        numerator: *n,
        denominator: *d,
    });
    let near = |ratio: &Ratio| {
        let rate = f64::from(ratio.numerator) / f64::from(ratio.denominator);
        (rate / average - 1.0).abs() < 0.0005
    };
    coded
        .into_iter()
        .chain(usual)
        .find(near)
        .or_else(|| Ratio::reduced(count * u64::from(track.timescale.rate()), ticks))
        .or_else(|| Ratio::reduced((average * 1000.0).round() as u64, 1000))
}

const USUAL_RATES: [(u32, u32); 12] = [
    (24_000, 1_001),
    (24, 1),
    (25, 1),
    (30_000, 1_001),
    (30, 1),
    (48, 1),
    (50, 1),
    (60_000, 1_001),
    (60, 1),
    (100, 1),
    (120_000, 1_001),
    (120, 1),
];

/// How fast the sync samples can be shown by a decoder that keeps up with the whole rendition:
/// as many times as there are pictures for each sync sample.
fn trick_play_rate(sync_only: &Track) -> u32 {
    let seconds = sync_only.timescale.seconds(sync_only.to_cut().end());
    let spacing = seconds / sync_only.samples.len().max(1) as f64;
    // 30 pictures per second is what a decoder of any level can show.
    ((spacing * 30.0) as u32).clamp(1, 64)
}
