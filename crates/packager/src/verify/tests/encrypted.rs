//! Encrypted packages of the sample ladder, sound and broken in one place at a time.

mod packages;

use cenc::Kid;

use packages::{AUDIO, Kind, Objects, Package, VIDEO, boxed, edit};

/// What is found in `kind` after `break_it` has a line that starts with `line`.
#[track_caller]
fn breaks(kind: Kind, break_it: impl FnOnce(&mut Objects), line: &str) {
    let mut package = Package::of(kind);
    break_it(&mut package.objects);
    let found = package.findings(&[]);
    let first = found.first().map(String::as_str).unwrap_or("nothing");
    let is_found = found.iter().any(|finding| finding.starts_with(line));
    assert!(is_found, "{line}\nfound {}: {first}", found.len());
}

/// The last 1 of the 32 bits at `at` changed.
fn flip(bytes: &mut [u8], at: usize) {
    bytes[at + 3] ^= 1;
}

#[test]
fn sound_packages_have_no_findings_with_keys_and_without() {
    for (kind, segments, clear) in [
        (Kind::Cenc, 20, 0),
        (Kind::Cens, 20, 0),
        (Kind::Cbc1, 20, 0),
        (Kind::Cbcs, 16, 4),
        (Kind::Both, 40, 0),
        (Kind::Eight, 20, 0),
        (Kind::Single, 20, 0),
        (Kind::MultiKey, 30, 0),
        (Kind::Marked, 30, 0),
        (Kind::TrickPlay, 30, 0),
    ] {
        let package = Package::of(kind);
        let without = package.verify(&[]).unwrap();
        assert_eq!(package.findings(&[]), [""; 0], "{kind:?}");
        let found = without.encrypted.unwrap();
        assert_eq!((found.segments, found.clear), (segments, clear), "{kind:?}");
        assert_eq!((found.decrypted, found.untold), (0, 0), "{kind:?}");
        assert!(!found.without_key.is_empty());
        let with = package.verify(&package.keys()).unwrap();
        assert_eq!(package.findings(&package.keys()), [""; 0], "{kind:?}");
        let found = with.encrypted.unwrap();
        assert_eq!((found.decrypted, found.untold), (segments, 0), "{kind:?}");
        assert_eq!(found.without_key, [""; 0]);
    }
}

#[test]
fn a_wrong_key_is_found_in_every_segment() {
    for kind in [Kind::Cenc, Kind::Cens, Kind::Cbc1, Kind::Cbcs] {
        let package = Package::of(kind);
        let mut keys = package.keys();
        keys.iter_mut()
            .for_each(|key| key.key = cenc::Key::from_bytes([0x5a; 16]));
        let found = package.findings(&keys);
        let expected = package.verify(&[]).unwrap().encrypted.unwrap().segments;
        let wrong = found
            .iter()
            .filter(|line| line.contains(": decrypted samples: is "));
        assert_eq!(wrong.count(), expected, "{kind:?}: {:?}", found.first());
        assert!(found.iter().all(|line| !line.contains("5a5a")));
    }
}

#[test]
fn a_key_of_no_track_is_refused() {
    let package = Package::of(Kind::Cenc);
    let mut keys = package.keys();
    keys[0].kid = Kid([7; 16]);
    let error = package.verify(&keys).unwrap_err().to_string();
    assert_eq!(
        error,
        "key of KID 07070707-0707-0707-0707-070707070707: no track uses it; tracks use \
         00112233-4455-6677-8899-aabbccddeeff"
    );
}

#[test]
fn clear_samples_under_a_promise_of_encryption_are_found_without_keys() {
    for kind in [Kind::Cenc, Kind::Cens, Kind::Cbc1, Kind::Cbcs] {
        let clear = Package::of(Kind::Clear);
        let mut package = Package::of(kind);
        for (path, bytes) in &mut package.objects {
            let Some(clear) = clear.objects.get(path).filter(|_| path.ends_with(".m4s")) else {
                continue;
            };
            // Samples stand at the end of both, and are equally long.
            let length = clear.len() - boxed(clear, b"mdat");
            let at = bytes.len() - length;
            bytes[at..].copy_from_slice(&clear[clear.len() - length..]);
        }
        let found = package.findings(&[]);
        let expected = package.verify(&[]).unwrap().encrypted.unwrap().segments;
        let lines = found
            .iter()
            .filter(|line| line.contains(": protected bytes: is "));
        assert_eq!(lines.count(), expected, "{kind:?}: {:?}", found.first());
    }
}

