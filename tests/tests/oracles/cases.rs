//! What is packaged, and how.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;
use tests::harness::Need;
use tests::package::Package;
use tests::{clips, media, process};

/// Inputs and options.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) needs: Vec<Need>,
    /// One of these encoders makes the input, the first that `ffmpeg` has.
    encoders: &'static [&'static str],
    /// A film to be made: pictures per second and the other arguments of `ffmpeg`, with `ENCODER`
    /// for the encoder that was found.
    film: Option<(&'static str, &'static [&'static str])>,
    options: &'static [&'static str],
    /// RFC 6381 codec strings begin with these.
    pub(crate) codecs: &'static [&'static str],
    made: OnceLock<(TempDir, Package)>,
}

/// Files of the sample ladder, all of them.
const LADDER: &[&str] = &["avc1.", "mp4a.40.2", "wvtt"];

pub(crate) fn all() -> Vec<Case> {
    let mut all = vec![
        ladder("ladder", &[]),
        ladder("single_file", &["--single-file"]),
        ladder("time_template", &["--time-template"]),
        ladder("segment_per_gop", &["--segment-duration", "0"]),
        ladder("number_from_0", &["--number-from", "0"]),
        ladder("trick_play", &["--trick-play"]),
        ladder("average_bandwidth", &["--average-bandwidth"]),
        ladder("dash_only", &["--format", "dash"]),
        ladder("hls_only", &["--format", "hls"]),
    ];
    all.extend([
        film(
            "b_frames_29_97",
            &["libx264"],
            "30000/1001",
            &[
                "-map", "0", "-map", "1", "-c:v", "ENCODER", "-bf", "3", "-g", "60", "-c:a", "aac",
            ],
            &["avc1.", "mp4a.40.2"],
        ),
        film(
            "open_gop",
            &["libx264"],
            "25",
            &[
                "-map",
                "0",
                "-c:v",
                "ENCODER",
                "-bf",
                "3",
                "-g",
                "50",
                "-x264-params",
                "open-gop=1",
            ],
            &["avc1."],
        ),
        film(
            "hevc_hvc1",
            &["libx265"],
            "25",
            &[
                "-map",
                "0",
                "-c:v",
                "ENCODER",
                "-g",
                "50",
                "-x265-params",
                "log-level=none:open-gop=0",
                "-tag:v",
                "hvc1",
            ],
            &["hvc1."],
        ),
        film(
            "hevc_hev1_open_gop",
            &["libx265"],
            "25",
            &[
                "-map",
                "0",
                "-c:v",
                "ENCODER",
                "-x265-params",
                "log-level=none:open-gop=1:keyint=50:min-keyint=50",
                "-tag:v",
                "hev1",
            ],
            &["hev1."],
        ),
        film(
            "av1",
            &["libsvtav1", "libaom-av1"],
            "25",
            &["-map", "0", "-c:v", "ENCODER", "-g", "50"],
            &["av01."],
        ),
        film(
            "vp9",
            &["libvpx-vp9"],
            "25",
            &[
                "-map",
                "0",
                "-c:v",
                "ENCODER",
                "-b:v",
                "200k",
                "-deadline",
                "realtime",
                "-cpu-used",
                "8",
                "-g",
                "50",
            ],
            &["vp09."],
        ),
        film(
            "opus",
            &["libopus"],
            "25",
            &["-map", "1", "-c:a", "ENCODER"],
            &["opus"],
        ),
        film(
            "flac",
            &["flac"],
            "25",
            &["-map", "1", "-c:a", "ENCODER", "-strict", "-2"],
            &["flac"],
        ),
        film(
            "ac3",
            &["ac3"],
            "25",
            &["-map", "1", "-c:a", "ENCODER"],
            &["ac-3"],
        ),
        film(
            "eac3",
            &["eac3"],
            "25",
            &["-map", "1", "-c:a", "ENCODER"],
            &["ec-3"],
        ),
        film(
            "he_aac",
            &["libfdk_aac"],
            "25",
            &["-map", "1", "-c:a", "ENCODER", "-profile:a", "aac_he"],
            &["mp4a.40.5"],
        ),
        film(
            "several_languages",
            &["libx264"],
            "25",
            &[
                "-map",
                "0",
                "-map",
                "1",
                "-map",
                "1",
                "-map",
                "1",
                "-c:v",
                "ENCODER",
                "-g",
                "50",
                "-c:a:0",
                "aac",
                "-c:a:1",
                "aac",
                "-c:a:2",
                "ac3",
                "-metadata:s:a:0",
                "language=eng",
                "-metadata:s:a:1",
                "language=kor",
                "-metadata:s:a:2",
                "language=eng",
            ],
            &["avc1.", "mp4a.40.2", "ac-3"],
        ),
        film(
            "fragmented",
            &["libx264"],
            "25",
            &[
                "-map",
                "0",
                "-map",
                "1",
                "-c:v",
                "ENCODER",
                "-g",
                "50",
                "-c:a",
                "aac",
                "-movflags",
                "frag_keyframe+empty_moov+default_base_moof",
            ],
            &["avc1.", "mp4a.40.2"],
        ),
    ]);
    let subtitled = |name, path: &'static str| {
        let mut case = film(
            name,
            &["libx264"],
            "25",
            &["-map", "0", "-c:v", "ENCODER", "-g", "50"],
            &["avc1.", "wvtt"],
        );
        case.options = Box::leak(Box::new(["--subtitle", path]));
        case
    };
    all.push(subtitled("subtitles_vtt", "subtitles_en.vtt:en"));
    all.push(subtitled("subtitles_srt", "subtitles_ko.srt:ko"));
    all.push(subtitled("subtitles_ttml", "subtitles_en.ttml:en"));
    let mut tx3g = film(
        "subtitles_tx3g",
        &["libx264"],
        "25",
        &[
            "-i",
            "SUBTITLES",
            "-map",
            "0",
            "-map",
            "2",
            "-c:v",
            "ENCODER",
            "-g",
            "50",
            "-c:s",
            "mov_text",
        ],
        &["avc1.", "wvtt"],
    );
    tx3g.needs = vec![Need::Ffmpeg];
    all.push(tx3g);
    all
}

