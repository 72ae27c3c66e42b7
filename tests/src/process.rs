//! Programs, run under a time limit.

use std::env;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How a program ended.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its status.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it complained about.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Output {
    /// The exit code, `None` for a program that was killed.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// The program of this name in `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Runs a command to its end, for `limit` at most.
///
/// # Panics
/// Where it cannot be started or takes longer.
#[expect(clippy::panic, reason = "a helper of tests")]
pub fn run(command: &mut Command, limit: Duration) -> Output {
    let begun = Instant::now();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let Some(status) = wait(&mut child, limit) else {
        let _ = child.kill();
        let _ = child.wait();
        panic!("{command:?}: still running after {limit:?}");
    };
    Output {
        status,
        stdout: stdout.join().unwrap_or_default(),
        stderr: String::from_utf8_lossy(&stderr.join().unwrap_or_default()).into_owned(),
        took: begun.elapsed(),
    }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read until an error is what there is.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// Waits for a child, for `limit` at most.
pub fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let begun = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if begun.elapsed() > limit {
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Runs a program that has to exit with 0 within a minute and gives what it printed.
///
/// # Panics
/// Where it does not.
pub fn succeed(program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> Vec<u8> {
    let mut command = Command::new(program);
    command.args(arguments);
    let output = run(&mut command, Duration::from_secs(120));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        output.status,
        output.stderr
    );
    output.stdout
}

/// `arguments![a, "b", &path]`: arguments of different types in one list.
#[macro_export]
macro_rules! arguments {
    ($($each:expr),* $(,)?) => {
        &[$(::std::convert::AsRef::<::std::ffi::OsStr>::as_ref($each)),*]
    };
}

/// The packager under test: `PACKAGER_BIN`, else the one in the folder of this build, brought up to
/// date first.
///
/// # Panics
/// Where there is none.
#[expect(clippy::panic, reason = "a helper of tests")]
pub fn packager() -> &'static Path {
    static FOUND: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| match env::var_os("PACKAGER_BIN") {
        Some(path) => Ok(path.into()),
        None => build(),
    });
    found.as_ref().unwrap_or_else(|error| panic!("{error}"))
}

/// Builds the packager into the folder of this build: `cargo test` builds a binary only for tests
/// of its own package.
fn build() -> Result<PathBuf, String> {
    // .../target/debug/deps/test-1234
    let test = env::current_exe().unwrap_or_default();
    let folder = test.ancestors().nth(2).unwrap_or(Path::new(""));
    let profile = match folder.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "packager",
        "--bin",
        "packager",
    ]);
    cargo
        .args(["--profile", profile, "--target-dir"])
        .arg(folder.with_file_name(""));
    let output = run(&mut cargo, Duration::from_secs(900));
    let path = folder.join("packager");
    if output.status.success() && path.is_file() {
        Ok(path)
    } else {
        Err(format!("{cargo:?}: {}", output.stderr))
    }
}

/// `packager` with these arguments, in an address space of 1 GiB, so that an allocation beyond
/// reason ends it.
pub fn packager_command(arguments: &[&OsStr]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 1048576; exec \"$@\"", "sh"]);
    command.arg(packager()).args(arguments);
    command
}

/// Runs `packager` with these arguments, for 60 seconds at most.
pub fn run_packager(arguments: &[&OsStr]) -> Output {
    run(&mut packager_command(arguments), Duration::from_secs(60))
}
