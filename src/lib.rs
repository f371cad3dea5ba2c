//! Told Once: a backend for MARACs.
//!
//! The top floor: `app` puts the service together, `jobs` does what has its time, `import` reads registers, `demo`
//! tells the demonstration's story, `install` makes a database ready, `rotation` wraps keys anew. What they stand on are
//! crates, and a crate names only those below it: [`conference`], [`casework`], [`directory`], [`kernel`], `paper`,
//! [`practice`], [`localpg`].

pub mod app;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod import;
pub mod install;
pub mod jobs;
pub mod reports;
pub mod rotation;
