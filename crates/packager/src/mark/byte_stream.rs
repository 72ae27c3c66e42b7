//! Byte streams of H.264, annex B: where access units lie and when they are shown.
//!
//! A byte stream has no tables, so it is read once from end to end. An access unit begins where
//! H.264 7.4.1.2.3 has it begin: at the first of its delimiter, parameter sets, messages or slices
//! after the slices of the one before. Times are counted: every frame takes as long as the first
//! sequence parameter set says, a field half of that.

use std::io;

use bitstream::bits::BitReader;
use bitstream::h264::{NalHeader, NalUnitType, ParameterSet, ParameterSets, SliceHeader, Sps};
use demux::Source;
use media::{Sample, SampleFlags, Timescale};

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// Bytes of a slice that are looked at: any header fits.
const SLICE_BYTES: usize = 512;

/// Largest parameter set that is kept.
const MAX_SET_BYTES: usize = 64 << 10;

/// Most access units: two days of 60 pictures per second.
const MAX_UNITS: usize = 16_000_000;

/// Most parameter sets that differ from those before.
const MAX_SETS: usize = 4096;

/// Pictures per second where nothing says.
const ASSUMED_RATE: (u32, u32) = (25, 1);

/// A byte stream, read.
#[derive(Debug)]
pub(crate) struct ByteStream {
    /// Access units in decoding order, timed as if they were shown in it. Together they are the
    /// whole stream from the first start code on.
    pub(crate) samples: Vec<Sample>,
    pub(crate) timescale: Timescale,
    /// Parameter sets, each with the access unit that has it first.
    pub(crate) sets: Vec<(usize, Vec<u8>)>,
    /// Whether the stream says how many pictures it has per second.
    pub(crate) has_timing: bool,
    /// Whether it has an IDR picture. Without one, decoding begins with the first picture, as a
    /// recovery point may let it, and nowhere else.
    pub(crate) has_idr: bool,
}

/// What of a NAL unit was kept while it passed.
struct Passing {
    /// Where its start code begins, a zero byte before it counted.
    offset: u64,
    /// The beginning of the unit.
    bytes: Vec<u8>,
}

impl ByteStream {
    /// Reads a byte stream.
    ///
    /// # Errors
    /// What cannot be read, and why it is no H.264.
    pub(crate) fn read(source: &(impl Source + ?Sized)) -> Result<ByteStream, String> {
        let mut reading = Reading::default();
        let len = source.len().map_err(|error| error.to_string())?;
        each_unit(source, len, &mut |unit| reading.unit(unit)).map_err(|error| match error {
            Stopped::Io(error) => error.to_string(),
            Stopped::Why(why) => why,
        })?;
        reading.finish(len)
    }
}

enum Stopped {
    Io(io::Error),
    Why(String),
}

/// Gives every NAL unit its beginning.
fn each_unit(
    source: &(impl Source + ?Sized),
    len: u64,
    each: &mut dyn FnMut(&Passing) -> Result<(), String>,
) -> Result<(), Stopped> {
    let mut buffer = vec![0; CHUNK];
    let mut at = 0u64;
    let mut zeros = 0usize;
    let mut passing: Option<Passing> = None;
    while at < len {
        let count = usize::try_from(len - at).unwrap_or(CHUNK).min(CHUNK);
        let chunk = buffer.get_mut(..count).unwrap_or_default();
        source.read_exact_at(chunk, at).map_err(Stopped::Io)?;
        let mut rest: &[u8] = chunk;
        let mut offset = at;
        while let Some((byte, after)) = rest.split_first() {
            if zeros < 2 && *byte != 0 {
                // Nothing but a zero byte matters here, so that is looked for.
                let run = rest
                    .iter()
                    .position(|byte| *byte == 0)
                    .unwrap_or(rest.len());
                let (plain, next) = rest.split_at(run);
                keep(&mut passing, plain);
                zeros = 0;
                offset = offset.saturating_add(run as u64);
                rest = next;
                continue;
            }
            if *byte == 1 && zeros >= 2 {
                if let Some(unit) = passing.take() {
                    each(&unit).map_err(Stopped::Why)?;
                }
                let code = if zeros > 2 { 3 } else { 2 };
                passing = Some(Passing {
                    offset: offset.saturating_sub(code),
                    bytes: Vec::new(),
                });
                zeros = 0;
            } else {
                zeros = if *byte == 0 {
                    zeros.saturating_add(1)
                } else {
                    0
                };
                keep(&mut passing, std::slice::from_ref(byte));
            }
            offset = offset.saturating_add(1);
            rest = after;
        }
        at = at.saturating_add(count as u64);
    }
    match passing {
        Some(unit) => each(&unit).map_err(Stopped::Why),
        None => Err(Stopped::Why(
            "has no start code, expected a byte stream of H.264".into(),
        )),
    }
}

