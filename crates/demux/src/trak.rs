//! A `trak` box: everything a track says of itself.

use isobmff::boxes::{Dref, Elng, Elst, Hdlr, Kind, Mdhd, Stsd, Tkhd};
use isobmff::{BoxBody, FourCc, Place, RawBox};
use media::{Language, Timescale, TrackKind};

use crate::config::{self, Configuration};
use crate::edits::{self, Edit, EditError, Timeline};
use crate::sync;
use crate::tables::SampleTables;
use crate::{EntryRun, Error, Limits, Track};

/// A track that cannot be packaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// `tkhd.track_ID`.
    pub id: u32,
    /// What it presents, for the handlers that present something.
    pub kind: Option<TrackKind>,
    /// Why not.
    pub why: WhyUnusable,
}

/// Why a track cannot be packaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhyUnusable {
    /// A codec that is not carried.
    #[error("codec {0} is not supported")]
    Codec(String),
    /// The samples are encrypted already.
    #[error("is encrypted ({scheme} in {entry}); decrypt it first")]
    Encrypted {
        /// The protected sample entry, such as `encv`.
        entry: FourCc,
        /// The protection scheme, such as `cenc`.
        scheme: String,
    },
    /// There are no samples.
    #[error("has no samples")]
    Empty,
    /// Neither picture nor sound nor subtitles: time code, hints, metadata.
    #[error("is a {handler} track ({entry}), neither video, audio nor text")]
    NotMedia {
        /// `hdlr.handler_type`.
        handler: FourCc,
        /// The sample entry.
        entry: FourCc,
    },
    /// The track's media lies in another file.
    #[error("sample entry {entry} refers to another file for its media")]
    External {
        /// The sample entry.
        entry: FourCc,
    },
}

/// A track between its `trak` box and its last fragment.
pub(crate) struct Trak {
    pub(crate) track: Track,
    /// Samples the tables announce, for messages about those missing.
    pub(crate) announced: usize,
    /// The earliest media time shown of samples that were taken away because the file ends before
    /// them.
    pub(crate) lost: Option<i64>,
    edits: Vec<Edit>,
    repeats_edits: bool,
    place: String,
}

/// The boxes of a `trak` that this crate reads.
#[derive(Default)]
struct Parts<'a> {
    tkhd: Option<Tkhd>,
    elst: Option<Elst>,
    mdhd: Option<Mdhd>,
    hdlr: Option<Hdlr<'a>>,
    elng: Option<Elng<'a>>,
    dref: Option<Dref<'a>>,
    stbl: Option<RawBox<'a>>,
    roles: Vec<(String, String)>,
}

