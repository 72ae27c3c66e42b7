//! How much of a file is believed.

/// Bounds on what a file may ask for, whatever its tables claim.
///
/// The defaults are far above any real title (a day of 60 fps video has 5.2 million samples) and
/// far below what would hurt a server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a `moov` box.
    pub max_moov_bytes: u64,
    /// Bytes of one `moof` box.
    pub max_moof_bytes: u64,
    /// Bytes of one `emsg` or `prft` box.
    pub max_event_bytes: u64,
    /// Boxes at the top level of a file.
    pub max_top_level_boxes: usize,
    /// Tracks in a movie.
    pub max_tracks: usize,
    /// Samples in a track.
    pub max_samples: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_moov_bytes: 1 << 30,
            max_moof_bytes: 64 << 20,
            max_event_bytes: 1 << 20,
            max_top_level_boxes: 1 << 20,
            max_tracks: 256,
            max_samples: 16_000_000,
        }
    }
}

/// The largest media or presentation time that is believed, in ticks: far above any real one, and
/// small enough that a few of them add up without overflow.
pub(crate) const MAX_TIME: i64 = 1 << 60;

/// How many samples a file of `file_len` bytes can hold in all its tracks together: with its place
/// in the tables, no sample of any codec here takes less than two bytes. Constant sizes and runs
/// without rows would otherwise claim any number of samples in a few bytes.
pub(crate) fn most_samples(file_len: u64) -> usize {
    let most = (file_len / 2).saturating_add(16);
    usize::try_from(most).unwrap_or(usize::MAX)
}
