//! One media segment, sample by sample.

use std::fs::File;
use std::ops::Range;

use cenc::Key;
use cenc::ranges::{RangeError, Rule, counter_blocks};
use cenc::scheme::{Algorithm, SampleCipher, Scheme};
use demux::Source;
use isobmff::boxes::Subsample;

use super::coded::{self, Slices};
use super::counters::{Taken, fingerprint};
use super::noise::{BLOCK, Noise};
use super::pieces::{Piece, consistent, pieces};
use super::tracks::{Segment, Track};
use super::{NOISE, OfTrack, ReadSlices, SLICES, Whole};
use crate::verify::encryption::{Encryption, Said, SampleEncryption, SampleIv};
use crate::verify::finding::Findings;

/// Largest sample read, in bytes.
const MAX_SAMPLE_BYTES: u64 = 256 << 20;

/// What the samples of a segment show.
#[derive(Default)]
struct Evidence {
    noise: Noise,
    /// What became of encrypted intra slices, read as they are, and how many blocks of them and
    /// what lies around them are encrypted.
    encrypted: Option<(Slices, usize)>,
    /// Of the first slices or samples, after decryption.
    decrypted: Noise,
    /// What became of intra slices after decryption.
    slices: Option<Slices>,
    /// What cannot be, after decryption.
    broken: Option<String>,
    taken: Taken,
    /// Whether there was an encrypted sample.
    any: bool,
    /// Whether one was decrypted.
    is_decrypted: bool,
}

/// Whether bytes that are clear, or were decrypted, are what their codec makes.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// They are.
    Sound,
    /// They are not.
    Broken(String),
    /// Nobody can tell.
    Untold,
}

impl Evidence {
    fn verdict(&self) -> Verdict {
        match (&self.broken, &self.slices) {
            (Some(broken), _) | (None, Some(Slices::Broken(broken))) => {
                Verdict::Broken(broken.clone())
            }
            (None, Some(Slices::Whole(_))) => Verdict::Sound,
            // Whatever they are, what is no noise was not decrypted with a wrong key.
            (None, _) if self.decrypted.is_none().is_some() => Verdict::Sound,
            (None, None) if self.decrypted.tells_sound() => Verdict::Broken("noise".into()),
            (None, _) => Verdict::Untold,
        }
    }
}

/// A sample at hand.
struct Sample<'s> {
    /// From 1, in the segment.
    number: usize,
    bytes: &'s mut [u8],
    encryption: &'s SampleEncryption,
}

