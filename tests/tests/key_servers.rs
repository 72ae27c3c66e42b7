//! Packages whose keys come from a key server or a CPIX document, through the binary.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tests::process::{self, Output};

/// Keys of the server, by the order in which they are asked for, and the forms they could show in.
const KEYS: [(&str, &str); 3] = [
    (
        "c0ffee00c0ffee11c0ffee22c0ffee33",
        "wP/uAMD/7hHA/+4iwP/uMw==",
    ),
    (
        "0badcafe0badcafe0badcafe0badcafe",
        "C63K/gutyv4Lrcr+C63K/g==",
    ),
    (
        "feedface01234567feedface01234567",
        "/u36zgEjRWf+7frOASNFZw==",
    ),
];

/// A secret that requests carry.
const TOKEN: &str = "token-5f4dcc3b5aa765d6";

/// What a server answers.
#[derive(Clone, Copy)]
enum Answer {
    /// The request with keys in it.
    Keys,
    /// An error page with this status.
    Page(&'static str),
}

struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that gives `answers` in turn, the last one over and over.
    fn new(answers: &'static [Answer]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/speke", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for (at, stream) in listener.incoming().enumerate() {
                let answer = answers[at.min(answers.len() - 1)];
                let request = serve(&mut stream.unwrap(), answer);
                seen.lock().unwrap().push(request);
            }
        });
        Server { url, requests }
    }
}

