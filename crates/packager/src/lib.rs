//! stub

pub mod input;
pub mod job;
