//! The same film, key and position give the same bytes, whoever marks and in whatever order.

use std::thread;

use libtest_mimic::Trial;
use tests::harness::{self, Need};
use tests::marking::film::{Film, key};
use tests::media;
use wm::h264::{Settings, Twins, mark};
use wm::{ContentKey, MasterKey, Strength};

/// A stream of fields and MBAFF frames.
const FIELDS: &str = "h264-conf/frext/FRExt4_Panasonic.avc";

/// Trials.
pub(crate) fn tests() -> Vec<Trial> {
    let ladder = || film("testdata/240p.mp4");
    let fields = || film(FIELDS);
    vec![
        harness::test("threads_give_equal_bytes::ladder", &[], move || {
            threads(&ladder())
        }),
        harness::test(
            "threads_give_equal_bytes::fields",
            &[Need::Media],
            move || {
                threads(&fields());
            },
        ),
        harness::test("other_secrets_give_other_bytes", &[], move || {
            secrets(&ladder())
        }),
    ]
}

fn film(path: &str) -> Film {
    let file = match path.strip_prefix("testdata/") {
        Some(name) => media::sample(name),
        None => media::shared().join(path),
    };
    // Three segments of the ladder.
    Film::read(&file)
        .expect("a film")
        .expect("H.264")
        .cut(110, 400_000)
}

/// One segment, position and key after the other.
fn marked(film: &Film, segment: usize, position: u32, key: &ContentKey) -> Vec<Option<Twins>> {
    let streams = film.streams().expect("parameter sets");
    let (range, stream) = streams.into_iter().nth(segment).expect("a segment");
    let samples: Vec<&[u8]> = film.samples[range].iter().map(Vec::as_slice).collect();
    let settings = Settings::new(Strength::Normal);
    let marked = mark(&stream, &settings, key, position, &samples).expect("a marked segment");
    marked.samples
}

fn threads(film: &Film) {
    let segments: Vec<usize> = (0..film.segments().len()).collect();
    let alone: Vec<_> = segments
        .iter()
        .map(|segment| marked(film, *segment, *segment as u32, &key()))
        .collect();
    assert!(
        alone
            .iter()
            .flatten()
            .flatten()
            .any(|twins| twins.zero != twins.one)
    );
    let together: Vec<_> = thread::scope(|scope| {
        // The last first, all at once.
        let running: Vec<_> = segments
            .iter()
            .rev()
            .map(|segment| scope.spawn(|| marked(film, *segment, *segment as u32, &key())))
            .collect();
        let done = running.into_iter().rev();
        done.map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert!(alone == together, "threads change bytes");
}

fn secrets(film: &Film) {
    let of = |position, key: &ContentKey| marked(film, 0, position, key);
    let one = of(0, &key());
    assert!(one == of(0, &key()), "marking twice changes bytes");
    assert!(one != of(1, &key()), "positions look alike");
    let content = MasterKey::from_bytes([7; 32]).content("another film");
    assert!(one != of(0, &content), "contents look alike");
    let master = MasterKey::from_bytes([8; 32]).content("film");
    assert!(one != of(0, &master), "keys look alike");
}
