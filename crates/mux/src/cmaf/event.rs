//! Events and clock references that come with a source's fragments.

use isobmff::boxes::{Emsg, EmsgTime, Prft};
use isobmff::{BoxBody, Error, Place, RawBox};
use media::Time;

/// The `emsg` box in `bytes` with a time on the package's presentation timeline (version 1), for a
/// fragment that the package presents from `fragment_start` on, `earlier` than its source does.
///
/// Version 0 counts from the start of its segment, and segments are cut anew here. Version 1 counts
/// on the movie's timeline, edit list applied, as manifests do. What was before the package's start
/// is at its start.
///
/// # Errors
/// A malformed box.
pub fn absolute_event(bytes: &[u8], fragment_start: Time, earlier: Time) -> Result<Vec<u8>, Error> {
    let raw = RawBox::parse(bytes, 0, &Place::FILE)?;
    let mut emsg = Emsg::parse(&raw, &Place::FILE)?;
    if let Some(timescale) = media::Timescale::new(emsg.timescale) {
        let time = match emsg.time {
            EmsgTime::Delta(delta) => fragment_start
                .rescale(timescale)
                .saturating_add(i64::from(delta)),
            EmsgTime::Absolute(time) => i64::try_from(time)
                .unwrap_or(i64::MAX)
                .saturating_sub(earlier.rescale(timescale)),
        };
        emsg.time = EmsgTime::Absolute(u64::try_from(time).unwrap_or(0));
    }
    let mut writer = isobmff::Writer::with_capacity(bytes.len() + 8);
    writer.body(&emsg);
    writer.finish()
}

/// The `prft` box in `bytes` for a track that has track_ID 1 and whose decoding times are `shift`
/// ticks later than in the source.
///
/// # Errors
/// A malformed box.
pub fn clock_reference(bytes: &[u8], shift: i64) -> Result<Vec<u8>, Error> {
    let raw = RawBox::parse(bytes, 0, &Place::FILE)?;
    let mut prft = Prft::parse(&raw, &Place::FILE)?;
    prft.reference_track_id = 1;
    prft.version = 1;
    prft.media_time = prft.media_time.saturating_add_signed(shift);
    let mut writer = isobmff::Writer::with_capacity(bytes.len() + 8);
    writer.body(&prft);
    writer.finish()
}
