//! A server of HTTP on this machine that answers as it is told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Request line and headers, in lower case but for values.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// What becomes of a request.
pub(crate) enum Reply {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What is made of the request.
    Made(fn(&Seen) -> Vec<u8>),
    /// Nothing, for so long.
    Silence(Duration),
    /// A good beginning, then a byte at a time, so far apart, a hundred times.
    Drip(Duration),
    /// The connection ends.
    Close,
}

/// A server that lives as long as this.
pub(crate) struct Server {
    /// Where it is.
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// One that gives a reply to each request, the last again and again.
    pub(crate) fn start(replies: Vec<Reply>) -> Server {
        Server::start_with(replies, None)
    }

    /// The same with TLS.
    pub(crate) fn start_with(
        replies: Vec<Reply>,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { return };
                let reply = &replies[number.min(replies.len() - 1)];
                // Whoever asks may leave: that is no failure of the server.
                let _ = match &tls {
                    Some(config) => {
                        let session = rustls::ServerConnection::new(Arc::clone(config)).unwrap();
                        let mut stream = rustls::StreamOwned::new(session, stream);
                        let served = serve(&mut stream, reply, &log);
                        stream.conn.send_close_notify();
                        served.and_then(|()| stream.flush())
                    }
                    None => serve(&mut { stream }, reply, &log),
                };
            }
        });
        Server { port, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(
    stream: &mut (impl Read + Write),
    reply: &Reply,
    log: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    let seen = Seen {
        head,
        body: String::from_utf8(body).unwrap(),
    };
    log.lock().unwrap().push(seen.clone());
    match reply {
        Reply::Bytes(bytes) => stream.write_all(bytes),
        Reply::Made(make) => stream.write_all(&make(&seen)),
        Reply::Silence(time) => {
            thread::sleep(*time);
            Ok(())
        }
        Reply::Drip(pause) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")?;
            for _ in 0..100 {
                stream.write_all(b" ")?;
                stream.flush()?;
                thread::sleep(*pause);
            }
            Ok(())
        }
        Reply::Close => Ok(()),
    }?;
    stream.flush()
}

/// A port where nobody listens.
pub(crate) fn silent_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    port
}

/// An answer with a status, headers and a body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

pub(crate) const XML: &str = "Content-Type: application/xml\r\n";
