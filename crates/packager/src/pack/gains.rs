//! What the detector wants to know of marked segments, in the private folder.

use serde::Serialize;

use super::Run;
use crate::Error;
use crate::mark::strength_word;
use crate::report::{FORMAT, FactsReport, Report, TrackReport};
use crate::sink::Sink;

/// The list of a private folder, written last.
const LIST_PATH: &str = "private.json";

/// What a private folder holds.
#[derive(Serialize)]
struct Private<'r> {
    format: u32,
    packager: &'r str,
    content_id: Option<&'r str>,
    strength: &'static str,
    variant_layout: Option<&'static str>,
    /// Bits of a code that fit.
    positions: usize,
    tracks: Vec<PrivateTrack<'r>>,
}

/// A marked track.
#[derive(Serialize)]
struct PrivateTrack<'r> {
    id: &'r str,
    source: &'r str,
    #[serde(flatten)]
    facts: &'r FactsReport,
    /// One line of JSON for each segment.
    gains: String,
}

impl Run<'_> {
    /// Gathers the records of all segments, one file for each marked track.
    pub(super) fn write_gains(&self, report: &Report) -> Result<(), Error> {
        let (Some(private), Some(watermark)) = (self.private, &self.plan.job.watermark) else {
            return Ok(());
        };
        // Every set of segments holds the same marks.
        let of_one_set = self.renditions.len();
        let marked = report.tracks.iter().take(of_one_set).enumerate();
        let marked: Vec<(usize, &TrackReport)> = marked.filter(|(_, track)| track.marked).collect();
        let path = |track: &TrackReport| format!("gains/{}.jsonl", track.id);
        for (at, track) in &marked {
            let mut object = private.create(&path(track))?;
            for index in 0..track.segments.len() {
                let mut line = private.read(&self.journal_path(*at, index))?;
                line.push(b'\n');
                object.write(&line)?;
            }
            object.commit()?;
        }
        let list = Private {
            format: FORMAT,
            packager: &report.packager,
            content_id: report.content_id.as_deref(),
            strength: strength_word(watermark.strength),
            variant_layout: report.variant_layout,
            positions: marked
                .iter()
                .map(|(_, track)| track.segments.len())
                .max()
                .unwrap_or(0),
            tracks: marked
                .iter()
                .map(|(_, track)| PrivateTrack {
                    id: &track.id,
                    source: &track.source,
                    facts: &track.facts,
                    gains: path(track),
                })
                .collect(),
        };
        let mut text = serde_json::to_string_pretty(&list).map_err(std::io::Error::other)?;
        text.push('\n');
        self.put_private(LIST_PATH, text.as_bytes())
    }

    /// Puts an object into the private folder.
    pub(super) fn put_private(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let private: &dyn Sink = self.private.ok_or(Error::NoPrivateSink)?;
        let mut object = private.create(path)?;
        object.write(bytes)?;
        Ok(object.commit()?)
    }
}
