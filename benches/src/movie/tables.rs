//! The sample tables of a progressive file.

use isobmff::boxes::{Co64, Ctts, CttsEntry, Stsc, StscEntry, Stss, Stsz, Stts, SttsEntry};
use isobmff::{Table, Writer};
use media::Sample;

use super::CHUNK_MILLISECONDS;
use crate::film::FilmTrack;

/// `stts`, `stss`, `ctts`, `stsc`, `stsz` and `co64` of a track, one behind the other; `stss`
/// only where not every sample is a sync sample, `ctts` only where an offset is not 0.
pub fn sample_tables(track: &FilmTrack) -> Vec<u8> {
    let samples = &track.samples;
    let mut writer = Writer::new();
    let durations = runs(samples, |sample| sample.duration);
    let entries = durations.map(|(sample_count, sample_delta)| SttsEntry {
        sample_count,
        sample_delta,
    });
    writer.body(&Stts {
        entries: Table::new(&Table::encode(&entries.collect::<Vec<_>>())),
    });
    if !samples.iter().all(Sample::is_sync) {
        let numbered = samples.iter().zip(1..);
        let sync = numbered.filter(|(sample, _)| sample.is_sync());
        let numbers: Vec<u32> = sync.map(|(_, number)| number).collect();
        writer.body(&Stss {
            sample_numbers: Table::new(&Table::encode(&numbers)),
        });
    }
    if samples.iter().any(|sample| sample.composition_offset != 0) {
        let offsets = runs(samples, |sample| sample.composition_offset);
        let entries = offsets.map(|(sample_count, sample_offset)| CttsEntry {
            sample_count,
            sample_offset,
        });
        writer.body(&Ctts {
            version: 0,
            entries: Table::new(&Table::encode(&entries.collect::<Vec<_>>())),
        });
    }
    write_chunks(&mut writer, track);
    writer.finish().expect("a film of hours fits its fields")
}

fn write_chunks(writer: &mut Writer, track: &FilmTrack) {
    let mut chunks = Vec::new();
    let mut entries: Vec<StscEntry> = Vec::new();
    for chunk in track.pieces(CHUNK_MILLISECONDS) {
        chunks.push(chunk[0].offset);
        let samples_per_chunk = chunk.len() as u32;
        let last = entries.last().map(|last| last.samples_per_chunk);
        if last != Some(samples_per_chunk) {
            entries.push(StscEntry {
                first_chunk: chunks.len() as u32,
                samples_per_chunk,
                sample_description_index: 1,
            });
        }
    }
    writer.body(&Stsc {
        entries: Table::new(&Table::encode(&entries)),
    });
    let sizes: Vec<u32> = track.samples.iter().map(|sample| sample.size).collect();
    writer.body(&Stsz {
        sample_size: 0,
        sample_count: sizes.len() as u32,
        sizes: Table::new(&Table::encode(&sizes)),
    });
    writer.body(&Co64 {
        chunk_offsets: Table::new(&Table::encode(&chunks)),
    });
}

/// How often each value stands in a row.
fn runs<T: PartialEq>(
    samples: &[Sample],
    value: impl Fn(&Sample) -> T + Copy,
) -> impl Iterator<Item = (u32, T)> {
    let alike = samples.chunk_by(move |a, b| value(a) == value(b));
    alike.map(move |run| (run.len() as u32, value(&run[0])))
}
