//! From segments to templates and timelines.

use super::super::written::reference;
use super::model::{S, SegmentTemplate, Segments};
use crate::presentation::{Addressing, Rendition, SegmentName, Storage};

/// How the segments of `rendition` are told, and the URL that is relative to.
pub(super) fn of(rendition: &Rendition, addressing: Addressing) -> (String, Segments) {
    let folder = reference(&rendition.path());
    match &rendition.storage {
        Storage::SingleFile { name, init, index } => {
            let segments = Segments::Base {
                timescale: rendition.timescale.rate(),
                presentation_time_offset: rendition.presentation_time_offset,
                initialization: *init,
                index: *index,
            };
            (format!("{folder}/{}", reference(name)), segments)
        }
        Storage::Segments { init, media } => {
            let template = SegmentTemplate {
                timescale: rendition.timescale.rate(),
                presentation_time_offset: rendition.presentation_time_offset,
                start_number: match addressing {
                    Addressing::Number => rendition.segments.first().map(|first| first.number),
                    Addressing::Time => None,
                },
                initialization: reference(init),
                media: media_template(media, addressing),
                timeline: timeline(rendition),
            };
            (format!("{folder}/"), Segments::Template(template))
        }
    }
}

/// A dollar sign of the name itself is percent-encoded, so it needs no `$$`.
fn media_template(media: &SegmentName, addressing: Addressing) -> String {
    let identifier = match addressing {
        Addressing::Number => "$Number$",
        Addressing::Time => "$Time$",
    };
    format!(
        "{}{identifier}{}",
        reference(&media.prefix),
        reference(&media.suffix)
    )
}

fn timeline(rendition: &Rendition) -> Vec<S> {
    let mut runs: Vec<S> = Vec::new();
    for segment in &rendition.segments {
        match runs.last_mut() {
            Some(run) if run.d == segment.duration => run.r += 1,
            Some(_) => runs.push(S {
                t: None,
                d: segment.duration,
                r: 0,
            }),
            None => {
                let t = Some(rendition.media_time(segment.start));
                runs.push(S {
                    t,
                    d: segment.duration,
                    r: 0,
                });
            }
        }
    }
    runs
}
