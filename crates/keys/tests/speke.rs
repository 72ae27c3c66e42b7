//! Key servers, asked over real connections.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
#[path = "common/server.rs"]
mod server;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cenc::drm::System;
use cenc::policy::Label;
use cenc::scheme::{Algorithm, Scheme};
use common::*;
use keys::{
    Error, Obtained, Patience, Recipient, Request, Source, SpekeHeaders, SpekeServer, SpekeUrl,
    SpekeVersion,
};
use server::{Reply, Seen, Server, XML, answer, silent_port};

const CBC: Algorithm = Algorithm::AesCbc;
const CTR: Algorithm = Algorithm::AesCtr;
const CBCS: &[Scheme] = &[Scheme::Cbcs];

fn at(port: u16) -> SpekeServer {
    let url = format!("http://user:hunter22@localhost:{port}/speke?token=tokenvalue");
    SpekeServer {
        patience: Patience {
            connect: Duration::from_secs(2),
            answer: Duration::from_secs(5),
            retries: 2,
            first_delay: Duration::from_millis(1),
            longest_delay: Duration::from_millis(50),
        },
        ..SpekeServer::new(SpekeUrl::parse(&url).unwrap())
    }
}

fn obtain(server: SpekeServer, request: &Request<'_>) -> Result<Obtained, Error> {
    Source::Speke(Box::new(server)).obtain(request)
}

/// What is said where asking for the key of everything goes wrong, without the address.
fn failure(server: SpekeServer) -> String {
    let place = server.url.to_string();
    let error = obtain(server, &request(CBCS, &[Label::All])).unwrap_err();
    let message = message(&error);
    for secret in ["hunter22", "tokenvalue", "user:"] {
        assert!(
            !message.contains(secret) && !format!("{error:?}").contains(secret),
            "{message}"
        );
    }
    let message = message
        .strip_prefix(&place)
        .unwrap_or_else(|| panic!("{message}"));
    message.trim_start_matches(": ").to_owned()
}

fn replies(bytes: Vec<u8>) -> Vec<Reply> {
    vec![Reply::Bytes(bytes)]
}

/// The request with keys in it: key 1 for the first, key 2 for the others.
fn filled(seen: &Seen) -> String {
    let value = |key: &str| {
        format!(
            "><cpix:Data><pskc:Secret><pskc:PlainValue>{key}</pskc:PlainValue></pskc:Secret>\
             </cpix:Data></cpix:ContentKey>\n"
        )
    };
    let mut body = String::new();
    let mut keys = [KEY_1_BASE64, KEY_2_BASE64].into_iter();
    for line in seen.body.split_inclusive('\n') {
        match line
            .strip_suffix("/>\n")
            .filter(|line| line.contains("<cpix:ContentKey "))
        {
            Some(key) => body += &(key.to_owned() + &value(keys.next().unwrap_or(KEY_2_BASE64))),
            None => body += line,
        }
    }
    body
}

fn good(seen: &Seen) -> Vec<u8> {
    answer(
        "200 OK",
        "Content-Type: application/xml\r\nX-Speke-Version: 2.0\r\n",
        &filled(seen),
    )
}

fn good_server() -> Server {
    Server::start(vec![Reply::Made(good)])
}

/// The ids that were asked for, in order.
fn kids(seen: &Seen) -> Vec<String> {
    let keys = seen.body.split("<cpix:ContentKey kid=\"").skip(1);
    keys.map(|rest| rest[..36].to_owned()).collect()
}

