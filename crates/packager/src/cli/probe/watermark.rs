//! Whether inputs can be marked, as probing tells it.

use packager::job::Job;
use packager::markable::{TrackMarkability, markability};
use serde::Serialize;

use crate::cli::failure::chain;
use crate::cli::output::one_line;

/// What the mark makes of the inputs.
#[derive(Debug, Serialize)]
pub(super) struct WatermarkFacts {
    /// Bits of a code that fit all inputs together.
    pub(super) positions: Option<usize>,
    /// Why they cannot be cut together.
    #[serde(skip_serializing_if = "Option::is_none")]
    misaligned: Option<String>,
    tracks: Vec<TrackFacts>,
    /// What is to be said of the number of positions, where it is too small.
    pub(super) warning: Option<String>,
}

/// What the mark makes of a video track.
#[derive(Debug, Serialize)]
struct TrackFacts {
    input: String,
    track: u32,
    /// Bits of a code that fit it alone.
    positions: usize,
    /// Distances between sync samples in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    intra_spacing: Option<Spacing>,
    /// Median luma QP of slices at sync samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    slice_qp: Option<u8>,
    /// Why it cannot be marked.
    #[serde(skip_serializing_if = "Option::is_none")]
    unmarkable: Option<String>,
    /// What makes the mark weak.
    weak: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Spacing {
    shortest: f64,
    median: f64,
    longest: f64,
}

impl WatermarkFacts {
    /// Looks at the video of a job; `None` where it has none.
    ///
    /// # Errors
    /// Inputs that cannot be opened.
    pub(super) fn read(job: &Job) -> Result<Option<WatermarkFacts>, String> {
        let found = markability(job).map_err(|error| chain(&error))?;
        if found.tracks.is_empty() {
            return Ok(None);
        }
        Ok(Some(WatermarkFacts {
            positions: found.positions,
            misaligned: found.misaligned,
            tracks: found.tracks.into_iter().map(TrackFacts::new).collect(),
            warning: found.warning,
        }))
    }

    /// One line for all, and one for each track.
    pub(super) fn text(&self) -> String {
        let all = match (self.positions, &self.misaligned) {
            (Some(1), _) => "1 position".to_string(),
            (Some(count), _) => format!("{count} positions"),
            (None, Some(why)) => format!("cannot be marked together: {why}"),
            (None, None) => "cannot be marked as it is".into(),
        };
        let mut text = format!("watermark: {all}\n");
        for track in &self.tracks {
            text.push_str(&format!("  {}\n", one_line(&track.text())));
        }
        text
    }
}

impl TrackFacts {
    fn new(track: TrackMarkability) -> TrackFacts {
        TrackFacts {
            input: track.input,
            track: track.track,
            positions: track.positions,
            intra_spacing: track.spacing.map(|[shortest, median, longest]| Spacing {
                shortest,
                median,
                longest,
            }),
            slice_qp: track.slice_qp,
            unmarkable: track.unmarkable,
            weak: track.weak,
        }
    }

    fn text(&self) -> String {
        let what = match self.track {
            0 => "byte stream".to_string(),
            track => format!("video track {track}"),
        };
        let mut text = format!("{}: {what}: ", self.input);
        if let Some(why) = &self.unmarkable {
            text.push_str(why);
            return text;
        }
        text.push_str(&format!("{} alone", self.positions));
        if let Some(spacing) = &self.intra_spacing {
            let Spacing {
                shortest,
                median,
                longest,
            } = spacing;
            text.push_str(&format!(
                ", intra pictures every {median:.3} s ({shortest:.3} to {longest:.3})"
            ));
        }
        if let Some(qp) = self.slice_qp {
            text.push_str(&format!(", QP {qp}"));
        }
        for weak in &self.weak {
            text.push_str("; weak: ");
            text.push_str(weak);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> TrackFacts {
        TrackFacts {
            input: "a.mp4".into(),
            track: 1,
            positions: 30,
            intra_spacing: Some(Spacing {
                shortest: 0.5,
                median: 2.0,
                longest: 5.0,
            }),
            slice_qp: Some(31),
            unmarkable: None,
            weak: vec!["coarse".into()],
        }
    }

    #[test]
    fn a_track_is_one_line() {
        let line = "a.mp4: video track 1: 30 alone, intra pictures every 2.000 s (0.500 to 5.000), \
                    QP 31; weak: coarse";
        assert_eq!(track().text(), line);
        let refused = TrackFacts {
            unmarkable: Some("cannot be marked: is HEVC".into()),
            ..track()
        };
        let facts = WatermarkFacts {
            positions: None,
            misaligned: None,
            tracks: vec![refused],
            warning: None,
        };
        let text = "watermark: cannot be marked as it is\n  a.mp4: video track 1: cannot be marked: \
                    is HEVC\n";
        assert_eq!(facts.text(), text);
    }
}