#[test]
fn a_clear_lead_whose_samples_are_encrypted_is_found() {
    let mut package = Package::of(Kind::Cbcs);
    let encrypted = Package::of(Kind::Cenc).objects;
    for path in [format!("{VIDEO}/seg_1.m4s"), format!("{AUDIO}/seg_1.m4s")] {
        let other = &encrypted[&path];
        let samples = &other[boxed(other, b"mdat")..];
        let bytes = package.objects.get_mut(&path).unwrap();
        let at = bytes.len() - samples.len();
        bytes[at..].copy_from_slice(samples);
        let found = package.findings(&[]);
        let is_found = |line: &String| line.starts_with(&format!("{path}: samples: is "));
        assert!(found.iter().any(is_found), "{found:?}");
    }
}

#[test]
fn a_counter_used_twice_is_found() {
    for kind in [Kind::Cenc, Kind::Eight] {
        let twice = |objects: &mut Objects| {
            let bytes = objects.get_mut(&format!("{VIDEO}/seg_1.m4s")).unwrap();
            let senc = boxed(bytes, b"senc");
            let iv: Vec<u8> = bytes[senc + 8..senc + 24].to_vec();
            let other = objects.get_mut(&format!("{VIDEO}/seg_2.m4s")).unwrap();
            let senc = boxed(other, b"senc");
            let size = if kind == Kind::Eight { 8 } else { 16 };
            other[senc + 8..senc + 8 + size].copy_from_slice(&iv[..size]);
        };
        let mut package = Package::of(kind);
        twice(&mut package.objects);
        let found = package.findings(&[]);
        // Either may be told first.
        let [line] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(
            line.contains(": counter ") && line.contains("as well, expected each counter once")
        );
        assert!(
            line.contains("seg_1.m4s") && line.contains("seg_2.m4s"),
            "{line}"
        );
    }
}

#[test]
fn boxes_that_do_not_fit_the_samples_are_found() {
    let path = format!("{VIDEO}/seg_1.m4s");
    let cases: [(&[u8; 4], usize, &str); 5] = [
        (
            b"senc",
            4,
            "senc sample_count: is 61, expected 60, as in trun",
        ),
        (b"senc", 24, "bytes of subsamples of sample 1: is "),
        (b"saiz", 5, "saiz"),
        (b"saio", 8, "saio offset: is "),
        (b"saiz", 1, "saiz sample_info_size: is "),
    ];
    for (kind, at, what) in cases {
        let change = |objects: &mut Objects| {
            let bytes = objects.get_mut(&path).unwrap();
            let found = boxed(bytes, kind) + at;
            flip(bytes, found);
        };
        let mut package = Package::of(Kind::Cenc);
        change(&mut package.objects);
        let found = package.findings(&[]);
        let is_found = found
            .iter()
            .any(|line| line.starts_with(&path) && line.contains(what));
        assert!(is_found, "{what}: {found:?}");
    }
}

#[test]
fn ranges_that_do_not_begin_behind_slice_headers_are_found() {
    let shift = |objects: &mut Objects| {
        let bytes = objects.get_mut(&format!("{VIDEO}/seg_1.m4s")).unwrap();
        // The first protected range of the first sample: a byte more is clear, one less protected.
        let senc = boxed(bytes, b"senc");
        let mut rows = (senc + 26..).step_by(6);
        let at = rows.find(|at| bytes[at + 2..at + 6] != [0; 4]).unwrap();
        let clear = u16::from_be_bytes([bytes[at], bytes[at + 1]]) + 1;
        bytes[at..at + 2].copy_from_slice(&clear.to_be_bytes());
        let protected = u32::from_be_bytes(bytes[at + 2..at + 6].try_into().unwrap()) - 1;
        bytes[at + 2..at + 6].copy_from_slice(&protected.to_be_bytes());
    };
    let line = format!("{VIDEO}/seg_1.m4s: moof/traf/senc: protected bytes of sample 1: is ");
    breaks(Kind::Cenc, shift, &line);
}

