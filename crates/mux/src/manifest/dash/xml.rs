//! From the model to text.

mod protection;

use std::fmt::Display;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::model::{AdaptationSet, Alignment, Mpd, Representation, SegmentTemplate, Segments};
use crate::presentation::{ByteRange, Descriptor};

type Xml = Writer<Vec<u8>>;

const NAMESPACE: &str = "urn:mpeg:dash:schema:mpd:2011";
const SCTE214: &str = "urn:scte:dash:scte214-extensions";

/// Attributes in the order in which they are written; those without a value are left out.
#[derive(Default)]
struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    fn with(mut self, name: &'static str, value: impl Display) -> Attributes {
        self.0.push((name, value.to_string()));
        self
    }

    fn maybe(self, name: &'static str, value: Option<impl Display>) -> Attributes {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

fn element(
    xml: &mut Xml,
    name: &'static str,
    attributes: Attributes,
    content: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let element = xml.create_element(name);
    let attributes = attributes
        .0
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    element
        .with_attributes(attributes)
        .write_inner_content(content)?;
    Ok(())
}

fn empty(xml: &mut Xml, name: &'static str, attributes: Attributes) -> io::Result<()> {
    let element = xml.create_element(name);
    let attributes = attributes
        .0
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    element.with_attributes(attributes).write_empty()?;
    Ok(())
}

fn text(xml: &mut Xml, name: &'static str, text: &str) -> io::Result<()> {
    xml.create_element(name)
        .write_text_content(BytesText::new(text))?;
    Ok(())
}

/// The document, with a line break at its end.
pub(super) fn write(mpd: &Mpd<'_>) -> io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let has_supplemental_codecs = mpd
        .adaptation_sets
        .iter()
        .flat_map(|set| &set.representations)
        .any(|representation| representation.supplemental_codecs.is_some());
    let attributes = Attributes::default()
        .with("xmlns", NAMESPACE)
        .maybe("xmlns:scte214", has_supplemental_codecs.then_some(SCTE214));
    let attributes = protection::namespaces(mpd, attributes)
        .with("profiles", mpd.profiles)
        .with("type", "static")
        .with(
            "mediaPresentationDuration",
            &mpd.media_presentation_duration,
        )
        .maybe("maxSegmentDuration", mpd.max_segment_duration.as_ref())
        .with("minBufferTime", &mpd.min_buffer_time);
    element(&mut xml, "MPD", attributes, |xml| {
        let attributes = Attributes::default().with("id", 0).with("start", "PT0S");
        element(xml, "Period", attributes, |xml| {
            mpd.adaptation_sets
                .iter()
                .try_for_each(|set| adaptation_set(xml, set))
        })
    })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn adaptation_set(xml: &mut Xml, set: &AdaptationSet<'_>) -> io::Result<()> {
    let aligned = |alignment| (set.alignment == alignment).then_some(true);
    let is_single_file = set
        .representations
        .iter()
        .any(|representation| matches!(representation.segments, Segments::Base { .. }));
    let starts_with_sap = |written: bool| set.starts_with_sap.filter(|_| written);
    let attributes = Attributes::default()
        .with("id", set.id)
        .with("contentType", set.content_type)
        .with("mimeType", set.mime_type)
        .maybe("lang", set.lang.as_ref())
        .maybe("par", set.par.as_ref())
        .maybe("maxWidth", set.max_width)
        .maybe("maxHeight", set.max_height)
        .maybe("maxFrameRate", set.max_frame_rate.as_ref())
        .maybe("segmentAlignment", aligned(Alignment::Segments))
        .maybe("startWithSAP", starts_with_sap(!is_single_file))
        .maybe("subsegmentAlignment", aligned(Alignment::Subsegments))
        .maybe("subsegmentStartsWithSAP", starts_with_sap(is_single_file))
        .maybe("maxPlayoutRate", set.max_playout_rate)
        .maybe("codingDependency", set.max_playout_rate.map(|_| false))
        .maybe("selectionPriority", set.selection_priority);
    element(xml, "AdaptationSet", attributes, |xml| {
        set.content_protection
            .iter()
            .try_for_each(|item| protection::element(xml, item))?;
        descriptors(xml, "EssentialProperty", &set.essential)?;
        descriptors(xml, "SupplementalProperty", &set.supplemental)?;
        descriptors(xml, "InbandEventStream", &set.events)?;
        if let Some(label) = &set.label {
            text(xml, "Label", label)?;
        }
        descriptors(xml, "Accessibility", &set.accessibility)?;
        descriptors(xml, "Role", &set.roles)?;
        if let Some(template) = &set.segment_template {
            segment_template(xml, template)?;
        }
        set.representations
            .iter()
            .try_for_each(|item| representation(xml, item))
    })
}

fn representation(xml: &mut Xml, item: &Representation) -> io::Result<()> {
    let supplemental = item.supplemental_codecs.as_ref();
    let attributes = Attributes::default()
        .with("id", &item.id)
        .with("bandwidth", item.bandwidth)
        .with("codecs", &item.codecs)
        .maybe(
            "scte214:supplementalCodecs",
            supplemental.map(|(codec, _)| codec),
        )
        .maybe(
            "scte214:supplementalProfiles",
            supplemental.map(|(_, brand)| brand),
        )
        .maybe("width", item.width)
        .maybe("height", item.height)
        .maybe("sar", item.sar.as_ref())
        .maybe("frameRate", item.frame_rate.as_ref())
        .maybe("scanType", item.scan_type)
        .maybe("audioSamplingRate", item.audio_sampling_rate);
    element(xml, "Representation", attributes, |xml| {
        descriptors(
            xml,
            "AudioChannelConfiguration",
            item.audio_channel_configuration.as_slice(),
        )?;
        descriptors(xml, "SupplementalProperty", &item.supplemental)?;
        descriptors(xml, "InbandEventStream", &item.events)?;
        text(xml, "BaseURL", &item.base_url)?;
        match &item.segments {
            Segments::Shared => Ok(()),
            Segments::Template(template) => segment_template(xml, template),
            Segments::Base {
                timescale,
                presentation_time_offset,
                initialization,
                index,
            } => {
                let offset = Some(*presentation_time_offset).filter(|offset| *offset != 0);
                let attributes = Attributes::default()
                    .with("timescale", timescale)
                    .maybe("presentationTimeOffset", offset)
                    .with("indexRange", range(*index))
                    .with("indexRangeExact", true);
                element(xml, "SegmentBase", attributes, |xml| {
                    let attributes = Attributes::default().with("range", range(*initialization));
                    empty(xml, "Initialization", attributes)
                })
            }
        }
    })
}

fn segment_template(xml: &mut Xml, template: &SegmentTemplate) -> io::Result<()> {
    let offset = Some(template.presentation_time_offset).filter(|offset| *offset != 0);
    let attributes = Attributes::default()
        .with("timescale", template.timescale)
        .maybe("presentationTimeOffset", offset)
        .maybe("startNumber", template.start_number)
        .with("initialization", &template.initialization)
        .with("media", &template.media);
    element(xml, "SegmentTemplate", attributes, |xml| {
        element(xml, "SegmentTimeline", Attributes::default(), |xml| {
            template.timeline.iter().try_for_each(|run| {
                let repeats = Some(run.r).filter(|repeats| *repeats != 0);
                let attributes = Attributes::default()
                    .maybe("t", run.t)
                    .with("d", run.d)
                    .maybe("r", repeats);
                empty(xml, "S", attributes)
            })
        })
    })
}

fn descriptors(xml: &mut Xml, name: &'static str, items: &[Descriptor]) -> io::Result<()> {
    items.iter().try_for_each(|item| {
        let attributes = Attributes::default()
            .with("schemeIdUri", &item.scheme)
            .maybe("value", item.value.as_ref());
        empty(xml, name, attributes)
    })
}

fn range(range: ByteRange) -> String {
    format!("{}-{}", range.offset, range.last())
}
