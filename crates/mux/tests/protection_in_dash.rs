//! What MPDs say of encryption, as a foreign parser finds it.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod scenarios;

use dash_mpd_core::AdaptationSet;
use mux::Presentation;
use mux::presentation::{DashProtection, Protection, TrickPlay};

use scenarios::protection::{
    clear_lead, documents, of_dash, of_system, protection, widevine, with,
};
use scenarios::{of, video};

fn sets(mpd: &str) -> Vec<AdaptationSet> {
    dash_mpd_core::parse(mpd)
        .unwrap()
        .periods
        .remove(0)
        .adaptations
}

#[test]
fn a_dash_player_finds_the_key_of_every_representation() {
    for scenario in scenarios::all() {
        let presentation = &scenario.presentation;
        let sets = sets(&documents(presentation, "dash")["stream.mpd"]);
        for rendition in &presentation.renditions {
            let is_it = |set: &&AdaptationSet| {
                let mut ids = set.representations.iter().map(|item| item.id.as_deref());
                ids.any(|id| id == Some(&rendition.id))
            };
            let set = sets.iter().find(is_it).unwrap();
            let Some(protection) = &rendition.protection else {
                assert!(set.ContentProtection.is_empty(), "{}", rendition.id);
                continue;
            };
            let encrypted = &set.ContentProtection[0];
            assert_eq!(encrypted.schemeIdUri, "urn:mpeg:dash:mp4protection:2011");
            assert_eq!(encrypted.value, Some(protection.scheme.to_string()));
            assert_eq!(encrypted.default_KID, Some(protection.kid_uuid()));
            let announced = protection.systems.iter().filter(|one| one.dash.is_some());
            assert_eq!(set.ContentProtection.len(), 1 + announced.count());
        }
    }
}

#[test]
fn systems_are_told_what_they_were_given() {
    let presentation = scenarios::all()
        .into_iter()
        .find(|scenario| scenario.name == "encrypted_with_one_key")
        .unwrap()
        .presentation;
    let sets = sets(&documents(&presentation, "dash")["stream.mpd"]);
    let found = &sets[0].ContentProtection;
    let uris: Vec<&str> = found.iter().map(|one| one.schemeIdUri.as_str()).collect();
    // FairPlay is not for DASH.
    assert_eq!(
        uris[1..],
        [
            "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",
            "urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95",
            "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e",
        ]
    );
    // By `base64` of coreutils.
    let pssh = found[1].cenc_pssh[0].content.as_deref();
    assert_eq!(
        pssh,
        Some("AAAAI3Bzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAMBAQE=")
    );
    let object = found[2].msprpro.as_ref().unwrap().content.as_deref();
    assert_eq!(object, Some("AQEBAQ=="));
    let url = found[3].laurl.as_ref().or(found[3].clearkey_laurl.as_ref());
    let url = url.unwrap().content.as_deref();
    assert_eq!(url, Some("https://keys.example/?title=1&all=yes"));
}

#[test]
fn namespaces_are_declared_where_they_are_used() {
    let declared = |presentation: &Presentation| -> Vec<&'static str> {
        let mpd = &documents(presentation, "dash")["stream.mpd"];
        ["cenc", "mspr", "dashif"]
            .into_iter()
            .filter(|prefix| mpd.contains(&format!("xmlns:{prefix}=")))
            .collect()
    };
    let clear = of(vec![video("720p", 1280, 720, 3_000)]);
    assert_eq!(declared(&clear), [""; 0]);
    assert_eq!(declared(&of_system(b"cbcs", widevine(1))), ["cenc"]);
    let url = of_dash(DashProtection::Facts {
        pssh: None,
        playready_object: None,
        licence_url: Some("https://a.example".into()),
    });
    assert_eq!(declared(&url), ["cenc", "dashif"]);
    let xml = of_dash(DashProtection::Xml("<mspr:pro>AA==</mspr:pro>".into()));
    assert_eq!(declared(&xml), ["cenc", "mspr"]);
}

/// The ids of the other sets that each set of video may be switched to.
fn switchable(presentation: &Presentation) -> Vec<Option<String>> {
    let sets = sets(&documents(presentation, "dash")["stream.mpd"]);
    let switching = |set: &AdaptationSet| {
        let mut all = set.supplemental_property.iter();
        let found = all.find(|one| one.schemeIdUri.ends_with("adaptation-set-switching:2016"));
        found.and_then(|one| one.value.clone())
    };
    sets.iter().map(switching).collect()
}

#[test]
fn sets_that_differ_in_the_key_alone_are_linked_for_switching() {
    let pair = |low: Option<Protection>, high: Option<Protection>| {
        let mut low_video = video("480p", 854, 480, 1_000);
        low_video.protection = low;
        let mut high_video = video("720p", 1280, 720, 3_000);
        high_video.protection = high;
        switchable(&of(vec![low_video, high_video]))
    };
    let one = |scheme, key| Some(protection(scheme, key, vec![widevine(key)]));
    let linked = [Some("2".to_string()), Some("1".to_string())];
    assert_eq!(pair(one(b"cbcs", 1), one(b"cbcs", 2)), linked);
    // One set needs no link.
    assert_eq!(pair(one(b"cbcs", 1), one(b"cbcs", 1)), [None]);
    // Equal key, and something else to say of it.
    let mut other = one(b"cbcs", 1);
    other.as_mut().unwrap().systems.clear();
    let low = one(b"cbcs", 1);
    let mut renditions = vec![
        video("480p", 854, 480, 1_000),
        video("720p", 1280, 720, 3_000),
    ];
    renditions[0].protection = low;
    renditions[1].protection = other;
    let dash = &documents(&of(renditions), "dash")["stream.mpd"];
    assert_eq!(sets(dash).len(), 2);
    // Another scheme, or none, takes another decoder.
    assert_eq!(pair(one(b"cenc", 1), one(b"cbcs", 2)), [None, None]);
    assert_eq!(pair(None, one(b"cbcs", 1)), [None, None]);
}

#[test]
fn a_content_protection_stays_on_the_set_through_a_clear_lead() {
    let clear = documents(&clear_lead(true), "dash");
    let mut whole = clear_lead(true);
    for rendition in &mut whole.renditions {
        if let Some(protection) = &mut rendition.protection {
            protection.clear_segments = 0;
        }
    }
    assert_eq!(clear, documents(&whole, "dash"));
}

#[test]
fn trick_play_of_another_key_has_a_set_of_its_own() {
    let main = video("720p", 1280, 720, 3_000);
    let trick_play = |id: &str, key| {
        let mut pictures = video(id, 1280, 720, 100);
        pictures.trick_play = Some(TrickPlay {
            of: main.id.clone(),
            max_playout_rate: 8,
        });
        with(pictures, &protection(b"cbcs", key, vec![widevine(key)]))
    };
    let one = protection(b"cbcs", 1, vec![widevine(1)]);
    for (second, count) in [(1, 2), (2, 3)] {
        let presentation = of(vec![
            with(main.clone(), &one),
            trick_play("one", 1),
            trick_play("two", second),
        ]);
        let sets = sets(&documents(&presentation, "dash")["stream.mpd"]);
        assert_eq!(sets.len(), count);
    }
}