#[test]
fn missing_boxes_are_found() {
    for (kind, name, what) in [
        (
            Kind::Cenc,
            b"senc",
            "saiz: is there, expected none without senc",
        ),
        (
            Kind::Cenc,
            b"saiz",
            "saiz: is missing, expected one beside senc",
        ),
        (
            Kind::Cbcs,
            b"sgpd",
            "sgpd: is missing, expected one beside sbgp of type seig",
        ),
    ] {
        let rename = |objects: &mut Objects| {
            let bytes = objects.get_mut(&format!("{VIDEO}/seg_1.m4s")).unwrap();
            let at = boxed(bytes, name);
            bytes[at - 4..at].copy_from_slice(b"free");
        };
        breaks(
            kind,
            rename,
            &format!("{VIDEO}/seg_1.m4s: moof/traf: {what}"),
        );
    }
}

#[test]
fn a_clear_lead_of_other_length_than_promised_is_found() {
    let longer = |objects: &mut Objects| {
        edit(
            objects,
            "package.json",
            "\"clear_segments\": 2",
            "\"clear_segments\": 3",
        );
    };
    let line = format!(
        "{VIDEO}/seg_3.m4s: moof/traf: samples: is encrypted, expected clear: only segments 1 to 3"
    );
    breaks(Kind::Cbcs, longer, &line);
    let shorter = |objects: &mut Objects| {
        edit(
            objects,
            "package.json",
            "\"clear_segments\": 2",
            "\"clear_segments\": 1",
        );
    };
    let line = format!(
        "{AUDIO}/seg_2.m4s: moof/traf: samples: is clear, expected encrypted: only segment 1 is"
    );
    breaks(Kind::Cbcs, shorter, &line);
}

