//! Reads every parameter set and slice header of Annex B files and tells what failed.
//!
//! `headers [--hevc] [--print] FILE...`: HEVC where asked or where the name ends in `.h265`,
//! `.hevc` or `.265`, else H.264.

use std::path::Path;
use std::process::ExitCode;

use bitstream::nal::{self, AnnexB};
use bitstream::{h264, hevc};

fn main() -> ExitCode {
    let (options, files): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let print = options.iter().any(|option| option == "--print");
    let mut failed = false;
    for file in files {
        let extension = Path::new(&file)
            .extension()
            .and_then(|extension| extension.to_str());
        let is_hevc = options.iter().any(|option| option == "--hevc")
            || matches!(extension, Some("h265" | "hevc" | "265"));
        let result = std::fs::read(&file).map(|stream| match is_hevc {
            true => read_hevc(&stream, print),
            false => read_h264(&stream, print),
        });
        match result {
            Ok(tally) => {
                println!("{file}: {} sets, {} slices", tally.sets, tally.slices);
                failed |= !tally.errors.is_empty();
                for error in tally.errors.iter().take(3) {
                    println!("  {error}");
                }
                if let Some(more) = tally.errors.len().checked_sub(4) {
                    println!("  and {} more", more + 1);
                }
            }
            Err(error) => {
                failed = true;
                println!("{file}: {error}");
            }
        }
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

#[derive(Default)]
struct Tally {
    sets: usize,
    slices: usize,
    errors: Vec<String>,
}

fn read_h264(stream: &[u8], print: bool) -> Tally {
    let mut tally = Tally::default();
    let mut sets = h264::ParameterSets::new();
    for unit in AnnexB::new(stream) {
        let mut fail = |error: String| tally.errors.push(format!("byte {}: {error}", unit.offset));
        if *nal::escape(&nal::unescape(unit.bytes)) != *unit.bytes {
            fail("escaping again gives other bytes".into());
        }
        let kind = match h264::NalHeader::parse(unit.bytes) {
            Ok(header) => header.nal_unit_type,
            Err(error) => {
                fail(error.to_string());
                continue;
            }
        };
        if let h264::NalUnitType::SPS | h264::NalUnitType::PPS = kind {
            let again = match sets.insert(unit.bytes) {
                Ok(h264::ParameterSet::Sps(id)) => sets.sps(id).map(h264::Sps::write),
                Ok(h264::ParameterSet::Pps(id)) => sets.pps(id).map(h264::Pps::write),
                Err(error) => {
                    fail(error.to_string());
                    continue;
                }
            };
            if again.as_deref() != Some(unit.bytes) {
                fail(format!(
                    "writing again gives {again:x?}, not {:x?}",
                    unit.bytes
                ));
            }
            tally.sets += 1;
        } else if kind.is_vcl() || matches!(kind.0, 19 | 20) {
            match h264::SliceHeader::parse(unit.bytes, &sets) {
                Ok(header) => {
                    tally.slices += 1;
                    if print {
                        println!("{header:?}");
                    }
                }
                Err(error) => fail(error.to_string()),
            }
        }
    }
    tally
}

fn read_hevc(stream: &[u8], print: bool) -> Tally {
    let mut tally = Tally::default();
    let mut sets = hevc::ParameterSets::new();
    for unit in AnnexB::new(stream) {
        let mut fail = |error: String| tally.errors.push(format!("byte {}: {error}", unit.offset));
        let kind = match hevc::NalHeader::parse(unit.bytes) {
            Ok(header) => header.nal_unit_type,
            Err(error) => {
                fail(error.to_string());
                continue;
            }
        };
        if let 32..=34 = kind.0 {
            match sets.insert(unit.bytes) {
                Ok(_) => tally.sets += 1,
                Err(error) => fail(error.to_string()),
            }
        } else if kind.is_slice_segment() {
            match hevc::SliceHeader::parse(unit.bytes, &sets) {
                Ok(header) => {
                    tally.slices += 1;
                    if print {
                        println!("{header:?}");
                    }
                }
                Err(error) => fail(error.to_string()),
            }
        }
    }
    tally
}
