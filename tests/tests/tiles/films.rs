//! What is compared.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use demux::{Limits, Movie, WhenTruncated};
use media::Codec;
use tempfile::TempDir;
use tests::{media as places, process};

/// A film that is encoded when a test asks for it.
pub(crate) struct Film {
    pub(crate) name: &'static str,
    /// Of ffmpeg's `lavfi`.
    source: &'static str,
    /// The encoder and its arguments.
    encode: &'static [&'static str],
}

const fn film(name: &'static str, source: &'static str, encode: &'static [&'static str]) -> Film {
    Film {
        name,
        source,
        encode,
    }
}

const SMALL: &str = "testsrc2=s=320x180:r=10:d=1.6";
const WIDE: &str = "testsrc2=s=640x360:r=10:d=1";

/// Every film.
pub(crate) const ALL: &[Film] = &[
    film("aom", SMALL, &["libaom-av1", "-g", "12"]),
    film("aom_2x2_tiles", WIDE, &["libaom-av1", "-tiles", "2x2"]),
    film(
        "aom_4x4_tiles",
        "testsrc2=s=1024x512:r=6:d=1",
        &[
            "libaom-av1",
            "-tile-columns",
            "2",
            "-tile-rows",
            "2",
            "-lag-in-frames",
            "0",
        ],
    ),
    // Frames that are not shown share samples with others: more tiles than saiz can say.
    film(
        "aom_4x4_tiles_hidden_frames",
        "testsrc2=s=1024x512:r=6:d=1",
        &["libaom-av1", "-tile-columns", "2", "-tile-rows", "2"],
    ),
    film(
        "aom_odd_size",
        "testsrc2=s=333x191:r=10:d=1.6",
        &["libaom-av1", "-tile-columns", "1"],
    ),
    film(
        "aom_10_bit",
        SMALL,
        &["libaom-av1", "-pix_fmt", "yuv420p10le"],
    ),
    film("aom_444", SMALL, &["libaom-av1", "-pix_fmt", "yuv444p"]),
    film(
        "aom_422_12_bit",
        SMALL,
        &["libaom-av1", "-pix_fmt", "yuv422p12le"],
    ),
    film("aom_mono", SMALL, &["libaom-av1", "-pix_fmt", "gray"]),
    film("aom_rgb", SMALL, &["libaom-av1", "-pix_fmt", "gbrp"]),
    film(
        "aom_grain",
        SMALL,
        &["libaom-av1", "-aom-params", "film-grain-test=5"],
    ),
    film(
        "aom_denoised",
        SMALL,
        &["libaom-av1", "-denoise-noise-level", "30"],
    ),
    film(
        "aom_screen",
        "testsrc=s=640x360:r=10:d=1",
        &[
            "libaom-av1",
            "-g",
            "4",
            "-aom-params",
            "tune-content=screen",
        ],
    ),
    film(
        "aom_lossless",
        "testsrc2=s=160x90:r=10:d=1",
        &["libaom-av1", "-g", "6", "-aom-params", "lossless=1"],
    ),
    film(
        "aom_error_resilient",
        SMALL,
        &["libaom-av1", "-error-resilience", "1"],
    ),
    film("aom_segments", SMALL, &["libaom-av1", "-aq-mode", "1"]),
    film(
        "aom_cyclic_refresh",
        SMALL,
        &["libaom-av1", "-usage", "1", "-b:v", "100k", "-aq-mode", "3"],
    ),
    film(
        "aom_still",
        "testsrc2=s=320x180:r=1:d=1",
        &["libaom-av1", "-frames:v", "1", "-still-picture", "1"],
    ),
    film(
        "aom_128_blocks",
        "mandelbrot=s=320x180:r=10:end_pts=400,trim=end=1.2",
        &[
            "libaom-av1",
            "-aom-params",
            "sb-size=128:enable-global-motion=1:enable-qm=1:deltaq-mode=1",
        ],
    ),
    film("svt", SMALL, &["libsvtav1", "-g", "12"]),
    film(
        "svt_2x2_tiles",
        WIDE,
        &["libsvtav1", "-svtav1-params", "tile-columns=1:tile-rows=1"],
    ),
    film(
        "svt_10_bit_grain",
        "testsrc2=s=322x182:r=10:d=1.6",
        &[
            "libsvtav1",
            "-pix_fmt",
            "yuv420p10le",
            "-svtav1-params",
            "film-grain=20",
        ],
    ),
    film(
        "svt_superres",
        WIDE,
        &["libsvtav1", "-svtav1-params", "superres-mode=2"],
    ),
    film(
        "rav1e_tiles",
        "testsrc2=s=320x180:r=10:d=0.6",
        &["librav1e", "-tiles", "4"],
    ),
    film("vpx", SMALL, &["libvpx-vp9", "-g", "12"]),
    film(
        "vpx_superframes",
        "testsrc2=s=320x180:r=10:d=4",
        &["libvpx-vp9", "-auto-alt-ref", "1", "-lag-in-frames", "25"],
    ),
    film(
        "vpx_tiles",
        "testsrc2=s=1280x720:r=10:d=0.5",
        &["libvpx-vp9", "-tile-columns", "2", "-tile-rows", "2"],
    ),
    film(
        "vpx_odd_size",
        "testsrc2=s=333x191:r=10:d=1",
        &["libvpx-vp9"],
    ),
    film(
        "vpx_10_bit",
        SMALL,
        &["libvpx-vp9", "-pix_fmt", "yuv420p10le"],
    ),
    film("vpx_444", SMALL, &["libvpx-vp9", "-pix_fmt", "yuv444p"]),
    film(
        "vpx_422_12_bit",
        SMALL,
        &["libvpx-vp9", "-pix_fmt", "yuv422p12le"],
    ),
    film(
        "vpx_error_resilient",
        SMALL,
        &["libvpx-vp9", "-error-resilient", "1"],
    ),
    film(
        "vpx_segments",
        SMALL,
        &[
            "libvpx-vp9",
            "-aq-mode",
            "3",
            "-deadline",
            "realtime",
            "-b:v",
            "80k",
        ],
    ),
    film(
        "vpx_lossless",
        "testsrc2=s=160x90:r=10:d=1",
        &["libvpx-vp9", "-lossless", "1"],
    ),
    film(
        "vpx_temporal_layers",
        SMALL,
        &[
            "libvpx-vp9",
            "-deadline",
            "realtime",
            "-b:v",
            "200k",
            "-ts-parameters",
            "ts_number_layers=3:ts_target_bitrate=60,100,200:ts_rate_decimator=4,2,1:\
             ts_periodicity=4:ts_layer_id=0,2,1,2:ts_layering_mode=3",
        ],
    ),
];

