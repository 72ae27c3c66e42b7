//! Presentations with known facts, one for each thing manifests can say.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "shared by tests that use parts of it"
)]

pub(crate) mod protection;

use media::{Codec, Language, Timescale};
use mux::Presentation;
use mux::presentation::{
    Addressing, AudioFacts, BandwidthPolicy, ByteRange, ChannelConfiguration, Colour, Descriptor,
    KindFacts, Ratio, Rendition, Role, Scan, SegmentFacts, SegmentName, Storage, SupplementalCodec,
    TrickPlay, VideoFacts, VideoRange, WebVtt,
};

/// A named presentation.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) presentation: Presentation,
}

/// Every scenario.
pub(crate) fn all() -> Vec<Scenario> {
    let scenario = |name, presentation| Scenario { name, presentation };
    vec![
        scenario("single_video", single_video()),
        scenario("ladder_with_languages_and_subtitles", ladder()),
        scenario("audio_only", of(vec![audio("en", "en", 128)])),
        scenario("hdr10_and_sdr", hdr10()),
        scenario("dolby_vision", dolby_vision()),
        scenario("two_video_codecs", two_codecs()),
        scenario("same_codec_with_parameter_sets_in_band", in_band()),
        scenario("several_audio_bitrates", several_bitrates()),
        scenario("surround_with_objects", surround()),
        scenario("single_files", single_files()),
        scenario("numbered_by_time", by_time()),
        scenario("trick_play", trick_play()),
        scenario("open_groups_of_pictures", open_groups()),
        scenario("events_in_segments", events()),
        scenario("late_start_and_names_that_need_escaping", awkward()),
        scenario("encrypted_with_one_key", protection::one_key()),
        scenario(
            "encrypted_with_a_key_per_quality",
            protection::key_per_quality(),
        ),
        scenario(
            "clear_lead_beside_clear_audio",
            protection::clear_lead_beside_clear_audio(),
        ),
        scenario("signalling_of_a_key_server", protection::key_server()),
    ]
}

/// Ten seconds of these renditions.
pub(crate) fn of(renditions: Vec<Rendition>) -> Presentation {
    Presentation {
        duration: Timescale::MILLISECONDS.time(10_000),
        min_buffer_time: Timescale::MILLISECONDS.time(4_000),
        bandwidth: BandwidthPolicy::MinBuffer,
        addressing: Addressing::Number,
        renditions,
        tracktypes: Vec::new(),
    }
}

/// Segments of these durations; sizes follow the rate, the second a fifth larger.
fn segments(durations: &[u64], timescale: u32, kilobits: u64) -> Vec<SegmentFacts> {
    let (mut number, mut start) = (1, 0);
    let mut next = |&duration: &u64| {
        let even = duration * kilobits * 125 / u64::from(timescale);
        let bytes = if number == 2 { even + even / 5 } else { even };
        let segment = SegmentFacts {
            number,
            start,
            duration,
            bytes,
            offset: 0,
            iframe: None,
            sap: 1,
        };
        number += 1;
        start += duration;
        segment
    };
    durations.iter().map(&mut next).collect()
}

/// 25 pictures a second in a timescale of 12 800: 4, 4 and 2 seconds.
pub(crate) fn video(id: &str, width: u32, height: u32, kilobits: u64) -> Rendition {
    let mut segments = segments(&[51_200, 51_200, 25_600], 12_800, kilobits);
    for segment in &mut segments {
        segment.iframe = Some(ByteRange {
            offset: 24,
            length: segment.bytes / 5,
        });
    }
    Rendition {
        id: format!("video-avc1-{id}"),
        codec: Codec::Avc,
        codec_string: "avc1.64001F".into(),
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
        timescale: Timescale::new(12_800).unwrap(),
        presentation_time_offset: 0,
        folder: format!("video/avc1/{id}"),
        base: String::new(),
        storage: Storage::Segments {
            init: "video_init.mp4".into(),
            media: SegmentName::new("seg_", ".m4s"),
        },
        segments,
        trick_play: None,
        events: Vec::new(),
        continuous_rate: None,
        protection: None,
    }
}

/// AAC at 48 kHz: cut to whole frames of 1 024 samples.
pub(crate) fn audio(id: &str, language: &str, kilobits: u64) -> Rendition {
    Rendition {
        id: format!("audio-mp4a-{id}"),
        codec: Codec::Aac,
        codec_string: "mp4a.40.2".into(),
        facts: KindFacts::Audio(AudioFacts {
            channels: 2,
            sampling_rate: 48_000,
            configuration: ChannelConfiguration::Cicp(2),
            joc_complexity: None,
        }),
        language: language.parse().unwrap(),
        timescale: Timescale::new(48_000).unwrap(),
        folder: format!("audio/mp4a/{id}"),
        base: String::new(),
        storage: Storage::Segments {
            init: "audio_init.mp4".into(),
            media: SegmentName::new("seg_", ".m4s"),
        },
        segments: segments(&[192_512, 191_488, 96_256], 48_000, kilobits),
        ..video(id, 1, 1, 1)
    }
}

