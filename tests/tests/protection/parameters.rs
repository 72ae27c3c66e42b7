//! Parameters of encryption beside those that Shaka Packager writes for the same input and key.

use std::fs;

use libtest_mimic::Trial;
use tests::fragments::{self, Sample, Track};
use tests::harness::{self, Need};
use tests::package::Package;
use tests::{media, shaka};

use crate::case::secret_file;
use crate::film;

pub(crate) fn tests() -> Vec<Trial> {
    let mut trials = Vec::new();
    for scheme in ["cenc", "cens", "cbc1", "cbcs"] {
        let name = format!("parameters_are_those_of_shaka::{scheme}");
        trials.push(harness::test(name, &[Need::Shaka], move || compare(scheme)));
    }
    trials
}

fn compare(scheme: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = media::sample("240p.mp4");
    let line = format!("all={}:{}", shaka::KEY.0, shaka::KEY.1);
    let keys = secret_file(&folder, "keys", &line);
    // As long as those of Shaka Packager, where both lengths are lawful.
    let size = if matches!(scheme, "cenc" | "cens") {
        "8"
    } else {
        ""
    };
    let mut options = vec!["--scheme", scheme, "--key-file", &keys, "--drm", "none"];
    if !size.is_empty() {
        options.extend(["--iv-size", size]);
    }
    let options: Vec<_> = options.iter().map(|word| word.to_string()).collect();
    let out = folder.path().join("out");
    film::pack(std::slice::from_ref(&input), &options, &out);
    for track in Package::read(&out).tracks() {
        let ours = fragments::read(&track.bytes()).expect("our track can be read");
        let path = folder.path().join(format!("{}.mp4", track.kind));
        shaka::encrypt(&input, &track.kind, scheme, &path).expect("Shaka Packager encrypts it");
        let theirs = fragments::read(&fs::read(path).expect("its file is there"));
        let theirs = theirs.expect("its track can be read");
        assert_eq!(said(&ours), said(&theirs), "{}", track.kind);
        assert_eq!(ours.samples.len(), theirs.samples.len(), "{}", track.kind);
        for (index, (ours, theirs)) in ours.samples.iter().zip(&theirs.samples).enumerate() {
            assert_eq!(shape(ours), shape(theirs), "{}: sample {index}", track.kind);
        }
    }
}

/// What the sample entry says, but for the constant IV itself.
fn said(track: &Track) -> (String, fragments::Protection) {
    let mut protection = track.protection.clone().expect("is protected");
    protection.constant_iv.fill(0);
    (track.entry.clone(), protection)
}

/// Length, protected bytes of each range, bytes of the IV, and whether there are subsamples. Where
/// ranges begin is compared elsewhere, for far more samples.
fn shape(sample: &Sample) -> (usize, Vec<usize>, usize, bool) {
    let aux = sample.aux.as_ref();
    (
        sample.bytes.len(),
        sample.protected().iter().map(|range| range.len()).collect(),
        aux.map_or(0, |aux| aux.iv.len()),
        aux.is_some_and(|aux| !aux.subsamples.is_empty()),
    )
}
