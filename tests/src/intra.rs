//! The intra slices of H.264 streams: how they are reconstructed, beside what ffmpeg decodes.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bitstream::h264::intra::{Picture, Place, Structure};
use bitstream::h264::slice_data::{Error, SliceData};
use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, Pps, SliceHeader, SliceType, Sps};
use bitstream::nal::AnnexB;

use crate::{arguments, process};

/// How long ffmpeg may take for a stream.
const LIMIT: Duration = Duration::from_secs(120);

/// A slice that is coded without prediction from other pictures.
pub struct IntraSlice<'a> {
    /// Of its unit in the stream, in bytes.
    pub offset: usize,
    /// Its unit.
    pub nal: &'a [u8],
    /// Its header.
    pub header: SliceHeader,
    /// What it refers to.
    pub sps: Sps,
    /// What it refers to.
    pub pps: Pps,
}

impl IntraSlice<'_> {
    /// Its macroblocks and levels.
    ///
    /// # Errors
    /// As [`SliceData::parse`].
    pub fn parse(&self) -> Result<SliceData, Error> {
        SliceData::parse(self.nal, &self.header, &self.sps, &self.pps)
    }
}

/// A slice of a stream.
enum Slice<'a> {
    Intra(Box<IntraSlice<'a>>),
    Other(usize, Box<SliceHeader>),
}

impl Slice<'_> {
    fn header(&self) -> &SliceHeader {
        match self {
            Slice::Intra(slice) => &slice.header,
            Slice::Other(_, header) => header,
        }
    }

    fn offset(&self) -> usize {
        match self {
            Slice::Intra(slice) => slice.offset,
            Slice::Other(offset, _) => *offset,
        }
    }
}

/// The slices of an Annex B stream by picture, without redundant pictures; what cannot be read is
/// left out.
fn pictures_of(stream: &[u8]) -> Vec<Vec<Slice<'_>>> {
    let mut sets = ParameterSets::new();
    let mut found: Vec<Vec<Slice<'_>>> = Vec::new();
    // Units that come before slices begin a picture, H.264 7.4.1.2.3; clips that were cut and joined
    // show it in no other way.
    let mut begins = true;
    for unit in AnnexB::new(stream) {
        let Ok(header) = NalHeader::parse(unit.bytes) else {
            continue;
        };
        let kind = header.nal_unit_type;
        if kind == NalUnitType::SPS || kind == NalUnitType::PPS {
            // What is wrong with one shows at the slices that need it.
            let _ = sets.insert(unit.bytes);
        }
        begins |= matches!(kind, NalUnitType(6..=9 | 14..=18));
        if !kind.has_slice_header() || kind == NalUnitType::AUXILIARY_SLICE {
            continue;
        }
        let Ok(header) = SliceHeader::parse(unit.bytes, &sets) else {
            continue;
        };
        let pps = sets.pps(header.pps_id);
        let sps = pps.and_then(|pps| sets.sps(pps.sps_id));
        let (Some(pps), Some(sps)) = (pps, sps) else {
            continue;
        };
        if header.redundant_pic_cnt > 0 {
            continue;
        }
        let slice = match header.slice_type {
            SliceType::P | SliceType::B => Slice::Other(unit.offset, Box::new(header)),
            SliceType::I | SliceType::Si | SliceType::Sp => Slice::Intra(Box::new(IntraSlice {
                offset: unit.offset,
                nal: unit.bytes,
                header,
                sps: sps.clone(),
                pps: pps.clone(),
            })),
        };
        match found.last_mut() {
            Some(picture) if !begins && same_picture(picture[0].header(), slice.header()) => {
                picture.push(slice);
            }
            _ => found.push(vec![slice]),
        }
        begins = false;
    }
    found
}

/// The intra slices of an Annex B stream.
pub fn intra_slices(stream: &[u8]) -> Vec<IntraSlice<'_>> {
    let slices = pictures_of(stream).into_iter().flatten();
    slices
        .filter_map(|slice| match slice {
            Slice::Intra(slice) => Some(*slice),
            Slice::Other(..) => None,
        })
        .collect()
}

/// Pictures of an Annex B stream that have intra slices and others.
pub fn mixed_pictures(stream: &[u8]) -> usize {
    let pictures = pictures_of(stream);
    pictures.iter().filter(|picture| is_mixed(picture)).count()
}