pub(crate) fn text(id: &str, language: &str, role: Role) -> Rendition {
    let segments = segments(&[4_000, 4_000, 2_000], 1_000, 1);
    let webvtt = WebVtt {
        media: SegmentName::new("seg_", ".vtt"),
        bytes: segments.iter().map(|segment| segment.bytes / 2).collect(),
    };
    Rendition {
        id: format!("text-wvtt-{id}"),
        codec: Codec::WebVtt,
        codec_string: "wvtt".into(),
        facts: KindFacts::Text {
            webvtt: Some(webvtt),
        },
        language: language.parse().unwrap(),
        roles: vec![role],
        timescale: Timescale::MILLISECONDS,
        folder: format!("text/wvtt/{id}"),
        base: String::new(),
        storage: Storage::Segments {
            init: "text_init.mp4".into(),
            media: SegmentName::new("seg_", ".m4s"),
        },
        segments,
        ..video(id, 1, 1, 1)
    }
}

fn facts(rendition: &mut Rendition) -> &mut VideoFacts {
    match &mut rendition.facts {
        KindFacts::Video(video) => video,
        KindFacts::Audio(_) | KindFacts::Text { .. } => panic!("a video rendition"),
    }
}

fn hevc(id: &str, codec_string: &str) -> Rendition {
    let mut out = video(id, 1920, 1080, 6_000);
    out.id = format!("video-hvc1-{id}");
    out.folder = format!("video/hvc1/{id}");
    out.codec = Codec::Hevc;
    out.codec_string = codec_string.into();
    out
}

fn single_video() -> Presentation {
    // PAL, wide: 16:11 samples, 25 pictures.
    let mut dv = video("576p", 720, 576, 1_500);
    facts(&mut dv).sample_aspect_ratio = Ratio {
        numerator: 64,
        denominator: 45,
    };
    facts(&mut dv).scan = Scan::Interlaced;
    facts(&mut dv).colour = Some(Colour {
        primaries: 5,
        transfer: 6,
        matrix: 5,
    });
    of(vec![dv])
}

fn ladder() -> Presentation {
    let mut ntsc = video("720p", 1280, 720, 3_000);
    // The same times, in ticks of another timescale.
    ntsc.timescale = Timescale::new(25_600).unwrap();
    ntsc.segments = segments(&[102_400, 102_400, 51_200], 25_600, 3_000);
    let mut commentary = audio("en-commentary", "en", 64);
    commentary.roles = vec![Role::Commentary];
    commentary.name = Some("Director's commentary".into());
    let mut description = audio("en-description", "en", 64);
    description.roles = vec![Role::Description];
    let mut korean = audio("ko", "ko", 96);
    korean.default = true;
    let mut captions = text("en-captions", "en", Role::Caption);
    captions.default = true;
    of(vec![
        video("480p", 854, 480, 1_000),
        ntsc,
        video("1080p", 1920, 1080, 5_000),
        audio("en", "en", 96),
        korean,
        commentary,
        description,
        text("en", "en", Role::Subtitle),
        captions,
        text("ko", "ko", Role::Subtitle),
        text("ko-forced", "ko", Role::ForcedSubtitle),
    ])
}

fn hdr10() -> Presentation {
    let mut hdr = hevc("1080p", "hvc1.2.4.L123.B0");
    facts(&mut hdr).range = VideoRange::Pq;
    facts(&mut hdr).colour = Some(Colour {
        primaries: 9,
        transfer: 16,
        matrix: 9,
    });
    facts(&mut hdr).frame_rate = Ratio::reduced(24_000, 1_001);
    let mut sdr = hevc("1080p-2", "hvc1.1.6.L123.B0");
    facts(&mut sdr).frame_rate = Ratio::reduced(24_000, 1_001);
    of(vec![hdr, sdr, audio("en", "en", 128)])
}

fn dolby_vision() -> Presentation {
    let mut compatible = hevc("1080p", "hvc1.2.4.L123.B0");
    facts(&mut compatible).range = VideoRange::Hlg;
    facts(&mut compatible).colour = Some(Colour {
        primaries: 9,
        transfer: 18,
        matrix: 9,
    });
    compatible.supplemental_codec = Some(SupplementalCodec {
        codec_string: "dvh1.08.03".into(),
        brand: "db4h".into(),
    });
    let mut alone = hevc("1080p-2", "dvh1.05.03");
    facts(&mut alone).range = VideoRange::Pq;
    facts(&mut alone).colour = None;
    of(vec![compatible, alone, audio("en", "en", 128)])
}

fn two_codecs() -> Presentation {
    of(vec![
        video("1080p", 1920, 1080, 5_000),
        hevc("1080p", "hvc1.1.6.L120.B0"),
        audio("en", "en", 128),
    ])
}

