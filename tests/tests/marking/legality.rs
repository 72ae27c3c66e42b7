//! What must hold of both variants of a film.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Write;

use bitstream::h264::{ParameterSets, SliceHeader};
use rusty_h264_decoder::Decoder;
use tests::marking::buffer::{check, check_level};
use tests::marking::decoders::{Decode, Decoded, correlation, decode, hash};
use tests::marking::film::{Film, MarkedFilm, POSITION, is_rewritten, is_slice, key};
use tests::marking::level::Level;
use tests::marking::rebuild::rebuild;
use tests::marking::timing::{announced, at_frame_rate};
use wm::h264::Settings;
use wm::{Grid, Strength};

/// Lines of a cell and QP of a film, and the median correlation of its intra pictures with the
/// pattern, at least: small cells drown in the rounding of the levels and in the deblocking filter,
/// and coarse quantisers have few levels near enough to change.
const CORRELATIONS: [(u32, f32, f64); 3] = [(6, 30.0, 0.35), (0, 30.0, 0.25), (0, 99.0, 0.2)];

/// Something that does not hold.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Which check found it.
    pub(crate) check: &'static str,
    /// What it found.
    pub(crate) found: String,
}

/// A fault.
pub(crate) fn fault(check: &'static str, found: impl Display) -> Fault {
    Fault {
        check,
        found: found.to_string(),
    }
}

/// With which settings a film is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marking {
    /// Those of `normal`.
    AsDelivered,
    /// Its amplitude, as if bits cost nothing, and with cells that small pictures can show: few
    /// bytes allow next to no change, and more changes can do more harm.
    Generous,
}

impl Marking {
    fn settings(self, (width, height): (u32, u32)) -> Settings {
        let normal = Settings::new(Strength::Normal);
        let grid = Grid::of_display(width, height);
        let cells = |samples: u32, most: u16| most.min((samples / 8).max(1) as u16);
        match self {
            Marking::AsDelivered => normal,
            Marking::Generous => Settings {
                multiplier: Some(0.5),
                grid: Some(Grid {
                    columns: cells(width, grid.columns),
                    rows: cells(height, grid.rows),
                }),
                ..normal
            },
        }
    }
}

/// Everything that does not hold of a film.
pub(crate) fn faults(name: &str, film: &Film, marking: Marking) -> Vec<Fault> {
    let size = film.sps().map_or((1, 1), |sps| (sps.width(), sps.height()));
    let settings = marking.settings(size);
    let marked = match film.mark(&settings, &key()) {
        Ok(marked) => marked,
        Err(error) => return vec![fault("refused", chain(&error))],
    };
    let mut faults = Vec::new();
    let variants = marked.variants.each_ref().map(|samples| film.with(samples));
    for (mark, variant) in variants.iter().enumerate() {
        if let Err(found) = same_structure(film, variant) {
            faults.push(fault("structure", format!("variant {mark}: {found}")));
        }
    }
    faults.extend(unmarked(film, &marked, &variants));
    let source = decode(film, Decode::Frames);
    let decoded = variants
        .each_ref()
        .map(|film| decode(film, Decode::FramesAndUnfiltered));
    for (mark, variant) in decoded.iter().enumerate() {
        let new: BTreeSet<_> = variant.messages.difference(&source.messages).collect();
        if !new.is_empty() {
            faults.push(fault("messages", format!("variant {mark}: {new:?}")));
        }
        let (found, expected) = (variant.frames.len(), source.frames.len());
        if found != expected {
            faults.push(fault("frames", format!("{found} instead of {expected}")));
        }
    }
    let (line, weak) = correlated(size, &settings, &marked, &decoded);
    faults.extend(weak);
    faults.extend(agreement(&variants, &decoded));
    faults.extend(second_decoder(film, &source, &variants, &decoded));
    faults.extend(limits(film, &variants));
    figures(name, &line);
    faults
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        if !text.contains(&error.to_string()) {
            text = format!("{text}: {error}");
        }
        source = error.source();
    }
    text
}

/// The parameter sets after the units of a sample.
fn insert(sets: &mut ParameterSets, units: &[&[u8]]) {
    for unit in units {
        if unit.first().is_some_and(|byte| matches!(byte & 31, 7 | 8)) {
            // The marker has read them as well.
            let _ = sets.insert(unit);
        }
    }
}

