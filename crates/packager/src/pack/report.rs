//! What was written, as the report tells it.

use cenc::scheme::Iv;
use media::Mark;
use mux::presentation::{KindFacts, Rendition as Announced, SegmentFacts, Storage};

use super::{Planned, Run, What, Written};
use crate::Error;
use crate::hex;
use crate::protecting::TrackProtection;
use crate::report::{
    self, FactsReport, ObjectReport, ProtectionReport, Report, SegmentReport, TrackReport,
};

impl Run<'_> {
    /// What was written, by track.
    pub(super) fn tracks(&self, written: Vec<Written>) -> Result<Vec<TrackReport>, Error> {
        let mut tracks = Vec::new();
        for (tree, run) in self.trees.iter().enumerate() {
            let announced = run.presentation.renditions.iter().enumerate();
            tracks.extend(announced.map(|(at, announced)| self.track((tree, at), announced)));
        }
        let each = self.renditions.len() + self.plan.texts.len();
        for Written { task, object } in written {
            let announced = self.announced(task.tree, task.rendition);
            let track = &mut tracks[task.tree * each + task.rendition];
            match task.what {
                What::Init => track.init = object,
                What::Segment(index) => track.segments[index].object = object,
                What::WebVtt(index) => track.webvtt[index] = object,
                What::SingleFile => {
                    // The twin of the file says where the twins of its parts are.
                    let part = |offset, bytes| ObjectReport {
                        offset,
                        bytes,
                        checksum: None,
                        path: object.path.clone(),
                        twin: None,
                    };
                    for (segment, facts) in track.segments.iter_mut().zip(&announced.segments) {
                        segment.object = part(facts.offset, facts.bytes);
                    }
                    if let Storage::SingleFile { init, .. } = &announced.storage {
                        track.init = part(init.offset, init.length);
                    }
                    track.file = Some(object);
                }
            }
        }
        Ok(tracks)
    }

    /// The report of a track, its objects still to be filled in.
    fn track(&self, (tree, at): (usize, usize), announced: &Announced) -> TrackReport {
        let empty = ObjectReport {
            path: String::new(),
            offset: 0,
            bytes: 0,
            checksum: None,
            twin: None,
        };
        let is_marked = self.is_marked(at);
        let (label, source, samples) = match self.planned(at) {
            Planned::Media(rendition) => {
                let samples = rendition.track.samples.len() as u64;
                let source = file_name(&self.plan.inputs[rendition.input].name());
                (&rendition.place.label, source, samples)
            }
            Planned::Text(text) => {
                let samples = text.segments.iter().map(|segment| segment.samples).sum();
                (&text.place.label, file_name(&text.source), samples)
            }
        };
        let segment = |(index, facts): (usize, &SegmentFacts)| SegmentReport {
            number: facts.number,
            start: facts.start,
            duration: facts.duration,
            position: self.position(at, index),
            object: empty.clone(),
        };
        let webvtt = match &announced.facts {
            KindFacts::Text { webvtt: Some(_) } => vec![empty.clone(); announced.segments.len()],
            KindFacts::Text { webvtt: None } | KindFacts::Video(_) | KindFacts::Audio(_) => {
                Vec::new()
            }
        };
        TrackReport {
            id: announced.id.clone(),
            kind: announced.kind().word(),
            label: label.clone(),
            folder: format!("{}/{}", self.set(tree, Mark::Zero), announced.folder),
            marked: is_marked,
            protection: {
                let protected = &self.trees[tree].protected;
                let track = protected.tree.tracks.get(&at);
                track.map(|track| protection(track, protected.constant_iv(at)))
            },
            identical_segments: self.identical.get(&at).copied().unwrap_or(0),
            source,
            codec: announced.codec_string.clone(),
            language: announced.language.to_string(),
            roles: announced.roles.iter().map(|role| role.word()).collect(),
            facts: facts(announced),
            timescale: announced.timescale.rate(),
            samples,
            file: None,
            init: empty.clone(),
            segments: announced.segments.iter().enumerate().map(segment).collect(),
            webvtt,
        }
    }

    pub(super) fn report(&self, tracks: Vec<TrackReport>, manifests: Vec<ObjectReport>) -> Report {
        let objects = || {
            tracks
                .iter()
                .flat_map(TrackReport::objects)
                .chain(&manifests)
                .flat_map(ObjectReport::with_twin)
        };
        let mut warnings = self.plan.warnings().to_vec();
        for track in tracks.iter().filter(|track| track.identical_segments > 0) {
            let (count, all) = (track.identical_segments, track.segments.len());
            warnings.push(format!(
                "{}: {count} of {all} segments came out the same in both variants: nothing in \
                 them can carry the mark",
                track.folder
            ));
        }
        Report {
            format: report::FORMAT,
            packager: env!("CARGO_PKG_VERSION").into(),
            content_id: self.plan.job.content_id.clone(),
            job_name: self.plan.job.job_name.clone(),
            duration: self.plan.duration().seconds(),
            marked: self.plan.marking.is_some(),
            variant_layout: self
                .plan
                .marking
                .as_ref()
                .map(|marking| marking.layout.word()),
            is_aligned: self.plan.is_aligned,
            boundaries: self
                .plan
                .boundaries()
                .iter()
                .map(|time| time.seconds())
                .collect(),
            checksum: self.plan.job.checksum.word(),
            objects: objects().count() as u64,
            bytes: objects().map(|object| object.bytes).sum(),
            tracks,
            manifests,
            warnings,
        }
    }
}

fn protection(track: &TrackProtection, iv: Option<&Iv>) -> ProtectionReport {
    // One without a name is there for playlists alone.
    let systems = track
        .signalled
        .systems
        .iter()
        .filter(|system| !system.name.is_empty());
    ProtectionReport {
        scheme: track.scheme.name(),
        label: track.label.name(),
        kid: track.key.kid.to_string(),
        iv: iv.map(|iv| hex::encode(iv.bytes())),
        systems: systems
            .map(|system| cenc::Kid(system.system_id).to_string())
            .collect(),
        clear_segments: track.clear_segments as u64,
    }
}

pub(super) fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).into()
}

fn facts(announced: &Announced) -> FactsReport {
    match &announced.facts {
        KindFacts::Video(video) => FactsReport::Video {
            width: video.width,
            height: video.height,
            frame_rate: video
                .frame_rate
                .map(|rate| f64::from(rate.numerator) / f64::from(rate.denominator)),
            video_range: match video.range {
                mux::presentation::VideoRange::Sdr => "SDR",
                mux::presentation::VideoRange::Hlg => "HLG",
                mux::presentation::VideoRange::Pq => "PQ",
            },
            trick_play: announced.trick_play.is_some(),
        },
        KindFacts::Audio(audio) => FactsReport::Audio {
            channels: audio.channels,
            sampling_rate: audio.sampling_rate,
        },
        KindFacts::Text { .. } => FactsReport::Text {},
    }
}