fn in_band() -> Presentation {
    let mut in_band = video("1080p", 1920, 1080, 5_000);
    in_band.id = "video-avc3-1080p".into();
    in_band.folder = "video/avc3/1080p".into();
    in_band.codec_string = "avc3.640028".into();
    of(vec![video("720p", 1280, 720, 3_000), in_band])
}

fn several_bitrates() -> Presentation {
    of(vec![
        video("720p", 1280, 720, 3_000),
        audio("en", "en", 128),
        audio("en-2", "en", 64),
        audio("ko", "ko", 64),
    ])
}

fn surround() -> Presentation {
    let dolby = |id: &str, channels, configuration, joc_complexity| Rendition {
        id: format!("audio-ec-3-{id}"),
        codec: Codec::Eac3,
        codec_string: "ec-3".into(),
        facts: KindFacts::Audio(AudioFacts {
            channels,
            sampling_rate: 48_000,
            configuration,
            joc_complexity,
        }),
        folder: format!("audio/ec-3/{id}"),
        base: String::new(),
        ..audio(id, "en", 448)
    };
    of(vec![
        video("1080p", 1920, 1080, 5_000),
        audio("en", "en", 128),
        audio("fr", "fr", 128),
        dolby("en", 6, ChannelConfiguration::Dolby(0xF801), None),
        dolby("en-2", 6, ChannelConfiguration::Dolby(0xF801), Some(16)),
    ])
}

fn single_files() -> Presentation {
    let single = |mut rendition: Rendition| {
        let name = format!("{}.mp4", rendition.kind());
        let init = ByteRange {
            offset: 0,
            length: 700,
        };
        let index = ByteRange {
            offset: 700,
            length: 68,
        };
        let mut offset = 768;
        for segment in &mut rendition.segments {
            segment.offset = offset;
            offset += segment.bytes;
        }
        rendition.storage = Storage::SingleFile { name, init, index };
        rendition
    };
    let mut presentation = of(vec![
        single(video("720p", 1280, 720, 3_000)),
        single(audio("en", "en", 128)),
        single(text("en", "en", Role::Subtitle)),
    ]);
    presentation.bandwidth = BandwidthPolicy::Average;
    presentation
}

fn by_time() -> Presentation {
    let mut presentation = of(vec![
        video("720p", 1280, 720, 3_000),
        audio("en", "en", 128),
    ]);
    presentation.addressing = Addressing::Time;
    presentation
}

fn trick_play() -> Presentation {
    let main = video("720p", 1280, 720, 3_000);
    let mut sync_only = video("720p-trick", 1280, 720, 300);
    sync_only.trick_play = Some(TrickPlay {
        of: main.id.clone(),
        max_playout_rate: 8,
    });
    facts(&mut sync_only).frame_rate = Ratio::reduced(1, 2);
    of(vec![
        sync_only,
        main,
        video("480p", 854, 480, 1_000),
        audio("en", "en", 128),
    ])
}

fn open_groups() -> Presentation {
    let mut open = video("1080p", 1920, 1080, 5_000);
    open.segments[1].sap = 3;
    // Of another codec and so in another set, where a segment begins with a gradual refresh.
    let mut gradual = hevc("1080p", "hvc1.1.6.L120.B0");
    gradual.segments[2].sap = 0;
    let audio = audio("en", "en", 128);
    of(vec![video("720p", 1280, 720, 3_000), open, gradual, audio])
}

fn events() -> Presentation {
    let scte35 = Descriptor {
        scheme: "urn:scte:scte35:2013:bin".into(),
        value: None,
    };
    let id3 = Descriptor::new("https://aomedia.org/emsg/ID3", "<\"0\">");
    let with = |mut rendition: Rendition, events: &[&Descriptor]| {
        rendition.events = events.iter().map(|event| (*event).clone()).collect();
        rendition
    };
    let mut high = hevc("1080p", "hvc1.1.6.L120.B0");
    high.segments[2].sap = 2;
    of(vec![
        with(video("480p", 854, 480, 1_000), &[&scte35, &id3]),
        with(video("720p", 1280, 720, 3_000), &[&scte35, &id3]),
        with(high, &[&scte35]),
        with(hevc("1440p", "hvc1.1.6.L150.B0"), &[]),
        audio("en", "en", 128),
    ])
}

fn awkward() -> Presentation {
    let mut video = video("720p", 1280, 720, 3_000);
    video.presentation_time_offset = 12_800;
    video.folder = "video/avc1/A & B's 100% cut".into();
    video.name = Some("A & B's <\"final\"> cut".into());
    let mut audio = audio("en", "en", 128);
    audio.name = Some("\"Straße\" & 한국어".into());
    // Twenty milliseconds late, and numbered from 0.
    for (number, segment) in audio.segments.iter_mut().enumerate() {
        segment.start += 960;
        segment.number = number as u64;
    }
    audio.storage = Storage::Segments {
        init: "../../init $1.mp4".into(),
        media: SegmentName::new("seg $", "?.m4s"),
    };
    of(vec![video, audio])
}
