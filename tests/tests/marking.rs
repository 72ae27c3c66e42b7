//! Marked films are legal films: real streams and files, marked at `normal`, hold what decoders,
//! levels and packagers were promised, and carry the mark.
//!
//! `data/marking.tsv` lists what does not hold, by file and check, with its reason; a failure
//! without a line fails, and so does a line without its failure. With `MARKING_FIGURES` set to the
//! name of a file, a line of figures for each film is appended to it.

#[path = "marking/damage.rs"]
mod damage;
#[path = "marking/encodes.rs"]
mod encodes;
#[path = "marking/exceptions.rs"]
mod exceptions;
#[path = "marking/legality.rs"]
mod legality;
#[path = "marking/order.rs"]
mod order;

use std::collections::BTreeSet;
use std::sync::Arc;

use exceptions::Exceptions;
use legality::Marking;
use tests::harness::{self, Need};
use tests::marking::film::Film;
use tests::media;
use tests::table::Table;

/// Access units of a film that are marked.
const SAMPLES: usize = 10;

/// Their bytes.
const BYTES: usize = 80_000;

fn main() {
    let exceptions = Arc::new(Exceptions::read());
    let mut trials = Vec::new();
    let mut paths = indexed();
    paths.extend(["240p", "480p"].map(|name| format!("testdata/{name}.mp4")));
    for path in &paths {
        let needs: &[Need] = match path.starts_with("testdata/") {
            true => &[Need::Ffmpeg],
            false => &[Need::Ffmpeg, Need::Media],
        };
        let (name, exceptions) = (path.clone(), exceptions.clone());
        trials.push(harness::test(format!("film::{path}"), needs, move || {
            film(&name, &exceptions);
        }));
    }
    let is_there = !paths.is_empty();
    let unknown = exceptions.unknown(&[paths.clone(), encodes::names()].concat());
    trials.push(harness::test(
        "every_line_names_a_film",
        &[Need::Media],
        move || {
            assert!(is_there && unknown.is_empty(), "{unknown:?}");
        },
    ));
    trials.extend(encodes::tests(&exceptions));
    trials.extend(order::tests());
    trials.extend(damage::tests());
    harness::run(trials);
}

/// The H.264 files of the shared media, relative to it; of the MP4 files those that are packaged.
fn indexed() -> Vec<String> {
    let Ok(index) = Table::read(&media::shared().join("INDEX.tsv")) else {
        return Vec::new();
    };
    let outcomes = Table::read(&media::data("mp4-real.tsv")).expect("the table of outcomes");
    let packaged: BTreeSet<String> = outcomes
        .rows()
        .filter(|row| row.get("outcome") == Some("packaged"))
        .filter_map(|row| Some(format!("mp4-real/{}", row.get("path")?)))
        .collect();
    let rows = index.rows().filter_map(|row| {
        let (path, codec) = (row.get("path")?, row.get("codec")?);
        let is_h264 = codec.contains("h264/") || row.get("container")? == "h264";
        let is_other = path.starts_with("mp4-real/") && !packaged.contains(path);
        (is_h264 && !is_other).then(|| path.to_string())
    });
    rows.collect()
}

/// Everything about one film.
fn film(path: &str, exceptions: &Exceptions) {
    let file = match path.strip_prefix("testdata/") {
        Some(name) => media::sample(name),
        None => media::shared().join(path),
    };
    let marking = match path.starts_with("h264-conf/") || path.starts_with("mp4-real/") {
        true => Marking::Generous,
        false => Marking::AsDelivered,
    };
    let faults = match Film::read(&file) {
        Ok(Some(film)) => {
            // Long films begin with titles.
            let start = film.samples.len() / 3 * usize::from(path.starts_with("long/"));
            let film = film.from(start).cut(SAMPLES, BYTES);
            legality::faults(path, &film, marking)
        }
        Ok(None) => vec![legality::fault("read", "no H.264")],
        Err(error) => vec![legality::fault("read", error)],
    };
    exceptions.judge(path, &faults);
}
