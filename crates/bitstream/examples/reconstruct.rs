//! Reconstructs the luma of the intra pictures of Annex B H.264 files, before deblocking.
//!
//! `reconstruct FILE [-o OUT.yuv]`: one line for each picture of I slices alone, and its samples,
//! cropped, as bytes or little-endian pairs of bytes by the bit depth, to the output; a field has
//! half the lines of its frame. What cannot be read is told and left out.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bitstream::h264::intra::{Picture, Structure};
use bitstream::h264::slice_data::SliceData;
use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, Pps, SliceHeader, SliceType, Sps};
use bitstream::nal::AnnexB;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut input, mut output) = (None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-o" => output = arguments.next(),
            _ => input = Some(argument),
        }
    }
    let Some(input) = input else {
        eprintln!("usage: reconstruct FILE [-o OUT.yuv]");
        return ExitCode::FAILURE;
    };
    match run(&input, output.as_deref()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{input}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Gives the number of pictures left out.
fn run(input: &str, output: Option<&str>) -> io::Result<usize> {
    let stream = std::fs::read(input)?;
    let mut decoder = Decoder {
        sets: ParameterSets::new(),
        picture: None,
        current: None,
        output: match output {
            Some(path) => Some(BufWriter::new(File::create(path)?)),
            None => None,
        },
        pictures: 0,
        left_out: 0,
        parsing: Duration::ZERO,
        reconstructing: Duration::ZERO,
    };
    for unit in AnnexB::new(&stream) {
        decoder.unit(unit.offset, unit.bytes)?;
    }
    decoder.end_picture()?;
    if let Some(output) = &mut decoder.output {
        output.flush()?;
    }
    println!(
        "{} intra pictures, {} left out; parsed in {:.3} s, reconstructed in {:.3} s",
        decoder.pictures,
        decoder.left_out,
        decoder.parsing.as_secs_f64(),
        decoder.reconstructing.as_secs_f64(),
    );
    Ok(decoder.left_out)
}

struct Decoder {
    sets: ParameterSets,
    picture: Option<Picture>,
    current: Option<Current>,
    output: Option<BufWriter<File>>,
    pictures: usize,
    left_out: usize,
    parsing: Duration,
    reconstructing: Duration,
}

/// The picture being read.
struct Current {
    offset: usize,
    first: SliceHeader,
    sps: Sps,
    macroblocks: usize,
    all_intra: bool,
    error: Option<String>,
}

impl Decoder {
    fn unit(&mut self, offset: usize, nal: &[u8]) -> io::Result<()> {
        let Ok(header) = NalHeader::parse(nal) else {
            return Ok(());
        };
        match header.nal_unit_type {
            NalUnitType::SPS | NalUnitType::PPS => {
                self.end_picture()?;
                if let Err(error) = self.sets.insert(nal) {
                    println!("byte {offset}: {error}");
                }
            }
            NalUnitType(1 | 5) => self.slice(offset, nal)?,
            NalUnitType(2) => {
                self.end_picture()?;
                println!("byte {offset}: data partitioning is not supported");
                self.left_out += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn slice(&mut self, offset: usize, nal: &[u8]) -> io::Result<()> {
        let header = match SliceHeader::parse(nal, &self.sets) {
            Ok(header) => header,
            Err(error) => {
                println!("byte {offset}: {error}");
                return Ok(());
            }
        };
        if header.redundant_pic_cnt > 0 {
            return Ok(());
        }
        let sets = &self.sets;
        let pps = sets.pps(header.pps_id).cloned();
        let sps = pps.as_ref().and_then(|pps| sets.sps(pps.sps_id)).cloned();
        let (Some(pps), Some(sps)) = (pps, sps) else {
            return Ok(());
        };
        let goes_on = |current: &Current| same_picture(&current.first, &header);
        if !self.current.as_ref().is_some_and(goes_on) {
            self.end_picture()?;
            self.current = Some(Current {
                offset,
                first: header.clone(),
                sps: sps.clone(),
                macroblocks: 0,
                all_intra: true,
                error: None,
            });
        }
        let result = self.reconstruct(&sps, &pps, &header, nal);
        if let Some(current) = &mut self.current {
            match result {
                _ if header.slice_type != SliceType::I => current.all_intra = false,
                Ok(macroblocks) => current.macroblocks += macroblocks,
                Err(error) => current.error = current.error.take().or(Some(error)),
            }
        }
        Ok(())
    }

    /// Gives the number of macroblocks in the slice.
    fn reconstruct(
        &mut self,
        sps: &Sps,
        pps: &Pps,
        header: &SliceHeader,
        nal: &[u8],
    ) -> Result<usize, String> {
        let all_intra = self
            .current
            .as_ref()
            .is_some_and(|current| current.all_intra);
        if header.slice_type != SliceType::I || !all_intra {
            return Ok(0);
        }
        let start = Instant::now();
        let slice = SliceData::parse(nal, header, sps, pps).map_err(|error| error.to_string())?;
        self.parsing += start.elapsed();
        let fits = |picture: &Picture| {
            let luma = picture.luma();
            (luma.width(), luma.height())
                == (sps.coded_width() as usize, sps.coded_height() as usize)
        };
        let start = Instant::now();
        if !self.picture.as_ref().is_some_and(fits) {
            self.picture = Some(Picture::of(sps).map_err(|error| error.to_string())?);
        }
        if let Some(picture) = &mut self.picture {
            let result = picture.reconstruct(sps, pps, header, &slice);
            result.map_err(|error| error.to_string())?;
        }
        self.reconstructing += start.elapsed();
        Ok(slice.macroblocks.len())
    }

    fn end_picture(&mut self) -> io::Result<()> {
        let Some(current) = self.current.take().filter(|current| current.all_intra) else {
            return Ok(());
        };
        let sps = &current.sps;
        let structure = Structure::of(sps, &current.first);
        let mbs = (sps.pic_width_in_mbs() * sps.frame_height_in_mbs()) as usize;
        let expected = mbs >> u32::from(structure.is_field());
        let error = match current.error {
            None if current.macroblocks != expected => {
                Some(format!("{} macroblocks of {expected}", current.macroblocks))
            }
            other => other,
        };
        let offset = current.offset;
        let (Some(picture), None) = (&self.picture, &error) else {
            println!("byte {offset}: left out: {}", error.unwrap_or_default());
            self.left_out += 1;
            return Ok(());
        };
        println!("{}: {structure:?} at byte {offset}", self.pictures);
        self.pictures += 1;
        let Some(output) = &mut self.output else {
            return Ok(());
        };
        let (left, top) = sps.frame_cropping.map_or((0, 0), |crop| {
            let sub_width = if matches!(sps.chroma_format_idc, 1 | 2) {
                2
            } else {
                1
            };
            let sub_height = if sps.chroma_format_idc == 1 { 2 } else { 1 };
            let lines = if sps.frame_mbs_only { 1 } else { 2 };
            (crop.left * sub_width, crop.top * sub_height * lines)
        });
        let lines = top as usize..top as usize + sps.height() as usize;
        let columns = left as usize..left as usize + sps.width() as usize;
        let skip = usize::from(structure == Structure::BottomField);
        let step = 1 + usize::from(structure.is_field());
        for y in lines.skip(skip).step_by(step) {
            let line = picture.luma().line(y).get(columns.clone());
            for sample in line.unwrap_or_default() {
                let bytes = 1 + usize::from(sps.bit_depth_luma_minus8 > 0);
                output.write_all(&sample.to_le_bytes()[..bytes])?;
            }
        }
        Ok(())
    }
}

/// The first slice of a picture and another belong together, H.264 7.4.1.2.4.
fn same_picture(a: &SliceHeader, b: &SliceHeader) -> bool {
    a.frame_num == b.frame_num
        && a.pps_id == b.pps_id
        && (a.field_pic, a.bottom_field) == (b.field_pic, b.bottom_field)
        && (a.nal.nal_ref_idc == 0) == (b.nal.nal_ref_idc == 0)
        && a.idr_pic_id == b.idr_pic_id
        && a.pic_order_cnt_lsb == b.pic_order_cnt_lsb
        && a.delta_pic_order_cnt_bottom == b.delta_pic_order_cnt_bottom
        && a.delta_pic_order_cnt == b.delta_pic_order_cnt
}
