//! Encodes of options that the shared media lacks, made by x264 when the test runs.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bitstream::h264::SliceHeader;
use bitstream::h264::slice_data::SliceData;
use libtest_mimic::Trial;
use tests::harness::{self, Need};
use tests::marking::film::{Film, is_rewritten};
use tests::{media, process};

use crate::exceptions::Exceptions;
use crate::legality::{self, Marking};

/// Pixel format, further arguments, and options of x264.
type Encode = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

/// Four pictures of noise, which takes more bits than its samples.
const NOISE: &[&str] = &["-vf", "crop=128:96,noise=alls=100:allf=t", "-frames:v", "4"];

/// Every encode by its name.
const ENCODES: &[Encode] = &[
    ("high", "yuv420p", &[], ""),
    ("high10", "yuv420p10le", &[], ""),
    ("high422", "yuv422p", &[], ""),
    ("high422_10", "yuv422p10le", &[], "cabac=0"),
    ("grey", "gray", &[], ""),
    ("mbaff", "yuv420p", &["-flags", "+ilme+ildct"], "tff=1"),
    (
        "mbaff_cavlc",
        "yuv420p",
        &["-flags", "+ilme+ildct"],
        "bff=1:cabac=0",
    ),
    (
        "mbaff_high10",
        "yuv420p10le",
        &["-flags", "+ilme+ildct"],
        "tff=1",
    ),
    ("fake_interlaced", "yuv420p", &[], "fake-interlaced=1"),
    ("slices", "yuv420p", &[], "slices=4"),
    (
        "slices_mbaff",
        "yuv420p",
        &["-flags", "+ilme+ildct"],
        "tff=1:slices=3",
    ),
    ("cavlc_8x8", "yuv420p", &[], "cabac=0:8x8dct=1"),
    ("no_8x8", "yuv420p", &["-profile:v", "main"], ""),
    ("baseline", "yuv420p", &["-profile:v", "baseline"], ""),
    (
        "weightp",
        "yuv420p",
        &["-vf", "fade=in:0:20,scale=480:272"],
        "weightp=2",
    ),
    ("constrained_intra", "yuv420p", &[], "constrained-intra=1"),
    ("open_gop", "yuv420p", &[], "open-gop=1:bframes=3"),
    ("matrices", "yuv420p", &[], "cqm=jvt"),
    ("matrices_cavlc", "yuv420p", &[], "cqm=jvt:cabac=0"),
    ("delimiters", "yuv420p", &[], "aud=1"),
    ("no_deblocking", "yuv420p", &[], "no-deblock=1"),
    ("fine", "yuv420p", &[], "qp=8"),
    ("coarse", "yuv420p", &[], "qp=38"),
    ("all_intra", "yuv420p", &[], "keyint=1"),
    (
        "pcm",
        "yuv420p",
        NOISE,
        "qp=1:ipratio=1:keyint=2:min-keyint=1:subme=7:psy=0",
    ),
    (
        "pcm_cavlc",
        "yuv420p",
        NOISE,
        "qp=1:ipratio=1:keyint=2:min-keyint=1:subme=7:psy=0:cabac=0",
    ),
    (
        "bluray",
        "yuv420p",
        &[
            "-b:v", "1M", "-maxrate", "1M", "-bufsize", "1M", "-level", "4.1",
        ],
        "bluray-compat=1:nal-hrd=vbr:slices=4:aud=1:open-gop=1",
    ),
    (
        "hrd_variable",
        "yuv420p",
        &["-b:v", "500k", "-maxrate", "500k", "-bufsize", "300k"],
        "nal-hrd=vbr",
    ),
    (
        "hrd_constant",
        "yuv420p",
        &["-b:v", "500k", "-maxrate", "500k", "-bufsize", "300k"],
        "nal-hrd=cbr",
    ),
    (
        "hrd_constant_with_filler",
        "yuv420p",
        &["-b:v", "4M", "-maxrate", "4M", "-bufsize", "2M"],
        "nal-hrd=cbr:qpmin=20",
    ),
];

/// Trials.
pub(crate) fn tests(exceptions: &Arc<Exceptions>) -> Vec<Trial> {
    let trials = ENCODES.iter().map(|encode| {
        let exceptions = exceptions.clone();
        harness::test(
            format!("encode::{}", encode.0),
            &[Need::Ffmpeg],
            move || {
                let film = make(encode);
                assert!(!encode.0.contains("pcm") || has_pcm(&film), "no I_PCM");
                let name = name(encode);
                exceptions.judge(&name, &legality::faults(&name, &film, Marking::AsDelivered));
            },
        )
    });
    trials.collect()
}

/// The names of all, as the table of exceptions has them.
pub(crate) fn names() -> Vec<String> {
    ENCODES.iter().map(name).collect()
}

fn name(encode: &Encode) -> String {
    format!("encode/{}", encode.0)
}

/// One and a half seconds with three intra pictures.
fn make((_, format, arguments, options): &Encode) -> Film {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("film.264");
    let mut command = Command::new("ffmpeg");
    command.args([
        "-v", "error", "-nostdin", "-threads", "1", "-ss", "2", "-t", "1.5", "-i",
    ]);
    command.arg(media::sample("480p.mp4"));
    command.args([
        "-vf",
        "scale=480:272",
        "-an",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
    ]);
    command
        .args(["-crf", "22", "-pix_fmt", format])
        .args(*arguments);
    let options = format!("keyint=12:min-keyint=12:scenecut=0:threads=1:{options}");
    command.args(["-x264-params", options.trim_end_matches(':'), "-f", "h264"]);
    command.arg(&path);
    let output = process::run(&mut command, Duration::from_secs(120));
    assert!(output.status.success(), "{}", output.stderr);
    Film::read(&path).expect("a stream").expect("H.264")
}

/// Whether some macroblock is coded as samples.
fn has_pcm(film: &Film) -> bool {
    let mut found = false;
    film.walk(|_, unit, sets| {
        let header = SliceHeader::parse(unit, sets).ok().filter(is_rewritten);
        let pps = header.as_ref().and_then(|header| sets.pps(header.pps_id));
        let sps = pps.and_then(|pps| sets.sps(pps.sps_id));
        if let (Some(header), Some(pps), Some(sps)) = (header, pps, sps) {
            let slice = SliceData::parse(unit, &header, sps, pps).expect("an intra slice");
            found |= slice.macroblocks.iter().any(|mb| mb.is_pcm());
        }
    });
    found
}
