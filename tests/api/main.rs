//! Behaviour through HTTP with a real PostgreSQL: one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod auth;
mod support;
