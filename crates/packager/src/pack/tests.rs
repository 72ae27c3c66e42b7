//! Encrypted packages of the sample ladder: what two runs have in common, and what they must not.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use cenc::drm::System;
use cenc::policy::{Audio, Policy};
use cenc::scheme::{IvSize, Scheme};
use keys::{GivenKeys, Source};
use media::Timescale;
use wm::{MasterKey, Strength};

use crate::job::{DrmSettings, IvSeed, Job, Protection, Schemes, VariantLayout, Watermark};
use crate::{MemorySink, Object, Plan, SALT_BYTES, Silent, Sink};

const KEY: &str = "all=00112233445566778899aabbccddeeff:0f0e0d0c0b0a09080706050403020100";
const OTHER: &str = "cbcs/all=10112233445566778899aabbccddeeff:1f0e0d0c0b0a09080706050403020100";

fn protection(schemes: Schemes) -> Protection {
    let mut given = GivenKeys::default();
    given.parse_argument(KEY).unwrap();
    if schemes == Schemes::Both {
        given.parse_argument(OTHER).unwrap();
    }
    Protection {
        schemes,
        source: Source::Given(given),
        policy: Policy {
            multi_key: None,
            audio: Audio::Encrypt,
        },
        systems: vec![System::Widevine, System::PlayReady],
        drm: DrmSettings::default(),
        iv_size: IvSize::Sixteen,
        iv_seed: None,
        clear_lead: Timescale::MILLISECONDS.time(0),
        tracktype_manifests: false,
    }
}

fn job(protection: Protection) -> Job {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let input = |name| folder.join(name).display().to_string();
    Job {
        protection: Some(protection),
        ..Job::new([input("240p.mp4"), input("360p.mp4")])
    }
}

fn marked(job: Job) -> Job {
    Job {
        content_id: Some("film".into()),
        watermark: Some(Watermark {
            key: Arc::new(MasterKey::from_bytes([7; 32])),
            strength: Strength::Normal,
            layout: VariantLayout::UnlabeledA,
        }),
        ..job
    }
}

fn seeded(schemes: Schemes) -> Job {
    job(Protection {
        iv_seed: IvSeed::parse("0123456789"),
        ..protection(schemes)
    })
}

type Objects = BTreeMap<String, Arc<[u8]>>;

fn objects(sink: &MemorySink) -> Objects {
    let paths = sink.paths().into_iter();
    paths
        .map(|path| (path.clone(), sink.object(&path).unwrap()))
        .collect()
}

fn run(job: &Job) -> Objects {
    let sink = MemorySink::default();
    let plan = Plan::new(job).unwrap();
    match job.watermark {
        Some(_) => plan.run_marked(&sink, &MemorySink::default(), &Silent),
        None => plan.run(&sink, &Silent),
    }
    .unwrap();
    objects(&sink)
}

fn differing<'o>(one: &'o Objects, other: &'o Objects) -> Vec<&'o str> {
    let paths = one.keys().chain(other.keys());
    let differing = paths.filter(|path| one.get(*path) != other.get(*path));
    differing.map(String::as_str).collect()
}

#[test]
fn a_seed_gives_the_same_bytes_on_any_number_of_threads() {
    for (schemes, single_file) in [
        (Schemes::Both, false),
        (Schemes::One(Scheme::Cens), true),
        (Schemes::One(Scheme::Cbc1), false),
    ] {
        let job = |threads| Job {
            threads: NonZeroUsize::new(threads),
            single_file,
            ..seeded(schemes)
        };
        let (one, three) = (run(&job(1)), run(&job(3)));
        assert_eq!(differing(&one, &three), [""; 0], "{schemes:?}");
    }
}

#[test]
fn without_a_seed_no_two_runs_have_the_same_ivs() {
    let job = job(protection(Schemes::One(Scheme::Cenc)));
    let (one, other) = (run(&job), run(&job));
    let media = one.keys().filter(|path| path.ends_with(".m4s")).count();
    let differing = differing(&one, &other);
    let differing = differing.iter().filter(|path| path.ends_with(".m4s"));
    assert!(media > 0);
    assert_eq!(differing.count(), 2 * media);
}

#[test]
fn one_file_holds_what_the_segments_hold() {
    for job in [
        seeded(Schemes::One(Scheme::Cenc)),
        marked(seeded(Schemes::One(Scheme::Cbcs))),
    ] {
        let single = Job {
            single_file: true,
            ..job.clone()
        };
        let (segments, files) = (run(&job), run(&single));
        let mut compared = 0;
        for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".mp4")) {
            let (folder, name) = path.rsplit_once('/').unwrap();
            let before = if name.starts_with("b.") { "b." } else { "" };
            let mut rest = &bytes[..];
            let init = name.trim_start_matches("b.").replace(".mp4", "_init.mp4");
            let init = segments.get(&format!("{folder}/{init}")).unwrap();
            rest = rest.strip_prefix(&init[..]).unwrap();
            // The index.
            let size = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            assert_eq!(&rest[4..8], b"sidx");
            rest = &rest[size..];
            for number in 1.. {
                let segment = format!("{folder}/{before}seg_{number}.m4s");
                let Some(segment) = segments.get(&segment) else {
                    break;
                };
                rest = rest.strip_prefix(&segment[..]).unwrap();
                compared += 1;
            }
            assert!(rest.is_empty(), "{path}");
        }
        assert!(compared >= 30, "{compared}");
    }
}

/// A sink that breaks when so many objects are in it.
struct Breaking<'s> {
    sink: &'s MemorySink,
    left: AtomicUsize,
}

