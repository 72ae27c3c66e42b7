//! The package of a real file holds what the file holds: the same coded samples, at the same times,
//! decoding to the same pictures and sound through the MPD and through the master playlist.
//!
//! `data/mp4-real-differences.tsv` lists what is rightly different, with the reason.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use demux::{Limits, Movie, WhenTruncated};
use tempfile::TempDir;
use tests::frames::{self, Frame};
use tests::harness::{self, Need};
use tests::package::{Package, Track};
use tests::packets::{self, EditLists, Packet};
use tests::table::Table;
use tests::{arguments, media, process};

/// How far times may lie apart, in seconds.
const TOLERANCE: f64 = 0.001;

fn main() {
    let outcomes = Table::read(&media::data("mp4-real.tsv")).expect("the table of outcomes");
    let differences = Differences::read();
    let clean = media::decodes_cleanly();
    let mut trials = Vec::new();
    for row in outcomes.rows() {
        let (Some(path), Some("packaged")) = (row.get("path"), row.get("outcome")) else {
            continue;
        };
        let packed = Arc::new(Packed::new(path));
        let mut add = |check: &'static str, run: fn(&Packed)| {
            let (packed, differences) = (packed.clone(), differences.clone());
            let needs = [Need::Media, Need::Ffmpeg];
            trials.push(harness::test(
                format!("{check}::{path}"),
                &needs,
                move || {
                    differences.judge(check, &packed.path, || run(&packed));
                },
            ));
        };
        add("samples", same_samples);
        add("packets", same_packets);
        add("times", same_times);
        if clean.get(path).copied().unwrap_or(false) {
            add("decoded_dash", |packed| {
                same_frames(packed, &packed.package().mpd())
            });
            add("decoded_hls", |packed| {
                same_frames(packed, &packed.package().master())
            });
        }
    }
    trials.push(harness::test(
        "differences_name_packaged_files",
        &[],
        move || {
            let rows = differences.rows.iter();
            let unknown: Vec<_> = rows
                .filter(|row| {
                    !outcomes.rows().any(|outcome| {
                        outcome.get("path") == Some(&row.path)
                            && outcome.get("outcome") == Some("packaged")
                    })
                })
                .collect();
            assert!(unknown.is_empty(), "{unknown:?}");
        },
    ));
    harness::run(trials);
}

/// What is rightly different.
#[derive(Clone, Debug)]
struct Differences {
    rows: Arc<Vec<Difference>>,
}

#[derive(Debug)]
struct Difference {
    path: String,
    check: String,
    reason: String,
}

impl Differences {
    fn read() -> Differences {
        let table = Table::read(&media::data("mp4-real-differences.tsv"));
        let table = table.expect("the table of differences");
        let cell = |text: Option<&str>| text.unwrap_or_default().to_string();
        let rows = table.rows().map(|row| Difference {
            path: cell(row.get("path")),
            check: cell(row.get("check")),
            reason: cell(row.get("reason")),
        });
        Differences {
            rows: Arc::new(rows.collect()),
        }
    }

    /// Runs a check that has to hold, or has to fail where a difference is listed.
    fn judge(&self, check: &str, path: &str, run: impl FnOnce()) {
        let listed = |row: &&Difference| row.path == path && row.check == check;
        let Some(row) = self.rows.iter().find(listed) else {
            return run();
        };
        assert!(!row.reason.is_empty(), "a difference needs a reason");
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        assert!(
            outcome.is_err(),
            "holds, and is listed as different: {}",
            row.reason
        );
    }
}

/// A real file and its package, made once for all checks.
struct Packed {
    path: String,
    package: OnceLock<(TempDir, Package)>,
    /// What the tracks of [`Packed::decodable`] decode to in the source.
    decoded: OnceLock<Vec<Vec<Frame>>>,
}

impl Packed {
    fn new(path: &str) -> Packed {
        Packed {
            path: path.into(),
            package: OnceLock::new(),
            decoded: OnceLock::new(),
        }
    }

    fn source(&self) -> PathBuf {
        media::real_folder().join(&self.path)
    }

    fn package(&self) -> &Package {
        let made = self.package.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let out = folder.path().join("out");
            let output =
                process::run_packager(arguments!["pack", "-q", &self.source(), "-o", &out]);
            assert_eq!(output.code(), Some(0), "{}", output.stderr);
            let package = Package::read(&out);
            (folder, package)
        });
        &made.1
    }

    /// Pictures and sound, with the name that ffmpeg gives their streams.
    fn decodable(&self) -> (Vec<Track>, Vec<String>) {
        let letter = |(track, position): (Track, usize)| match track.kind.as_str() {
            "video" => Some((track, format!("0:v:{position}"))),
            "audio" => Some((track, format!("0:a:{position}"))),
            _ => None,
        };
        self.tracks().into_iter().filter_map(letter).unzip()
    }

    /// Every track, with its position among those of its kind.
    fn tracks(&self) -> Vec<(Track, usize)> {
        let mut all = Vec::new();
        for kind in ["video", "audio", "text"] {
            let tracks = self.package().of_kind(kind).into_iter().enumerate();
            all.extend(tracks.map(|(position, track)| (track, position)));
        }
        assert!(!all.is_empty(), "no tracks");
        all
    }
}

