//! Whether the facts hang together.

use std::collections::HashSet;

use super::{Inconsistent, KindFacts, Presentation, Rendition, Storage, protection};
use media::TrackKind;

impl Presentation {
    /// Checks what manifests rely on.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), Inconsistent> {
        let first = self.renditions.first().ok_or(Inconsistent::NoRendition)?;
        for (field, time) in [
            ("duration", self.duration),
            ("min_buffer_time", self.min_buffer_time),
        ] {
            if time.ticks < 1 {
                return Err(Inconsistent::NotPositive {
                    field,
                    ticks: time.ticks,
                });
            }
        }
        let (mut ids, mut folders) = (HashSet::new(), HashSet::new());
        for rendition in &self.renditions {
            let duplicate = |field, value: &str| {
                let id = rendition.id.clone();
                Inconsistent::Duplicate {
                    id,
                    field,
                    value: value.into(),
                }
            };
            if !ids.insert(rendition.id.as_str()) {
                return Err(duplicate("id", &rendition.id));
            }
            if !folders.insert(rendition.folder.as_str()) {
                return Err(duplicate("folder", &rendition.folder));
            }
            if is_single(&rendition.storage) != is_single(&first.storage) {
                return Err(Inconsistent::MixedStorage {
                    id: rendition.id.clone(),
                });
            }
            check_words(rendition)?;
            check_facts(rendition)?;
            check_segments(rendition)?;
            protection::check(rendition)?;
            if let Some(trick_play) = &rendition.trick_play {
                let of = &trick_play.of;
                let found = self.of_kind(TrackKind::Video).any(|video| video.id == *of);
                if !found || rendition.kind() != TrackKind::Video {
                    let id = rendition.id.clone();
                    return Err(Inconsistent::TrickPlay { id, of: of.clone() });
                }
            }
        }
        protection::check_keys(&self.renditions)?;
        self.check_track_types()
    }

    /// Checks what playlists rely on, beyond what [`check`](Self::check) looks at: every encrypted
    /// rendition has a key that HLS can name.
    ///
    /// # Errors
    ///
    /// The first rendition without.
    pub fn check_hls(&self) -> Result<(), Inconsistent> {
        let mut encrypted = self
            .renditions
            .iter()
            .filter(|item| item.trick_play.is_none() && item.webvtt().is_none());
        let without = encrypted.find(|item| {
            item.encrypted()
                .is_some_and(|protection| !protection.has_hls_key())
        });
        match without {
            Some(rendition) => Err(Inconsistent::NoHlsKey {
                id: rendition.id.clone(),
            }),
            None => Ok(()),
        }
    }
}

fn is_single(storage: &Storage) -> bool {
    matches!(storage, Storage::SingleFile { .. })
}

const CODEC_FIELDS: [&str; 3] = ["codec string", "supplemental codec", "supplemental brand"];

/// Every text has what manifests can hold, and is there where it has to be.
fn check_words(rendition: &Rendition) -> Result<(), Inconsistent> {
    let id = &rendition.id;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !id.bytes().all(legal) || !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(Inconsistent::Id { id: id.clone() });
    }
    let folder = &rendition.folder;
    if !folder.is_empty()
        && folder
            .split('/')
            .any(|part| matches!(part, "" | "." | ".."))
    {
        return Err(Inconsistent::Folder {
            id: id.clone(),
            folder: folder.clone(),
        });
    }
    let base = &rendition.base;
    let is_absolute = base.starts_with('/') || base.contains(':');
    if is_absolute || !(base.is_empty() || base.ends_with('/')) {
        return Err(Inconsistent::Base {
            id: id.clone(),
            base: base.clone(),
        });
    }
    let supplemental = rendition.supplemental_codec.as_ref();
    let (file, field) = match &rendition.storage {
        Storage::Segments { init, .. } => (init.as_str(), "init"),
        Storage::SingleFile { name, .. } => (name.as_str(), "file name"),
    };
    let media = match &rendition.storage {
        Storage::Segments { media, .. } => Some(media),
        Storage::SingleFile { .. } => None,
    };
    let names = media
        .into_iter()
        .chain(rendition.webvtt().map(|webvtt| &webvtt.media));
    let mut words = vec![
        ("codec string", rendition.codec_string.as_str(), true),
        ("folder", rendition.folder.as_str(), true),
        ("base", rendition.base.as_str(), false),
        (field, file, true),
        ("name", rendition.name.as_deref().unwrap_or("-"), true),
        (
            "supplemental codec",
            supplemental.map_or("-", |codec| &codec.codec_string),
            true,
        ),
        (
            "supplemental brand",
            supplemental.map_or("-", |codec| &codec.brand),
            true,
        ),
    ];
    for name in names {
        words.push(("segment prefix", &name.prefix, false));
        words.push(("segment suffix", &name.suffix, false));
    }
    for (field, descriptors) in [
        ("accessibility", &rendition.accessibility),
        ("event scheme", &rendition.events),
    ] {
        for descriptor in descriptors {
            words.push((field, &descriptor.scheme, true));
            words.push((field, descriptor.value.as_deref().unwrap_or("-"), false));
        }
    }
    for (field, value, required) in words {
        if required && value.is_empty() {
            return Err(Inconsistent::Empty {
                id: id.clone(),
                field,
            });
        }
        if value
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
        {
            return Err(Inconsistent::Control {
                id: id.clone(),
                field,
                value: value.into(),
            });
        }
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
        if CODEC_FIELDS.contains(&field) && !value.bytes().all(legal) {
            return Err(Inconsistent::Codec {
                id: id.clone(),
                field,
                value: value.into(),
            });
        }
    }
    Ok(())
}