/// The sample ladder without options.
pub(crate) fn plain_ladder() -> Case {
    ladder("ladder", &[])
}

fn ladder(name: &'static str, options: &'static [&'static str]) -> Case {
    Case {
        name,
        needs: Vec::new(),
        encoders: &[],
        film: None,
        options,
        codecs: LADDER,
        made: OnceLock::new(),
    }
}

fn film(
    name: &'static str,
    encoders: &'static [&'static str],
    rate: &'static str,
    arguments: &'static [&'static str],
    codecs: &'static [&'static str],
) -> Case {
    Case {
        name,
        needs: vec![Need::Ffmpeg],
        encoders,
        film: Some((rate, arguments)),
        options: &[],
        codecs,
        made: OnceLock::new(),
    }
}

impl Case {
    /// Whether `ffmpeg` can make the input.
    pub(crate) fn has_encoders(&self) -> bool {
        self.encoders.is_empty() || Need::Ffmpeg.is_met() && self.encoder().is_some()
    }

    fn encoder(&self) -> Option<&'static str> {
        self.encoders
            .iter()
            .copied()
            .find(|name| clips::has_encoder(name))
    }

    pub(crate) fn has_dash(&self) -> bool {
        self.options != ["--format", "hls"]
    }

    pub(crate) fn has_hls(&self) -> bool {
        self.options != ["--format", "dash"]
    }

    /// The inputs, in their order.
    pub(crate) fn inputs(&self) -> Vec<PathBuf> {
        let (folder, _) = self.made();
        match self.film {
            Some(_) => vec![folder.path().join("film.mp4")],
            None => ["240p.mp4", "360p.mp4", "480p.mp4", "audio_ko.mp4"]
                .map(media::sample)
                .into(),
        }
    }

    pub(crate) fn package(&self) -> &Package {
        &self.made().1
    }

    fn made(&self) -> &(TempDir, Package) {
        self.made.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let mut arguments: Vec<OsString> = vec!["pack".into(), "-q".into()];
            match self.film {
                Some((rate, film)) => {
                    let path = folder.path().join("film.mp4");
                    self.make(&path, rate, film);
                    arguments.push(path.into());
                }
                None => {
                    let files = ["240p.mp4", "360p.mp4", "480p.mp4", "audio_ko.mp4"];
                    arguments.extend(files.map(|name| media::sample(name).into()));
                    for subtitle in ["subtitles_en.vtt:en", "subtitles_ko.srt:ko"] {
                        arguments.extend(["--subtitle".into(), media::sample(subtitle).into()]);
                    }
                }
            }
            for option in self.options {
                // Subtitles lie in the folder of the sample ladder.
                let is_file = option.starts_with("subtitles_");
                arguments.push(if is_file {
                    media::sample(option).into()
                } else {
                    option.into()
                });
            }
            let out = folder.path().join("out");
            arguments.extend(["-o".into(), out.clone().into()]);
            let arguments: Vec<_> = arguments.iter().map(OsString::as_os_str).collect();
            let output = process::run_packager(&arguments);
            assert_eq!(output.code(), Some(0), "{}", output.stderr);
            (folder, Package::read(&out))
        })
    }

    fn make(&self, path: &Path, rate: &str, film: &[&str]) {
        let encoder = self.encoder().unwrap_or_default();
        let subtitles = media::sample("subtitles_en.vtt");
        let film: Vec<&str> = film
            .iter()
            .map(|argument| match *argument {
                "ENCODER" => encoder,
                "SUBTITLES" => subtitles.to_str().expect("a path in UTF-8"),
                other => other,
            })
            .collect();
        clips::make(path, 8, rate, &film).expect("a film");
    }
}
