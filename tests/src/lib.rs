//! What the tests of the whole packager stand on.
//!
//! Here are the tests that need the binary, real files or foreign tools; what a crate can show
//! alone is tested beside its code. [`harness`] names every file as a test of its own and reports
//! as ignored what cannot run, [`process`] runs programs under a time limit, and the other modules
//! know the packager, its package and the oracles.

pub mod boxes;
pub mod clips;
pub mod fragments;
pub mod frames;
pub mod harness;
pub mod intra;
pub mod marking;
pub mod media;
pub mod needles;
pub mod package;
pub mod packets;
pub mod process;
pub mod shaka;
pub mod table;
