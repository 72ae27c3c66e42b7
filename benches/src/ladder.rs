//! The sample ladder of `testdata`.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use bitstream::h264::ParameterSets;
use bitstream::nal::{LengthPrefixed, LengthSize};
use demux::{Limits, Movie, Track, WhenTruncated};
use isobmff::Place;
use isobmff::boxes::{Avcc, SampleEntry};
use media::TrackKind;
use packager::input::SubtitleSpec;
use packager::job::{Checksum, Job};

/// Where a file of `testdata` lies.
pub fn path(name: &str) -> PathBuf {
    let testdata = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata");
    PathBuf::from(testdata).join(name)
}

/// Reads a movie of the ladder.
pub fn movie(name: &str) -> (Vec<u8>, Movie) {
    let bytes = fs::read(path(name)).expect("the sample ladder is part of the repository");
    let movie = Movie::read(&bytes, &Limits::default(), WhenTruncated::Refuse);
    (bytes, movie.expect("the sample ladder is whole"))
}

fn track(movie: Movie, kind: TrackKind) -> Track {
    let mut tracks = movie.tracks.into_iter();
    let found = tracks.find(|track| track.kind() == kind);
    found.expect("every movie of the ladder has video and audio")
}

/// The sample entry of a movie's track.
pub fn entry(name: &str, kind: TrackKind) -> SampleEntry {
    let entries = track(movie(name).1, kind).entries;
    entries
        .into_iter()
        .next()
        .expect("a track has a sample entry")
}

/// All renditions, both languages of sound and of subtitles, on one thread.
pub fn job(checksum: Checksum) -> Job {
    let movies = ["480p.mp4", "360p.mp4", "240p.mp4", "audio_ko.mp4"];
    let subtitles = [("subtitles_en.vtt", "en"), ("subtitles_ko.srt", "ko")];
    let subtitles = subtitles.map(|(name, language)| SubtitleSpec {
        path: path(name),
        language: language.parse().ok(),
    });
    Job {
        subtitles: subtitles.into(),
        checksum,
        threads: NonZeroUsize::new(1),
        ..Job::new(movies.map(path))
    }
}

/// The video of `480p.mp4` as NAL units.
#[derive(Clone, Debug)]
pub struct Units {
    /// The parameter sets of its sample entry.
    pub sets: ParameterSets,
    /// Every NAL unit of every sample, in decoding order, emulation prevention in place.
    pub all: Vec<Vec<u8>>,
    /// The first slice of each picture.
    pub first_slices: Vec<Vec<u8>>,
}

impl Units {
    /// Reads them.
    pub fn of_480p() -> Units {
        let (bytes, movie) = movie("480p.mp4");
        let track = track(movie, TrackKind::Video);
        let mut units = Units {
            sets: sets(&track.entries[0]),
            all: Vec::new(),
            first_slices: Vec::new(),
        };
        for sample in &track.samples {
            let data = &bytes[sample.offset as usize..sample.end() as usize];
            let all: Result<Vec<_>, _> = LengthPrefixed::new(data, LengthSize::Four).collect();
            let all = all.expect("lengths fit their sample");
            let slice = all.iter().find(|unit| matches!(unit.bytes[0] & 31, 1 | 5));
            let slice = slice.expect("a picture has a slice");
            units.first_slices.push(slice.bytes.to_vec());
            units.all.extend(all.iter().map(|unit| unit.bytes.to_vec()));
        }
        units
    }
}

/// The first `count` samples of the video of `480p.mp4`, and the parameter sets of its sample entry.
pub fn samples_of_480p(count: usize) -> (ParameterSets, Vec<Vec<u8>>) {
    let (bytes, movie) = movie("480p.mp4");
    let track = track(movie, TrackKind::Video);
    let samples = track.samples.iter().take(count);
    let data = samples.map(|sample| bytes[sample.offset as usize..sample.end() as usize].to_vec());
    (sets(&track.entries[0]), data.collect())
}

fn sets(entry: &SampleEntry) -> ParameterSets {
    let avcc: Option<Avcc<'_>> = entry
        .read_child(Place::FILE)
        .expect("the sample ladder is whole");
    let avcc = avcc.expect("H.264 has an avcC box");
    let mut sets = ParameterSets::new();
    let sps = avcc.sequence_parameter_sets.iter();
    for unit in sps.chain(&avcc.picture_parameter_sets) {
        sets.insert(unit).expect("the sample ladder is whole");
    }
    sets
}
