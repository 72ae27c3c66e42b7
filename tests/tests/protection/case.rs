//! How films are encrypted.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tempfile::TempDir;
use tests::package::{Package, Track};
use tests::{arguments, process};

use crate::film::{self, Film, Kind, LIMITS};

/// `--scheme`.
const SCHEMES: [&str; 5] = ["cenc", "cens", "cbc1", "cbcs", "both"];

/// The watermark key of tests.
pub(crate) const WATERMARK_KEY: &str =
    "5e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7";

/// A film and options.
pub(crate) struct Case {
    pub(crate) film: Arc<Film>,
    scheme: &'static str,
    /// A key for each label.
    multi_key: bool,
    single_file: bool,
    clear_lead: bool,
    kind: Kind,
    iv_of_8: bool,
    made: OnceLock<(TempDir, Package)>,
}

/// A track of an encrypted package.
pub(crate) struct Protected {
    pub(crate) track: Track,
    /// Its scheme.
    pub(crate) scheme: String,
    /// Its KID in hex.
    pub(crate) kid: String,
    /// The key in hex, by its label in the tests' own list.
    pub(crate) key: String,
    /// How many segments at the start are clear.
    pub(crate) clear_segments: usize,
}

/// Every scheme with every film. The other options take turns so that each film meets each of them.
pub(crate) fn all() -> Vec<Case> {
    let mut all = Vec::new();
    for (number, film) in film::all().into_iter().map(Arc::new).enumerate() {
        for (turn, scheme) in SCHEMES.into_iter().enumerate() {
            let is_turn = |of: usize, offset: usize| (number + turn + offset).is_multiple_of(of);
            let single_file = is_turn(3, 0);
            all.push(Case {
                scheme,
                multi_key: is_turn(2, 1),
                single_file,
                clear_lead: is_turn(2, turn / 2),
                kind: match film.can_be_marked() {
                    true if !single_file => Kind::Marked,
                    _ if turn.is_multiple_of(2) => Kind::Furnished,
                    _ => Kind::Plain,
                },
                iv_of_8: is_turn(3, 1) && matches!(scheme, "cenc" | "cens" | "both"),
                film: film.clone(),
                made: OnceLock::new(),
            });
        }
    }
    for (number, film) in film::real().into_iter().map(Arc::new).enumerate() {
        for scheme in ["cenc", "cbcs"] {
            all.push(Case {
                scheme,
                multi_key: false,
                single_file: number.is_multiple_of(2),
                clear_lead: false,
                kind: Kind::Plain,
                iv_of_8: scheme == "cenc" && number.is_multiple_of(3),
                film: film.clone(),
                made: OnceLock::new(),
            });
        }
    }
    all
}

impl Case {
    /// The film, the scheme, and what else is asked for.
    pub(crate) fn name(&self) -> String {
        let words = [
            (self.multi_key, "multi_key"),
            (self.single_file, "single_file"),
            (self.clear_lead, "clear_lead"),
            (self.kind == Kind::Marked, "marked"),
            (self.kind == Kind::Furnished, "trick_play_and_clear_text"),
            (self.has_clear_sound(), "clear_sound"),
            (self.iv_of_8, "iv_of_8"),
        ];
        let words = words.into_iter().filter(|(is_asked, _)| *is_asked);
        let words: Vec<_> = words.map(|(_, word)| word).collect();
        format!(
            "{}::{}::{}",
            self.film.name,
            self.scheme,
            words.join("_and_")
        )
    }

    pub(crate) fn is_marked(&self) -> bool {
        self.kind == Kind::Marked
    }

    /// Whether subtitles, and sound if there is any, stay clear.
    pub(crate) fn has_clear_tracks(&self) -> bool {
        self.kind == Kind::Furnished
    }

    fn has_clear_sound(&self) -> bool {
        self.has_clear_tracks() && self.film.has_sound()
    }

    pub(crate) fn has_ivs(&self) -> bool {
        self.scheme == "cbc1"
    }

    pub(crate) fn uses_counters(&self) -> bool {
        matches!(self.scheme, "cenc" | "cens" | "both")
    }

    /// `packager verify` finds nothing, without keys and with them.
    pub(crate) fn verify(&self) {
        let root = self.package().file("");
        let (folder, _) = self.made.get().expect("the package is made");
        let keys = folder.path().join("keys");
        for arguments in [
            arguments!["verify", &root],
            &arguments!["verify", &root, "--key-file", &keys][..],
        ] {
            let output = process::run_packager(arguments);
            let said = format!("{}{}", output.text(), output.stderr);
            assert_eq!(output.code(), Some(0), "{said}");
        }
    }

