//! Luma planes decoded by the `ffmpeg` program.

use std::io::{ErrorKind, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::error::Error;

/// Whether the decoder runs its loop filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deblocking {
    /// As the stream says.
    On,
    /// Never.
    Off,
}

/// Frames on their way out of ffmpeg.
pub(crate) struct Frames {
    child: Child,
    stdout: ChildStdout,
    size: usize,
}

impl Frames {
    /// Decodes `stream`, of which `input` says what it is, to luma planes of `size`.
    pub(crate) fn decode(
        input: &[String],
        stream: Vec<u8>,
        size: (u32, u32),
        deblocking: Deblocking,
    ) -> Result<Frames, Error> {
        let filter = match deblocking {
            Deblocking::On => "default",
            Deblocking::Off => "all",
        };
        let planes = format!("scale={}:{},format=yuv420p,extractplanes=y", size.0, size.1);
        let mut command = ffmpeg();
        command
            .args(["-skip_loop_filter", filter])
            .args(input)
            .args(["-i", "pipe:0", "-vf", &planes, "-vsync", "passthrough"])
            .args(["-f", "rawvideo", "pipe:1"]);
        let (child, stdout) = fed(command, stream)?;
        let size = size.0 as usize * size.1 as usize;
        Ok(Frames {
            child,
            stdout,
            size,
        })
    }

    /// The next frame; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        let mut frame = vec![0; self.size];
        self.stdout.read_exact(&mut frame).ok().map(|()| frame)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What ffmpeg makes of `stream` by the options `output`.
pub(crate) fn transcode(
    input: &[String],
    stream: Vec<u8>,
    output: &[&str],
) -> Result<Vec<u8>, Error> {
    let mut command = ffmpeg();
    command
        .args(input)
        .args(["-i", "pipe:0"])
        .args(output)
        .arg("pipe:1");
    let (mut child, mut stdout) = fed(command, stream)?;
    let mut transcoded = Vec::new();
    stdout.read_to_end(&mut transcoded)?;
    match child.wait()? {
        status if status.success() => Ok(transcoded),
        status => Err(Error::new(format!("ffmpeg: {status}"))),
    }
}

/// ffmpeg that says nothing but errors; one thread, for encoders give other bytes on more.
pub(crate) fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-threads", "1"]);
    command
}

/// Runs a command that reads `stream`.
fn fed(mut command: Command, stream: Vec<u8>) -> Result<(Child, ChildStdout), Error> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Error::new(format!("ffmpeg: {error}")))?;
    let missing = || Error::new("ffmpeg: no standard input or output");
    let mut stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    // Beside us, for it writes before it has read everything.
    std::thread::spawn(move || match stdin.write_all(&stream) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => eprintln!("ffmpeg: {error}"),
        _ => {}
    });
    Ok((child, stdout))
}
