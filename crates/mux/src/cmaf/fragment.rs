//! Media segments: what stands before the samples.

use isobmff::boxes::{Ftyp, Mfhd, Tfdt, Tfhd, Trun};
use isobmff::{Error, FourCc, Table, Writer};
use media::{Sample, SampleFlags};

/// One movie fragment of one track: samples that share a sample entry.
#[derive(Clone, Copy, Debug)]
pub struct Fragment<'a> {
    /// `mfhd.sequence_number`, ascending over the track.
    pub sequence_number: u32,
    /// `tfdt.baseMediaDecodeTime`, in ticks.
    pub decode_time: u64,
    /// Added to every composition offset, in ticks.
    pub composition_shift: i64,
    /// `tfhd.sample_description_index`, from 1.
    pub sample_description_index: u32,
    /// In decoding order; only sizes, durations, composition offsets and flags are used.
    pub samples: &'a [Sample],
    /// Boxes to put into `traf` behind `trun`, as bytes.
    pub boxes: &'a [u8],
}

/// Bytes of everything in a fragment head but the rows of its `trun`, rounded up.
const HEAD_BYTES: usize = 160;

/// The `styp` that begins a media segment, with `before` (whole `sidx`, `prft` and `emsg` boxes)
/// behind it.
///
/// # Errors
/// None in practice: nothing here has a limit that a brand list reaches.
pub fn segment_head(before: &[u8]) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::with_capacity(32 + before.len());
    let brands = Table::encode(&[FourCc::new(b"cmfs"), FourCc::new(b"msdh")]);
    writer.body(&Ftyp {
        kind: FourCc::new(b"styp"),
        major_brand: FourCc::new(b"cmfs"),
        minor_version: 0,
        compatible_brands: Table::new(&brands),
    });
    writer.bytes(before);
    writer.finish()
}

/// `moof` and the header of the `mdat` that the samples' bytes follow.
///
/// # Errors
/// Composition offsets that do not fit 32 bits once shifted.
pub fn fragment_head(fragment: &Fragment<'_>) -> Result<Vec<u8>, Error> {
    let layout = Layout::of(fragment);
    let rows = fragment.samples.len() * layout.row_size;
    let mut writer = Writer::with_capacity(HEAD_BYTES + fragment.boxes.len() + rows);
    let mut data_offset_at = 0;
    writer.boxed(FourCc::new(b"moof"), |writer| {
        writer.body(&Mfhd {
            sequence_number: fragment.sequence_number,
        });
        writer.boxed(FourCc::new(b"traf"), |writer| {
            let index = fragment.sample_description_index;
            writer.body(&Tfhd {
                track_id: 1,
                base_data_offset: None,
                sample_description_index: (index != 1).then_some(index),
                default_sample_duration: layout.duration,
                default_sample_size: layout.size,
                default_sample_flags: Some(layout.default_flags.0),
                duration_is_empty: false,
                default_base_is_moof: true,
            });
            writer.body(&Tfdt {
                version: 1,
                base_media_decode_time: fragment.decode_time,
            });
            writer.boxed(FourCc::new(b"trun"), |writer| {
                writer.full_box(layout.version(), layout.flags());
                writer.count_u32("sample_count", fragment.samples.len());
                data_offset_at = writer.len();
                writer.i32(0);
                if let Some(first) = layout.first_flags {
                    writer.u32(first.0);
                }
                layout.write_rows(writer, fragment);
            });
            writer.bytes(fragment.boxes);
        });
    });
    let payload: u64 = fragment
        .samples
        .iter()
        .map(|sample| u64::from(sample.size))
        .sum();
    let moof_len = writer.len();
    match u32::try_from(payload + 8) {
        Ok(size) => {
            writer.u32(size);
            writer.fourcc(FourCc::new(b"mdat"));
        }
        Err(_) => {
            writer.u32(1);
            writer.fourcc(FourCc::new(b"mdat"));
            writer.u64(payload + 16);
        }
    }
    // The data offset counts from the first byte of the moof to the first byte of the payload.
    let offset = writer.fit("data_offset", writer.len() as u64, i32::MAX as u64) as i32;
    debug_assert!(data_offset_at < moof_len, "the field lies in the moof");
    let mut bytes = writer.finish()?;
    if let Some(field) = bytes
        .get_mut(data_offset_at..)
        .and_then(|b| b.first_chunk_mut())
    {
        *field = offset.to_be_bytes();
    }
    Ok(bytes)
}

