//! Tracks decrypted by others.
//!
//! Neither tool follows `seig` groups: they get the fragments behind the clear lead, which has to be
//! clear as it lies. And ffmpeg takes `senc` boxes of fragments for each other where it can seek, so it reads
//! from standard input.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use tests::fragments::{self, Parts};
use tests::package::Track;
use tests::table::Table;
use tests::{media, process, shaka};

use crate::case::{Case, Protected};

/// Decrypts every track, every variant of it, with both tools.
pub(crate) fn check(case: &Case) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clear = case.clear().tracks();
    let tracks = case.tracks();
    assert!(!tracks.is_empty(), "no tracks");
    let mut wrong = Vec::new();
    let unprotected = case.clear_tracks();
    assert_eq!(
        unprotected.is_empty(),
        !case.has_clear_tracks(),
        "clear tracks"
    );
    for track in unprotected {
        assert_ne!(track.kind, "video", "{}: is clear", track.folder);
        let read = fragments::read(&track.bytes()).expect("the track can be read");
        assert_eq!(read.protection, None, "{}", track.folder);
        let found: Vec<_> = read
            .samples
            .into_iter()
            .map(|sample| sample.bytes)
            .collect();
        let reference = samples(&same_track(&clear, &track).bytes());
        assert!(Ok(found) == reference, "{}: samples differ", track.folder);
    }
    for (index, protected) in tracks.iter().enumerate() {
        let reference = same_track(&clear, &protected.track);
        let mut variants = vec![(protected.track.bytes(), reference.bytes())];
        if protected.track.marked {
            assert!(case.is_marked(), "{}: is marked", protected.track.folder);
            variants.push((protected.track.twin_bytes(), reference.twin_bytes()));
        }
        for (variant, (bytes, reference)) in variants.into_iter().enumerate() {
            let reference = samples(&reference).expect("the clear track can be read");
            assert_eq!(reference.len() as u64, protected.track.samples);
            assert_differs(&bytes, &reference, protected);
            let parts = fragments::parts(&bytes).expect("the track can be taken apart");
            let lead = lead(&parts, &bytes, &reference, protected);
            let path = folder.path().join(format!("{index}-{variant}"));
            let behind = reference.get(lead..).unwrap_or_default();
            let by_shaka = by_shaka(&path, &parts, protected, behind);
            let by_ffmpeg = by_ffmpeg(&path, &parts, protected, behind);
            let place = format!("{} variant {variant}", protected.track.folder);
            if by_shaka.is_err() && by_ffmpeg.is_err() {
                wrong.push(format!("{place}: nobody decrypts it"));
            }
            for (tool, outcome) in [("Shaka Packager", by_shaka), ("ffmpeg", by_ffmpeg)] {
                let outcome = outcome.err().unwrap_or_default();
                let expected = expected(tool, protected);
                if outcome != expected {
                    wrong.push(format!(
                        "{place}: {tool}: {outcome:?}, expected {expected:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The track of the same source and codec. Packages with two sets of segments have each twice.
fn same_track<'a>(all: &'a [Track], track: &Track) -> &'a Track {
    let end = |track: &Track| {
        track
            .folder
            .rsplit_once("/video/")
            .map(|(_, end)| end.to_string())
    };
    let mut found = all.iter().filter(|other| {
        (&other.source, &other.codec, &other.kind, end(other))
            == (&track.source, &track.codec, &track.kind, end(track))
    });
    let first = found
        .next()
        .unwrap_or_else(|| panic!("{}: no clear one", track.folder));
    assert_eq!(found.count(), 0, "{}: several clear ones", track.folder);
    first
}

fn samples(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let track = fragments::read(bytes)?;
    Ok(track
        .samples
        .into_iter()
        .map(|sample| sample.bytes)
        .collect())
}

/// Encrypted samples that are the clear ones were not encrypted.
fn assert_differs(bytes: &[u8], reference: &[Vec<u8>], protected: &Protected) {
    let folder = &protected.track.folder;
    let track = fragments::read(bytes).unwrap_or_else(|error| panic!("{folder}: {error}"));
    for (index, (sample, clear)) in track.samples.iter().zip(reference).enumerate() {
        let protected: usize = sample.protected().iter().map(|range| range.len()).sum();
        assert_eq!(sample.bytes.len(), clear.len(), "{folder}: sample {index}");
        let is_same = sample.bytes == *clear;
        assert!(
            is_same || protected > 0,
            "{folder}: sample {index} is said to be clear"
        );
        assert!(
            !is_same || protected < 16,
            "{folder}: sample {index} is clear"
        );
    }
}

/// Samples of the clear lead, which are those of the reference.
fn lead(parts: &Parts, bytes: &[u8], reference: &[Vec<u8>], protected: &Protected) -> usize {
    let clear = parts
        .fragments
        .iter()
        .take_while(|(_, is_clear)| *is_clear)
        .count();
    assert_eq!(
        clear, protected.clear_segments,
        "{}: clear segments",
        protected.track.folder
    );
    let all = fragments::read(bytes)
        .expect("the track can be read")
        .samples;
    let lead = all.iter().take_while(|sample| sample.is_clear).count();
    for (sample, reference) in all.iter().zip(reference).take(lead) {
        assert!(
            sample.bytes == *reference,
            "{}: a clear sample differs",
            protected.track.folder
        );
    }
    lead
}

fn by_shaka(
    path: &Path,
    parts: &Parts,
    protected: &Protected,
    reference: &[Vec<u8>],
) -> Result<(), String> {
    let bytes = protected_part(parts);
    let input = path.with_extension("in.mp4");
    fs::write(&input, bytes).expect("the track can be written");
    let output = path.with_extension("out.mp4");
    let keys = [(protected.kid.clone(), protected.key.clone())];
    shaka::decrypt(&input, &protected.track.kind, &keys, &output)?;
    let found = samples(&fs::read(&output).map_err(|error| error.to_string())?)?;
    compare(&found, reference)
}

/// The track without its clear lead.
fn protected_part(parts: &Parts) -> Vec<u8> {
    let behind = parts.fragments.iter().filter(|(_, is_clear)| !is_clear);
    let mut bytes = parts.init.clone();
    behind.for_each(|(fragment, _)| bytes.extend(fragment));
    bytes
}

fn by_ffmpeg(
    path: &Path,
    parts: &Parts,
    protected: &Protected,
    reference: &[Vec<u8>],
) -> Result<(), String> {
    let path = path.with_extension("ffmpeg.mp4");
    fs::write(&path, protected_part(parts)).expect("the track can be written");
    let mut command = Command::new("sh");
    command.args(["-c", "path=$1; shift; exec ffmpeg \"$@\" < \"$path\"", "sh"]);
    command.arg(&path);
    command.args(["-v", "fatal", "-ignore_editlist", "1"]);
    command.args(["-decryption_key", &protected.key, "-i", "pipe:0"]);
    // Samples one behind the other, as they are.
    command.args(["-map", "0:0", "-c", "copy", "-f", "data", "-"]);
    let output = process::run(&mut command, Duration::from_secs(60));
    let mut rest = &output.stdout[..];
    let mut found = Vec::new();
    for sample in reference {
        let Some((sample, left)) = rest.split_at_checked(sample.len()) else {
            return Err(format!("{} samples of {}", found.len(), reference.len()));
        };
        found.push(sample.to_vec());
        rest = left;
    }
    match rest.is_empty() {
        true => compare(&found, reference),
        false => Err("more samples than there are".into()),
    }
}

fn compare(found: &[Vec<u8>], reference: &[Vec<u8>]) -> Result<(), String> {
    if found.len() != reference.len() {
        return Err(format!("{} samples of {}", found.len(), reference.len()));
    }
    let pairs = || found.iter().zip(reference);
    if pairs().all(|(found, reference)| found == reference) {
        return Ok(());
    }
    // Whether it is only what is over whole blocks.
    let blocks = |sample: &Vec<u8>| {
        sample
            .chunks_exact(16)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    match pairs().all(|(found, reference)| blocks(found) == blocks(reference)) {
        true => Err("the bytes over whole blocks differ".into()),
        false => Err("samples differ".into()),
    }
}

/// What is listed of a tool, a scheme and a codec; empty where it has to decrypt.
fn expected(tool: &str, protected: &Protected) -> String {
    static LISTED: OnceLock<BTreeMap<[String; 3], String>> = OnceLock::new();
    let listed = LISTED.get_or_init(|| {
        let table =
            Table::read(&media::data("protection.tsv")).unwrap_or_else(|_| Table::parse(""));
        let row = |row: tests::table::Row<'_>| {
            let get = |column| row.get(column).unwrap_or_default().to_string();
            ([get("tool"), get("scheme"), get("codec")], get("outcome"))
        };
        table.rows().map(row).collect()
    });
    let codec = protected.track.codec.split('.').next().unwrap_or_default();
    let place = [
        tool.to_string(),
        protected.scheme.clone(),
        codec.to_string(),
    ];
    listed.get(&place).cloned().unwrap_or_default()
}
