//! Our ranges beside those of others.

use std::collections::BTreeSet;
use std::fs;
use std::iter;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use cenc::ranges::Rule;
use cenc::scheme::Scheme;
use tests::{fragments, media, shaka};

use crate::headers;
use crate::input::{self, Input, Sample};

const BOTH: [Scheme; 2] = [Scheme::Cenc, Scheme::Cbcs];

/// What was compared, and agreed.
pub(crate) static TALLY: Tally = Tally {
    samples: AtomicU64::new(0),
    ranges: AtomicU64::new(0),
    headers: AtomicU64::new(0),
};

/// Numbers over all trials.
pub(crate) struct Tally {
    samples: AtomicU64,
    ranges: AtomicU64,
    headers: AtomicU64,
}

impl Tally {
    /// The numbers, for people.
    pub(crate) fn summary(&self) -> String {
        let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
        format!(
            "equal: {} samples with {} protected ranges as Shaka Packager has them (but for the side on which bytes over whole blocks stay clear), {} slice headers as ffmpeg reads them",
            get(&self.samples),
            get(&self.ranges),
            get(&self.headers)
        )
    }
}

/// Compares a byte stream; gives who disagrees, and in what.
pub(crate) fn stream(name: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mp4 = folder.path().join("stream.mp4");
    if let Err(why) = input::wrap(&media::shared().join(name), &mp4) {
        return why;
    }
    // The others are divided as cenc is: some streams are enough.
    let is_of_few = name.contains("/frext/") || name.contains("hevc-conf/");
    file(&mp4, if is_of_few { &Scheme::ALL } else { &BOTH })
}

/// Compares a real file.
pub(crate) fn real_file(name: &str) -> String {
    file(&media::real_folder().join(name), &BOTH)
}

fn file(path: &Path, schemes: &[Scheme]) -> String {
    let inputs = match Input::open(path) {
        Ok(inputs) => inputs,
        Err(why) => return format!("not read: {why}"),
    };
    let mut found = Vec::new();
    for input in inputs {
        let kind = input.kind();
        let outcome = track(&input, path, schemes);
        found.extend(outcome.into_iter().map(|text| format!("{kind}: {text}")));
    }
    found.join("; ")
}

fn track(input: &Input, path: &Path, asked: &[Scheme]) -> Vec<String> {
    let (rules, samples) = match (input.rules(), input.samples()) {
        (Ok(rules), _) if rules.is_empty() => return Vec::new(),
        (Ok(rules), Ok(samples)) => (rules, samples),
        (Err(why), _) | (_, Err(why)) => return vec![format!("not read: {why}")],
    };
    let divide = |scheme: Scheme| {
        let mut rules = rules.clone();
        let mut list = Vec::new();
        let divided = samples.iter().map(|sample| {
            let rule = rules.get_mut(sample.rule).ok_or("no rule")?;
            let done = rule.divide(&sample.bytes, scheme, &mut list);
            done.map_err(|error| error.to_string())?;
            let mut at = 0;
            let range = |each: &isobmff::boxes::Subsample| {
                let start = at + usize::from(each.bytes_of_clear_data);
                at = start + each.bytes_of_protected_data as usize;
                start..at
            };
            Ok(match list.is_empty() {
                true => iter::once(0..sample.bytes.len()).collect(),
                false => list
                    .iter()
                    .map(range)
                    .filter(|range| !range.is_empty())
                    .collect(),
            })
        });
        divided.collect::<Vec<Result<Vec<Range<usize>>, String>>>()
    };
    let mut found = Vec::new();
    // Who complains of what, by complaint.
    let mut complaints: Vec<(String, Vec<&str>)> = Vec::new();
    for &scheme in asked {
        let ours = divide(scheme);
        let theirs = encrypted(input, path, scheme);
        let over = match (scheme, rules.first()) {
            (_, Some(Rule::Vp9(_))) => Over::Unknown,
            (Scheme::Cbcs, _) | (_, Some(Rule::WholeSample)) => Over::Nothing,
            _ => Over::Of(divide(Scheme::Cbcs)),
        };
        let outcome = theirs.and_then(|theirs| differences(&samples, &ours, theirs, over));
        if let Err(text) = outcome {
            match complaints.iter_mut().find(|(known, _)| *known == text) {
                Some((_, schemes)) => schemes.push(scheme.name()),
                None => complaints.push((text, vec![scheme.name()])),
            }
        }
    }
    for (text, schemes) in complaints {
        let schemes = match schemes.len() {
            count if count == asked.len() => String::new(),
            _ => format!(" ({})", schemes.join(", ")),
        };
        found.push(format!("Shaka Packager{schemes}: {text}"));
    }
    if let Some(codec) = headers::Codec::of(&rules) {
        let theirs = headers::of(path, codec, &samples);
        let outcome = theirs.and_then(|theirs| {
            let count: usize = theirs.iter().map(Vec::len).sum();
            let ours = divide(Scheme::Cbcs);
            same(&joined(&ours), theirs.iter())?;
            TALLY.headers.fetch_add(count as u64, Ordering::Relaxed);
            Ok(())
        });
        found.extend(outcome.err().map(|text| format!("ffmpeg: {text}")));
    }
    found
}

/// The track as Shaka Packager encrypts it.
fn encrypted(input: &Input, path: &Path, scheme: Scheme) -> Result<Vec<fragments::Sample>, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = folder.path().join("encrypted.mp4");
    shaka::encrypt(path, input.kind(), scheme.name(), &output)?;
    let bytes = fs::read(&output).map_err(|error| error.to_string())?;
    let track = fragments::read(&bytes)?;
    let protection = track.protection.ok_or("is not encrypted")?;
    match protection.scheme == scheme.name() {
        true => Ok(track.samples),
        false => Err(format!("is {}", protection.scheme)),
    }
}

