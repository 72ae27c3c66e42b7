//! The `trun` of a fragment: which fields it needs, and its rows.

use isobmff::boxes::Trun;
use isobmff::{BoxBody, Writer};
use media::{Sample, SampleFlags};

/// What is the same for all samples, which `tfhd` says once, and what differs, which rows say.
pub(super) struct Run {
    /// The duration of every sample; `None` where they differ.
    pub(super) duration: Option<u32>,
    /// The size of every sample; `None` where they differ.
    pub(super) size: Option<u32>,
    /// The flags of every sample but perhaps the first; `None` where they differ.
    pub(super) flags: Option<u32>,
    /// Bytes of all samples.
    pub(super) payload: u64,
    /// The flags of the first sample, where they alone are others.
    first_flags: Option<u32>,
    /// Smallest and largest composition offset, shifted.
    offsets: (i64, i64),
    shift: i64,
    sample_count: usize,
}

impl Run {
    pub(super) fn of(samples: &[Sample], shift: i64) -> Run {
        let first = samples.first();
        // A segment's first sample is the one that differs, so the second speaks for the others.
        let common = samples.get(1).or(first);
        let flags = common.map_or(SampleFlags::SYNC, |sample| sample.flags).0;
        let duration = common.map_or(0, |sample| sample.duration);
        let size = common.map_or(0, |sample| sample.size);
        // One pass without a branch: a bit set in these differs somewhere.
        let (mut durations, mut sizes, mut others) = (0, 0, 0);
        let (mut least, mut most) = (i32::MAX, i32::MIN);
        let mut payload = 0u64;
        for sample in samples {
            durations |= sample.duration ^ duration;
            sizes |= sample.size ^ size;
            least = least.min(sample.composition_offset);
            most = most.max(sample.composition_offset);
            payload = payload.saturating_add(u64::from(sample.size));
        }
        for sample in samples.get(1..).unwrap_or_default() {
            others |= sample.flags.0 ^ flags;
        }
        let offsets = match samples.is_empty() {
            true => (0, 0),
            false => (
                i64::from(least).saturating_add(shift),
                i64::from(most).saturating_add(shift),
            ),
        };
        let first_flags = first
            .map(|sample| sample.flags.0)
            .filter(|first| *first != flags);
        Run {
            duration: (durations == 0).then_some(duration),
            size: (sizes == 0).then_some(size),
            flags: (others == 0).then_some(flags),
            payload,
            first_flags: first_flags.filter(|_| others == 0),
            offsets,
            shift,
            sample_count: samples.len(),
        }
    }

    fn has_offsets(&self) -> bool {
        self.offsets != (0, 0)
    }

    fn row_bytes(&self) -> usize {
        let fields = [
            self.duration.is_none(),
            self.size.is_none(),
            self.flags.is_none(),
            self.has_offsets(),
        ];
        4 * fields.into_iter().filter(|present| *present).count()
    }

    /// Bytes of the whole box.
    pub(super) fn box_bytes(&self) -> usize {
        let fixed = 8 + 4 + 4 + 4 + if self.first_flags.is_some() { 4 } else { 0 };
        fixed + self.sample_count.saturating_mul(self.row_bytes())
    }

    fn flags(&self) -> u32 {
        let flag = |present: bool, flag: u32| if present { flag } else { 0 };
        Trun::DATA_OFFSET
            | flag(self.first_flags.is_some(), Trun::FIRST_SAMPLE_FLAGS)
            | flag(self.duration.is_none(), Trun::SAMPLE_DURATION)
            | flag(self.size.is_none(), Trun::SAMPLE_SIZE)
            | flag(self.flags.is_none(), Trun::SAMPLE_FLAGS)
            | flag(self.has_offsets(), Trun::SAMPLE_COMPOSITION_TIME_OFFSETS)
    }

    /// Writes the box of the `samples` this was made of.
    pub(super) fn write(&self, writer: &mut Writer, samples: &[Sample], data_offset: i32) {
        writer.boxed(Trun::KIND, |writer| {
            // Only version 1 can say that an offset is negative.
            writer.full_box(u8::from(self.offsets.0 < 0), self.flags());
            writer.count_u32("sample_count", samples.len());
            writer.i32(data_offset);
            if let Some(flags) = self.first_flags {
                writer.u32(flags);
            }
            let field = "sample_composition_time_offset";
            let (least, most) = self.offsets;
            if least < 0 {
                writer.fit(field, least.unsigned_abs(), 1 << 31);
            }
            if most > 0 {
                writer.fit(field, most.unsigned_abs(), i32::MAX as u64);
            }
            self.write_rows(writer, samples);
        });
    }

    fn write_rows(&self, writer: &mut Writer, samples: &[Sample]) {
        let row = self.row_bytes();
        if row == 0 {
            return;
        }
        let mut column = Column {
            rows: writer.space(samples.len().saturating_mul(row)),
            row,
            at: 0,
        };
        if self.duration.is_none() {
            column.fill(samples, |sample| sample.duration);
        }
        if self.size.is_none() {
            column.fill(samples, |sample| sample.size);
        }
        if self.flags.is_none() {
            column.fill(samples, |sample| sample.flags.0);
        }
        if self.has_offsets() {
            // The sums were seen to fit 32 bits, so the low 32 bits of the shift are enough.
            let shift = self.shift as i32;
            column.fill(samples, |sample| {
                sample.composition_offset.wrapping_add(shift) as u32
            });
        }
    }
}

/// The next column of a table whose rows have `row` bytes.
struct Column<'a> {
    rows: &'a mut [u8],
    row: usize,
    at: usize,
}

impl Column<'_> {
    fn fill(&mut self, samples: &[Sample], value: impl Fn(&Sample) -> u32) {
        for (row, sample) in self.rows.chunks_exact_mut(self.row).zip(samples) {
            if let Some(cell) = row.get_mut(self.at..).and_then(|row| row.first_chunk_mut()) {
                *cell = value(sample).to_be_bytes();
            }
        }
        self.at += 4;
    }
}