/// Answers one request and gives it, head and body.
fn serve(stream: &mut TcpStream, answer: Answer) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head += &line;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let (status, kind, text) = match answer {
        Answer::Keys => ("200 OK", "application/xml", filled(&body)),
        Answer::Page(status) => (status, "text/html", "<html>sorry</html>".to_string()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
    .unwrap();
    head + &body
}

/// The request with a key in every `ContentKey`, whose ids are the server's own from the second on.
fn filled(request: &str) -> String {
    let mut out = String::new();
    let mut rest = request;
    let mut count = 0;
    let mut renamed = Vec::new();
    while let Some(at) = rest.find("<cpix:ContentKey ") {
        let end = at + rest[at..].find('>').unwrap();
        let element = &rest[at..end];
        let kid = element
            .split("kid=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        if count > 0 {
            renamed.push((
                kid.to_string(),
                format!("{count:08x}-0000-4000-8000-0123456789ab"),
            ));
        }
        out += &rest[..end];
        let secret = format!(
            "<cpix:Data><pskc:Secret><pskc:PlainValue>{}</pskc:PlainValue></pskc:Secret></cpix:Data>",
            KEYS[count % KEYS.len()].1
        );
        let whole = element.ends_with('/');
        if whole {
            out.pop();
        }
        out += &format!(">{secret}");
        if whole {
            out += "</cpix:ContentKey>";
        }
        rest = &rest[end + 1..];
        count += 1;
    }
    out += rest;
    let named = "xmlns:pskc=";
    if !out.contains(named) {
        let root = "<cpix:CPIX ";
        let with = format!("{root}{named}\"urn:ietf:params:xml:ns:keyprov:pskc\" ");
        out = out.replacen(root, &with, 1);
    }
    renamed
        .iter()
        .fold(out, |out, (from, to)| out.replace(from, to))
}

fn input(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../testdata")
        .join(name)
}

fn pack(output: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(process::packager());
    command
        .arg("pack")
        .args(["240p.mp4", "360p.mp4"].map(input));
    command.arg("-o").arg(output).args(arguments);
    let done = process::run(&mut command, Duration::from_secs(120));
    for (hex, base64) in KEYS {
        for secret in [hex, &base64[..20], TOKEN] {
            assert!(!done.stderr.contains(secret) && !done.text().contains(secret));
        }
    }
    done
}

fn kids(output: &Path) -> Vec<(String, String)> {
    let report = fs::read(output.join("package.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let tracks = report["tracks"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    tracks
        .map(|track| {
            let protection = &track["protection"];
            (text(&protection["label"]), text(&protection["kid"]))
        })
        .collect()
}

#[test]
fn keys_are_asked_for_by_label_and_ids_taken_from_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    for version in ["1", "2"] {
        let server = Server::new(&[Answer::Page("503 Service Unavailable"), Answer::Keys]);
        let output = folder.path().join(version);
        let header = format!("Authorization: Bearer {TOKEN}");
        let done = pack(
            &output,
            &[
                "--speke",
                &server.url,
                "--speke-version",
                version,
                "--speke-header",
                &header,
                "--content-id",
                "film",
                "--multi-key",
                "--max-sd-height",
                "300",
                "--drm",
                "widevine,playready,fairplay",
            ],
        );
        assert_eq!(done.code(), Some(0), "{}", done.stderr);
        let requests = server.requests.lock().unwrap();
        assert_eq!(requests.len(), 2, "asked again after 503");
        let request = requests.last().unwrap();
        assert!(
            request.contains(TOKEN) && request.contains("=\"film\""),
            "{request}"
        );
        assert_eq!(request.matches("<cpix:ContentKey ").count(), 3, "{request}");
        let kids = kids(&output);
        let labels: Vec<&str> = kids.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["sd", "audio", "hd"]);
        let replaced = kids.iter().filter(|(_, kid)| kid.ends_with("0123456789ab"));
        assert_eq!(replaced.count(), 2, "{kids:?}");
        let mpd = fs::read_to_string(output.join("cmaf/stream.mpd")).unwrap();
        assert!(kids.iter().all(|(_, kid)| mpd.contains(kid)), "{mpd}");
    }
}

#[test]
fn a_server_that_has_no_keys_leaves_no_package() {
    let folder = tempfile::tempdir().unwrap();
    let offline = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/speke", offline.local_addr().unwrap());
    drop(offline);
    let answers: [(&'static [Answer], &str); 2] = [
        (&[Answer::Page("404 Not Found")], "404"),
        (&[Answer::Page("200 OK")], "expected"),
    ];
    let servers = answers.map(|(answers, expected)| (Server::new(answers).url, expected));
    let offline = [(address, "127.0.0.1")];
    for (at, (url, expected)) in servers.into_iter().chain(offline).enumerate() {
        let output = folder.path().join(at.to_string());
        let done = pack(
            &output,
            &["--speke", &url, "--content-id", "film", "--drm", "widevine"],
        );
        assert_eq!(done.code(), Some(1), "{}", done.stderr);
        assert!(done.stderr.contains(expected), "{}", done.stderr);
        assert!(!output.join("cmaf").exists());
    }
}

#[test]
fn a_document_is_as_good_as_a_server_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(&[Answer::Keys]);
    let url = server.url.as_str();
    let content = ["--content-id", "film", "--drm", "common"];
    let asked = folder.path().join("asked");
    let done = pack(&asked, &[&["--speke", url], &content[..]].concat());
    assert_eq!(done.code(), Some(0), "{}", done.stderr);
    let request = server.requests.lock().unwrap().pop().unwrap();
    let document = folder.path().join("keys.xml");
    fs::write(
        &document,
        filled(&request[request.find("<?xml").unwrap()..]),
    )
    .unwrap();
    let cpix = document.display().to_string();
    let output = folder.path().join("document");
    let done = pack(&output, &[&["--cpix", &cpix], &content[..]].concat());
    assert_eq!(done.code(), Some(0), "{}", done.stderr);
    assert_eq!(kids(&output), kids(&asked));
    let output = folder.path().join("multi");
    let multi = ["--cpix", &cpix, "--multi-key", "--max-sd-height", "300"];
    let done = pack(&output, &[&multi, &content[..]].concat());
    // The key of everything serves tracks without a key of their own.
    assert_eq!(done.code(), Some(0), "{}", done.stderr);
    let without = fs::read_to_string(&document).unwrap().replace("ALL", "HD");
    fs::write(&document, without).unwrap();
    let done = pack(
        &folder.path().join("none"),
        &[&multi, &content[..]].concat(),
    );
    assert_ne!(done.code(), Some(0));
    assert!(
        done.stderr.contains("sd") || done.stderr.contains("audio"),
        "{}",
        done.stderr
    );
}