#[test]
fn only_the_labels_in_use_are_asked_for() {
    let server = good_server();
    let request = Request {
        systems: &[System::Widevine, System::PlayReady, System::FairPlay],
        ..request(CBCS, &[Label::Hd, Label::Audio])
    };
    let obtained = obtain(at(server.port), &request).unwrap();
    assert!(obtained.warnings.is_empty(), "{:?}", obtained.warnings);
    assert_no_secret(&format!("{obtained:?}"));
    // The server left what it could have said to DRM systems as it was asked.
    assert!(obtained.signalling.is_empty());
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    let asked = kids(&seen[0]);
    assert_eq!(asked.len(), 2);
    assert_eq!(
        found(&obtained, CBC, Label::Hd, KEY_1),
        Some((asked[0].clone(), true, None))
    );
    assert_eq!(
        found(&obtained, CBC, Label::Audio, KEY_2),
        Some((asked[1].clone(), true, None))
    );
    let head = seen[0].head.to_lowercase();
    assert!(
        head.starts_with("post /speke?token=tokenvalue http/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nx-speke-version: 2.0\r\n"));
    assert!(head.contains("\r\ncontent-type: application/xml\r\n"));
    assert!(head.contains("\r\nauthorization: basic "));
    assert!(seen[0].body.contains("contentId=\"film\" version=\"2.3\""));
    assert_eq!(seen[0].body.matches("<cpix:DRMSystem ").count(), 6);
    // The same is asked for each time.
    obtain(at(server.port), &request).unwrap();
    assert_eq!(server.seen()[1].body, seen[0].body);
}

#[test]
fn each_scheme_is_asked_for_by_itself_and_with_the_systems_that_know_it() {
    let server = good_server();
    let both = [Scheme::Cenc, Scheme::Cbcs];
    let request = Request {
        systems: &[System::Widevine, System::FairPlay],
        ..request(&both, &[Label::Sd])
    };
    // One key for two algorithms is refused.
    let error = obtain(at(server.port), &request).unwrap_err();
    assert!(message(&error).contains("of AES-CTR and AES-CBC"));
    let second = |seen: &Seen| {
        let body = filled(seen).replace(KEY_1_BASE64, KEY_2_BASE64);
        answer("200 OK", XML, &body)
    };
    let server = Server::start(vec![Reply::Made(good), Reply::Made(second)]);
    let obtained = obtain(at(server.port), &request).unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    let (ctr, cbc) = (kids(&seen[0]), kids(&seen[1]));
    assert_ne!(ctr, cbc);
    assert_eq!(
        found(&obtained, CTR, Label::Sd, KEY_1),
        Some((ctr[0].clone(), true, None))
    );
    assert_eq!(
        found(&obtained, CBC, Label::Sd, KEY_2),
        Some((cbc[0].clone(), true, None))
    );
    let fairplay = "94ce86fb-07ff-4f43-adb8-93d2fa968ca2";
    assert!(!seen[0].body.contains(fairplay) && seen[1].body.contains(fairplay));
    assert!(seen[0].body.contains("commonEncryptionScheme=\"cenc\""));
}

#[test]
fn a_kid_that_the_server_chooses_is_taken() {
    let other = |seen: &Seen| {
        let asked = kids(seen);
        let body = filled(seen).replace(&asked[0], KID_1);
        answer(
            "200 OK",
            XML,
            &asked
                .get(1)
                .map_or(body.clone(), |kid| body.replace(kid, KID_2)),
        )
    };
    let server = Server::start(vec![Reply::Made(other)]);
    let obtained = obtain(at(server.port), &request(CBCS, &[Label::Hd, Label::Audio])).unwrap();
    assert_eq!(
        found(&obtained, CBC, Label::Hd, KEY_1),
        Some((KID_1.into(), true, None))
    );
    assert_eq!(
        found(&obtained, CBC, Label::Audio, KEY_2),
        Some((KID_2.into(), true, None))
    );
    assert_eq!(obtained.warnings.len(), 2);
    let warning = &obtained.warnings[0];
    assert!(
        warning.contains(&format!("key hd (cbcs) has KID {KID_1} instead of ")),
        "{warning}"
    );
    // Version 1 has one key and no rules; here the server leaves the rest as it was.
    let one = |seen: &Seen| {
        let body = filled(seen).replacen(&kids(seen)[0], KID_1, 1);
        answer("200 OK", XML, &body)
    };
    for version in [SpekeVersion::One, SpekeVersion::Two] {
        let server = Server::start(vec![Reply::Made(one)]);
        let server_of_version = SpekeServer {
            version,
            ..at(server.port)
        };
        let obtained = obtain(server_of_version, &request(CBCS, &[Label::All])).unwrap();
        let all = found(&obtained, CBC, Label::All, KEY_1);
        assert_eq!(all, Some((KID_1.into(), true, None)), "{version:?}");
        let has_version = server.seen()[0]
            .head
            .to_lowercase()
            .contains("x-speke-version");
        assert_eq!(has_version, version == SpekeVersion::Two);
    }
}