#[test]
fn a_report_that_promises_something_else_is_found() {
    type Case = (&'static str, &'static str, &'static str);
    let cases: [Case; 3] = [
        (
            "\"scheme\": \"cenc\"",
            "\"scheme\": \"cbcs\"",
            "scheme_type: is cenc, expected cbcs",
        ),
        (
            "-aabbccddeeff\"",
            "-aabbccddeefe\"",
            "default_KID: is 00112233-4455-6677-8899-aabbccddeeff, expected",
        ),
        (
            "\"protection\"",
            "\"other\"",
            "sample entries: is encrypted, expected clear",
        ),
    ];
    for (from, to, what) in cases {
        let change = |objects: &mut Objects| edit(objects, "package.json", from, to);
        breaks(
            Kind::Cenc,
            change,
            &format!("{VIDEO}/video_init.mp4: moov: {what}"),
        );
    }
    let promise = |objects: &mut Objects| {
        let protection = "\"protection\": {\"scheme\": \"cenc\", \"kid\": \"x\"}, \"source\"";
        edit(objects, "package.json", "\"source\"", protection);
    };
    let line = "sample entries: is clear, expected encrypted with cenc, as in package.json";
    breaks(
        Kind::Clear,
        promise,
        &format!("{VIDEO}/video_init.mp4: moov: {line}"),
    );
}

#[test]
fn a_playready_object_beside_a_box_is_looked_into_too() {
    let mut package = Package::of(Kind::Cenc);
    let path = "cmaf/stream.mpd";
    let text = String::from_utf8(package.objects[path].to_vec()).unwrap();
    let old = text
        .split("<mspr:pro>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let key = cenc::Key::from_bytes([9; 16]);
    let header = cenc::drm::playready::PlayReadyHeader {
        version: cenc::drm::playready::HeaderVersion::V4_0,
        keys: &[(cenc::Kid([9; 16]), &key)],
        algorithm: cenc::scheme::Algorithm::AesCtr,
        licence_url: None,
        custom_attributes: None,
    };
    let new = cenc::base64(&header.object().unwrap());
    edit(&mut package.objects, path, old, &new);
    let found = package.findings(&[]);
    let told = |line: &&String| line.contains("09090909-0909-0909-0909-090909090909");
    assert!(found.iter().any(|line| told(&line)), "{found:?}");
}

#[test]
fn an_mpd_that_announces_something_else_is_found() {
    let at = "cmaf/stream.mpd: Representation video-avc1-240p: ";
    let cases: [(&str, &str, &str); 4] = [
        (
            "value=\"cenc\"",
            "value=\"cbcs\"",
            "@value: is cbcs, expected cenc, as in schm",
        ),
        (
            "default_KID=\"00112233",
            "default_KID=\"10112233",
            "@cenc:default_KID: is 10112233-4455-6677-8899-aabbccddeeff, expected 00112233",
        ),
        (
            "mp4protection",
            "mp4protectiom",
            "ContentProtection of mp4protection: is 0, expected 1",
        ),
        (
            "<cenc:pssh>",
            "<cenc:pssh>!",
            "KIDs of cenc:pssh or mspr:pro: is no base64, expected",
        ),
    ];
    for (from, to, what) in cases {
        let change = |objects: &mut Objects| edit(objects, "cmaf/stream.mpd", from, to);
        let mut package = Package::of(Kind::Cenc);
        change(&mut package.objects);
        let found = package.findings(&[]);
        let is_found = found
            .iter()
            .any(|line| line.starts_with(at) && line.contains(what));
        assert!(is_found, "{what}: {found:?}");
    }
    let announce = |objects: &mut Objects| {
        let key = "<ContentProtection schemeIdUri=\"urn:mpeg:dash:mp4protection:2011\"/><Role";
        edit(objects, "cmaf/stream.mpd", "<Role", key);
    };
    breaks(
        Kind::Clear,
        announce,
        &format!("{at}ContentProtection: is there, expected none"),
    );
}

#[test]
fn playlists_that_announce_something_else_are_found() {
    let playlist = format!("{VIDEO}/stream.m3u8");
    let cases: [(&str, &str, &str); 4] = [
        (
            "METHOD=SAMPLE-AES,",
            "METHOD=SAMPLE-AES-CTR,",
            "METHOD: is SAMPLE-AES-CTR, expected",
        ),
        (
            "KEYID=0x00",
            "KEYID=0x01",
            "KEYID: is 01112233-4455-6677-8899-aabbccddeeff, expected",
        ),
        (
            "#EXT-X-KEY",
            "#EXT-X-KAY",
            "EXT-X-KEY: is missing, expected one before segment 3",
        ),
        ("base64,AAAA", "base64,AAAB", "KIDs of URI: is "),
    ];
    for (from, to, what) in cases {
        let mut package = Package::of(Kind::Cbcs);
        edit(&mut package.objects, &playlist, from, to);
        let found = package.findings(&[]);
        let is_found = |line: &String| line.starts_with(&playlist) && line.contains(what);
        assert!(found.iter().any(is_found), "{what}: {found:?}");
    }
    let early = |objects: &mut Objects| {
        let text = String::from_utf8(objects[&playlist].clone()).unwrap();
        let key = text
            .lines()
            .find(|line| line.starts_with("#EXT-X-KEY"))
            .unwrap();
        let first = text
            .replace(key, "")
            .replacen("#EXTINF", &format!("{key}\n#EXTINF"), 1);
        objects.insert(playlist.clone(), first.into_bytes());
    };
    let mut package = Package::of(Kind::Cbcs);
    early(&mut package.objects);
    let expected = "EXT-X-KEY: is before segment 1, expected before segment 3, the first encrypted";
    let found = package.findings(&[]);
    assert!(
        found.iter().any(|line| line.contains(expected)),
        "{found:?}"
    );
}

#[test]
fn frames_of_trick_play_are_announced_as_their_segments_are() {
    let playlist = format!("{VIDEO}/iframe.m3u8");
    let remove = |objects: &mut Objects| edit(objects, &playlist, "#EXT-X-KEY", "#EXT-X-KAY");
    let line = format!("{playlist}: EXT-X-KEY: is missing, expected one before segment 3");
    breaks(Kind::Cbcs, remove, &line);
}

#[test]
fn session_keys_are_those_of_the_media_playlists() {
    let remove = |objects: &mut Objects| {
        edit(
            objects,
            "cmaf/master.m3u8",
            "#EXT-X-SESSION-KEY",
            "#EXT-X-SESSION-KAY",
        );
    };
    let line = "cmaf/master.m3u8: EXT-X-SESSION-KEY: is missing, expected one of KEYFORMAT";
    breaks(Kind::Cbcs, remove, line);
    // A manifest of a track type names the keys of its own tracks alone.
    let more = |objects: &mut Objects| {
        let text = String::from_utf8(objects["cmaf/master.m3u8"].clone()).unwrap();
        let keys = text
            .lines()
            .filter(|line| line.starts_with("#EXT-X-SESSION-KEY"));
        let keys: Vec<&str> = keys.collect();
        let path = "cmaf/master_SD_ONLY.m3u8";
        let own = String::from_utf8(objects[path].clone()).unwrap();
        let foreign = keys.iter().find(|key| !own.contains(**key)).unwrap();
        edit(
            objects,
            path,
            "#EXT-X-INDEPENDENT",
            &format!("{foreign}\n#EXT-X-INDEPENDENT"),
        );
    };
    let mut package = Package::of(Kind::MultiKey);
    more(&mut package.objects);
    let found = package.findings(&[]);
    let line = "EXT-X-SESSION-KEY: is of no use, expected a key of one of its media playlists";
    let is_found = |found: &String| found.starts_with("cmaf/master_SD") && found.contains(line);
    assert!(found.iter().any(is_found), "{found:?}");
}

#[test]
fn encrypted_boxes_of_a_clear_track_are_found() {
    let mix = |objects: &mut Objects| {
        let encrypted = Package::of(Kind::Cenc).objects;
        let path = format!("{VIDEO}/seg_1.m4s");
        objects.insert(path.clone(), encrypted[&path].clone());
    };
    let line = format!("{VIDEO}/seg_1.m4s: moof/traf: senc: is there, expected none: the track");
    breaks(Kind::Clear, mix, &line);
}

#[test]
fn twins_agree_in_everything_that_is_clear() {
    let path = |variant: u8, number: u8| format!("{variant}/{VIDEO}/seg_{number}.m4s");
    let change = |objects: &mut Objects, at: fn(&[u8]) -> usize| {
        let bytes = objects.get_mut(&path(1, 1)).unwrap();
        let at = at(bytes);
        bytes[at] ^= 1;
    };
    let sound = Package::of(Kind::Marked);
    assert_ne!(sound.objects[&path(0, 1)], sound.objects[&path(1, 1)]);
    // The sequence number of the fragment, and the type of the first NAL unit.
    let line = "bytes outside of samples: is different at byte";
    let sequence = |objects: &mut Objects| change(objects, |bytes| boxed(bytes, b"mfhd") + 7);
    breaks(Kind::Marked, sequence, &format!("{}: {line}", path(1, 1)));
    let unit = |objects: &mut Objects| change(objects, |bytes| boxed(bytes, b"mdat") + 4);
    breaks(
        Kind::Marked,
        unit,
        &format!("{}: sample 1: is different", path(1, 1)),
    );
}

#[test]
fn manifests_of_track_types_come_in_pairs_and_leave_out_video_alone() {
    let lone = |objects: &mut Objects| {
        objects.remove("cmaf/master_SD_ONLY.m3u8").unwrap();
    };
    let line = "cmaf/stream_SD_ONLY.mpd: manifest of the other format: is missing, expected \
                master_SD_ONLY beside it";
    breaks(Kind::MultiKey, lone, line);
    let silent = |objects: &mut Objects| {
        let path = "cmaf/master_SD_ONLY.m3u8";
        let text = String::from_utf8(objects[path].clone()).unwrap();
        let without: Vec<&str> = text
            .lines()
            .filter(|line| !line.contains("TYPE=AUDIO"))
            .collect();
        objects.insert(path.into(), without.join("\n").into_bytes());
    };
    let line = "cmaf/master_SD_ONLY.m3u8: tracks: is without cmaf/audio/mp4a/en/audio_init.mp4, \
                expected every track that is no video";
    breaks(Kind::MultiKey, silent, line);
    let line = "cmaf/stream_SD_ONLY.mpd: tracks: is different, expected those of \
                cmaf/master_SD_ONLY.m3u8";
    breaks(Kind::MultiKey, silent, line);
}
