//! Finding boxes in loaded bytes, with errors as findings take them.

use isobmff::{BoxBody, FourCc, Place, RawBox};

/// The first child of type `kind`, if there is one.
pub(super) fn maybe<'a>(
    raw: &RawBox<'a>,
    place: &Place<'_>,
    kind: &[u8; 4],
) -> Result<Option<RawBox<'a>>, String> {
    raw.child(FourCc::new(kind), *place)
        .map_err(|error| error.to_string())
}

/// The first child of type `kind`.
pub(super) fn one<'a>(
    raw: &RawBox<'a>,
    place: &Place<'_>,
    kind: &[u8; 4],
) -> Result<RawBox<'a>, String> {
    let missing = || format!("no {place}/{}", FourCc::new(kind));
    maybe(raw, place, kind)?.ok_or_else(missing)
}

/// The typed box `kind` among the children.
pub(super) fn read<'a, T: BoxBody<'a>>(
    raw: &RawBox<'a>,
    place: &Place<'_>,
    kind: &[u8; 4],
) -> Result<T, String> {
    T::parse(&one(raw, place, kind)?, place).map_err(|error| error.to_string())
}