#[test]
fn headers_of_the_user_are_sent_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("headers");
    fs::write(&path, "# for the key server\nX-API-Key: filevalue\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let mut headers = SpekeHeaders::default();
    headers.parse_argument("X-Other: argumentvalue").unwrap();
    headers.parse_argument("X-Pin: 1 2 3 4").unwrap();
    headers.read_file(&path).unwrap();
    let with_headers = |port| SpekeServer {
        headers: headers.clone(),
        ..at(port)
    };
    assert!(!format!("{:?}", with_headers(1)).contains("value"));
    assert!(!format!("{:?}", with_headers(1)).contains("hunter22"));
    let server = good_server();
    let obtained = obtain(with_headers(server.port), &request(CBCS, &[Label::All])).unwrap();
    assert!(obtained.warnings[0].contains("is open to others than its owner"));
    let head = server.seen()[0].head.to_lowercase();
    assert!(head.contains("\r\nx-api-key: filevalue\r\n"), "{head}");
    assert!(head.contains("\r\nx-other: argumentvalue\r\n"));
    // A server that repeats them.
    let echo = answer(
        "403 Forbidden",
        "",
        "no filevalue, no argumentvalue, no 1 2 3 4",
    );
    let server = Server::start(replies(echo));
    assert_eq!(
        failure(with_headers(server.port)),
        "answers 403, expected 200; it says: no .., no .., no .."
    );
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    let busy = || Reply::Bytes(answer("503 Service Unavailable", "", "busy"));
    for first in [
        vec![busy(), busy()],
        vec![Reply::Close, busy()],
        vec![
            Reply::Bytes(answer("429 Too Many Requests", "", "")),
            Reply::Close,
        ],
    ] {
        let mut replies = first;
        replies.push(Reply::Made(good));
        let server = Server::start(replies);
        let obtained = obtain(at(server.port), &request(CBCS, &[Label::All])).unwrap();
        assert!(found(&obtained, CBC, Label::All, KEY_1).unwrap().1);
        let seen = server.seen();
        assert_eq!(seen.len(), 3);
        assert_eq!(seen[0].body, seen[2].body);
    }
    let server = Server::start(vec![busy()]);
    assert_eq!(
        failure(at(server.port)),
        "answers 503, expected 200 (asked 3 times); it says: busy"
    );
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn waiting_is_as_long_as_the_server_says_up_to_a_bound() {
    let later = Reply::Bytes(answer("503 Later", "Retry-After: 3600\r\n", ""));
    let date = "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n";
    let date = Reply::Bytes(answer("503 Later", date, ""));
    let server = Server::start(vec![later, date, Reply::Made(good)]);
    let start = Instant::now();
    obtain(at(server.port), &request(CBCS, &[Label::All])).unwrap();
    let taken = start.elapsed();
    assert!(
        taken >= Duration::from_millis(50) && taken < Duration::from_secs(4),
        "{taken:?}"
    );
}

#[test]
fn a_server_that_refuses_is_asked_once() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "404 Not Found",
        "422 Unprocessable",
    ] {
        let server = Server::start(replies(answer(status, XML, "Missing CPIX@contentId")));
        let expected = format!(
            "answers {}, expected 200; it says: Missing CPIX@contentId",
            &status[..3]
        );
        assert_eq!(failure(at(server.port)), expected);
        assert_eq!(server.seen().len(), 1);
    }
    let server = Server::start(replies(answer("204 No Content", "", "")));
    assert_eq!(failure(at(server.port)), "answers 204, expected 200");
}

