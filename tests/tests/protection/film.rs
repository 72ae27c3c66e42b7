//! What is encrypted: a short film of each codec.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;
use tests::harness::Need;
use tests::package::Package;
use tests::{clips, media, process};

/// Heights of the renditions, for the limits that the packager is given.
const HEIGHTS: [u32; 3] = [96, 192, 288];

/// Options that make [`HEIGHTS`] SD, HD and UHD1.
pub(crate) const LIMITS: [&str; 6] = [
    "--max-sd-height",
    "100",
    "--max-hd-height",
    "200",
    "--max-uhd1-height",
    "300",
];

/// Renditions of one film, the first with sound.
pub(crate) struct Film {
    pub(crate) name: &'static str,
    source: Source,
    made: OnceLock<TempDir>,
    clear: Clear,
}

/// The packages without keys.
#[derive(Default)]
struct Clear {
    plain: OnceLock<Package>,
    marked: OnceLock<Package>,
    furnished: OnceLock<Package>,
}

/// What a package has beside the renditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    /// Two variants.
    Marked,
    /// Trick play and subtitles.
    Furnished,
}

impl Kind {
    /// Options for it.
    pub(crate) fn options(self, watermark_key: &str) -> Vec<String> {
        let subtitles = format!("{}:en", media::sample("subtitles_en.vtt").display());
        let options: &[&str] = match self {
            Kind::Plain => &[],
            Kind::Marked => &[
                "--watermark",
                "--watermark-key",
                watermark_key,
                "--content-id",
                "film",
            ],
            Kind::Furnished => &["--trick-play", "--subtitle", &subtitles],
        };
        options.iter().map(|option| option.to_string()).collect()
    }
}

enum Source {
    /// Made with these encoders of `ffmpeg`, with further arguments for pictures.
    Made {
        video: &'static str,
        arguments: &'static [&'static str],
        audio: &'static str,
    },
    /// One of the shared byte streams, without sound.
    Stream(&'static str),
    /// One of the shared real files, as it is.
    Real(&'static str),
}

/// Every film.
pub(crate) fn all() -> Vec<Film> {
    let made = |name, video, arguments, audio| Film {
        name,
        source: Source::Made {
            video,
            arguments,
            audio,
        },
        made: OnceLock::new(),
        clear: Clear::default(),
    };
    let x264 = |params| -> &'static [&'static str] {
        Box::leak(Box::new([
            "-preset",
            "veryfast",
            "-sc_threshold",
            "0",
            "-x264-params",
            params,
        ]))
    };
    vec![
        made("cabac_aac", "libx264", x264("bframes=2:threads=1"), "aac"),
        made("cavlc_ac3", "libx264", x264("cabac=0:threads=1"), "ac3"),
        made("slices_eac3", "libx264", x264("slices=5:threads=1"), "eac3"),
        Film {
            name: "fields",
            source: Source::Stream("h264-conf/frext/HPCVFL_BRCM_A.264"),
            made: OnceLock::new(),
            clear: Clear::default(),
        },
        made(
            "hevc_opus",
            "libx265",
            &[
                "-preset",
                "ultrafast",
                "-x265-params",
                "log-level=none:open-gop=0:slices=2:scenecut=0",
                "-tag:v",
                "hvc1",
            ],
            "libopus",
        ),
        made("av1_flac", "libsvtav1", &["-preset", "12"], "flac"),
        made(
            "vp9_aac",
            "libvpx-vp9",
            &["-b:v", "150k", "-deadline", "realtime", "-cpu-used", "8"],
            "aac",
        ),
    ]
}

/// Real files of other writers: lengths of two bytes, several slices, parameter sets in samples, ten
/// bits, several channels.
pub(crate) fn real() -> Vec<Film> {
    let real = |(name, file)| Film {
        name,
        source: Source::Real(file),
        made: OnceLock::new(),
        clear: Clear::default(),
    };
    let files = [
        (
            "real_two_bytes",
            "firefox/dom__media__test__avc-2bytes-nalu.mp4",
        ),
        (
            "real_slices",
            "jcodec/petro_dae__95BCC757-7E23-445B-B7AB-6737208069FA__example1.mp4",
        ),
        ("real_bento4", "bento4/Test__Data__video-h264-001.mp4"),
        (
            "real_hev1",
            "firefox/dom__media__test__hevc_white_red_frames.mp4",
        ),
        (
            "real_av1_hdr",
            "firefox/dom__media__test__reftest__av1hdr2020.mp4",
        ),
        (
            "real_vp9",
            "firefox/dom__webgpu__tests__cts__checkout__src__resources__four-colors-vp9-bt601.mp4",
        ),
        ("real_opus", "firefox/dom__media__test__opus-mapping2.mp4"),
        (
            "real_xhe_aac",
            "mp4parse/mp4parse__tests__sine-3s-xhe-aac-44khz-mono.mp4",
        ),
    ];
    files.into_iter().map(real).collect()
}