/// Keeps of a unit what may be looked at: parameter sets whole, of others the beginning.
fn keep(passing: &mut Option<Passing>, bytes: &[u8]) {
    let Some(unit) = passing else { return };
    let first = unit.bytes.first().or(bytes.first());
    let is_set = first.is_some_and(|byte| matches!(byte & 31, 7 | 8));
    // One byte more than a set may have tells that it has too many.
    let most = if is_set {
        MAX_SET_BYTES + 1
    } else {
        SLICE_BYTES
    };
    let room = most.saturating_sub(unit.bytes.len());
    unit.bytes.extend(bytes.iter().take(room));
}

/// An access unit being gathered.
#[derive(Default)]
struct Reading {
    samples: Vec<Sample>,
    sets: Vec<(usize, Vec<u8>)>,
    known: ParameterSets,
    /// Ticks of a frame and ticks per second.
    timing: Option<(u32, Timescale)>,
    has_timing: bool,
    current: Option<Unit>,
    dts: i64,
}

#[derive(Clone, Copy)]
struct Unit {
    offset: u64,
    has_slices: bool,
    is_idr: bool,
    is_field: bool,
}

impl Reading {
    fn unit(&mut self, nal: &Passing) -> Result<(), String> {
        let Ok(header) = NalHeader::parse(&nal.bytes) else {
            return Ok(());
        };
        let kind = header.nal_unit_type;
        let is_slice = matches!(kind, NalUnitType::SLICE | NalUnitType::IDR);
        let slice = is_slice.then(|| Slice::read(&nal.bytes, &self.known));
        let begins = match slice {
            Some(slice) => slice.begins,
            // Delimiter, parameter sets, messages, and what is reserved to stand with them.
            None => matches!(kind.0, 6..=9 | 14..=18),
        };
        match &mut self.current {
            Some(unit) if unit.has_slices && begins => self.end(nal.offset)?,
            _ => {}
        }
        let unit = self.current.get_or_insert(Unit {
            offset: nal.offset,
            has_slices: false,
            is_idr: false,
            is_field: false,
        });
        if let Some(slice) = slice {
            unit.has_slices = true;
            unit.is_idr |= kind == NalUnitType::IDR;
            unit.is_field |= slice.is_field;
        }
        if matches!(kind, NalUnitType::SPS | NalUnitType::PPS) {
            self.set(&nal.bytes)?;
        }
        Ok(())
    }

    /// Keeps a parameter set that is new.
    fn set(&mut self, nal: &[u8]) -> Result<(), String> {
        if nal.len() > MAX_SET_BYTES {
            return Err(format!(
                "a parameter set has more than {MAX_SET_BYTES} bytes"
            ));
        }
        let mut nal = nal;
        while let [rest @ .., 0] = nal {
            nal = rest;
        }
        let alike = |other: &[u8]| is_same_set(other, nal);
        let last = self.sets.iter().rev().find(|(_, other)| alike(other));
        if last.is_some_and(|(_, other)| other == nal) {
            return Ok(());
        }
        let found = self.known.insert(nal).map_err(|error| error.to_string())?;
        if let (None, ParameterSet::Sps(id)) = (self.timing, found) {
            let rate = self.known.sps(id).and_then(Sps::frame_rate);
            self.has_timing = rate.is_some();
            self.timing = Some(timing(rate.unwrap_or(ASSUMED_RATE)));
        }
        if self.sets.len() >= MAX_SETS {
            return Err(format!("more than {MAX_SETS} parameter sets"));
        }
        self.sets.push((self.samples.len(), nal.to_vec()));
        Ok(())
    }