#[test]
fn error_pages_are_told_from_keys() {
    let html = "<!DOCTYPE html><html><body><h1>Login</h1></body></html>";
    let page = |kind: &str, body: &str| {
        let kind = format!("Content-Type: {kind}\r\n");
        let server = Server::start(replies(answer("200 OK", &kind, body)));
        failure(at(server.port))
    };
    assert_eq!(
        page("text/html; charset=utf-8", html),
        "answers 200 with text/html, expected application/xml with CPIX; it says: Login"
    );
    assert_eq!(
        page("application/json", "{\"error\":\"quota\"}"),
        "answers 200 with application/json, expected application/xml with CPIX; it says: \
         {\"error\":\"quota\"}"
    );
    // A document with keys is not repeated, whatever it is said to be.
    let keys = format!("<cpix:CPIX><pskc:PlainValue>{KEY_1_BASE64}</pskc:PlainValue></cpix:CPIX>");
    assert_eq!(
        page("application/json", &keys),
        "answers 200 with application/json, expected application/xml with CPIX"
    );
    assert!(page("application/xml", html).ends_with("has a document type, expected none"));
    assert_eq!(
        page("application/xml", "<html/>"),
        "is an HTML page, expected a CPIX document (CPIX in urn:dashif:org:cpix)"
    );
    assert_eq!(
        page("application/xml", "<cpix"),
        "at byte 5: is not well-formed XML"
    );
    assert_eq!(
        page("application/xml", " \n"),
        "answers 200 with nothing, expected CPIX"
    );
    assert!(page("text/plain", KEY_1).ends_with("is not well-formed XML"));
}

