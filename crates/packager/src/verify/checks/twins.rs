//! Both variants of marked segments are there and agree in everything but coded intra pictures.
//!
//! What tells them apart must not be seen from outside: sizes, times, flags and everything before
//! the samples are equal, and samples differ only where a mark can be.

mod encrypted;

use std::fs::File;
use std::io;
use std::ops::Range;

use bitstream::bits::BitReader;
use bitstream::h264::{NalHeader, NalUnitType};
use bitstream::nal::{LengthPrefixed, LengthSize, Unit};
use demux::Source;
use encrypted::{Encrypted, Hiding};

use crate::verify::Check;
use crate::verify::finding::Findings;
use crate::verify::fragment::{Fragment, Seen};
use crate::verify::init::Init;
use crate::verify::package::Package;
use crate::verify::report::{Object, PATH, Report, Track};

pub(super) const CHECK: Check = Check { name: "twins", run };

/// Bytes compared at a time.
const CHUNK: u64 = 256 << 10;

/// Largest sample looked into, in bytes.
const MAX_SAMPLE_BYTES: u64 = 256 << 20;

fn run(package: &Package, findings: &mut Findings) {
    let Some(report) = &package.report else {
        return;
    };
    listed(report, findings);
    for track in report.tracks.iter().filter(|track| track.marked) {
        compare(package, track, findings);
    }
    if report.marked {
        named(package, report, findings);
    }
}

/// The report says the same of the package, its tracks and their segments.
fn listed(report: &Report, findings: &mut Findings) {
    let at = (PATH, "");
    let marks = report.tracks.iter().any(|track| track.marked);
    if report.marked != marks {
        let expected = format!("{marks}, as its tracks are");
        findings.add(at, "marked", report.marked, expected);
    }
    let layout = report.variant_layout.as_deref();
    if marks != report.layout().is_some() {
        let value = layout.unwrap_or("missing");
        let expected = match marks {
            true => "directory, unlabeled-a or prefix",
            false => "missing, as no track is marked",
        };
        findings.add(at, "variant_layout", value, expected);
    }
    for track in &report.tracks {
        let place = format!("track {}", track.id);
        let at = (PATH, place.as_str());
        if track.marked && track.kind.as_deref() != Some("video") {
            findings.add(at, "marked", true, "false: only video is marked");
        }
        if report.marked && !track.marked && track.kind.as_deref() == Some("video") {
            let expected = "true: all video of a marked package is";
            findings.add(at, "marked", false, expected);
        }
        for (index, segment) in (0u32..).zip(&track.segments) {
            let expected = track.marked.then_some(index);
            if segment.position != expected {
                let word = |position: Option<u32>| match position {
                    Some(position) => position.to_string(),
                    None => "missing".into(),
                };
                let field = format!("position of segment {}", u64::from(index) + 1);
                findings.add(at, field, word(segment.position), word(expected));
            }
        }
        let objects = track.file.iter();
        let segments = track.segments.iter().map(|segment| &segment.object);
        let single = track.file.is_some();
        let paired = objects.chain(segments.filter(|_| !single));
        for object in paired {
            if object.twin.is_some() != track.marked {
                let there = if track.marked { "missing" } else { "there" };
                let expected = if track.marked {
                    "variant 1"
                } else {
                    "none: the track is not marked"
                };
                findings.add((PATH, &object.path), "twin", there, expected);
            }
        }
    }
}

/// What comparing found.
#[derive(Default)]
struct Compared {
    segments: u64,
    /// Segments with a sample that differs.
    differ: u64,
    /// Segments of which encryption hides whether they do.
    hidden: u64,
}

/// A pair of files.
struct Pair<'p> {
    zero: &'p Object,
    one: &'p Object,
    files: [File; 2],
}