/// The samples of one track, by the packager's own reading.
fn samples(path: &Path, kind: &str, position: usize) -> Vec<Vec<u8>> {
    let file = File::open(path).expect("a file");
    let movie = Movie::read(&file, &Limits::default(), WhenTruncated::Refuse).expect("a movie");
    let mut tracks = movie
        .tracks
        .iter()
        .filter(|track| track.kind().word() == kind);
    let track = tracks.nth(position).expect("a track");
    let read = |sample: &::media::Sample| {
        let mut bytes = vec![0; sample.size as usize];
        file.read_exact_at(&mut bytes, sample.offset)
            .expect("a sample");
        bytes
    };
    track.samples.iter().map(read).collect()
}

fn same_samples(packed: &Packed) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (track, position) in packed.tracks() {
        let source = samples(&packed.source(), &track.kind, position);
        let found = samples(&track.join_in(folder.path()), &track.kind, 0);
        assert_eq!(
            source.len() as u64,
            track.samples,
            "{}: package.json",
            track.folder
        );
        assert_eq!(source.len(), found.len(), "{}: samples", track.folder);
        let different = (0..source.len()).find(|&index| source[index] != found[index]);
        assert_eq!(
            different, None,
            "{}: first sample that differs",
            track.folder
        );
    }
}

/// The packets of the source's stream and of the package's track, for every track.
fn packets_of(packed: &Packed, edits: EditLists) -> Vec<(Track, Vec<Packet>, Vec<Packet>)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let streams = packets::streams(&packed.source());
    let all = packets::read(&packed.source(), edits);
    let pair = |(track, position): (Track, usize)| {
        let kind = if track.kind == "text" {
            "subtitle"
        } else {
            &track.kind
        };
        let mut of_kind = streams.iter().filter(|(_, each)| each == kind);
        let (stream, _) = of_kind.nth(position).expect("a stream of this kind");
        let of_stream = all.iter().filter(|packet| packet.stream == *stream);
        let source: Vec<Packet> = of_stream.cloned().collect();
        let found = packets::read(&track.join_in(folder.path()), edits);
        assert!(
            !source.is_empty() && !found.is_empty(),
            "{}: no packets",
            track.folder
        );
        (track, source, found)
    };
    packed.tracks().into_iter().map(pair).collect()
}

fn same_packets(packed: &Packed) {
    for (track, source, found) in packets_of(packed, EditLists::Ignored) {
        let facts = |packets: &[Packet]| -> Vec<(u64, String, bool)> {
            packets
                .iter()
                .map(|each| (each.size, each.hash.clone(), each.is_sync()))
                .collect()
        };
        let (source, found) = (facts(&source), facts(&found));
        let different = source.iter().zip(&found).position(|(a, b)| a != b);
        assert_eq!(
            (source.len(), different),
            (found.len(), None),
            "{}: packets, and the first that differs: {:?}",
            track.folder,
            different.map(|at| (&source[at], &found[at]))
        );
    }
}

fn same_times(packed: &Packed) {
    for (track, source, mut found) in packets_of(packed, EditLists::Applied) {
        // Of priming before the edit ffprobe lists the last frames only, if any. That the package has
        // all of it the other checks show.
        while found.len() > source.len() && track.kind == "audio" && found[0].pts < Some(0.0) {
            found.remove(0);
        }
        let shown = |packets: &[Packet]| {
            packets
                .iter()
                .filter_map(|each| each.pts)
                .collect::<Vec<_>>()
        };
        assert_near(&track.folder, &shown(&source), &shown(&found));
    }
}

fn same_frames(packed: &Packed, manifest: &Path) {
    let (tracks, maps) = packed.decodable();
    let decode = || frames::decode(&packed.source(), &maps).expect("decodes");
    let sources = packed.decoded.get_or_init(decode);
    let together = manifest.extension().is_some_and(|end| end == "m3u8");
    // Of several streams of an MPD ffmpeg reads no further than the shortest.
    let groups = maps.chunks(if together { maps.len() } else { 1 });
    let found: Vec<Vec<Frame>> = groups
        .flat_map(|maps| frames::decode(manifest, maps).expect("decodes"))
        .collect();
    assert_eq!(found.len(), sources.len());
    for ((track, source), found) in tracks.iter().zip(sources).zip(&found) {
        assert!(!source.is_empty(), "{}: nothing decoded", track.folder);
        let times = |frames: &[Frame]| frames.iter().map(|each| each.pts).collect::<Vec<_>>();
        assert_near(&track.folder, &times(source), &times(found));
        let mut pairs = source.iter().zip(found);
        let different = pairs.position(|(a, b)| (a.size, &a.hash) != (b.size, &b.hash));
        assert_eq!(
            different,
            None,
            "{}: first frame of {} that differs",
            track.folder,
            source.len()
        );
    }
}

fn assert_near(what: &str, source: &[f64], found: &[f64]) {
    let far = source
        .iter()
        .zip(found)
        .position(|(a, b)| (a - b).abs() > TOLERANCE);
    assert_eq!(
        (source.len(), far),
        (found.len(), None),
        "{what}: count, and first time that differs: {:?}; first of both {:?}",
        far.map(|at| (source[at], found[at])),
        (source.first(), found.first())
    );
}