type Divided = Result<Vec<Range<usize>>, String>;

/// Compares sample by sample, after what is clear in both proved that they are the same samples.
/// Others may have more: those that edit lists leave out.
fn differences(
    samples: &[Sample],
    ours: &[Divided],
    theirs: Vec<fragments::Sample>,
    over: Over,
) -> Result<(), String> {
    let count = theirs.len();
    let mut rest = theirs.into_iter();
    let mut protected = Vec::new();
    for sample in samples {
        let other = rest.find(|other| is_same(&sample.bytes, other));
        let other = other
            .ok_or_else(|| format!("has other samples, {count} where we have {}", samples.len()))?;
        protected.push(other.protected());
    }
    match over {
        Over::Nothing => same(&joined(ours), protected.iter())?,
        Over::Of(all) => {
            let last = all
                .iter()
                .map(|all| whole_blocks(all, |all, length| all.end - length..all.end));
            if last.collect::<Vec<Divided>>() != ours {
                return Err("ours are not the last whole blocks of what cbcs protects".into());
            }
            let first = all
                .iter()
                .map(|all| whole_blocks(all, |all, length| all.start..all.start + length));
            same(&joined(&first.collect::<Vec<_>>()), protected.iter())?;
        }
        Over::Unknown => {
            let is_moved = |(ours, theirs): (&Divided, &Vec<Range<usize>>)| {
                ours.as_ref().is_ok_and(|ours| is_moved(ours, theirs))
            };
            if !ours.iter().zip(&protected).all(is_moved) {
                same(&joined(ours), protected.iter())?;
            }
        }
    }
    let add = |number: &AtomicU64, count: usize| number.fetch_add(count as u64, Ordering::Relaxed);
    add(&TALLY.samples, protected.len());
    add(&TALLY.ranges, protected.iter().map(Vec::len).sum());
    Ok(())
}

/// Whether a sample has this length, and these bytes where it is clear.
fn is_same(bytes: &[u8], other: &fragments::Sample) -> bool {
    let mut at = 0;
    let ends = other
        .protected()
        .into_iter()
        .chain(iter::once(bytes.len()..0));
    bytes.len() == other.bytes.len()
        && ends.into_iter().all(|range| {
            let clear = std::mem::replace(&mut at, range.end)..range.start;
            bytes.get(clear.clone()) == other.bytes.get(clear)
        })
}

/// The error says how many samples differ and how the first does, or why they could not be divided.
fn same<'a>(
    ours: &[Divided],
    theirs: impl Iterator<Item = &'a Vec<Range<usize>>>,
) -> Result<(), String> {
    let theirs: Vec<_> = theirs.collect();
    let refused: BTreeSet<&String> = ours.iter().filter_map(|ours| ours.as_ref().err()).collect();
    if let Some(why) = refused.first() {
        let count = ours.iter().filter(|ours| ours.is_err()).count();
        return Err(format!(
            "{count} of {} samples are refused by us: {why}",
            ours.len()
        ));
    }
    let pairs = ours
        .iter()
        .flatten()
        .zip(theirs.iter().copied())
        .enumerate();
    let mut others = pairs.filter(|(_, (ours, theirs))| ours != theirs);
    let Some((index, (ours_of, theirs_of))) = others.next() else {
        return Ok(());
    };
    let count = 1 + others.count();
    let place = ours_of.iter().zip(theirs_of).position(|(a, b)| a != b);
    let place = place.unwrap_or(ours_of.len().min(theirs_of.len()));
    let show = |range: Option<&Range<usize>>| {
        range.map_or("none".into(), |range| {
            format!("{}..{}", range.start, range.end)
        })
    };
    Err(format!(
        "{count} of {} samples differ; in sample {index} our range {place} is {}, theirs {}",
        ours.len(),
        show(ours_of.get(place)),
        show(theirs_of.get(place))
    ))
}

/// What is over the whole blocks of ranges. We leave it clear in front, as CMAF packagers do and the
/// bindings of AV1 and VP9 ask for; Shaka Packager 3.5 to 3.8 leaves it clear behind.
enum Over {
    /// Ranges need not be whole blocks.
    Nothing,
    /// Of these ranges.
    Of(Vec<Divided>),
    /// Of ranges that are nowhere said: less than a block in front of ours.
    Unknown,
}

/// With neighbours as one: tiles may lie side by side.
fn joined(all: &[Divided]) -> Vec<Divided> {
    let join = |ranges: &Vec<Range<usize>>| {
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => joined.push(range.clone()),
            }
        }
        joined
    };
    all.iter()
        .map(|all| all.as_ref().map(join).map_err(String::clone))
        .collect()
}

/// What `part` makes of each range and the length of its whole blocks, where it has any.
fn whole_blocks(all: &Divided, part: impl Fn(&Range<usize>, usize) -> Range<usize>) -> Divided {
    let all = all.as_ref().map_err(String::clone)?;
    let blocks = all.iter().map(|all| part(all, all.len() / 16 * 16));
    Ok(blocks.filter(|range| !range.is_empty()).collect())
}

/// Whether ranges are as long and begin less than a block later.
fn is_moved(ours: &[Range<usize>], theirs: &[Range<usize>]) -> bool {
    let by = |(ours, theirs): (&Range<usize>, &Range<usize>)| {
        ours.len() == theirs.len() && (0..16).contains(&ours.start.wrapping_sub(theirs.start))
    };
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(by)
}