impl Whole<'_> {
    pub(super) fn segment(
        &mut self,
        track: &Track<'_>,
        segment: &Segment,
        of_track: &mut OfTrack,
        findings: &mut Findings,
    ) {
        let path = segment.location.text();
        let files = &self.package.files;
        let size = files.size(&segment.location.path);
        let range = size.and_then(|size| segment.location.bytes(size));
        // What is missing or cannot be read is found by other checks.
        let (Some(range), Ok(file)) = (range, files.open(&segment.location.path)) else {
            return;
        };
        let length = range.end - range.start;
        let Some(pieces) = pieces(&file, range, track) else {
            return;
        };
        let all = pieces.iter().flat_map(|piece| &piece.samples);
        let total = all
            .map(|sample| sample.end - sample.start)
            .fold(0, u64::saturating_add);
        if total > length {
            let expected = "samples that lie apart";
            findings.add((&path, ""), "samples", "overlapping", expected);
            return;
        }
        let mut sound = true;
        for piece in &pieces {
            sound &= consistent(&path, track, segment, piece, findings);
        }
        let Some(encryption) = track.encrypted.encryption.filter(|_| sound) else {
            return;
        };
        let mut evidence = Evidence::default();
        let mut reader = Reading {
            path: &path,
            encryption,
            key: self.keys.get(&encryption.kid),
            evidence: &mut evidence,
            of_track,
        };
        if let Err(error) = reader.read(&file, &pieces, self.package.rules.get(track.at), findings)
        {
            findings.add((&path, ""), "samples", error, "samples that can be read");
            return;
        }
        if pieces.iter().all(Piece::is_clear) {
            self.found.clear += 1;
            if let Verdict::Broken(value) = evidence.verdict() {
                let expected = "what its codec makes: the segment is said to be clear";
                findings.add((&path, ""), "samples", value, expected);
            }
            return;
        }
        self.conclude(&path, &encryption, evidence, of_track, findings);
    }

    /// What all samples of a segment show together.
    fn conclude(
        &mut self,
        path: &str,
        encryption: &Encryption,
        mut evidence: Evidence,
        of_track: &mut OfTrack,
        findings: &mut Findings,
    ) {
        let key = self.keys.get(&encryption.kid);
        if encryption.scheme.algorithm() == Algorithm::AesCtr {
            let fingerprint = fingerprint(encryption.kid, key);
            self.counters
                .add(fingerprint, path, std::mem::take(&mut evidence.taken));
        }
        if !evidence.any {
            return;
        }
        self.found.segments += 1;
        let not_noise = evidence.noise.is_none();
        let mut told = not_noise.is_some();
        match &evidence.encrypted {
            Some((slices, blocks)) => {
                let bits = slices.improbability(*blocks);
                of_track.slices.extend(bits.map(|bits| ReadSlices {
                    path: path.into(),
                    bits,
                    is_told: told,
                }));
                of_track.tried += usize::from(*slices != Slices::None);
                told |= matches!(slices, Slices::Broken(_));
            }
            // Of sound, what it begins with tells.
            None => told |= evidence.noise.tells_sound(),
        }
        if let Some(value) = not_noise {
            findings.add((path, ""), "protected bytes", value, NOISE);
        }
        if evidence.is_decrypted {
            self.found.decrypted += 1;
            let verdict = evidence.verdict();
            told = verdict != Verdict::Untold;
            if let Verdict::Broken(value) = verdict {
                let expected = format!(
                    "what its codec makes: KID {} has another key",
                    encryption.kid
                );
                findings.add((path, ""), "decrypted samples", value, expected);
            }
        }
        self.found.untold += usize::from(!told);
    }
}

/// Reads the samples of a segment.
struct Reading<'r> {
    path: &'r str,
    encryption: Encryption,
    key: Option<&'r Key>,
    evidence: &'r mut Evidence,
    of_track: &'r mut OfTrack,
}