/// Whether a variant has the units of the film, the slices that are not rewritten byte for byte,
/// the others with their headers, and no more than filler behind the last slice.
fn same_structure(film: &Film, variant: &Film) -> Result<(), String> {
    let mut sets = ParameterSets::new();
    insert(
        &mut sets,
        &film.sets.iter().map(Vec::as_slice).collect::<Vec<_>>(),
    );
    if film.samples.len() != variant.samples.len() {
        return Err(format!("{} samples", variant.samples.len()));
    }
    for (place, (sample, other)) in film.samples.iter().zip(&variant.samples).enumerate() {
        let (units, mut others) = (film.units(sample), variant.units(other));
        insert(&mut sets, &units);
        let last = units.iter().rposition(|unit| is_slice(unit));
        if others.len() == units.len() + 1 {
            let filler = others.remove(last.map_or(0, |last| last + 1));
            let Some(([12, rest @ ..], 0x80)) = filler.split_last().map(|(l, r)| (r, *l)) else {
                return Err(format!("sample {place}: a unit more that is no filler"));
            };
            if rest.iter().any(|byte| *byte != 0xFF) {
                return Err(format!("sample {place}: filler of other bytes than FF"));
            }
        }
        if units.len() != others.len() {
            let count = others.len();
            return Err(format!("sample {place}: {count} units"));
        }
        for (unit, other) in units.iter().zip(&others) {
            let header = match is_slice(unit) {
                true => SliceHeader::parse(unit, &sets).ok(),
                false => None,
            };
            match header.filter(is_rewritten) {
                None if unit != other => return Err(format!("sample {place}: other bytes")),
                None => {}
                Some(header) => same_header(&header, unit, other, &sets)
                    .map_err(|what| format!("sample {place}: {what}"))?,
            }
        }
    }
    Ok(())
}

fn same_header(
    header: &SliceHeader,
    unit: &[u8],
    other: &[u8],
    sets: &ParameterSets,
) -> Result<(), String> {
    let found = SliceHeader::parse(other, sets).map_err(|error| error.to_string())?;
    // Where emulation prevention changed in the last byte of the header, so did its coded length.
    let found = SliceHeader {
        coded_slice_data_bit: header.coded_slice_data_bit,
        ..found
    };
    if found != *header {
        return Err("another slice header".into());
    }
    let whole = (header.slice_data_bit / 8) as usize;
    let bytes = [unit, other].map(|unit| bitstream::nal::unescape(unit).into_owned());
    if bytes[0].get(..whole) != bytes[1].get(..whole) {
        return Err("other bits in the slice header".into());
    }
    Ok(())
}

/// Samples of different sizes, slices that did not change or are alike in both variants.
fn unmarked(film: &Film, marked: &MarkedFilm, variants: &[Film; 2]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (mut slices, mut changed, mut alike) = (0u64, 0u64, 0u64);
    let mut sets = ParameterSets::new();
    insert(
        &mut sets,
        &film.sets.iter().map(Vec::as_slice).collect::<Vec<_>>(),
    );
    for (place, sample) in film.samples.iter().enumerate() {
        let twins = variants.each_ref().map(|film| &film.samples[place]);
        if twins[0].len() != twins[1].len() {
            faults.push(fault("sizes", format!("sample {place}")));
        }
        let units = film.units(sample);
        insert(&mut sets, &units);
        let others = [0, 1].map(|mark| {
            let units = variants[mark].units(twins[mark]).into_iter();
            units.filter(|unit| is_slice(unit)).collect::<Vec<_>>()
        });
        let originals = units.iter().filter(|unit| is_slice(unit));
        for (at, unit) in originals.enumerate() {
            if SliceHeader::parse(unit, &sets).is_ok_and(|header| is_rewritten(&header)) {
                let twins = [0, 1].map(|mark| others[mark].get(at).copied().unwrap_or_default());
                slices += 1;
                changed += u64::from(twins[0] != *unit && twins[1] != *unit);
                alike += u64::from(twins[0] == twins[1]);
            }
        }
    }
    let tally = &marked.tally;
    if (tally.slices, tally.marked) != (slices, changed) {
        let found = format!("{tally:?}, counted {slices} slices, {changed} changed");
        faults.push(fault("tally", found));
    }
    if slices == 0 {
        faults.push(fault("intra", "no intra slice"));
    }
    if changed < slices || alike > 0 {
        let found = format!("{changed} of {slices} slices changed, {alike} alike");
        faults.push(fault("changed", found));
    }
    faults
}