impl Sink for Breaking<'_> {
    fn create<'s>(&'s self, path: &str) -> io::Result<Box<dyn Object + 's>> {
        let left = self
            .left
            .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
        left.map_err(|_| io::Error::other("full"))?;
        self.sink.create(path)
    }

    fn size_of(&self, path: &str) -> Option<u64> {
        self.sink.size_of(path)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.sink.read(path)
    }

    fn salt(&self) -> io::Result<[u8; SALT_BYTES]> {
        self.sink.salt()
    }

    fn finish(&self) -> io::Result<()> {
        self.sink.finish()
    }
}

#[test]
fn an_unfinished_run_goes_on_with_its_ivs() {
    let job = job(Protection {
        clear_lead: Timescale::MILLISECONDS.time(3000),
        ..protection(Schemes::Both)
    });
    let plan = Plan::new(&job).unwrap();
    let sink = MemorySink::default();
    let breaking = Breaking {
        sink: &sink,
        left: AtomicUsize::new(20),
    };
    plan.run(&breaking, &Silent).unwrap_err();
    let earlier = objects(&sink);
    plan.run(&sink, &Silent).unwrap();
    let whole = objects(&sink);
    assert_eq!(earlier.len(), 20);
    let changed = differing(&earlier, &whole);
    assert!(
        changed.iter().all(|path| !earlier.contains_key(*path)),
        "{changed:?}"
    );
}

#[test]
fn a_clear_lead_that_covers_everything_is_refused() {
    let job = job(Protection {
        clear_lead: Timescale::MILLISECONDS.time(30_000),
        ..protection(Schemes::One(Scheme::Cbcs))
    });
    let error = Plan::new(&job).unwrap_err().to_string();
    let expected = "clear_lead: is 30.000 s, expected at most the beginning of the last segment";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn keys_and_tracks_have_to_fit() {
    let refused = |text: &[&str], policy| {
        let mut given = GivenKeys::default();
        text.iter()
            .for_each(|text| given.parse_argument(text).unwrap());
        let protection = Protection {
            source: Source::Given(given),
            policy,
            ..protection(Schemes::One(Scheme::Cenc))
        };
        Plan::new(&job(protection)).unwrap_err().to_string()
    };
    let one = Policy {
        multi_key: None,
        audio: Audio::Encrypt,
    };
    let multi = Policy {
        multi_key: Some(cenc::policy::HeightLimits::USUAL),
        ..one
    };
    let sd = KEY.replace("all", "sd");
    assert_eq!(
        refused(&[&sd], multi),
        "key audio: none given, needed by audio en; with multi_key each track type needs a key, or \
         all serves the rest"
    );
    let hd = OTHER.replace("cbcs/all", "hd");
    let unused = refused(&[KEY, &hd], multi);
    assert!(
        unused.starts_with("key hd: no track uses it; tracks need"),
        "{unused}"
    );
    let with_iv = format!("{KEY}:00000000000000000000000000000001");
    let message = refused(&[&with_iv], one);
    assert!(
        message.starts_with("key all: IV: is of 16 bytes, expected none"),
        "{message}"
    );
}

#[test]
fn another_job_never_gets_the_ivs_of_one_before_in_the_same_sink() {
    let sink = MemorySink::default();
    let job = job(protection(Schemes::One(Scheme::Cbcs)));
    let path = "cmaf/video/avc1/240p/video_init.mp4";
    let init = |job: &Job| {
        Plan::new(job).unwrap().run(&sink, &Silent).unwrap();
        sink.object(path).unwrap()
    };
    let first = init(&job);
    let other = Job {
        content_id: Some("other".into()),
        ..job.clone()
    };
    sink.forget(path);
    assert_ne!(init(&other), first);
    sink.forget(path);
    assert_eq!(init(&job), first);
}

#[test]
fn a_seed_gives_other_content_another_constant_iv() {
    let iv = |input: usize| {
        let mut job = seeded(Schemes::One(Scheme::Cbcs));
        job.inputs = vec![job.inputs.remove(input)];
        let report = Plan::new(&job)
            .unwrap()
            .run(&MemorySink::default(), &Silent)
            .unwrap();
        report.tracks[0].protection.clone().unwrap().iv.unwrap()
    };
    assert_eq!(iv(0), iv(0));
    assert_ne!(iv(0), iv(1));
}

#[test]
fn keys_that_playlists_cannot_tell_apart_are_refused() {
    let mut given = GivenKeys::default();
    given.parse_argument(&KEY.replace("all", "audio")).unwrap();
    given
        .parse_argument(&OTHER.replace("cbcs/all", "sd"))
        .unwrap();
    let fairplay = |uri: &str| {
        job(Protection {
            source: Source::Given(given.clone()),
            systems: vec![System::FairPlay],
            drm: DrmSettings {
                fairplay_uri: Some(uri.into()),
                ..DrmSettings::default()
            },
            policy: Policy {
                multi_key: Some(cenc::policy::HeightLimits::USUAL),
                audio: Audio::Encrypt,
            },
            ..protection(Schemes::One(Scheme::Cbcs))
        })
    };
    let error = Plan::new(&fairplay("skd://film")).unwrap_err().to_string();
    assert!(
        error.contains("have one FairPlay key URI in playlists"),
        "{error}"
    );
    let plan = Plan::new(&fairplay("skd://film/{kid}")).unwrap();
    let told = plan
        .warnings()
        .iter()
        .filter(|text| text.contains("FairPlay licences hold the IV"));
    assert_eq!(told.count(), 2);
}
