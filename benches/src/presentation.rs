//! The facts of a long package.

use media::{Codec, Language, Timescale};
use mux::Presentation;
use mux::presentation::{
    Addressing, AudioFacts, BandwidthPolicy, ByteRange, ChannelConfiguration, Colour, KindFacts,
    Ratio, Rendition, Scan, SegmentFacts, SegmentName, Storage, VideoFacts, VideoRange,
};

use crate::random::Random;

const SEGMENT_SECONDS: u64 = 2;

/// Three rungs of H.264 at 25 pictures a second and one AAC at 48 kHz, in segments of two seconds:
/// those of the video equally long, those of the audio within a frame of it.
pub fn four_renditions(seconds: u64) -> Presentation {
    Presentation {
        duration: Timescale::MILLISECONDS.time(seconds as i64 * 1000),
        min_buffer_time: Timescale::MILLISECONDS.time(4_000),
        bandwidth: BandwidthPolicy::MinBuffer,
        addressing: Addressing::Number,
        renditions: vec![
            video(seconds, 640, 360, 800),
            video(seconds, 1280, 720, 2_500),
            video(seconds, 1920, 1080, 5_000),
            audio(seconds, 128),
        ],
        tracktypes: Vec::new(),
    }
}

fn video(seconds: u64, width: u32, height: u32, kilobits: u64) -> Rendition {
    let timescale = 12_800;
    let mut segments = segments(seconds, timescale, 512, kilobits);
    for segment in &mut segments {
        segment.iframe = Some(ByteRange {
            offset: 24,
            length: segment.bytes / 6,
        });
    }
    Rendition {
        id: format!("video-avc1-{height}p"),
        codec: Codec::Avc,
        codec_string: "avc1.640028".into(),
        supplemental_codec: None,
        facts: KindFacts::Video(VideoFacts {
            width,
            height,
            sample_aspect_ratio: Ratio::ONE,
            frame_rate: Ratio::reduced(25, 1),
            range: VideoRange::Sdr,
            colour: Some(Colour {
                primaries: 1,
                transfer: 1,
                matrix: 1,
            }),
            scan: Scan::Progressive,
        }),
        content: 0,
        language: Language::undetermined(),
        name: None,
        roles: Vec::new(),
        accessibility: Vec::new(),
        default: false,
        timescale: Timescale::new(timescale).expect("is not 0"),
        presentation_time_offset: 0,
        base: String::new(),
        folder: format!("video/avc1/{height}p"),
        storage: Storage::Segments {
            init: "init.mp4".into(),
            media: SegmentName::new("seg_", ".m4s"),
        },
        segments,
        events: Vec::new(),
        trick_play: None,
        continuous_rate: None,
        protection: None,
    }
}

fn audio(seconds: u64, kilobits: u64) -> Rendition {
    Rendition {
        id: "audio-mp4a-en".into(),
        codec: Codec::Aac,
        codec_string: "mp4a.40.2".into(),
        facts: KindFacts::Audio(AudioFacts {
            channels: 2,
            sampling_rate: 48_000,
            configuration: ChannelConfiguration::Cicp(2),
            joc_complexity: None,
        }),
        language: "en".parse().expect("is a language tag"),
        timescale: Timescale::new(48_000).expect("is not 0"),
        base: String::new(),
        folder: "audio/mp4a/en".into(),
        segments: segments(seconds, 48_000, 1024, kilobits),
        ..video(SEGMENT_SECONDS, 2, 2, 1)
    }
}

/// Segments of whole samples of `sample` ticks; sizes within a half of the mean.
fn segments(seconds: u64, timescale: u32, sample: u64, kilobits: u64) -> Vec<SegmentFacts> {
    let start = |at: u64| at * SEGMENT_SECONDS * u64::from(timescale) / sample * sample;
    let mean = (kilobits * 125 * SEGMENT_SECONDS) as u32;
    let mut random = Random::new(kilobits);
    let segment = |at| SegmentFacts {
        number: at + 1,
        start: start(at),
        duration: start(at + 1) - start(at),
        bytes: u64::from(random.within(mean / 2, mean + mean / 2)),
        offset: 0,
        iframe: None,
        sap: 1,
    };
    (0..seconds / SEGMENT_SECONDS).map(segment).collect()
}
