//! What is asked of boxes on the way to the sample tables.

use isobmff::boxes::{Dref, Tkhd};
use isobmff::{FourCc, Place, RawBox};

use super::Stopped;

/// Writes a box of boxes: its header with the size it comes to, each child by `each`, and what
/// stands behind the last child as it is.
pub(super) fn container(
    raw: &RawBox<'_>,
    place: Place<'_>,
    out: &mut Vec<u8>,
    mut each: impl FnMut(&RawBox<'_>, &mut Vec<u8>) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
    let start = out.len();
    let header = raw.header_len as usize;
    out.extend_from_slice(raw.bytes.get(..header).unwrap_or_default());
    let mut read = header;
    for child in raw.children(place) {
        let child = child?;
        each(&child, out)?;
        read = read.saturating_add(child.bytes.len());
    }
    out.extend_from_slice(raw.bytes.get(read..).unwrap_or_default());
    let size = out.len() - start;
    let too_large = || Stopped::Why(format!("{place}: grows beyond its size field"));
    let (at, field) = match header {
        8 | 24 => {
            let size = u32::try_from(size).map_err(|_| too_large())?;
            (start, size.to_be_bytes().to_vec())
        }
        _ => (start + 8, (size as u64).to_be_bytes().to_vec()),
    };
    if let Some(place) = out.get_mut(at..at + field.len()) {
        place.copy_from_slice(&field);
    }
    Ok(())
}

pub(super) fn track_id(trak: &RawBox<'_>, parent: Place<'_>) -> Result<u32, isobmff::Error> {
    let place = parent.child(trak.kind);
    let tkhd = trak.child(FourCc::new(b"tkhd"), place)?;
    let id = tkhd.map(|tkhd| tkhd.read::<Tkhd>(&place).map(|tkhd| tkhd.track_id));
    Ok(id.transpose()?.unwrap_or(0))
}

/// Whether a track says how another is to be sent in packets.
pub(super) fn is_hint(trak: &RawBox<'_>, parent: Place<'_>) -> Result<bool, isobmff::Error> {
    let place = parent.child(trak.kind);
    let Some(mdia) = trak.child(FourCc::new(b"mdia"), place)? else {
        return Ok(false);
    };
    let hdlr = mdia.child(FourCc::new(b"hdlr"), place.child(mdia.kind))?;
    Ok(hdlr.is_some_and(|hdlr| hdlr.body().get(8..12) == Some(b"hint")))
}

/// Whether samples of a track lie in another file.
pub(super) fn is_external(trak: &RawBox<'_>, parent: Place<'_>) -> Result<bool, isobmff::Error> {
    let mut raw = *trak;
    let place = parent.child(trak.kind);
    for kind in [b"mdia", b"minf", b"dinf"] {
        let Some(child) = raw.child(FourCc::new(kind), place)? else {
            return Ok(false);
        };
        raw = child;
    }
    let Some(dref) = raw.child(FourCc::new(b"dref"), place)? else {
        return Ok(false);
    };
    let dref: Dref<'_> = dref.read(&place)?;
    for entry in dref.boxes(place.child(raw.kind)) {
        let flags = entry?.body().get(3).copied();
        if flags.is_some_and(|flags| flags & 1 == 0) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a `meta` box has an `iloc`, be it a full box or, as QuickTime writes it, a plain one.
pub(super) fn has_locations(meta: &RawBox<'_>) -> bool {
    [0, 4].into_iter().any(|skipped| {
        let body = meta.body().get(skipped..).unwrap_or_default();
        let mut boxes = isobmff::Boxes::new(body, 0, Place::FILE);
        matches!(boxes.find_kind(FourCc::new(b"iloc")), Ok(Some(_)))
    })
}