    /// Ends the access unit at `end`.
    fn end(&mut self, end: u64) -> Result<(), String> {
        let Some(unit) = self.current.take() else {
            return Ok(());
        };
        if self.samples.len() >= MAX_UNITS {
            return Err(format!("more than {MAX_UNITS} access units"));
        }
        let (frame, _) = *self.timing.get_or_insert_with(|| timing(ASSUMED_RATE));
        let duration = match (unit.has_slices, unit.is_field) {
            (false, _) => 0,
            (true, true) => frame / 2,
            (true, false) => frame,
        };
        let size = u32::try_from(end.saturating_sub(unit.offset))
            .map_err(|_| "an access unit has 4 GiB or more")?;
        self.samples.push(Sample {
            offset: unit.offset,
            dts: self.dts,
            size,
            duration,
            composition_offset: 0,
            flags: if unit.is_idr {
                SampleFlags::SYNC
            } else {
                SampleFlags::DEPENDENT
            },
        });
        self.dts = self.dts.saturating_add(i64::from(duration));
        Ok(())
    }

    fn finish(mut self, len: u64) -> Result<ByteStream, String> {
        self.end(len)?;
        let (_, timescale) = self.timing.unwrap_or_else(|| timing(ASSUMED_RATE));
        let has_idr = self.samples.iter().any(Sample::is_sync);
        let coded = self.samples.iter_mut().find(|each| each.duration > 0);
        let Some(first) = coded else {
            return Err("has no picture, expected a byte stream of H.264".into());
        };
        if !has_idr {
            first.flags = SampleFlags::SYNC;
        }
        Ok(ByteStream {
            samples: self.samples,
            timescale,
            sets: self.sets,
            has_timing: self.has_timing,
            has_idr,
        })
    }
}

/// What the beginning of a slice says.
#[derive(Clone, Copy)]
struct Slice {
    /// It is the first of its picture.
    begins: bool,
    is_field: bool,
}

impl Slice {
    fn read(nal: &[u8], known: &ParameterSets) -> Slice {
        if let Ok(header) = SliceHeader::parse(nal, known) {
            return Slice {
                begins: header.first_mb_in_slice == 0 && header.redundant_pic_cnt == 0,
                is_field: header.field_pic,
            };
        }
        let mut r = BitReader::nal_prefix("slice_header", nal);
        let first = r
            .skip(8, "nal_unit_header")
            .and_then(|()| r.ue("first_mb_in_slice"));
        Slice {
            begins: first == Ok(0),
            is_field: false,
        }
    }
}

/// Ticks of a frame, an even number, and ticks per second.
fn timing((rate, per): (u32, u32)) -> (u32, Timescale) {
    let doubled = rate.checked_mul(2).zip(per.checked_mul(2));
    let (rate, frame) = doubled.unwrap_or((rate, per));
    (
        frame,
        Timescale::new(rate).unwrap_or(Timescale::MILLISECONDS),
    )
}