/// Where films lie while the tests run, each made once.
static MADE: OnceLock<(TempDir, Mutex<BTreeMap<&'static str, Made>>)> = OnceLock::new();

type Made = Arc<OnceLock<Result<PathBuf, String>>>;

impl Film {
    pub(crate) fn encoder(&self) -> &'static str {
        self.encode.first().copied().unwrap_or_default()
    }

    /// The film, made if this is the first to ask.
    pub(crate) fn path(&self) -> PathBuf {
        let (folder, made) = MADE.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            (folder, Mutex::default())
        });
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = made.entry(self.name).or_default().clone();
        drop(made);
        let path = folder.path().join(format!("{}.mp4", self.name));
        let result = cell.get_or_init(|| self.make(&path).map(|()| path.clone()));
        result.clone().unwrap_or_else(|why| panic!("{why}"))
    }

    fn make(&self, path: &Path) -> Result<(), String> {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", self.source]);
        let fast: &[&str] = match self.encoder() {
            "libsvtav1" => &["-preset", "10"],
            "librav1e" => &["-speed", "10"],
            _ if self.encode.contains(&"-lossless") => &["-cpu-used", "8"],
            _ => &["-cpu-used", "8", "-b:v", "0", "-crf", "40"],
        };
        command.args(fast).arg("-c:v").args(self.encode);
        let output = process::run(command.arg(path), Duration::from_secs(120));
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("{command:?}: {}", output.stderr)),
        }
    }
}

/// Its VP9 frames are damaged: nobody finds the compressed header of the second.
const DAMAGED: &str = "crashtests__track-with-zero-dimensions.mp4";

/// The real files with a track of AV1 or VP9 that can be read.
pub(crate) fn real_files() -> Vec<(String, PathBuf)> {
    let root = places::real_folder();
    let mut found: Vec<_> = places::real_files()
        .into_iter()
        .map(|name| (name.clone(), root.join(name)))
        .collect();
    found.retain(|(name, path)| !name.ends_with(DAMAGED) && is_ours(path));
    found
}

fn is_ours(path: &Path) -> bool {
    let movie = File::open(path)
        .ok()
        .and_then(|file| Movie::read(&file, &Limits::default(), WhenTruncated::KeepWhole).ok());
    let tracks = movie.map(|movie| movie.tracks).unwrap_or_default();
    let mut tracks = tracks.iter();
    tracks.any(|track| matches!(track.codec, Codec::Av1 | Codec::Vp9) && !track.samples.is_empty())
}

/// The MP4 files in a folder.
pub(crate) fn in_folder(folder: PathBuf) -> Vec<(String, PathBuf)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "mp4"))
        .map(|path| (path.to_string_lossy().into_owned(), path))
        .collect();
    found.sort();
    found
}