#[test]
fn answers_that_end_too_early_or_never_are_refused() {
    let cut = |seen: &Seen| {
        let whole = good(seen);
        whole[..whole.len() - 40].to_vec()
    };
    let server = Server::start(vec![Reply::Made(cut)]);
    let cut = failure(at(server.port));
    assert_eq!(cut, "the answer ends too early (asked 3 times)");
    let endless = "x".repeat((2 << 20) + 1);
    let server = Server::start(replies(answer("200 OK", XML, &endless)));
    assert_eq!(
        failure(at(server.port)),
        "answers more than 2097152 bytes, expected CPIX"
    );
    let server = Server::start(replies(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    let message = failure(at(server.port));
    assert!(message.contains("something else than HTTP"), "{message}");
}

#[test]
fn slow_and_absent_servers_are_named() {
    let slow = [
        Reply::Silence(Duration::from_secs(2)),
        // Never silent for long, and never done.
        Reply::Drip(Duration::from_millis(20)),
    ];
    for reply in slow {
        let server = Server::start(vec![reply]);
        let mut impatient = at(server.port);
        impatient.patience.answer = Duration::from_millis(100);
        impatient.patience.retries = 0;
        let start = Instant::now();
        assert_eq!(failure(impatient), "no whole answer within 100ms");
        assert!(start.elapsed() < Duration::from_millis(1500));
    }
    let message = failure(at(silent_port()));
    assert_eq!(message, "connection refused (asked 3 times)");
    let url = SpekeUrl::parse("http://key-server.invalid/speke").unwrap();
    let nowhere = SpekeServer { url, ..at(1) };
    let message = failure(nowhere);
    assert!(message.contains("(asked 3 times)"), "{message}");
}

#[test]
fn redirections_are_not_followed() {
    let to = "Location: https://user:pass@elsewhere.example/login?token=abcd\r\n";
    let server = Server::start(replies(answer("302 Found", to, "")));
    assert_eq!(
        failure(at(server.port)),
        "answers 302, a redirection to https://elsewhere.example/..; expected CPIX, keys \
         are asked for where the URL says"
    );
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn an_answer_without_the_key_is_refused() {
    let nothing = |seen: &Seen| answer("200 OK", XML, &seen.body);
    let server = Server::start(vec![Reply::Made(nothing)]);
    let message = failure(at(server.port));
    assert!(message.ends_with("has no value"), "{message}");
    let other = |seen: &Seen| answer("200 OK", XML, &filled(seen).replace("\"cbcs\"", "\"cenc\""));
    let server = Server::start(vec![Reply::Made(other)]);
    assert_eq!(
        failure(at(server.port)),
        "no key for all (cbcs): the document has 1 keys of other schemes or contents"
    );
    let without = Request {
        content_id: None,
        ..request(CBCS, &[Label::All])
    };
    let error = obtain(at(server.port), &without).unwrap_err();
    assert!(error.is_usage() && message_ends(&error, "needs a content id to ask for keys"));
}

fn message_ends(error: &Error, expected: &str) -> bool {
    message(error).ends_with(expected)
}

#[test]
fn keys_are_encrypted_for_a_recipient() {
    let data = |name: &str| -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(name)
    };
    let folder = tempfile::tempdir().unwrap();
    let private_key = folder.path().join("recipient.pem");
    fs::copy(data("recipient.pem"), &private_key).unwrap();
    fs::set_permissions(&private_key, fs::Permissions::from_mode(0o600)).unwrap();
    let certificate = folder.path().join("certificate.pem");
    let pem = "text\n-----BEGIN CERTIFICATE-----\nTm90IG\n9uZQ==\n-----END CERTIFICATE-----\n";
    fs::write(&certificate, pem).unwrap();
    let with_recipient = |port| SpekeServer {
        recipient: Some(Recipient {
            certificate: certificate.clone(),
            private_key: private_key.clone(),
        }),
        ..at(port)
    };
    let document = fs::read_to_string(data("cbc.xml")).unwrap();
    let server = Server::start(replies(answer("200 OK", XML, &document)));
    let request = request(CBCS, &[Label::Sd, Label::Audio]);
    let obtained = obtain(with_recipient(server.port), &request).unwrap();
    assert_eq!(
        found(&obtained, CBC, Label::Sd, KEY_1),
        Some((KID_1.into(), true, None))
    );
    assert_eq!(
        found(&obtained, CBC, Label::Audio, KEY_2),
        Some((KID_2.into(), true, None))
    );
    let sent = &server.seen()[0].body;
    assert!(
        sent.contains("<ds:X509Certificate>Tm90IG9uZQ==</ds:X509Certificate>"),
        "{sent}"
    );
    // A server that does not know of it is warned of.
    let server = good_server();
    let obtained = obtain(with_recipient(server.port), &request).unwrap();
    assert!(
        obtained.warnings[0].ends_with("its keys are in the clear, asked for were encrypted ones")
    );
    fs::write(&certificate, "none").unwrap();
    let error = obtain(with_recipient(server.port), &request).unwrap_err();
    assert!(message_ends(
        &error,
        "holds no certificate, expected PEM (CERTIFICATE)"
    ));
}

#[test]
fn tls_trusts_the_certificates_of_the_user() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let server = Server::start_with(vec![Reply::Made(good)], Some(Arc::new(config)));
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, made.cert.pem()).unwrap();
    let url = format!("https://localhost:{}/speke", server.port);
    let over_tls = |ca_file: Option<&Path>| SpekeServer {
        url: SpekeUrl::parse(&url).unwrap(),
        ca_file: ca_file.map(Path::to_owned),
        ..at(1)
    };
    let obtained = obtain(over_tls(Some(&ca_file)), &request(CBCS, &[Label::All])).unwrap();
    assert!(found(&obtained, CBC, Label::All, KEY_1).unwrap().1);
    assert!(obtained.warnings.is_empty());
    // Not those of the system, nor for another name.
    let message = failure(over_tls(None));
    assert!(
        message.contains("TLS: ") || message.contains("no certificates"),
        "{message}"
    );
    let other = SpekeServer {
        url: SpekeUrl::parse(&url.replace("localhost", "127.0.0.1")).unwrap(),
        ..over_tls(Some(&ca_file))
    };
    let message = failure(other);
    assert!(message.starts_with("TLS: "), "{message}");
    assert_eq!(server.seen().len(), 1);
    fs::write(&ca_file, "none").unwrap();
    let error = obtain(over_tls(Some(&ca_file)), &request(CBCS, &[Label::All])).unwrap_err();
    assert!(message_ends(
        &error,
        "ca.pem: holds no certificate, expected PEM (CERTIFICATE)"
    ));
}