/// Whether two parameter sets are of one kind and number, so that the later one counts.
fn is_same_set(one: &[u8], other: &[u8]) -> bool {
    let identity = |nal: &[u8]| {
        let header = NalHeader::parse(nal).ok()?;
        let mut r = BitReader::nal_prefix("parameter_set", nal);
        // Profile, constraint flags and level stand before the number of a sequence's.
        let before = if header.nal_unit_type == NalUnitType::SPS {
            32
        } else {
            8
        };
        r.skip(before, "nal_unit_header").ok()?;
        let id = r.ue("parameter_set_id").ok()?;
        Some((header.nal_unit_type, id))
    };
    identity(one).is_some() && identity(one) == identity(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units that x264 wrote of 64x48 pictures, 25 per second, in two slices each.
    const SPS: [u8; 23] = [
        0x67, 0x42, 0xc0, 0x0a, 0xd9, 0x04, 0x7b, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00,
        0x00, 0x03, 0x03, 0x20, 0xf1, 0x22, 0x64, 0x80,
    ];
    const PPS: [u8; 5] = [0x68, 0xcb, 0x83, 0xcb, 0x20];
    /// The beginning.
    const IDR: [u8; 10] = [0x65, 0x88, 0x84, 0x0a, 0x7f, 0xe4, 0x5e, 0xd0, 0xf1, 0x40];
    const NEXT: [u8; 6] = [0x41, 0x9a, 0x38, 0x18, 0xe2, 0x60];
    /// The same picture's second.
    const SECOND_SLICE: [u8; 6] = [0x41, 0x12, 0x68, 0xe0, 0x63, 0x96];

    fn stream(units: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, unit) in units.iter().enumerate() {
            let code: &[u8] = if at % 2 == 0 {
                &[0, 0, 0, 1]
            } else {
                &[0, 0, 1]
            };
            out.extend(code);
            out.extend(*unit);
        }
        out
    }

    #[test]
    fn access_units_begin_with_their_parameter_sets_and_cover_the_stream() {
        let bytes = stream(&[
            &[9, 0x10],
            &SPS,
            &PPS,
            &[6, 5, 1, 0, 0x80],
            &IDR,
            &NEXT,
            &SECOND_SLICE,
            &[12, 0xff, 0x80],
            &SPS,
            &PPS,
            &IDR,
        ]);
        let read = ByteStream::read(&bytes).unwrap();
        let sync: Vec<bool> = read.samples.iter().map(Sample::is_sync).collect();
        assert_eq!(sync, [true, false, true]);
        let mut end = 0;
        for sample in &read.samples {
            assert_eq!(sample.offset, end);
            end = sample.end();
        }
        assert_eq!(end, bytes.len() as u64);
        assert_eq!(read.sets.len(), 2, "repeated sets are kept once");
        assert!(read.has_timing);
        let seconds = |at: usize| read.timescale.seconds(read.samples[at].dts);
        assert_eq!([seconds(1), seconds(2)], [0.04, 0.08]);
    }

    #[test]
    fn start_codes_are_found_across_reads() {
        let mut bytes = stream(&[&SPS, &PPS]);
        let filler = CHUNK - bytes.len() - 4;
        bytes.extend(stream(&[&vec![12; filler - 2][..]]));
        let split = bytes.len() + 2;
        bytes.extend([0, 0, 0, 1]);
        bytes.extend(IDR);
        assert!((CHUNK - 3..CHUNK + 3).contains(&split), "{split}");
        let read = ByteStream::read(&bytes).unwrap();
        assert_eq!(read.samples.len(), 1);
    }

    #[test]
    fn a_stream_without_idr_pictures_begins_with_its_first() {
        let read = ByteStream::read(&stream(&[&SPS, &PPS, &NEXT, &NEXT])).unwrap();
        let sync: Vec<bool> = read.samples.iter().map(Sample::is_sync).collect();
        assert_eq!((sync, read.has_idr), (vec![true, false], false));
    }

    #[test]
    fn no_damage_does_worse_than_an_error() {
        let whole = stream(&[&[9, 0x10], &SPS, &PPS, &IDR, &NEXT, &SECOND_SLICE, &IDR]);
        for end in 0..whole.len() {
            let _ = ByteStream::read(&whole[..end]);
        }
        for at in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            let Ok(read) = ByteStream::read(&damaged) else {
                continue;
            };
            let sizes: u64 = read.samples.iter().map(|each| u64::from(each.size)).sum();
            assert!(sizes <= damaged.len() as u64);
        }
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        let why = |bytes: &[u8]| ByteStream::read(bytes).unwrap_err();
        assert!(why(b"").starts_with("has no start code"));
        assert!(why(&[7; 5000]).starts_with("has no start code"));
        assert!(why(&stream(&[&SPS, &PPS])).starts_with("has no picture"));
        let long = vec![0x67; MAX_SET_BYTES + 2];
        assert!(why(&stream(&[&long])).starts_with("a parameter set has more than"));
    }
}
