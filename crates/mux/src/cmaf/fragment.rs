//! Media segments: what stands before the samples.

use isobmff::boxes::{Ftyp, Mfhd, Tfdt, Tfhd};
use isobmff::{Error, FourCc, Table, Writer};
use media::Sample;

use super::TRACK_ID;
use super::run::Run;

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
    /// Boxes to put into `traf` behind `trun`, as bytes: sample groups, and what decryption
    /// needs.
    pub boxes: &'a [u8],
}

/// How long a fragment will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FragmentSize {
    /// Bytes of `moof` and of the header of `mdat`.
    pub head: u64,
    /// Bytes of the samples.
    pub payload: u64,
    /// From the start of `moof` to the first byte of [`Fragment::boxes`]. What `saio` counts from
    /// the start of `moof` is known by it.
    pub boxes_offset: u64,
}

const MFHD_BYTES: usize = 16;
const TFDT_BYTES: usize = 20;
/// Bytes of a box header with a size of 32 bits.
const HEADER_BYTES: usize = 8;

/// The `styp` that begins a media segment, with `before` (whole `sidx`, `prft` and `emsg` boxes)
/// behind it.
///
/// # Errors
/// None in practice: nothing here has a limit that a brand list reaches.
pub fn segment_head(before: &[u8]) -> Result<Vec<u8>, Error> {
    // A CMAF segment, ISO/IEC 23000-19 7.3.1, and a DASH media segment, ISO/IEC 23009-1 6.3.4.2.
    const BRANDS: &[u8] = b"cmfsmsdh";
    let mut writer = Writer::with_capacity(16 + BRANDS.len() + before.len());
    writer.body(&Ftyp {
        kind: FourCc::new(b"styp"),
        major_brand: FourCc::new(b"cmfs"),
        minor_version: 0,
        compatible_brands: Table::new(BRANDS),
    });
    writer.bytes(before);
    writer.finish()
}

/// `moof` and the header of the `mdat` that the samples' bytes follow.
///
/// # Errors
/// Composition offsets that do not fit 32 bits once shifted.
pub fn fragment_head(fragment: &Fragment<'_>) -> Result<Vec<u8>, Error> {
    append_fragment_head(Vec::new(), fragment)
}

/// As [`fragment_head`], behind what `bytes` holds already (such as a
/// [`segment_head`]). It grows once, to the length it will have.
///
/// # Errors
/// Composition offsets that do not fit 32 bits once shifted.
pub fn append_fragment_head(mut bytes: Vec<u8>, fragment: &Fragment<'_>) -> Result<Vec<u8>, Error> {
    let layout = Layout::of(fragment);
    bytes.reserve_exact(layout.head_bytes());
    let mut writer = Writer::onto(bytes);
    layout.write(&mut writer, fragment);
    writer.finish()
}

impl Fragment<'_> {
    /// How long the fragment will be, without writing it.
    pub fn size(&self) -> FragmentSize {
        let layout = Layout::of(self);
        FragmentSize {
            head: layout.head_bytes() as u64,
            payload: layout.run.payload,
            boxes_offset: layout.boxes_offset() as u64,
        }
    }
}

/// A fragment whose every length is known before its first byte is written.
struct Layout {
    tfhd: Tfhd,
    run: Run,
    boxes: usize,
}

impl Layout {
    fn of(fragment: &Fragment<'_>) -> Layout {
        let run = Run::of(fragment.samples, fragment.composition_shift);
        let index = fragment.sample_description_index;
        let tfhd = Tfhd {
            track_id: TRACK_ID,
            base_data_offset: None,
            // 1 is the default `trex` sets.
            sample_description_index: (index != 1).then_some(index),
            default_sample_duration: run.duration,
            default_sample_size: run.size,
            default_sample_flags: run.flags,
            duration_is_empty: false,
            default_base_is_moof: true,
        };
        Layout {
            tfhd,
            run,
            boxes: fragment.boxes.len(),
        }
    }

    fn tfhd_bytes(&self) -> usize {
        let fields = [
            self.tfhd.sample_description_index,
            self.tfhd.default_sample_duration,
            self.tfhd.default_sample_size,
            self.tfhd.default_sample_flags,
        ];
        HEADER_BYTES + 8 + 4 * fields.iter().flatten().count()
    }

    fn boxes_offset(&self) -> usize {
        let before = 2 * HEADER_BYTES + MFHD_BYTES + self.tfhd_bytes() + TFDT_BYTES;
        before + self.run.box_bytes()
    }

    fn moof_bytes(&self) -> usize {
        self.boxes_offset() + self.boxes
    }

    /// Bytes of the header of `mdat`: 16 where its size takes 64 bits.
    fn mdat_header_bytes(&self) -> usize {
        let size = self.run.payload.saturating_add(HEADER_BYTES as u64);
        if u32::try_from(size).is_ok() {
            HEADER_BYTES
        } else {
            2 * HEADER_BYTES
        }
    }

    fn head_bytes(&self) -> usize {
        self.moof_bytes() + self.mdat_header_bytes()
    }

    fn write(&self, writer: &mut Writer, fragment: &Fragment<'_>) {
        // Data offsets count from the first byte of `moof`; the payload follows the head.
        let offset = self.head_bytes() as u64;
        writer.boxed(FourCc::new(b"moof"), |writer| {
            writer.body(&Mfhd {
                sequence_number: fragment.sequence_number,
            });
            writer.boxed(FourCc::new(b"traf"), |writer| {
                writer.body(&self.tfhd);
                writer.body(&Tfdt {
                    version: 1,
                    base_media_decode_time: fragment.decode_time,
                });
                let offset = writer.fit("data_offset", offset, i32::MAX as u64) as i32;
                self.run.write(writer, fragment.samples, offset);
                writer.bytes(fragment.boxes);
            });
        });
        let header = self.mdat_header_bytes();
        let size = self.run.payload.saturating_add(header as u64);
        if header == HEADER_BYTES {
            writer.u32(size as u32);
            writer.fourcc(FourCc::new(b"mdat"));
        } else {
            writer.u32(1);
            writer.fourcc(FourCc::new(b"mdat"));
            writer.u64(size);
        }
    }
}
