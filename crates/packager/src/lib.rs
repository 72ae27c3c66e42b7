//! stub

pub mod input;
pub mod job;
pub mod verify;
