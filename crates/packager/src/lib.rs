//! MP4 in, DASH and HLS out.
//!
//! A [`Job`](job::Job) says what is wanted, as plain data. A [`Plan`] has opened the inputs, cut
//! them and knows every object to come, or says what is wrong with them. Running it into a
//! [`Sink`] gives a [`Report`] of what was written.
//!
//! ```no_run
//! use packager::job::Job;
//! use packager::{Existing, Plan, Silent};
//!
//! let job = Job { content_id: Some("film-1".into()), ..Job::new(["480p.mp4", "1080p.mp4"]) };
//! let plan = Plan::new(&job)?;
//! let sink = plan.open_directory("out".as_ref(), Existing::Resume)?;
//! let report = plan.run(&sink, &Silent)?;
//! assert!(report.tracks.iter().any(|track| track.kind == "video"));
//! # Ok::<(), packager::Error>(())
//! ```

mod error;
mod hex;
pub mod input;
pub mod job;
pub mod key_file;
pub mod mark;
pub mod markable;
mod marking;
mod pack;
mod plan;
mod progress;
mod protecting;
pub mod report;
mod sink;
pub mod verify;

pub use error::Error;
pub use plan::{Plan, Rendition, TextRendition};
pub use progress::{Progress, Silent};
pub use report::Report;
pub use sink::{DirectorySink, Existing, MemorySink, Object, SALT_BYTES, Sink};
