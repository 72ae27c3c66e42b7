//! Initialization segments as the package holds them.

use isobmff::boxes::{Elst, Mdhd, Mvhd, Trex};
use isobmff::{BoxBody, Boxes, FourCc, Place};
use media::{Time, Timescale};

use super::boxes::{maybe, one, read};

/// What reading media segments needs to know of their initialization segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Init {
    pub(super) track_id: u32,
    pub(super) timescale: Timescale,
    /// Presentation time minus composition time, as the edit list says, in ticks.
    pub(super) edit_offset: i64,
    /// Sample entry of samples that name none, from 1.
    pub(super) default_entry: u32,
    pub(super) default_sample_duration: u32,
    pub(super) default_sample_size: u32,
    pub(super) default_sample_flags: u32,
}

impl Init {
    /// Reads an initialization segment of one track.
    ///
    /// # Errors
    ///
    /// What is wrong, as a finding's value.
    pub(super) fn parse(bytes: &[u8]) -> Result<Init, String> {
        let file = Place::FILE;
        let moov = Boxes::new(bytes, 0, file).find_kind(FourCc::new(b"moov"));
        let moov = moov.map_err(|error| error.to_string())?.ok_or("no moov")?;
        let moov_place = file.child(moov.kind);
        let tracks = moov.children(moov_place);
        let tracks = tracks
            .flatten()
            .filter(|child| child.kind == FourCc::new(b"trak"))
            .count();
        if tracks != 1 {
            return Err(format!("{tracks} tracks"));
        }
        let trak = one(&moov, &moov_place, b"trak")?;
        let trak_place = moov_place.child(trak.kind);
        let mdia = one(&trak, &trak_place, b"mdia")?;
        let mdhd: Mdhd = read(&mdia, &trak_place.child(mdia.kind), b"mdhd")?;
        let mvhd: Mvhd = read(&moov, &moov_place, b"mvhd")?;
        let mvex = one(&moov, &moov_place, b"mvex")?;
        let trex: Trex = read(&mvex, &moov_place.child(mvex.kind), b"trex")?;
        let timescale = Timescale::new(mdhd.timescale).ok_or("mdhd timescale 0")?;
        let mut edit_offset = 0;
        if let Some(edts) = maybe(&trak, &trak_place, b"edts")? {
            let edts_place = trak_place.child(edts.kind);
            if let Some(elst) = maybe(&edts, &edts_place, b"elst")? {
                let elst = Elst::parse(&elst, &edts_place).map_err(|error| error.to_string())?;
                edit_offset = offset(&elst, mvhd.timescale, timescale)?;
            }
        }
        Ok(Init {
            track_id: trex.track_id,
            timescale,
            edit_offset,
            default_entry: trex.default_sample_description_index,
            default_sample_duration: trex.default_sample_duration,
            default_sample_size: trex.default_sample_size,
            default_sample_flags: trex.default_sample_flags,
        })
    }
}

/// How far an edit list moves the media: later by its empty edits, earlier by where the first
/// other edit starts.
fn offset(elst: &Elst, movie: u32, track: Timescale) -> Result<i64, String> {
    let movie = Timescale::new(movie).ok_or("mvhd timescale 0")?;
    let mut offset = 0i64;
    for entry in &elst.entries {
        if !entry.is_empty_edit() {
            return Ok(offset.saturating_sub(entry.media_time));
        }
        let ticks = i64::try_from(entry.segment_duration).unwrap_or(i64::MAX);
        let empty = Time {
            ticks,
            timescale: movie,
        }
        .rescale(track);
        offset = offset.saturating_add(empty);
    }
    Ok(offset)
}