fn check_facts(rendition: &Rendition) -> Result<(), Inconsistent> {
    let id = || rendition.id.clone();
    let kind = match &rendition.facts {
        KindFacts::Video(_) => TrackKind::Video,
        KindFacts::Audio(_) => TrackKind::Audio,
        KindFacts::Text { .. } => TrackKind::Text,
    };
    if kind != rendition.kind() {
        return Err(Inconsistent::Kind {
            id: id(),
            kind: rendition.kind(),
        });
    }
    let positive = |field, value: u32| match value {
        0 => Err(Inconsistent::Value {
            id: id(),
            field,
            value: 0,
            expected: "at least 1",
        }),
        _ => Ok(()),
    };
    match &rendition.facts {
        KindFacts::Video(video) => {
            positive("width", video.width)?;
            positive("height", video.height)?;
            for (field, ratio) in [
                ("sample aspect ratio", Some(video.sample_aspect_ratio)),
                ("frame rate", video.frame_rate),
            ] {
                if let Some(ratio) = ratio {
                    positive(field, ratio.numerator.min(ratio.denominator))?;
                }
            }
        }
        KindFacts::Audio(audio) => {
            positive("channels", audio.channels)?;
            positive("sampling rate", audio.sampling_rate)?;
        }
        KindFacts::Text { webvtt } => {
            let count = webvtt.as_ref().map(|webvtt| webvtt.bytes.len());
            if count.is_some_and(|count| count != rendition.segments.len()) {
                return Err(Inconsistent::Value {
                    id: id(),
                    field: "number of WebVTT files",
                    value: count.unwrap_or_default() as u64,
                    expected: "one for each segment",
                });
            }
        }
    }
    if let Some(trick_play) = &rendition.trick_play {
        positive("maximum playout rate", trick_play.max_playout_rate)?;
    }
    Ok(())
}

/// ISO/IEC 14496-12 annex I.
const LARGEST_SAP: u8 = 6;

/// Times and sizes stay below 2^62, so that sums and products of them can be exact.
const LARGEST: u64 = 1 << 62;

fn check_segments(rendition: &Rendition) -> Result<(), Inconsistent> {
    let id = || rendition.id.clone();
    let Some(first) = rendition.segments.first() else {
        return Err(Inconsistent::Value {
            id: id(),
            field: "number of segments",
            value: 0,
            expected: "at least 1",
        });
    };
    let (mut number, mut start) = (first.number, first.start);
    for segment in &rendition.segments {
        let wrong = |field, value, expected| {
            Err(Inconsistent::Segment {
                id: id(),
                number,
                field,
                value,
                expected,
            })
        };
        if segment.number != number {
            return wrong("number", segment.number, number);
        }
        if segment.start != start {
            return wrong("start", segment.start, start);
        }
        if segment.duration == 0 {
            return wrong("duration", 0, 1);
        }
        if segment.sap > LARGEST_SAP {
            return wrong("SAP type", segment.sap.into(), LARGEST_SAP.into());
        }
        if let Some(iframe) = segment.iframe
            && (iframe.length == 0 || iframe.last() >= segment.bytes)
        {
            return wrong("end of its first picture", iframe.last(), segment.bytes);
        }
        (number, start) = (number.saturating_add(1), segment.end());
    }
    let largest = |field, value: u64| match value < LARGEST {
        true => Ok(()),
        false => Err(Inconsistent::Value {
            id: id(),
            field,
            value,
            expected: "less than 2^62",
        }),
    };
    let vtt = rendition.webvtt().map(|webvtt| &webvtt.bytes);
    let vtt = vtt
        .into_iter()
        .flatten()
        .fold(0u64, |sum, bytes| sum.saturating_add(*bytes));
    largest("end time", start)?;
    largest(
        "presentation time offset",
        rendition.presentation_time_offset,
    )?;
    largest("size of all segments", rendition.bytes())?;
    largest("size of all WebVTT files", vtt)?;
    largest("last segment number", number)
}
