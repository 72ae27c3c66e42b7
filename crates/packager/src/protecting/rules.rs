//! How the samples of each sample entry of a track are divided.

use std::fmt;

use bitstream::nal::LengthSize;
use bitstream::{h264, hevc};
use cenc::ranges::{Rule, RuleKind};
use demux::Track;
use isobmff::Place;
use isobmff::boxes::{Av1c, Avcc, Hvcc, SampleEntry};

use crate::Error;
use crate::marking::chain;

/// One rule for each sample entry of a track.
pub(crate) struct Rules {
    of_entries: Vec<Rule>,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rules({})", self.of_entries.len())
    }
}

impl Rules {
    /// The rules of a track.
    ///
    /// # Errors
    /// Sample entries whose configuration cannot be read, by the track's name.
    pub(crate) fn of(input: &str, track: &Track) -> Result<Rules, Error> {
        let refused = |why: String| Error::Track {
            input: input.into(),
            kind: track.kind().word(),
            track: track.id,
            why: format!("cannot be encrypted: {why}"),
        };
        let rule = |entry: &SampleEntry| match Rule::kind_of(track.codec) {
            RuleKind::Avc => avc(entry),
            RuleKind::Hevc => hevc(entry),
            RuleKind::WholeSample => Ok(Rule::WholeSample),
            RuleKind::Av1 => av1(entry),
            RuleKind::Vp9 => Ok(Rule::vp9()),
            RuleKind::Never => Err(format!("{} stays clear", track.codec)),
        };
        let of_entries = track.entries.iter().map(rule).collect::<Result<_, _>>();
        Ok(Rules {
            of_entries: of_entries.map_err(refused)?,
        })
    }

    /// The rule of the sample entry at a position, to take up what a segment's samples say.
    pub(crate) fn of_entry(&self, entry: u32) -> Option<Rule> {
        self.of_entries.get(usize::try_from(entry).ok()?).cloned()
    }
}

fn avc(entry: &SampleEntry) -> Result<Rule, String> {
    let avcc: Option<Avcc<'_>> = read(entry)?;
    let avcc = avcc.ok_or("has no avcC")?;
    let mut sets = h264::ParameterSets::new();
    let known = [&avcc.sequence_parameter_sets, &avcc.picture_parameter_sets];
    for set in known.into_iter().flatten() {
        sets.insert(set).map_err(|error| chain(&error))?;
    }
    Ok(Rule::Avc {
        length_size: length_size(avcc.length_size_minus_one)?,
        sets,
    })
}

fn hevc(entry: &SampleEntry) -> Result<Rule, String> {
    // What Dolby Vision adds to the sets of its base layer does not stand in slice headers.
    let hvcc: Option<Hvcc<'_>> = read(entry)?;
    let hvcc = hvcc.ok_or("has no hvcC")?;
    let mut sets = hevc::ParameterSets::new();
    for kind in PARAMETER_SETS {
        for set in hvcc.nal_units(kind) {
            sets.insert(set).map_err(|error| chain(&error))?;
        }
    }
    Ok(Rule::Hevc {
        length_size: length_size(hvcc.length_size_minus_one)?,
        sets,
    })
}

fn av1(entry: &SampleEntry) -> Result<Rule, String> {
    let av1c: Option<Av1c<'_>> = read(entry)?;
    let av1c = av1c.ok_or("has no av1C")?;
    Rule::av1(av1c.config_obus).map_err(|error| chain(&error))
}

/// `nal_unit_type` of video, sequence and picture parameter sets.
const PARAMETER_SETS: [u8; 3] = [32, 33, 34];

fn read<'a, B: isobmff::BoxBody<'a>>(entry: &'a SampleEntry) -> Result<Option<B>, String> {
    entry.read_child(Place::FILE).map_err(|error| chain(&error))
}

fn length_size(minus_one: u8) -> Result<LengthSize, String> {
    LengthSize::from_minus_one(minus_one).ok_or_else(|| "lengths of NAL units of 3 bytes".into())
}
