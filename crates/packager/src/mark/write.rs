//! Writing what was marked.

use std::path::{Path, PathBuf};

use media::Mark;

use super::input::MarkInput;
use super::movie_file::Resized;
use super::report::{BoundariesFile, MarkReport, MarkedFile, TrackBoundaries, Work};
use super::splice::{New, Replacement, Splice};
use super::{Done, MarkPlan, strength_word};
use crate::Error;
use crate::job::{Checksum, JobError};
use crate::marking::Spill;
use crate::pack::digest::Digest;
use crate::pack::payload::{Drain, Output};
use crate::progress::Progress;
use crate::report::FORMAT;
use crate::sink::{DirectorySink, Existing};

/// Where boundaries are told.
const BOUNDARIES: &str = "boundaries.json";

impl MarkPlan {
    /// What is replaced in each input.
    pub(super) fn splices(&self, done: &[Done]) -> Result<Vec<Splice>, Error> {
        let mut out = Vec::with_capacity(self.inputs.len());
        for (at, input) in self.inputs.iter().enumerate() {
            let mut changed = Vec::new();
            let mut resized = Vec::new();
            for (place, track) in self.tracks.iter().enumerate() {
                if track.input != at {
                    continue;
                }
                let mut sizes: Vec<u32> =
                    track.samples().iter().map(|sample| sample.size).collect();
                for done in done.iter().filter(|done| done.track == place) {
                    let Some(segment) = track.segments.get(done.index) else {
                        continue;
                    };
                    let samples = track.samples_of(segment);
                    let own = sizes.get_mut(segment.samples.clone()).unwrap_or_default();
                    for ((twins, sample), size) in done.twins.iter().zip(samples).zip(own) {
                        if let Some(spilled) = twins {
                            changed.push((sample.offset..sample.end(), *spilled));
                            *size = spilled.size;
                        }
                    }
                }
                resized.push((place, sizes));
            }
            let unmarkable = |why| Error::Unmarkable {
                input: input.input.name(),
                why,
            };
            let splice = match &input.movie {
                Some(movie) => {
                    let resized = resized.iter().filter_map(|(place, sizes)| {
                        let track = self.tracks.get(*place)?;
                        Some(Resized {
                            track: track.id(),
                            first: track.first(),
                            samples: track.samples(),
                            sizes,
                        })
                    });
                    let resized: Vec<Resized<'_>> = resized.collect();
                    movie.splice(&changed, &resized).map_err(unmarkable)?
                }
                None => {
                    let list = changed.into_iter().map(|(old, spilled)| Replacement {
                        old,
                        new: New::Twins(spilled),
                    });
                    let overlap = || unmarkable("access units overlap".into());
                    Splice::new(list.collect()).ok_or_else(overlap)?
                }
            };
            out.push(splice);
        }
        Ok(out)
    }

    pub(super) fn write(
        &self,
        (input, mark): (usize, Mark),
        splice: &Splice,
        targets: &[PathBuf; 2],
        spill: &Spill,
        buffer: &mut Output,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let source = &self.inputs[input].input;
        let [zero, one] = targets;
        let target = match mark {
            Mark::Zero => zero,
            Mark::One => one,
        };
        let mut object = DirectorySink::create_file(target)?;
        let mut digest = Digest::new(Checksum::None);
        let mut drain = Drain {
            object: object.as_mut(),
            digest: &mut digest,
            progress,
        };
        buffer.begin();
        let file = (&source.file, source.name());
        splice.write(
            (file.0, &file.1),
            source.identity.len,
            (spill, mark),
            buffer,
            &mut drain,
        )?;
        buffer.end(&mut drain)?;
        source.check_unchanged()?;
        Ok(object.commit()?)
    }

    /// The files to write for each input, none of which may be in the way of anything.
    pub(super) fn targets(
        &self,
        output: &Path,
        existing: Existing,
    ) -> Result<Vec<[PathBuf; 2]>, Error> {
        let mut out: Vec<[PathBuf; 2]> = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            let stem = input.path.file_stem().unwrap_or_default();
            let extension = input.path.extension();
            let path = |mark: Mark| {
                let mut name = stem.to_os_string();
                name.push(format!("_{mark}"));
                if let Some(extension) = extension {
                    name.push(".");
                    name.push(extension);
                }
                output.join(name)
            };
            let pair = Mark::BOTH.map(path);
            if let Some(same) = out.iter().position(|other| *other == pair) {
                let other = self.inputs.get(same).map(|other| other.input.name());
                return Err(JobError::contradiction(
                    &input.input.name(),
                    &other.unwrap_or_default(),
                )
                .into());
            }
            out.push(pair);
        }
        let list = output.join(BOUNDARIES);
        for path in out.iter().flatten().chain([&list]) {
            let is_input =
                |input: &&MarkInput| match (input.path.canonicalize(), path.canonicalize()) {
                    (Ok(input), Ok(path)) => input == path,
                    _ => false,
                };
            if let Some(input) = self.inputs.iter().find(is_input) {
                return Err(Error::InputInOutput {
                    input: input.input.name(),
                    output: output.display().to_string(),
                });
            }
            if path.exists() && existing == Existing::Resume {
                let text = format!("{}: exists; --force replaces it", path.display());
                return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, text).into());
            }
        }
        if existing == Existing::Replace {
            // The list of an earlier run must not stand beside files of this one.
            match std::fs::remove_file(&list) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    let text = format!("{}: {error}", list.display());
                    return Err(std::io::Error::new(error.kind(), text).into());
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(out)
    }

    pub(super) fn report(
        &self,
        work: &[Work],
        splices: &[Splice],
        targets: &[[PathBuf; 2]],
    ) -> MarkReport {
        let file_name = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let mut all = Work::default();
        work.iter().for_each(|work| all.add(*work));
        let inputs = self
            .inputs
            .iter()
            .zip(work)
            .zip(splices.iter().zip(targets));
        MarkReport {
            content_id: self.job.content_id.clone(),
            strength: strength_word(self.job.strength),
            positions: self.positions(),
            inputs: inputs
                .map(|((input, work), (splice, targets))| MarkedFile {
                    source: file_name(&input.path),
                    bytes: input.input.identity.len,
                    outputs: targets.each_ref().map(|path| file_name(path)),
                    output_bytes: splice.len(input.input.identity.len),
                    work: *work,
                })
                .collect(),
            work: all,
            warnings: self.warnings.clone(),
        }
    }

    pub(super) fn write_boundaries(&self, output: &Path, report: &MarkReport) -> Result<(), Error> {
        let tracks = self.tracks.iter().filter_map(|track| {
            let file = report.inputs.get(track.input)?;
            let starts = track.segments.iter();
            Some(TrackBoundaries {
                source: &file.source,
                outputs: &file.outputs,
                track: Some(track.id()).filter(|id| *id > 0),
                timescale: track.timescale().rate(),
                starts: starts.clone().map(|segment| segment.start).collect(),
                samples: starts
                    .map(|segment| segment.samples.start.saturating_add(track.first()))
                    .collect(),
            })
        });
        let file = BoundariesFile {
            format: FORMAT,
            packager: env!("CARGO_PKG_VERSION"),
            content_id: &self.job.content_id,
            positions: self.positions(),
            boundaries: self.boundaries.iter().map(|time| time.seconds()).collect(),
            tracks: tracks.collect(),
        };
        let mut text = serde_json::to_string_pretty(&file).map_err(std::io::Error::other)?;
        text.push('\n');
        let mut object = DirectorySink::create_file(&output.join(BOUNDARIES))?;
        object.write(text.as_bytes())?;
        Ok(object.commit()?)
    }
}
