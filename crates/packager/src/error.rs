//! What can go wrong with a job.

use std::io;

use media::Time;

use crate::job::JobError;

/// Why a job could not be planned or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The job contradicts itself.
    #[error(transparent)]
    Job(#[from] JobError),
    /// An input cannot be opened or read.
    #[error("{input}: {source}")]
    Input {
        /// The file as it was named.
        input: String,
        /// What the system said.
        source: io::Error,
    },
    /// An input is no movie that can be packaged.
    #[error("{input}: {source}")]
    Movie {
        /// The file as it was named.
        input: String,
        /// What is wrong with it.
        source: demux::Error,
    },
    /// A track of an input cannot be packaged.
    #[error("{input}: {kind} track {track}: {why}")]
    Track {
        /// The file as it was named.
        input: String,
        /// `video`, `audio` or `text`.
        kind: &'static str,
        /// `track_ID`.
        track: u32,
        /// Why not.
        why: String,
    },
    /// Nothing in an input matches what was asked of it.
    #[error("{input}: has no {wanted}; it has {found}")]
    NothingSelected {
        /// The file as it was named.
        input: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        found: String,
    },
    /// A subtitle document cannot be read.
    #[error("{input}: {source}")]
    Subtitle {
        /// The file as it was named.
        input: String,
        /// What is wrong with it.
        source: text::Error,
    },
    /// Renditions have no common sync times within reach.
    #[error(
        "{without}: no sync sample at {time}; {with} one \
         (--allow-misaligned cuts each rendition on its own)"
    )]
    Misaligned {
        /// The renditions without a sync sample.
        without: String,
        /// The renditions with one, and the verb.
        with: String,
        /// Where.
        time: Time,
    },
    /// A segment cannot be expressed in boxes.
    #[error("{object}: {source}")]
    Boxes {
        /// The file being written.
        object: String,
        /// What does not fit.
        source: isobmff::Error,
    },
    /// The facts gathered contradict each other: a defect of the packager.
    #[error("manifest: {0}")]
    Manifest(#[from] mux::manifest::ManifestError),
    /// An input is not what it was when it was planned.
    #[error("{input}: changed while it was read: {what}")]
    Changed {
        /// The file as it was named.
        input: String,
        /// What is different.
        what: String,
    },
    /// The package cannot be stored.
    #[error(transparent)]
    Sink(#[from] io::Error),
    /// An input lies where the package would be written.
    #[error(
        "{input}: lies where the package would be written, in {output}; choose another directory"
    )]
    InputInOutput {
        /// The file as it was named.
        input: String,
        /// The output directory.
        output: String,
    },
    /// The threads asked for cannot be had.
    #[error("cannot start {threads} threads: {why}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system said.
        why: String,
    },
    /// An input that cannot be marked.
    #[error("{input}: cannot be marked: {why}")]
    Unmarkable {
        /// The file as it was named.
        input: String,
        /// Why not.
        why: String,
    },
    /// Slices that came back with other bytes though nothing in them was changed.
    #[error("{input}: {differing} of {slices} intra slices did not come back byte for byte")]
    Differing {
        /// The file as it was named.
        input: String,
        /// How many.
        differing: u64,
        /// Of how many.
        slices: u64,
    },
    /// A segment that cannot be marked or encrypted.
    #[error("{input}: {kind} track {track}: segment at {time}: {why}")]
    Segment {
        /// The file as it was named.
        input: String,
        /// `video` or `audio`.
        kind: &'static str,
        /// `track_ID`.
        track: u32,
        /// Where it begins.
        time: Time,
        /// Why not.
        why: String,
    },
    /// A mark is asked for, and there is no video.
    #[error("watermark: no input holds video to mark")]
    NothingToMark,
    /// A mark is asked for, and nothing keeps its records.
    #[error("watermark: needs a private sink for its records")]
    NoPrivateSink,
    /// The private folder would be delivered.
    #[error("{private}: lies in {output}, which is delivered; expected a private folder outside")]
    PrivateInOutput {
        /// The private folder.
        private: String,
        /// The output directory.
        output: String,
    },
    /// Keys cannot be had.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// Keys do not suit the tracks.
    #[error(transparent)]
    Policy(#[from] cenc::policy::PolicyError),
    /// Tracks without a key.
    #[error("key {key}: none given, needed by {}; {remedy}", tracks.join(", "))]
    MissingKey {
        /// Its label, behind its scheme where there are two.
        key: String,
        /// The tracks.
        tracks: Vec<String>,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Several keys that playlists cannot tell apart.
    #[error(
        "keys {first} and {second}: have one {system} key URI in playlists, expected one each \
         ({{kid}} in --fairplay-uri stands for the KID)"
    )]
    SharedKeyUri {
        /// The DRM system.
        system: String,
        /// What one key is for.
        first: cenc::policy::Label,
        /// What the other is for.
        second: cenc::policy::Label,
    },
    /// A DRM system cannot be told.
    #[error(transparent)]
    Drm(#[from] cenc::drm::DrmError),
    /// Encryption is asked for, and there is nothing to encrypt.
    #[error("protection: no input holds video or sound to encrypt")]
    NothingToProtect,
    /// Counters would be used twice: a defect, or a seed of IVs that happens to do so.
    #[error("protection: {0}; another --iv-seed gives other counters")]
    Counters(String),
    /// There would be nothing to play.
    #[error("nothing to package: {0}")]
    Nothing(String),
}

impl Error {
    /// Whether the user asked for something that cannot be, as opposed to something that failed.
    pub fn is_usage(&self) -> bool {
        match self {
            Error::Job(_)
            | Error::NothingSelected { .. }
            | Error::InputInOutput { .. }
            | Error::NothingToMark
            | Error::NothingToProtect
            | Error::Policy(_)
            | Error::MissingKey { .. }
            | Error::SharedKeyUri { .. }
            | Error::Drm(_)
            | Error::NoPrivateSink
            | Error::PrivateInOutput { .. } => true,
            Error::Keys(error) => error.is_usage(),
            Error::Sink(error) => error.kind() == io::ErrorKind::AlreadyExists,
            Error::Input { .. }
            | Error::Movie { .. }
            | Error::Track { .. }
            | Error::Subtitle { .. }
            | Error::Misaligned { .. }
            | Error::Boxes { .. }
            | Error::Manifest(_)
            | Error::Changed { .. }
            | Error::Threads { .. }
            | Error::Counters(_)
            | Error::Segment { .. }
            | Error::Unmarkable { .. }
            | Error::Differing { .. }
            | Error::Nothing(_) => false,
        }
    }
}
