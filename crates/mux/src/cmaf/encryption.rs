//! What decryption needs to know of a fragment's samples: `senc`, `saiz` and `saio`, or the group
//! of clear samples.

use isobmff::boxes::{Saio, Saiz, Sbgp, SbgpEntry, Seig, Senc, SencSample, Sgpd};
use isobmff::{BoxBody, Error, Table, Writer};

/// Bytes of `senc` before what it says of the first sample: header, version and flags,
/// `sample_count`.
const SENC_BYTES: usize = 8 + 4 + 4;
/// Bytes of `saiz` without its list: header, version and flags, `default_sample_info_size`,
/// `sample_count`.
const SAIZ_BYTES: usize = 8 + 4 + 1 + 4;
/// Bytes of `saio` with its only offset: header, version and flags, `entry_count`, `offset`.
const SAIO_BYTES: usize = 8 + 4 + 4 + 4;

/// `senc`, `saiz` and `saio`, in this order, for [`Fragment::boxes`](super::Fragment::boxes).
/// Empty where nothing has to be said of any sample: a constant IV, and samples that are encrypted
/// whole.
///
/// `boxes_offset` is where the first of the bytes given back will stand, counted from the start of
/// `moof`: [`FragmentSize::boxes_offset`](super::FragmentSize::boxes_offset), and the length of
/// what the caller puts before them. `saio` counts from there too, because `tfhd` says that `moof`
/// is the base, and it points to the first sample's entry in `senc`: `senc` is the first of these
/// boxes, and its fixed fields are 16 bytes long.
///
/// # Errors
/// A sample, counted from 0, of which more is to be said than 255 bytes hold (`saiz` has 8 bits for
/// it), or whose IV is not as long as the first one's.
pub fn encryption_boxes(boxes_offset: u64, samples: &[SencSample<'_>]) -> Result<Vec<u8>, Error> {
    let Some(layout) = Layout::of(samples) else {
        return Ok(Vec::new());
    };
    let iv_size = samples.first().map_or(0, |sample| iv_size(sample));
    let mut sizes = Vec::with_capacity(samples.len());
    let mut entries = Writer::with_capacity(layout.entries);
    for (index, sample) in samples.iter().enumerate() {
        if sample.initialization_vector.len() != iv_size {
            return Err(Error::Value {
                place: place(index),
                offset: boxes_offset.saturating_add((SENC_BYTES + entries.len()) as u64),
                field: "InitializationVector",
                value: format!("{} bytes long", sample.initialization_vector.len()),
                expected: "as many bytes as the first sample's",
            });
        }
        let size = sample.size(layout.flags);
        sizes.push(u8::try_from(size).map_err(|_| Error::DoesNotFit {
            place: place(index),
            field: "sample_info_size",
            value: size as u64,
            most: u64::from(u8::MAX),
        })?);
        sample.write(layout.flags, &mut entries);
    }
    let entries = entries.finish()?;
    let mut writer = Writer::with_capacity(layout.bytes());
    writer.boxed(Senc::KIND, |writer| {
        // With this it is the last of a box whose header has 8 bytes.
        writer.fit("size", layout.bytes() as u64, u64::from(u32::MAX));
        writer.full_box(0, layout.flags);
        writer.count_u32("sample_count", samples.len());
        writer.bytes(&entries);
    });
    writer.body(&Saiz::of(&sizes));
    let first = boxes_offset.saturating_add(SENC_BYTES as u64);
    let first = writer.fit("offset", first, u64::from(u32::MAX)) as u32;
    writer.body(&Saio {
        version: 0,
        info_type: None,
        bytes: &first.to_be_bytes(),
    });
    writer.finish()
}

/// How long [`encryption_boxes`] of the same samples are.
pub fn encryption_boxes_len(samples: &[SencSample<'_>]) -> usize {
    Layout::of(samples).map_or(0, |layout| layout.bytes())
}

/// `sgpd` and `sbgp` of type `seig`, in this order, for
/// [`Fragment::boxes`](super::Fragment::boxes): all `sample_count` samples of the fragment are
/// clear, whatever `tenc` says. Empty without samples.
///
/// # Errors
/// More samples than 32 bits count.
pub fn clear_boxes(sample_count: usize) -> Result<Vec<u8>, Error> {
    /// The first description of the fragment's own `sgpd`, ISO/IEC 14496-12 8.9.4.
    const FIRST_OF_FRAGMENT: u32 = 0x1_0001;
    if sample_count == 0 {
        return Ok(Vec::new());
    }
    let mut writer = Writer::new();
    let mut entry = Writer::new();
    Seig::CLEAR.write(&mut entry);
    let entry = entry.finish()?;
    writer.body(&Sgpd {
        version: 1,
        flags: 0,
        grouping_type: Seig::GROUPING_TYPE,
        default_length: entry.len() as u32,
        default_group_description_index: 0,
        entry_count: 1,
        bytes: &entry,
    });
    let most = u64::from(u32::MAX);
    let run = SbgpEntry {
        sample_count: writer.fit("sample_count", sample_count as u64, most) as u32,
        group_description_index: FIRST_OF_FRAGMENT,
    };
    let runs = Table::encode(&[run]);
    writer.body(&Sbgp {
        version: 0,
        grouping_type: Seig::GROUPING_TYPE,
        grouping_type_parameter: 0,
        entries: Table::new(&runs),
    });
    writer.finish()
}

/// Boxes whose every length is known before the first byte is written.
struct Layout {
    /// Of `senc`.
    flags: u32,
    /// Bytes of `senc` for all samples.
    entries: usize,
    /// Bytes of the list in `saiz`: none where all sizes are equal.
    list: usize,
}

impl Layout {
    /// `None` where nothing is to be said of any sample.
    fn of(samples: &[SencSample<'_>]) -> Option<Layout> {
        let subsamples = samples.iter().any(|sample| !sample.subsamples.is_empty());
        let flags = if subsamples { Senc::SUBSAMPLES } else { 0 };
        let sizes = samples.iter().map(|sample| sample.size(flags));
        let entries = sizes.clone().fold(0, usize::saturating_add);
        if entries == 0 {
            return None;
        }
        let first = sizes.clone().next();
        let equal = sizes.clone().all(|size| Some(size) == first);
        Some(Layout {
            flags,
            entries,
            list: if equal { 0 } else { samples.len() },
        })
    }

    fn bytes(&self) -> usize {
        let fixed = SENC_BYTES + SAIZ_BYTES + SAIO_BYTES;
        fixed.saturating_add(self.entries).saturating_add(self.list)
    }
}

fn iv_size(sample: &SencSample<'_>) -> usize {
    sample.initialization_vector.len()
}

fn place(index: usize) -> String {
    format!("moof/traf/senc/sample[{index}]")
}