impl<'a> Parts<'a> {
    fn parse(trak: &RawBox<'a>, place: &Place<'_>) -> Result<Parts<'a>, Error> {
        let mut parts = Parts::default();
        for child in trak.children(*place) {
            let child = child?;
            let inside = place.child(child.kind);
            match &child.kind.0 {
                b"tkhd" => parts.tkhd = Some(Tkhd::parse(&child, place)?),
                b"edts" => {
                    if let Some(elst) = child.child(Elst::KIND, inside)? {
                        parts.elst = Some(Elst::parse(&elst, &inside)?);
                    }
                }
                b"mdia" => parts.parse_mdia(&child, &inside)?,
                b"udta" => parts.parse_udta(&child, inside),
                _ => {}
            }
        }
        Ok(parts)
    }

    fn parse_mdia(&mut self, mdia: &RawBox<'a>, place: &Place<'_>) -> Result<(), Error> {
        for child in mdia.children(*place) {
            let child = child?;
            match &child.kind.0 {
                b"mdhd" => self.mdhd = Some(Mdhd::parse(&child, place)?),
                b"hdlr" => self.hdlr = Some(Hdlr::parse(&child, place)?),
                b"elng" => self.elng = Some(Elng::parse(&child, place)?),
                b"minf" => self.parse_minf(&child, &place.child(child.kind))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn parse_minf(&mut self, minf: &RawBox<'a>, place: &Place<'_>) -> Result<(), Error> {
        for child in minf.children(*place) {
            let child = child?;
            let inside = place.child(child.kind);
            match &child.kind.0 {
                b"stbl" => self.stbl = Some(child),
                b"dinf" => {
                    if let Some(dref) = child.child(Dref::KIND, inside)? {
                        self.dref = Some(Dref::parse(&dref, &inside)?);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// User data is a free-for-all (QuickTime ends it with four zero bytes, writers put text
    /// there), so what cannot be read is passed over.
    fn parse_udta(&mut self, udta: &RawBox<'a>, place: Place<'_>) {
        let kinds = udta
            .children(place)
            .map_while(Result::ok)
            .filter(|b| b.kind == Kind::KIND);
        let read = kinds.filter_map(|raw| Kind::parse(&raw, &place).ok());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.roles
            .extend(read.map(|kind| (text(kind.scheme_uri), text(kind.value))));
    }
}

impl Trak {
    /// Reads a `trak` box at `place`, with `room` samples left to the movie; the inner error is a
    /// track that is well formed and cannot be packaged.
    pub(crate) fn parse(
        raw: &RawBox<'_>,
        place: &Place<'_>,
        file_len: u64,
        limits: &Limits,
        room: usize,
    ) -> Result<Result<Trak, Unusable>, Error> {
        let parts = Parts::parse(raw, place)?;
        let missing = |kind: &str| Error::table(place, format!("has no {kind} box"));
        let tkhd = parts.tkhd.ok_or_else(|| missing("tkhd"))?;
        let hdlr = parts.hdlr.ok_or_else(|| missing("mdia/hdlr"))?;
        let mdhd = parts.mdhd.ok_or_else(|| missing("mdia/mdhd"))?;
        let stbl = parts.stbl.ok_or_else(|| missing("mdia/minf/stbl"))?;
        let id = tkhd.track_id;
        let kind = kind_of(hdlr.handler_type);
        let unusable = |why| Ok(Err(Unusable { id, kind, why }));

        let mdia = place.child(FourCc(*b"mdia"));
        let minf = mdia.child(FourCc(*b"minf"));
        let at = minf.child(stbl.kind);
        let Some(stsd) = stbl.child(Stsd::KIND, at)? else {
            return Err(Error::table(at, "has no stsd box"));
        };
        let stsd = Stsd::parse(&stsd, &at)?;
        let Some(first) = stsd.entries.first() else {
            return unusable(WhyUnusable::Empty);
        };
        let entry = first.kind;
        let Some(kind) = kind else {
            return unusable(WhyUnusable::NotMedia {
                handler: hdlr.handler_type,
                entry,
            });
        };
        let entry_place = at.child(Stsd::KIND);
        let elsewhere = external_references(parts.dref.as_ref());
        let is_external = |entry: &&isobmff::boxes::SampleEntry| {
            elsewhere.binary_search(&entry.data_reference_index).is_ok()
        };
        if let Some(entry) = stsd.entries.iter().find(is_external) {
            return unusable(WhyUnusable::External { entry: entry.kind });
        }
        let configuration = match config::read(&stsd.entries, kind, &tkhd, &entry_place)? {
            Ok(configuration) => configuration,
            Err(why) => return unusable(why),
        };
        let Some(timescale) = Timescale::new(mdhd.timescale) else {
            let text = "timescale: is 0, expected at least 1";
            return Err(Error::table(mdia.child(Mdhd::KIND), text));
        };
        let tables = SampleTables::parse(&stbl, &minf)?;
        let resolved = tables.resolve_within(file_len, limits, room)?;
        let Configuration {
            codec,
            codec_string,
            facts,
            entries,
        } = configuration;
        let track = Track {
            id,
            codec,
            codec_string,
            facts,
            entries,
            entry_runs: resolved.entry_runs,
            timescale,
            language: language(parts.elng.as_ref(), &mdhd),
            name: name(&hdlr),
            enabled: tkhd.is_enabled(),
            matrix: tkhd.matrix.0,
            display_size: [tkhd.width, tkhd.height],
            roles: parts.roles,
            samples: resolved.samples,
            timeline: Timeline::WHOLE,
        };
        let repeats_edits = parts.elst.as_ref().is_some_and(|elst| elst.flags & 1 != 0);
        let edits = parts.elst.map_or_else(Vec::new, |elst| {
            let edit = |entry: &isobmff::boxes::ElstEntry| Edit {
                segment_duration: entry.segment_duration,
                media_time: entry.media_time,
                media_rate: entry.media_rate,
            };
            elst.entries.iter().map(edit).collect()
        });
        let announced = tables.sample_count() as usize;
        Ok(Ok(Trak {
            track,
            announced,
            lost: None,
            edits,
            repeats_edits,
            place: place.to_string(),
        }))
    }

    /// The finished track: entries checked, edit list applied.
    pub(crate) fn finish(
        mut self,
        movie: Timescale,
        is_fragmented: bool,
    ) -> Result<Result<Track, Unusable>, Error> {
        let track = &mut self.track;
        let kind = track.codec.kind();
        let empty = Unusable {
            id: track.id,
            kind: Some(kind),
            why: WhyUnusable::Empty,
        };
        if track.samples.is_empty() {
            return Ok(Err(empty));
        }
        let entries = track.entries.len();
        if let Some(run) = track
            .entry_runs
            .iter()
            .find(|run| run.entry as usize >= entries)
        {
            let text = format!(
                "sample {} uses sample_description_index {}, expected 1 to {entries}",
                run.first_sample + 1,
                u64::from(run.entry) + 1
            );
            return Err(Error::table(&self.place, text));
        }
        if is_fragmented {
            // The edit list of a fragmented file is written before its media: its last duration
            // says how long the movie was then, which for most writers is nothing at all.
            let last = self.edits.iter_mut().rfind(|edit| edit.media_time >= 0);
            if let Some(edit) = last {
                edit.segment_duration = 0;
            }
        }
        sync::settle(kind, &mut track.samples);
        let refused = |source| Error::Edits {
            place: self.place.clone(),
            source,
        };
        if self.repeats_edits {
            return Err(refused(EditError::Repeats));
        }
        let samples = &mut track.samples;
        match edits::apply(&self.edits, movie, track.timescale, kind, samples) {
            Ok(timeline) => track.timeline = timeline,
            // What it shows lay behind the end of the file.
            Err(EditError::ShowsNothing) if self.lost.is_some() => return Ok(Err(empty)),
            Err(source) => return Err(refused(source)),
        }
        let dropped = track.timeline.dropped_before;
        EntryRun::drop_before(&mut track.entry_runs, dropped, track.samples.len());
        Ok(Ok(self.track))
    }
}

/// The data references that lead out of this file, counted from 1, ascending.
fn external_references(dref: Option<&Dref<'_>>) -> Vec<u16> {
    let entries = dref.map(|dref| dref.boxes(Place::FILE));
    let numbered = (1..=u16::MAX).zip(entries.into_iter().flatten().map_while(Result::ok));
    let leads_out = |entry: &RawBox<'_>| entry.body().get(3).is_some_and(|flags| flags & 1 == 0);
    numbered
        .filter(|(_, entry)| leads_out(entry))
        .map(|(number, _)| number)
        .collect()
}

fn kind_of(handler: FourCc) -> Option<TrackKind> {
    match handler {
        Hdlr::VIDEO => Some(TrackKind::Video),
        Hdlr::SOUND => Some(TrackKind::Audio),
        Hdlr::TEXT | Hdlr::SUBTITLE | Hdlr::APPLE_SUBTITLE | Hdlr::CLOSED_CAPTION => {
            Some(TrackKind::Text)
        }
        _ => None,
    }
}

fn language(elng: Option<&Elng<'_>>, mdhd: &Mdhd) -> Language {
    let extended = elng.and_then(|elng| std::str::from_utf8(elng.extended_language).ok());
    let parsed = extended.and_then(|tag| tag.parse().ok());
    let coded = || mdhd.iso_639_2().map(Language::from_iso_639_2);
    parsed.or_else(coded).unwrap_or_else(Language::undetermined)
}

/// The handler's name, unless it is one of those that writers put there themselves.
fn name(hdlr: &Hdlr<'_>) -> String {
    let name = String::from_utf8_lossy(hdlr.name());
    let name = name.trim_matches(|c: char| c.is_control() || c.is_whitespace());
    let lower = name.to_ascii_lowercase();
    let habits = [
        "handler",
        "core media",
        "gpac",
        "bento4",
        "mainconcept",
        "l-smash",
        "(c)",
    ];
    let is_habit = habits.iter().any(|word| lower.contains(word)) || name.contains('\u{fffd}');
    if is_habit { String::new() } else { name.into() }
}

#[cfg(test)]
mod tests;