/// Which fields the rows of a `trun` need: what is the same for all samples stands in the `tfhd`
/// once.
struct Layout {
    duration: Option<u32>,
    size: Option<u32>,
    default_flags: SampleFlags,
    first_flags: Option<SampleFlags>,
    flags_per_sample: bool,
    /// Some composition offset is not 0 once shifted.
    offsets: bool,
    /// Some composition offset is negative once shifted, which only version 1 can say.
    signed: bool,
    row_size: usize,
}

impl Layout {
    fn of(fragment: &Fragment<'_>) -> Layout {
        let samples = fragment.samples;
        let (first, rest) = match samples.split_first() {
            Some((first, rest)) => (Some(first), rest),
            None => (None, samples),
        };
        // A single sample needs no rows at all; otherwise the second speaks for the others, since
        // a segment's first sample is the one that differs.
        let common = rest.first().or(first);
        let default_flags = common.map_or(SampleFlags::SYNC, |sample| sample.flags);
        let duration = common.map_or(0, |sample| sample.duration);
        let size = common.map_or(0, |sample| sample.size);
        let (mut same_duration, mut same_size, mut same_flags) = (true, true, true);
        let (mut offsets, mut signed) = (false, false);
        for (at, sample) in samples.iter().enumerate() {
            same_duration &= sample.duration == duration;
            same_size &= sample.size == size;
            same_flags &= at == 0 || sample.flags == default_flags;
            let offset = shifted(sample, fragment.composition_shift);
            offsets |= offset != 0;
            signed |= offset < 0;
        }
        let first_flags = first
            .map(|sample| sample.flags)
            .filter(|flags| *flags != default_flags);
        let flags_per_sample = !same_flags;
        let fields = [!same_duration, !same_size, flags_per_sample, offsets];
        Layout {
            duration: same_duration.then_some(duration),
            size: same_size.then_some(size),
            default_flags,
            first_flags: first_flags.filter(|_| !flags_per_sample),
            flags_per_sample,
            offsets,
            signed,
            row_size: 4 * fields.into_iter().filter(|field| *field).count(),
        }
    }

    fn version(&self) -> u8 {
        u8::from(self.signed)
    }

    fn flags(&self) -> u32 {
        let flag = |set: bool, flag: u32| if set { flag } else { 0 };
        Trun::DATA_OFFSET
            | flag(self.first_flags.is_some(), Trun::FIRST_SAMPLE_FLAGS)
            | flag(self.duration.is_none(), Trun::SAMPLE_DURATION)
            | flag(self.size.is_none(), Trun::SAMPLE_SIZE)
            | flag(self.flags_per_sample, Trun::SAMPLE_FLAGS)
            | flag(self.offsets, Trun::SAMPLE_COMPOSITION_TIME_OFFSETS)
    }

    fn write_rows(&self, writer: &mut Writer, fragment: &Fragment<'_>) {
        if self.row_size == 0 {
            return;
        }
        for sample in fragment.samples {
            if self.duration.is_none() {
                writer.u32(sample.duration);
            }
            if self.size.is_none() {
                writer.u32(sample.size);
            }
            if self.flags_per_sample {
                writer.u32(sample.flags.0);
            }
            if self.offsets {
                let offset = shifted(sample, fragment.composition_shift);
                let most = if offset < 0 { 1 << 31 } else { i32::MAX as u64 };
                writer.fit(
                    "sample_composition_time_offset",
                    offset.unsigned_abs(),
                    most,
                );
                writer.i32(offset as i32);
            }
        }
    }
}

fn shifted(sample: &Sample, shift: i64) -> i64 {
    i64::from(sample.composition_offset).saturating_add(shift)
}
