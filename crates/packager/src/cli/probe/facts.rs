//! What is in a file, as probing tells it.

use std::fs::File;

use demux::{Facts, Limits, Movie, Track, Truncation, WhenTruncated};
use packager::input::InputSpec;
use packager::mark::is_byte_stream;
use serde::Serialize;

use super::subtitle::SubtitleFacts;
use super::words;
use crate::cli::failure::chain;
use crate::cli::table::Table;

/// A file.
#[derive(Debug, Serialize)]
pub(super) struct InputFacts {
    pub(super) path: String,
    /// Bytes of the file.
    pub(super) bytes: u64,
    /// Whether it is a byte stream of H.264, which can be marked and not packaged.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) byte_stream: bool,
    /// Whether a movie is in fragments.
    pub(super) fragmented: bool,
    /// How a file ends early, and how much of it is whole.
    pub(super) truncated: Option<String>,
    pub(super) tracks: Vec<TrackFacts>,
    /// What a subtitle document holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subtitle: Option<SubtitleFacts>,
    /// Tracks that cannot be packaged, and why.
    pub(super) unusable: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// Why the file cannot be read at all.
    pub(super) error: Option<String>,
}

/// A track; fields that do not apply to its kind are absent.
#[derive(Debug, Default, Serialize)]
pub(super) struct TrackFacts {
    pub(super) id: u32,
    pub(super) kind: &'static str,
    pub(super) codec: String,
    pub(super) language: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) height: Option<u32>,
    /// Clockwise, in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rotation: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) colour: Option<String>,
    /// Average pictures per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) frame_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) channels: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sampling_rate: Option<u32>,
    /// Average bits per second.
    pub(super) bit_rate: u64,
    /// Of the presentation, in seconds.
    pub(super) duration: f64,
    pub(super) samples: usize,
    /// Shortest and longest distance between sync samples, in seconds; absent where every
    /// sample is one, or only one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sync_spacing: Option<[f64; 2]>,
}

impl InputFacts {
    /// Reads the file of an input. What is wrong with it is a fact too.
    pub(super) fn read(input: &InputSpec) -> InputFacts {
        let path = &input.path;
        let mut facts = InputFacts {
            path: input.name(),
            bytes: 0,
            byte_stream: false,
            fragmented: false,
            truncated: None,
            tracks: Vec::new(),
            subtitle: None,
            unusable: Vec::new(),
            warnings: Vec::new(),
            error: None,
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                facts.error = Some(error.to_string());
                return facts;
            }
        };
        if file.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            let expected = "an MP4, MOV or subtitle file";
            facts.error = Some(format!("is no regular file, expected {expected}"));
            return facts;
        }
        facts.bytes = file.metadata().map_or(0, |metadata| metadata.len());
        if input.is_subtitle() {
            match SubtitleFacts::read(&file, input, &mut facts.warnings) {
                Ok(subtitle) => facts.subtitle = Some(subtitle),
                Err(error) => facts.error = Some(error),
            }
            return facts;
        }
        if is_byte_stream(path) {
            facts.byte_stream = true;
            return facts;
        }
        match Movie::read(&file, &Limits::default(), WhenTruncated::KeepWhole) {
            Ok(movie) => facts.take(&movie),
            Err(error) => facts.error = Some(chain(&error)),
        }
        facts
    }

    fn take(&mut self, movie: &Movie) {
        self.fragmented = movie.is_fragmented;
        self.truncated = movie
            .truncated
            .as_ref()
            .map(|Truncation { what, whole }| format!("{what}; {whole} are whole"));
        self.tracks = movie.tracks.iter().map(TrackFacts::new).collect();
        let unusable = movie.unusable.iter();
        let line = |track: &demux::Unusable| format!("track {}: {}", track.id, track.why);
        self.unusable = unusable.map(line).collect();
        self.warnings = movie.warnings.clone();
    }

    /// One line about the file.
    pub(super) fn summary(&self) -> String {
        let size = crate::cli::output::size(self.bytes);
        let form = if self.subtitle.is_some() {
            "subtitles"
        } else if self.byte_stream {
            "byte stream"
        } else if self.fragmented {
            "fragmented"
        } else {
            "progressive"
        };
        let truncated = self.truncated.as_ref();
        let truncated = truncated
            .map(|text| format!(", truncated: {text}"))
            .unwrap_or_default();
        format!("{size}, {form}{truncated}")
    }
}