impl Film {
    /// What it is made from.
    pub(crate) fn needs(&self) -> &'static [Need] {
        match self.source {
            Source::Made { .. } => &[],
            Source::Stream(_) | Source::Real(_) => &[Need::Media],
        }
    }

    /// Whether `ffmpeg` can make it.
    pub(crate) fn has_encoders(&self) -> bool {
        match self.source {
            Source::Made { video, audio, .. } => {
                clips::has_encoder(video) && clips::has_encoder(audio)
            }
            Source::Stream(_) | Source::Real(_) => true,
        }
    }

    /// Whether its intra pictures can be marked.
    pub(crate) fn can_be_marked(&self) -> bool {
        matches!(
            self.source,
            Source::Made {
                video: "libx264",
                ..
            }
        )
    }

    /// Whether there is sound in it.
    pub(crate) fn has_sound(&self) -> bool {
        !matches!(self.source, Source::Stream(_))
    }

    /// The labels of its tracks, with a key for each.
    pub(crate) fn labels(&self) -> &'static [&'static str] {
        match self.source {
            Source::Made { .. } => &["audio", "sd", "hd", "uhd1"],
            Source::Stream(_) => &["uhd1"],
            Source::Real(_) => &[],
        }
    }

    /// The files to be packaged.
    pub(crate) fn inputs(&self) -> Vec<PathBuf> {
        let folder = self.made.get_or_init(|| self.make());
        match self.source {
            Source::Made { .. } => HEIGHTS
                .map(|height| folder.path().join(format!("{height}.mp4")))
                .into(),
            Source::Stream(_) => vec![folder.path().join("stream.mp4")],
            Source::Real(name) => vec![media::real_folder().join(name)],
        }
    }

    /// The package without keys.
    pub(crate) fn clear(&self, kind: Kind, watermark_key: &str) -> &Package {
        let place = match kind {
            Kind::Plain => &self.clear.plain,
            Kind::Marked => &self.clear.marked,
            Kind::Furnished => &self.clear.furnished,
        };
        place.get_or_init(|| {
            let inputs = self.inputs();
            let folder = self.made.get().expect("the film is made").path();
            let out = folder.join(format!("{kind:?}"));
            pack(&inputs, &kind.options(watermark_key), &out);
            Package::read(&out)
        })
    }

    fn make(&self) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match self.source {
            Source::Made {
                video,
                arguments,
                audio,
            } => {
                for height in HEIGHTS {
                    let path = folder.path().join(format!("{height}.mp4"));
                    // Width and height are even.
                    let scale = format!("scale={}:{height}", height * 16 / 9 / 2 * 2);
                    let mut all = vec!["-map", "0", "-vf", &scale, "-c:v", video, "-g", "25"];
                    all.extend(arguments);
                    if height == HEIGHTS[0] {
                        all.extend(["-map", "1", "-c:a", audio, "-strict", "-2"]);
                    }
                    clips::make(&path, 4, "25", &all).expect("a film");
                }
            }
            Source::Stream(name) => {
                let mut command = Command::new("ffmpeg");
                command.args(["-nostdin", "-v", "error", "-fflags", "+genpts", "-r", "25"]);
                command.arg("-i").arg(media::shared().join(name));
                command.args(["-map", "0:v", "-c", "copy", "-use_editlist", "0"]);
                command.arg(folder.path().join("stream.mp4"));
                let output = process::run(&mut command, Duration::from_secs(60));
                assert!(output.status.success(), "{}", output.stderr);
            }
            Source::Real(_) => {}
        }
        folder
    }
}

/// Packages files, in segments of a second where the options say nothing of it.
pub(crate) fn pack(inputs: &[PathBuf], options: &[String], out: &Path) {
    let mut arguments = vec!["pack".into(), "-q".into()];
    arguments.extend(inputs.iter().map(|path| path.clone().into_os_string()));
    if !options.iter().any(|option| option == "--segment-duration") {
        arguments.extend(["--segment-duration", "1"].map(Into::into));
    }
    arguments.extend(options.iter().map(Into::into));
    arguments.extend(["-o".into(), out.as_os_str().to_owned()]);
    let arguments: Vec<_> = arguments.iter().map(|each| each.as_os_str()).collect();
    let output = process::run_packager(&arguments);
    assert_eq!(output.code(), Some(0), "{options:?}: {}", output.stderr);
}