/// Holds the variants of a track against each other.
fn compare(package: &Package, track: &Track, findings: &mut Findings) {
    let Some((init, movie)) = package.init_in(&track.init.path) else {
        // Nothing could be read of it, which other checks say.
        return;
    };
    let objects: Vec<&Object> = match &track.file {
        Some(file) => vec![file],
        None => track
            .segments
            .iter()
            .map(|segment| &segment.object)
            .collect(),
    };
    let Some(encrypted) = Encrypted::of(package, track) else {
        return;
    };
    let mut compared = Compared::default();
    for object in objects {
        let Some(twin) = object.twin.as_deref() else {
            continue;
        };
        // Missing files are found missing elsewhere.
        let sizes = [object, twin].map(|object| package.files.size(&object.path));
        let [Some(zero), Some(one)] = sizes else {
            continue;
        };
        if zero != one {
            let expected = format!("{zero}, as {}", object.path);
            findings.add((&twin.path, ""), "size", one, expected);
            continue;
        }
        let open = |object: &Object| package.files.open(&object.path);
        let (Ok(zero), Ok(one)) = (open(object), open(twin)) else {
            continue;
        };
        let pair = Pair {
            zero: object,
            one: twin,
            files: [zero, one],
        };
        let parts: Vec<Range<u64>> = match &track.file {
            Some(file) => parts(track, file),
            None => std::iter::once(0..package.files.size(&object.path).unwrap_or(0)).collect(),
        };
        let read = pair.compare(&parts, init, movie.nal_length_size, &encrypted, findings);
        match read {
            Ok(found) => {
                compared.segments += found.segments;
                compared.differ += found.differ;
                compared.hidden += found.hidden;
            }
            Err(error) => {
                let expected = format!("bytes to hold against {}", object.path);
                findings.add((&twin.path, ""), "file", error, expected);
            }
        }
    }
    let Compared {
        segments,
        differ,
        hidden,
    } = compared;
    if hidden > 0 {
        // Which are the same is seen by nobody without the key, and shall not be.
        return;
    }
    let identical = segments - differ;
    if segments > 0 && differ == 0 {
        let place = format!("track {}", track.id);
        let expected = "fewer: nothing of the track carries a mark";
        findings.add((PATH, &place), "identical_segments", identical, expected);
    }
    if segments == track.segments.len() as u64 && identical != track.identical_segments {
        let place = format!("track {}", track.id);
        let expected = format!("{identical}, as in its segments");
        let field = "identical_segments";
        findings.add((PATH, &place), field, track.identical_segments, expected);
    }
}

/// The segments of a single file, and what stands before them.
fn parts(track: &Track, file: &Object) -> Vec<Range<u64>> {
    let mut end = 0;
    let segments = track.segments.iter().filter_map(|segment| {
        let start = segment.object.offset;
        // What lies over others is found by other checks, and is not read over and over.
        (start >= end).then(|| {
            end = start.saturating_add(segment.object.bytes);
            start..end
        })
    });
    let segments: Vec<Range<u64>> = segments.collect();
    let first = track.segments.first().map(|segment| segment.object.offset);
    let before = 0..first.unwrap_or(file.bytes);
    std::iter::once(before).chain(segments).collect()
}

