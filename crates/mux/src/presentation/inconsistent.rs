//! What can be wrong with facts.

use media::TrackKind;
use thiserror::Error;

/// Facts that contradict each other, or that no manifest can express.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Inconsistent {
    /// There is nothing to announce.
    #[error("presentation: has no rendition, expected at least one")]
    NoRendition,
    /// A duration that no title has.
    #[error("presentation: {field} is {ticks} ticks, expected at least 1")]
    NotPositive {
        /// The field of [`Presentation`].
        field: &'static str,
        /// Its value.
        ticks: i64,
    },
    /// An identifier that would need escaping.
    #[error(
        "rendition {id:?}: id must be one or more of letters, digits, '-', '_' and '.', \
         and begin with a letter or digit"
    )]
    Id {
        /// The identifier.
        id: String,
    },
    /// Two renditions share an identifier, a folder or a file.
    #[error("rendition {id}: {field} {value:?} is another rendition's too")]
    Duplicate {
        /// The later rendition.
        id: String,
        /// What they share.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// Text with a line break or another character that XML or a playlist cannot hold.
    #[error("rendition {id}: {field} {value:?} has a control character")]
    Control {
        /// The rendition.
        id: String,
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// A codec string or brand with a character that no codec string has.
    #[error("rendition {id}: {field} {value:?} has more than letters, digits and \".-_+\"")]
    Codec {
        /// The rendition.
        id: String,
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// A folder that is not below the manifests.
    #[error("rendition {id}: folder {folder:?} has an empty part, '.' or '..'")]
    Folder {
        /// The rendition.
        id: String,
        /// Its folder.
        folder: String,
    },
    /// A base that is no relative path of a folder.
    #[error("rendition {id}: base {base:?}: expected a relative path with a final slash, or none")]
    Base {
        /// The rendition.
        id: String,
        /// Its base.
        base: String,
    },
    /// A required text is empty.
    #[error("rendition {id}: {field} is empty")]
    Empty {
        /// The rendition.
        id: String,
        /// The field.
        field: &'static str,
    },
    /// A number out of its range.
    #[error("rendition {id}: {field} is {value}, expected {expected}")]
    Value {
        /// The rendition.
        id: String,
        /// The field.
        field: &'static str,
        /// What it is.
        value: u64,
        /// What it should be.
        expected: &'static str,
    },
    /// Facts of one kind with a codec of another.
    #[error("rendition {id}: facts are of another kind than its codec, {kind}")]
    Kind {
        /// The rendition.
        id: String,
        /// The codec's kind.
        kind: TrackKind,
    },
    /// A segment that does not follow the one before.
    #[error("rendition {id}: segment {number}: {field} is {value}, expected {expected}")]
    Segment {
        /// The rendition.
        id: String,
        /// The number it should have.
        number: u64,
        /// The field.
        field: &'static str,
        /// What it is.
        value: u64,
        /// What follows from the segment before.
        expected: u64,
    },
    /// Some renditions are single files, others are not.
    #[error("rendition {id}: a single file beside renditions in many files, or the reverse")]
    MixedStorage {
        /// The first rendition stored otherwise than the first of all.
        id: String,
    },
    /// A trick-play rendition of nothing.
    #[error("rendition {id}: trick play of {of:?}, which is no video rendition")]
    TrickPlay {
        /// The rendition.
        id: String,
        /// What it refers to.
        of: String,
    },
    /// A protection scheme that is none.
    #[error("rendition {id}: protection scheme is {scheme:?}, expected cenc, cens, cbc1 or cbcs")]
    Scheme {
        /// The rendition.
        id: String,
        /// The scheme.
        scheme: String,
    },
    /// What is said of a protection system cannot be announced. The value itself is not repeated.
    #[error("rendition {id}: protection system {system}: {field} {problem}")]
    System {
        /// The rendition.
        id: String,
        /// The system's id.
        system: String,
        /// What cannot be announced.
        field: &'static str,
        /// Why.
        problem: &'static str,
    },
    /// One key for two ciphers, which makes both weaker.
    #[error(
        "rendition {id}: key {kid} is for counted blocks here and for chained ones in {other}, \
         or the reverse"
    )]
    KeyOfTwoCiphers {
        /// The rendition.
        id: String,
        /// An earlier one.
        other: String,
        /// The key's id.
        kid: String,
    },
    /// An encrypted rendition of which playlists would not say so.
    #[error(
        "rendition {id}: is encrypted, expected a protection system that HLS playlists can name"
    )]
    NoHlsKey {
        /// The rendition.
        id: String,
    },
    /// A track type that cannot be announced.
    #[error("track type {name:?}: {problem}")]
    TrackType {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}