    /// The same without keys.
    pub(crate) fn clear(&self) -> &Package {
        // The key has to be a file for that.
        self.package();
        let (folder, _) = self.made.get().expect("the package is made");
        let key = folder.path().join("watermark");
        self.film.clear(self.kind, &key.to_string_lossy())
    }

    /// Its package.
    pub(crate) fn package(&self) -> &Package {
        let (_, package) = self.made.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let out = folder.path().join("out");
            self.pack(&folder, &out);
            (folder, Package::read(&out))
        });
        package
    }

    fn pack(&self, folder: &TempDir, out: &Path) {
        let keys = secret_file(folder, "keys", &self.key_lines().join("\n"));
        let watermark = secret_file(folder, "watermark", WATERMARK_KEY);
        let mut options: Vec<String> = Vec::new();
        let mut add = |words: &[&str]| options.extend(words.iter().map(|word| word.to_string()));
        add(&["--scheme", self.scheme, "--key-file", &keys, "--drm"]);
        add(&[match self.scheme {
            "cbcs" => "widevine,playready,fairplay,common",
            "both" => "widevine,fairplay,playready",
            "cenc" => "widevine,playready",
            _ => "none",
        }]);
        if self.multi_key {
            add(&["--multi-key"]);
            add(&LIMITS);
        }
        if self.single_file {
            add(&["--single-file"]);
        }
        if self.clear_lead {
            add(&["--clear-lead", "0.5"]);
        }
        if self.iv_of_8 {
            add(&["--iv-size", "8"]);
        }
        if self.has_clear_sound() {
            add(&["--skip-audio-encryption"]);
        }
        options.extend(self.kind.options(&watermark));
        film::pack(&self.film.inputs(), &options, out);
    }

    fn labels(&self) -> Vec<&'static str> {
        if !self.multi_key {
            return vec!["all"];
        }
        let mut labels = self.film.labels().to_vec();
        labels.retain(|label| !self.has_clear_tracks() || *label != "audio");
        labels
    }

    /// KIDs and keys in hex, as the packager is given them.
    fn keys(&self) -> Vec<(String, String, String)> {
        let schemes: &[&str] = match self.scheme {
            "both" => &["cenc/", "cbcs/"],
            _ => &[""],
        };
        let mut all = Vec::new();
        for (tree, scheme) in schemes.iter().enumerate() {
            for (number, label) in self.labels().iter().enumerate() {
                let number = 16 * tree + number;
                let kid = format!("f0e1d2c3b4a5968778695a4b3c2d1e{number:02x}");
                let key = format!("4b1d6e2f0a9c8b7d5e3f1a2b3c4d5e{number:02x}");
                all.push((format!("{scheme}{label}"), kid, key));
            }
        }
        all
    }

    fn key_lines(&self) -> Vec<String> {
        let line = |(label, kid, key): (String, String, String)| format!("{label}={kid}:{key}");
        self.keys().into_iter().map(line).collect()
    }

    /// Every protected track, with what `package.json` says of its protection and the key for it.
    pub(crate) fn tracks(&self) -> Vec<Protected> {
        let keys = self.keys();
        let protected = |(track, protection): (Track, Value)| {
            let text = |name: &str| protection[name].as_str().map(str::to_string);
            let kid = text("kid")?.replace('-', "");
            let key = keys.iter().find(|(_, known, _)| *known == kid);
            let (_, _, key) = key.unwrap_or_else(|| panic!("{}: KID {kid}", track.folder));
            Some(Protected {
                scheme: text("scheme")?,
                key: key.clone(),
                clear_segments: protection["clear_segments"].as_u64().unwrap_or(0) as usize,
                kid,
                track,
            })
        };
        self.said().into_iter().filter_map(protected).collect()
    }

    /// Every track that is not protected.
    pub(crate) fn clear_tracks(&self) -> Vec<Track> {
        let clear = |(track, said): (Track, Value)| said.is_null().then_some(track);
        self.said().into_iter().filter_map(clear).collect()
    }

    /// Every track with `protection` in `package.json`.
    fn said(&self) -> Vec<(Track, Value)> {
        let package = self.package();
        let said = package.report()["tracks"].as_array().expect("tracks");
        let said = said.iter().map(|track| track["protection"].clone());
        package.tracks().into_iter().zip(said).collect()
    }
}

/// Writes a file that its owner alone can read; gives its path.
pub(crate) fn secret_file(folder: &TempDir, name: &str, text: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join(name);
    fs::write(&path, text).expect("the key can be written");
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(&path, mode).expect("permissions can be set");
    path.to_string_lossy().into_owned()
}