impl Pair<'_> {
    fn at(&self) -> (&str, &str) {
        (&self.one.path, "")
    }

    /// Compares parts of both files: how many of them are segments, and in how many of those some
    /// sample differs.
    fn compare(
        &self,
        parts: &[Range<u64>],
        init: &Init,
        length_size: Option<LengthSize>,
        encrypted: &Encrypted<'_>,
        findings: &mut Findings,
    ) -> Result<Compared, String> {
        let [zero, one] = &self.files;
        let mut compared = Compared::default();
        for part in parts {
            let mut samples = Vec::new();
            let mut hiding = encrypted.hiding();
            let read = Fragment::read_with(zero, part.clone(), init, &mut |seen| match (
                seen,
                &mut hiding,
            ) {
                (Seen::Sample(sample), _) => samples.push(sample),
                (Seen::Fragment(traf), Some(hiding)) => hiding.fragment(&traf, samples.len()),
                (Seen::Fragment(_), None) => {}
            });
            // What stands before the segments of a single file, or nothing that can be read: all of
            // it has to be equal then.
            let Ok(fragment) = read else {
                self.equal(part.clone(), "bytes", findings)?;
                continue;
            };
            compared.segments += 1;
            let mut differs = false;
            if let Ok(other) = Fragment::read(one, part.clone(), init) {
                self.agree(&fragment, &other, findings);
            }
            let total = samples.iter().map(|sample| sample.end - sample.start);
            let total = total.fold(0u64, u64::saturating_add);
            if total > part.end.saturating_sub(part.start) {
                let expected = "samples that lie apart";
                findings.add((&self.zero.path, ""), "samples", "overlapping", expected);
                continue;
            }
            let mut at = part.start;
            for (index, sample) in samples.iter().enumerate() {
                // Samples seldom begin before those before them end, and then it is the same bytes.
                let gap = at..sample.start.max(at);
                if !self.alike(gap, hiding.as_ref(), findings)? {
                    break;
                }
                at = at.max(sample.end);
                let at = (index, sample.clone());
                differs |= self.sample(at, length_size, hiding.as_mut(), findings)?;
            }
            // Behind the last sample, or where the samples went out of step.
            if samples.last().is_none_or(|last| at >= last.end) {
                self.alike(at..part.end, hiding.as_ref(), findings)?;
            }
            compared.differ += u64::from(differs);
            compared.hidden += u64::from(hiding.is_some_and(|hiding| hiding.hides_sameness()));
        }
        Ok(compared)
    }

    /// What can be seen of a segment from outside is equal.
    fn agree(&self, zero: &Fragment, one: &Fragment, findings: &mut Findings) {
        let fields = [
            ("samples", zero.samples, one.samples),
            ("tfdt", zero.decode_start, one.decode_start),
            ("decoding end", zero.decode_end, one.decode_end),
        ];
        for (field, expected, value) in fields {
            if value != expected {
                let expected = format!("{expected}, as {}", self.zero.path);
                findings.add(self.at(), field, value, expected);
            }
        }
        for (field, expected, value) in [
            ("earliest presentation", zero.earliest, one.earliest),
            ("presentation end", zero.end, one.end),
        ] {
            if value != expected {
                let expected = format!("{expected}, as {}", self.zero.path);
                findings.add(self.at(), field, value, expected);
            }
        }
    }

    /// Whether a run of bytes outside of samples is equal but for what encryption hides.
    fn alike(
        &self,
        range: Range<u64>,
        hiding: Option<&Hiding<'_>>,
        findings: &mut Findings,
    ) -> Result<bool, String> {
        let parts = match hiding {
            Some(hiding) => hiding.visible(range),
            None => std::iter::once(range).collect(),
        };
        for part in parts {
            if !self.equal(part, "bytes outside of samples", findings)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a run of bytes is equal; a finding where it is not.
    fn equal(
        &self,
        range: Range<u64>,
        what: &str,
        findings: &mut Findings,
    ) -> Result<bool, String> {
        let different = self
            .first_difference(range)
            .map_err(|error| error.to_string())?;
        if let Some(byte) = different {
            let expected = format!("those of {}", self.zero.path);
            let value = format!("different at byte {byte}");
            findings.add(self.at(), what, value, expected);
        }
        Ok(different.is_none())
    }

    /// Where the files first differ in a run of bytes.
    fn first_difference(&self, mut range: Range<u64>) -> io::Result<Option<u64>> {
        let mut buffers = [Vec::new(), Vec::new()];
        while !range.is_empty() {
            let length = CHUNK.min(range.end - range.start);
            for (buffer, file) in buffers.iter_mut().zip(&self.files) {
                buffer.resize(usize::try_from(length).unwrap_or(0), 0);
                file.read_exact_at(buffer, range.start)?;
            }
            let [zero, one] = &buffers;
            if let Some(at) = zero.iter().zip(one).position(|(zero, one)| zero != one) {
                return Ok(Some(range.start.saturating_add(at as u64)));
            }
            range.start = range.start.saturating_add(length);
        }
        Ok(None)
    }

    /// Compares a sample; whether it differs.
    fn sample(
        &self,
        (index, range): (usize, Range<u64>),
        length_size: Option<LengthSize>,
        hiding: Option<&mut Hiding<'_>>,
        findings: &mut Findings,
    ) -> Result<bool, String> {
        let text = |error: io::Error| error.to_string();
        let differs = self
            .first_difference(range.clone())
            .map_err(text)?
            .is_some();
        // What samples say of later ones is taken up from equal ones as well.
        if !differs && hiding.is_none() {
            return Ok(false);
        }
        let length = range.end.saturating_sub(range.start);
        if length > MAX_SAMPLE_BYTES {
            return Err(format!("a sample of {length} bytes"));
        }
        let read = |file: &File| {
            let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
            file.read_exact_at(&mut bytes, range.start).map(|()| bytes)
        };
        let [zero, one] = &self.files;
        let (mut zero, mut one) = (read(zero).map_err(text)?, read(one).map_err(text)?);
        if let Some(hiding) = hiding {
            hiding.hide(index, [&mut zero, &mut one]);
        }
        if zero == one {
            return Ok(differs);
        }
        if let Some(what) = illegal_difference(&zero, &one, length_size) {
            let expected = format!("that of {} but for intra slices", self.zero.path);
            findings.add(self.at(), format!("sample {}", index + 1), what, expected);
        }
        Ok(true)
    }
}

/// What differs between two samples that a mark does not change.
fn illegal_difference(zero: &[u8], one: &[u8], size: Option<LengthSize>) -> Option<String> {
    let Some(size) = size else {
        return Some("different, and not of NAL units".into());
    };
    let units = |sample| LengthPrefixed::new(sample, size).collect::<Result<Vec<Unit<'_>>, _>>();
    let (Ok(zero), Ok(one)) = (units(zero), units(one)) else {
        return Some("different, with broken NAL units".into());
    };
    if zero.len() != one.len() {
        return Some(format!("{} NAL units instead of {}", one.len(), zero.len()));
    }
    let pairs = zero.iter().zip(&one).enumerate();
    let mut differing = pairs.filter(|(_, (zero, one))| zero.bytes != one.bytes);
    differing.find_map(|(at, (zero, one))| {
        let may = may_differ(zero.bytes) && may_differ(one.bytes);
        let same_header = zero.bytes.first() == one.bytes.first();
        (!may || !same_header).then(|| {
            let header = NalHeader::parse(one.bytes).ok();
            let kind = header.map_or(0, |header| header.nal_unit_type.0);
            format!("different in NAL unit {} of type {kind}", at + 1)
        })
    })
}

/// Whether a NAL unit is an intra slice, or what fills up to its size.
fn may_differ(nal: &[u8]) -> bool {
    let Ok(header) = NalHeader::parse(nal) else {
        return false;
    };
    match header.nal_unit_type {
        NalUnitType::FILLER => true,
        NalUnitType::SLICE | NalUnitType::IDR => {
            let mut r = BitReader::nal_prefix("slice_header", nal.get(..32).unwrap_or(nal));
            let kind = r
                .skip(8, "nal_unit_header")
                .and_then(|()| r.ue("first_mb_in_slice"))
                .and_then(|_| r.ue("slice_type"));
            // I slices, of a picture of any slices or of I slices only: table 7-6.
            kind.is_ok_and(|kind| kind % 5 == 2)
        }
        _ => false,
    }
}

/// Manifests of set 1 name variant 1, and no other manifest does.
fn named(package: &Package, report: &Report, findings: &mut Findings) {
    let marked = report.tracks.iter().filter(|track| track.marked);
    let objects: Vec<&Object> = marked
        .flat_map(|track| {
            let segments = track.segments.iter().map(|segment| &segment.object);
            track.file.iter().chain(segments)
        })
        .collect();
    let zero = objects.iter().map(|object| object.path.as_str()).collect();
    let twins = objects.iter().filter_map(|object| object.twin.as_deref());
    let one = twins.map(|object| object.path.as_str()).collect();
    let sets: [std::collections::BTreeSet<&str>; 2] = [zero, one];
    for announced in package.announced() {
        let is_one = announced.manifest.starts_with("1/");
        let [zero, one] = &sets;
        let wrong = if is_one { zero } else { one };
        for (index, segment) in announced.segments.iter().enumerate() {
            let path = package.files.real(&segment.location.path);
            if wrong.contains(path) {
                let [value, expected] = match is_one {
                    true => ["variant 0", "variant 1"],
                    false => ["variant 1", "variant 0"],
                };
                let field = format!("segment {}", index + 1);
                findings.add(announced.at(), field, value, expected);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(units: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for unit in units {
            out.push(unit.len() as u8);
            out.extend_from_slice(unit);
        }
        out
    }

    /// `first_mb_in_slice` 0 (1), `slice_type` 7 (0001000) or 5 (00110), and a byte of data.
    const I_SLICE: [u8; 3] = [0x65, 0b1000_1000, 1];
    const P_SLICE: [u8; 3] = [0x41, 0b1001_1000, 1];

    #[test]
    fn variants_may_differ_in_intra_slices_and_filler_alone() {
        let difference = |zero: &[&[u8]], one: &[&[u8]]| {
            illegal_difference(&sample(zero), &sample(one), Some(LengthSize::One))
        };
        let other_i = [0x65, 0b1000_1000, 2];
        let sei: &[u8] = &[6, 1, 2];
        let filler: &[u8] = &[12, 255, 128];
        assert_eq!(difference(&[sei, &I_SLICE], &[sei, &other_i]), None);
        let short: &[u8] = &[12, 128];
        assert_eq!(difference(&[&I_SLICE, filler], &[&I_SLICE, short]), None);
        let other_p = [0x41, 0b1001_1000, 2];
        let expected = "different in NAL unit 1 of type 1";
        assert_eq!(difference(&[&P_SLICE], &[&other_p]).unwrap(), expected);
        let expected = "different in NAL unit 1 of type 6";
        assert_eq!(difference(&[sei], &[&[6, 1, 3]]).unwrap(), expected);
        // Another nal_ref_idc.
        let unreferenced = [0x25, 0b1000_1000, 1];
        assert!(difference(&[&I_SLICE], &[&unreferenced]).is_some());
        assert!(difference(&[&I_SLICE], &[&P_SLICE]).is_some());
        assert!(difference(&[&I_SLICE], &[&I_SLICE, filler]).is_some());
        assert!(illegal_difference(&[9], &[8], Some(LengthSize::One)).is_some());
        assert!(illegal_difference(&[9], &[8], None).is_some());
    }
}
