//! What is divided: tracks of files with a rule for each sample.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bitstream::nal::LengthSize;
use bitstream::{h264, hevc};
use cenc::ranges::Rule;
use demux::{Limits, Movie, Track, WhenTruncated};
use isobmff::Place;
use isobmff::boxes::{Av1c, Avcc, Hvcc, SampleEntry};
use media::{Codec, TrackKind};
use tests::table::Table;
use tests::{media as places, process};

/// The H.264 and HEVC byte streams, relative to the shared media.
pub(crate) fn streams() -> Vec<String> {
    let mut found = places::h264_files();
    found.retain(|name| places::is_byte_stream(name));
    let root = places::shared();
    let folders = fs::read_dir(root.join("hevc-conf")).into_iter().flatten();
    for folder in folders.flatten() {
        for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path
                .extension()
                .is_some_and(|end| end == "h265" || end == "hevc")
            {
                let relative = path.strip_prefix(&root).unwrap_or(&path);
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// The real files that can be packaged, relative to their folder.
pub(crate) fn real_files() -> Vec<String> {
    let table = Table::read(&places::data("mp4-real.tsv"));
    let table = table.unwrap_or_else(|_| Table::parse(""));
    let packaged = table
        .rows()
        .filter(|row| row.get("outcome") == Some("packaged"));
    packaged
        .filter_map(|row| row.get("path").map(str::to_string))
        .collect()
}

/// Puts a byte stream into an MP4, unit for unit.
pub(crate) fn wrap(stream: &Path, mp4: &Path) -> Result<(), String> {
    let mut command = Command::new("ffmpeg");
    command.args([
        "-nostdin", "-v", "error", "-fflags", "+genpts", "-r", "25", "-i",
    ]);
    command.arg(stream).args(["-map", "0:v:0", "-c", "copy"]);
    // Edit lists would have samples left out.
    command.args(["-use_editlist", "0"]).arg(mp4);
    let output = process::run(&mut command, Duration::from_secs(60));
    let written = fs::metadata(mp4).is_ok_and(|file| file.len() > 0);
    match output.status.success() && written {
        true => Ok(()),
        false => Err("ffmpeg finds no pictures in it".into()),
    }
}

/// One track.
pub(crate) struct Input {
    track: Track,
    file: File,
}

/// A sample, and how it is divided.
pub(crate) struct Sample {
    pub(crate) bytes: Vec<u8>,
    /// The place of its rule.
    pub(crate) rule: usize,
}

impl Input {
    /// The first video and the first audio track.
    pub(crate) fn open(path: &Path) -> Result<Vec<Input>, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let movie = Movie::read(&file, &Limits::default(), WhenTruncated::KeepWhole);
        let movie = movie.map_err(|error| error.to_string())?;
        let mut found: Vec<Input> = Vec::new();
        for track in movie.tracks {
            let kind = track.kind();
            let is_first = found.iter().all(|input| input.track.kind() != kind);
            if is_first && kind != TrackKind::Text {
                let file = file.try_clone().map_err(|error| error.to_string())?;
                found.push(Input { track, file });
            }
        }
        Ok(found)
    }

    /// As Shaka Packager names it.
    pub(crate) fn kind(&self) -> &'static str {
        match self.track.kind() {
            TrackKind::Video => "video",
            TrackKind::Audio => "audio",
            TrackKind::Text => "text",
        }
    }

    /// Every sample.
    pub(crate) fn samples(&self) -> Result<Vec<Sample>, String> {
        let runs = &self.track.entry_runs;
        let read = |(index, sample): (usize, &media::Sample)| {
            let mut bytes = vec![0; sample.size as usize];
            let done = self.file.read_exact_at(&mut bytes, sample.offset);
            done.map_err(|error| error.to_string())?;
            let rule = runs.iter().rposition(|run| run.first_sample <= index);
            Ok(Sample {
                bytes,
                rule: rule.unwrap_or(0),
            })
        };
        self.track.samples.iter().enumerate().map(read).collect()
    }

    /// The rules, one for each run of samples with one sample entry.
    pub(crate) fn rules(&self) -> Result<Vec<Rule>, String> {
        let mut rules = Vec::new();
        for run in &self.track.entry_runs {
            let entry = self.track.entries.get(run.entry as usize);
            let entry = entry.ok_or("no sample entry")?;
            rules.push(match self.track.codec {
                Codec::Avc => avc(entry)?,
                Codec::Hevc => hevc(entry)?,
                Codec::Av1 => av1(entry)?,
                Codec::Vp9 => Rule::vp9(),
                Codec::Aac | Codec::Ac3 | Codec::Eac3 | Codec::Opus | Codec::Flac => {
                    Rule::WholeSample
                }
                Codec::WebVtt | Codec::Ttml | Codec::TimedText => return Ok(Vec::new()),
            });
        }
        Ok(rules)
    }
}

fn avc(entry: &SampleEntry) -> Result<Rule, String> {
    let avcc: Option<Avcc<'_>> = entry
        .read_child(Place::FILE)
        .map_err(|error| error.to_string())?;
    let avcc = avcc.ok_or("no avcC")?;
    let mut sets = h264::ParameterSets::new();
    for set in avcc
        .sequence_parameter_sets
        .iter()
        .chain(&avcc.picture_parameter_sets)
    {
        sets.insert(set).map_err(|error| error.to_string())?;
    }
    Ok(Rule::Avc {
        length_size: LengthSize::from_minus_one(avcc.length_size_minus_one)
            .ok_or("lengths of 3 bytes")?,
        sets,
    })
}

fn hevc(entry: &SampleEntry) -> Result<Rule, String> {
    let hvcc: Option<Hvcc<'_>> = entry
        .read_child(Place::FILE)
        .map_err(|error| error.to_string())?;
    let hvcc = hvcc.ok_or("no hvcC")?;
    let mut sets = hevc::ParameterSets::new();
    for set in [32, 33, 34]
        .into_iter()
        .flat_map(|kind| hvcc.nal_units(kind))
    {
        sets.insert(set).map_err(|error| error.to_string())?;
    }
    Ok(Rule::Hevc {
        length_size: LengthSize::from_minus_one(hvcc.length_size_minus_one)
            .ok_or("lengths of 3 bytes")?,
        sets,
    })
}

fn av1(entry: &SampleEntry) -> Result<Rule, String> {
    let av1c: Option<Av1c<'_>> = entry
        .read_child(Place::FILE)
        .map_err(|error| error.to_string())?;
    let av1c = av1c.ok_or("no av1C")?;
    Rule::av1(av1c.config_obus).map_err(|error| error.to_string())
}
