//! Our subsamples and encrypted bytes beside those of Shaka Packager.

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use bitstream::av1::TemporalUnits;
use bitstream::vp9::{self, UncompressedHeader};
use cenc::Key;
use cenc::ranges::{RangeError, Rule, RuleKind, SubsampleBuilder};
use cenc::scheme::{Iv, SampleCipher, Scheme};
use demux::{Limits, Movie, Track, WhenTruncated};
use isobmff::Place;
use isobmff::boxes::{Av1c, Subsample};
use tests::{fragments, shaka};

/// What was compared, and agreed.
pub(crate) static TALLY: Tally = Tally {
    samples: AtomicU64::new(0),
    units: AtomicU64::new(0),
    headers: AtomicU64::new(0),
};

/// Numbers over all trials.
pub(crate) struct Tally {
    samples: AtomicU64,
    units: AtomicU64,
    headers: AtomicU64,
}

impl Tally {
    /// The numbers, for people.
    pub(crate) fn summary(&self) -> String {
        let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
        format!(
            "equal: {} samples with {} tiles or frames as Shaka Packager has them, {} frame headers as ffmpeg reads them",
            get(&self.samples),
            get(&self.units),
            get(&self.headers)
        )
    }

    pub(crate) fn add_headers(&self, count: usize) {
        self.headers.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Samples of the first video track, and how they are divided.
pub(crate) struct Input {
    pub(crate) reader: Reader,
    rule: Rule,
    pub(crate) samples: Vec<Vec<u8>>,
    /// Whether decoding can begin with the sample.
    sync: Vec<bool>,
}

/// What finds out where a sample can be protected.
pub(crate) enum Reader {
    Av1(Box<TemporalUnits>),
    Vp9(vp9::References),
}

impl Reader {
    /// The tiles of AV1; of VP9, what is behind uncompressed headers.
    fn units(&mut self, sample: &[u8]) -> Vec<Range<usize>> {
        match self {
            Reader::Av1(reader) => {
                let mut tiles = Vec::new();
                reader.tiles(sample, &mut tiles).expect("tiles are found");
                tiles
            }
            Reader::Vp9(reader) => {
                let frames = vp9::frames(sample).expect("frames are found");
                let unit = |frame: Range<usize>| match reader
                    .read(&sample[frame.clone()])
                    .expect("the header is read")
                {
                    UncompressedHeader::Frame(header) => frame.start + header.bytes..frame.end,
                    UncompressedHeader::ShowExisting { .. } => frame.end..frame.end,
                };
                frames.into_iter().map(unit).collect()
            }
        }
    }
}

/// Reads a file.
pub(crate) fn input(path: &Path) -> Input {
    let file = File::open(path).expect("the file can be opened");
    let movie = Movie::read(&file, &Limits::default(), WhenTruncated::KeepWhole);
    let mut tracks = movie.expect("the file can be read").tracks.into_iter();
    let track: Track = tracks
        .find(|track| track.video().is_some())
        .expect("a video track");
    let entry = track.entries.first().expect("a sample entry");
    let (rule, reader) = match Rule::kind_of(track.codec) {
        RuleKind::Av1 => {
            let av1c: Option<Av1c<'_>> = entry.read_child(Place::FILE).expect("av1C can be read");
            let config_obus = av1c.expect("an av1C").config_obus;
            let units = TemporalUnits::new(config_obus).expect("configOBUs can be read");
            let rule = Rule::av1(config_obus).expect("configOBUs can be read");
            (rule, Reader::Av1(Box::new(units)))
        }
        RuleKind::Vp9 => (Rule::vp9(), Reader::Vp9(vp9::References::default())),
        other => panic!("{other:?}"),
    };
    let read = |sample: &media::Sample| {
        let mut bytes = vec![0; sample.size as usize];
        let done = file.read_exact_at(&mut bytes, sample.offset);
        done.expect("the sample is there");
        bytes
    };
    Input {
        reader,
        rule,
        samples: track.samples.iter().map(read).collect(),
        sync: track
            .samples
            .iter()
            .map(|sample| sample.is_sync())
            .collect(),
    }
}

/// Encrypts the file with Shaka Packager and with our own rule and cipher.
pub(crate) fn shaka(path: &Path, scheme: Scheme) {
    let mut input = input(path);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = folder.path().join("encrypted.mp4");
    shaka::encrypt(path, "video", scheme.name(), &output).expect("Shaka Packager encrypts it");
    let bytes = fs::read(&output).expect("its output is there");
    let theirs = match (fragments::read(&bytes), input.divide(scheme)) {
        (Ok(theirs), None) => theirs,
        // What cannot be said, they say wrongly: the size of what is said wraps at 8 bits.
        (Err(text), Some(RangeError::Subsamples { .. })) => {
            assert!(text.starts_with("saiz: "), "{text}");
            return;
        }
        (theirs, ours) => panic!("ours: {ours:?}; theirs: {:?}", theirs.err()),
    };
    let protection = theirs.protection.expect("its output is encrypted");
    assert_eq!(protection.scheme, scheme.name());
    assert_eq!(theirs.samples.len(), input.samples.len(), "samples");

    let key = Key::parse(shaka::KEY.1).expect("a key");
    let cipher = SampleCipher::new(scheme, &key, scheme.video_pattern());
    for (index, sample) in input.samples.iter().enumerate() {
        let other = theirs.samples.get(index).expect("as many");
        let aux = other.aux.as_ref().expect("senc");
        let units = input.reader.units(sample);
        // VP9 is protected in whole blocks in every scheme.
        let blocks = match input.rule {
            Rule::Vp9(_) => Scheme::Cenc,
            _ => scheme,
        };
        let mut ours = Vec::new();
        let done = input.rule.divide(sample, scheme, &mut ours);
        done.expect("could be divided before");
        assert_eq!(ours, subsamples(sample, &units, blocks, Clear::Before));
        // Bytes beyond whole blocks: the bindings of both codecs have them clear before what is
        // protected, Shaka Packager 3.5 to 3.8 behind it, all others before.
        let behind = subsamples(sample, &units, blocks, Clear::Behind);
        let is_behind = aux.subsamples == pairs(&behind);
        assert!(
            is_behind || aux.subsamples == pairs(&ours),
            "sample {index}: ours {:?}, theirs {:?}",
            pairs(&ours),
            aux.subsamples
        );

        let iv = match aux.iv.is_empty() {
            true => &protection.constant_iv,
            false => &aux.iv,
        };
        let iv = Iv::from_bytes(iv).expect("an IV of 8 or 16 bytes");
        let mut encrypted = sample.clone();
        let used = if is_behind { &behind } else { &ours };
        let done = cipher.encrypt(&mut encrypted, used, &iv);
        done.expect("subsamples add up");
        assert!(
            encrypted == other.bytes,
            "sample {index} is encrypted otherwise"
        );
        TALLY.samples.fetch_add(1, Ordering::Relaxed);
        TALLY.units.fetch_add(units.len() as u64, Ordering::Relaxed);
    }
}

impl Input {
    /// Divides all samples, with one rule and with one that begins at every sync sample; gives why
    /// one of them is refused.
    fn divide(&self, scheme: Scheme) -> Option<RangeError> {
        let (mut whole, mut of_segment) = (self.rule.clone(), self.rule.clone());
        let (mut found, mut again) = (Vec::new(), Vec::new());
        for (sample, sync) in self.samples.iter().zip(&self.sync) {
            if *sync {
                of_segment = self.rule.clone();
            }
            let first = whole.divide(sample, scheme, &mut found);
            let second = of_segment.divide(sample, scheme, &mut again);
            assert_eq!(first, second);
            assert_eq!(found, again);
            if let Err(error) = first {
                return Some(error);
            }
        }
        None
    }
}

/// Where bytes beyond whole blocks are clear.
#[derive(Clone, Copy)]
enum Clear {
    Before,
    Behind,
}

fn subsamples(
    sample: &[u8],
    units: &[Range<usize>],
    scheme: Scheme,
    beyond: Clear,
) -> Vec<Subsample> {
    let mut builder = SubsampleBuilder::onto(Vec::new(), scheme);
    let mut end = 0;
    for unit in units {
        let over = match beyond {
            Clear::Behind if scheme.whole_blocks() => unit.len() % 16,
            Clear::Before | Clear::Behind => 0,
        };
        builder.add(unit.start - end, unit.len() - over);
        end = unit.end - over;
    }
    builder.add(sample.len() - end, 0);
    builder.finish()
}

fn pairs(subsamples: &[Subsample]) -> Vec<(u16, u32)> {
    let pair = |each: &Subsample| (each.bytes_of_clear_data, each.bytes_of_protected_data);
    subsamples.iter().map(pair).collect()
}