fn is_mixed(picture: &[Slice<'_>]) -> bool {
    let intra = picture.iter().filter_map(intra).count();
    intra > 0 && intra < picture.len()
}

/// A stream with other units in the place of some of its intra slices: `change` gives them.
pub fn with_slices(
    stream: &[u8],
    mut change: impl FnMut(&IntraSlice<'_>) -> Option<Vec<u8>>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(stream.len() + stream.len() / 8);
    let mut from = 0;
    for slice in intra_slices(stream) {
        if let Some(unit) = change(&slice) {
            out.extend_from_slice(&stream[from..slice.offset]);
            out.extend_from_slice(&unit);
            from = slice.offset + slice.nal.len();
        }
    }
    out.extend_from_slice(&stream[from..]);
    out
}

/// The H.264 track of a file as an Annex B stream, as ffmpeg copies it; `None` where there is none.
pub fn annex_b(path: &Path) -> Option<Vec<u8>> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(path);
    command.args(["-map", "0:v:0", "-c", "copy", "-f", "h264", "-"]);
    let output = process::run(&mut command, LIMIT);
    Some(output.stdout).filter(|stream| !stream.is_empty())
}

/// Which pictures ffmpeg is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// Every one.
    All,
    /// Those of intra slices alone, which is faster; fields of pictures that also have others are
    /// missing then.
    Intra,
}

/// How a stream compares with what ffmpeg decodes of it without deblocking.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Pictures (frames or fields) with macroblocks of intra slices that were compared.
    pub pictures: usize,
    /// Those among them that have slices of other kinds as well.
    pub mixed: usize,
    /// Their macroblocks.
    pub macroblocks: usize,
    /// Offsets of pictures with intra slices that ffmpeg does not show.
    pub not_shown: Vec<usize>,
    /// Slices that were not reconstructed, and why.
    pub refused: Vec<(usize, String)>,
    /// Pictures that differ: where each starts in the stream, and its first macroblock that
    /// differs.
    pub disagreeing: Vec<(usize, usize)>,
}

/// Reconstructs every intra slice of an Annex B stream and compares its luma with what ffmpeg
/// decodes.
///
/// # Panics
/// Where ffmpeg cannot be run.
pub fn compare(stream: &[u8], pictures: Pictures) -> Comparison {
    let mut comparison = Comparison::default();
    let groups = pictures_of(stream);
    let frames = decoded(stream, pictures);
    let mut canvas: Option<Picture> = None;
    for group in &groups {
        let Some(first) = group.iter().find_map(intra) else {
            continue;
        };
        let start = group.first().map_or(0, Slice::offset);
        let shown = frames.iter().find(|frame| frame.shows(start, &groups));
        let Some(frame) = shown else {
            comparison.not_shown.push(start);
            continue;
        };
        if !canvas
            .as_ref()
            .is_some_and(|canvas| canvas.is_of(&first.sps))
        {
            canvas = Picture::of(&first.sps).ok();
        }
        let Some(canvas) = &mut canvas else {
            continue;
        };
        let mut differs = None;
        for slice in group.iter().filter_map(intra) {
            match reconstruct(canvas, slice) {
                Ok(places) => {
                    comparison.macroblocks += places.len();
                    let other = |(_, place): &&(usize, Place)| !frame.has(canvas, slice, *place);
                    let address = places.iter().find(other).map(|(address, _)| *address);
                    differs = differs.or(address);
                }
                Err(error) => comparison.refused.push((slice.offset, error)),
            }
        }
        comparison.pictures += 1;
        comparison.mixed += usize::from(is_mixed(group));
        comparison
            .disagreeing
            .extend(differs.map(|address| (start, address)));
    }
    comparison
}

fn intra<'a, 's>(slice: &'a Slice<'s>) -> Option<&'a IntraSlice<'s>> {
    match slice {
        Slice::Intra(slice) => Some(slice),
        Slice::Other(..) => None,
    }
}

/// Gives address and place of every macroblock of the slice.
fn reconstruct(
    canvas: &mut Picture,
    slice: &IntraSlice<'_>,
) -> Result<Vec<(usize, Place)>, String> {
    let data = slice.parse().map_err(|error| error.to_string())?;
    canvas
        .reconstruct(&slice.sps, &slice.pps, &slice.header, &data)
        .map_err(|error| error.to_string())?;
    let structure = Structure::of(&slice.sps, &slice.header);
    let width = slice.sps.pic_width_in_mbs() as usize;
    let macroblocks = data.macroblocks.iter().enumerate();
    let places = macroblocks.map(|(index, mb)| {
        let address = data.address(index);
        (address, structure.place(width, address, mb.field))
    });
    Ok(places.collect())
}

/// Two slices that follow each other belong together, H.264 7.4.1.2.4.
fn same_picture(a: &SliceHeader, b: &SliceHeader) -> bool {
    a.frame_num == b.frame_num
        && (a.field_pic, a.bottom_field) == (b.field_pic, b.bottom_field)
        && (a.nal.nal_ref_idc == 0) == (b.nal.nal_ref_idc == 0)
        && a.idr_pic_id == b.idr_pic_id
        && a.pic_order_cnt_lsb == b.pic_order_cnt_lsb
        && a.delta_pic_order_cnt_bottom == b.delta_pic_order_cnt_bottom
        && a.delta_pic_order_cnt == b.delta_pic_order_cnt
}

