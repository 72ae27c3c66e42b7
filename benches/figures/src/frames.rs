//! Luma planes decoded by the `ffmpeg` program.

use std::io::{Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Frames on their way out of ffmpeg.
pub(crate) struct Frames {
    child: Child,
    stdout: ChildStdout,
    size: usize,
}

impl Frames {
    /// Runs ffmpeg with `arguments` between its input, which is fed `bytes`, and its output.
    pub(crate) fn run(
        before: &[&str],
        bytes: Vec<u8>,
        after: &[&str],
        size: usize,
    ) -> Result<Frames, String> {
        let mut child = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin"])
            .args(before)
            .args(["-i", "pipe:0"])
            .args(after)
            .args(["-f", "rawvideo", "pipe:1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("ffmpeg: {error}"))?;
        let mut stdin = child.stdin.take().ok_or("no standard input")?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        std::thread::spawn(move || stdin.write_all(&bytes));
        Ok(Frames {
            child,
            stdout,
            size,
        })
    }

    /// The next frame.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        let mut frame = vec![0; self.size];
        self.stdout.read_exact(&mut frame).ok().map(|()| frame)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What ffmpeg writes when it is fed `bytes`.
pub(crate) fn transform(
    before: &[&str],
    bytes: Vec<u8>,
    after: &[&str],
) -> Result<Vec<u8>, String> {
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(before)
        .args(["-i", "pipe:0"])
        .args(after)
        .arg("pipe:1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("ffmpeg: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    std::thread::spawn(move || stdin.write_all(&bytes));
    let mut out = Vec::new();
    let mut stdout = child.stdout.take().ok_or("no standard output")?;
    stdout
        .read_to_end(&mut out)
        .map_err(|error| error.to_string())?;
    child.wait().map_err(|error| error.to_string())?;
    Ok(out)
}
