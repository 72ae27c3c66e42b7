//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use packager::Progress;

use super::output::size;

/// Time between two lines where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Frames of the bar per second; more would cost more than they tell.
const FRAMES_PER_SECOND: u8 = 10;

/// A bar, lines, or nothing.
pub(super) enum Watcher {
    /// A bar, drawn over itself.
    Bar(ProgressBar),
    /// A line every few seconds.
    Lines(Lines),
    /// Nothing.
    Silent,
}

impl Watcher {
    /// What suits standard error; nothing if `quiet`.
    pub(super) fn new(quiet: bool) -> Watcher {
        if quiet {
            return Watcher::Silent;
        }
        if !io::stderr().is_terminal() {
            return Watcher::Lines(Lines::new());
        }
        let template = "[{bar:30}] {percent:>3} %  {decimal_bytes} of {decimal_total_bytes}  \
                        {decimal_bytes_per_sec}  {eta} left";
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let target = ProgressDrawTarget::stderr_with_hz(FRAMES_PER_SECOND);
        Watcher::Bar(ProgressBar::with_draw_target(None, target).with_style(style))
    }
}

impl Progress for Watcher {
    fn start(&self, total_bytes: u64) {
        match self {
            Watcher::Bar(bar) => {
                bar.set_length(total_bytes);
                bar.reset();
            }
            Watcher::Lines(lines) => lines.start(total_bytes),
            Watcher::Silent => {}
        }
    }

    fn advance(&self, bytes: u64) {
        match self {
            Watcher::Bar(bar) => bar.inc(bytes),
            Watcher::Lines(lines) => {
                if let Some(line) = lines.advance(bytes, Instant::now()) {
                    super::output::complain("progress", &line);
                }
            }
            Watcher::Silent => {}
        }
    }

    fn finish(&self) {
        if let Watcher::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Watcher {
    /// Takes the bar of a run that failed off the terminal, so that the error has a clean line.
    fn drop(&mut self) {
        self.finish();
    }
}

/// Lines at most every few seconds.
pub(super) struct Lines {
    total: AtomicU64,
    done: AtomicU64,
    /// When the run started and when the next line is due.
    times: Mutex<(Instant, Instant)>,
}

impl Lines {
    fn new() -> Lines {
        let now = Instant::now();
        let times = Mutex::new((now, now + BETWEEN_LINES));
        Lines {
            total: AtomicU64::new(0),
            done: AtomicU64::new(0),
            times,
        }
    }

    fn start(&self, total_bytes: u64) {
        let now = Instant::now();
        self.total.store(total_bytes, Ordering::Relaxed);
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) = (now, now + BETWEEN_LINES);
    }

    /// Counts `bytes`; a line if one is due at `now`.
    fn advance(&self, bytes: u64, now: Instant) -> Option<String> {
        let done = self
            .done
            .fetch_add(bytes, Ordering::Relaxed)
            .saturating_add(bytes);
        // Whoever finds the lock taken leaves the line to its holder.
        let mut times = self.times.try_lock().ok()?;
        let (start, due) = *times;
        if now < due {
            return None;
        }
        times.1 = now + BETWEEN_LINES;
        let total = self.total.load(Ordering::Relaxed);
        Some(line(done, total, now.saturating_duration_since(start)))
    }
}

/// One line of progress.
fn line(done: u64, total: u64, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
    let left = total.saturating_sub(done) as f64 / rate.max(1.0);
    let percent = (done as f64 * 100.0 / total.max(1) as f64).min(100.0);
    let rate = rate / 1e6;
    let (done, total) = (size(done), size(total.max(done)));
    format!("{percent:.0} %, {done} of {total}, {rate:.1} MB/s, {left:.0} s left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_share_rate_and_time_left() {
        let text = line(250_000_000, 1_000_000_000, Duration::from_secs(5));
        assert_eq!(text, "25 %, 250.0 MB of 1000.0 MB, 50.0 MB/s, 15 s left");
    }

    #[test]
    fn a_line_survives_wrong_totals() {
        assert_eq!(
            line(2_000_000, 0, Duration::ZERO).split(',').next(),
            Some("100 %")
        );
        assert!(line(0, u64::MAX, Duration::ZERO).starts_with("0 %"));
    }

    #[test]
    fn lines_come_at_most_every_few_seconds() {
        let lines = Lines::new();
        lines.start(100);
        let start = lines.times.lock().unwrap().0;
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(lines.advance(10, after(1)), None);
        assert!(lines.advance(10, after(6)).unwrap().starts_with("20 %"));
        assert_eq!(lines.advance(10, after(7)), None);
        assert!(lines.advance(10, after(12)).unwrap().starts_with("40 %"));
    }
}
