//! Every media segment of the package, track by track.

use std::collections::BTreeSet;

use crate::verify::announced::Content;
use crate::verify::encryption::EncryptedInit;
use crate::verify::init::Init;
use crate::verify::location::Location;
use crate::verify::package::Package;
use crate::verify::report;

/// A track, as far as it could be read.
pub(super) struct Track<'p> {
    /// Where its initialization segment is.
    pub(super) at: &'p Location,
    pub(super) init: &'p Init,
    pub(super) encrypted: &'p EncryptedInit,
    /// Segments at the start that are to be clear, where the report says.
    pub(super) clear_segments: Option<u64>,
    pub(super) segments: Vec<Segment>,
}

/// A media segment, of one variant.
pub(super) struct Segment {
    pub(super) location: Location,
    /// Position in the track.
    pub(super) index: usize,
}

/// Tracks of the report; without one, what manifests announce.
pub(super) fn all(package: &Package) -> Vec<Track<'_>> {
    match &package.report {
        Some(report) => {
            let tracks = report.tracks.iter();
            tracks.filter_map(|track| listed(package, track)).collect()
        }
        None => announced(package),
    }
}

fn read<'p>(package: &'p Package, at: &'p Location) -> Option<Track<'p>> {
    Some(Track {
        at,
        init: package.inits.get(at)?.as_ref().ok()?,
        encrypted: package.encrypted.get(at)?,
        clear_segments: None,
        segments: Vec::new(),
    })
}

fn listed<'p>(package: &'p Package, listed: &'p report::Track) -> Option<Track<'p>> {
    let mut inits = package.encrypted.keys();
    let at = inits.find(|location| location.path == listed.init.path)?;
    let mut track = read(package, at)?;
    let promised = listed.protection.as_ref();
    track.clear_segments = Some(promised.map_or(0, |promised| promised.clear_segments));
    for (index, segment) in listed.segments.iter().enumerate() {
        let location = match &listed.file {
            Some(_) => segment.object.location(),
            None => Location::whole(segment.object.path.clone()),
        };
        // The twin of a single file has the twins of its parts at the same places.
        let twin = match &listed.file {
            Some(file) => file.twin.as_deref().map(|twin| Location {
                path: twin.path.clone(),
                range: location.range,
            }),
            None => {
                let twin = segment.object.twin.as_deref();
                twin.map(|twin| Location::whole(twin.path.clone()))
            }
        };
        let both = std::iter::once(location).chain(twin);
        track
            .segments
            .extend(both.map(|location| Segment { location, index }));
    }
    Some(track)
}

fn announced(package: &Package) -> Vec<Track<'_>> {
    let (mut seen, mut tracks) = (BTreeSet::new(), Vec::new());
    for announced in package.announced() {
        let at = announced.init.as_ref();
        let at = at.filter(|at| announced.content != Content::FrameRanges && seen.insert(*at));
        let Some(mut track) = at.and_then(|at| read(package, at)) else {
            continue;
        };
        let segments = announced.segments.iter().enumerate();
        track.segments = segments
            .map(|(index, segment)| Segment {
                location: segment.location.clone(),
                index,
            })
            .collect();
        tracks.push(track);
    }
    tracks
}