/// How the decoded variants' difference correlates with that of the patterns.
fn correlated(
    size: (u32, u32),
    settings: &Settings,
    marked: &MarkedFilm,
    decoded: &[Decoded; 2],
) -> (String, Option<Fault>) {
    let grid = settings.grid.unwrap_or(Grid::of_display(size.0, size.1));
    let layers = key().pattern(POSITION, grid).layers(size.0, size.1);
    let [zero, one] = decoded.each_ref().map(|decoded| &decoded.intra);
    let pairs = zero.iter().zip(one);
    let mut found: Vec<f64> = pairs
        .map(|(zero, one)| correlation([zero, one], &layers).unwrap_or(0.0))
        .collect();
    found.sort_by(f64::total_cmp);
    let median = found.get(found.len() / 2).copied();
    let mean = |values: &dyn Fn(&wm::PictureRecord) -> f32| {
        marked.pictures.iter().map(values).sum::<f32>() / marked.pictures.len().max(1) as f32
    };
    let qp = mean(&|picture| picture.qp);
    let line = format!(
        "{}x{}\t{}\t{:.0}\t{:.2}\t{:.2}\t{:.2}",
        size.0,
        size.1,
        found.len(),
        qp,
        mean(&|picture| (picture.gain[0] + picture.gain[1]) / 2.0),
        found.first().copied().unwrap_or_default(),
        median.unwrap_or_default(),
    );
    let cell = size.1 / u32::from(grid.rows);
    let mut rows = CORRELATIONS.iter();
    let row = rows.find(|(lines, coarse, _)| cell >= *lines && qp < *coarse);
    let least = row.map_or(0.0, |(_, _, least)| *least);
    let weak = match median {
        Some(median) if median >= least => None,
        Some(median) => Some(format!("{median:.2} at QP {qp:.0}, {}x{}", size.0, size.1)),
        None => Some("no intra picture decoded".into()),
    };
    (line, weak.map(|found| fault("correlation", found)))
}

/// Whether our decoder and ffmpeg see the same intra pictures before the loop filter.
fn agreement(variants: &[Film; 2], decoded: &[Decoded; 2]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (mark, (film, decoded)) in variants.iter().zip(decoded).enumerate() {
        let frames = &decoded.unfiltered;
        let ours = rebuild(film);
        let other = ours.iter().filter(|frame| !frames.contains(&frame.hash));
        let other: Vec<_> = other.map(|frame| frame.sample).collect();
        if !other.is_empty() || ours.is_empty() {
            let found = format!("variant {mark}: {} of {} frames", other.len(), ours.len());
            faults.push(fault("agreement", format!("{found}, samples {other:?}")));
        }
    }
    faults
}

/// Whether a decoder of other people sees what ffmpeg sees.
fn second_decoder(
    film: &Film,
    source: &Decoded,
    variants: &[Film; 2],
    decoded: &[Decoded; 2],
) -> Vec<Fault> {
    let frames = |film: &Film| -> Result<Vec<String>, String> {
        let stream = film.byte_stream();
        let frames = Decoder::new().decode_stream(&stream);
        let frames = frames.map_err(|error| format!("{error:?}"))?;
        let hashes = frames
            .iter()
            .map(|frame| hash(&[&frame.y, &frame.u, &frame.v]));
        Ok(hashes.collect())
    };
    match frames(film) {
        Ok(found) if found == source.frames => {}
        Ok(_) => return vec![fault("second_decoder", "other frames of the source")],
        Err(error) => return vec![fault("second_decoder", format!("the source: {error}"))],
    }
    let mut faults = Vec::new();
    for (mark, (film, decoded)) in variants.iter().zip(decoded).enumerate() {
        if frames(film).as_ref() != Ok(&decoded.frames) {
            let found = format!("variant {mark}: other frames than ffmpeg");
            faults.push(fault("second_decoder_marked", found));
        }
    }
    faults
}

/// Limits of the level and of announced buffers that the film keeps and a variant does not.
fn limits(film: &Film, variants: &[Film; 2]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let level = film.sps().and_then(|sps| Level::of(&sps));
    let of_level = |film: &Film| level.map_or(vec![], |l| check_level(&l, &at_frame_rate(film)));
    let announced = |film: &Film| announced(film).map_or(vec![], |schedule| check(&schedule));
    let (level_faults, announced_faults) = (of_level(film), announced(film));
    for found in announced_faults.iter().take(1) {
        faults.push(fault("source_buffer", format!("{found:?}")));
    }
    for (mark, variant) in variants.iter().enumerate() {
        let found = of_level(variant);
        if level_faults.is_empty() && !found.is_empty() {
            faults.push(fault("level", format!("variant {mark}: {:?}", &found[0])));
        }
        let found = announced(variant);
        if announced_faults.is_empty() && !found.is_empty() {
            let (count, first) = (found.len(), &found[0]);
            faults.push(fault(
                "buffer",
                format!("variant {mark}: {count}, first {first:?}"),
            ));
        }
    }
    faults
}

/// Appends a line of figures to the file that `MARKING_FIGURES` names.
fn figures(name: &str, line: &str) {
    if let Some(path) = std::env::var_os("MARKING_FIGURES") {
        let file = std::fs::File::options()
            .append(true)
            .create(true)
            .open(path);
        let mut file = file.expect("the file of figures");
        writeln!(file, "{name}\t{line}").expect("a line of figures");
    }
}