impl Reading<'_> {
    fn read(
        &mut self,
        file: &File,
        pieces: &[Piece],
        rules: Option<&crate::protecting::Rules>,
        findings: &mut Findings,
    ) -> Result<(), String> {
        let Encryption {
            scheme, pattern, ..
        } = self.encryption;
        let cipher = self.key.map(|key| SampleCipher::new(scheme, key, pattern));
        let (mut rule, mut of_entry) = (None, None);
        let (mut buffer, whole) = (Vec::new(), SampleEncryption::default());
        let mut number = 0;
        for piece in pieces {
            if of_entry != Some(piece.entry) {
                rule = rules.and_then(|rules| rules.of_entry(piece.entry));
                of_entry = Some(piece.entry);
            }
            let said = piece.encryption.as_ref().map(|encryption| &encryption.said);
            for (at, range) in piece.samples.iter().enumerate() {
                number += 1;
                let length = range.end - range.start;
                if length > MAX_SAMPLE_BYTES {
                    return Err(format!("a sample of {length} bytes"));
                }
                let encryption = match &said {
                    Ok(Said::Each(each)) => each.get(at).unwrap_or(&whole),
                    Ok(Said::Nothing) => &whole,
                    Ok(Said::Clear) => &whole,
                    Err(_) => continue,
                };
                buffer.resize(usize::try_from(length).unwrap_or(0), 0);
                file.read_exact_at(&mut buffer, range.start)
                    .map_err(|error| error.to_string())?;
                if let (Ok(Said::Clear), Some(rule)) = (&said, &mut rule) {
                    let mut subsamples = Vec::new();
                    match rule.divide(&buffer, scheme, &mut subsamples) {
                        Ok(()) => self.decrypted(number, &buffer, &subsamples, rule),
                        Err(error) => return Err(format!("sample {number}: {error}")),
                    }
                    continue;
                }
                let sample = Sample {
                    number,
                    bytes: &mut buffer,
                    encryption,
                };
                if !self.sample(sample, rule.as_mut(), cipher.as_ref(), findings) {
                    // What follows depends on it.
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Looks at one sample; whether what follows can be looked at.
    fn sample(
        &mut self,
        sample: Sample<'_>,
        rule: Option<&mut Rule>,
        cipher: Option<&SampleCipher>,
        findings: &mut Findings,
    ) -> bool {
        let Sample {
            number,
            bytes,
            encryption,
        } = sample;
        let at = (self.path, "moof/traf/senc");
        let field = |what: &str| format!("{what} of sample {number}");
        let subsamples = encryption.subsamples.as_slice();
        let total: u64 = subsamples.iter().map(Subsample::bytes).sum();
        if !subsamples.is_empty() && total != bytes.len() as u64 {
            let expected = format!("{}, as the sample is long", bytes.len());
            findings.add(at, field("bytes of subsamples"), total, expected);
            return false;
        }
        let scheme = self.encryption.scheme;
        let mut divided = Vec::new();
        if let Some(rule) = &rule {
            // A clone, as the rule itself learns from the sample below.
            let mut rule = Rule::clone(rule);
            if let Err(error) = divide(&mut rule, bytes, scheme, subsamples, &mut divided) {
                let expected = "headers that can be read, as they are clear";
                findings.add(at, field("headers"), error, expected);
                return false;
            }
            if let Some((value, expected)) = difference(bytes.len(), subsamples, &divided) {
                let expected = format!("{expected}, as headers and {scheme} have it");
                findings.add(at, field("protected bytes"), value, expected);
                return false;
            }
        }
        // Without a rule nothing can be told of it, which is said.
        self.evidence.any = true;
        if let Some(rule) = rule {
            let _ = divide(rule, bytes, scheme, subsamples, &mut divided);
            self.evidence(bytes, subsamples, rule);
            if let Some(iv) = &encryption.iv {
                let blocks = counter_blocks(bytes, subsamples, scheme);
                self.evidence.taken.take(iv, blocks);
            }
            let iv = match self.encryption.iv {
                SampleIv::Constant(iv) => Some(iv),
                SampleIv::Each(_) => encryption.iv,
            };
            if let (Some(cipher), Some(iv)) = (cipher, iv) {
                // The bytes were found to be as many as the subsamples have.
                if cipher.decrypt(bytes, subsamples, &iv).is_ok() {
                    self.evidence.is_decrypted = true;
                    self.decrypted(number, bytes, subsamples, rule);
                }
            }
        }
        true
    }

    /// What encrypted bytes show.
    fn evidence(&mut self, bytes: &[u8], subsamples: &[Subsample], rule: &Rule) {
        let mut count = 0usize;
        for range in coded::protected(bytes, subsamples) {
            for (at, block) in blocks(range, self.encryption) {
                count = count.saturating_add(1);
                self.evidence.noise.take(block, at == 0);
                let firsts = &mut self.of_track.firsts;
                // In cbcs alone protection begins with the very first byte of slice data.
                let is_first = at == 0 && self.encryption.scheme == Scheme::Cbcs;
                if is_first && matches!(rule, Rule::Hevc { .. }) && firsts.len() < SLICES {
                    firsts.insert(*block);
                    self.of_track.is_told |= block.first() == Some(&u8::MAX);
                }
            }
        }
        if !matches!(rule, Rule::WholeSample) && self.evidence.encrypted.is_none() {
            self.evidence.encrypted = Some((coded::intra_slices(bytes, rule), count));
        }
    }

    /// What decrypted bytes show.
    fn decrypted(&mut self, number: usize, bytes: &[u8], subsamples: &[Subsample], rule: &Rule) {
        let evidence = &mut *self.evidence;
        for range in coded::protected(bytes, subsamples) {
            for (at, block) in blocks(range, self.encryption) {
                evidence.decrypted.take(block, at == 0);
            }
        }
        match rule {
            Rule::Avc { length_size, .. } | Rule::Hevc { length_size, .. } => {
                if evidence.slices.is_none() {
                    evidence.slices = Some(coded::intra_slices(bytes, rule));
                }
                if evidence.broken.is_none() {
                    let broken = coded::forbidden_bytes(bytes, *length_size);
                    evidence.broken = broken.map(|what| format!("{what} of sample {number}"));
                }
                if matches!(rule, Rule::Hevc { .. }) && coded::begins_as_none_can(bytes, rule) {
                    let what = format!("slices of sample {number} beginning with byte 255");
                    evidence.broken.get_or_insert(what);
                }
            }
            Rule::Av1(_) | Rule::Vp9(_) => evidence.slices = Some(Slices::None),
            Rule::WholeSample => {}
        }
    }
}

/// The encrypted blocks of a protected range, with their positions.
fn blocks(
    range: &[u8],
    Encryption {
        scheme, pattern, ..
    }: Encryption,
) -> impl Iterator<Item = (usize, &[u8; BLOCK])> {
    let (whole, _) = range.as_chunks::<BLOCK>();
    let period = usize::from(pattern.crypt) + usize::from(pattern.skip);
    let has_pattern = matches!(scheme, Scheme::Cens | Scheme::Cbcs) && pattern.skip > 0;
    let is_encrypted = move |at: usize| {
        !has_pattern
            || at
                .checked_rem(period)
                .is_some_and(|at| at < usize::from(pattern.crypt))
    };
    whole
        .iter()
        .enumerate()
        .filter(move |(at, _)| is_encrypted(*at))
}

/// Where protected ranges differ from those that should be: the first of each, or of those of one
/// that the other does not have.
fn difference(bytes: usize, is: &[Subsample], should: &[Subsample]) -> Option<(String, String)> {
    let [is, should] = [is, should].map(|subsamples| ranges(bytes, subsamples));
    if is == should {
        return None;
    }
    let at = is.iter().zip(&should).position(|(is, should)| is != should);
    let at = at.unwrap_or(is.len().min(should.len()));
    let text = |ranges: &[Range<u64>]| match ranges.get(at) {
        Some(range) => format!("{} to {}", range.start, range.end.saturating_sub(1)),
        None => "none further".into(),
    };
    Some((text(&is), text(&should)))
}

/// The protected ranges that subsamples say, whatever way they say it.
fn ranges(bytes: usize, subsamples: &[Subsample]) -> Vec<Range<u64>> {
    if subsamples.is_empty() {
        return std::iter::once(0..bytes as u64)
            .filter(|range| !range.is_empty())
            .collect();
    }
    let mut at = 0u64;
    let ranges = subsamples.iter().map(|subsample| {
        let start = at.saturating_add(subsample.bytes_of_clear_data.into());
        at = start.saturating_add(subsample.bytes_of_protected_data.into());
        start..at
    });
    ranges.filter(|range| !range.is_empty()).collect()
}

/// Divides an encrypted sample by its headers, which are clear.
fn divide(
    rule: &mut Rule,
    bytes: &mut [u8],
    scheme: Scheme,
    subsamples: &[Subsample],
    divided: &mut Vec<Subsample>,
) -> Result<(), RangeError> {
    let protected = |each: &Subsample| each.bytes_of_protected_data > 0;
    let ends_protected = subsamples.last().is_none_or(protected);
    // The index of a VP9 superframe is clear, and is found by the last byte: an encrypted one may
    // look like it.
    let hidden = match (&*rule, bytes.last_mut()) {
        (Rule::Vp9(_), Some(last)) if ends_protected => Some(std::mem::take(last)),
        _ => None,
    };
    let done = rule.divide(bytes, scheme, divided);
    if let (Some(byte), Some(last)) = (hidden, bytes.last_mut()) {
        *last = byte;
    }
    done
}
