//! Parses every intra slice of Annex B H.264 files, writes it again and compares the bytes.
//!
//! `identity [--standard-ending] FILE...`: one line per file with the slices and bytes written
//! again, their macroblocks by kind, those that differ, and those refused, with the reasons. With `--standard-ending` slices
//! are ended as the standard's encoder does, not as they were. Fails if any slice differs or is
//! in error.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bitstream::h264::slice_data::{Ending, Error, MbType, SliceData};
use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, SliceHeader, SliceType};
use bitstream::nal::AnnexB;

fn main() -> ExitCode {
    let (options, files): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let ending = match options.iter().any(|option| option == "--standard-ending") {
        true => Ending::Standard,
        false => Ending::Original,
    };
    let mut failed = false;
    let mut all = Tally::default();
    for file in files {
        match std::fs::read(&file) {
            Ok(stream) => {
                let mut tally = Tally::default();
                walk(&stream, ending, &mut tally);
                failed |= tally.failed();
                println!("{file}: {tally}");
                all.add(&tally);
            }
            Err(error) => {
                failed = true;
                println!("{file}: {error}");
            }
        }
    }
    println!("all: {all}");
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

#[derive(Default)]
struct Tally {
    /// Intra slices written again, and their bytes.
    slices: usize,
    bytes: usize,
    macroblocks: usize,
    /// I_NxN of 4x4, of 8x8, I_16x16, I_PCM; and field macroblocks of MBAFF frames.
    kinds: [usize; 5],
    /// Slices whose bytes differ.
    differ: usize,
    /// Slices in error.
    errors: usize,
    /// Slices that are not intra.
    others: usize,
    /// Refused slices by reason, and the first errors.
    refused: BTreeMap<String, usize>,
    first_errors: Vec<String>,
    parsing: Duration,
    writing: Duration,
}

impl Tally {
    fn failed(&self) -> bool {
        self.differ + self.errors > 0
    }

    fn add(&mut self, other: &Tally) {
        self.slices += other.slices;
        self.bytes += other.bytes;
        self.macroblocks += other.macroblocks;
        for (sum, count) in self.kinds.iter_mut().zip(other.kinds) {
            *sum += count;
        }
        self.differ += other.differ;
        self.errors += other.errors;
        self.others += other.others;
        self.parsing += other.parsing;
        self.writing += other.writing;
        for (reason, count) in &other.refused {
            *self.refused.entry(reason.clone()).or_default() += count;
        }
    }

    fn error(&mut self, offset: usize, error: &dyn std::fmt::Display) {
        self.errors += 1;
        if self.first_errors.len() < 3 {
            self.first_errors.push(format!("byte {offset}: {error}"));
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rate = |time: Duration| self.bytes as f64 * 8e-6 / time.as_secs_f64().max(1e-9);
        write!(
            f,
            "{} intra slices, {} macroblocks {:?}, {} bytes, {} differ, {} errors, {} other slices; \
            parsed at {:.0} Mbit/s, written at {:.0} Mbit/s",
            self.slices,
            self.macroblocks,
            self.kinds,
            self.bytes,
            self.differ,
            self.errors,
            self.others,
            rate(self.parsing),
            rate(self.writing)
        )?;
        for (reason, count) in &self.refused {
            write!(f, "\n  {count} refused: {reason}")?;
        }
        for error in &self.first_errors {
            write!(f, "\n  {error}")?;
        }
        Ok(())
    }
}

fn walk(stream: &[u8], ending: Ending, tally: &mut Tally) {
    let mut sets = ParameterSets::new();
    for unit in AnnexB::new(stream) {
        let Ok(header) = NalHeader::parse(unit.bytes) else {
            continue;
        };
        match header.nal_unit_type {
            NalUnitType::SPS | NalUnitType::PPS => {
                if let Err(error) = sets.insert(unit.bytes) {
                    tally.error(unit.offset, &error);
                }
            }
            kind if kind.has_slice_header() => slice(unit.bytes, unit.offset, &sets, ending, tally),
            _ => {}
        }
    }
}

fn slice(nal: &[u8], offset: usize, sets: &ParameterSets, ending: Ending, tally: &mut Tally) {
    let header = match SliceHeader::parse(nal, sets) {
        Ok(header) => header,
        Err(error) => return tally.error(offset, &error),
    };
    if matches!(header.slice_type, SliceType::P | SliceType::B) {
        tally.others += 1;
        return;
    }
    let Some(pps) = sets.pps(header.pps_id) else {
        return;
    };
    let Some(sps) = sets.sps(pps.sps_id) else {
        return;
    };
    let start = Instant::now();
    let parsed = SliceData::parse(nal, &header, sps, pps);
    tally.parsing += start.elapsed();
    let slice = match parsed {
        Ok(slice) => slice,
        Err(Error::Unsupported(feature)) => {
            *tally.refused.entry(feature.to_string()).or_default() += 1;
            return;
        }
        Err(error) => return tally.error(offset, &error),
    };
    tally.slices += 1;
    if slice.bytes_after().iter().any(|byte| *byte != 0) {
        let left = slice.bytes_after().len();
        tally.error(
            offset,
            &format!("{left} bytes left after the last macroblock"),
        );
    }
    tally.macroblocks += slice.macroblocks.len();
    for mb in &slice.macroblocks {
        let kind = match mb.mb_type {
            MbType::INxN => usize::from(mb.transform_8x8),
            MbType::I16x16 { .. } => 2,
            MbType::IPcm => 3,
        };
        tally.kinds[kind] += 1;
        tally.kinds[4] += usize::from(mb.field && slice.layout().mbaff);
    }
    tally.bytes += nal.len();
    let start = Instant::now();
    let written = slice.write(ending);
    tally.writing += start.elapsed();
    match written {
        Ok(written) if written == nal => {}
        Ok(written) => {
            tally.differ += 1;
            let at = written.iter().zip(nal).take_while(|(a, b)| a == b).count();
            if tally.first_errors.len() < 3 {
                tally.first_errors.push(format!(
                    "byte {offset}: {} bytes instead of {}, different from byte {at}",
                    written.len(),
                    nal.len()
                ));
            }
        }
        Err(error) => tally.error(offset, &error),
    }
}
