//! The elements of an MPD that the packager writes, with their attributes in schema types.

use crate::presentation::{ByteRange, DashProtection, Descriptor};

/// `MPD` with its one `Period`.
pub(super) struct Mpd<'a> {
    pub(super) profiles: &'static str,
    /// An `xs:duration`, as the next two.
    pub(super) media_presentation_duration: String,
    pub(super) max_segment_duration: Option<String>,
    pub(super) min_buffer_time: String,
    pub(super) adaptation_sets: Vec<AdaptationSet<'a>>,
}

/// `AdaptationSet`.
pub(super) struct AdaptationSet<'a> {
    pub(super) id: usize,
    pub(super) content_type: &'static str,
    pub(super) mime_type: &'static str,
    pub(super) lang: Option<String>,
    pub(super) par: Option<String>,
    pub(super) max_width: Option<u32>,
    pub(super) max_height: Option<u32>,
    pub(super) max_frame_rate: Option<String>,
    pub(super) alignment: Alignment,
    /// The largest SAP type of any segment; `None` where some have none.
    pub(super) starts_with_sap: Option<u8>,
    pub(super) max_playout_rate: Option<u32>,
    pub(super) selection_priority: Option<u32>,
    pub(super) content_protection: Vec<ContentProtection<'a>>,
    pub(super) essential: Vec<Descriptor>,
    pub(super) supplemental: Vec<Descriptor>,
    /// `InbandEventStream`, where all representations have the same.
    pub(super) events: Vec<Descriptor>,
    pub(super) label: Option<String>,
    pub(super) accessibility: Vec<Descriptor>,
    pub(super) roles: Vec<Descriptor>,
    /// Where all representations share it.
    pub(super) segment_template: Option<SegmentTemplate>,
    pub(super) representations: Vec<Representation>,
}

/// `ContentProtection`.
pub(super) struct ContentProtection<'a> {
    /// `@schemeIdUri` and `@value`.
    pub(super) descriptor: Descriptor,
    /// `@cenc:default_KID`.
    pub(super) default_kid: Option<String>,
    /// The elements within.
    pub(super) content: Option<&'a DashProtection>,
}

/// What holds at equal places of all representations of a set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alignment {
    /// Nothing.
    None,
    /// Segments start and end at equal times.
    Segments,
    /// So do the subsegments of single files.
    Subsegments,
}

/// `Representation`.
pub(super) struct Representation {
    pub(super) id: String,
    pub(super) bandwidth: u64,
    pub(super) codecs: String,
    /// `scte214:supplementalCodecs` and `scte214:supplementalProfiles`.
    pub(super) supplemental_codecs: Option<(String, String)>,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) sar: Option<String>,
    pub(super) frame_rate: Option<String>,
    pub(super) scan_type: Option<&'static str>,
    pub(super) audio_sampling_rate: Option<u32>,
    pub(super) audio_channel_configuration: Option<Descriptor>,
    pub(super) supplemental: Vec<Descriptor>,
    /// `InbandEventStream`.
    pub(super) events: Vec<Descriptor>,
    pub(super) base_url: String,
    pub(super) segments: Segments,
}

/// Where the segments of a representation are told.
pub(super) enum Segments {
    /// In the set's `SegmentTemplate`.
    Shared,
    /// In its own.
    Template(SegmentTemplate),
    /// In the file itself: `SegmentBase`.
    Base {
        timescale: u32,
        presentation_time_offset: u64,
        initialization: ByteRange,
        index: ByteRange,
    },
}

/// `SegmentTemplate` with its `SegmentTimeline`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SegmentTemplate {
    pub(super) timescale: u32,
    pub(super) presentation_time_offset: u64,
    pub(super) start_number: Option<u64>,
    pub(super) initialization: String,
    pub(super) media: String,
    pub(super) timeline: Vec<S>,
}

/// `S`: segments of equal duration in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct S {
    /// Start of the first; written for the first run alone, as the others follow without gaps.
    pub(super) t: Option<u64>,
    /// Duration of each.
    pub(super) d: u64,
    /// How many follow the first.
    pub(super) r: u64,
}