/// Two pictures are the fields of one frame.
fn same_frame(a: &SliceHeader, b: &SliceHeader) -> bool {
    a.field_pic && b.field_pic && a.bottom_field != b.bottom_field && a.frame_num == b.frame_num
}

/// A frame that ffmpeg has decoded.
struct Frame {
    /// Of its packet in the stream.
    position: usize,
    width: usize,
    height: usize,
    luma: Vec<u16>,
}

impl Frame {
    /// Whether it shows the picture that starts at `start`: the first after its packet's
    /// position, or a field that completes it.
    fn shows(&self, start: usize, pictures: &[Vec<Slice<'_>>]) -> bool {
        let offset = |group: &Vec<Slice<'_>>| group.first().map_or(0, Slice::offset);
        let index = pictures.partition_point(|group| offset(group) < self.position);
        let (Some(picture), before) = (
            pictures.get(index),
            index.checked_sub(1).and_then(|at| pictures.get(at)),
        ) else {
            return false;
        };
        if offset(picture) == start {
            return true;
        }
        let after = pictures.get(index + 1);
        [before, after].into_iter().flatten().any(|other| {
            let headers = (other[0].header(), picture[0].header());
            offset(other) == start && same_frame(headers.0, headers.1)
        })
    }

    /// Whether a macroblock of `canvas` looks the same here, as far as it is displayed.
    fn has(&self, canvas: &Picture, slice: &IntraSlice<'_>, place: Place) -> bool {
        let (left, top) = slice.sps.display_offset();
        let (left, top) = (left as usize, top as usize);
        let block: [[u16; 16]; 16] = canvas.luma().block(place);
        block.iter().enumerate().all(|(row, samples)| {
            let y = place.y + row * place.step;
            let Some(y) = y.checked_sub(top).filter(|y| *y < self.height) else {
                return true;
            };
            samples.iter().enumerate().all(|(column, sample)| {
                let x = (place.x + column).checked_sub(left);
                let x = x.filter(|x| *x < self.width);
                x.is_none_or(|x| self.luma.get(y * self.width + x) == Some(sample))
            })
        })
    }
}

/// What ffmpeg decodes without deblocking, in the order of display.
fn decoded(stream: &[u8], pictures: Pictures) -> Vec<Frame> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("stream.264");
    std::fs::write(&path, stream).expect("a temporary file");
    let skip = match pictures {
        Pictures::All => "default",
        Pictures::Intra => "nointra",
    };
    let entries = "frame=pkt_pos,width,height,pix_fmt";
    // Of what it cannot decode at all nothing is shown.
    let run = |program: &str, arguments: &[&OsStr]| {
        let mut command = Command::new(program);
        process::run(command.args(arguments), LIMIT).stdout
    };
    let listed = run(
        "ffprobe",
        arguments![
            "-v",
            "quiet",
            "-threads",
            "1",
            "-skip_frame",
            skip,
            "-show_frames",
            "-show_entries",
            entries,
            "-of",
            "json",
            &path
        ],
    );
    let samples = run(
        "ffmpeg",
        arguments![
            "-v",
            "quiet",
            "-threads",
            "1",
            "-skip_frame",
            skip,
            "-skip_loop_filter",
            "all",
            "-i",
            &path,
            "-fps_mode",
            "passthrough",
            "-autoscale",
            "0",
            "-f",
            "rawvideo",
            "-"
        ],
    );
    let listed: serde_json::Value = serde_json::from_slice(&listed).unwrap_or_default();
    let mut rest = samples.as_slice();
    let mut frames = Vec::new();
    for frame in listed["frames"].as_array().into_iter().flatten() {
        let number = |name: &str| frame[name].as_u64().unwrap_or(0) as usize;
        let (width, height) = (number("width"), number("height"));
        let format = frame["pix_fmt"].as_str().unwrap_or_default();
        let position = frame["pkt_pos"].as_str().and_then(|text| text.parse().ok());
        let bytes = if format.ends_with("le") { 2 } else { 1 };
        let chroma = match format {
            _ if format.starts_with("gray") => 0,
            _ if format.contains("420") => 2 * width.div_ceil(2) * height.div_ceil(2),
            _ if format.contains("422") => 2 * width.div_ceil(2) * height,
            _ => 2 * width * height,
        };
        let (luma, after) = rest
            .split_at_checked(bytes * width * height)
            .expect("ffmpeg writes what ffprobe lists");
        rest = after
            .get(bytes * chroma..)
            .expect("the frame has its chroma");
        let luma = luma.chunks_exact(bytes).map(|sample| match sample {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => sample[0].into(),
        });
        frames.push(Frame {
            position: position.unwrap_or(usize::MAX),
            width,
            height,
            luma: luma.collect(),
        });
    }
    assert!(rest.is_empty(), "ffmpeg writes more than ffprobe lists");
    frames
}