impl TrackFacts {
    fn new(track: &Track) -> TrackFacts {
        let cut = track.to_cut();
        let start = track
            .samples
            .iter()
            .map(|sample| cut.presentation(sample))
            .min()
            .unwrap_or(0);
        let seconds = track
            .timescale
            .seconds(cut.end().saturating_sub(start.max(0)));
        let decoded: u64 = track
            .samples
            .iter()
            .map(|sample| u64::from(sample.duration))
            .sum();
        let decoded = decoded as f64 / f64::from(track.timescale.rate());
        let mut facts = TrackFacts {
            id: track.id,
            kind: track.kind().word(),
            codec: track.codec_string.clone(),
            language: track.language.to_string(),
            bit_rate: (track.bytes() as f64 * 8.0 / decoded.max(0.001)).round() as u64,
            duration: seconds,
            samples: track.samples.len(),
            sync_spacing: sync_spacing(track),
            ..TrackFacts::default()
        };
        match &track.facts {
            Facts::Video(video) => {
                (facts.width, facts.height) = (Some(video.width), Some(video.height));
                facts.rotation = Some(video.rotation).filter(|rotation| *rotation != 0);
                facts.colour = Some(words::colour(video));
                facts.frame_rate = Some(track.samples.len() as f64 / decoded.max(0.001));
            }
            Facts::Audio(audio) => {
                facts.channels = Some(audio.channels);
                facts.sampling_rate = Some(audio.sampling_rate);
            }
            Facts::Text(_) => {}
        }
        facts
    }

    /// Tracks in columns.
    pub(super) fn table(tracks: &[TrackFacts]) -> String {
        let mut table = Table::new([
            "id",
            "kind",
            "codec",
            "lang",
            "size",
            "turn",
            "colour",
            "fps",
            "ch",
            "Hz",
            "bitrate",
            "duration",
            "samples",
            "sync every",
        ]);
        let maybe = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
        for track in tracks {
            let size = track.width.zip(track.height);
            table.row([
                track.id.to_string(),
                track.kind.into(),
                track.codec.clone(),
                track.language.clone(),
                size.map(|(width, height)| format!("{width}x{height}"))
                    .unwrap_or_default(),
                track
                    .rotation
                    .map(|degrees| format!("{degrees}°"))
                    .unwrap_or_default(),
                track.colour.clone().unwrap_or_default(),
                track.frame_rate.map(words::frame_rate).unwrap_or_default(),
                maybe(track.channels),
                maybe(track.sampling_rate),
                words::bit_rate(track.bit_rate),
                format!("{:.3} s", track.duration),
                track.samples.to_string(),
                track.sync_spacing.map(words::spacing).unwrap_or_default(),
            ]);
        }
        if tracks.is_empty() {
            String::new()
        } else {
            table.text()
        }
    }
}

/// Shortest and longest distance between sync samples, in seconds.
fn sync_spacing(track: &Track) -> Option<[f64; 2]> {
    if track.samples.iter().all(media::Sample::is_sync) {
        return None;
    }
    let sync = track.samples.iter().filter(|sample| sample.is_sync());
    let mut times: Vec<i64> = sync.map(|sample| track.presentation(sample)).collect();
    times.sort_unstable();
    let distances = times.windows(2).map(|pair| match pair {
        [one, other] => other.saturating_sub(*one),
        _ => 0,
    });
    let (shortest, longest) = distances.fold((i64::MAX, i64::MIN), |(shortest, longest), d| {
        (shortest.min(d), longest.max(d))
    });
    (shortest <= longest).then(|| [shortest, longest].map(|ticks| track.timescale.seconds(ticks)))
}
